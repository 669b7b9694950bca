"""The API of a cluster of EKS, by which whoever reaches it and signs in administers what runs there.

https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html
"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.network.cuts import together
from assay.scanner.facts.network.kinds import Opening
from assay.scanner.facts.network.ranges import Span, listed, opening
from assay.scanner.facts.network.remote.filters import remote_access
from assay.scanner.facts.network.remote.kinds import RemoteAccess
from assay.scanner.facts.spelling import Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.values import Value

EVERYBODY = "0.0.0.0/0"


class ClusterApiAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells from where the API of a cluster is reached."""

    public: Annotated[str, "openings"]
    """Whether it has an address on the internet."""
    ranges: Annotated[str, "openings"]
    """From where that is reached."""


def cluster_api(view: View, at: ClusterApiAt) -> RemoteAccess:
    """It is on the internet unless that is switched off, and admits every address unless ranges are named."""
    public = view[at.public].default(True).truth()
    openings: list[Opening] = []
    if public.data is not False:
        ranges = [value for value in listed(view.node, at.ranges, linked=True) if value.data not in (None, "", [])]
        openings = [_opening(view, source, public) for source in ranges or [view.says(EVERYBODY)]]
        together(openings)
    return remote_access(view, view.called(at.name), openings)


def _opening(view: View, source: Value[Any], public: Value[bool]) -> Opening:
    """Its one port is one for administration, whatever its number."""
    nothing: Value[Any] = Value(None, source.seen)
    told = opening(source, Span(Value("tcp", source.seen), nothing, nothing))
    told.traffic = view.says("its Kubernetes API")
    if public.unknown and told.world.data is not False:
        told.world = Value(public.unknown, public.seen)
    return told
