"""Remedies in Terraform code, where the value of an argument is written: in its block, in a variable or a local of the module, or in what
calls the module."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

from assay.scanner.facts.model import BlockRef
from assay.scanner.fix.edits import Edit, Refused, merged
from assay.scanner.fix.files import FETCHED, Files, is_fetched
from assay.scanner.fix.hcl import HclFile
from assay.scanner.fix.hcl_change import Indirect
from assay.scanner.fix.hcl_nodes import labels_of, made_of, name_of, text_of
from assay.scanner.fix.interface import Candidate
from assay.scanner.results.model import Result
from assay.scanner.rules.model import Remedy
from assay.scanner.rules.remedies import SELF, Words, filled, placeholders
from assay.scanner.sources.terraform import tree
from assay.scanner.sources.terraform.files import is_code

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
    for ref in _editable(finding, remedy.on, files):
        file = files.hcl(ref.file)
        block = file.block_at(ref.start_line or 0)
        wanted = [(path, value if isinstance(value, list) else [value]) for path, value in remedy.where.items()]
        parts = [part for part in _parts(block, ref.file, remedy.within, finding) if all(file.says(part, *each) for each in wanted)]
        if not parts:
            continue
        own, elsewhere = _of_block(file, block, parts, remedy, files)
        edits += own
        indirect += [(ref, one) for one in elsewhere]
        addresses.append(ref.address)
    title = f"{told(remedy)} {addresses[0]}" if addresses else ""
    removed = tuple(addresses) if SELF in remedy.remove and remedy.within in ("", SELF) else ()
    silences = bool(remedy.remove)
    if indirect:
        if given := _given(indirect, finding, files):
            places, names = given
            yield _ours(Candidate(f"{title}, by {', '.join(names)}", tuple(merged([*edits, *places])), remedy.review, removed, silences))
        edits += [one.edit for _, one in indirect]
        name = indirect[0][1].name
        review = remedy.review or f"{name} is given by an expression, whose place the value takes"
        yield _ours(Candidate(title, tuple(merged(edits)), review, removed, silences))
    elif edits:
        yield _ours(Candidate(title, tuple(merged(edits)), remedy.review, removed, silences))


def _ours(candidate: Candidate) -> Candidate:
    """The candidate. Raises Refused where it edits a module that was fetched."""
    if any(is_fetched(edit.file) for edit in candidate.edits):
        raise Refused(FETCHED)
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


def type_of(address: str) -> str:
    """The type in an address: `aws_kms_key` of `module.keys.aws_kms_key.main["a"]`."""
    return _MODULES.sub("", address).split(".")[0]


def _editable(finding: Result, type_: str, files: Files) -> list[BlockRef]:
    """The blocks of a type that a remedy may edit, those of several instances once: what a finding was read from, and what its evidence
    stands in; without one, those that name or are named by what it was read from."""
    known: dict[tuple[str, int | None], BlockRef] = {}
    for ref in [*finding.resource.blocks, *_of_evidence(finding, files)]:
        if ref.start_line is not None and type_of(ref.address) == type_:
            known.setdefault((ref.file, ref.start_line), ref)
    return list(known.values()) or _related(finding, type_, files)


def _related(finding: Result, type_: str, files: Files) -> list[BlockRef]:
    """The blocks of a type, in the same directory, that name one that a finding was read from, or that it names: the alarm of a table."""
    found: dict[tuple[str, int], BlockRef] = {}
    for ref in finding.resource.blocks:
        if ref.start_line is None or ref.file.endswith(".json"):
            continue
        own = files.hcl(ref.file).block_at(ref.start_line)
        modules = _MODULES.match(ref.address)
        for beside in files.code_beside(ref.file):
            for block in beside.blocks():
                if name_of(block) != "resource" or labels_of(block)[0] != type_ or len(labels_of(block)) != 2:
                    continue
                if _names(block, own) or _names(own, block):
                    address = f"{modules[0] if modules else ''}{'.'.join(labels_of(block))}"
                    line = block.start_point[0] + 1
                    found.setdefault((beside.file, line), BlockRef(address, beside.file, line, block.end_point[0] + 1))
    return list(found.values())


def _names(block: Any, other: Any) -> bool:
    """Whether a block refers to another."""
    return bool(re.search(rf"(?<![\w.-]){re.escape('.'.join(labels_of(other)))}(?![\w-])", text_of(block)))


def _of_evidence(finding: Result, files: Files) -> Iterator[BlockRef]:
    """The resources that the evidence of a finding stands in, of the modules that the finding was read from."""
    modules = {os.path.dirname(ref.file): _MODULES.match(ref.address) for ref in finding.resource.blocks}
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
    words = Words(label, f"{type_}.{label}", _free(remedy.add, label, files, file) if isinstance(remedy.add, str) else label)
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
        raise Refused("nothing would be left of a list of it")
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
    """The code of what is declared beside a block, by the same provider; what names the block as often as that."""
    parts = [part for part in re.split(r"\n\n(?=\w)", code.strip()) if part]
    each, count, provider = (file.argument(block, name) for name in ("for_each", "count", "provider"))
    repeated = [address for part in parts if "{self}" in part for address in _HEADER.findall(part)] if each or count else []
    made = []
    for part in parts:
        first, own = [], words
        if "{self}" in part:
            for kind, type_, label in repeated:
                address = f"{'data.' if kind == 'data' else ''}{type_}.{label}"
                part = re.sub(rf"(?<![\w.]){re.escape(address)}(?=\.)", f"{address}[{'each.key' if each else 'count.index'}]", part)  # noqa: PLW2901
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


_HEADER = re.compile(r'^(resource|data) "(\w+)" "([\w{}]+)"', re.MULTILINE)
_ARGUMENT = re.compile(r"\{\.(\w+)\}")


def _with_arguments(code: str, file: HclFile, block: Any) -> str:
    """Code with `{.name}` as the block has that argument; a line of one that it does not have is left out."""
    lines = []
    for line in code.split("\n"):
        given = {name: file.argument(block, name) for name in _ARGUMENT.findall(line)}
        if "{self}" not in code and any(re.search(r"\b(each|count)\.", text) for text in given.values()):
            raise Refused("what is to be declared beside it differs from one instance to the next")
        for name, text in given.items():
            line = line.replace(f"{{.{name}}}", text)  # noqa: PLW2901
        lines += [line] if all(given.values()) else []
    return "\n".join(_aligned(lines))


_ONE_LINE = re.compile(r"( *\w+) += (.*[^{\[(])")


def _aligned(lines: list[str]) -> list[str]:
    """Lines of code with the `=` of consecutive arguments below each other, as they are no more where one between them is left out."""
    made: list[str] = []
    group: list[tuple[str, str]] = []
    for line in [*lines, ""]:
        match = _ONE_LINE.fullmatch(line)
        if match:
            group.append((match[1], match[2]))
            continue
        width = max((len(name) for name, _ in group), default=0)
        made += [*(f"{name:<{width}} = {value}" for name, value in group), line]
        group = []
    return made[:-1]


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
    if isinstance(value, str) and value.startswith("${"):
        raise Refused("what it refers to is not known where its value is given")
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
