"""AWS-managed policies with all that they say, where an identity has one.

Scans read the statements on what they ask about (`facts/iam/tables`); a question may be of any action.
"""

from __future__ import annotations

from typing import Any

import msgspec

from assay.scanner import lazy_re
from assay.scanner.facts.iam.entitlements import Entitlements, Says, Source
from assay.scanner.facts.iam.permissions import Managed
from assay.scanner.facts.statements import Statement, statements
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value

from .tables import managed_policies

_NAMED = lazy_re.pattern(r"AWS-managed policy ([\w-]+)")
_OF_TABLE = "documents of AWS-managed policies"


def in_full(has: Entitlements) -> Entitlements:
    """The policies of an identity, those that a table tells in full."""
    boundary = has.boundary and (has.boundary[0], _in_full(has.boundary[1]))
    return has._replace(sources=[_source(source) for source in has.sources], boundary=boundary)


def _source(source: Source) -> Source:
    says = _in_full(source.says)
    return source if says is source.says else Source(source.part, says, source.arn, source.policy)


def _in_full(says: Says) -> Says:
    if not isinstance(says, Managed) or not any(place.operation.startswith(_OF_TABLE) for place in says.seen):
        return says
    names = _NAMED.findall(says.name)
    known = managed_policies().statements
    if not names or not all(name in known for name in names):
        return says
    written: list[Any] = [entry for name in names for entry in statements(Value({"Statement": known[name]}, says.seen))]
    if len(names) > 1:
        why = Unknown(f"which of {says.name} it has", "scan the plan or the live account")
        written = [msgspec.structs.replace(entry, allows=why) if isinstance(entry, Statement) else entry for entry in written]
    return Managed(says.name, written, says.seen)
