"""The API of a cluster of Kubernetes, by which whoever reaches it and signs in administers what runs there.

https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html
https://cloud.google.com/kubernetes-engine/docs/concepts/network-isolation
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec

from assay.scanner.facts.google_assets import short
from assay.scanner.facts.network.cuts import together
from assay.scanner.facts.network.kinds import Opening
from assay.scanner.facts.network.ranges import Span, limited, listed, opening
from assay.scanner.facts.network.remote.filters import remote_access
from assay.scanner.facts.network.remote.kinds import RemoteAccess
from assay.scanner.facts.spelling import Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, all_of, any_of

EVERYBODY = "0.0.0.0/0"


class ClusterApiAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells from where the API of a cluster of EKS is reached."""

    public: Annotated[str, "openings"]
    """Whether it has an address on the internet."""
    ranges: Annotated[str, "openings"]
    """From where that is reached."""


def cluster_api(view: View, at: ClusterApiAt) -> RemoteAccess:
    """It is on the internet unless that is switched off, and admits every address unless ranges are named."""
    public = view[at.public].default(True).truth()
    openings: list[Opening] = []
    if public.data is not False:
        openings = _from_ranges(view, _named(view, (at.ranges,)) or [view.says(EVERYBODY)], public)
    return _reached(view, view.called(at.name), openings)


class ControlPlaneAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells from where the control plane of a cluster of GKE is reached."""

    by_address: Annotated[str, "openings"]
    """Whether it has addresses at all, beside its name."""
    public: Annotated[str, "openings"] = ""
    """Whether one of them is on the internet."""
    private: Annotated[str, "openings"]
    """Whether none of them is."""
    limited: Annotated[tuple[str, ...], "openings"] = ()
    """Where it says whether the networks alone reach its addresses."""
    written: Annotated[str, "openings"] = ""
    """What says so by being there."""
    ranges: Annotated[tuple[str, ...], "openings"]
    """These networks."""
    google: Annotated[str, "openings"]
    """Whether machines of all customers of Google Cloud reach them beside these networks."""
    nodes: Annotated[str, "openings"]
    """Whether its nodes have no addresses on the internet."""
    by_name: Annotated[str, "openings"]
    """Whether its name leads there from outside of Google Cloud."""


def control_plane(view: View, at: ControlPlaneAt) -> RemoteAccess:
    """It has an address on the internet that everybody reaches, unless something else is said; its name leads nowhere."""
    public = [view[at.by_address].default(True).truth(), view[at.private].default(False).truth().negate()]
    if at.public:
        public.append(view[at.public].default(True).truth())
    open_ = all_of(public)
    openings = [] if open_.data is False else _by_address(view, at, open_)
    by_name = view[at.by_name].default(False).truth()
    if by_name.data is not False:
        openings.append(_opening(view, view.says(EVERYBODY), by_name))
    return _reached(view, short(view.called(at.name)), openings)


def _by_address(view: View, at: ControlPlaneAt, public: Value[bool]) -> list[Opening]:
    """Who reaches an address on the internet: everybody, or some networks and perhaps all of Google Cloud.

    https://cloud.google.com/kubernetes-engine/docs/how-to/authorized-networks
    """
    named = any_of([view.exists(at.written), *(view[place].default(False).truth() for place in at.limited)])
    openings: list[Opening] = []
    if named.data is not True:
        openings.append(_opening(view, view.says(EVERYBODY), all_of([public, named.negate()])))
    if named.data is not False:
        openings += _from_ranges(view, _named(view, at.ranges), public)
        google = view[at.google].default(_decided(view, at)).truth()
        if google.data is not False:
            told = _opening(view, view.says("any machine at Google Cloud"), public, world=True)
            limited(told, google)
            openings.append(told)
    return openings


def _decided(view: View, at: ControlPlaneAt) -> bool | Unknown:
    """Where nothing is said, not to a cluster of private nodes; of others, GKE decides."""
    private = view[at.nodes].default(False).truth()
    if private.data is True:
        return False
    reason = f"whether any machine at Google Cloud reaches the control plane of {view.item.address} is decided by GKE"
    way = "say in the authorized networks whether public addresses of Google Cloud are among them"
    return private.unknown or Unknown(reason, way, view.location)


def _named(view: View, places: Sequence[str]) -> list[Value[Any]]:
    """The ranges at some places."""
    return [value for place in places for value in listed(view.node, place, linked=True) if value.data not in (None, "", [])]


def _from_ranges(view: View, ranges: Sequence[Value[Any]], public: Value[bool]) -> list[Opening]:
    """What ranges are let in, where it has an address on the internet."""
    openings = [_opening(view, source, public) for source in ranges]
    together(openings)
    return openings


def _opening(view: View, source: Value[Any], public: Value[bool], world: bool | None = None) -> Opening:
    """Its one port is one for administration, whatever its number."""
    nothing: Value[Any] = Value(None, source.seen)
    told = opening(source, Span(Value("tcp", source.seen), nothing, nothing), world)
    told.traffic = view.says("its Kubernetes API")
    if public.unknown:
        limited(told, public)
    return told


def _reached(view: View, name: Any, openings: list[Opening]) -> RemoteAccess:
    """What is the API of a cluster, and nothing else."""
    return msgspec.structs.replace(remote_access(view, name, openings), cluster=view.says(True))
