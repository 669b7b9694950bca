"""Addresses of Cloud SQL.

https://cloud.google.com/sql/docs/mysql/configure-ip, https://cloud.google.com/sql/docs/mysql/admin-api/rest/v1/instances
"""

from __future__ import annotations

from typing import Annotated

from assay.scanner.facts.data.addresses.kinds import DatabaseServer
from assay.scanner.facts.google_assets import is_live, named, stands_outside
from assay.scanner.facts.spelling import Link, Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, any_of

PUBLIC = "PRIMARY"
"""The type of an address at which connections come in; `OUTGOING` is what connections go out from, `PRIVATE` stands in a network.

https://cloud.google.com/sql/docs/mysql/admin-api/rest/v1/instances#SqlIpAddressType
"""


class AddressAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells whether an instance has a public address."""

    sort: Annotated[Place, "stands_outside"]
    public: Annotated[Place, "public_address"]
    block: Annotated[Place, "public_address"] = ""
    """Of an input that sends `public` as true with everything else that stands beside it: what that is."""
    addresses: Annotated[str, "public_address"] = ""
    """The addresses that an instance has, in an answer."""
    sources: Annotated[tuple[Link, ...], "public_address"]
    """What it is made a copy of."""


def server(view: View, at: AddressAt) -> DatabaseServer:
    """An instance of Cloud SQL."""
    return DatabaseServer(
        identity=view.identity(view[at.name] if at.name else named(view.item)),
        stands_outside=stands_outside(view[at.sort]),
        public_address=_answered(view, at) if is_live(view.item) else _asked(view, at),
    )


def _answered(view: View, at: AddressAt) -> Value[bool]:
    """What an instance has: an answer lists its addresses besides the setting."""
    blocks, more = view.inner(at.addresses)
    listed = any_of([*(block["type"].default("").equals(PUBLIC) for block in blocks), *([view.says(more)] if more else [])])
    silent = Unknown("the answer has neither the setting of the public address nor addresses", "export or ask for the instance again")
    return any_of([listed, view[at.public].otherwise(view.says(False if blocks else silent)).truth()])


def _asked(view: View, at: AddressAt) -> Value[bool]:
    """What code asks for. An instance gets a public address unless that is switched off; one that is a copy may take after its source."""
    unwritten = view.says(True) if at.block and not view[at.block].absent else _like(view, at)
    return view[at.public].otherwise(unwritten).truth()


def _like(view: View, at: AddressAt) -> Value[bool]:
    """A replica or clone that writes nothing has an address where its source has one: by default, and if it takes after that."""
    copied = next((link for link in at.sources if not view[link.path].absent), None)
    source = view.target(copied) if copied else None
    if copied is None or (source is not None and _is_public_itself(source, at)):
        return view.says(True)
    way = "switch the public address off where the copy is made, or write that it has one"
    return view.says(Unknown("whether a copy that says nothing of its addresses has a public one", way, view.location))


def _is_public_itself(source: View, at: AddressAt) -> bool:
    written = source[at.public]
    return written.data is True or (written.absent and all(source[link.path].absent for link in at.sources))
