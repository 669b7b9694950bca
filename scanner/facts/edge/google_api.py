"""Google's load balancer and Cloud Armor by their REST resources. https://cloud.google.com/compute/docs/reference/rest/v1"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.base import Stack, identity, reads
from assay.scanner.facts.edge import google
from assay.scanner.facts.edge.kinds import EntryPoint, LoadBalancer, WebFirewall
from assay.scanner.facts.google_assets import is_live, linked, missing
from assay.scanner.sources.interface import Item
from assay.scanner.sources.values import Reference, Unknown, Value

_COMPUTE = "compute.googleapis.com"
# What a forwarding rule points to, by the collection in its name or its type: (is HTTP, has TLS).
_PROXIES = {
    "targetHttpProxies": (True, False),
    "TargetHttpProxy": (True, False),
    "targetHttpsProxies": (True, True),
    "TargetHttpsProxy": (True, True),
    "targetSslProxies": (False, True),
    "TargetSslProxy": (False, True),
    **dict.fromkeys(
        ("targetTcpProxies", "TargetTcpProxy", "targetGrpcProxies", "TargetGrpcProxy", "targetPools", "TargetPool", "targetInstances",
         "TargetInstance", "targetVpnGateways", "TargetVpnGateway", "serviceAttachments", "ServiceAttachment"),
        (False, False),
    ),
}  # fmt: skip
_BUNDLES = ("all-apis", "vpc-sc")


@reads(f"{_COMPUTE}/BackendService", f"{_COMPUTE}/RegionBackendService")
def backend_service(item: Item, stack: Stack) -> EntryPoint:
    # External unless it says otherwise: https://cloud.google.com/compute/docs/reference/rest/v1/backendServices
    scheme = item["loadBalancingScheme"].default("EXTERNAL")
    return google.backend_service(identity(item, name=item["name"]), scheme, item["protocol"], item["securityPolicy"])


@reads(f"{_COMPUTE}/BackendBucket")
def backend_bucket(item: Item, stack: Stack) -> EntryPoint:
    return google.backend_bucket(identity(item, name=item["name"]), item, item["loadBalancingScheme"], item["edgeSecurityPolicy"])


@reads(f"{_COMPUTE}/SecurityPolicy", f"{_COMPUTE}/RegionSecurityPolicy")
def security_policy(item: Item, stack: Stack) -> WebFirewall:
    rules, more = item.blocks("rules")
    if not rules and not more and is_live(item):
        # Every policy has a default rule, so that an asset without one does not show them.
        more = Unknown(
            f"the rules of {item.address} are not in the asset", "read it with gcloud compute security-policies describe", item.location()
        )
    return google.web_firewall(identity(item, name=item["name"]), rules, [more] if more else [], item.location())


def external(item: Item) -> Value[bool]:
    """Whether a forwarding rule faces the internet. Endpoints of Private Service Connect, which have no scheme, do not.

    https://cloud.google.com/compute/docs/reference/rest/v1/forwardingRules
    """
    scheme, target = item["loadBalancingScheme"], item.link("target").data
    if not scheme.is_set().data and (
        _collection(target) == "serviceAttachments" or target in _BUNDLES or item["pscConnectionId"].is_set().data
    ):
        return Value(False, scheme.seen)
    return scheme.default("EXTERNAL").equals(*google.EXTERNAL)


@reads(
    f"{_COMPUTE}/GlobalForwardingRule",
    f"{_COMPUTE}/ForwardingRule",
    companions=tuple(
        f"{_COMPUTE}/{type_}" for type_ in ("TargetHttpProxy", "TargetHttpsProxy", "TargetSslProxy", "TargetTcpProxy", "UrlMap")
    ),
)
def forwarding_rule(item: Item, stack: Stack) -> LoadBalancer | None:
    """One rule is one listener. Internal rules are no entry; passthrough rules have no proxy and are not HTTP."""
    if external(item).data is False:
        return None
    who, port = identity(item, name=item["name"]), item["portRange"]
    target = item.link("target")
    if target.absent:
        return google.forwarding_rule(who, item, port, Value(False, target.seen), Value("TCP"), Value(False), Value(False))
    proxy = linked(item, "target", stack)
    found = _PROXIES.get(proxy.type.rpartition("/")[2] if proxy else _collection(target.data))
    if found is None:
        unknown: Value[Any] = Value(target.unknown or missing(item, "the proxy", f"{_COMPUTE}/TargetHttpProxy"))
        return google.forwarding_rule(who, item, port, unknown, unknown, unknown, unknown)
    http, encrypted = found
    protocol = "HTTPS" if encrypted else "HTTP" if http else "TCP"
    redirects = Value(False) if encrypted or not http else _only_redirects(item, proxy, stack)
    return google.forwarding_rule(
        who, item, port, Value(http, target.seen), Value(protocol, target.seen), Value(encrypted, target.seen), redirects
    )


def _collection(target: Any) -> str:
    """`targetHttpProxies` of `…/global/targetHttpProxies/web`."""
    name = target.address if isinstance(target, Reference) else target
    return name.rsplit("/", 2)[-2] if isinstance(name, str) and name.count("/") > 1 else ""


def _only_redirects(item: Item, proxy: Item | None, stack: Stack) -> Value[bool]:
    """Whether every way through the URL map behind a forwarding rule redirects to HTTPS."""
    if proxy is None:
        return Value(missing(item, "the proxy", f"{_COMPUTE}/TargetHttpProxy"))
    url_map = linked(proxy, "urlMap", stack)
    if url_map is None:
        return Value(missing(proxy, "the URL map", f"{_COMPUTE}/UrlMap"))
    return google.only_redirects(url_map, google.UrlMapNames())
