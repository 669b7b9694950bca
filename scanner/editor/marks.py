"""Findings as what an editor shows: where, how, in which words."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterable, Iterator

import msgspec

from assay.scanner.editor.positions import EditorText, TextSpan, moved
from assay.scanner.editor.settings import EditorSettings, Shown
from assay.scanner.editor.store import FindingStore, SeenGap, ShownFinding
from assay.scanner.results.model import Result
from assay.scanner.results.telling import message_of, place
from assay.scanner.sources.raw import Location
from assay.scanner.words import many, visible

MOST, LONGEST, MOST_RELATED = 500, 1_000, 10
"""Marks of a file, characters of a message, further places of one: the input decides how many there would be."""
_NOT_DEPLOYED = frozenset({"parse_error", "refused_block", "duplicate_key", "input_failed"})
"""Codes of gaps by which nothing of a file is judged, or not what is deployed."""
_POLICIES = os.path.join(os.path.dirname(__file__), os.pardir, os.pardir, "policies")
PAGES = "https://assay.example/blob/main/docs/controls/"


class Related(msgspec.Struct, frozen=True):
    """Another place of evidence, with what was seen there."""

    path: str
    span: TextSpan
    message: str


class EditorMark(msgspec.Struct, frozen=True, kw_only=True):
    """Something in a file that an editor marks."""

    span: TextSpan
    shown: Shown
    message: str
    code: str
    """The id of the control, or the code of the gap."""
    page: str = ""
    related: tuple[Related, ...] = ()
    findings: tuple[ShownFinding, ...] = ()
    """What it stands for: the same may be found through several root modules."""

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """Of its findings."""
        return tuple(seen.result.fingerprint for seen in self.findings)


class Marker:
    """Makes marks of findings. `text_of`: the absolute path of a file to its text now; None where it cannot be read."""

    def __init__(self, settings: EditorSettings, text_of: Callable[[str], EditorText | None]) -> None:
        self._settings, self._text_of = settings, text_of

    def marks(self, file: str, stores: Iterable[FindingStore]) -> list[EditorMark]:
        """What is marked in a file, in the order of places; the first MOST, with a word on the others."""
        text = self._text_of(file)
        if text is None:
            return []
        made: dict[tuple[TextSpan, str, str], EditorMark] = {}
        for store in stores:
            for mark in (*self._of_findings(file, text, store), *self._of_gaps(file, text, store), *self._of_waivers(file, text, store)):
                key = mark.span, mark.code, mark.message
                same = made.get(key)
                made[key] = mark if same is None else msgspec.structs.replace(same, findings=same.findings + mark.findings)
        marks = sorted(made.values(), key=lambda mark: (mark.span, mark.code, mark.message))
        if len(marks) > MOST:
            more = f"{many(len(marks) - MOST, 'more finding')} in this file, which assay scan lists"
            marks = [*marks[:MOST], EditorMark(span=text.line_span(1), shown="information", message=more, code="more")]
        return marks

    def _of_findings(self, file: str, text: EditorText, store: FindingStore) -> Iterator[EditorMark]:
        for seen in store.findings(file):
            shown = self._shown(seen.result)
            location = place(seen.result)
            if shown == "off" or location is None:
                continue
            yield EditorMark(
                span=_span(text, location, seen.texts.get(file), seen.result),
                shown=shown,
                message=words(seen.result),
                code=seen.result.control,
                page=f"{PAGES}{seen.result.control}.md" if _has_page(seen.result.control) else "",
                related=tuple(self._related(seen, location, store)),
                findings=(seen,),
            )

    def _shown(self, result: Result) -> Shown:
        if result.standing == "known":
            return self._settings.accepted
        if result.verdict == "waived":
            return self._settings.accepted
        if result.verdict == "unknown":
            return self._settings.unknown
        return self._settings.shown(result.severity) if result.verdict == "fail" else "error"

    def _related(self, seen: ShownFinding, main: Location, store: FindingStore) -> Iterator[Related]:
        """Where else something was seen that the verdict rests on."""
        told: dict[Location, str] = {}
        for fact in seen.result.unknown:
            if fact.location is not None:
                told.setdefault(fact.location, f"{fact.fact}: {fact.reason}")
        for evidence in seen.result.evidence:
            if evidence.location is not None:
                told.setdefault(evidence.location, f"{evidence.fact} is {evidence.observed}")
        others = [(location, message) for location, message in told.items() if location != main and location.file and location.line]
        for location, message in others[:MOST_RELATED]:
            path = store.path(location.file)
            text = self._text_of(path)
            if text is not None:
                yield Related(path, _span(text, location, seen.texts.get(path), seen.result), _line(message))

    def _of_gaps(self, file: str, text: EditorText, store: FindingStore) -> Iterator[EditorMark]:
        for seen in store.gaps(file):
            line = _moved(text, seen.texts.get(file), seen.gap.line or 1)
            shown: Shown = "error" if seen.gap.code in _NOT_DEPLOYED else "information"
            yield EditorMark(span=text.line_span(line), shown=shown, message=_gap(seen), code=seen.gap.code)

    def _of_waivers(self, file: str, text: EditorText, store: FindingStore) -> Iterator[EditorMark]:
        for use in store.waivers:
            if use.line and store.path(use.file) == file:
                message = _line(f"the waiver of {use.control} does not count: {use.refused}")
                line = _moved(text, store.waivers_of.get(file), use.line)
                yield EditorMark(span=text.line_span(line), shown="information", message=message, code="waiver")


def words(result: Result) -> str:
    """A finding in a line: which resource, what is so, what would settle what is not known."""
    told = f"{result.resource.address}: {message_of(result)}"
    if result.verdict == "unknown":
        told = f"not known: {told}" + "".join(f"; {fact.fact}: {fact.reason}; {fact.settles_it}" for fact in result.unknown)
    elif result.verdict == "waived" and result.waiver is not None:
        told = f"waived until {result.waiver.expires or 'further notice'}: {told}"
    elif result.standing == "known":
        told = f"in the baseline: {told}"
    return _line(told)


def _gap(seen: SeenGap) -> str:
    return _line(f"not judged: {seen.gap.reason}; {seen.gap.settles_it}")


def _line(text: str) -> str:
    """Text of an input in one line that shows everything, cut where it is too long."""
    shown = visible(text[:LONGEST])
    return shown if len(text) <= LONGEST else f"{shown}…"


@functools.cache
def _has_page(control: str) -> bool:
    """Whether a control has a page: those that come with Assay do."""
    area, _, name = control.partition(".")
    return name.replace("-", "").isalnum() and os.path.isfile(os.path.join(_POLICIES, area, f"{name}.yaml"))


def _span(text: EditorText, location: Location, then: str | None, result: Result) -> TextSpan:
    """The span of a place; of a whole block its first line, since a mark over all of it would say nothing."""
    first = _moved(text, then, location.line)
    if not location.column or _is_block(location, result):
        line = text.line_span(first)
        start = text.position(text.offset(first, location.column)) if location.column else line.start
        return TextSpan(start, max(start, line.end))
    last = _moved(text, then, location.end_line or location.line)
    return text.span(text.offset(first, location.column), text.offset(last, location.end_column))


def _is_block(location: Location, result: Result) -> bool:
    blocks = result.resource.blocks
    of_block = any(
        block.file == location.file and block.start_line == location.line and block.end_line == location.end_line for block in blocks
    )
    return of_block and location.end_line > location.line


def _moved(text: EditorText, then: str | None, line: int) -> int:
    """A line of the text that was judged, in the text of now."""
    return line if then is None or then == text.text else moved(then, text.text).line(line)
