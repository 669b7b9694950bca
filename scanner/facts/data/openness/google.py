"""What of Google Cloud admits the internet, or is shared with everybody."""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.bindings import bindings
from assay.scanner.facts.condition_times import is_over
from assay.scanner.facts.data.openness.kinds import DataCopy, Way
from assay.scanner.facts.google_assets import named, stands_outside
from assay.scanner.facts.moments import has_passed, moment
from assay.scanner.facts.network.ranges import is_world
from assay.scanner.facts.policies import Grant, google_grants
from assay.scanner.facts.spelling import Place, Referrer, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.values import all_of, any_of


class NetworksAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells which networks a database admits at its public address."""

    address: Annotated[Place, "ways.public"]
    unset: Annotated[bool, "ways.public"]
    """Whether it has a public address where nothing is written."""
    networks: Annotated[str, "ways"]
    range: Annotated[str, "ways"]
    """The addresses of a network."""
    ends: Annotated[Place, "ways.public"] = ""
    """Of a network, when it is admitted no longer."""
    sort: Annotated[Place, "*"] = ""
    """Of Cloud SQL, whether it stands for a server elsewhere, which nothing here admits anybody to."""


def networks(view: View, at: NetworksAt) -> DataCopy | None:
    """An instance of Cloud SQL or AlloyDB: at its public address it admits the networks that are listed, and no other.

    https://cloud.google.com/sql/docs/mysql/authorize-networks, https://cloud.google.com/alloydb/docs/connect-public-ip
    """
    if stands_outside(view[at.sort]).data is True:
        return None
    blocks, more = view.inner(at.networks)
    has_address = view[at.address].default(at.unset).truth()
    ways = [
        Way(by=block[at.range].text(), public=all_of([has_address, block[at.range].then(is_world), has_passed(block[at.ends]).negate()]))
        for block in blocks
    ]
    return DataCopy(identity=_identity(view, at), ways=view.says([*ways, *([more] if more else [])]))


class SharedAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells who may read a copy of data."""

    bindings: Annotated[Place, "ways"]
    access: Annotated[tuple[str | Referrer, ...], "ways"] = ()
    """Entries of a list of access of its own, which a dataset has."""
    group: Annotated[str, "ways"] = ""
    member: Annotated[str, "ways"] = ""
    condition: Annotated[Place, "ways"] = ""
    part_of_whole: bool = False
    """A table of a dataset or of an instance, which is shared with it: judged by itself only where something is granted on it alone."""


_EVERYBODY = ("allUsers", "allAuthenticatedUsers")


def shared(view: View, at: SharedAt) -> DataCopy | None:
    """A disk, snapshot, image or dataset with the bindings on it: https://cloud.google.com/bigquery/docs/reference/rest/v2/datasets"""
    own = list(bindings(view, at.bindings))
    if at.part_of_whole and not own:
        return None
    ways: list[Any] = [_granted(grant) for grant in google_grants(own)]
    entries, more = view.inner(*at.access)
    for entry in entries:
        condition = entry[at.condition]
        if is_over(condition.raw, moment(condition.seen)):
            continue
        public = any_of([entry[at.group].default("").equals(*_EVERYBODY), entry[at.member].default("").equals(*_EVERYBODY)])
        who = entry[at.group].otherwise(entry[at.member]).default("somebody by name")
        ways.append(Way(by=who.text(), public=public))
    return DataCopy(identity=_identity(view, at), ways=view.says([*ways, *([more] if more else [])]))


def _granted(grant: Any) -> Any:
    return Way(by=grant.principal, public=grant.exposed) if isinstance(grant, Grant) else grant


def _identity(view: View, at: Spelling) -> Any:
    return view.identity(view[at.name] if at.name else named(view.item))
