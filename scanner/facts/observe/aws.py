"""Access logs of AWS: load balancers, CloudFront, web ACLs and stages of API Gateway."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Annotated, Any

from assay.scanner.facts.observe.kinds import EdgeLog
from assay.scanner.facts.spelling import Index, Link, Place, Spelling
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item, Unlisted
from assay.scanner.sources.raw import Unknown, references_in, unknown_inside
from assay.scanner.sources.values import Value, all_of, any_of

_ENABLED = "access_logs.s3.enabled"


class Deliveries(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells of log deliveries (standard logging v2): a source names the resource, a delivery names the source.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
    """

    sources: Annotated[Index | None, "logged"] = None
    """Address, or ARN in a live account, of what is logged to its sources (`sources`)."""
    deliveries: Annotated[Index | None, "logged"] = None
    """Source, by address and by name, to its deliveries (`deliveries`)."""
    source_name: Annotated[str, "logged"] = "Name"


def sources(type_: str, *paths: str) -> Index:
    """What delivery sources name: by reference in code, by ARN in answers; under None why one may name anything."""

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        if isinstance(item, Unlisted):
            yield None, item.why
            return
        for path in paths:
            named = item.link(path)
            for reference in references_in(named.raw):
                yield reference.address, item
            for text in named.data if isinstance(named.data, list) else [named.data]:
                if isinstance(text, str):
                    yield text, item
            if unknown := unknown_inside(named.raw):
                yield None, Unknown(f"{item.address} may be for it: {unknown.reason}", unknown.settles_it, item.location())

    return Index((type_,), records)


def deliveries(type_: str, path: str) -> Index:
    """What deliveries name: sources by address or by name; under None why one may name any."""

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        if isinstance(item, Unlisted):
            yield None, item.why
            return
        named = item.link(path)
        for key in (spelled(named.data), item[path].data):
            if isinstance(key, str) and key:
                yield key, item
        if unknown := unknown_inside(named.raw):
            yield None, Unknown(f"{item.address} may be of any source: {unknown.reason}", unknown.settles_it, item.location())

    return Index((type_,), records)


def _delivered(view: View, at: Deliveries) -> Value[bool]:
    """Whether a source of logs of a resource has a delivery. One whose source is not known may be of any."""
    if at.sources is None or at.deliveries is None:
        return view.says(False)
    known, sent = view.index(at.sources), view.index(at.deliveries)
    told: list[Value[Any]] = list(map(view.says, known.get(None, ())))
    for item in known.get(view.item.address, ()):
        source = view.of(item)
        keys = [item.address, source.surely[at.source_name].data]
        log_deliveries = [view.of(delivery) for key in keys if isinstance(key, str) for delivery in sent.get(key, ())]
        exist = any_of([delivery.weighed(delivery.says(True), absence=False) for delivery in log_deliveries])
        told.append(source.weighed(exist if log_deliveries else view.says(next(iter(sent.get(None, ())), False)), absence=False))
    return any_of(told)


class BalancerAt(Deliveries, frozen=True, eq=False, kw_only=True):
    """Where an input tells of the access log of a load balancer. The defaults are the API's names."""

    type: Annotated[Place, "public"] = "Type"
    internal: Annotated[Place, "public"] = "Scheme"
    """A flag, or the scheme `internal`."""
    enabled: Annotated[Place, "logged"] = ""
    """A flag, …"""
    enabled_by_default: Annotated[bool, "logged"] = False
    block: Annotated[str, "logged"] = ""
    """… of a block, where the flag counts only there."""
    attributes: Annotated[str, "logged"] = ""
    """… or a list of keys with values."""


def balancer(view: View, at: BalancerAt) -> EdgeLog:
    """Access logs are off unless they are switched on; those of gateway load balancers do not exist.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    """
    inside = view[at.internal].then(lambda scheme: scheme == "internal" if scheme in ("internal", "internet-facing") else scheme)
    inside = inside.default(False).truth()
    gateway = view[at.type].default("application").equals("gateway")
    own = _by_attributes(view, at.attributes) if at.attributes else _by_flag(view, at)
    return EdgeLog(
        identity=view.identity(view[at.name]),
        sort=view.says("load balancer"),
        public=any_of([inside, gateway]).negate(),
        logged=own if own.data is True else any_of([own, _delivered(view, at)]),
    )


def _by_flag(view: View, at: BalancerAt) -> Value[bool]:
    enabled = view[at.enabled].default(at.enabled_by_default).truth()
    if not at.block:
        return enabled
    blocks, more = view.inner(at.block)
    return all_of([view.says(True if blocks else more or False), enabled])


def _by_attributes(view: View, path: str) -> Value[bool]:
    attributes, more = view.inner(path)
    flags = [attribute["Value"].truth() for attribute in attributes if attribute["Key"].data == _ENABLED]
    unnamed = [attribute["Key"] for attribute in attributes if attribute["Key"].unknown]
    return flags[-1] if flags else view.says(more or next((key.unknown for key in unnamed), False))


class DistributionAt(Deliveries, frozen=True, eq=False, kw_only=True):
    """Where an input tells of the logs of a distribution. The defaults are CloudFormation's names."""

    serving: Annotated[Place, "public"] = "DistributionConfig.Enabled"
    """Of a distribution, which answers nobody while it is disabled."""
    bucket: Annotated[Place, "logged"] = "DistributionConfig.Logging.Bucket"
    """Of standard logging (legacy)."""
    enabled: Annotated[Place, "logged"] = ""
    """Whether that is on, where the bucket does not say it."""
    behaviors: Annotated[tuple[str, ...], "logged"] = ("DistributionConfig.DefaultCacheBehavior", "DistributionConfig.CacheBehaviors")
    realtime: Annotated[str, "logged"] = "RealtimeLogConfigArn"
    """Of a behaviour."""


def distribution(view: View, at: DistributionAt) -> EdgeLog:
    """Standard logs to a bucket, or by a delivery (v2), or real-time logs of every cache behaviour.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/AccessLogs.html
    """
    legacy = view[at.enabled].truth() if at.enabled else view.link(at.bucket if isinstance(at.bucket, str) else "").is_set()
    behaviors, more = view.inner(*at.behaviors)
    realtime = [behavior.link(at.realtime).is_set() for behavior in behaviors]
    told = [legacy, _delivered(view, at), all_of([*realtime, *([view.says(more)] if more else [])]) if realtime else view.says(False)]
    serving = view[at.serving].default(True).truth()
    return EdgeLog(identity=view.identity(view[at.name]), sort=view.says("distribution"), public=serving, logged=any_of(told))


class WebAclAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells where a web ACL logs to."""

    logging: Annotated[Place, "logged"]


def web_acl(view: View, at: WebAclAt) -> EdgeLog:
    """https://docs.aws.amazon.com/waf/latest/developerguide/logging.html"""
    return EdgeLog(identity=view.identity(view[at.name]), sort=view.says("web ACL"), public=view.says(True), logged=view.exists(at.logging))


class StageAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells of the access log of a stage of a REST API."""

    types: Annotated[Place, "public"]
    """The endpoint types of the API …"""
    api: Annotated[Link | None, "public"] = None
    """… that the stage names, if they stand there."""
    destination: Annotated[str, "logged"]


def stage(view: View, at: StageAt) -> EdgeLog:
    """An API is public unless it is private: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html"""
    api = view.target(at.api) if at.api else view
    types = api.surely[at.types] if api else view.says(None)
    private = any_of([Value(False, types.seen), *(type_.equals("PRIVATE") for type_ in types.elements())])
    elsewhere = Unknown("whether the API is private: it is declared elsewhere", "scan it together with this", view.location)
    return EdgeLog(
        identity=view.identity(view[at.name]),
        sort=view.says("stage"),
        public=private.negate() if api else view.says(elsewhere),
        logged=view.link(at.destination).is_set(),
    )
