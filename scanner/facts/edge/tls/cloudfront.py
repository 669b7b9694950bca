"""CloudFront: what viewers may negotiate, and what it negotiates with origins.

https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ViewerCertificate.html
"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.edge.tls.kinds import TlsEndpoint, TlsSide
from assay.scanner.facts.edge.tls.negotiation import CLOUDFRONT, Negotiation, of, side
from assay.scanner.facts.spelling import Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown


class DistributionTlsAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells what a distribution negotiates. The defaults are CloudFormation's names."""

    default: Annotated[Place, "sides"] = "DistributionConfig.ViewerCertificate.CloudFrontDefaultCertificate"
    certificates: Annotated[tuple[str, ...], "sides"] = (
        "DistributionConfig.ViewerCertificate.AcmCertificateArn",
        "DistributionConfig.ViewerCertificate.IamCertificateId",
    )
    version: Annotated[Place, "sides"] = "DistributionConfig.ViewerCertificate.MinimumProtocolVersion"
    origins: Annotated[str, "sides"] = "DistributionConfig.Origins"
    id: Annotated[str, "sides"] = "Id"
    """This and the following are paths within an origin."""
    protocol: Annotated[str, "sides"] = "CustomOriginConfig.OriginProtocolPolicy"
    versions: Annotated[str, "sides"] = "CustomOriginConfig.OriginSSLProtocols"


def distribution(view: View, at: DistributionTlsAt) -> TlsEndpoint:
    """Every distribution answers over HTTPS, whether or not it answers over HTTP as well."""
    origins, more = view.inner(at.origins)
    asked: list[Any] = [_origin(origin, at) for origin in origins if origin[at.protocol].data not in (None, "http-only")]
    return TlsEndpoint(
        identity=view.identity(view[at.name]),
        terminates_tls=view.says(True),
        sides=view.says([_viewers(view, at), *asked, *([more] if more else [])]),
    )


def _viewers(view: View, at: DistributionTlsAt) -> TlsSide:
    """With the certificate of `*.cloudfront.net`, viewers may use TLS 1.0, whatever the version says; without a version as well.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-web-values-specify.html#DownloadDistValuesSecurityPolicy
    """
    own = [view.link(path).is_set() for path in at.certificates]
    default = view[at.default].truth()
    if default.absent:
        named = next((value for value in own if value.data is not False), None)
        default = view.says(True) if named is None else named.negate() if named.unknown else view.says(False)
    version = view[at.version].default("TLSv1").text()
    policy = default.then(lambda shared: "TLSv1 (the certificate of cloudfront.net)" if shared else version.raw)
    used = default.then(lambda shared: "TLSv1" if shared else version.raw)
    if default.unknown and isinstance(version.data, str):
        # Of the two that it may be, TLS 1.0 is what both allow where the version does.
        policy = used = version if version.data == "TLSv1" else default
    return side(view.says("viewers"), policy, used.then(_negotiation))


def _negotiation(version: Any) -> Negotiation | Unknown:
    known = CLOUDFRONT.get(str(version).lower())
    return known or Unknown(f"which versions of TLS {version} allows", "name one of CloudFront's security policies")


def _origin(origin: View, at: DistributionTlsAt) -> TlsSide:
    """https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginSslProtocols.html"""
    name = origin[at.id].text().then(lambda id_: f"origin {id_}")
    versions = origin[at.versions]
    if versions.absent:
        unsaid = Unknown("which versions of TLS an origin is asked with: nothing says it", "name them", origin.location)
        return side(name, origin.says("the provider's choice"), origin.says(unsaid))
    named = versions.then(lambda listed: ", ".join(map(str, listed)) if isinstance(listed, list) else str(listed))
    return side(name, named, versions.then(_offered))


def _offered(versions: Any) -> Any:
    listed = versions if isinstance(versions, list) else [versions]
    unknown = next((version for version in listed if isinstance(version, Unknown)), None)
    known = [version for version in listed if isinstance(version, str)]
    oldest = of(known, []) if known else None
    # One that is too old decides, whatever the others are.
    if unknown and not (isinstance(oldest, Negotiation) and oldest.oldest < _OLD):
        return unknown
    return oldest or Unknown("which versions of TLS an origin is asked with", "name them")


_OLD = 1.2
