"""Google's load balancer and Cloud Armor by their REST resources. https://cloud.google.com/compute/docs/reference/rest/v1"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.google import BackendAt, ForwardingRuleAt, SecurityPolicyAt, backend, forwarding_rule, security_policy
from assay.scanner.facts.edge.kinds import EntryPoint, LoadBalancer, WebFirewall
from assay.scanner.facts.spelling import Link

_COMPUTE = "compute.googleapis.com"
_PROXIES = tuple(f"{_COMPUTE}/Target{protocol}Proxy" for protocol in ("Http", "Https", "Ssl", "Tcp"))
FORWARDING_RULE = ForwardingRuleAt(target=Link("target", _PROXIES), url_map=Link("urlMap", (f"{_COMPUTE}/UrlMap",)))
FORWARDING_RULES = (f"{_COMPUTE}/GlobalForwardingRule", f"{_COMPUTE}/ForwardingRule")

READERS = (
    Reader(EntryPoint, (f"{_COMPUTE}/BackendService", f"{_COMPUTE}/RegionBackendService"), backend, BackendAt()),
    Reader(EntryPoint, (f"{_COMPUTE}/BackendBucket",), backend, BackendAt(policy=Link("edgeSecurityPolicy", ()))),
    Reader(WebFirewall, (f"{_COMPUTE}/SecurityPolicy", f"{_COMPUTE}/RegionSecurityPolicy"), security_policy, SecurityPolicyAt()),
    Reader(LoadBalancer, FORWARDING_RULES, forwarding_rule, FORWARDING_RULE, always=False),
)
