"""What deny policies take from members of bindings, and what principal access boundaries may.

A rule denies permissions to principals, but for those that it excepts, where its condition holds; whatever roles they have:
https://cloud.google.com/iam/docs/deny-overview. A boundary leaves to a set of principals the resources that it lists:
https://cloud.google.com/iam/docs/principal-access-boundary-policies
"""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from assay.scanner import lazy_re
from assay.scanner.facts.spelling import Link
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources import numbers
from assay.scanner.sources.interface import Item, Unlisted
from assay.scanner.sources.raw import Unknown, describe
from assay.scanner.sources.values import Value, all_of, any_of

from .principals_google import is_among

_SERVICES = {"resourcemanager": "cloudresourcemanager"}
"""Prefix of a permission to the service that deny policies call it by, where that is another:
https://cloud.google.com/iam/docs/deny-permissions-support"""
_NAME = lazy_re.pattern(r"policies/([^/]+)/denypolicies/[^/]+")
_SCOPE = lazy_re.pattern(r"(?://)?cloudresourcemanager\.googleapis\.com/((projects|folders|organizations)/[^/]+)")


class DeniesAt(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Where an input tells deny policies and principal access boundaries."""

    policies: Link
    """Types of deny policies, with where one tells what it is attached to."""
    rules: str
    """Blocks of it, and in each the block of a rule."""
    rule: str
    boundaries: Link
    """Types of boundaries."""
    allowed: str
    """Where one lists its rules, each with resources."""
    bindings: Link
    """Types of what binds one to a set of principals, with where it names it."""
    set: str
    projects: Link
    """Types of projects, with where one tells its id."""
    within: tuple[tuple[str, str], ...]
    """Where a project tells what it is in, with the collection that this is of: `org_id`, `organizations`."""
    number: str = "number"
    above: str = ""
    """Of a live resource, the full names of what it is in."""


class _Rule(NamedTuple):
    view: View
    attached: Value[Any]
    denied: list[Any]
    excepted: list[Any]
    permissions: list[Any]
    but: list[Any]
    condition: Value[Any]


class Denies:
    """The deny policies and boundaries of a collection."""

    def __init__(self, view: View, at: DeniesAt | None) -> None:
        self._at = at
        self._rules: list[_Rule] = []
        self._unread: list[Unknown] = []
        self._bound: list[View] = []
        for item in view.items.of(*at.policies.types) if at else ():
            self._enter(item, View(item, view.items, view.declared))
        for item in view.items.of(*at.bindings.types) if at else ():
            if not isinstance(item, Unlisted):
                self._bound.append(View(item, view.items, view.declared))

    def _enter(self, item: Item, policy: View) -> None:
        assert self._at is not None
        rules, more = policy.inner(self._at.rules)
        for outer in rules:
            blocks, untold = outer.inner(self._at.rule)
            more = more or untold
            self._rules += [_rule(block, policy, self._at.policies.path, item.template) for block in blocks]
        self._unread += [more] if more else []

    def left(self, view: View, member: Any, permission: str) -> Value[bool]:
        """Whether a member of a binding keeps a permission on a resource."""
        if self._at is None or not (self._rules or self._unread or self._bound):
            return Value(True)
        taken = any_of([*(self._denies(rule, view, member, permission) for rule in self._rules), Value(False)])
        doubts: list[Value[Any]] = [Value(why) for why in self._unread] + [Value(why) for why in self._boundary(view, member)]
        return all_of([taken.negate(), *doubts])

    def _denies(self, rule: _Rule, view: View, member: Any, permission: str) -> Value[bool]:
        named = any_of([*(_names(pattern, permission) for pattern in rule.permissions), Value(False)])
        if named.data is False:
            return named
        spared = any_of([*(_names(pattern, permission) for pattern in rule.but), Value(False)])
        denied = any_of([*(Value(is_among(view, who, member)) for who in rule.denied), Value(False)])
        excepted = any_of([*(Value(is_among(view, who, member, excepts=True)) for who in rule.excepted), Value(False)])
        parts = [named, spared.negate(), denied, excepted.negate(), Value(self._above(rule, view)), _holds(rule)]
        return all_of(parts)

    def _above(self, rule: _Rule, view: View) -> bool | Unknown:
        """Whether what a rule is attached to is the project of a resource, or stands above it."""
        place = rule.attached.data
        scope = _scope(urllib.parse.unquote(_attached(place))) if isinstance(place, str) else ""
        if not scope:
            why = rule.attached.unknown
            return why or Unknown(f"what {rule.view.item.address} is attached to", "scan the plan", rule.view.location)
        assert self._at is not None
        above = _scopes_of(view, self._at)
        if scope in above:
            return True
        if scope.startswith("projects/") and _apart(scope, above):
            return False
        return Unknown(f"whether {scope}, which {rule.view.item.address} is attached to, has this", "name its project", rule.view.location)

    def _boundary(self, view: View, member: Any) -> Iterator[Unknown]:
        """Why a principal access boundary may take it: one of those of a member that lists the project is enough."""
        assert self._at is not None
        doubts: list[Unknown] = []
        for binding in self._bound:
            target = binding[self._at.set].data
            bound = _is_of(member, target if isinstance(target, str) else "")
            if bound is False:
                continue
            if bound is True and self._lists(view, binding):
                return
            reason = f"whether the boundary that {binding.item.address} binds leaves it to {describe(member)}"
            doubts.append(Unknown(reason, "list the project in the boundary", binding.location))
        yield from doubts[:1]

    def _lists(self, view: View, binding: View) -> bool:
        """Whether a boundary lists the project of a resource, or what is above that."""
        assert self._at is not None
        policy = binding.named(binding.link(self._at.bindings.path).data, self._at.boundaries)
        if policy is None:
            return False
        rules, _ = policy.inner(self._at.allowed)
        listed = [value for rule in rules for value in rule["resources"].elements()]
        above = _scopes_of(view, self._at)
        return any(isinstance(value.data, str) and _scope(value.data) in above for value in listed)


def _rule(block: View, policy: View, attached: str, template: Unknown | None) -> _Rule:
    def listed(path: str) -> list[Any]:
        value = block[path]
        return [template or element.raw for element in value.elements()] if not value.absent else []

    return _Rule(
        block,
        policy[attached],
        listed("denied_principals|deniedPrincipals"),
        listed("exception_principals|exceptionPrincipals"),
        listed("denied_permissions|deniedPermissions"),
        listed("exception_permissions|exceptionPermissions"),
        block["denial_condition.expression|denialCondition.expression"],
    )


def _names(pattern: Any, permission: str) -> Value[bool]:
    """Whether a permission of a rule, or a group of these as `storage.googleapis.com/objects.*`, is one of an allow policy."""
    if not isinstance(pattern, str):
        why = pattern if isinstance(pattern, Unknown) else Unknown(f"which permission {describe(pattern)} is", "scan the plan")
        return Value(why)
    service, _, rest = permission.partition(".")
    full = permission if "/" in permission else f"{_SERVICES.get(service, service)}.googleapis.com/{rest}"
    return Value(re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), full) is not None)


def _holds(rule: _Rule) -> Value[bool]:
    """Whether the condition of a rule holds: what it says of tags no input tells."""
    written = rule.condition
    if written.absent or written.data in ("", "true"):
        return Value(True)
    if written.data == "false":
        return Value(False)
    why = Unknown(f"whether the condition {describe(written.raw)} of {rule.view.item.address} holds", "leave it out", rule.view.location)
    return Value(written.unknown or why)


def _attached(place: str) -> str:
    """What a policy is attached to, of that or of the name of the policy, in which slashes are encoded."""
    match = _NAME.fullmatch(place)
    return match[1] if match else place


def _scope(text: str) -> str:
    """`projects/trade` of `cloudresourcemanager.googleapis.com/projects/trade`; empty of anything else."""
    match = _SCOPE.fullmatch(text)
    return match[1] if match else ""


def _scopes_of(view: View, at: DeniesAt) -> set[str]:
    """The project of a resource, and what is told to be above it."""
    names = {spelled(view.item.link("project").data), spelled(view.item["project"].data), view.account or ""} - {""}
    scopes = {f"projects/{name.removeprefix('projects/')}" for name in names}
    scopes |= {scope for name in (view[at.above].data or () if at.above else ()) if isinstance(name, str) and (scope := _scope(name))}
    for item in view.items.of(*at.projects.types):
        if item.address in names or item[at.projects.path].data in names:
            scopes |= {f"projects/{told}" for told in (item[at.number].data, item[at.projects.path].data) if isinstance(told, str)}
            for path, collection in at.within:
                told = item[path].data
                scopes |= {f"{collection}/{str(told).rpartition('/')[2]}"} if told and isinstance(told, (str, int)) else set()
    return scopes


def _apart(scope: str, others: Iterable[str]) -> bool:
    """Whether a project is known to be another: both are ids, or both are numbers."""
    own = scope.partition("/")[2]
    texts = [other.partition("/")[2] for other in others if other.startswith("projects/")]
    written = [text for text in texts if text and not set("\0.$") & set(text)]
    return bool(written) and all(text.isdigit() == own.isdigit() for text in written)


def _is_of(member: Any, target: str) -> bool | Unknown:
    """Whether a member is among the principals of a project, a folder, an organisation, a workspace or a pool."""
    text, scope = describe(member), _scope(target)
    if ("/workspace/" in target or "Pools/" in target) and text.startswith("serviceAccount:"):
        return False
    if "Pools/" in target and text.startswith("user:"):
        return False
    if scope.startswith("projects/"):
        if text.startswith(("user:", "group:", "domain:", "allUsers", "allAuthenticatedUsers")):
            return False
        domain = text.partition("@")[2]
        if text.startswith("serviceAccount:") and domain.endswith(".iam.gserviceaccount.com") and "$" not in domain:
            return domain.partition(".")[0] == scope.partition("/")[2] or (scope.partition("/")[2].isdigit() and _untold(text, scope))
    return _untold(text, scope or target)


def _untold(text: str, scope: str) -> Unknown:
    return Unknown(f"whether {text} is of {scope or 'a set of principals'}", "scan the live organisation")


def denies(view: View, at: DeniesAt | None) -> Denies:
    """The denials of the collection of a resource, put together once."""
    made: Denies = numbers.kept(view.items.answers, "analysis.access.denies", lambda: Denies(view, at))
    return made
