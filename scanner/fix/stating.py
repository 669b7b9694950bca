"""Statements that come to access policies that are there, in whatever a policy is written as: a document, an encoded object, JSON between
marks, a property of a template."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assay.scanner.fix import terraform
from assay.scanner.fix.edits import Edit, NoEdit, merged
from assay.scanner.fix.files import FETCHED, Files, is_fetched
from assay.scanner.fix.hcl import HclFile
from assay.scanner.fix.hcl_nodes import at_path, elements_of, labels_of, list_of, name_of, single, text_of
from assay.scanner.fix.hcl_objects import encoded, key_of
from assay.scanner.fix.hcl_texts import MarkedText
from assay.scanner.fix.interface import FixCandidate
from assay.scanner.fix.templates import SETTINGS, editable, read_from
from assay.scanner.fix.written import object_text
from assay.scanner.results.model import Result
from assay.scanner.rules.model import Remedy
from assay.scanner.rules.remedies import RemedyWords, filled

_DOCUMENT = re.compile(r"data\.aws_iam_policy_document\.([\w-]+)\.json")
_JUDGED = "{judged}"


def stated(finding: Result, remedy: Remedy, files: Files, input_: str) -> Iterator[FixCandidate]:
    """A remedy as edits after which policies of the resources that a finding was read from have a statement more. Raises Refused."""
    edits_by_address = _in_code(finding, remedy, files) if input_ == "terraform" else _in_template(finding, remedy, files, input_)
    for address, edits in edits_by_address:
        if any(is_fetched(edit.file) for edit in edits):
            raise NoEdit(FETCHED)
        yield FixCandidate(f"add a statement to {', '.join(remedy.statement)} of {address}", tuple(merged(edits)), remedy.review)


def _in_code(finding: Result, remedy: Remedy, files: Files) -> Iterator[tuple[str, list[Edit]]]:
    judged = finding.resource.blocks[0]
    own = files.hcl(judged.file).block_at(judged.start_line or 0)
    for ref in terraform.editable(finding, remedy.on, files):
        file = files.hcl(ref.file)
        block = file.block_at(ref.start_line or 0)
        named = _JUDGED in json.dumps(remedy.statement)
        if named and (ref.address == judged.address or os.path.dirname(ref.file) != os.path.dirname(judged.file)):
            raise NoEdit("what its policy is for is declared elsewhere")
        several = any(files.hcl(judged.file).argument(own, name) for name in ("for_each", "count"))
        reference = _of_one(own, block) if named and several else ".".join(labels_of(own))
        words = RemedyWords(labels_of(block)[1], ".".join(labels_of(block)), "", reference)
        edits: list[Edit] = []
        for path, statement in remedy.statement.items():
            for attribute in at_path(block, path):
                edits += _to_attribute(files, file, attribute, filled(statement, words))
        if edits:
            yield ref.address, edits


def _of_one(several: Any, block: Any) -> str:
    """How a block names the one that it is for of several: `aws_sns_topic.alerts[each.key]`. Raises Refused."""
    address = ".".join(labels_of(several))
    indices: set[str] = set(re.findall(rf"(?<![\w.-]){re.escape(address)}(\[[^\[\]]*\])?(?![\w-])", text_of(block)))
    if len(indices) != 1 or "" in indices:
        raise NoEdit("what its policy is for is declared for each of several")
    return f"{address}{indices.pop()}"


def _to_attribute(files: Files, file: HclFile, attribute: Any, statement: Mapping[str, Any]) -> list[Edit]:
    value = text_of(attribute.children[2])
    if document := _DOCUMENT.fullmatch(value):
        return _to_document(files, file, document[1], statement)
    statement = _without_known_name(statement, value)
    if value.startswith("<<"):
        text = MarkedText(file, attribute)
        list_ = text.json.documents[0].get("Statement") if text.json.documents[0].kind == "map" else None
        if list_ is None or list_.kind != "list" or not list_.items:
            raise NoEdit(f"{name_of(attribute)} has no list of statements that is written out")
        return text.placed(text.json.append(list_, statement))
    node = encoded(attribute)
    members = [child for child in node.children if child.type == "object_elem" and key_of(child) == "Statement"] if node is not None else []
    statements = list_of(members[0].children[-1]) if members else None
    if not elements_of(statements):
        raise NoEdit(f"{name_of(attribute)} has no list of statements that is written out")
    return _to_list(file, statements, statement)


def _without_known_name(statement: Mapping[str, Any], text: str) -> Mapping[str, Any]:
    """The statement, without its name where another one has it: names are given once in a policy."""
    return {key: value for key, value in statement.items() if key != "Sid" or f'"{value}"' not in text}


def _to_list(file: HclFile, list_: Any, statement: Mapping[str, Any]) -> list[Edit]:
    last = single(elements_of(list_)[-1])
    pad = file.indent(last)
    end = last.end_byte
    if list_.start_point[0] == list_.end_point[0]:
        return [file.edit(end, end, f", {object_text(statement)}")]
    lines = f"\n{pad}".join(object_text(statement, spread=True).split("\n")).replace("\n", file.newline)
    if file.source[file.line_start(last.start_byte) : last.start_byte].strip():
        return [file.edit(end, end, f", {lines}")]
    comma = [] if file.source[end : end + 1] == b"," else [file.edit(end, end, ",")]
    line_end = file.line_end(end)
    return [*comma, file.edit(line_end, line_end, f"{file.newline}{pad}{lines},")]


def _to_document(files: Files, file: HclFile, label: str, statement: Mapping[str, Any]) -> list[Edit]:
    address = re.compile(rf"data\.aws_iam_policy_document\.{re.escape(label)}(?![\w-])")
    if sum(len(address.findall(text_of(block))) for beside in files.code_beside(file.file) for block in beside.blocks()) != 1:
        raise NoEdit("its policy document gives more than one policy")
    for beside in files.code_beside(file.file):
        for block in beside.blocks():
            if name_of(block) == "data" and labels_of(block) == ["aws_iam_policy_document", label]:
                if beside.argument(block, "for_each") or beside.argument(block, "count"):
                    raise NoEdit("its policy is made for each of several")
                if re.search(r"\b(?:each|count)\.", json.dumps(statement)):
                    raise NoEdit("its policy is made once for each of several")
                return beside.set(block, {"statement": [_as_block(statement)]})[0]
    raise NoEdit("its policy is not declared beside it")


def _as_block(statement: Mapping[str, Any]) -> dict[str, Any]:
    """A statement as `aws_iam_policy_document` has it."""
    test, conditions = next(iter(statement["Condition"].items()))
    variable, values = next(iter(conditions.items()))
    return {
        "sid": statement["Sid"],
        "effect": statement["Effect"],
        "actions": _listed(statement["Action"]),
        "resources": _listed(statement["Resource"]),
        "principals": {"type": "*", "identifiers": _listed(statement["Principal"])},
        "condition": {"test": test, "variable": variable, "values": _listed(values)},
    }


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]


def _in_template(finding: Result, remedy: Remedy, files: Files, input_: str) -> Iterator[tuple[str, list[Edit]]]:
    judged = next(iter(read_from(finding, files, input_)), None)
    for file, resource in editable(finding, remedy.on, files, input_):
        if judged is None or (resource.node is judged[1].node and _JUDGED in json.dumps(remedy.statement)):
            raise NoEdit("what its policy is for is declared elsewhere")
        words = RemedyWords(resource.label, resource.label, resource.label, judged[1].label)
        settings = resource.node.get(SETTINGS[input_])
        edits: list[Edit] = []
        for path, statement in remedy.statement.items():
            document = settings.at(path) if settings is not None else None
            list_ = document.get("Statement") if document is not None and document.kind == "map" else None
            if document is None or list_ is None or list_.kind != "list" or not list_.items:
                raise NoEdit(f"{path} has no list of statements that is written out")
            text = file.text[document.start : document.end]
            named = filled(statement, words)
            edits += file.append(list_, {key: value for key, value in named.items() if key != "Sid" or str(value) not in text})
        if edits:
            yield resource.label, edits
