"""What may mend a finding: the remedies of its control, as edits of the code that it was read from. Nothing is proven here."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from assay.scanner.fix import statements, templates, terraform
from assay.scanner.fix.edits import NoEdit
from assay.scanner.fix.files import Files
from assay.scanner.fix.interface import FixCandidate
from assay.scanner.fix.stating import stated
from assay.scanner.results.model import Result
from assay.scanner.rules.model import Control


def candidates(finding: Result, control: Control, files: Files) -> tuple[list[FixCandidate], list[str]]:
    """What may mend a finding, in the order in which it is tried, and why other remedies cannot be tried."""
    try:
        name = input_of(finding, files)
    except NoEdit as reason:
        return [], [str(reason)]
    told = control.fix.get(name)
    if told is None:
        return [], ["there is no fix for this control here yet: its remediation says what to do"]
    if isinstance(told, str):
        return [], [told]
    edited = terraform.edited if name == "terraform" else templates.edited
    made: list[FixCandidate] = []
    refused: list[str] = []
    for number, remedy in enumerate(told):
        if remedy.decision:
            refused += [] if made or refused else [remedy.decision]
            continue
        of_policy = statements.revoked if remedy.revoke else stated if remedy.statement else None
        tried = (of_policy or edited)(finding, remedy, files, name)
        made += (msgspec.structs.replace(candidate, number=number) for candidate in _editing(tried, refused))
    if not made and not refused:
        refused.append("its fixes are for other resources: its remediation says what to do")
    return made, list(dict.fromkeys(refused))


def _editing(tried: Iterator[FixCandidate], refused: list[str]) -> Iterator[FixCandidate]:
    try:
        yield from (candidate for candidate in tried if candidate.edits)
    except NoEdit as reason:
        refused.append(str(reason))


def input_of(finding: Result, files: Files) -> str:
    """The input that a finding is of, as fixes name it. Raises Refused where nothing of it is edited."""
    blocks = finding.resource.blocks
    if not blocks:
        raise NoEdit("it was not read from code")
    type_ = finding.resource.type
    if "::" in type_:
        return "cloudformation"
    if type_.replace("_", "").isalnum() or type_.startswith("provider."):
        if blocks[0].start_line is None:
            raise NoEdit("it was read from a plan: fix the code that the plan was made from")
        return "terraform"
    return templates.google_input(files.yaml(blocks[0].file))
