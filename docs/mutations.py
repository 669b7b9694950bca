"""The page of mutations, from fixtures/trade_streamer/mutations."""

from __future__ import annotations

from assay.scanner.rules.load import CompiledControl
from fixtures.mutations import Change, declared

HEAD = """# Proof that every control can fail

The [reference deployment](../fixtures/trade_streamer) passes. Each change below, made to the syntax tree of its Terraform code or to a
file of its repository, makes one control fail, and no other but those that are named: `tests/test_mutations.py` judges the deployment
before and after, and looks whether a failure names the changed block.

| Control | Cloud | Where | Change | Others that rightly fail |
| --- | --- | --- | --- | --- |
"""


def _within(change: Change) -> str:
    return f" `{change.block}`" if change.block else "" if change.replace else " at the end"


def page(controls: list[CompiledControl]) -> str:
    """The page, with the mutations of these controls."""
    rows = []
    for compiled in controls:
        for mutation in declared().get(compiled.control.id, []):
            where, words = (
                "; ".join(texts)
                for texts in (
                    [f"`{change.file}`{_within(change)}" for change in mutation.changes],
                    [change.words for change in mutation.changes],
                )
            )
            also = ", ".join(f"{control}: {reason}" for control, reason in mutation.also.items())
            cells = (f"[{compiled.control.id}](controls/{compiled.control.id}.md)", mutation.cloud, where, words, also)
            rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return HEAD + "\n".join(rows) + "\n"
