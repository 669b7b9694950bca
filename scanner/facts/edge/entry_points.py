"""Entry points of AWS: load balancers, stages of API Gateway and CloudFront, and whether a web ACL is attached to them."""

from __future__ import annotations

import functools
import re
from collections.abc import Hashable, Iterator
from typing import Annotated, Any

from assay.scanner import lazy_re
from assay.scanner.facts.companions import Companions
from assay.scanner.facts.edge.attached import names_firewall
from assay.scanner.facts.edge.kinds import EntryPoint
from assay.scanner.facts.same import same_name
from assay.scanner.facts.spelling import Fixed, Index, Link, Place, Spelling
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Given, Text, Unknown, because, references_in, unknown_inside
from assay.scanner.sources.values import Value, all_of, any_of

INLINE = "gateway"
"""A load balancer that hands the traffic of VPCs to appliances, and that nobody else reaches.

https://docs.aws.amazon.com/elasticloadbalancing/latest/gateway/introduction.html
"""
_NOT_SHOWN = Unknown("whether another stack or Firewall Manager attaches a web ACL is not in this code", "scan the live account")


class EntryPointAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of an entry point."""

    internal: Annotated[Place, "internet_facing"] = ""
    """Whether only VPCs reach it: a flag, a scheme (`internal`) or the endpoint types of an API."""
    api: Link | None = None
    """Where a stage names its API, if that is where `internal` is."""
    enabled: Annotated[Place, "internet_facing"] = ""
    """Of a distribution, which answers nobody while it is disabled."""
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
    attached = attached_to(view, at)
    own = names_firewall(view, at.web_acl) if at.web_acl else view.says(False)
    return EntryPoint(
        identity=view.identity(view[at.name], *attached.items),
        internet_facing=all_of([is_internal(view, at).negate(), view[at.enabled].default(True).truth()]),
        accepts_waf=view[at.type].default("application").equals("application"),
        waf_attached=attached.exist if attached.views or attached.more else own,
        declared=view.says(at.declared),
        attached_elsewhere=view.says(_NOT_SHOWN if at.declared else False),
    )


def stage_of_deployment(view: View, at: EntryPointAt) -> EntryPoint | None:
    """A deployment that names a stage makes one: without a name it only takes a snapshot of the API."""
    return None if view[at.name].absent else entry_point(view, at)


def is_internal(view: View, at: EntryPointAt) -> Value[bool]:
    """An API is edge-optimised, thus public, unless it says otherwise.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-restapi.html
    """
    owner = view if at.api is None else view.target(at.api)
    if owner is None:
        reason = f"whether the API of {view.item.address} is private: it is declared elsewhere"
        return view.says(Unknown(reason, "scan it together with this, or the live account", view.location))
    # The API of a stage exists where the stage does.
    return any_of([owner.surely[at.internal].then(_keeps_within), view[at.type].default("application").equals(INLINE)])


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

    Those with the ARN of a stage are also under (its API,), each with the name of the stage. Under None is why one may be for anything.
    """
    return Index(types, functools.partial(_by_arn, path))


def _by_arn(path: str, association: Item) -> Iterator[tuple[Hashable, Any]]:
    arn = association.link(path).raw
    for reference in references_in(arn):
        yield reference.address, association
    stage = _stage_in(arn)
    if stage is not None:
        ahead, api, name = stage
        yield (spelled(api),), (association, name)
        arn = Text((*(ahead.parts if isinstance(ahead, Text) else (ahead,)), api))
    if unknown := _leaves_open(arn):
        reason = f"{association.address} may belong to it: {path} is not known ({unknown.reason})"
        yield None, Unknown(reason, unknown.settles_it, association.location())


# https://docs.aws.amazon.com/waf/latest/APIReference/API_AssociateWebACL.html
_STAGE = lazy_re.pattern(r"(?P<ahead>.*/restapis/)(?P<api>[^/]+)/stages/(?P<name>.+)", re.DOTALL)
_MARK = lazy_re.pattern("\0(\\d+)\0")


def _stage_in(arn: Any) -> tuple[Any, Any, Any] | None:
    """What is before the API of a stage, the API and the name of the stage, in `arn:aws:apigateway:region::/restapis/api/stages/name`;
    None of any other ARN, and where nothing tells one API from others.
    """
    parts = arn.parts if isinstance(arn, Text) else (arn,)
    marked = "".join(part.replace("\0", "") if isinstance(part, str) else f"\0{at}\0" for at, part in enumerate(parts))
    match = _STAGE.fullmatch(marked)
    if match is None:
        return None
    ahead, api, name = (_unmarked(match[group], parts) for group in ("ahead", "api", "name"))
    return (ahead, api, name) if spelled(api) else None


def _unmarked(marked: str, parts: tuple[Any, ...]) -> Any:
    """A piece of a text whose parts that are not known are numbers between marks."""
    pieces = [parts[int(piece)] if at % 2 else piece for at, piece in enumerate(_MARK.split(marked))]
    kept = tuple(piece for piece in pieces if piece != "")
    return kept[0] if len(kept) == 1 else Text(kept)


_WHERE, _COLONS = (1, 3, 4), 5
"""The colons before the parts of an ARN that say where a resource is, and not which: its partition, region and account."""


def _leaves_open(arn: Any) -> Unknown | None:
    """Why it is not known which resource an ARN is for: a template does not say in which region it will be.

    It ends in an identifier that the cloud makes up: where whoever deploys gives that, it is of a resource that was there before.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """
    if isinstance(arn.parts[-1] if isinstance(arn, Text) else arn, Given):
        return None
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


def attached_to(view: View, at: EntryPointAt) -> Companions:
    """Those that name it, and of a stage those with an ARN of its API and its name."""
    if at.associations is None:
        return Companions([], None, view)
    index = view.index(at.associations)
    attached = {association.address: view.of(association) for association in index.get(view.item.address, ())}
    api, name = view.link(at.api).data if at.api else None, view[at.name].raw
    for association, stage in index.get((spelled(api),), ()):
        named = same_name(stage, name)
        if named is not False and association.address not in attached:
            attached[association.address] = view.of(association)
            attached[association.address].doubt = named if isinstance(named, Unknown) else attached[association.address].doubt
    return Companions(list(attached.values()), next(iter(index.get(None, ())), None), view)
