"""What `assay controls show` tells: a control, or the controls that ask what a check of another scanner asks."""

from __future__ import annotations

import difflib

from assay.scanner.cli.story import Story
from assay.scanner.control_pages import page
from assay.scanner.rules import peers
from assay.scanner.rules.load import CompiledControl, RuleSet, nearest
from assay.scanner.words import many

_TITLES = {"trivy": "Trivy", "prowler": "Prowler", "kics": "KICS", "policy_library": "Google's policy library"}


def of_control(compiled: CompiledControl) -> Story:
    """The page of a control."""
    story = Story()
    story.markdown(page(compiled).rstrip())
    return story


def of_check(check: str, rules: RuleSet) -> Story | None:
    """The controls that name a check as what asks the same; None where there is none. A single one is shown in full."""
    by_id, story, named = rules.by_id(), Story(), set[str]()
    for (scanner, name), controls in peers.asking(check, by_id.values()).items():
        said = "this control maps" if len(controls) == 1 else f"{many(len(controls), 'control')} map"
        story.prose(f"{name} is a check of {_TITLES.get(scanner, scanner)}; {said} to it, and may ask for more or for less than it:")
        for control in controls:
            story.prose(f"{control.id} ({control.severity}): {control.title}", 2)
        named |= {control.id for control in controls}
    if not named:
        return None
    story.lines.append("")
    if len(named) > 1:
        story.prose("assay controls show CONTROL tells all of one.")
    else:
        story.markdown(page(next(compiled for compiled in rules.controls if compiled.control.id in named)).rstrip())
    return story


def unknown(name: str, rules: RuleSet) -> str:
    """That a name is neither a control nor a check that one maps to, with the nearest."""
    controls = rules.by_id()
    if "." in name and "/" not in name:
        return f"assay: there is no control {name!r}; {nearest(name, controls) or 'see assay controls list'}"
    known = {peers.normal(check): check for check in peers.checks(controls.values())}
    near = difflib.get_close_matches(peers.normal(name), [*known, *controls], 1)
    way = f"the nearest is {known.get(near[0], near[0])}" if near else "see assay controls list"
    if near and near[0] in known:
        mapping = dict.fromkeys(control.id for asked in peers.asking(near[0], controls.values()).values() for control in asked)
        way += f", which {' and '.join(mapping)} map{'s' if len(mapping) == 1 else ''} to"
    return f"assay: there is no control {name!r}, and none maps to a check of that id; {way}"
