"""Cloud IDS, which looks at the traffic that is mirrored to its endpoints.

https://cloud.google.com/intrusion-detection-system/docs/overview. It sees packets of machines in a VPC. What Cloud Run and functions send
is not mirrored: https://cloud.google.com/vpc/docs/packet-mirroring. For these, Security Command Center looks for threats, which no export
shows: https://cloud.google.com/security-command-center/docs/cloud-run-threat-detection-overview
"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.google_assets import is_live, named
from assay.scanner.facts.model import Part, attestable
from assay.scanner.facts.observe.detection.kinds import ThreatDetection, WatchedRegion
from assay.scanner.facts.spelling import Index, Place, Referrer, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.gcp.names import region_of
from assay.scanner.sources.interface import Unlisted
from assay.scanner.sources.raw import Reference, Unknown
from assay.scanner.sources.values import Value, any_of

ENDPOINT = "ids.googleapis.com/Endpoint"


class EndpointAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells of an endpoint. The defaults are the API's names."""

    rule: Annotated[str, "mirrored"] = ""
    """The forwarding rule that mirrorings name, where the input has it."""
    mirrorings: Annotated[Referrer, "mirrored"]
    collectors: Annotated[Index, "mirrored"]
    """All mirrorings."""
    switch: Annotated[str, "mirrored"] = "enable"
    """Whether a mirroring takes effect, as the text TRUE or FALSE."""
    severity: Annotated[str, "severe"] = "severity"
    state: Annotated[str, "on"] = "state"
    serverless: Annotated[Index, "complete"]
    """What runs without machines."""


def endpoint(view: View, at: EndpointAt) -> ThreatDetection:
    """An endpoint tells of threats from its severity upwards. In code it is ready as soon as it is made.

    https://cloud.google.com/intrusion-detection-system/docs/reference/rest/v1/projects.locations.endpoints
    """
    # https://cloud.google.com/compute/docs/reference/rest/v1/packetMirrorings: it takes effect unless it says no.
    mirrorings = view.referrers(at.mirrorings)
    mirrored = [one.weighed(one.surely[at.switch].default("TRUE").equals("TRUE", "True", True), absence=False) for one in mirrorings.views]
    return _service(
        view,
        "endpoint",
        view[at.name] if at.name else named(view.item),
        on=view[at.state].default("READY").equals("READY", "CREATING", "UPDATING"),
        mirrored=any_of([*mirrored, view.says(mirrorings.more or False), *([] if mirrored else _by_address(view, at))]),
        severe=view[at.severity].equals("CRITICAL").negate(),
        complete=_complete(view, at.serverless),
    )


def _by_address(view: View, at: EndpointAt) -> list[Value[bool]]:
    """Mirrorings whose collector is written as an address, which may be that of the endpoint where its own is not known."""
    if not view[at.rule].absent:
        return []
    doubts: list[Value[bool]] = []
    for item in view.index(at.collectors).get(None, ()):
        data = item.why if isinstance(item, Unlisted) else item.link(at.mirrorings.owner).data
        if isinstance(data, Reference) and not data.address.startswith("//"):
            continue
        why = f"whether {item.address} mirrors to {view.item.address}: it names its collector by an address"
        doubts.append(view.says(data if isinstance(data, Unknown) else Unknown(why, "scan the live project", item.location())))
    return doubts


def _complete(view: View, serverless: Index) -> Value[bool]:
    workloads = [view.of(item) for item in view.index(serverless).get(None, ()) if not isinstance(item, Unlisted)]
    if not workloads:
        return view.says(True)
    one = workloads[0].item
    why = f"whether Security Command Center looks for threats in {one.address}, of whose traffic Cloud IDS sees nothing"
    return Value(attestable(why, one.location()), (one.location(),))


class ProjectAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where a live inventory tells of the endpoints of a project."""

    name: Place = "projectId"
    endpoints: Annotated[Index, "on", "regions"]
    location: Annotated[str, "regions"] = "name"


def project(view: View, at: ProjectAt) -> ThreatDetection | None:
    """A project of the live inventory; None of others. Where it has no endpoint, Security Command Center may look for threats there."""
    if not is_live(view.item):
        return None
    items = view.index(at.endpoints).get(None, ())
    doubt = next((item.why for item in items if isinstance(item, Unlisted)), None)
    endpoints = [view.of(item) for item in items if not isinstance(item, Unlisted)]
    nothing = attestable(
        "whether Security Command Center looks for threats in the project, which has no endpoint of Cloud IDS", view.location
    )
    names = [one[at.location].data for one in endpoints]
    places = [name.partition("/locations/")[2].partition("/")[0] for name in names if isinstance(name, str)]
    regions: list[Part] = [WatchedRegion(region=view.says(region_of(place))) for place in dict.fromkeys(places)]
    return _service(
        view,
        "project",
        view[at.name],
        on=view.says(True if endpoints else doubt or nothing),
        regions=view.says(doubt or (regions if endpoints else nothing)),
    )


def _service(view: View, sort: str, name: Value[Any], **facts: Value[Any]) -> ThreatDetection:
    return ThreatDetection(
        identity=view.identity(name if isinstance(name.data, str) else named(view.item)),
        sort=view.says(sort),
        on=facts["on"],
        features=view.says([]),
        mirrored=facts.get("mirrored", view.says(True)),
        severe=facts.get("severe", view.says(True)),
        complete=facts.get("complete", view.says(True)),
        regions=facts.get("regions", view.says([])),
    )
