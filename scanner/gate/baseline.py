"""Baselines: what was there when a team began to look. Only what is new beside it counts.

A finding is known by its fingerprint, so that code that was moved is known, and the same name elsewhere is not. It is known as bad as it
was: what was unknown and fails now is new. A gap is known where what it says tells what is missing, or while the file that it is about is
the same: what could not be read and has changed may hide something new. A gap that leaves out a whole root module or run is never known,
since nothing says that what it leaves out is what it was.
"""

from __future__ import annotations

import datetime
import functools
import hashlib
from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

from assay.scanner.errors import AssayError
from assay.scanner.results.model import BaselineComparison, PastFinding, Report, Result
from assay.scanner.sources.coverage import Gap

FORMAT = "assay-baseline/1"
COUNTED = ("fail", "unknown", "error")
_TELLING = frozenset(
    {
        "module_missing",
        "macro_unsupported",
        "terragrunt_unsupported",
        "stack_unsupported",
        "link_not_followed",
        "call_denied",
        "account_inactive",
    }
)
"""Codes of gaps that say what is missing, beside which everything is judged."""
_OF_CONTENT = frozenset(
    {"parse_error", "template_unsupported", "unsupported", "duplicate_key", "refused_block", "plan_errored", "plan_incomplete"}
)
"""Codes of gaps that hang on the content of one file."""
LIVE = ("aws:", "google:")
"""What roots of live resources begin with; they are no paths."""
_BADNESS = {"unknown": 1, "fail": 2, "error": 3}


class BaselineError(AssayError):
    """A file that is no baseline, or one that this version cannot read."""


class BaselineFinding(msgspec.Struct, frozen=True):
    """A finding of a baseline."""

    fingerprint: str
    control: str
    verdict: str
    address: str
    element: str = ""
    root: str = ""
    """What the address is relative to, and the file that the resource is in, both relative to the repository, as the fingerprint has it.
    They tell whether a run looks for it; empty in baselines of versions that did not say so."""
    file: str = ""


class KnownGap(msgspec.Struct, frozen=True):
    """A gap of a baseline. `digest`: of the file on whose content it hangs, empty where it tells what is missing."""

    code: str
    scope: str
    reason: str
    digest: str = ""


class Baseline(msgspec.Struct, frozen=True, kw_only=True):
    """What is known, as the file keeps it: sorted, so that two of them can be compared by eye."""

    schema: str = FORMAT
    made: str
    """RFC 3339; of a revision, the id of its commit."""
    expires: str = ""
    """The last day on which it counts; empty for no end."""
    findings: list[BaselineFinding] = []
    gaps: list[KnownGap] = []


def of_report(
    report: Report, digest: Callable[[str], str], expires: str = "", made: str = "", scope: Callable[[str], str] = lambda _: ""
) -> Baseline:
    """What a report found, as a baseline. `digest`: file to a digest of its content, empty where it is no file. `scope`: a root or a file
    as the baseline names it."""
    place = functools.cache(lambda root: root if root.startswith(LIVE) else scope(root))
    findings = {
        BaselineFinding(
            result.fingerprint, result.control, result.verdict, result.resource.address, result.element, place(result.resource.root),
            place(_file(result)),
        )
        for result in report.results
        if result.verdict in COUNTED
    }  # fmt: skip
    gaps = {known for gap in report.coverage.gaps if (known := known_gap(gap, digest)) is not None}
    return Baseline(
        made=made or report.run.started,
        expires=expires,
        findings=sorted(findings, key=lambda known: (known.control, known.address, known.element, known.fingerprint)),
        gaps=sorted(gaps, key=lambda gap: (gap.scope, gap.code, gap.reason)),
    )


def _file(result: Result) -> str:
    """The file that the resource itself is in; what it is read from where that is no code."""
    resource = result.resource
    return next((block.file for block in resource.blocks if block.file and block.address == resource.address), resource.root)


def known_gap(gap: Gap, digest: Callable[[str], str]) -> KnownGap | None:
    """A gap as a baseline keeps it; None for one that counts each time."""
    if gap.code in _TELLING:
        return KnownGap(gap.code, gap.scope, gap.reason)
    content = digest(gap.scope) if gap.code in _OF_CONTENT else ""
    return KnownGap(gap.code, gap.scope, gap.reason, content) if content else None


def digest_of(read: Callable[[str], bytes]) -> Callable[[str], str]:
    """A function of a file to the SHA-256 of its content; `read` raises OSError for what is no file."""

    def digest(file: str) -> str:
        try:
            return hashlib.sha256(read(file)).hexdigest()
        except OSError:
            return ""

    return digest


def encode(baseline: Baseline) -> bytes:
    """The file of a baseline."""
    return msgspec.json.format(msgspec.json.encode(baseline), indent=1) + b"\n"


def decode(content: bytes, name: str) -> Baseline:
    """The baseline of a file. Raises BaselineError."""
    try:
        baseline = msgspec.json.decode(content, type=Baseline)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise BaselineError(f"{name}: no baseline as assay baseline writes it: {error}") from None
    if baseline.schema != FORMAT:
        raise BaselineError(f"{name}: a baseline of format {baseline.schema}; this version reads {FORMAT}")
    if baseline.expires:
        try:
            datetime.date.fromisoformat(baseline.expires)
        except ValueError:
            raise BaselineError(f"{name}: expires is {baseline.expires!r}; write YYYY-MM-DD") from None
    return baseline


class KnownBefore:
    """A run beside a baseline: what of it is known, and what of the baseline is gone."""

    def __init__(
        self,
        baseline: Baseline,
        kind: Literal["baseline", "revision"],
        name: str,
        today: datetime.date,
        looks_for: Callable[[BaselineFinding], bool] = lambda _: True,
    ) -> None:
        """`looks_for`: whether the run reads the code that a finding was in. What it does not look for is not gone."""
        self._looks_for = looks_for
        self._roots: set[str] = set()
        self.baseline, self.kind, self.name = baseline, kind, name
        self.expired = bool(baseline.expires) and datetime.date.fromisoformat(baseline.expires) < today
        self._known = {} if self.expired else {known.fingerprint: known for known in baseline.findings}
        self._gaps = frozenset(() if self.expired else baseline.gaps)
        self._seen: set[str] = set()
        self._new = self._old = 0

    def standing(self, result: Result) -> Result:
        """A finding with its standing; what is no finding as it is."""
        self._seen.add(result.fingerprint)
        self._roots.add(result.resource.root)
        if result.verdict not in COUNTED:
            return result
        known = self._known.get(result.fingerprint)
        is_known = known is not None and _BADNESS[result.verdict] <= _BADNESS.get(known.verdict, 0)
        self._new, self._old = self._new + (not is_known), self._old + is_known
        return msgspec.structs.replace(result, standing="known" if is_known else "new")

    def is_known(self, gap: Gap, digest: Callable[[str], str]) -> bool:
        """Whether the baseline has a gap. `digest`: a file to the hash of its content, which has to be the same."""
        known = known_gap(gap, digest)
        return known is not None and known in self._gaps

    def _was_read(self, known: BaselineFinding) -> bool:
        """Whether the run would have met a finding. Of a baseline that does not say where it was, everything is looked for."""
        return known.root in self._roots if known.root.startswith(LIVE) else not known.root or self._looks_for(known)

    def comparison(self, judged: Iterable[str], within: Baseline | None = None) -> BaselineComparison:
        """What the comparison says. `judged`: the controls of the run; findings of others are not gone but not looked for. `within`: where
        a part of the code was judged alone, what that part had before."""
        controls = set(judged)
        looked_for = {known.fingerprint for known in (within or self.baseline).findings}
        gone = [
            PastFinding(known.fingerprint, known.control, known.address, known.element)
            for known in self.baseline.findings
            if known.fingerprint not in self._seen
            and known.control in controls
            and known.fingerprint in looked_for
            and self._was_read(known)
        ]
        return BaselineComparison(
            kind=self.kind, name=self.name, made=self.baseline.made, expires=self.baseline.expires, expired=self.expired,
            new=self._new, known=self._old, gone=gone,
        )  # fmt: skip
