"""Edits that accept a finding for a time, in the forms of the gate: a comment above its block, else an entry of `assay.yaml`.

Who accepts it says why. So the reason is left empty, and until somebody writes one the waiver does not count: the comment is marked, and an
entry without owner and reason is an error of the configuration.
"""

from __future__ import annotations

import datetime
import json
import re

import msgspec

from assay.scanner.editor.positions import EditorText, TextPosition, TextSpan
from assay.scanner.editor.store import FindingStore, ShownFinding
from assay.scanner.facts.model import BlockRef
from assay.scanner.gate.waivers import WAIVABLE

_WAIVERS = re.compile(r"^waivers[ \t]*:(?P<rest>[^\r\n]*)$", re.MULTILINE)
_ENTRY = re.compile(r"(?:[ \t]*(?:#[^\r\n]*)?\r?\n)*(?P<indent> *)- ")


class Insertion(msgspec.Struct, frozen=True):
    """Text that is written into a file."""

    path: str
    span: TextSpan
    text: str
    creates: bool = False
    """The file is not there yet."""


class Waiving(msgspec.Struct, frozen=True):
    """A way to accept a finding."""

    title: str
    insertion: Insertion


def block_of(seen: ShownFinding) -> BlockRef | None:
    """The block at which a comment counts."""
    resource = seen.result.resource
    blocks = [block for block in resource.blocks if block.start_line and ".terraform" not in block.file.split("/")]
    return next((block for block in blocks if block.address == resource.address), blocks[0] if blocks else None)


def in_comment(seen: ShownFinding, store: FindingStore, text: EditorText, line: int, days: int) -> Waiving | None:
    """The comment above a block that begins in a line; None where the language has none, or nothing has to be accepted."""
    block = block_of(seen)
    if seen.result.verdict not in WAIVABLE or block is None or text.text.lstrip().startswith(("{", "[")):
        return None
    last, control = _last(days), seen.result.control
    start = text.position(text.offset(line, 1))
    comment = f'{text.indent(line)}# assay:waive {control} until={last} reason=""{text.ending}'
    return Waiving(
        f"Waive {control} until {last} (the reason is yours)", Insertion(store.path(block.file), TextSpan(start, start), comment)
    )


def in_configuration(seen: ShownFinding, path: str, text: EditorText | None, days: int) -> Waiving | None:
    """An entry of a configuration, `text` None where there is no such file yet; None where its waivers are written in another form."""
    if seen.result.verdict not in WAIVABLE:
        return None
    last, control = _last(days), seen.result.control
    fields = {"control": control, "resource": json.dumps(seen.result.resource.address, ensure_ascii=False), "owner": '""', "reason": '""'}
    placed = _placed(text)
    if placed is None:
        return None
    at, before, indent, ending = placed
    lines = [f"{name}: {value}" for name, value in {**fields, "expires": last}.items()]
    entry = "".join(f"{indent}{'- ' if number == 0 else '  '}{line}{ending}" for number, line in enumerate(lines))
    title = f"Waive {control} until {last} in assay.yaml (owner and reason are yours)"
    return Waiving(title, Insertion(path, TextSpan(at, at), before + entry, text is None))


def _placed(text: EditorText | None) -> tuple[TextPosition, str, str, str] | None:
    """Where an entry goes, what comes before it there, how deep it is, how lines end."""
    if text is None:
        return TextPosition(0, 0), "waivers:\n", "  ", "\n"
    match, ending = _WAIVERS.search(text.text), text.ending
    if match is None:
        missing = ending if text.text and not text.text.endswith("\n") else ""
        return text.position(len(text.text)), f"{missing}waivers:{ending}", "  ", ending
    if match["rest"].strip() and not match["rest"].strip().startswith("#"):
        return None
    end = text.text.find("\n", match.end())
    if end < 0:
        return text.position(len(text.text)), ending, "  ", ending
    entry = _ENTRY.match(text.text, end + 1)
    return text.position(end + 1), "", entry["indent"] if entry else "  ", ending


def _last(days: int) -> str:
    return (datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=days)).isoformat()
