"""Checks the `fix` of a control: what no input or editor of code could take is refused where it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from assay.scanner.rules.load import nearest
from assay.scanner.rules.model import Control, Remedy
from assay.scanner.rules.yaml_lines import Path

EDITED = ("terraform", "cloudformation", "config_connector", "deployment_manager")
"""The inputs whose files are written by people, and can be edited."""
SELF = "self"
"""In `remove` and `within`: the block itself."""
_TYPES = {
    "terraform": (r"[a-z][a-z0-9]*_[a-z0-9_]+", "a type such as aws_kms_key"),
    "cloudformation": (r"[A-Za-z0-9]+::[A-Za-z0-9]+(::[A-Za-z0-9]+)?", "a type such as AWS::KMS::Key"),
    "config_connector": (r"[A-Z][A-Za-z0-9]+", "the kind of a manifest such as KMSCryptoKey"),
    "deployment_manager": (r"[\w./:-]+", "a type such as storage.v1.bucket"),
}
_PATH = re.compile(r"[A-Za-z_][\w-]*(\[\])?(\.[A-Za-z_][\w-]*(\[\])?)*")


class RemedyProblem(NamedTuple):
    """What is wrong with a fix: where in the rule, what, and the way out."""

    place: Path
    text: str
    way: str = ""


def problems(control: Control) -> Iterator[RemedyProblem]:
    """What is wrong with the fixes of a control."""
    for name, remedies in control.fix.items():
        place: Path = ("fix", name)
        if name not in EDITED:
            yield RemedyProblem(place, f"there is no input {name!r} that is edited", nearest(name, EDITED) or f"known: {', '.join(EDITED)}")
        elif not remedies:
            yield RemedyProblem(place, "the fix says nothing", "write edits, or why no edit mends a finding")
        elif not isinstance(remedies, str):
            for at, remedy in enumerate(remedies):
                if not remedy.decision:
                    yield from (_of_grants(remedy, (*place, at)) if remedy.revoke else _of_remedy(name, remedy, (*place, at)))
                elif remedy != Remedy(decision=remedy.decision) or at == 0 or at + 1 < len(remedies):
                    yield RemedyProblem((*place, at, "decision"), "a decision is what is left", "write it alone, behind all edits")


def _of_grants(remedy: Remedy, place: Path) -> Iterator[RemedyProblem]:
    if remedy != Remedy(revoke=remedy.revoke, review=remedy.review):
        yield RemedyProblem((*place, "revoke"), "what takes a grant out has nothing else to edit", "make it two remedies")
    if not remedy.review:
        yield RemedyProblem((*place, "revoke"), "what takes a grant out cuts somebody off", "say whom in review")


def _of_remedy(name: str, remedy: Remedy, place: Path) -> Iterator[RemedyProblem]:
    form, example = _TYPES[name]
    if not re.fullmatch(form, remedy.on):
        yield RemedyProblem((*place, "on"), f"{remedy.on!r} is no type of {name}", f"name {example}")
    if not (remedy.set or remedy.remove or remedy.drop or remedy.include or remedy.add or remedy.statement):
        yield RemedyProblem(place, "the remedy edits nothing", "give set, remove, drop, include, add, statement or revoke")
    if remedy.statement and remedy != Remedy(on=remedy.on, statement=remedy.statement, review=remedy.review):
        yield RemedyProblem((*place, "statement"), "what adds a statement has nothing else to edit", "make it two remedies")
    if SELF in remedy.remove and (remedy.set or remedy.drop or remedy.include or remedy.add or len(remedy.remove) > 1):
        yield RemedyProblem((*place, "remove"), "a block that goes as a whole has nothing else to edit", "make it two remedies")
    if SELF in remedy.remove and not (remedy.where or remedy.within):
        yield RemedyProblem((*place, "remove"), "a block that goes as a whole needs `where` or `within`", "say which blocks are meant")
    told = {"where": remedy.where, "remove": remedy.remove, "drop": remedy.drop, "include": remedy.include, "set": remedy.set}
    for key, paths in {**told, "within": [remedy.within] if remedy.within else []}.items():
        for path in paths:
            if not _PATH.fullmatch(path):
                yield RemedyProblem((*place, key), f"{path!r} is no path", "write names with dots between them: settings.ip_configuration")
    if remedy.add and isinstance(remedy.add, str) != (name == "terraform"):
        yield RemedyProblem((*place, "add"), "add is code in Terraform, and resources by their names in a template")
    elif isinstance(remedy.add, str) and remedy.add:
        yield from _of_code(remedy.add, (*place, "add"))
    else:
        yield from _of_resources(remedy.add, (*place, "add"))


def _of_code(code: str, place: Path) -> Iterator[RemedyProblem]:
    from assay.scanner.sources.terraform.files import FileError, read_blocks

    try:
        code = re.sub(r"\{\.(\w+)\}", "null", code)
        blocks, gaps = read_blocks(placeholders(code, RemedyWords("orders", "aws_s3_bucket.orders", "orders")).encode(), "add.tf", "add.tf")
    except FileError as error:
        yield RemedyProblem(place, f"no Terraform code: {error}")
        return
    if gaps or not blocks:
        yield RemedyProblem(place, "no blocks of Terraform code")


def _of_resources(resources: Any, place: Path) -> Iterator[RemedyProblem]:
    for label, resource in resources.items() if isinstance(resources, dict) else ():
        if not isinstance(resource, dict) or not isinstance(resource.get("Type"), str):
            yield RemedyProblem((*place, label), "a resource of a template has a Type")


class RemedyWords(NamedTuple):
    """What the words in braces of a remedy stand for."""

    label: str
    """`{label}`: the name of the block."""
    reference: str
    """`{self}`: the reference to it, to one instance where there are several."""
    new: str
    """`{new}`: a name of which nothing is declared yet that the remedy declares."""
    judged: str = ""
    """`{judged}`: the reference to what the finding is of."""


def placeholders(text: str, words: RemedyWords) -> str:
    """A text of a remedy with what the words in braces stand for."""
    text = text.replace("{name}", words.label.replace("_", "-"))
    text = text.replace("{judged}", words.judged)
    return text.replace("{label}", words.label).replace("{self}", words.reference).replace("{new}", words.new)


def filled(value: Any, words: RemedyWords) -> Any:
    """A value of a remedy with what the words in braces of its texts and keys stand for."""
    if isinstance(value, Mapping):
        return {placeholders(key, words): filled(inner, words) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, words) for inner in value]
    return placeholders(value, words) if isinstance(value, str) else value
