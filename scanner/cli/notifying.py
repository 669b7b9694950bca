"""`--notify`: tells people what a run found that is new, by whose it is. Through Apprise, which is an extra."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assay.scanner.errors import AssayError
from assay.scanner.results.model import Report, Result
from assay.scanner.rules.model import SEVERITIES
from assay.scanner.words import many, shown

_OF_ONE, _IN_ALL = 10, 50
"""Findings that are listed."""
_CALLS = re.compile(r"@(?=(?:channel|here|everyone|all)\b)", re.IGNORECASE)
_MARKS = str.maketrans({"<": "‹", ">": "›", "`": "'", "*": "∗"})


class NotifyError(AssayError):
    """People that could not be told."""


class Notifier:
    """Whom to tell."""

    def __init__(self, urls: Sequence[str]) -> None:
        """`urls`: as Apprise has them, https://github.com/caronc/apprise/wiki; they may hold secrets. Raises NotifyError."""
        try:
            import apprise
        except ModuleNotFoundError:
            raise NotifyError("assay: --notify needs Apprise: pip install 'assay[notify]'") from None
        self._services = apprise.Apprise()
        for number, url in enumerate(urls, 1):
            if not self._services.add(url):
                raise NotifyError(
                    f"assay: --notify number {number} is no address that Apprise knows: slack://…, msteams://…, mailto://…, json://…"
                )

    def tell(self, report: Report) -> None:
        """Say what is new; nothing where nothing is. Raises NotifyError where somebody could not be told."""
        title, body = message(report)
        if body and not self._services.notify(title=title, body=body, body_format="text"):
            raise NotifyError("assay: --notify: not everybody could be told of what is new; the report has it")


def message(report: Report) -> tuple[str, str]:
    """A title and a text; both empty where nothing is new or back."""
    fresh = [result for result in report.results if result.verdict == "fail" and result.course and result.course.state != "known"]
    if not fresh:
        return "", ""
    back = sum(bool(result.course) and result.course.state == "regressed" for result in fresh)  # type: ignore[union-attr]
    title = f"Assay: {many(len(fresh) - back, 'new finding')}" + (f", {back} back" if back else "")
    return title, "\n".join(_lines(fresh))


def _lines(fresh: list[Result]) -> Iterator[str]:
    owners: dict[str, list[Result]] = {}
    for result in sorted(fresh, key=lambda one: (SEVERITIES.index(one.severity), one.control, one.resource.address)):
        owners.setdefault(result.owner or "", []).append(result)
    left = _IN_ALL
    for owner, results in sorted(owners.items(), key=lambda entry: (not entry[0], entry[0])):
        yield f"{_plain(owner) or 'of nobody in particular'}: {len(results)}"
        listed = results[: min(_OF_ONE, left)]
        left -= len(listed)
        for result in listed:
            ref = result.resource
            where = ", ".join(filter(None, (ref.account, ref.region, ref.root)))
            state = " (back)" if result.course and result.course.state == "regressed" else ""
            head = f"  {result.severity.upper()} {result.control}{state}:"
            yield f"{head} {_plain(ref.address)} in {_plain(where)} [{result.fingerprint[:8]}]"
        if len(results) > len(listed):
            yield f"  and {len(results) - len(listed)} more"


def _plain(text: str) -> str:
    """A name in which nothing is left that a chat would take for a mention, a link or a style."""
    return _CALLS.sub("@ ", shown(text).translate(_MARKS))
