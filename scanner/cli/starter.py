"""The text of a first `assay.yaml`, by what a scan found: what is sure, and as comments what somebody has to decide."""

from __future__ import annotations

import json
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from assay.scanner import lazy_re
from assay.scanner.results.model import Report, ResourceRef
from assay.scanner.rules.model import Control
from assay.scanner.words import many

_ROLE_TAGS = ("role", "component", "service")
"""Names of tags, without case, whose values say what a resource is; the first of them that resources have."""
_MOST_ROLES = 40
_ROLE = lazy_re.pattern(r"""\brole == ["']([^"']+)["']""")
"""A role that an expression asks for."""
_REGION = lazy_re.pattern(r"[a-z]+(-[a-z]+)+-?\d+")
"""As opposed to multi-regions and places of other kinds: `US`, `nam5`, `global`."""
_WIDTH = 110
_HEAD = ("# What `assay scan` uses when it is run in this directory: docs/configuration.md describes every key.",)


def starter(report: Report, controls: Mapping[str, Control], paths: Iterable[str]) -> str:
    """The text, for the resources and verdicts of a report. `controls`: those that it was judged by, with their params."""
    resources = list({(result.resource.root, result.resource.id): result.resource for result in report.results}.values())
    judged = {result.control for result in report.results}
    unknown = {result.control for result in report.results if result.verdict == "unknown"}
    asked = [controls[id_] for id_ in sorted(judged) if id_ in controls]
    parts = [
        *_HEAD,
        *_folded(f"Written by assay init from what stands {_below(paths)}. Lines that begin with # are for you to decide.", "# "),
        "",
        *_gate(),
        *_params(resources, asked, unknown),
        *_roles(resources, asked),
        *_attestations([control for control in asked if control.id in unknown]),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _below(paths: Iterable[str]) -> str:
    return ", ".join("in this directory" if path == "." else f"below {path}" for path in paths)


def _gate() -> Iterator[str]:
    yield "# The lowest severity whose failures fail a run: critical, high, medium, low or never"
    yield "fail_on: low\n"
    yield "# exclude:\n#   - {path: legacy, reason: switched off next month}\n"


def _params(resources: list[ResourceRef], controls: list[Control], unknown: set[str]) -> Iterator[str]:
    """Regions as they are, and params that controls ask for and that nobody has set. `unknown`: the controls with such a verdict."""
    regions = {cloud: Counter(_regions(resources, cloud)) for cloud in ("aws", "google")}
    unset = {name: control.id for control in controls for name, value in control.params.items() if value is None}
    if not unset and not any(map(len, regions.values())):
        return
    settled = any(regions.values()) and all(len(counts) > 1 for counts in regions.values() if counts)
    yield "params:" if settled else "# params:"  # a key with comments alone below it is no map
    key = "  " if settled else "#   "
    for cloud, counts in regions.items():
        if counts:
            told = (f"{region} ({many(count, 'resource')})" for region, count in counts.most_common(8))
            yield f"{key}# {cloud}: {', '.join(told)}"
    if any(regions.values()):
        yield f"{key}# the regions of the stacks; what is replicated has to be in exactly these"
        of_clouds = ", ".join(f"{cloud}: {_flow(sorted(counts))}" for cloud, counts in regions.items() if counts)
        yield f"{key}stack_regions: {{{of_clouds}}}"
    for name, control in sorted(unset.items()):
        yield f"{key}# not set, so that {control} {'is unknown' if control in unknown else 'applies to nothing here'}"
        yield f"  # {name}: []" if settled else f"#   {name}: []"
    yield ""


def _regions(resources: list[ResourceRef], cloud: str) -> list[str]:
    return [one.region for one in resources if one.cloud == cloud and one.region and _REGION.fullmatch(one.region)]


def _roles(resources: list[ResourceRef], controls: list[Control]) -> Iterator[str]:
    """By the tags that resources have: those that controls ask for, and the others by name."""
    yield "# What resources are to the deployment, which some controls ask for: by tags, names or types, never guessed"
    values: dict[str, Counter[str]] = {}
    for one in resources:
        for name, value in one.tags.items():
            values.setdefault(name, Counter())[value] += 1
    chosen = next((name for wanted in _ROLE_TAGS for name in sorted(values) if name.lower() == wanted), "")
    alike = [name for name in sorted(values) if name.lower() == chosen.lower()]  # labels of Google are in lower case
    asked = sorted({role for control in controls for role in _ROLE.findall(_expressions(control))})
    told = {role: [name for name in alike if role in values[name]] for role in asked}
    yield "roles:" if any(told.values()) else "# roles:"
    for role, names in told.items():
        selectors = ", ".join(f"{{tags: {{{_scalar(name)}: {_scalar(role)}}}}}" for name in names)
        yield f"  {role}: [{selectors}]" if names else f'#   {role}: [{{tags: {{role: {role}}}}}, {{resource: "*-{role}"}}]'
    others = sorted({value for name in alike for value in values[name]} - set(asked))
    if others:
        shown = ", ".join(map(_scalar, others[:_MOST_ROLES])) + (", …" if len(others) > _MOST_ROLES else "")
        yield from _folded(f"other values of the tag {chosen}: {shown}", "  # ")
    yield ""


def _expressions(control: Control) -> str:
    return " ".join([control.when, *(f"{assertion.when} {assertion.that}" for assertion in control.assertions)])


def _attestations(controls: list[Control]) -> Iterator[str]:
    stated = [control for control in controls if control.attested]
    if not stated:
        return
    yield "# What no input shows, and somebody who knows states: until then these controls are unknown"
    yield "# attestations:"
    for control in stated:
        yield f"#   - control: {control.id}"
        yield from _folded(" ".join(control.attested.split()), "#     # ")
        yield '#     statement: ""\n#     owner: ""'
        yield '#     date: YYYY-MM-DD\n#     expires: YYYY-MM-DD  # at most a year later\n#     link: ""'


def _folded(text: str, begin: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=begin, subsequent_indent=begin, break_long_words=False, break_on_hyphens=False)


def _flow(values: list[str]) -> str:
    return f"[{', '.join(map(_scalar, values))}]"


def _scalar(text: str) -> str:
    """Text as YAML takes it, whatever is in it: a double-quoted scalar of JSON is one of YAML."""
    plain = text.replace("-", "").replace("_", "").isalnum() and text.isascii() and text[0].isalpha()
    return text if plain and text.lower() not in ("true", "false", "yes", "no", "on", "off", "null", "y", "n") else json.dumps(text)
