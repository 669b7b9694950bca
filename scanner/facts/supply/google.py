"""Workload identity federation, whatever the input.

https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools.providers
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from assay.scanner.facts.cel_syntax import Call, Constant, Name, Node, Select, SyntaxProblem, parse
from assay.scanner.facts.conditions import Path, Test, Way, not_known, product_of, ways, ways_of
from assay.scanner.facts.google_assets import named
from assay.scanner.facts.patterns import ANY, OPEN
from assay.scanner.facts.spelling import Index, Link, Spelling
from assay.scanner.facts.supply import claims, issuers
from assay.scanner.facts.supply.kinds import Federation, TokenSubject
from assay.scanner.facts.supply.pools import PoolMember, bound
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Text, Unknown, describe, unknown_inside
from assay.scanner.sources.values import Value

_OTHERS = ("aws", "saml", "x509")
"""What tells providers of other tokens, which no CI system makes."""


class ProviderAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells which tokens a provider accepts."""

    condition: str
    mapping: str
    issuer: str
    audiences: str
    state: str = ""
    pool: str | Link
    """What names its pool: a link, or the provider's own full name."""
    pools: Index | None = None
    """The pools of the input by their ids (`pools.by_id`), where the pool is named by a link."""
    members: Index
    """The members of bindings by their pool (`pools.members`)."""


def federation(view: View, at: ProviderAt) -> Federation | None:
    """A provider of tokens; None where it is off, or accepts none of a CI system."""
    if view["disabled"].truth().data is True or view[at.state].equals("DELETED").data is True or view.inner(*_OTHERS)[0]:
        return None
    if isinstance(at.pool, Link) and (pool := view.target(at.pool)) and pool["disabled"].truth().data is True:
        return None
    mapping = _mapping(view[at.mapping])
    condition = view[at.condition]
    admitted = ways(condition.raw, mapping)
    is_ci = _is_ci(view[at.issuer], mapping, admitted)
    if is_ci is False:
        return None
    pattern, scoped = _decided(condition, admitted, mapping, bound(view, at.pool, at.members, at.pools))
    if scoped is False and isinstance(is_ci, Unknown):
        scoped = is_ci
    return Federation(
        identity=view.identity(view[at.name] if at.name else named(view.item)),
        # Without allowed audiences, only the provider's own full name is accepted.
        audience_pinned=Value(True, view[at.audiences].seen),
        subjects=Value([TokenSubject(pattern=Value(pattern, condition.seen), scoped=Value(scoped, condition.seen))], condition.seen),
    )


# What the attributes of an identity are made of.


def _mapping(written: Value[Any]) -> dict[Path, Node]:
    """Attribute (`google.subject`, `attribute.NAME`) to the expression that makes it; empty where that is not told."""
    mapping: dict[Path, Node] = {}
    for key, expression in written.data.items() if isinstance(written.data, dict) else ():
        mapping[tuple(str(key).split(".", 1))] = _expression(key, expression)
    return mapping


def _expression(key: str, written: Any) -> Node:
    if isinstance(written, str):
        try:
            return parse(written)
        except SyntaxProblem:
            pass
    return Call("what is mapped to", (Name(str(key)),))


# Whether it is CI.


def _is_ci(issuer: Value[Any], mapping: Mapping[Path, Node], admitted: list[Way]) -> bool | Unknown:
    """Whether the tokens are those of a CI system: by who issues them, else by the claims that are looked at.

    Without an issuer the resource is not one that Google takes; it is judged as what it would be with that of a CI system.
    """
    if issuer.options:
        sorts = {_is_ci(Value(option, issuer.seen), mapping, admitted) for option in issuer.options}
        return sorts.pop() if len(sorts) == 1 else not_known(issuer.data, "the issuer")
    if issuer.absent:
        return True
    if isinstance(issuer.data, (str, Text)):
        sort = issuers.sort(issuers.name(issuer.data))
        if sort is not None:
            return sort == issuers.CI
    tested = [test for way in admitted for test in way if isinstance(test, Test)]
    names = [test.path[-1] for test in tested] + [name for node in mapping.values() for name in _claims_in(node)]
    if any(map(claims.is_of_ci, names)) or any(test.path[-1] in ("sub", "subject") and claims.names_ci(test.pattern) for test in tested):
        return True
    if not isinstance(issuer.data, str):
        return not_known(issuer.data, "the issuer")
    way = "let issuer_uri be the address of the CI system itself, or map one of its claims to an attribute"
    return Unknown(f"whether {describe(issuer.data)} is a CI system", way)


def _claims_in(node: Node) -> Iterator[str]:
    if isinstance(node, Select):
        yield node.field
        yield from _claims_in(node.operand)
    elif isinstance(node, Call):
        for argument in node.arguments:
            yield from _claims_in(argument)
    elif isinstance(node, Constant) and isinstance(node.value, str):
        yield node.value  # the index of `assertion['repository']`


# Who is admitted.


def _decided(
    condition: Value[Any], admitted: list[Way], mapping: Mapping[Path, Node], members: list[PoolMember | Unknown]
) -> tuple[str, bool | Unknown]:
    """Who is admitted in words, and whether they are of named repositories: by the condition, or else by every binding of the pool."""
    pattern = "*" if condition.absent else describe(condition.data)
    scoped = _all_pinned(admitted, condition.data)
    if scoped is True or not members:
        return pattern, scoped
    decided = [(member, _by_member(member, admitted, mapping, condition.data)) for member in members]
    wide = next((member for member, pinned in decided if pinned is False), None)
    if isinstance(wide, PoolMember):
        return describe(wide.named), False
    if doubt := next((pinned for _, pinned in decided if isinstance(pinned, Unknown)), None):
        return pattern, scoped if isinstance(scoped, Unknown) else doubt
    return "the members of the bindings", True


def _by_member(member: PoolMember | Unknown, admitted: list[Way], mapping: Mapping[Path, Node], condition: Any) -> bool | Unknown:
    """Whether the identities of a member, which the condition admits too, are of one repository."""
    if isinstance(member, Unknown):
        return member
    kind, _, value = member.who.partition("/")
    root, _, name = kind.partition(".")
    if kind == "subject":
        attribute = Select(Name("google"), "subject", False)
    elif root == "attribute" and name and value.strip("*"):
        attribute = Select(Name("attribute"), name, False)
    else:
        return _all_pinned(admitted, condition)  # everybody in the pool (`*`), or a group
    of_member = ways_of(Call("_==_", (attribute, Constant(value))), mapping)
    if not of_member and OPEN in member.who:
        return _why(member.named)
    return _all_pinned(product_of(admitted, of_member), member.named, condition)


def _all_pinned(admitted: list[Way], *written: Any) -> bool | Unknown:
    """Whether every way does. `written`: what may have open parts."""
    decided = [_pinned(way, written) for way in admitted]
    return False if False in decided else next((one for one in decided if isinstance(one, Unknown)), True)


def _pinned(way: Way, written: tuple[Any, ...]) -> bool | Unknown:
    """Whether the tests of one way name a repository, project, pipeline or workspace."""
    told: dict[str, str] = {}
    for test in way:
        if not isinstance(test, Test):
            continue
        name = _claim(test.path)
        if name and (name not in told or claims.says_something({name: test.pattern})):
            told[name] = test.pattern
    if claims.pins_repository({name: pattern.replace(OPEN, ANY) for name, pattern in told.items()}):
        return True
    if any(map(claims.pins_repository, claims.supposed(told))):
        return _why(*written)
    doubt = next((test for test in way if isinstance(test, Unknown)), None)
    if doubt is None and claims.unread_subject(told):
        doubt = Unknown(f"which repository the subject {told['sub']} is of", "name the repository in the condition")
    return doubt or False


def _why(*written: Any) -> Unknown:
    """Why a part of what is written is not known."""
    plain = next((why for data in written if (why := unknown_inside(data))), None)
    return plain or Unknown("part of a condition is known after apply", "scan the plan or the live project")


def _claim(path: Path) -> str | None:
    """The claim of a token that an attribute is; an attribute that is not mapped counts as the claim of its name."""
    if len(path) == 2 and path[0] in ("assertion", "attribute"):
        return path[1]
    return "sub" if path == ("google", "subject") else None
