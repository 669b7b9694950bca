"""Keys of service accounts. https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts.keys"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Annotated, Any

from assay.scanner import lazy_re
from assay.scanner.facts.google_assets import days_until, is_live, named
from assay.scanner.facts.iam.credentials.kinds import StaticCredential
from assay.scanner.facts.spelling import Index, Place, Spelling
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Reference, Unknown
from assay.scanner.sources.values import Value, all_of, any_of

_OWNER = lazy_re.pattern(r"(?:^|/)serviceAccounts/([^/]+)")


class KeyAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells of a key of a service account. The defaults are the API's names."""

    account: str = "serviceAccount|parent|name"
    """What names the service account."""
    type: Annotated[Place, "*"] = "keyType"
    disabled: Annotated[Place, "active"] = "disabled"
    ends: Annotated[Place, "active"] = "validBeforeTime"
    accounts: Annotated[Index, "active"]
    """What service accounts say of whether they are disabled (see `accounts`)."""


def accounts(type_: str, *names: str) -> Index:
    """Service accounts, by their address and by what `names` give, to whether each is disabled."""

    def records(account: Item) -> Iterator[tuple[Hashable, Value[Any]]]:
        told = account["disabled"].default(False).truth()
        called = [account[name].data for name in names]
        yield from ((key, told) for key in {account.address, *(name for name in called if isinstance(name, str))})

    return Index((type_,), records)


def key(view: View, at: KeyAt) -> StaticCredential | None:
    """None of the keys that Google makes, keeps and rotates for every service account, which nobody can take out (SYSTEM_MANAGED).

    Whatever a template or code makes is a key of the user, whose private half is handed out or was uploaded:
    https://cloud.google.com/iam/docs/service-account-creds#key-types
    """
    sort = view[at.type]
    if not is_live(view.item):
        sort = view.says("USER_MANAGED")
    if sort.equals("SYSTEM_MANAGED").data is True:
        return None
    told = sort.default(Unknown("whether Google manages the key", "include its keyType in the export", view.location))
    ended = days_until(view.item, view[at.ends], "when it expires").then(lambda days: days is not None and days < 0)
    identity = view.identity(_owner(view, at))
    off = any_of([view[at.disabled].default(False).truth(), _account_is_off(view, at, identity.name)])
    return StaticCredential(
        identity=identity,
        sort=view.says("service account key"),
        owner=view.says(identity.name),
        active=all_of([told.equals("USER_MANAGED"), off.negate(), ended.negate()]),
    )


class HmacKeyAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells of an HMAC key of Cloud Storage. The defaults are the API's names."""

    account: str = "serviceAccountEmail"
    state: Annotated[Place, "active"] = "state"
    accounts: Annotated[Index, "active"]


def hmac_key(view: View, at: HmacKeyAt) -> StaticCredential:
    """A key by which a service account signs requests to Cloud Storage: https://cloud.google.com/storage/docs/authentication/hmackeys"""
    owner = view[at.account]
    identity = view.identity(owner if owner.data else named(view.item))
    working = view[at.state].default("ACTIVE").equals("ACTIVE")
    return StaticCredential(
        identity=identity,
        sort=view.says("HMAC key"),
        owner=view.says(identity.name),
        active=all_of([working, _account_is_off(view, at, identity.name).negate()]),
    )


def _account_is_off(view: View, at: KeyAt | HmacKeyAt, owner: Any) -> Value[bool]:
    """A service account that is disabled gets no tokens, whichever key asks for them.

    https://cloud.google.com/iam/docs/service-accounts-disable-enable
    """
    named = view.link(at.account).data
    records = view.index(at.accounts)
    told: list[Value[bool]] = records.get(named.address if isinstance(named, Reference) else owner) or records.get(owner) or []
    return told[0] if told else view.says(False)


def _owner(view: View, at: KeyAt) -> Value[Any]:
    """The mail address of the account, or what names it in code; of a live key also in its own name."""
    text = spelled(view[at.account].data) or view.item.address
    match = _OWNER.search(text)
    return view.says(match[1]) if match else view[at.account] if view[at.account].data else named(view.item)
