"""What the policies that AWS manages and the roles that Google predefines amount to, as of a day: tables that `make.py` writes."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec


class Policies(msgspec.Struct, frozen=True):
    """AWS-managed policies by their names."""

    as_of: str
    """Day of the latest change to any of them, as 2026-09-30."""
    source: str
    wide: Mapping[str, str]
    """Those that allow every action of a service, or all, on every resource: to the actions (`ec2:*, s3:*`)."""
    denying: frozenset[str]
    """Those that deny everything on every resource, whatever else is allowed."""
    narrow: frozenset[str]
    telling: Mapping[str, list[dict[str, Any]]]
    """Those that allow an action that is asked about (`make.AWS_INTEREST`), wide or not: to the statements that do, with these alone."""


class PredefinedRoles(msgspec.Struct, frozen=True):
    """Google's predefined roles by their names."""

    as_of: str
    source: str
    escalating: Mapping[str, str]
    """Those with which a member can give itself more: to one of the permissions by which it can."""
    narrow: frozenset[str]
    telling: Mapping[str, list[str]]
    """Those that hold a permission that is asked about (`make.GOOGLE_INTEREST`): to these permissions."""


@functools.cache
def policies() -> Policies:
    """The table of AWS-managed policies."""
    return msgspec.json.decode(_read("aws_policies.json"), type=Policies)


@functools.cache
def roles() -> PredefinedRoles:
    """The table of Google's predefined roles."""
    return msgspec.json.decode(_read("google_roles.json"), type=PredefinedRoles)


def _read(name: str) -> bytes:
    return (Path(__file__).parent / name).read_bytes()
