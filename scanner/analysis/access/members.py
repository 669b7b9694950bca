"""Members of bindings of Google that may do something to a resource: by bindings on it, its project and above, and as service accounts
that may.

https://cloud.google.com/iam/docs/service-account-permissions
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, NamedTuple

from assay.scanner.facts.bindings import OWN, Binding, bindings, companion_bindings, google_policy_bindings
from assay.scanner.facts.iam.accounts import account_in, account_named, by_account, declared_accounts
from assay.scanner.facts.iam.becoming import ACTING, DEPLOYING, IMPERSONATING
from assay.scanner.facts.iam.roles import is_service_agent
from assay.scanner.facts.messaging.kinds import Parties
from assay.scanner.facts.messaging.parties import google_parties
from assay.scanner.facts.spelling import Index
from assay.scanner.facts.steps import Step, step
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Unknown, describe
from assay.scanner.sources.values import Value, all_of, any_of

from .denials_google import Denies, denies
from .google import CONVENIENCE, BindingsAt, above, of_project, reached

_FAR = 6
"""Steps from one account to the next that are followed."""
_STRANGER = "user:stranger@example.invalid"
"""A member that no policy names, whom somebody may give a role."""
HeldPermissions = Callable[[View, Any, frozenset[str], Index], "frozenset[str] | Unknown"]
"""Which of some permissions a role holds. The index has custom roles."""


class AccountsAt(BindingsAt, frozen=True, eq=False, kw_only=True):
    """Where an input tells the bindings on service accounts, too."""

    accounts: Index
    """The bindings on service accounts (`on_accounts`, `on_assets`)."""


def on_accounts(prefix: str, owner: str) -> Index:
    """The bindings that code sets on service accounts, by the account."""

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        account = account_in(item.link(owner).data)
        yield spelled(account) or None, (account, (item, companion_bindings(item.type, item)))

    return Index(tuple(f"{prefix}_{part}" for part in ("member", "binding", "policy")), records)


def _on_asset(item: Item) -> Iterator[tuple[Hashable, Any]]:
    email = item["email"].data
    account = email if isinstance(email, str) else account_in(str(item["name"].data or ""))
    yield account, (account, (item, google_policy_bindings(item[OWN])))


ON_ASSETS = Index(("iam.googleapis.com/ServiceAccount",), _on_asset)
"""The bindings on service accounts that are REST resources, by mail address."""


class Sought(NamedTuple):
    """What is asked for."""

    does: frozenset[str]
    """Permissions of which one is enough."""
    opens: frozenset[str]
    """Permissions to give oneself one of these."""
    service: str
    name: str
    """Of the resource, as conditions compare it: `projects/*/secrets/broker`."""
    held_permissions: HeldPermissions
    called: str
    """The resource, in words."""


class Member(NamedTuple):
    """Somebody who may, or acts as one who may."""

    who: Parties
    name: Value[str]
    steps: list[Step]
    """The way, from this one to what is asked about."""
    certain: Value[bool]
    account: Any
    """A service account, which others may act as, as `account_named` gives it; None of any other member."""


class _Asked(NamedTuple):
    view: View
    at: AccountsAt
    sought: Sought
    denies: Denies
    project: list[Binding | Unknown]
    """Bindings on the project and above."""


def members(view: View, at: AccountsAt, sought: Sought, more: Iterable[Binding | Unknown] = (), own: str = "") -> list[Member | Unknown]:
    """Everybody who may, those who act as one of them too, and why there may be more.

    `more`: bindings on what the resource is in, below its project. `own`: that project, where its attribute does not tell it.
    """
    asked = _Asked(view, at, sought, denies(view, at.denies), [*above(view, at), *of_project(view, at, own)])
    direct = [_direct(asked, binding) for binding in [*(bindings(view, at.bindings) if at.bindings else []), *more, *asked.project]]
    allowed_members = [one for one in direct if isinstance(one, Member)]
    unread = [one for one in direct if isinstance(one, Unknown)]
    return [*_merged([*allowed_members, *_followed(asked, allowed_members)]), *unread]


def _direct(asked: _Asked, binding: Binding | Unknown) -> Member | Unknown | None:
    if isinstance(binding, Unknown):
        return binding
    if _is_nobody(binding.member):
        return None
    sought = asked.sought
    holds = _left(asked, binding, sought.does | sought.opens)
    if holds.data is False:
        return None
    meets = reached(binding.condition, sought.service, sought.name)
    certain: Value[Any] = Value(all_of([Value(meets), holds]).data, binding.seen)
    end = step(sought.called, (asked.view.location,))
    return None if certain.data is False else _member(asked, binding, describe(binding.role), certain, [end])


def _left(asked: _Asked, binding: Binding, wanted: frozenset[str]) -> Value[bool]:
    """Whether a role holds one of some permissions, and no denial takes it.

    Who may give permissions opens nothing where both they and a stranger to whom they would give it are denied what is asked for.
    """
    permissions = asked.sought.held_permissions(asked.view, binding.role, wanted, asked.at.roles)
    if isinstance(permissions, Unknown):
        permissions, doubt = wanted, permissions
    else:
        doubt = None
    keeps = {name: asked.denies.left(asked.view, binding.member, name) for name in sorted(permissions)}
    opens = permissions & asked.sought.opens
    if opens:
        whom = (binding.member, _STRANGER)
        does = any_of([asked.denies.left(asked.view, who, name) for name in sorted(asked.sought.does) for who in whom])
        keeps |= {name: all_of([keeps[name], does]) for name in opens}
    left = any_of([*keeps.values(), Value(False)])
    return left if doubt is None or left.data is False else all_of([left, Value(doubt)])


def _is_nobody(member: Any) -> bool:
    """Google's own accounts, and whoever has a basic role, whose own binding is judged."""
    return is_service_agent(member) or (isinstance(member, str) and member.startswith(CONVENIENCE))


def _member(asked: _Asked, binding: Binding, by: str, certain: Value[Any], following: list[Step]) -> Member:
    """A member of a binding. `by`: what leads from there to the steps that follow."""
    called, account = describe(binding.member), account_named(binding.member)
    item = next((item for item, doubt in declared_accounts(asked.view, account) if doubt is None), None)
    declared = (item.location(),) if item is not None else ()
    steps = [step(called, declared, by, binding.seen), *following]
    return Member(google_parties(asked.view, binding.member), Value(called, binding.seen), steps, certain, account)


def _followed(asked: _Asked, direct: list[Member]) -> Iterator[Member]:
    """Those who act as an account that may, in up to some steps. Each is followed once, and again where it proves to be certain."""
    known = {str(one.name.data): one for one in _merged(direct)}
    front = [member for member in known.values() if member.account is not None]
    for _ in range(_FAR):
        following: dict[str, Member] = {}
        for account in front:
            for one in _into(asked, account):
                name = str(one.name.data)
                if name == account.name.data or not _is_news(one, known.get(name)):
                    continue
                known[name] = one
                yield one
                if one.account is not None:
                    following[name] = one
        front = list(following.values())


def _into(asked: _Asked, acted_as: Member) -> Iterator[Member]:
    """Those who make credentials of an account, or deploy code that runs as it."""
    own: list[tuple[Item, Binding | Unknown]] = []
    perhaps: list[tuple[Item, Binding | Unknown]] = []
    for (item, written), same in by_account(asked.view, asked.at.accounts).of(acted_as.account):
        (own if same is True else perhaps).extend((item, binding) for binding in written)
    for item, binding in [*own, *perhaps, *((None, binding) for binding in asked.project)]:
        if isinstance(binding, Unknown) or _is_nobody(binding.member):
            continue
        for how, holds in _ways(asked, binding):
            if holds.data is False:
                continue
            sure = item is None or (any(item is mine for mine, _ in own) and asked.view.item.coexists(item))
            doubt = holds if holds.unknown is not None else Value(True if sure else _of_which(binding, acted_as))
            certain = all_of([doubt, acted_as.certain])
            if certain.data is not False:
                by = f"{how} by {describe(binding.role)}"
                yield _member(asked, binding, by, Value(certain.data, binding.seen), acted_as.steps)
                break


def _ways(asked: _Asked, binding: Binding) -> Iterable[tuple[str, Value[bool]]]:
    yield "its credentials", _left(asked, binding, IMPERSONATING)
    acts = _left(asked, binding, frozenset({ACTING}))
    if acts.data is not False:
        theirs = [other for other in asked.project if isinstance(other, Binding) and describe(other.member) == describe(binding.member)]
        yield "code that runs as it", all_of([acts, any_of([*(_left(asked, other, DEPLOYING) for other in theirs), Value(False)])])


def _of_which(binding: Binding, account: Member) -> Unknown:
    place = binding.seen[0] if binding.seen else None
    return Unknown(f"whether {describe(binding.member)} acts as {account.name.data}", "scan the plan or the live project", place)


def _merged(several: list[Member]) -> list[Member]:
    """One for each: what is certain before what is not."""
    kept: dict[str, Member] = {}
    for one in several:
        name = str(one.name.data)
        if _is_news(one, kept.get(name)):
            kept[name] = one
    return list(kept.values())


def _is_news(one: Member, known: Member | None) -> bool:
    return known is None or (known.certain.data is not True and one.certain.data is True)
