"""What security groups guard, however an input writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from assay.scanner.facts.base import Stack
from assay.scanner.facts.edge.kinds import LoadBalancer
from assay.scanner.sources.interface import Item, Node
from assay.scanner.sources.values import Reference, Unknown, Value, all_of, any_of, references_in


class Names(msgspec.Struct, frozen=True):
    """How an input writes who is in which group."""

    groups: tuple[str, ...]
    """The types of security groups."""
    users: dict[str, tuple[str, ...]]
    """Types of resources that are in groups to the paths where they name them. `a[].b`: `b` of every element of the list `a`."""
    balancers: tuple[str, ...]
    """The types of load balancers."""
    application: tuple[str, ...]
    """Those of them that have listeners of their own."""
    passed_on: tuple[str, ...] = ()
    """Beginnings of types that hand what they name on to something that is not seen here."""


def guards_load_balancer(item: Item, stack: Stack, names: Names) -> Value[bool]:
    """Whether everything in this code that is in the group is a load balancer; without anything in it, that is not known."""
    held = _users(stack, names)
    users = held.users.get(item.address, [])
    if not users:
        reason = f"what {item.address} is attached to is not in this code"
        return Value(Unknown(reason, "scan the code that uses it together with this, or the live account"), (item.location(),))
    others = [user for user in users if user.type not in names.balancers]
    if others:
        return Value(False, [user.location() for user in others])
    if held.unresolved:
        return Value(held.unresolved, (item.location(),))
    others = _other_users(stack, names).get(item.address, [])
    if handed := [user for user in others if names.passed_on and user.type.startswith(names.passed_on)]:
        why = Unknown(f"{handed[0].address} hands the group on", "scan what is made of it, or the live account")
        return Value(why if len(handed) == len(others) else False, [user.location() for user in others])
    return Value(not others, [user.location() for user in others or users])


_CLASSIC = Unknown(
    "a classic load balancer is in the group, which cannot redirect: whether it listens on port 80 is not read", "replace it"
)


def http_only_redirects(item: Item, stack: Stack, names: Names, read: Callable[[Item, Stack], LoadBalancer]) -> Value[bool]:
    """Whether the load balancers in the group redirect whatever reaches them without TLS."""
    users = _users(stack, names).users.get(item.address, [])
    balancers = [read(user, stack) for user in users if user.type in names.application]
    return only_redirect(balancers, classic=any(user.type in names.balancers and user.type not in names.application for user in users))


def only_redirect(balancers: list[LoadBalancer], *, classic: bool) -> Value[bool]:
    """Whether load balancers redirect whatever reaches them without TLS. `classic`: another is there whose listeners are not read."""
    listeners: list[Any] = [listener for each in balancers for listener in each.listeners.data]
    listeners += [_CLASSIC] if classic else []
    return all_of([Value(each) if isinstance(each, Unknown) else any_of([each.encrypted, each.only_redirects]) for each in listeners])


class _Users(msgspec.Struct):
    users: dict[str, list[Item]]
    """Security group address to the resources that are in it."""
    unresolved: Unknown | None
    """Why there may be more."""


def _users(stack: Stack, names: Names) -> _Users:
    """Built once for a stack."""
    if "security group users" not in stack.cache:
        stack.cache["security group users"] = _read_users(stack, names)
    found: _Users = stack.cache["security group users"]
    return found


def _read_users(stack: Stack, names: Names) -> _Users:
    held = _Users({}, None)
    for type_, paths in names.users.items():
        for user in stack.of(type_):
            found: dict[str, None] = {}
            for each in (each for path in paths for each in _linked(user, path)):
                if isinstance(each, Reference):
                    found[each.address] = None
                elif isinstance(each, Unknown) and held.unresolved is None:
                    reason = f"whether {user.address} is in the group too: {each.reason}"
                    held.unresolved = Unknown(reason, each.settles_it, user.location())
            for address in found:
                held.users.setdefault(address, []).append(user)
    return held


def _linked(node: Node, path: str) -> Iterator[Any]:
    """The raw elements at a path."""
    first, several, rest = path.partition("[].")
    if several:
        nodes, more = node.blocks(first)
        for each in nodes:
            yield from _linked(each, rest)
        if more:
            yield more
        return
    data = node.link(first).data
    yield from data if isinstance(data, list) else [data]


def _other_users(stack: Stack, names: Names) -> dict[str, list[Item]]:
    """Security group address to the resources, of any type, that have it in an attribute that is named for groups. Built once."""
    if "other security group users" not in stack.cache:
        stack.cache["other security group users"] = _read_other_users(stack, names)
    found: dict[str, list[Item]] = stack.cache["other security group users"]
    return found


def _read_other_users(stack: Stack, names: Names) -> dict[str, list[Item]]:
    held: dict[str, list[Item]] = {}
    for user in stack.items():
        if user.type in names.balancers or user.type.startswith("data.") or _NAMED in _plain(user.type):
            continue
        content = user.attributes().data
        passed_on = names.passed_on and user.type.startswith(names.passed_on)
        named = references_in(content) if passed_on else _groups_named(content)
        for address in dict.fromkeys(reference.address for reference in named if reference.type in names.groups):
            held.setdefault(address, []).append(user)
    return held


_NAMED = "securitygroup"


def _plain(name: str) -> str:
    return name.lower().replace("_", "")


def _groups_named(data: Any) -> list[Reference]:
    """The references in attributes that are named for security groups, at any depth."""
    if isinstance(data, list):
        return [found for each in data for found in _groups_named(each)]
    if not isinstance(data, dict):
        return []
    return [found for name, held in data.items() for found in (references_in(held) if _NAMED in _plain(name) else _groups_named(held))]
