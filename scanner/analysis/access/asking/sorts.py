"""Types of resources of AWS that can be asked about: their ARNs, what refers to these, and their own policies."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from assay.scanner.analysis.access.arns import Form
from assay.scanner.analysis.access.key_grants import GrantsAt
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import Another, Place

from .aws import AskableAt, AskerAt, PermissionsAt, askable, asker
from .kinds import Askable, Asker


class Sort(NamedTuple):
    """One type."""

    type: str
    prefix: str
    """Of its ARN behind the partition: `sqs:{region}:{account}:`."""
    name: Place
    """Where it is called what follows in the ARN, or in the path there."""
    by_arn: tuple[str, ...]
    """Attributes that are its ARN."""
    by_name: tuple[str, ...]
    """Attributes that are its name."""
    names: tuple[str, ...] = ()
    """Those by whose text its policy names it."""
    behind: str = ""
    """What its ARN has behind the name, as attributes give it."""
    path: Place = ""
    policies: Place = ()
    permissions: PermissionsAt | None = None
    grants: GrantsAt | None = None
    has_policy_for: str = ""
    alone: bool = True
    must_allow: bool = False

    @property
    def form(self) -> Form:
        """How its ARN is put together."""
        return Form(f"arn:aws:{self.prefix}", self.by_arn, self.by_name, self.behind)


def readers(sorts: Iterable[Sort], identities: Another, runs: Another, organisation: Another) -> tuple[Reader, ...]:
    """The readers of some types, and of the identities of an input."""
    known = tuple(sorts)
    common: dict[str, Any] = {
        "identities": identities,
        "runs": runs,
        "organisation": organisation,
        "forms": {one.type: one.form for one in known},
    }
    return (
        *(
            Reader(
                Askable,
                (one.type,),
                askable,
                AskableAt(
                    name=one.name,
                    names=one.names,
                    path=one.path,
                    policies=one.policies,
                    permissions=one.permissions,
                    grants=one.grants,
                    has_policy_for=one.has_policy_for,
                    alone=one.alone,
                    must_allow=one.must_allow,
                    **common,
                ),
            )
            for one in known
        ),
        *(Reader(Asker, (at.type,), asker, AskerAt(name=at.permissions.name, **common)) for at in identities.spelling),
    )
