"""Remedies in Terraform code, where the value of an argument is written: in its block, in a variable or a local of the module, or in what
calls the module."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

from assay.scanner.facts.model import BlockRef
from assay.scanner.fix.edits import Edit, Refused, beside_cuts, merged
from assay.scanner.fix.files import Files
from assay.scanner.fix.hcl import HclFile
from assay.scanner.fix.hcl_change import Indirect
from assay.scanner.fix.hcl_nodes import labels_of, name_of
from assay.scanner.fix.interface import Candidate
from assay.scanner.results.model import Result
from assay.scanner.rules.model import Remedy
from assay.scanner.rules.remedies import SELF, Words, filled, placeholders
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
    if remedy.set and not remedy.add:
        return f"set {', '.join(remedy.set)} in"
    if not remedy.add:
        return f"take {', '.join([*remedy.remove, *remedy.drop])} out of"
    types = re.findall(r'^resource "(\w+)"', remedy.add, re.MULTILINE) if isinstance(remedy.add, str) else _types(remedy.add)
    return f"declare {', '.join(dict.fromkeys(types))} for"


def _types(resources: dict[str, Any]) -> list[str]:
    return [str(resource["Type"]) for resource in resources.values()]


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
    words = Words(label, f"{type_}.{label}", _free(remedy.add, label, files, file) if isinstance(remedy.add, str) else label)
    code = companion(file, block, remedy.add, words) if isinstance(remedy.add, str) else ""
    edits, indirect = file.set(block, filled(remedy.set, words))
    removed = [edit for path in remedy.remove for edit in file.remove(block, path)]
    edits = [*beside_cuts(edits, removed, file.source), *removed]
    for path, values in remedy.drop.items():
        edits += file.drop(block, path, values)
    return edits + ([file.after(block, code)] if code else []), indirect


def _taken(files: Files, file: HclFile) -> set[tuple[str, str]]:
    """Type and label of every resource of a directory."""
    blocks = (block for beside in files.code_beside(file.file) for block in beside.blocks() if name_of(block) == "resource")
    return {(labels[0], labels[1]) for block in blocks if len(labels := labels_of(block)) == 2}


def _free(code: str, label: str, files: Files, file: HclFile) -> str:
    """The label that what is declared beside a block can have: that of the block, or with the first number that makes it free."""
    types = re.findall(r'^resource "(\w+)" "\{new\}"', code, re.MULTILINE)
    taken = _taken(files, file) if types else set()
    free, number = label, 1
    while any((type_, free) in taken for type_ in types):
        number += 1
        free = f"{label}_{number}"
    return free


def companion(file: HclFile, block: Any, code: str, words: Words) -> str:
    """The code of what is declared beside a block, by the same provider; what names the block as often as there is of that."""
    parts = [part for part in re.split(r"\n\n(?=\w)", code.strip()) if part]
    each, count, provider = (file.argument(block, name) for name in ("for_each", "count", "provider"))
    made = []
    for part in parts:
        first, own = [], words
        if "{self}" in part and each:
            first.append(("for_each", words.reference))
            own = words._replace(reference="each.value")
        elif "{self}" in part and count:
            first.append(("count", f"length({words.reference})"))
            own = words._replace(reference=f"{words.reference}[count.index]")
        first += [("provider", provider)] if provider else []
        width = max((len(name) for name, _ in first), default=0)
        head = "".join(f"\n  {name:<{width}} = {value}" for name, value in first) + ("\n" if first else "")
        opened, _, rest = _with_arguments(part, file, block).partition("\n")
        made.append(placeholders(f"{opened}{head}\n{rest}", own))
    return "\n\n".join(made)


_ARGUMENT = re.compile(r"\{\.(\w+)\}")


def _with_arguments(code: str, file: HclFile, block: Any) -> str:
    """Code with `{.name}` as the block has that argument; a line of one that it does not have is left out."""
    lines = []
    for line in code.split("\n"):
        given = {name: file.argument(block, name) for name in _ARGUMENT.findall(line)}
        for name, text in given.items():
            line = line.replace(f"{{.{name}}}", text)  # noqa: PLW2901
        lines += [line] if all(given.values()) else []
    return "\n".join(lines)


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
        outer = module.rpartition(".module.")[0]
        call = _call(module, finding.resource.root, files)
        return _set_in(call, name, value, outer, finding, files, steps, f"{name} of {module}")
    holder = _declared(files, file, "variable", name)
    if not holder[0].argument(holder[1], "default"):
        raise Refused(f"var.{name} has no default: its value comes from who applies the code")
    return _set_in(holder, "default", value, module, finding, files, steps, f"the default of var.{name}")


def _call(module: str, root: str, files: Files) -> tuple[HclFile, Any]:
    """The block that calls a module, by the path of its names and the directory of the root module."""
    directory = root
    *outer, name = [step for step in module.split(".") if step != "module"]
    for step in outer:
        file, block = _declared(files, f"{directory}/main.tf", "module", step)
        source = file.argument(block, "source").strip('"')
        if not source.startswith("."):
            raise Refused(f"its value comes from what calls {module}, whose code was fetched")
        directory = os.path.normpath(os.path.join(directory, source))
    return _declared(files, f"{directory}/main.tf", "module", name)


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
    """The block of the directory of a file that declares a variable, calls a module, or has a local."""
    for beside in files.code_beside(file):
        for block in beside.blocks():
            if name_of(block) != type_:
                continue
            if beside.argument(block, name) if type_ == "locals" else labels_of(block) == [name]:
                return beside, block
    raise Refused(f"{name} is not declared beside it")
