"""What a remedy declares beside a block of Terraform code: names that are free, and as many of it as there are of the block."""

from __future__ import annotations

import re
from typing import Any

from assay.scanner.fix.edits import NoEdit
from assay.scanner.fix.files import Files
from assay.scanner.fix.hcl import HclFile
from assay.scanner.fix.hcl_nodes import labels_of, name_of
from assay.scanner.rules.remedies import RemedyWords, placeholders


def _taken(files: Files, file: HclFile) -> set[tuple[str, str]]:
    """Type and label of every resource of a directory."""
    blocks = (block for beside in files.code_beside(file.file) for block in beside.blocks() if name_of(block) == "resource")
    return {(labels[0], labels[1]) for block in blocks if len(labels := labels_of(block)) == 2}


def free_label(code: str, label: str, files: Files, file: HclFile) -> str:
    """The label that what is declared beside a block can have: that of the block, or with the first number that makes it free."""
    declared = re.findall(r'^resource "(\w+)" "\{new\}(\w*)"', code, re.MULTILINE)
    taken = _taken(files, file) if declared else set()
    free, number = label, 1
    while any((type_, f"{free}{ending}") in taken for type_, ending in declared):
        number += 1
        free = f"{label}_{number}"
    return free


def companion(file: HclFile, block: Any, code: str, words: RemedyWords) -> str:
    """The code of what is declared beside a block, by the same provider and in the same region; what names the block as often as that."""
    parts = [part for part in re.split(r"\n\n(?=\w)", code.strip()) if part]
    for_each, count, provider = (file.argument(block, name) for name in ("for_each", "count", "provider"))
    repeated = [address for part in parts if "{self}" in part for address in _HEADER.findall(part)] if for_each or count else []
    made = []
    for part in parts:
        first, own = [], words
        if "{self}" in part:
            for kind, type_, label in repeated:
                address = f"{'data.' if kind == 'data' else ''}{type_}.{label}"
                part = re.sub(rf"(?<![\w.]){re.escape(address)}(?=\.)", f"{address}[{'each.key' if for_each else 'count.index'}]", part)  # noqa: PLW2901
        if "{self}" in part and for_each:
            first.append(("for_each", words.reference))
            own = words._replace(reference="each.value")
        elif "{self}" in part and count:
            first.append(("count", f"length({words.reference})"))
            own = words._replace(reference=f"{words.reference}[count.index]")
        first += [("provider", provider)] if provider else []
        first += [("region", region)] if (region := _region(file, block, part, own)) else []
        made.append(placeholders(_with_head(_with_arguments(part, file, block), first), own))
    return "\n\n".join(made)


def _region(file: HclFile, block: Any, part: str, words: RemedyWords) -> str:
    """The region that a block of AWS names for itself, for what is declared beside it and is of a region; empty where it names none."""
    header = _HEADER.match(part)
    given = file.argument(block, "region") if labels_of(block)[0].startswith("aws_") else ""
    if not given or header is None or _GLOBAL.fullmatch(header[2]):
        return ""
    if not re.search(r"\b(each|count)\.", given):
        return given
    if "{self}" not in part:
        raise NoEdit(_DIFFERS)
    return f"{words.reference}.region"


def _with_head(code: str, first: list[tuple[str, str]]) -> str:
    """A block with some arguments before all others."""
    opened, _, rest = code.partition("\n")
    if not first:
        return f"{opened[:-1]}{{}}" if rest == "}" else code
    width = max(len(name) for name, _ in first)
    lines = [f"  {name:<{width}} = {value}" for name, value in first]
    if opened.endswith("{}"):
        return "\n".join([opened[:-1], *lines, "}"])
    return "\n".join([opened, *lines, *([] if rest == "}" else [""]), rest])


_HEADER = re.compile(r'^(resource|data) "(\w+)" "([\w{}]+)"', re.MULTILINE)
_GLOBAL = re.compile(r"aws_(iam_\w+|caller_identity|arn|partition)")
"""What AWS has once for an account, so that it takes no `region`
(https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/enhanced-region-support)."""
_DIFFERS = "what is to be declared beside it differs from one instance to the next"
_ARGUMENT = re.compile(r"\{\.(\w+)\}")


def _with_arguments(code: str, file: HclFile, block: Any) -> str:
    """Code with `{.name}` as the block has that argument; a line of one that it does not have is left out."""
    lines = []
    for line in code.split("\n"):
        given = {name: file.argument(block, name) for name in _ARGUMENT.findall(line)}
        if "{self}" not in code and any(re.search(r"\b(each|count)\.", text) for text in given.values()):
            raise NoEdit(_DIFFERS)
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
