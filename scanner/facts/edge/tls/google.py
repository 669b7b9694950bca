"""Proxies of Google's load balancers and their SSL policies. https://cloud.google.com/load-balancing/docs/ssl-policies-concepts"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.edge.tls.kinds import TlsEndpoint
from assay.scanner.facts.edge.tls.negotiation import Negotiation, of, side
from assay.scanner.facts.google_assets import missing, named
from assay.scanner.facts.spelling import Link, Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value

_3DES = "TLS_RSA_WITH_3DES_EDE_CBC_SHA"
_VERSIONS = {"TLS_1_0": 1.0, "TLS_1_1": 1.1, "TLS_1_2": 1.2, "TLS_1_3": 1.3}


class ProxyAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a proxy and of the policy that it names. The defaults are the API's names."""

    name: Place = "name"
    policy: Annotated[Link, "sides"]
    version: Annotated[str, "sides"] = "minTlsVersion"
    """This and the following are paths of a policy."""
    profile: Annotated[str, "sides"] = "profile"
    features: Annotated[str, "sides"] = "customFeatures"


def proxy(view: View, at: ProxyAt) -> TlsEndpoint:
    """A proxy without a policy accepts TLS 1.0 and the profile COMPATIBLE: the same page, under Default SSL policy."""
    linked, policy = view.link(at.policy), view.target(at.policy)
    if policy is not None:
        policy = policy.surely
        words, negotiation = _words(policy, at), _negotiation(policy, at)
    elif linked.absent or linked.data == "":
        words = view.says("no SSL policy, which is TLS 1.0 with profile COMPATIBLE")
        negotiation = view.says(Negotiation(1.0, _3DES, forward_secret=False))
    else:
        words = linked.text()
        negotiation = view.says(linked.unknown or missing(view.item, "the SSL policy", "compute.googleapis.com/SslPolicy"))
    return TlsEndpoint(
        identity=view.identity(named(view.item)),
        terminates_tls=view.says(True),
        sides=view.says([side(view.says("the proxy"), words, negotiation)]),
    )


def _words(policy: View, at: ProxyAt) -> Value[Any]:
    version, profile = policy[at.version].default("TLS_1_0").text(), policy[at.profile].default("COMPATIBLE").text()
    return version.then(lambda oldest: profile.then(lambda ciphers: f"{oldest} with profile {ciphers}").data)


def _negotiation(policy: View, at: ProxyAt) -> Value[Any]:
    """What a policy does not say is TLS 1.0 and COMPATIBLE: https://cloud.google.com/compute/docs/reference/rest/v1/sslPolicies"""
    profile, features = policy[at.profile].default("COMPATIBLE").text(), policy[at.features]

    def negotiation(name: Any) -> Any:
        oldest = _VERSIONS.get(str(name).upper())
        if oldest is None:
            return Unknown(f"which versions of TLS {name} allows", "name one of TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3", policy.location)
        if oldest >= 1.3:
            return Negotiation(oldest)  # the suites of TLS 1.3 cannot be chosen
        return profile.then(lambda chosen: _of_profile(oldest, str(chosen).upper(), features, policy)).data

    version = policy[at.version].default("TLS_1_0").text()
    told = version.then(negotiation)
    oldest = version.then(lambda name: _VERSIONS.get(str(name).upper()))
    if told.unknown and isinstance(oldest.data, float):
        # The version is known though the ciphers are not.
        return Value(Negotiation(oldest.data, told.unknown, told.unknown), told.seen)
    return told


def _of_profile(oldest: float, profile: str, features: Value[Any], policy: View) -> Any:
    if profile in ("MODERN", "RESTRICTED", "FIPS_202205"):
        return Negotiation(oldest)
    if profile == "COMPATIBLE":
        return Negotiation(oldest, _3DES, forward_secret=False)
    if profile != "CUSTOM":
        return Unknown(f"which ciphers the profile {profile} allows", "name one of Google's profiles", policy.location)
    if features.unknown:
        return features.unknown
    listed = features.data if isinstance(features.data, list) else []
    unknown = next((feature for feature in listed if isinstance(feature, Unknown)), None)
    if unknown:
        return unknown
    told = of(["TLSv1"], [str(feature) for feature in listed])
    assert isinstance(told, Negotiation)
    return Negotiation(oldest, told.broken, told.forward_secret)
