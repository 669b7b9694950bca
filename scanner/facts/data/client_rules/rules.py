"""Which access the rules for Firestore in a source give, to whom.

What no rule allows is denied, and what one rule allows no other takes away:
https://firebase.google.com/docs/firestore/security/rules-structure#overlapping_match_statements
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from assay.scanner.facts.data.client_rules.conditions import WILDCARD, Judge, Outcome, Scope
from assay.scanner.facts.data.client_rules.tree import Block, Segment, Service, Source

SERVICE = "cloud.firestore"
_NEVER = Outcome(False)


class Rule(msgspec.Struct, frozen=True):
    """An `allow`."""

    path: str
    """Of documents, below `/databases/{database}/documents`."""
    methods: tuple[str, ...]
    line: int
    outcome: Outcome


def services(source: Source) -> list[Service]:
    """The parts of a source that are for Firestore; others are for Cloud Storage."""
    return [service for service in source.services if service.name == SERVICE]


def rules(source: Source) -> Iterator[Rule]:
    """The rules for Firestore, in the order of the source."""
    judge, outermost = Judge(), Scope(None, source.functions)
    for service in services(source):
        yield from _rules(service.block, (), Scope(outermost, service.block.functions), judge, source.version)


def _rules(block: Block, path: tuple[Segment, ...], scope: Scope, judge: Judge, version: str) -> Iterator[Rule]:
    reached = reaches_documents(path, version)
    for allow in block.allows:
        outcome = judge.outcome(allow.condition, scope) if reached else _NEVER
        yield Rule(_shown(path), allow.methods, allow.line, outcome)
    for match in block.matches:
        variables = {segment.variable: WILDCARD for segment in match.path if segment.variable}
        inner = Scope(scope, match.block.functions, variables)
        yield from _rules(match.block, (*path, *match.path), inner, judge, version)


def _shown(path: tuple[Segment, ...]) -> str:
    """A path as it is written, without what stands before the path of a document."""
    below = path[3:] if len(path) > 2 and path[0].text == "databases" and path[2].text == "documents" else path
    return "/" + "/".join(segment.text for segment in below)


_DOCUMENT = 5
"""The place after the name of a document in `databases/DATABASE/documents/COLLECTION/DOCUMENT/COLLECTION/DOCUMENT…`."""
_WORDS = {0: "databases", 2: "documents"}


def reaches_documents(path: tuple[Segment, ...], version: str) -> bool:
    """Whether any document has a path. Of a path to a collection, or one that leaves out the database, none has.

    In version 1 `{document=**}` stands for one segment at least, in version 2 for none too:
    https://firebase.google.com/docs/firestore/security/rules-structure#recursive_wildcards
    """
    places = {0}
    for segment in path:
        after = {_next(place) for place in places if _may_be(segment, place)}
        if segment.recursive or segment.untold:
            none = places if segment.recursive and version == "2" else set[int]()
            after |= none
            for _ in range(_DOCUMENT + 2):
                after |= {_next(place) for place in after}
        places = after
    return _DOCUMENT in places


def _next(place: int) -> int:
    return place + 1 if place < _DOCUMENT else _DOCUMENT - 1


def _may_be(segment: Segment, place: int) -> bool:
    return bool(segment.variable) or segment.untold or place not in _WORDS or segment.text == _WORDS[place]
