"""Remedies in Terraform code, where the value of an argument is written: in its block, in a variable or a local of the module, or in what
calls the module."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

from assay.scanner.facts.model import BlockRef
from assay.scanner.fix.addresses import MODULES, type_of
from assay.scanner.fix.companions import companion, free_label
from assay.scanner.fix.edits import Edit, NoEdit, merged
from assay.scanner.fix.files import FETCHED, Files, is_fetched
from assay.scanner.fix.given import edits_where_given
from assay.scanner.fix.hcl import HclFile
from assay.scanner.fix.hcl_change import Indirect
from assay.scanner.fix.hcl_nodes import labels_of, made_of, name_of, text_of
from assay.scanner.fix.interface import FixCandidate
from assay.scanner.results.model import Result
from assay.scanner.rules.model import Remedy
from assay.scanner.rules.remedies import SELF, RemedyWords, filled
from assay.scanner.sources.terraform.files import is_code

_KEPT = "its lifecycle has prevent_destroy, so that no plan is made that would replace it"


def edited(finding: Result, remedy: Remedy, files: Files, input_: str) -> Iterator[FixCandidate]:
    """A remedy as edits of the blocks that a finding was read from: where values are given, then in the place of what gives them.

    Raises Refused.
    """
    edits: list[Edit] = []
    indirect: list[tuple[BlockRef, Indirect]] = []
    addresses: list[str] = []
    forbidden = ""
    for ref in editable(finding, remedy.on, files):
        file = files.hcl(ref.file)
        block = file.block_at(ref.start_line or 0)
        wanted = [(path, value if isinstance(value, list) else [value]) for path, value in remedy.where.items()]
        parts = [part for part in _parts(block, ref.file, remedy.within, finding) if all(file.says(part, *said) for said in wanted)]
        if not parts:
            continue
        own, elsewhere = _of_block(file, block, parts, remedy, files)
        edits += own
        indirect += [(ref, one) for one in elsewhere]
        addresses.append(ref.address)
        if remedy.review and file.says(block, "lifecycle.prevent_destroy", [True]):
            forbidden = f"; {_KEPT}"
    title = f"{told(remedy)} {addresses[0]}" if addresses else ""
    removed = tuple(addresses) if SELF in remedy.remove and remedy.within in ("", SELF) else ()
    silences = bool(remedy.remove)
    reviewed = remedy.review + forbidden
    if indirect:
        if where_given := edits_where_given(indirect, finding, files):
            places, names = where_given
            yield _ours(FixCandidate(f"{title}, by {', '.join(names)}", tuple(merged([*edits, *places])), reviewed, removed, silences))
        edits += [one.edit for _, one in indirect]
        name = indirect[0][1].name
        review = reviewed or f"{name} is given by an expression, whose place the value takes"
        yield _ours(FixCandidate(title, tuple(merged(edits)), review, removed, silences))
    elif edits:
        explained = any(files.hcl(name).explained([edit for edit in edits if edit.file == name]) for name in {edit.file for edit in edits})
        review = reviewed or ("a comment beside it may say why it is so" if explained else "")
        yield _ours(FixCandidate(title, tuple(merged(edits)), review, removed, silences))


def _ours(candidate: FixCandidate) -> FixCandidate:
    """The candidate. Raises Refused where it edits a module that was fetched."""
    if any(is_fetched(edit.file) for edit in candidate.edits):
        raise NoEdit(FETCHED)
    return candidate


def told(remedy: Remedy) -> str:
    """What a remedy does, in words that its address follows."""
    if SELF in remedy.remove:
        return f"remove {remedy.within} of" if remedy.within not in ("", SELF) else "remove"
    if remedy.include and not remedy.set and not remedy.add:
        return f"add to {', '.join(remedy.include)} of"
    if remedy.set and not remedy.add:
        return f"set {', '.join(remedy.set)} in"
    if not remedy.add:
        return f"take {', '.join([*remedy.remove, *remedy.drop])} out of"
    types = re.findall(r'^resource "(\w+)"', remedy.add, re.MULTILINE) if isinstance(remedy.add, str) else _types(remedy.add)
    return f"declare {', '.join(dict.fromkeys(types))} for"


def _types(resources: dict[str, Any]) -> list[str]:
    return [str(resource["Type"]) for resource in resources.values()]


def editable(finding: Result, type_: str, files: Files) -> list[BlockRef]:
    """The blocks of a type that a remedy may edit, those of several instances once: what a finding was read from, and what its evidence
    stands in; without one, those that name or are named by what it was read from."""
    known: dict[tuple[str, int | None], BlockRef] = {}
    for ref in [*finding.resource.blocks, *_of_evidence(finding, files)]:
        if ref.start_line is not None and type_of(ref.address) == type_:
            known.setdefault((ref.file, ref.start_line), ref)
    return list(known.values()) or _related(finding, type_, files)


def _related(finding: Result, type_: str, files: Files) -> list[BlockRef]:
    """The blocks of a type, in the same directory, that name one that a finding was read from, or that it names: the alarm of a table."""
    refs: dict[tuple[str, int], BlockRef] = {}
    for ref in finding.resource.blocks:
        if ref.start_line is None or ref.file.endswith(".json"):
            continue
        own = files.hcl(ref.file).block_at(ref.start_line)
        modules = MODULES.match(ref.address)
        for beside in files.code_beside(ref.file):
            for block in beside.blocks():
                if name_of(block) != "resource" or labels_of(block)[0] != type_ or len(labels_of(block)) != 2:
                    continue
                if _names(block, own) or _names(own, block):
                    address = f"{modules[0] if modules else ''}{'.'.join(labels_of(block))}"
                    line = block.start_point[0] + 1
                    refs.setdefault((beside.file, line), BlockRef(address, beside.file, line, block.end_point[0] + 1))
    return list(refs.values())


def _names(block: Any, other: Any) -> bool:
    """Whether a block refers to another."""
    return bool(re.search(rf"(?<![\w.-]){re.escape('.'.join(labels_of(other)))}(?![\w-])", text_of(block)))


def _of_evidence(finding: Result, files: Files) -> Iterator[BlockRef]:
    """The resources that the evidence of a finding stands in, of the modules that the finding was read from."""
    modules = {os.path.dirname(ref.file): MODULES.match(ref.address) for ref in finding.resource.blocks}
    for place in (fact.location for fact in finding.evidence):
        if place is None or not is_code(os.path.basename(place.file)) or os.path.dirname(place.file) not in modules:
            continue
        block = files.hcl(place.file).block_around(place.line)
        if block is not None and name_of(block) == "resource":
            module = modules[os.path.dirname(place.file)]
            type_, label = labels_of(block)[:2]
            yield BlockRef(f"{module[0] if module else ''}{type_}.{label}", place.file, block.start_point[0] + 1, block.end_point[0] + 1)


def _parts(block: Any, file: str, within: str, finding: Result) -> list[Any]:
    """What is edited of a block: it, or what the evidence of the finding stands in."""
    if not within:
        return [block]
    seen = [fact.location for fact in finding.evidence if fact.location is not None and fact.location.file == file]
    parts = [block] if within == SELF else made_of(block, within.split("."))
    rows = [(part.start_point[0] + 1, part.end_point[0] + 1, part) for part in parts]
    return [part for first, last, part in rows if any(first <= at.line and at.end_line <= last for at in seen)]


def _of_block(file: HclFile, block: Any, parts: list[Any], remedy: Remedy, files: Files) -> tuple[list[Edit], list[Indirect]]:
    if SELF in remedy.remove:
        return [edit for part in parts for edit in (file.remove_block(part) if part is block else file.remove_nested(part))], []
    type_, label = labels_of(block)[:2]
    words = RemedyWords(label, f"{type_}.{label}", free_label(remedy.add, label, files, file) if isinstance(remedy.add, str) else label)
    code = companion(file, block, remedy.add, words) if isinstance(remedy.add, str) else ""
    edits: list[Edit] = []
    indirect: list[Indirect] = []
    for part in parts:
        own, elsewhere = file.set(part, filled(remedy.set, words), remedy.remove)
        edits += own
        indirect += elsewhere
        for path, values in remedy.drop.items():
            edits += file.drop(part, path, values)
        for path, values in remedy.include.items():
            edits += file.include(part, path, filled(values, words))
    if remedy.within and remedy.drop and any(edit.text == "[]" for edit in edits):
        raise NoEdit("nothing would be left of a list of it")
    return edits + ([file.after(block, code)] if code else []), indirect
