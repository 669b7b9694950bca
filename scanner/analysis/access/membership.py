"""Which accounts what a policy of an organisation is attached to stands above.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_attach.html. Policies are made by the management
account, which none of them binds, or by one that it delegates that to:
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_delegate_policies.html
"""

from __future__ import annotations

from typing import Any

import msgspec

from assay.scanner import lazy_re
from assay.scanner.facts.spelling import Link
from assay.scanner.facts.statements import own_account
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Reference, Unknown, describe
from assay.scanner.sources.values import Value, all_of

_DEEPEST = 10
"""Units in units are five at most: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html"""
_NUMBER = lazy_re.pattern(r"\d{12}")
_ARN = lazy_re.pattern(r"arn:[\w-]+:organizations::(\d{12}):policy/(o-\w+)/.*")


class TreeAt(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Where an input tells the tree of an organisation."""

    organisation: Link | None = None
    """Of code, the types of organisations: whoever has one manages it."""
    units: Link | None = None
    """Types of units, with the path of the parent."""
    accounts: Link | None = None
    id: str = ""
    """The number of an account and the id of a unit, where these are told."""
    policy_arn: str = ""
    """Of a live account, the ARN of a policy, which has the number of the management account and the id of the organisation."""


class Standing:
    """Where accounts stand in the organisation of a collection."""

    def __init__(self, view: View, at: TreeAt | None) -> None:
        self._view, self._at = view, at or TreeAt()
        self.organisation: str | None = None
        """Its id, where that is told."""
        self._accounts, self._units = (
            {told: item for item in self._of(link) if (told := self._id(item)) is not None} for link in (self._at.accounts, self._at.units)
        )

    def binds(self, policy: View, target: Any, item: Item) -> bool | Unknown:
        """Whether a policy that is attached to a target binds the account of an item."""
        exempt = self._exempt(policy, item)
        if exempt is True:
            return False
        return all_of([Value(self._above(policy, target, item)), Value(exempt).negate()]).data  # type: ignore[no-any-return]

    def _of(self, link: Link | None) -> list[Item]:
        return self._view.items.of(*link.types) if link is not None else []

    def _id(self, item: Item | None) -> str | None:
        told = item[self._at.id].data if item is not None and self._at.id else None
        return told if isinstance(told, str) else None

    def _exempt(self, policy: View, item: Item) -> bool | Unknown:
        """Whether it is the management account."""
        if self._at.policy_arn:
            match = _ARN.fullmatch(str(policy[self._at.policy_arn].data))
            self.organisation = match[2] if match else self.organisation
            return match is not None and match[1] == item.account.data
        if item.same_account(policy.item) is not True:
            return False
        if any(item.same_account(one) is True for one in self._of(self._at.organisation)):
            return True
        return Unknown(
            "whether the account of the policies of the organisation is its management account, which they do not bind",
            "scan it together with the organisation, or the live account",
            policy.location,
        )

    def _above(self, policy: View, target: Any, item: Item) -> bool | Unknown:
        """Whether what a policy is attached to is the account of an item, or stands above it."""
        if isinstance(target, Unknown):
            return target
        if own_account(target):
            said = self._view.items.at(target.address) or policy.item
            same = item.same_account(said)
            return self._untold(policy, target, item) if same is None else same
        named = self._view.items.at(target.address) if isinstance(target, Reference) else None
        if isinstance(target, str) and _NUMBER.fullmatch(target):
            return self._is(policy, target, item)
        if named is not None and self._at.accounts is not None and named.type in self._at.accounts.types:
            number = self._id(named)
            return self._untold(policy, target, item) if number is None else self._is(policy, number, item)
        if self._is_root(target, named):
            return self._is_member(policy, item) or self._untold(policy, target, item)
        return self._in_unit(policy, target, item)

    def _is(self, policy: View, number: str, item: Item) -> bool | Unknown:
        own = item.account.data
        return own == number if isinstance(own, str) else self._untold(policy, number, item)

    def _is_root(self, target: Any, named: Item | None) -> bool:
        if isinstance(target, str):
            return target.startswith("r-")
        kinds = self._at.organisation.types if self._at.organisation is not None else ()
        return named is not None and named.type.removeprefix("data.") in kinds

    def _is_member(self, policy: View, item: Item) -> bool:
        """Whether an account is of the organisation: it makes or lists its policies, or is among its accounts."""
        return item.same_account(policy.item) is True or item.account.data in self._accounts

    def _in_unit(self, policy: View, target: Any, item: Item) -> bool | Unknown:
        """By the units above an account, where these are told up to the root."""
        wanted = self._names(target)
        at = self._accounts.get(str(item.account.data))
        for _ in range(_DEEPEST):
            link = next(
                (one for one in (self._at.accounts, self._at.units) if one is not None and at is not None and at.type in one.types), None
            )
            parent = at.link(link.path).data if at is not None and link is not None else None
            above = self._names(parent)
            if above & wanted:
                return True
            at = next((unit for name in above if (unit := self._units.get(name) or self._view.items.at(name)) is not None), None)
            if self._is_root(parent, at):
                # A unit without an id may be what a text names.
                told = len(self._units) == len(self._of(self._at.units))
                return False if told else self._untold(policy, target, item)
        return self._untold(policy, target, item)

    def _names(self, raw: Any) -> set[str]:
        """What a unit is known by: its address and its id."""
        if isinstance(raw, str):
            return {raw}
        told = self._id(self._view.items.at(raw.address)) if isinstance(raw, Reference) else None
        return ({raw.address} if isinstance(raw, Reference) else set()) | ({told} if told else set())

    def _untold(self, policy: View, target: Any, item: Item) -> Unknown:
        account = item.account.data if isinstance(item.account.data, str) else f"the account of {item.address}"
        return Unknown(
            f"whether {describe(target)}, which a policy of the organisation is attached to, is or has {account}",
            "attach it to the account by its number, or scan the organisation together with this",
            policy.location,
        )
