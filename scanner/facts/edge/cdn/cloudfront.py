"""CloudFront distributions: their cache behaviours, and the headers of their answers.

https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DistributionConfig.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import msgspec

from assay.scanner.facts.edge.cdn.headers import (
    CSP,
    HSTS,
    MANAGED_NAMES,
    MANAGED_POLICIES,
    limits_scripts,
    max_age,
    may_be_document,
    readable,
    written,
)
from assay.scanner.facts.edge.cdn.kinds import Distribution, EdgeResponse, OriginWay, ViewerEntry, ViewerWay
from assay.scanner.facts.indexes import view_under
from assay.scanner.facts.spelling import Index, Link, Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.nodes import DataNode
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, all_of, any_of, first_known

DEFAULT_PATTERN = "*"
_TOGETHER = "scan it together with this, or the live account"


class BehaviorsAt(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Where an input tells of the cache behaviours of a distribution. The defaults are CloudFormation's names."""

    default: str = "DistributionConfig.DefaultCacheBehavior"
    ordered: str = "DistributionConfig.CacheBehaviors"
    pattern: str = "PathPattern"
    viewers: str = "ViewerProtocolPolicy"


def behaviors(view: View, at: BehaviorsAt) -> tuple[list[tuple[Value[Any], View]], Unknown | None]:
    """Every cache behaviour with its path pattern, `*` for the default one, and why there may be more."""
    default, unknown = view.inner(at.default)
    if not default and unknown is None:  # AWS refuses a distribution without one: it sets nothing
        default = [View(view.item, view.items, view.declared, node=DataNode({}, view.location))]
    ordered, more = view.inner(at.ordered)
    named = [(view.says(DEFAULT_PATTERN), behavior) for behavior in default[:1]]
    return [*named, *((behavior[at.pattern].default("a behaviour without a pattern"), behavior) for behavior in ordered)], more or unknown


def named(view: View, link: Link, ids: Index | None) -> View | Unknown | None:
    """What an attribute names: by reference in code, by id in answers; Unknown where it may be there though it was not listed."""
    return view.target(link) if ids is None else view_under(view, ids, view[link].data)


class ViewerEntryAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells how viewers reach a distribution, and how it reaches its origins."""

    enabled: Place = "DistributionConfig.Enabled"
    behaviors: Annotated[BehaviorsAt, "ways", "origins"] = BehaviorsAt()
    origins: str = "DistributionConfig.Origins"
    id: Annotated[str, "origins"] = "Id"
    custom: Annotated[str, "origins"] = "CustomOriginConfig"
    protocol: Annotated[str, "origins"] = "CustomOriginConfig.OriginProtocolPolicy"
    vpc: Annotated[Link, "origins"]
    """Of an origin, the VPC origin that it names; and below, where that says how it is asked."""
    vpc_protocol: Annotated[str, "origins"]
    vpcs: Annotated[Index | None, "origins"] = None
    """VPC origins by id."""


def viewer_entry(view: View, at: ViewerEntryAt) -> ViewerEntry:
    """What AWS refuses for want of a word is judged all the same: a behaviour without a policy lets HTTP in, a distribution that is neither
    on nor off is on.
    """
    listed, more = behaviors(view, at.behaviors)
    ways: list[Any] = [
        ViewerWay(name=name.text(), https_only=behavior[at.behaviors.viewers].equals("redirect-to-https", "https-only"))
        for name, behavior in listed
    ]
    doubt = [more] if more else []
    safe = all_of([*[way.https_only for way in ways], *map(view.says, doubt)])
    origins, further = view.inner(at.origins)
    custom: list[Any] = [way for origin in origins if (way := _origin_way(origin, at, safe)) is not None]
    return ViewerEntry(
        identity=view.identity(view[at.name]),
        enabled=view[at.enabled].default(True).truth(),
        ways=view.says([*ways, *doubt]),
        origins=view.says([*custom, *([further] if further else [])]),
    )


def _origin_way(origin: View, at: ViewerEntryAt, safe: Value[bool]) -> OriginWay | None:
    """None of a bucket, which is asked as viewers ask: what of these lets HTTP in is said of them.

    `match-viewer` asks over HTTP where a viewer did. `safe`: no viewer can.
    https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CustomOriginConfig.html
    """
    protocol, _ = asked_by(origin, at.protocol, at.vpc, at.vpc_protocol, at.vpcs)
    custom, _ = origin.inner(at.custom)
    if protocol.absent and not custom:
        return None
    matches = all_of([protocol.equals("match-viewer"), safe])
    return OriginWay(name=origin[at.id].text(), https_only=any_of([protocol.equals("https-only"), matches]))


def asked_by(origin: View, path: str, vpc: Link, vpc_path: str, vpcs: Index | None) -> tuple[Value[Any], View | None]:
    """By which protocol an origin is asked, absent of a bucket; and the VPC origin that says so, where the origin names one.

    No default is documented: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_VpcOriginEndpointConfig.html
    """
    protocol = origin[path]
    if not protocol.absent or origin.link(vpc).is_set().data is False:
        return protocol, None
    within = named(origin, vpc, vpcs)
    if not isinstance(within, View):
        elsewhere = Unknown("how the VPC origin is asked: it is declared elsewhere", _TOGETHER, origin.location)
        return origin.says(within or elsewhere), None
    within = within.surely
    unsaid = Unknown("how the VPC origin is asked: nothing says it", "write its protocol policy", within.location)
    return within[vpc_path].otherwise(within.says(unsaid)), within


class DistributionAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells what a distribution answers with. The defaults are CloudFormation's names."""

    enabled: Place = "DistributionConfig.Enabled"
    behaviors: Annotated[BehaviorsAt, "responses"] = BehaviorsAt()
    policy: Annotated[Link, "responses"]
    """Of a behaviour, its response headers policy."""
    policies: Annotated[Index | None, "responses"] = None
    """Policies by id."""
    looked_up: Annotated[str, "responses"] = ""
    """Of a policy that is only looked up, its name; its id stands at `looked_up_id`."""
    looked_up_id: Annotated[str, "responses"] = ""
    csp: Annotated[str, "responses"]
    """Of a policy."""
    hsts: Annotated[str, "responses"]
    """The block that sets HSTS, and below where it says the age."""
    age: Annotated[str, "responses"]
    custom: Annotated[str, "responses"]
    """Headers by name and value."""
    header: Annotated[str, "responses"] = "Header"
    value: Annotated[str, "responses"] = "Value"
    functions: Annotated[tuple[str, ...], "responses"] = ("FunctionAssociations", "LambdaFunctionAssociations")
    event: Annotated[str, "responses"] = "EventType"


def distribution(view: View, at: DistributionAt) -> Distribution:
    """A distribution has to say whether it is on: one that does not is refused by AWS, and taken for one that is."""
    listed, more = behaviors(view, at.behaviors)
    responses: list[Any] = [_response(name, behavior, at) for name, behavior in listed]
    return Distribution(
        identity=view.identity(view[at.name]),
        enabled=view[at.enabled].default(True).truth(),
        responses=view.says([*responses, *([more] if more else [])]),
    )


def _response(name: Value[Any], behavior: View, at: DistributionAt) -> EdgeResponse:
    """The headers that its policy sets, whatever the origin sends; where it sets none, code at the edge may."""
    headers = dict(_policy(behavior, at))
    by_code = _set_by_code(behavior, at)
    hsts, csp = (headers.get(header, behavior.says(None)).otherwise(by_code) for header in (HSTS, CSP))
    return EdgeResponse(
        name=name.text(),
        hsts_max_age=hsts.then(lambda text: None if text is None else max_age(text)),
        documents=name.then(lambda pattern: may_be_document(pattern) if isinstance(pattern, str) else True),
        csp=csp.then(lambda text: None if text is None else written(text)),
        limits_scripts=csp.then(lambda text: text is not None and limits_scripts(text)),
    )


def _policy(behavior: View, at: DistributionAt) -> Iterator[tuple[str, Value[Any]]]:
    """The security headers that the policy of a behaviour sets."""
    linked, text = behavior.link(at.policy), behavior[at.policy]
    if linked.absent or text.data == "":
        return
    policy = named(behavior, at.policy, at.policies)
    if isinstance(policy, View) and not policy.item.type.startswith("data."):
        yield from _set_by_policy(policy.surely, at)
        return
    if isinstance(policy, View):
        name = policy[at.looked_up].then(lambda name: MANAGED_NAMES.get(str(name).lower(), name) if name else None)
        text = name.otherwise(policy[at.looked_up_id])
    reason = "which headers the response headers policy of a behaviour sets: it is declared elsewhere"
    elsewhere = policy if isinstance(policy, Unknown) else Unknown(reason, _TOGETHER, behavior.location)
    managed = text.then(lambda id_: MANAGED_POLICIES.get(id_.lower(), elsewhere) if isinstance(id_, str) else elsewhere)
    for header in (HSTS, CSP):
        yield header, Value(managed.data.get(header) if isinstance(managed.data, dict) else managed.data, managed.seen)


def _set_by_policy(policy: View, at: DistributionAt) -> Iterator[tuple[str, Value[Any]]]:
    items, more = policy.inner(at.custom)
    for header in (HSTS, CSP):
        named = [item[at.value] for item in items if str(item[at.header].data).strip().lower() == header]
        unnamed = [item[at.header] for item in items if item[at.header].unknown]
        doubts = [Value[Any](doubt) for doubt in (more, *(name.unknown for name in unnamed)) if doubt]
        own = policy[at.csp] if header == CSP else policy[at.age].then(lambda age: None if age is None else _as_header(age))
        if header == HSTS and own.absent and policy.exists(at.hsts).unknown:
            own = policy.says(policy.exists(at.hsts).unknown)
        yield header, first_known(*(value.then(_sent) for value in (own, *named)), *doubts)


def _sent(data: Any) -> Any:
    """A header without a value is not sent."""
    return readable(None if data == "" else data)


def _as_header(age: Any) -> Any:
    number = Value(age).number()
    return number.unknown or f"max-age={int(number.data)}"


_ADDS = ("viewer-response", "origin-response")


def _set_by_code(behavior: View, at: DistributionAt) -> Value[Any]:
    """Unknown where a function of the behaviour can add headers to answers: those at requests cannot.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-functions.html
    """
    functions, more = behavior.inner(*at.functions)
    adds = any_of([*[function[at.event].equals(*_ADDS) for function in functions], *([behavior.says(more)] if more else [])])
    if adds.data is False:
        return behavior.says(None)
    reason = "which headers a function of the behaviour adds to answers is in its code"
    return behavior.says(adds.unknown or Unknown(reason, "set the header with a response headers policy", behavior.location))
