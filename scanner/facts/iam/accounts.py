"""The service accounts that Terraform declares, by whatever a binding calls them: by reference, or by a mail address, of which parts may
not be known.

https://cloud.google.com/iam/docs/service-account-types#user-managed
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assay.scanner.facts.iam.running.identities import Identities, after_slash, by_address, joined
from assay.scanner.facts.spelling import Index
from assay.scanner.facts.view import View
from assay.scanner.sources import numbers
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Reference, Text, Unknown

_TYPES = {"google_service_account": "account_id", "data.google_service_account": "account_id"}
IDENTITIES = by_address(_TYPES, project="project")
"""What each account is called, by its address."""
_MEMBER = "serviceAccount:"
_DOMAIN = ".iam.gserviceaccount.com"


def account_named(member: Any) -> Any:
    """The service account that a member is, as a raw value: a Reference, or a mail address; None of any other member."""
    parts = member.parts if isinstance(member, Text) else (member,)
    if isinstance(parts[0], str) and parts[0].startswith(_MEMBER):
        return account_in(joined([parts[0].removeprefix(_MEMBER), *parts[1:]]))
    return next((part for part in parts if isinstance(part, Reference)), None)


def declared_accounts(view: View, account: Any) -> Iterator[tuple[Item, Unknown | None]]:
    """Those that are an account, and those that may be, with the reason: certain ones first. `account`: as `account_named` gives it."""
    if account is None or not any(view.items.has(type_) for type_ in _TYPES):
        return
    known: Identities[Item] = numbers.kept(view.items.answers, "iam.accounts", lambda: _known(view))
    for item, same in known.of(account):
        yield item, same if isinstance(same, Unknown) else None


def _known(view: View) -> Identities[Item]:
    accounts = ((Reference(item.address, item.type), item) for item in view.items.of(*_TYPES))
    return Identities(accounts, view.items.index(IDENTITIES))


def by_account(view: View, index: Index) -> Identities[Any]:
    """The records of an index by the accounts that they are about. Each is a pair: the account (`account_in`), and what it has."""
    return numbers.kept(
        view.items.answers,
        ("iam.accounts", index),
        lambda: Identities((pair for pairs in view.index(index).values() for pair in pairs), view.items.index(IDENTITIES)),
    )


def account_in(named: Any) -> Any:
    """An account that is named by a reference, a mail address, or a full name (`projects/p/serviceAccounts/MAIL`), as a raw value."""
    parts = named.parts if isinstance(named, Text) else (named,)
    return next((part for part in parts if isinstance(part, Reference)), None) or after_slash(named)


def known_member(view: View, address: str) -> str:
    """What bindings call an account that is declared at an address; empty where not all of that is known."""
    called = next(iter(view.items.index(IDENTITIES).get(address, ())), None)
    known = called is not None and isinstance(called.name, str) and isinstance(called.scope, str)
    return f"{_MEMBER}{called.name}@{called.scope}{_DOMAIN}" if called is not None and known else ""
