"""Service control policies that deny whatever is not in some regions.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, NamedTuple

from assay.scanner.facts.accounts.guardrails.kinds import AllowedLocation, Guardrail, Limit
from assay.scanner.facts.spelling import Index, Place, Referrer, Spelling
from assay.scanner.facts.statements import Condition, Statement, glob, statements
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Unlisted
from assay.scanner.sources.raw import Text, Unknown, unknown_inside
from assay.scanner.sources.values import Value, all_of, any_of

SERVICE_CONTROL = "SERVICE_CONTROL_POLICY"
_REGION = "aws:requestedregion"
_NOT_IN = ("stringnotequals", "stringnotequalsignorecase", "stringnotlike", "arnnotlike", "arnnotequals")
_WHO = ("aws:principalarn", "aws:principalaccount", "aws:principaltype")
# Services whose one endpoint answers from us-east-1, whatever region the caller is in.
_GLOBAL = ("iam:createrole", "organizations:describeorganization", "route53:listhostedzones", "cloudfront:listdistributions")
_HOME = "us-east-1"
# What nobody gave a name: a pattern that is for these spares everybody who takes on a role.
_ANY_ROLE = ("arn:aws:iam::999999999999:role/zq7", "999999999999", "assumedrole")


class PolicyAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells of a policy of an organisation."""

    type: Annotated[Place, "*"]
    content: Annotated[Place, "*"]
    attached: Annotated[str | Referrer, "limits"]
    """What it is attached to: a list of targets, or attachments."""


class AccountAt(Spelling, frozen=True, eq=False, kw_only=True):
    """What a live account finds of the policies of its organisation."""

    policies: Annotated[Index, "limits", "locations"]
    """All of them, under no key."""
    targets: Annotated[Index, "limits", "locations"]
    """ARN of a policy to what it is attached to; under None what may be attached to any."""
    content: Annotated[str, "limits", "locations"]


class _Guard(NamedTuple):
    """What a policy says of regions."""

    denies: Value[bool]
    regions: list[Value[Any]]
    spares: Value[bool]
    """Services that are in no region can be used all the same."""


def policy(view: View, at: PolicyAt) -> Guardrail | None:
    """None of a policy that says nothing of regions: it is for something else."""
    if view[at.type].default(SERVICE_CONTROL).equals(SERVICE_CONTROL).data is False:
        return None
    guard = _guard(view, view[at.content])
    if guard is None:
        return None
    attached = view.exists(at.attached) if isinstance(at.attached, Referrer) else view.link(at.attached).then(bool)
    return _guardrail(view, at, "service control policy", guard, attached)


def account(view: View, at: AccountAt) -> Guardrail:
    """The policies that the account can list: those of the whole organisation, where it manages that or is delegated to.

    https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListPolicies.html
    """
    items = view.index(at.policies).get(None, ())
    unlisted = next((item.why for item in items if isinstance(item, Unlisted)), None)
    guards: list[tuple[_Guard, Value[bool]]] = []
    for item in items:
        policy_ = view.of(item)
        guard = None if isinstance(item, Unlisted) else _guard(policy_, policy_[at.content])
        if guard is not None:
            targets = [target for key in (item.address, None) for target in view.index(at.targets).get(key, ())]
            known = [target for target in targets if not isinstance(target, Unlisted)]
            why = next((target.why for target in targets if isinstance(target, Unlisted)), None)
            guards.append((guard, policy_.says(True if known else why or False)))
    guards.sort(key=lambda pair: not all(value.data is True for value in (pair[0].denies, pair[0].spares, pair[1])))
    if not guards:
        nothing = view.says(unlisted or False)
        return _guardrail(view, at, "account", _Guard(nothing, [], view.says(True)), view.says(True))
    guard, attached = guards[0]
    if unlisted and any(value.data is not True for value in (guard.denies, guard.spares, attached)):
        guard, attached = _Guard(view.says(unlisted), [], view.says(unlisted)), view.says(unlisted)
    return _guardrail(view, at, "account", guard, attached)


def _guardrail(view: View, at: PolicyAt | AccountAt, sort: str, guard: _Guard, attached: Value[bool]) -> Guardrail:
    limits = {
        "a denial of other regions": guard.denies,
        "the use of services that have no region": guard.spares,
        "an attachment to accounts": attached,
    }
    locations = [region.unknown or AllowedLocation(name=region, region=region, group=Value(False, region.seen)) for region in guard.regions]
    return Guardrail(
        identity=view.identity(view[at.name] if at.name else view.item.account),
        sort=view.says(sort),
        limits=view.says([Limit(name=view.says(name), holds=value) for name, value in limits.items()]),
        locations=view.says(locations),
    )


def _guard(view: View, content: Value[Any]) -> _Guard | None:
    """What a policy says of regions; None where it certainly says nothing of them."""
    written = statements(content)
    doubt = next((one for one in written if isinstance(one, Unknown)), None)
    known = [one for one in written if isinstance(one, Statement) and one.allows is not True]
    about = [one for one in known if isinstance(one.conditions, Unknown) or any(map(_spares_regions, one.conditions))]
    if not about:
        return _Guard(view.says(doubt), [], view.says(doubt)) if doubt else None
    told = [(one, _denies(view, one)) for one in about]
    best, denies = next(((one, value) for one, value in told if value.data is True), told[0])
    regions = [value for test in _tests(best, _REGION) for value in (Value[Any](raw, best.seen).text() for raw in test.values)]
    home = any_of([*(region.equals(_HOME) for region in regions), Value(False, best.seen)])
    return _Guard(denies, regions, any_of([home, _spares(view, best)]))


def _spares_regions(test: Condition) -> bool:
    """Whether a condition names regions that are not meant. One that names those that are denies them alone, whatever else there is."""
    return test.key == _REGION and _operator(test) in _NOT_IN


def _operator(test: Condition) -> str:
    return test.operator.lower().rpartition(":")[2].removesuffix("ifexists")


def _tests(statement: Statement, key: str) -> list[Condition]:
    return [] if isinstance(statement.conditions, Unknown) else [test for test in statement.conditions if test.key == key]


def _denies(view: View, statement: Statement) -> Value[bool]:
    """Whether a statement denies everything outside of its regions, but for what it leaves out by action and for whom."""
    if isinstance(statement.conditions, Unknown) or isinstance(statement.allows, Unknown):
        why = statement.conditions if isinstance(statement.conditions, Unknown) else statement.allows
        return view.says(why)
    regions = [test for test in statement.conditions if test.key == _REGION]
    others = [test for test in statement.conditions if test.key != _REGION]
    everything = statement.not_action != ("*" in statement.actions)  # to leave out * denies nothing
    resources = not statement.not_resource and (not statement.resources or "*" in statement.resources)
    # Who is spared is named; a condition on anything else leaves it to the request.
    named = all(test.key in _WHO and _operator(test) in _NOT_IN for test in others)
    everybody = any_of([*(Value(_is_everybody(value)) for test in others for value in test.values), Value(False)])
    outside = all(_operator(test) in _NOT_IN and "*" not in test.values for test in regions)
    denies = all_of([Value(everything and resources and named and outside), everybody.negate()])
    return Value(denies.data, statement.seen)


def _is_everybody(value: Any) -> bool | Unknown:
    """Whether a value of a condition on who asks is for any role of any account; what is not known in it may be anything."""
    parts = value.parts if isinstance(value, Text) else (value,)
    text = "".join("*" if isinstance(part, Unknown) else str(part) for part in parts)
    is_everybody = ("*" in text or "?" in text) and any(glob(text.lower()).fullmatch(role) for role in _ANY_ROLE)
    return (unknown_inside(value) or True) if is_everybody else False


def _spares(view: View, statement: Statement) -> Value[bool]:
    """Whether services that are in no region are left out of what is denied."""
    if not statement.not_action:
        return Value(False, statement.seen)
    left_out = [Value[Any](action, statement.seen).text().then(lambda text: str(text).lower()) for action in statement.actions]
    return all_of([_any_covers(left_out, action, view) for action in _GLOBAL])


def _any_covers(patterns: Iterable[Value[Any]], action: str, view: View) -> Value[bool]:
    return any_of([*(text.then(lambda written: glob(written).fullmatch(action) is not None) for text in patterns), view.says(False)])
