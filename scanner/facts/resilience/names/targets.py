"""What a record of Route 53, or an origin of CloudFront, names: a load balancer, an API, a CDN, another name.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-choosing-alias-non-alias.html
"""

from __future__ import annotations

from typing import Any

import msgspec

from assay.scanner.facts.edge.cdn.buckets import OriginBucket, origin_bucket, origins_asked
from assay.scanner.facts.resilience.names import domains
from assay.scanner.facts.resilience.names.domains import OPEN, plain
from assay.scanner.facts.resilience.names.records import CdnAt, Follow, NameAt, candidates, full_name, target_of, values_of
from assay.scanner.facts.resilience.names.ways import NOWHERE, Way, every, into, unclear
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Reference, Text, Unknown, because, unknown_inside
from assay.scanner.sources.values import Value, all_of

_TOGETHER = "scan it together with this, or the live account"
_ADDRESSES = ("A", "AAAA")
_BALANCERS = (
    "aws_lb", "aws_alb", "aws_elb", "AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ElasticLoadBalancing::LoadBalancer",
)  # fmt: skip
_APIS = (
    "aws_api_gateway_domain_name", "aws_api_gateway_rest_api", "aws_api_gateway_stage", "aws_apigatewayv2_api",
    "aws_apigatewayv2_domain_name", "aws_apprunner_service", "aws_elastic_beanstalk_environment", "aws_lambda_function_url",
    "AWS::ApiGateway::DomainName", "AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api", "AWS::ApiGatewayV2::DomainName",
    "AWS::AppRunner::Service", "AWS::ElasticBeanstalk::Environment", "AWS::Lambda::Url",
)  # fmt: skip
"""Each answers in one region, also where CloudFront stands before it by itself, as for an API that is optimised for the edge."""
_ACCELERATORS = (
    "aws_globalaccelerator_accelerator", "aws_globalaccelerator_custom_routing_accelerator", "AWS::GlobalAccelerator::Accelerator",
)  # fmt: skip
_NO_ENTRIES = (
    "aws_s3_bucket", "aws_s3_bucket_website_configuration", "aws_vpc_endpoint", "AWS::S3::Bucket", "AWS::EC2::VPCEndpoint",
)  # fmt: skip
_UNDER_AWS = (".amazonaws.com", ".amazonaws.com.cn", ".aws", ".awsapps.com")


def leads(view: View, at: NameAt, seen: frozenset[str], follow: Follow) -> Way:
    """Where one record leads. `follow` gives where the set of another record does."""
    alias = view.link(at.records.alias)
    if alias.absent and view[at.sort].equals(*_ADDRESSES).data is not False:
        return every([_address(view, value) for value in values_of(view, at.records)])
    named = target_of(view, at)
    if named.absent:
        return NOWHERE
    way = _target(view, named.data, at, seen, follow)
    if way is not None:
        return way
    if not alias.absent and not _text(named.data).endswith(_UNDER_AWS):  # an alias names what AWS runs, or a record of its own zone
        return _not_here(view, named.data)
    return _not_here(view, named.data) if _is_near(full_name(view, at).data, named.data) else NOWHERE


def _address(view: View, value: Value[Any]) -> Way:
    """What has an address is not told by it; that of an instance, or an elastic one, is of one region, that of an accelerator of none."""
    no: Value[bool] = Value(value.unknown or False, value.seen)
    if isinstance(value.data, Reference) and value.data.type in _ACCELERATORS:
        return _accelerator(view)
    if isinstance(value.data, Reference):
        return into(view.says(Unknown(f"the region of {value.data.address}", _TOGETHER, view.location)), entry=no)
    address = _text(value.data).replace(OPEN, "*")
    return unclear(
        value.unknown or Unknown(f"what stands at the address {address}", "name a load balancer, by an alias", view.location), entry=no
    )


def _text(data: Any) -> str:
    """What is named, as text; OPEN for what is not known."""
    if isinstance(data, Text):
        return plain("".join(part if isinstance(part, str) else OPEN for part in data.parts))
    return plain(data) if isinstance(data, str) else OPEN


def _is_near(name: Any, target: Any) -> bool:
    """Whether a target is a name of the domain that a record is of, so that the record that it has is missing here."""
    own = name if isinstance(name, str) else ""
    return own.count(".") > 0 and _text(target).split(".")[-2:] == own.split(".")[-2:]


def _not_here(view: View, data: Any) -> Way:
    named = _text(data).replace(OPEN, "*")
    return unclear(Unknown(f"where {named} leads: its records are declared elsewhere", _TOGETHER, view.location))


def _target(view: View, data: Any, at: NameAt, seen: frozenset[str], follow: Follow) -> Way | None:
    """Where what is named leads; None where it is a name of which the input has no record."""
    if isinstance(data, Text) and isinstance(data.parts[-1], Reference) and data.parts[:-1] == ("dualstack.",):
        data = data.parts[-1]
    if isinstance(data, Reference):
        return _referred(view, data, at, seen, follow)
    if not isinstance(data, (str, Text)):
        return unclear(because(data)) if isinstance(data, Unknown) else NOWHERE
    text = _text(data)
    region = domains.region_of(text)
    if region is not None:
        open_ = Unknown(f"the region of {text.replace(OPEN, '*')}", "give the parts of the name a value", view.location)
        return into(view.says(region or open_), entry=view.says(not domains.is_internal(text)))
    if domains.is_accelerator(text):
        return _accelerator(view)
    if domains.is_distribution(text):
        return _distribution(view, text, at, seen, follow)
    records = [
        (other, same)
        for other, same in candidates(view, at, data if isinstance(data, Text) else text)
        if other.surely[at.sort].equals("CNAME", *_ADDRESSES).data is not False
    ]
    certain = [follow(other.surely, at, seen) for other, same in records if same.data is True]
    if records:
        return every(certain) if certain else unclear(records[0][1].unknown or _known_later(view, data))
    return unclear(data.unknown or _known_later(view, data)) if isinstance(data, Text) and not isinstance(data.parts[-1], str) else None


def _known_later(view: View, data: Any) -> Unknown:
    return Unknown(f"what {data} is is known after apply", "scan the plan or the live account", view.location)


def _referred(view: View, named: Reference, at: NameAt, seen: frozenset[str], follow: Follow) -> Way:
    target = view.named(named, at.targets)
    if named.type in at.records.types:
        return follow(target.surely, at, seen) if target else _not_here(view, named.address)
    if named.type in at.cdn.types:
        return behind(target.surely, at, seen, follow) if target else _not_here(view, named.address)
    if named.type in _BALANCERS:
        return _balancer(view, named, target, at)
    if named.type in _APIS:
        return into(view.says(Unknown(f"the region of {named.address}", _TOGETHER, view.location)), entry=view.says(True))
    if named.type in _ACCELERATORS:
        return _accelerator(view)
    if named.type in _NO_ENTRIES or view.link(at.records.alias).absent:
        return NOWHERE
    return unclear(Unknown(f"what {named} leads to", _TOGETHER, view.location))


def _balancer(view: View, named: Reference, target: View | None, at: NameAt) -> Way:
    region = Unknown(f"the region of {named.address}", "configure the region of its provider, or scan the live account", view.location)
    if target is None:
        return into(view.says(region), entry=view.says(Unknown(f"whether {named.address} is internal", _TOGETHER, view.location)))
    internal = target.surely[at.scheme].default(False).then(lambda data: data if isinstance(data, bool) else data in ("internal", "true"))
    return into(target.item.region.default(region), entry=internal.negate())


def _accelerator(view: View) -> Way:
    """Its addresses are announced everywhere; in which regions it has endpoints is not read."""
    reason = "in which regions the accelerator has endpoints"
    return unclear(Unknown(reason, "look at its endpoint groups", view.location), entry=view.says(True))


def _distribution(view: View, domain: str, at: NameAt, seen: frozenset[str], follow: Follow) -> Way:
    known = view.index(at.cdn.by_domain) if at.cdn.by_domain is not None else {}
    item = next(iter(known.get(domain, ())), None)
    if isinstance(item, Item):
        return behind(view.of(item).surely, at, seen, follow)
    unlisted = next(iter(known.get(None, ())), None)
    return unclear(unlisted) if isinstance(unlisted, Unknown) else _not_here(view, domain)


def behind(view: View, at: NameAt, seen: frozenset[str], follow: Follow) -> Way:
    """Where a distribution sends what its edge does not answer. Buckets are no part of that: users get them from the nearest edge.

    An origin group fails over: it asks its second origin where the first does not answer, wherever the viewer is, and writes not at all.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html
    """
    asked, doubt = origins_asked(view.node, at.cdn.targets)
    exchanged = _exchanged(view, at.cdn)
    origins, more = view.inner(at.cdn.origins.origins)
    ways: list[Way] = []
    for origin in origins:
        name = origin[at.cdn.origins.id].data
        why = unknown_inside(name) or (None if str(name) in asked else doubt)
        if why is None and str(name) not in asked:
            continue
        bucket = origin_bucket(origin.node, at.cdn.origins, view)
        if isinstance(bucket, OriginBucket):
            continue
        link, text = origin.link(at.cdn.origins.domain), origin[at.cdn.origins.domain]
        data = text.data if isinstance(text.data, str) and not isinstance(link.data, Reference) else link.data
        way = unclear(bucket) if bucket else _target(origin, data, at, seen, follow) or _not_here(origin, data)
        if way.nearest.data is False and (chosen := exchanged.get(str(name))):
            way = msgspec.structs.replace(way, nearest=Value(chosen))
        ways.append(unclear(why) if why else way)
    ways += [unclear(more)] if more else []
    way = every(ways)
    return msgspec.structs.replace(way, entry=all_of([way.regional]))


def _exchanged(view: View, at: CdnAt) -> dict[str, Unknown]:
    """The origins that code of a behaviour may exchange for others.

    A function may choose the origin when a viewer asks, one of Lambda@Edge when the origin is asked:
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/helper-functions-origin-modification.html
    """
    exchanged: dict[str, Unknown] = {}
    for behavior in view.inner(*at.targets.behaviors)[0]:
        functions, more = behavior.inner(*at.functions)
        if more or any(function[at.event].equals("viewer-request", "origin-request").data is not False for function in functions):
            reason = "whether a function of the behaviour chooses an origin by where the viewer is stands in its code"
            exchanged[str(behavior[at.targets.target].data)] = Unknown(
                reason, "name an origin whose records of DNS choose", behavior.location
            )
    for group in view.inner(at.targets.groups)[0] if exchanged else ():
        if (why := exchanged.get(str(group[at.targets.group].data))) is not None:
            exchanged |= {str(member[at.targets.member].data): why for member in group.inner(at.targets.members)[0]}
    return exchanged
