"""What an audit is asked to go through. Nothing here needs boto3."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

DEFAULT_ROLE = "OrganizationAccountAccessRole"
DEFAULT_DAYS = 7.0


def part_of(account: str, parts: int) -> int:
    """The part that an account is of, counted from 0: the same for everybody, whichever accounts are listed beside it."""
    return int.from_bytes(hashlib.sha256(account.encode()).digest()[:8], "big") % parts


class Request(msgspec.Struct, kw_only=True):
    """What the user asked for."""

    profile: str | None = None
    roles: Sequence[str] = ()
    """ARNs of roles, each of one account."""
    external_id: str | None = None
    organization: bool = False
    role_name: str = DEFAULT_ROLE
    """The role to assume in each account of the organisation."""
    include: Sequence[str] = ()
    """Account ids, ids of organisational units (`ou-…`), `tag:NAME=VALUE`; empty for every account."""
    exclude: Sequence[str] = ()
    part: tuple[int, int] | None = None
    """Of the accounts of the organisation only those of this part, counted from 0, of so many."""
    regions: Sequence[str] = ()
    """Empty for the enabled ones."""
    since: str | None = None
    """The path of an earlier snapshot, of which is taken what AWS Config says is still so."""
    days: float = DEFAULT_DAYS
    """Most that an answer of it may be old."""
