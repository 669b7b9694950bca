"""Grants that findings are of, taken out: one principal or action of several, or the statement of a policy that the evidence stands in.

The evidence says which bytes the statement is, wherever it is written: in the policy of a resource, in a document beside it, in a local.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

from assay.scanner.fix import emptied
from assay.scanner.fix.addresses import modules_of
from assay.scanner.fix.edits import Edit, NoEdit, merged
from assay.scanner.fix.emptied import Emptied
from assay.scanner.fix.files import FETCHED, Files, is_fetched
from assay.scanner.fix.hcl_nodes import labels_of, name_of
from assay.scanner.fix.hcl_statements import HclStatement, statement_at
from assay.scanner.fix.interface import FixCandidate
from assay.scanner.fix.templates import declared, is_generated
from assay.scanner.fix.yaml_statements import JsonStatement, WholeStatement, bindings_in, statement_in
from assay.scanner.results.model import Result
from assay.scanner.rules.model import Remedy
from assay.scanner.sources.raw import Location
from assay.scanner.sources.terraform.files import is_code

_MOST_ENTRIES = 8
"""Principals or actions of one statement that are tried, each by a judgement."""


_MOST_READ = 500
"""Principals or actions of one statement that are looked at."""


class AllowStatement(NamedTuple):
    """A statement that allows something, and what it stands in."""

    statement: HclStatement | JsonStatement
    address: str
    line: int
    emptied: Callable[[], Emptied]
    """What goes where it is the only one."""


def revoked(finding: Result, remedy: Remedy, files: Files, input_: str) -> Iterator[FixCandidate]:
    """The grant that a finding is of, taken out in the ways that a remedy names, in their order. Raises Refused."""
    grants_of = _in_code if input_ == "terraform" else _in_template
    grants: list[AllowStatement] = []
    refused: list[NoEdit] = []
    for place in _places(finding):
        try:
            grants += [grant for grant in grants_of(finding, place, files, input_) if grant.statement.allows]
        except NoEdit as reason:
            refused.append(reason)
    if refused and not grants:
        raise refused[0]
    titles: set[str] = set()
    for part in remedy.revoke:
        for grant in grants:
            for title, edits, gone in _cuts(finding, grant, part):
                if any(is_fetched(edit.file) for edit in edits):
                    raise NoEdit(FETCHED)
                review = "; ".join(text for text in (remedy.review, gone.review if gone else "") if text)
                removed = _addresses(finding, gone.block) if gone and gone.block else ()
                own = title if title not in titles else f"{title} ({grant.line})"
                titles.add(title)
                yield FixCandidate(own, tuple(merged(edits)), review, removed, silences=True)


def _places(finding: Result) -> list[Location]:
    """Where the evidence of a finding stands, as far as its bytes are known, each place once."""
    places = [fact.location for fact in finding.evidence if fact.location is not None and fact.location.end]
    return list({(place.file, place.start, place.end): place for place in places}.values())


def _cuts(finding: Result, grant: AllowStatement, part: str) -> Iterator[tuple[str, list[Edit], Emptied | None]]:
    """The ways to take a part of a grant out: what is done in words, its edits, and what goes with it where nothing would be left."""
    if part != "self":
        entries = list(islice(grant.statement.principals() if part == "principal" else grant.statement.actions(), _MOST_READ))
        named = [entry for entry in entries if entry.text in finding.element]
        for entry in (named or entries)[:_MOST_ENTRIES]:
            yield f"take the {part} {' '.join(entry.text.split())} out of {grant.address}", entry.edits, None
    elif edits := grant.statement.removed():
        name = grant.statement.name()
        yield f"take {f'the statement {name}' if name else 'a statement'} out of {grant.address}", edits, None
    else:
        gone = grant.emptied()
        yield f"remove {gone.what}, which grants this alone", gone.edits, gone


def _in_code(finding: Result, place: Location, files: Files, input_: str) -> Iterator[AllowStatement]:
    if not is_code(os.path.basename(place.file)):
        yield from _in_read_file(place, files)
        return
    file = files.hcl(place.file)
    statement = statement_at(file, place.start, place.end)
    if statement is None:
        return
    top = _top(statement.holder())
    label = ".".join([*([] if name_of(top) == "resource" else [name_of(top)]), *labels_of(top)])
    address = f"{modules_of(finding, place.file)}{label}"
    yield AllowStatement(statement, address, place.line, lambda: emptied.of_code(files, file, statement.holder()))


def _in_read_file(place: Location, files: Files) -> Iterator[AllowStatement]:
    """The grant in a file of JSON that code reads."""
    if not place.file.endswith(".json"):
        return
    file = files.yaml(place.file)
    statement = statement_in(file, file.documents[0], file.character(place.start)) if len(file.documents) == 1 else None
    if statement is not None:
        yield AllowStatement(statement, place.file, place.line, partial(emptied.of_read_file, place.file))


def _top(node: Any) -> Any:
    """The block of the top that a node is in."""
    block = node
    while node is not None:
        block, node = node if node.type == "block" else block, node.parent
    return block


def _in_template(finding: Result, place: Location, files: Files, input_: str) -> Iterator[AllowStatement]:
    if all(os.path.dirname(ref.file) != os.path.dirname(place.file) for ref in finding.resource.blocks):
        return
    file = files.yaml(place.file)
    start, end = file.character(place.start), file.character(place.end)
    resources = list(declared(file, input_))
    resource = next((one for one in resources if one.node.start <= start < one.node.end), None)
    if resource is None:
        return
    if is_generated(resource.node):
        raise NoEdit("its template is generated by cdk synth: change the code that it is made from")
    inner = statement_in(file, resource.node, start)
    statements = [inner] if inner is not None else bindings_in(file, [("", resource.node)], start, end)
    for statement in statements:
        yield AllowStatement(
            statement, resource.label, place.line, partial(emptied.of_template, file, input_, resources, resource, statement)
        )
    member = resource.node.get("spec" if input_ == "config_connector" else "properties")
    if input_ != "cloudformation" and member is not None and member.get("member") is not None:
        statement = WholeStatement(file, [("", resource.node)])
        yield AllowStatement(statement, resource.label, place.line, partial(emptied.of_resource, file, input_, resources, resource))


def _addresses(finding: Result, block: str) -> tuple[str, ...]:
    """The addresses of a resource, each instance: of those that a finding was read from, and where it stands in no module."""
    named = [ref.address for ref in finding.resource.blocks if re.search(rf"(^|[./]){re.escape(block)}(\[[^\]]*\])?$", ref.address)]
    return tuple(dict.fromkeys([*named, block]))
