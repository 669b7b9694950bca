"""Two roles of one member, of which one manages what the other uses.

The roles are those that the CIS Google Cloud benchmark names (1.9 and 1.12 of version 5.0). Basic and custom roles that hold the same are
judged by iam.no-wildcard-privilege and iam.no-privilege-escalation. Members are compared as bindings write them, as the benchmark does:
who is in a group is in no code, so that a group and somebody who may be in it are two members.
https://cloud.google.com/iam/docs/principal-identifiers
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from assay.scanner.facts.bindings import Binding
from assay.scanner.facts.iam.duties.kinds import Holder
from assay.scanner.facts.iam.roles import is_service_agent
from assay.scanner.facts.targets import spelled
from assay.scanner.sources.raw import Either, Location, Reference, Text, Unknown, describe, unknown_inside
from assay.scanner.sources.values import Value, all_of

ACCOUNT = "google_service_account"
_CRYPTO_KEY = "roles/cloudkms.cryptoKey"


class Duties(msgspec.Struct, frozen=True):
    """Two duties over the same things."""

    over: str
    manages: frozenset[str]
    uses: frozenset[str]


# https://cloud.google.com/iam/docs/service-account-permissions, https://cloud.google.com/kms/docs/separation-of-duties
DUTIES = (
    Duties("service accounts", frozenset({"roles/iam.serviceAccountAdmin"}), frozenset({"roles/iam.serviceAccountUser"})),
    Duties(
        "keys",
        frozenset({"roles/cloudkms.admin"}),
        frozenset({f"{_CRYPTO_KEY}EncrypterDecrypter", f"{_CRYPTO_KEY}Encrypter", f"{_CRYPTO_KEY}Decrypter"}),
    ),
)
NAMED = frozenset[str]().union(*(duties.manages | duties.uses for duties in DUTIES))


class Given(msgspec.Struct, frozen=True):
    """A binding to one member, and how it stands to those that are judged."""

    binding: Binding
    doubt: Unknown | None = None
    """Why it may not be there, or may not count for what is judged."""
    above: bool = False
    """It stands at a level that encloses that of those."""
    account_id: str = ""
    """Of a member that is a service account of the code, what that says it is called."""


def may_be(role: Any, wanted: frozenset[str]) -> Value[bool]:
    """Whether a role is one of some that Google defines."""
    if isinstance(role, str):
        return Value(role in wanted)
    if isinstance(role, Either):
        return Value.of(role).then(lambda option: option in wanted if isinstance(option, str) else may_be(option, wanted).raw)
    if isinstance(role, Reference) and not role.is_data:
        return Value(False)  # a custom role of the code
    if isinstance(role, Text) and not any(name.startswith(role.prefix) for name in wanted):
        return Value(False)
    return Value(unknown_inside(role) or Unknown(f"which role {describe(role)} is", "scan the plan or the live project"))


def concerns(role: Any) -> bool:
    """Whether a role may be one of a duty."""
    return may_be(role, NAMED).data is not False


def holders(own: list[Given], others: Iterable[Given], more: Unknown | None) -> list[Holder | Unknown]:
    """Members with a role of a duty in `own`. `others`: bindings beside and above. `more`: why there may be more of those."""
    others = list(others)
    duty_holders: list[Holder | Unknown] = []
    for duties in DUTIES:
        for given in own:
            if not _is_nobody(given.binding.member) and (holder := _holder(duties, given, [*own, *others], more)) is not None:
                duty_holders.append(holder)
    return list(_merged(duty_holders))


def _is_nobody(member: Any) -> bool:
    """A service agent of Google, with which nobody signs in."""
    return is_service_agent(member)


def _holder(duties: Duties, given: Given, others: list[Given], more: Unknown | None) -> Holder | None:
    """What a member has by a binding and another; None where the role of the binding is of neither duty, or is not known and meets none."""
    binding = given.binding
    role = may_be(binding.role, duties.manages | duties.uses)
    if role.data is False:
        return None
    doubt: Unknown | None = None
    for one, other in ((duties.manages, duties.uses), (duties.uses, duties.manages)):
        mine = may_be(binding.role, one)
        # Of two bindings at one level, that which uses tells it, so that it is told once.
        if mine.data is False:
            continue
        for rest in others:
            if rest is given or (one is duties.manages and not rest.above):
                continue
            meets = _meet(given, rest, all_of([mine, may_be(rest.binding.role, other)]))
            if meets.data is True:
                return _told(duties, binding, f"{describe(binding.role)} and {describe(rest.binding.role)}", True, rest.binding.seen)
            doubt = doubt or meets.unknown
    if role.data is not True:
        return None if doubt is None else _told(duties, binding, describe(binding.role), doubt)
    return _told(duties, binding, describe(binding.role), doubt or more or False)


def _told(duties: Duties, binding: Binding, roles: str, both: bool | Unknown, seen: tuple[Location, ...] = ()) -> Holder:
    places = (*binding.seen, *seen)
    name: Value[str] = Value(called(binding.member), places)
    return Holder(name=name, over=Value(duties.over), roles=Value(roles, places), both=Value(both, places))


def called(member: Any) -> str:
    """A member, in words."""
    open_ = isinstance(member, Unknown) and not isinstance(member, Either)
    return f"somebody ({member.reason})" if open_ else describe(member)


def _merged(several: list[Holder | Unknown]) -> Iterator[Holder | Unknown]:
    """One of each member and duties: what is so before what may be."""
    kept: dict[tuple[Any, Any], Holder] = {}
    for one in several:
        if isinstance(one, Unknown):
            yield one
            continue
        key = (one.name.data, one.over.data)
        known = kept.get(key)
        if known is None or _weight(one) > _weight(known):
            kept[key] = one
    yield from kept.values()


def _weight(holder: Holder) -> int:
    return 2 if holder.both.data is True else 1 if holder.both.unknown else 0


def _meet(one: Given, other: Given, roles: Value[bool]) -> Value[bool]:
    """Whether two bindings give one member both roles at once."""
    if roles.data is False:
        return roles
    same: Value[bool] = Value(same_member(one, other))
    if same.data is False:
        return same
    doubts: list[Value[Any]] = [Value(doubt) for doubt in (one.doubt, other.doubt) if doubt is not None]
    return all_of([same, roles, Value(_at_once(one.binding.condition, other.binding.condition)), *doubts])


def _at_once(one: Any, other: Any) -> bool | Unknown:
    """Whether two conditions can be met together: where one of them is, if there is no second, or if it is the same."""
    if one is None or other is None or (isinstance(one, str) and one == other):
        return True
    return Unknown("whether the conditions of two bindings are met at once", "take one of the roles away, or compare the conditions")


def key_of(member: Any) -> str:
    """Text that is the same for two members that are the same; empty where it is not known."""
    if isinstance(member, str):
        return member.lower()
    account = account_of(member)
    return f"{ACCOUNT}:{account.address}" if account is not None else spelled(member)


def account_of(member: Any) -> Reference | None:
    """The resource whose service account a member is: `….member`, or `serviceAccount:${….email}`."""
    if isinstance(member, Text) and len(member.parts) == 2 and member.parts[0] == "serviceAccount:":
        mail = member.parts[1]
        return mail if isinstance(mail, Reference) and mail.attribute == "email" else None
    return member if isinstance(member, Reference) and member.type == ACCOUNT else None


def same_member(one: Given, other: Given) -> bool | Unknown:
    """Whether two bindings are to one member."""
    a, b = one.binding.member, other.binding.member
    if key_of(a) and key_of(a) == key_of(b):
        return True
    kinds = {_kind(a), _kind(b)}
    if len(kinds - {""}) == 2 or (isinstance(a, str) and isinstance(b, str)):
        return False
    for member, account_id, rest in ((a, one.account_id, b), (b, other.account_id, a)):
        account = account_of(member)
        if account is None:
            continue
        second = account_of(rest)
        if second is not None and not account.is_data and not second.is_data:
            return False
        if account_id and isinstance(rest, str) and rest.partition(":")[2].partition("@")[0] != account_id:
            return False
    texts = [(member, rest) for member, rest in ((a, b), (b, a)) if isinstance(member, Text) and isinstance(rest, str)]
    if any(not _may_be_text(text, rest) for text, rest in texts):
        return False
    return Unknown(f"whether {called(a)} and {called(b)} are one member", "scan the plan or the live project", _seen(one, other))


def _seen(*given: Given) -> Location | None:
    return next((place for entry in given for place in entry.binding.seen), None)


def _kind(member: Any) -> str:
    """`user`, `group`, `serviceAccount`; empty where it is not known."""
    if account_of(member) is not None:
        return "serviceAccount"
    text = member if isinstance(member, str) else member.prefix if isinstance(member, Text) else ""
    kind, colon, _ = text.partition(":")
    return kind if colon or isinstance(member, str) else ""


def _may_be_text(text: Text, written: str) -> bool:
    """Whether a text of which a part is not known can be another that is."""
    last = text.parts[-1]
    return written.startswith(text.prefix) and (not isinstance(last, str) or written.endswith(last))
