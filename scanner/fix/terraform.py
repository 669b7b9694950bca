"""Remedies in Terraform code, where the value of an argument is written: in its block, in a variable or a local of the module, or in what
calls the module."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from assay.scanner.facts.model import BlockRef
from assay.scanner.fix.edits import Edit, Refused, merged
from assay.scanner.fix.files import Files
from assay.scanner.fix.hcl import HclFile
from assay.scanner.fix.hcl_change import Indirect
from assay.scanner.fix.hcl_nodes import labels_of, name_of
from assay.scanner.fix.interface import Candidate
from assay.scanner.results.model import Result
from assay.scanner.rules.model import Remedy
from assay.scanner.rules.remedies import SELF, placeholders
from assay.scanner.sources.terraform import tree

_MODULES = re.compile(r"^(?:module\.[\w-]+(?:\[[^\]]*\])?\.)+")
_INDEX = re.compile(r"\[[^\]]*\]")
_MOST_STEPS = 8
"""Variables and locals that give each other's values."""


def edited(finding: Result, remedy: Remedy, files: Files, input_: str) -> Iterator[Candidate]:
    """A remedy as edits of the blocks that a finding was read from: where values are given, then in the place of what gives them.

    Raises Refused.
    """
    edits: list[Edit] = []
    indirect: list[tuple[BlockRef, Indirect]] = []
    addresses: list[str] = []
    for ref in _refs(finding, remedy.on):
        file = files.hcl(ref.file)
        block = file.block_at(ref.start_line or 0)
        if not all(file.says(block, path, value if isinstance(value, list) else [value]) for path, value in remedy.where.items()):
            continue
        own, elsewhere = _of_block(file, block, remedy, files)
        edits += own
        indirect += [(ref, one) for one in elsewhere]
        addresses.append(ref.address)
    title = f"{told(remedy)} {addresses[0]}" if addresses else ""
    removed = tuple(addresses) if SELF in remedy.remove else ()
    if indirect:
        if given := _given(indirect, finding, files):
            places, names = given
            yield Candidate(f"{title}, by {', '.join(names)}", tuple(merged([*edits, *places])), remedy.review)
        edits += [one.edit for _, one in indirect]
        name = indirect[0][1].name
        review = remedy.review or f"{name} is given by an expression, whose place the value takes"
        yield Candidate(title, tuple(merged(edits)), review, removed)
    elif edits:
        yield Candidate(title, tuple(merged(edits)), remedy.review, removed)


def told(remedy: Remedy) -> str:
    """What a remedy does, in words that its address follows."""
    if SELF in remedy.remove:
        return "remove"
    if remedy.set:
        return f"set {', '.join(remedy.set)} in"
    if remedy.remove or remedy.drop:
        return f"take {', '.join([*remedy.remove, *remedy.drop])} out of"
    return "declare what belongs to"


def type_of(address: str) -> str:
    """The type in an address: `aws_kms_key` of `module.keys.aws_kms_key.main["a"]`."""
    return _MODULES.sub("", address).split(".")[0]


def _refs(finding: Result, type_: str) -> list[BlockRef]:
    """The blocks of a type that a finding was read from; those of several instances once."""
    known: dict[tuple[str, int | None], BlockRef] = {}
    for ref in finding.resource.blocks:
        if ref.start_line is not None and type_of(ref.address) == type_:
            known.setdefault((ref.file, ref.start_line), ref)
    return list(known.values())


def _of_block(file: HclFile, block: Any, remedy: Remedy, files: Files) -> tuple[list[Edit], list[Indirect]]:
    if SELF in remedy.remove:
        return file.remove_block(block), []
    type_, label = labels_of(block)[:2]
    code = ""
    if isinstance(remedy.add, str) and remedy.add:
        code = companion(file, block, remedy.add, _taken(files, file))
    settings = _filled(remedy.set, label, f"{type_}.{label}")
    edits, indirect = file.set(block, settings)
    for path in remedy.remove:
        edits += file.remove(block, path)
    for path, values in remedy.drop.items():
        edits += file.drop(block, path, values)
    return edits + ([file.after(block, code)] if code else []), indirect


def _filled(value: Any, label: str, reference: str) -> Any:
    if isinstance(value, dict):
        return {key: _filled(inner, label, reference) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, label, reference) for inner in value]
    return placeholders(value, label, reference) if isinstance(value, str) else value


def _taken(files: Files, file: HclFile) -> set[tuple[str, str]]:
    """Type and label of every resource of a directory."""
    blocks = (block for beside in files.code_beside(file.file) for block in beside.blocks() if name_of(block) == "resource")
    return {(labels[0], labels[1]) for block in blocks if len(labels := labels_of(block)) == 2}


def companion(file: HclFile, block: Any, code: str, taken: set[tuple[str, str]]) -> str:
    """The code of what is declared beside a block: as often as that, by the same provider, under a name that is free."""
    type_, label = labels_of(block)[:2]
    reference, first = f"{type_}.{label}", []
    if file.argument(block, "for_each"):
        first.append(("for_each", reference))
        reference = "each.value"
    elif file.argument(block, "count"):
        first.append(("count", f"length({reference})"))
        reference = f"{reference}[count.index]"
    if provider := file.argument(block, "provider"):
        first.append(("provider", provider))
    types = re.findall(r'^resource "(\w+)" "\{label\}"', code, re.MULTILINE)
    free, number = label, 1
    while any((made, free) in taken for made in types):
        number += 1
        free = f"{label}_{number}"
    width = max((len(name) for name, _ in first), default=0)
    lines = "".join(f"\n  {name:<{width}} = {value}" for name, value in first)
    head = f"{lines}\n" if lines else ""
    code = re.sub(r'^(resource "[^\n]*\{)$', lambda match: match[1] + head, code, flags=re.MULTILINE)
    code = code.replace('"{label}" {', f'"{free}" {{')
    return placeholders(code, label, reference)


def _given(indirect: list[tuple[BlockRef, Indirect]], finding: Result, files: Files) -> tuple[list[Edit], list[str]] | None:
    """Edits where the values are given, and what gives them; None where one of them is given by nothing that can be edited."""
    edits: list[Edit] = []
    names: list[str] = []
    for ref, one in indirect:
        modules = _MODULES.match(ref.address)
        path = _INDEX.sub("", modules[0].rstrip(".")) if modules else ""
        try:
            made, name = _where_given(one.expression, one.value, path, ref.file, finding, files, _MOST_STEPS)
        except Refused:
            return None
        edits += made
        names.append(name)
    return edits, list(dict.fromkeys(names))


def _where_given(expression: Any, value: Any, module: str, file: str, finding: Result, files: Files, steps: int) -> tuple[list[Edit], str]:
    """Edits after which a variable or a local has a value, and what is edited. `module`: the path of the module that names it."""
    if not (isinstance(expression, tree.Attribute) and isinstance(expression.of, tree.Name)) or steps == 0:
        raise Refused("its value is an expression")
    kind, name = expression.of.name, expression.name
    if kind == "local":
        return _set_in(_declared(files, file, "locals", name), name, value, module, finding, files, steps)
    if kind != "var":
        raise Refused("its value is an attribute of another resource")
    if module:
        call = next((ref for ref in finding.resource.blocks if _INDEX.sub("", ref.address) == module), None)
        if call is None or call.start_line is None:
            raise Refused(f"its value comes from what calls {module}, which is not at hand")
        caller = files.hcl(call.file)
        outer = module.rpartition(".module.")[0]
        return _set_in((caller, caller.block_at(call.start_line)), name, value, outer, finding, files, steps, f"{name} of {module}")
    holder = _declared(files, file, "variable", name)
    if not holder[0].argument(holder[1], "default"):
        raise Refused(f"var.{name} has no default: its value comes from who applies the code")
    return _set_in(holder, "default", value, module, finding, files, steps, f"the default of var.{name}")


def _set_in(
    holder: tuple[HclFile, Any], name: str, value: Any, module: str, finding: Result, files: Files, steps: int, title: str = ""
) -> tuple[list[Edit], str]:
    file, block = holder
    edits, indirect = file.set(block, {name: value})
    for one in indirect:
        made, title = _where_given(one.expression, value, module, file.file, finding, files, steps - 1)
        edits += made
    return edits, title or f"local.{name}"


def _declared(files: Files, file: str, type_: str, name: str) -> tuple[HclFile, Any]:
    """The block of a directory that declares a variable, or has a local."""
    for beside in files.code_beside(file):
        for block in beside.blocks():
            if name_of(block) != type_:
                continue
            if labels_of(block) == [name] if type_ == "variable" else beside.argument(block, name):
                return beside, block
    raise Refused(f"{name} is not declared beside it")
