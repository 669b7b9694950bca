"""Where the accounts of an organisation are: the units above each, with their names.

The tree is gone through from its roots: two calls for each unit, instead of one for each account and level.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from assay.scanner.sources.aws.asking import Account, Asker, Refused
from assay.scanner.sources.aws.calls import Call
from assay.scanner.sources.aws.plan import MEMBERS, ROOTS, UNITS

_MOST_UNITS = 10_000
"""An organisation has at most 2,000: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html"""


class OrganizationalUnit(msgspec.Struct, frozen=True):
    """A root or an organisational unit."""

    id: str
    name: str


class UnitTree:
    """The units of an organisation, as far as whoever calls may see them."""

    def __init__(self, own: Account, home: str, asker: Asker) -> None:
        """`own`: of the management account or a delegated administrator's. Asks for the whole tree. Raises Stopped."""
        self._own, self._home, self._asker = own, home, asker
        self._above: dict[str, tuple[OrganizationalUnit, ...]] = {}
        self.refused: list[str] = []
        """The permissions of calls that were not answered: what is below there is not known."""
        self._read()

    def above(self, account: str) -> tuple[OrganizationalUnit, ...]:
        """The units that an account is in, from the root inwards; none where that is not known."""
        return self._above.get(account, ())

    def path(self, account: str) -> str:
        """The names of these: `Root/Workloads/Production`."""
        return "/".join(unit.name.replace("/", "∕") for unit in self.above(account))

    def _read(self) -> None:
        waiting: list[tuple[OrganizationalUnit, ...]] = [(OrganizationalUnit(id_, name),) for id_, name in self._listed(ROOTS, {}, "Roots")]
        seen = 0
        while waiting and seen < _MOST_UNITS:
            path = waiting.pop()
            seen += 1
            inside = {"ParentId": path[-1].id}
            self._above |= {id_: path for id_, _ in self._listed(MEMBERS, inside, "Accounts")}
            waiting += [(*path, OrganizationalUnit(id_, name)) for id_, name in self._listed(UNITS, inside, "OrganizationalUnits")]

    def _listed(self, call: Call, parameters: dict[str, Any], field: str) -> Iterator[tuple[str, str]]:
        """The ids and names that a call gives; as far as it is answered."""
        try:
            for page in self._asker.pages(self._own, self._home, call, parameters):
                for entry in page.get(field) or []:
                    yield str(entry.get("Id")), str(entry.get("Name") or entry.get("Id"))
        except Refused:
            self.refused.append(call.permission)
