"""Every action of AWS, every policy that it manages and every role that Google predefines, as of a day: what `assay access` asks by.

`make.py` writes the tables. Those of `facts/iam/tables` have what scans ask of the same, and are read faster.
"""

from __future__ import annotations

import functools
import lzma
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec


class Service(msgspec.Struct, frozen=True):
    """A service of AWS by what its reference of actions says."""

    arns: Mapping[str, str]
    """Resource type to the form of its ARN: `arn:${Partition}:sqs:${Region}:${Account}:${QueueName}`."""
    actions: Mapping[str, list[str]]
    """Action to the types of resources that it is on; empty for one that is on no single resource."""


class Actions(msgspec.Struct, frozen=True):
    """The actions of AWS by the prefixes of their services."""

    as_of: str
    source: str
    services: Mapping[str, Service]


class ManagedPolicies(msgspec.Struct, frozen=True):
    """The statements of AWS-managed policies by their names."""

    as_of: str
    source: str
    statements: Mapping[str, list[dict[str, Any]]]


class Roles(msgspec.Struct, frozen=True):
    """The permissions of Google's predefined roles."""

    as_of: str
    source: str
    permissions: list[str]
    roles: Mapping[str, list[int | tuple[int, int]]]
    """Role to its permissions, by their numbers and by the first and the last of a row of these."""

    def holds(self, role: str, permission: str) -> bool | None:
        """Whether a role holds a permission; None of a role that is not in the table."""
        rows = self.roles.get(role)
        if rows is None:
            return None
        number = _numbers().get(permission, -1)
        return any(row == number if isinstance(row, int) else row[0] <= number <= row[1] for row in rows)


@functools.cache
def actions() -> Actions:
    """The table of actions of AWS."""
    return msgspec.json.decode(_read("aws_actions"), type=Actions)


@functools.cache
def managed_policies() -> ManagedPolicies:
    """The table of AWS-managed policies."""
    return msgspec.json.decode(_read("aws_managed_policies"), type=ManagedPolicies)


@functools.cache
def google_roles() -> Roles:
    """The table of Google's predefined roles."""
    return msgspec.json.decode(_read("google_roles"), type=Roles)


@functools.cache
def _numbers() -> dict[str, int]:
    return {permission: number for number, permission in enumerate(google_roles().permissions)}


def _read(name: str) -> bytes:
    return lzma.decompress((Path(__file__).parent / f"{name}.json.xz").read_bytes())
