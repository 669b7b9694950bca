"""Who may read a secret of Secret Manager: by bindings on it, its project and above, and as service accounts that do.

https://cloud.google.com/secret-manager/docs/access-control, https://cloud.google.com/iam/docs/service-account-permissions
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import Annotated, Any, NamedTuple

from assay.scanner.facts.bindings import (
    BASIC,
    OWN,
    Binding,
    bindings,
    companion_bindings,
    google_policy_bindings,
    listed_permissions,
    open_permission,
)
from assay.scanner.facts.google_assets import named
from assay.scanner.facts.iam.becoming import ACCESSING, ACTING, DEPLOYING, IMPERSONATING, OPENING_SECRETS
from assay.scanner.facts.iam.roles import is_service_agent
from assay.scanner.facts.iam.tables import roles
from assay.scanner.facts.item_index import spelled
from assay.scanner.facts.messaging.parties import google_parties
from assay.scanner.facts.spelling import Index, Place
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Reference, Text, Unknown, describe
from assay.scanner.sources.values import Value, all_of

from .google import CONVENIENCE, NAMELESS, BindingsAt, above, of_project, reached
from .kinds import ReadableSecret, SecretReader

_BASIC = {
    "roles/owner": frozenset({ACCESSING, OPENING_SECRETS, ACTING, *IMPERSONATING, *DEPLOYING}),
    "roles/editor": frozenset({ACTING, "iam.serviceAccountKeys.create", *DEPLOYING}),
}
"""An editor reads no secret: https://cloud.google.com/secret-manager/docs/access-control. `admin` and `writer` are their newer names."""
_NEWER = {"roles/admin": "roles/owner", "roles/writer": "roles/editor"}
_FAR = 6
"""Steps from one account to the next that are followed."""


class SecretAt(BindingsAt, frozen=True, eq=False, kw_only=True):
    """Where an input tells who may read a secret."""

    bindings: Annotated[Place, "readers"]
    inherited: Annotated[Place, "readers"] = ""
    project: Annotated[Index | None, "readers"] = None
    roles: Annotated[Index, "readers"]
    accounts: Annotated[Index, "readers"]
    """The bindings on service accounts (`on_accounts`, `on_assets`)."""


def on_accounts(prefix: str, owner: str) -> Index:
    """The bindings that code sets on service accounts, by the account."""

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        target = item.link(owner).data
        key = target.address if isinstance(target, Reference) else _email(spelled(target))
        yield key or None, (item, companion_bindings(item.type, item))

    return Index(tuple(f"{prefix}_{part}" for part in ("member", "binding", "policy")), records)


def _on_asset(item: Item) -> Iterator[tuple[Hashable, Any]]:
    email = item["email"].data
    for key in {item.address, _email(email if isinstance(email, str) else str(item["name"].data or ""))}:
        yield key, (item, google_policy_bindings(item[OWN]))


ON_ASSETS = Index(("iam.googleapis.com/ServiceAccount",), _on_asset)
"""The bindings on service accounts that are REST resources, by address and by mail address."""


def _email(text: str) -> str:
    return text.rpartition("/")[2]


class _Asked(NamedTuple):
    view: View
    at: SecretAt
    project: list[Binding | Unknown]
    """Bindings on the project and above."""


class _Found(NamedTuple):
    reader: SecretReader
    account: str
    """The key of a service account, which others may act as; empty of any other member."""


def secret(view: View, at: SecretAt) -> ReadableSecret:
    """A secret with its readers. Whoever sets its policy reads it, too."""
    called = view.identity(view[at.name] if at.name else named(view.item))
    name = f"projects/*/secrets/{called.name if called.unnamed is None else NAMELESS}"
    asked = _Asked(view, at, [*above(view, at), *of_project(view, at)])
    given = [*bindings(view, at.bindings), *asked.project]
    direct = [_direct(asked, binding, name) for binding in given]
    found = [one for one in direct if isinstance(one, _Found)]
    unread = [one for one in direct if isinstance(one, Unknown)]
    return ReadableSecret(identity=called, readers=view.says([*_merged([*found, *_followed(asked, found)]), *unread]))


def _direct(asked: _Asked, binding: Binding | Unknown, name: str) -> _Found | Unknown | None:
    if isinstance(binding, Unknown):
        return binding
    if _is_nobody(binding.member):
        return None
    holds = _holds(asked, binding.role, frozenset({ACCESSING, OPENING_SECRETS}))
    if holds is False:
        return None
    meets = reached(binding.condition, "secretmanager.googleapis.com", name)
    if meets is False:
        return None
    doubt = next((why for why in (holds, meets) if isinstance(why, Unknown)), None)
    return _reader(asked, binding, describe(binding.role), Value(doubt or True, binding.seen))


def _is_nobody(member: Any) -> bool:
    """Google's own accounts, and whoever has a basic role, whose own binding is judged."""
    return is_service_agent(member) or (isinstance(member, str) and member.startswith(CONVENIENCE))


def _reader(asked: _Asked, binding: Binding, by: str, reads: Value[Any]) -> _Found:
    reader = SecretReader(
        identity=google_parties(asked.view, binding.member),
        name=Value(describe(binding.member), binding.seen),
        by=Value(by, binding.seen),
        reads=reads,
    )
    return _Found(reader, _account(binding.member))


def _account(member: Any) -> str:
    """The key of a service account: the address of the resource, or its mail address."""
    parts = member.parts if isinstance(member, Text) else (member,)
    reference = next((part for part in parts if isinstance(part, Reference)), None)
    if reference is not None:
        return reference.address
    return member.partition(":")[2] if isinstance(member, str) and member.startswith("serviceAccount:") else ""


def _holds(asked: _Asked, role: Any, wanted: frozenset[str]) -> bool | Unknown:
    """Whether a role holds one of some permissions."""
    if isinstance(role, str) and role.startswith("roles/"):
        table = roles()
        if role in BASIC:
            return bool(wanted & _BASIC.get(_NEWER.get(role, role), frozenset()))
        if role in table.telling:
            return bool(wanted & set(table.telling[role]))
        if role in table.narrow or role in table.escalating:
            return False
        reason = f"what {role} allows: it is not among Google's predefined roles of {table.as_of} that are known here"
        return Unknown(reason, "grant a role that is in the table, or a custom role that lists its permissions", asked.view.location)
    listed = listed_permissions(asked.view, role, asked.at.roles)
    if isinstance(listed, Unknown):
        return listed
    return any(permission in wanted for permission in listed) or open_permission(listed) or False


def _followed(asked: _Asked, direct: list[_Found]) -> Iterator[_Found]:
    """Those who act as an account that reads it, in up to some steps."""
    met = {str(found.reader.name.data) for found in direct if found.reader.reads.data is True}
    front = [found for found in direct if found.account]
    for _ in range(_FAR):
        following: list[_Found] = []
        for found in front:
            for step in _into(asked, found):
                if str(step.reader.name.data) in met or step.reader.name.data == found.reader.name.data:
                    continue
                yield step
                if step.reader.reads.data is True:
                    met.add(str(step.reader.name.data))
                if step.account:
                    following.append(step)
        if not following:
            return
        front = following


def _into(asked: _Asked, found: _Found) -> Iterator[_Found]:
    """Those who make credentials of an account, or deploy code that runs as it."""
    known = asked.view.index(asked.at.accounts)
    own = [(item, binding) for item, written in known.get(found.account, ()) for binding in written]
    perhaps = [(item, binding) for item, written in known.get(None, ()) for binding in written]
    for item, binding in [*own, *perhaps, *((None, binding) for binding in asked.project)]:
        if isinstance(binding, Unknown) or _is_nobody(binding.member):
            continue
        for how, holds in _ways(asked, binding):
            if holds is False:
                continue
            sure = item is None or (any(item is mine for mine, _ in own) and asked.view.item.coexists(item))
            doubt = holds if isinstance(holds, Unknown) else None if sure else _of_which(binding, found)
            certain = all_of([Value(doubt or True), found.reader.reads])
            if certain.data is not False:
                by = f"{how} by {describe(binding.role)}, as {found.reader.name.data} ({found.reader.by.data})"
                yield _reader(asked, binding, by, Value(certain.data, binding.seen))
                break


def _ways(asked: _Asked, binding: Binding) -> Iterable[tuple[str, bool | Unknown]]:
    yield "its credentials", _holds(asked, binding.role, IMPERSONATING)
    acts = _holds(asked, binding.role, frozenset({ACTING}))
    if acts is not False:
        theirs = [other for other in asked.project if isinstance(other, Binding) and describe(other.member) == describe(binding.member)]
        deploys = [_holds(asked, other.role, DEPLOYING) for other in theirs]
        doubt = next((why for why in (acts, *deploys) if isinstance(why, Unknown)), None)
        yield "code that runs as it", (True if doubt is None and True in deploys else doubt if deploys and doubt else False)


def _of_which(binding: Binding, found: _Found) -> Unknown:
    place = binding.seen[0] if binding.seen else None
    return Unknown(f"whether {describe(binding.member)} acts as {found.reader.name.data}", "scan the plan or the live project", place)


def _merged(found: list[_Found]) -> list[SecretReader]:
    """One for each member: what is certain before what is not."""
    kept: dict[str, SecretReader] = {}
    for one in found:
        known = kept.get(str(one.reader.name.data))
        if known is None or (known.reads.data is not True and one.reader.reads.data is True):
            kept[str(one.reader.name.data)] = one.reader
    return list(kept.values())
