"""Whom trust policies name, and who of them becomes a role.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, NamedTuple

from assay.scanner.facts.condition_keys import POSITIVE
from assay.scanner.facts.messaging.kinds import Parties
from assay.scanner.facts.messaging.parties import aws_parties, subject
from assay.scanner.facts.model import Identity
from assay.scanner.facts.spelling import Link
from assay.scanner.facts.statements import Statement, names_whole_account
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Text, Unknown, describe
from assay.scanner.sources.values import Value

from .holdings import IdentityAt
from .meeting import Told


class Assumer(NamedTuple):
    """Somebody who becomes an identity."""

    key: Hashable
    """Whom it is, so that one is met once."""
    who: Parties
    name: Value[Any]
    certain: Value[bool]
    item: Item | None
    """The identity, where it is of the input and may itself be become."""


NAMED = "named in its trust policy"
"""How somebody becomes a role whose trust policy says so."""


class Group(NamedTuple):
    """Some who become an identity in the same way."""

    how: str
    assumers: list[Assumer]
    """The same list where they are the same of several identities; it may then have one of these itself."""
    doubt: Unknown | None = None
    """Why none of them may."""


def trusted_one(role: View, at: IdentityAt, entry: Statement, kind: str, who: Any, other: Any) -> Assumer:
    """One that a trust policy names: of its own account that is enough. `other`: why it may be the account itself."""
    parties = parties_of(role, at.others, kind, who, entry)
    everyone = kind == "*" or entry.not_principal
    item = role.items.at(parties.principal.address) if isinstance(parties.principal, Identity) and not everyone else None
    known = parties.principal.name if item is not None and isinstance(parties.principal, Identity) else describe(who)
    name: Value[Any] = Value("anyone" if everyone else known, entry.seen)
    doubt = next((why for why in (entry.allows, other) if isinstance(why, Unknown)), None)
    return Assumer(item.address if item else str(name.data), parties, name, Value(doubt or True, entry.seen), item)


def untold(role: View, why: Unknown) -> Assumer:
    """Whoever a trust policy names that is not known."""
    address = role.item.address
    name: Value[Any] = Value(f"whoever takes on {address}", (role.location,))
    return Assumer(("trust", address), Parties(), name, Value(why, name.seen), None)


def parties_of(view: View, link: Link | None, kind: str, who: Any, entry: Statement) -> Parties:
    """Whom a principal means; whoever an identity provider vouches for, and an account as a whole, have no tags."""
    if (kind == "Federated" and isinstance(who, str) and not who.startswith("arn:")) or (kind == "AWS" and names_whole_account(who)):
        return subject(view, describe(who))
    return aws_parties(view, link, kind, who, entry) if link is not None else Parties()


def called(who: Parties, name: Value[Any]) -> str:
    """What somebody is called, in words: by its name, or as its block is where that gives none."""
    if isinstance(name.data, str):
        return name.data
    return who.principal.name if name.absent and isinstance(who.principal, Identity) else describe(name.raw)


def vouched(entry: Statement, kind: str) -> Told:
    """What conditions of a trust policy ask of whoever an identity provider vouches for, which is then so."""
    conditions = entry.conditions if kind == "Federated" and isinstance(entry.conditions, list) else []
    asked = [one for one in conditions if one.compares in POSITIVE and all(isinstance(value, str) for value in one.values)]
    return Told({one.key: [str(value) for value in one.values] for one in asked})


def subjects(entry: Statement, kind: str, who: Any) -> list[Any]:
    """Whom an identity provider vouches for, where conditions say it: `repo:example/trade:environment:prod`, not what they except."""
    conditions = entry.conditions if kind == "Federated" and isinstance(entry.conditions, list) else []
    named = [one for one in conditions if one.key.endswith(":sub") and one.compares in POSITIVE]
    subjects = [describe(value) if isinstance(value, (str, Text)) else who for one in named for value in one.values]
    return subjects or [who]
