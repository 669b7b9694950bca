"""Grants of keys: each lets one principal do some operations with a key, whatever its policies say.

https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
"""

from __future__ import annotations

from typing import Any

import msgspec

from assay.scanner.facts.spelling import Referrer
from assay.scanner.facts.statements import Condition, Statement
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Unlisted
from assay.scanner.sources.raw import Reference, Unknown


class GrantsAt(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Where an input tells the grants of a key."""

    grants: Referrer
    grantee: str
    operations: str
    constraints: tuple[str, ...]
    """Blocks that ask for an encryption context."""
    service: str = ""
    """Of one that is given to a service of AWS, which: https://docs.aws.amazon.com/kms/latest/APIReference/API_GrantListEntry.html"""


def grants(key: View, at: GrantsAt | None) -> list[Statement | Unknown]:
    """The grants of a key, as statements of a policy of it; an Unknown where there may be more."""
    if at is None:
        return []
    grants_on = key.referrers(at.grants)
    entries = [entry for grant in grants_on.views for entry in _statements(grant, at)]
    return [*entries, *([grants_on.more] if grants_on.more else [])]


def _statements(grant: View, at: GrantsAt) -> list[Statement | Unknown]:
    if grant.doubt is not None:
        return [grant.doubt]
    if isinstance(grant.item, Unlisted):
        return [grant.item.why]
    grantee, service = grant.link(at.grantee), grant[at.service]
    # An ARN is the address of a live identity, and what a policy names it by.
    live = isinstance(grantee.data, Reference) and grantee.data.address.startswith("arn:")
    principal = ("AWS", grantee.data.address if live else grantee.raw) if service.absent else ("Service", service.raw)
    listed = grant[at.operations]
    operations: list[Any] = [f"kms:{one.data}" if isinstance(one.data, str) else one.raw for one in listed.elements()]
    blocks, more = grant.inner(*at.constraints)
    asked = Unknown("whether what is decrypted has the context that a grant asks for", "leave its constraints out", grant.location)
    conditions: list[Condition] | Unknown = more or (asked if blocks else [])
    seen = (grant.location, *grantee.seen)
    return [Statement("", True, [principal], False, operations, False, ["*"], False, conditions, seen)]
