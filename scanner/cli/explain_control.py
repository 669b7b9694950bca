"""All of a control, for people at a terminal."""

from __future__ import annotations

from assay.scanner.cli.story import Story
from assay.scanner.control_pages import asked, remedies, shown_by, subject
from assay.scanner.rules.load import CompiledControl


def of_control(compiled: CompiledControl) -> Story:
    """What a control asks, why, how it is mended in each input, what each input shows, and who else asks for it."""
    control = compiled.control
    story = Story()
    story.prose(f"{control.id}: {control.title}")
    story.prose(f"Severity {control.severity}. Applies to {subject(compiled)}.", 2)
    story.prose(f"From the requirement: {' '.join(control.origin.split())}", 2)
    story.heading("What it asks")
    for sentence in asked(compiled):
        story.prose(sentence, 2)
    for name, value in control.params.items():
        story.prose(f"param {name}: {value!r} by default; controls.{control.id}.params.{name} in assay.yaml sets it", 2)
    story.heading("Why")
    story.text(control.why, 2)
    for title, _, way in remedies(control):
        story.heading(f"Fix in {title}")
        story.code(way, 2)
    story.heading("What each input shows")
    for title, _, extent in shown_by(compiled):
        story.prose(f"{title}: {extent}", 2)
    for name, reason in control.judged.items():
        story.prose(f"not in {name}: {' '.join(reason.split())}", 4)
    for heading, mappings in (("Frameworks", control.frameworks), ("Checks of other tools", control.peers)):
        if mappings:
            story.heading(heading)
        for name, ids in mappings.items():
            story.prose(f"{name}: {', '.join(ids)}", 2)
    return story
