"""What `assay controls coverage` tells: which sections of a framework controls judge, and which are for people."""

from __future__ import annotations

from typing import Any

import msgspec

from assay.scanner.cli.story import Story
from assay.scanner.rules.frameworks import FrameworkCoverage, JudgedSection
from assay.scanner.rules.model import Section
from assay.scanner.words import defused_json, many

LIMITS = "A section that a control judges may ask for more than the control does: it is evidence, not a certificate."
AUTOMATED = "No control judges them, and the publisher calls them automated"
"""The heading of what another scanner may judge."""


def of_framework(covered: FrameworkCoverage) -> Story:
    """For people."""
    framework, manual = covered.framework, [row for row in covered.sections if not row.controls]
    story = Story()
    story.prose(f"{framework.id}: {framework.title}")
    if framework.publisher:
        story.prose(f"{framework.publisher}, {framework.url}")
    story.prose(f"{covered.judged} of {many(len(covered.sections), 'section')} judged ({_percent(covered.share)}), {len(manual)} manual.")
    for assessment in ("automated", "manual"):
        rows = [row for row in covered.sections if row.section.assessment == assessment]
        if rows:
            told = f"Of {len(rows)} that the publisher calls {assessment}, {sum(bool(row.controls) for row in rows)} are judged."
            story.prose(told)
    story.prose(LIMITS)
    if framework.note:
        story.prose(framework.note)
    story.heading("Judged by controls")
    for row in covered.sections:
        if row.controls:
            story.prose(_line(row), 2)
            story.prose(", ".join(row.controls), 6, 0)
    automated = [row for row in manual if row.section.assessment == "automated"]
    for heading, rows in ((AUTOMATED, automated), ("Manual: no control judges them", [row for row in manual if row not in automated])):
        if rows:
            story.heading(heading)
        for row in rows:
            story.prose(_line(row), 2)
    _origins(story, covered)
    return story


def _origins(story: Story, covered: FrameworkCoverage) -> None:
    framework = covered.framework
    for heading, places in (("Ids and titles", framework.sources), ("Mappings follow", framework.mappings)):
        if places:
            story.heading(heading + (f" (read {framework.read})" if framework.read else ""))
            for place in places:
                story.code(place, 2)


def _line(row: JudgedSection) -> str:
    told = ", ".join(_marks(row.section))
    return f"{row.id}  {row.section.title}" + (f" ({told})" if told else "")


def _marks(section: Section) -> list[str]:
    return [*filter(None, (section.assessment, section.level)), *(["not verified"] if section.unverified else [])]


def _percent(share: float) -> str:
    """Rounded down: what is not whole is never shown as 100%."""
    return f"{int(share * 100)}%"


def as_json(covered: FrameworkCoverage) -> bytes:
    """For programs: the framework without its sections, `total`, `judged`, `share` (from 0 to 1), and `sections` in its order, each with
    `id`, `title`, `assessment` and `level` (empty where the framework has none), `verified` and `controls` (empty for what is manual)."""
    framework: Any = msgspec.to_builtins(covered.framework)
    del framework["sections"]
    sections = [
        {
            "id": row.id,
            "title": row.section.title,
            "assessment": row.section.assessment,
            "level": row.section.level,
            "verified": not row.section.unverified,
            "controls": row.controls,
        }
        for row in covered.sections
    ]
    told = {
        "framework": framework,
        "total": len(covered.sections),
        "judged": covered.judged,
        "share": round(covered.share, 4),
        "sections": sections,
    }
    return defused_json(msgspec.json.format(msgspec.json.encode(told), indent=2))
