"""Entry points of AWS: load balancers, stages of API Gateway and CloudFront, and whether a web ACL is attached to them."""

from __future__ import annotations

import functools
from collections.abc import Hashable, Iterator
from typing import Annotated, Any

from assay.scanner.facts.companions import Companions
from assay.scanner.facts.edge.attached import names_firewall
from assay.scanner.facts.edge.kinds import EntryPoint
from assay.scanner.facts.spelling import Fixed, Index, Link, Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Reference, Text, Unknown, because, references_in, unknown_inside
from assay.scanner.sources.values import Value, any_of

_NOT_SHOWN = Unknown("whether another stack or Firewall Manager attaches a web ACL is not in this code", "scan the live account")


class EntryPointAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of an entry point."""

    internal: Annotated[Place, "internet_facing"] = ""
    """Whether only VPCs reach it: a flag, a scheme (`internal`) or the endpoint types of an API."""
    api: Link | None = None
    """Where a stage names its API, if that is where `internal` is."""
    type: Annotated[Place, "accepts_waf"] = Fixed("application")
    """Of a load balancer."""
    web_acl: Annotated[Link | None, "waf_attached"] = None
    """The attribute that names it, and the types whose attribute it may be taken from."""
    declared: bool = True
    """False of the live account."""
    associations: Annotated[Index | None, "waf_attached"] = None
    """What attaches web ACLs to resources that do not name their own (`by_arn`)."""


def entry_point(view: View, at: EntryPointAt) -> EntryPoint:
    """An application load balancer unless it says otherwise, which faces the internet unless it says otherwise.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
    """
    attached = _associations(view, at)
    own = names_firewall(view, at.web_acl) if at.web_acl else view.says(False)
    return EntryPoint(
        identity=view.identity(view[at.name], *attached.items),
        internet_facing=_internal(view, at).negate(),
        accepts_waf=view[at.type].default("application").equals("application"),
        waf_attached=attached.exist if attached.views or attached.more else own,
        declared=view.says(at.declared),
        attached_elsewhere=view.says(_NOT_SHOWN if at.declared else False),
    )


def stage_of_deployment(view: View, at: EntryPointAt) -> EntryPoint | None:
    """A deployment that names a stage makes one: without a name it only takes a snapshot of the API."""
    return None if view[at.name].absent else entry_point(view, at)


def _internal(view: View, at: EntryPointAt) -> Value[bool]:
    """An API is edge-optimised, thus public, unless it says otherwise.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-restapi.html
    """
    owner = view if at.api is None else view.target(at.api)
    if owner is None:
        reason = f"whether the API of {view.item.address} is private: it is declared elsewhere"
        return view.says(Unknown(reason, "scan it together with this, or the live account", view.location))
    # The API of a stage exists where the stage does.
    return owner.surely[at.internal].then(_keeps_within)


_SCHEMES = {"internal": True, "internet-facing": False, "PRIVATE": True, "REGIONAL": False, "EDGE": False}


def _keeps_within(setting: Any) -> Any:
    """Whether a flag, a scheme or one of several endpoint types keeps traffic within VPCs."""
    if isinstance(setting, list):
        return any_of([Value(element).then(_keeps_within) for element in setting]).data
    if setting is None:
        return False
    return Value(_SCHEMES.get(setting, setting) if isinstance(setting, str) else setting).truth().data


def by_arn(path: str, *types: str) -> Index:
    """Associations by the address of each resource that is in the ARN they are for, which may be put together from several.

    A record is the association with the last part of that ARN; under None is why one may be for anything.
    """
    return Index(types, functools.partial(_by_arn, path))


def _by_arn(path: str, association: Item) -> Iterator[tuple[Hashable, Any]]:
    arn = association.link(path).data
    for reference in references_in(arn):
        yield reference.address, (association, arn.parts[-1] if isinstance(arn, Text) else "")
    if unknown := _leaves_open(arn):
        reason = f"{association.address} may belong to it: {path} is not known ({unknown.reason})"
        yield None, Unknown(reason, unknown.settles_it, association.location())


_WHERE, _COLONS = (1, 3, 4), 5
"""The colons before the parts of an ARN that say where a resource is, and not which: its partition, region and account."""


def _leaves_open(arn: Any) -> Unknown | None:
    """Why it is not known which resource an ARN is for: a template does not say in which region it will be.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """
    if not isinstance(arn, Text):
        return unknown_inside(arn)
    ahead, place = "", None
    for part in arn.parts:
        if isinstance(part, Unknown):
            place = part
            if ahead.count(":") not in _WHERE:
                return because(part)
        ahead += part if isinstance(part, str) else ""
    # With fewer colons than an ARN has, what is not known holds more than the place.
    return because(place) if place is not None and ahead.count(":") < _COLONS else None


def _associations(view: View, at: EntryPointAt) -> Companions:
    """Those that name it, and of a stage those with an ARN such as `arn:aws:apigateway:region::/restapis/api/stages/name`.

    https://docs.aws.amazon.com/waf/latest/APIReference/API_AssociateWebACL.html
    """
    if at.associations is None:
        return Companions([], None, view)
    by_address = view.index(at.associations)
    records = list(by_address.get(view.item.address, ()))
    api, name = view.link(at.api).data if at.api else None, view[at.name].data
    if isinstance(api, Reference) and isinstance(name, str):
        records += [record for record in by_address.get(api.address, ()) if str(record[1]).endswith(f"/stages/{name}")]
    associations = dict.fromkeys(association for association, _ in records)
    return Companions(list(map(view.of, associations)), next(iter(by_address.get(None, ())), None), view)
