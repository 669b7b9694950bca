"""Organisation policies: where resources may be, and what is off everywhere.

https://cloud.google.com/resource-manager/docs/organization-policy/org-policy-constraints
"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner import lazy_re
from assay.scanner.facts.accounts.guardrails.kinds import AllowedLocation, Guardrail, Limit
from assay.scanner.facts.google_assets import is_live, named
from assay.scanner.facts.spelling import Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Text, Unknown, unknown_inside
from assay.scanner.sources.values import Value, any_of

LOCATIONS = "gcp.resourceLocations"
SWITCHES = ("iam.disableServiceAccountKeyCreation", "storage.publicAccessPrevention")
_REGION = lazy_re.pattern(r"(?:in:|is:)?([a-z]+-[a-z]+\d+)(?:-locations)?")


class PolicyAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells of an organisation policy. The defaults are those of the v2 API."""

    name: Place = "name"
    constraint: Annotated[Place, "*"] = "name"
    """The constraint, with or without what stands before it."""
    rules: Annotated[tuple[str, ...], "*"] = ("spec.rules",)
    """Of what is in force; a dry run stands beside it."""
    enforced: Annotated[str, "*"] = "enforce"
    """Of a rule, as is the rest."""
    allowed: Annotated[str, "*"] = "values.allowedValues"
    denied: Annotated[str, "*"] = "denyAll"
    condition: Annotated[str, "*"] = "condition"
    inherits: Annotated[tuple[str, ...], "*"] = ("spec.inheritFromParent",)


def policy(view: View, at: PolicyAt) -> Guardrail | None:
    """A policy of code or a template. None of one for another constraint, and of live policies, which count for the projects below them."""
    if is_live(view.item):
        return None
    constraint = _constraint(view[at.constraint])
    if constraint is None:
        return None
    rules, more = view.inner(*at.rules)
    if constraint == LOCATIONS:
        limits = [any_of([_lists(rule[at.allowed]), rule[at.denied].truth()]) for rule in rules]
        above = _inherited(view, at)
        holds = any_of([_in_force(view, at, rules, limits, more), above])
        values = [value for rule in rules for value in rule[at.allowed].elements()] + ([above] if above.unknown else [])
    else:
        holds, values = _in_force(view, at, rules, [rule[at.enforced].truth() for rule in rules], more), []
    identity = view.identity(view[at.name] if at.name != "name" else named(view.item))
    return _guardrail(view, identity, "organisation policy", {constraint: holds}, values)


def _inherited(view: View, at: PolicyAt) -> Value[bool]:
    """What adds to a list that is set above limits as that does, and allows what that allows, which stands in other code.

    https://cloud.google.com/resource-manager/docs/organization-policy/understanding-hierarchy#inheritance
    """
    above = Unknown("which locations are allowed above is not in this code", "scan the live project", view.location)
    return any_of([view[path].default(False).truth() for path in at.inherits]).then(lambda adds: above if adds else False)


def _lists(allowed: Value[Any]) -> Value[bool]:
    """Whether some location is listed."""
    return allowed.then(lambda data: data not in (None, "", []))


def _in_force(view: View, at: PolicyAt, rules: list[View], flags: list[Value[bool]], more: Unknown | None) -> Value[bool]:
    """`flags`: what each of the rules says."""
    bound = [at.condition != "" and any(rule.inner(at.condition)) for rule in rules]
    return _for_all(view, list(zip(flags, bound, strict=True)), more)


def _for_all(view: View, told: list[tuple[Value[bool], bool]], more: Unknown | None) -> Value[bool]:
    """Whether a policy does what its rules without a condition say, unless another says otherwise for some tags.

    `told`: what each rule says, and whether it has a condition.
    """
    answer = any_of([*(flag for flag, limited in told if not limited), view.says(more or False)])
    if any(limited and flag.data is not answer.data for flag, limited in told):
        return view.says(Unknown("for which tags a rule of the policy holds", "scan the live project", view.location))
    return answer


def _constraint(name: Value[Any]) -> str | None:
    """The constraint of a policy that is one of those that are asked for, by the end of its name."""
    data = name.data
    end = data.parts[-1] if isinstance(data, Text) else data
    constraint = str(end).rpartition("/")[2].removeprefix("constraints.") if isinstance(end, str) else ""
    return constraint if constraint in (LOCATIONS, *SWITCHES) else None


def project(view: View, at: Spelling) -> Guardrail | None:
    """A live project, with the policies in effect on it, wherever they are set. A dry run is none of them.

    https://cloud.google.com/resource-manager/docs/organization-policy/understanding-hierarchy
    """
    if not is_live(view.item):
        return None
    in_force = view[f"#org_policy:{LOCATIONS}"]
    rules = in_force.data.get("rules", []) if isinstance(in_force.data, dict) else []
    lists = [rule.get("values", {}) for rule in rules if isinstance(rule, dict)]
    values = [value for listed in lists if isinstance(listed, dict) for value in listed.get("allowedValues") or []]
    told = [(view.says(_limits(rule)), bool(rule.get("condition"))) for rule in rules if isinstance(rule, dict)]
    doubt = in_force.unknown or next((rule for rule in rules if isinstance(rule, Unknown)), None)
    limited = _for_all(view, told, doubt)
    switches = {name: view[f"#enforced:{name}"].default(False).truth() for name in SWITCHES}
    identity = view.identity(view[at.name])
    return _guardrail(view, identity, "project", {LOCATIONS: limited, **switches}, [Value(value, in_force.seen) for value in values])


def _limits(rule: dict[str, Any]) -> Any:
    """Whether a rule of a live policy lists locations, or denies all of them."""
    listed = rule.get("values")
    return bool(isinstance(listed, dict) and listed.get("allowedValues")) or rule.get("denyAll") or False


def _guardrail(view: View, identity: Any, sort: str, limits: dict[str, Value[bool]], values: list[Value[Any]]) -> Guardrail:
    return Guardrail(
        identity=identity,
        sort=view.says(sort),
        limits=view.says([Limit(name=view.says(name), holds=holds) for name, holds in limits.items()]),
        locations=view.says([_location(value) for value in values]),
    )


def _location(value: Value[Any]) -> AllowedLocation | Unknown:
    """A value of the constraint: a region, a group of them, or a location of several regions.

    https://cloud.google.com/resource-manager/docs/organization-policy/defining-locations
    """
    text = value.text()
    if text.unknown:
        return unknown_inside(value.data) or text.unknown
    match = _REGION.fullmatch(str(text.data))
    return AllowedLocation(
        name=text,
        region=Value(match[1] if match else "", value.seen),
        group=Value(not match and str(text.data).startswith("in:"), value.seen),
    )
