"""Waivers that stand beside what they are for: in comments of code and templates, and in the resource itself.

    # assay:waive storage.versioning-enabled until=2027-01-31 reason="logs are copied elsewhere" owner=platform ticket=SEC-12
    resource "aws_s3_bucket" "logs" {

A comment counts for the block whose first line it is on, or right above it with nothing but comments between. The same text, without the
mark of a comment, may be a value of a resource: its metadata, an annotation, a tag. Code that `terraform init` fetched accepts nothing for
the team that calls it; a comment at the call does. Comments for checkov and Trivy are read where the configuration accepts them, for the
controls that name what they suppress as a peer.

https://www.checkov.io/2.Concepts/Suppressing%20and%20Skipping%20Policies.html,
https://trivy.dev/latest/docs/scanner/misconfiguration/#skipping-resources-by-inline-comments
"""

from __future__ import annotations

import datetime
import shlex
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from assay.scanner import lazy_re
from assay.scanner.gate.waivers import Waiver
from assay.scanner.globs import matches
from assay.scanner.results.model import Result
from assay.scanner.rules.model import Control
from assay.scanner.rules.peers import normal

_COMMENT = lazy_re.pattern(r"\s*(?:#|//|/\*)+\s?(.*?)\s*(?:\*/\s*)?$")
_TRAILING = lazy_re.pattern(r"(?:#|//)\s*((?:assay:|checkov:|trivy:|tfsec:).*)$")
_OURS = lazy_re.pattern(r"assay:waive\s+(\S+)\s*(.*)$")
_CHECKOV = lazy_re.pattern(r"checkov:skip=([A-Z0-9_]+)(?::(.*))?$")
_TRIVY = lazy_re.pattern(r"(?:trivy|tfsec):ignore:([A-Za-z0-9-]+)((?::\S+)*)")
_UNTIL = lazy_re.pattern(r":exp:(\d{4}-\d{2}-\d{2})")
_MARK = lazy_re.pattern(r"(?:assay:waive\s|checkov:skip=|(?:trivy|tfsec):ignore:).*")
MAX_LINES = 50
"""Comment lines above a block, and lines of a block, that are looked at."""
_KEPT = 10_000
"""Blocks whose comments are kept: findings of one block come close together, and a run may have millions of blocks."""
_INSIDE = "it stands inside of the block; put it above, or behind its first line"


class Comments:
    """The comments at the blocks of findings; each of the last blocks is looked at once."""

    def __init__(self, source: Callable[[str, int, int], list[str]], controls: Mapping[str, Control], accepted: Iterable[str] = ()) -> None:
        """`source`: (file, first line, last line) to lines; to none of JSON, in which what looks like a comment is text. `accepted`: other
        scanners whose comments count, `checkov` and `trivy`."""
        self._source, self._controls, self._accepted = source, controls, frozenset(accepted)
        self._known: OrderedDict[tuple[str, int, int], list[Waiver]] = OrderedDict()

    def of(self, result: Result) -> list[Waiver]:
        """The waivers that stand at the blocks of the resource of a finding, and in the resource itself."""
        marks = [waiver for mark in result.resource.marks for waiver in self._read(mark.text, mark.file, mark.line, "mark")]
        return marks + [
            waiver
            for block in result.resource.blocks
            if block.start_line and ".terraform" not in block.file.split("/")
            for waiver in self._at(block.file, block.start_line, min(block.end_line or block.start_line, block.start_line + MAX_LINES))
        ]

    def _at(self, file: str, first: int, last: int) -> list[Waiver]:
        key = file, first, last
        known = self._known.get(key)
        if known is None:
            start = max(1, first - MAX_LINES)
            lines = self._source(file, start, last)
            known = self._known[key] = list(self._waivers(file, start, lines, first)) if len(lines) > first - start else []
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return known

    def _waivers(self, file: str, start: int, lines: list[str], first: int) -> Iterator[Waiver]:
        at = first - start
        above = at
        while above > 0 and _COMMENT.match(lines[above - 1]):
            above -= 1
        for number, line in enumerate(lines[above:], start + above):
            comment = _COMMENT.match(line) or (_TRAILING.search(line) if number >= first else None)
            if comment is None:
                continue
            for waiver in self._read(comment[1], file, number, "comment"):
                counts = number <= first or waiver.by != "comment"  # those of other scanners stand inside of the block as well
                yield waiver if counts else msgspec.structs.replace(waiver, fault=waiver.fault or _INSIDE)

    def _read(self, text: str, file: str, line: int, by: str) -> Iterator[Waiver]:
        if ours := _OURS.search(text):
            waiver = written(ours[1], ours[2])
            known = any(matches(waiver.control, control) for control in self._controls)
            fault = waiver.fault if known else f"there is no control {waiver.control}"
            yield msgspec.structs.replace(waiver, by=by, file=file, line=line, fault=fault)
        if "checkov" in self._accepted and (skipped := _CHECKOV.search(text)):
            yield from self._of_peer("checkov", skipped[1], Waiver(control="", reason=skipped[2] or "", file=file, line=line))
        if "trivy" in self._accepted and (ignored := _TRIVY.search(text)):
            until = _UNTIL.search(ignored[2])
            day = _day(until[1]) if until else None
            yield from self._of_peer("trivy", ignored[1], Waiver(control="", expires=day, file=file, line=line))

    def _of_peer(self, peer: str, id_: str, waiver: Waiver) -> Iterator[Waiver]:
        for control in self._controls.values():
            if any(normal(id_) == normal(known) for known in control.peers.get(peer, ())):
                reason = waiver.reason or f"{id_} is ignored"
                yield msgspec.structs.replace(waiver, by=peer, control=control.id, reason=reason)


def marks(lines: Iterable[str]) -> set[str]:
    """What waives something in lines of code, or may do so: of each line, from the word that says so on."""
    return {mark[0].strip() for line in lines if (mark := _MARK.search(line))}


def written(control: str, rest: str) -> Waiver:
    """A waiver by what stands behind `assay:waive`; with a fault where it says too little."""
    words, fault = _words(rest.removesuffix("*/"))
    day = _day(words.get("until", ""))
    if not fault and not day:
        fault = "it says no last day: until=YYYY-MM-DD"
    if not fault and not words.get("reason", "").strip():
        fault = 'it says no reason: reason="…"'
    owner, reason, ticket = (words.get(name, "") for name in ("owner", "reason", "ticket"))
    return Waiver(control=control, owner=owner, reason=reason, ticket=ticket, expires=day, fault=fault)


def _words(rest: str) -> tuple[dict[str, str], str]:
    """Name to value of `name=value …`, and what is wrong with them. A word without `=` goes on with the value before it: tags of AWS have
    no quotes (https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html#tag-conventions).
    """
    try:
        written = shlex.split(rest)
    except ValueError:
        return {}, "its quotes are not closed"
    words: dict[str, str] = {}
    last = ""
    for word in written:
        name, equals, value = word.partition("=")
        if equals and name in _FIELDS:
            if name in words:
                return words, f"it says {name} twice"
            words[last := name] = value
        elif last:
            words[last] += f" {word}"
        else:
            return words, f"it begins with {word!r}, which is none of {', '.join(_FIELDS)}"
    return words, ""


_FIELDS = ("until", "reason", "owner", "ticket")


def _day(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text) if len(text) == len("2027-01-31") else None
    except ValueError:
        return None
