"""Domain names of API Gateway, and what the security policy of each lets clients negotiate."""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.edge.tls.kinds import TlsEndpoint, TlsSide
from assay.scanner.facts.edge.tls.negotiation import Negotiation, side
from assay.scanner.facts.spelling import Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown

# Policies of domain names, and what one has that names none, as of 2026-11:
# https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html
_DEFAULT = "TLS_1_2"
_NOT_SAID = Unknown("which ciphers SecurityPolicy_TLS13_1_2_2021_06 has", "name a policy whose ciphers AWS documents")
POLICIES = {
    "TLS_1_0": Negotiation(1.0, None, forward_secret=False),
    "TLS_1_2": Negotiation(1.2, None, forward_secret=False),
    "SecurityPolicy_TLS13_1_3_2025_09": Negotiation(1.3),
    "SecurityPolicy_TLS13_1_3_FIPS_2025_09": Negotiation(1.3),
    "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09": Negotiation(1.2),
    "SecurityPolicy_TLS13_1_2_FIPS_PFS_PQ_2025_09": Negotiation(1.2),
    "SecurityPolicy_TLS13_1_2_PQ_2025_09": Negotiation(1.2, None, forward_secret=False),
    "SecurityPolicy_TLS13_1_2_FIPS_PQ_2025_09": Negotiation(1.2, None, forward_secret=False),
    # In the API's model, and in no table of the page.
    "SecurityPolicy_TLS13_1_2_2021_06": Negotiation(1.2, None, _NOT_SAID),
    "SecurityPolicy_TLS13_2025_EDGE": Negotiation(1.3),
    "SecurityPolicy_TLS12_PFS_2025_EDGE": Negotiation(1.2),
    "SecurityPolicy_TLS12_2018_EDGE": Negotiation(1.2),
}


class ApiDomainAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the security policy of a domain name. The defaults are CloudFormation's names."""

    name: Annotated[Place, "identity"] = "DomainName"
    configurations: Annotated[str, "sides"] = ""
    """Those of its endpoints, where each has a policy; the policy is a path within them."""
    policy: Annotated[str, "sides"] = "SecurityPolicy"


def api_domain(view: View, at: ApiDomainAt) -> TlsEndpoint:
    """A domain name answers over HTTPS alone; one of which no endpoint is written has the default policy."""
    endpoints, more = view.inner(at.configurations) if at.configurations else ([], None)
    sides = [_clients(endpoint, at.policy) for endpoint in endpoints or ([] if more else [view])]
    return TlsEndpoint(
        identity=view.identity(view[at.name]), terminates_tls=view.says(True), sides=view.says([*sides, *([more] if more else [])])
    )


def _clients(endpoint: View, place: str) -> TlsSide:
    policy = endpoint[place]
    named = policy.then(lambda name: name or f"{_DEFAULT} (the default)").text()
    used = policy.then(lambda name: name or _DEFAULT).text()
    return side(endpoint.says("the side of clients"), named, used.then(_negotiation))


def _negotiation(name: Any) -> Negotiation | Unknown:
    return POLICIES.get(str(name)) or Unknown(f"which versions of TLS {name} allows", "name one of API Gateway's documented policies")
