"""Policies of users of IAM: written into them, or attached to them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from assay.scanner.facts.iam import aws
from assay.scanner.facts.iam.entitlements import Part
from assay.scanner.facts.iam.own_policies.kinds import OwnPolicy, UserPolicies
from assay.scanner.facts.spelling import Place, Referrer, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Reference, Text, Unknown
from assay.scanner.sources.values import Value, all_of, any_of


class Given(msgspec.Struct, frozen=True):
    """Where an input tells of policies that a user has: each part is one policy, or has a list of them."""

    part: Part
    named: str
    """Path of the name or the ARN; of several, `listed`, of the list of them."""
    listed: bool = False


class UserAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells which policies a user has."""

    given: Annotated[tuple[Given, ...], "policies"]


class UnclaimedAt(aws.UnclaimedAt, frozen=True, eq=False, kw_only=True):
    """Where an input tells of a policy for one user that it names, and who that is."""

    given: Given


class SharedAt(aws.PolicyAt, frozen=True, eq=False, kw_only=True):
    """Where an input tells of a policy that is for several identities, and which of them are users."""

    given: Given


_Policies = dict[str, OwnPolicy | Unknown]


def user(view: View, at: UserAt) -> UserPolicies:
    """A user that is made has no policies: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html"""
    policies: _Policies = {}
    telling: list[View] = []
    for given in at.given:
        parts, more = _parts(view, given.part)
        for part in parts:
            _enter(policies, part, given)
        if more:
            policies[f"\0{more.reason}"] = more
        telling += parts
    further = [part.item for part in telling if part.item is not view.item]
    return UserPolicies(identity=view.identity(aws.called(view, at.name), *further), policies=view.says(list(policies.values())))


def _parts(view: View, place: Part) -> tuple[list[View], Unknown | None]:
    """The parts at a place, also those of which it is not known whom they are for, and why there may be more."""
    if isinstance(place, Referrer):
        return [*view.referrers(place).views, *view.possible(place)], None
    if view.elsewhere:
        return [], None
    return view.inner(place) if place else ([view], None)


def unclaimed(view: View, at: UnclaimedAt) -> UserPolicies | None:
    """A policy for a user that is not known: it is a user's all the same. None where the user is known, and judged with it."""
    return _alone(view, at.given, at.name) if aws.is_unclaimed(view, at) else None


def shared(view: View, at: SharedAt) -> UserPolicies | None:
    """A policy for several identities; None where no user is among them, or all of these are here, and judged with it."""
    if not aws.is_attached(view, at) or aws.is_judged_here(view, at):
        return None
    return _alone(view, at.given, at.name, any_of([view.link(owner).then(bool) for owner in at.owners]))


def _alone(view: View, given: Given, name: Place, somebody: Value[bool] | None = None) -> UserPolicies:
    """What gives a policy, by itself. `somebody`: whether it gives it to anybody."""
    policies: _Policies = {}
    _enter(policies, view, given, somebody)
    return UserPolicies(identity=view.identity(aws.called(view, name)), policies=view.says(list(policies.values())))


def _enter(policies: _Policies, part: View, given: Given, somebody: Value[bool] | None = None) -> None:
    """Enter the policies of a part, each once: a list of all that a user may have names what is attached beside it."""
    names = part.surely.link(given.named)
    for name in names.elements() if given.listed else [names]:
        there = _is_there(names, name) if given.listed else part.says(True)
        direct = part.weighed(all_of([there, *([] if somebody is None else [somebody])]), absence=False)
        text = _called(name, part, given)
        known = policies.get(text)
        if known is None or (isinstance(known, OwnPolicy) and known.direct.data is not True):
            policies[text] = OwnPolicy(name=Value(text, direct.seen), direct=direct)


def _is_there(names: Value[Any], name: Value[Any]) -> Value[bool]:
    """Whether an element of a list is one: the list as a whole may not be known, and an element may be left out by a condition."""
    if isinstance(names.data, list):
        return Value(name.unknown if None in name.options else True, names.seen)
    return names.then(bool)


def _called(name: Value[Any], part: View, given: Given) -> str:
    """What to call a policy: by its name or ARN, by what declares it, or by the part that gives it."""
    if isinstance(name.data, Reference):
        return name.data.address
    if isinstance(name.data, (str, Text)):
        return str(name.data)
    return "a policy that is not known" if given.listed else part.item.label
