"""Bindings of which the role counts though the members are not known."""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.bindings import Binding, google_bindings
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value


def given(role: Value[Any], members: Value[Any], condition: Value[Any]) -> list[Binding | Unknown]:
    """Bindings of one role to each member; where it is not known who they are, one to somebody unknown."""
    entries = google_bindings(role, members, condition)
    return [Binding(role.raw, one, condition.raw, (*role.seen, *members.seen)) if isinstance(one, Unknown) else one for one in entries]
