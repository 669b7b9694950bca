"""CloudFront: what viewers may negotiate, and what it negotiates with origins.

https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ViewerCertificate.html
"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.edge.cdn.cloudfront import asked_by
from assay.scanner.facts.edge.tls.kinds import TlsEndpoint, TlsSide
from assay.scanner.facts.edge.tls.negotiation import CLOUDFRONT, VERSIONS, Negotiation, of, side
from assay.scanner.facts.spelling import Index, Link, Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown, describe, either
from assay.scanner.sources.values import Value


class DistributionTlsAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells what a distribution negotiates. The defaults are CloudFormation's names."""

    enabled: Annotated[Place, "terminates_tls"] = "DistributionConfig.Enabled"
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
    vpc: Annotated[Link, "sides"]
    """The VPC origin that it names; and below, paths of that one."""
    vpc_protocol: Annotated[str, "sides"] = "VpcOriginEndpointConfig.OriginProtocolPolicy"
    vpc_versions: Annotated[str, "sides"] = "VpcOriginEndpointConfig.OriginSSLProtocols"
    vpcs: Annotated[Index | None, "sides"] = None
    """VPC origins by id."""


def distribution(view: View, at: DistributionTlsAt) -> TlsEndpoint:
    """Every distribution that is not disabled answers over HTTPS, whether or not it answers over HTTP as well."""
    origins, more = view.inner(at.origins)
    asked: list[Any] = [asked_over_tls for origin in origins if (asked_over_tls := _origin(origin, at)) is not None]
    return TlsEndpoint(
        identity=view.identity(view[at.name]),
        terminates_tls=view[at.enabled].default(True).truth(),
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
    return side(view.says("the side of viewers"), policy, used.then(_negotiation))


def _negotiation(version: Any) -> Negotiation | Unknown:
    known = CLOUDFRONT.get(str(version).lower())
    return known or Unknown(f"which versions of TLS {version} allows", "name one of CloudFront's security policies")


# An origin that is asked without TLS negotiates nothing, and so nothing that is old.
_NOTHING = Negotiation(max(VERSIONS.values()))


def _origin(origin: View, at: DistributionTlsAt) -> TlsSide | None:
    """None of an origin that is asked without TLS; one that may be asked so is as modern as it is both ways, else unknown.

    https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginSslProtocols.html
    """
    protocol, vpc = asked_by(origin, at.protocol, at.vpc, at.vpc_protocol, at.vpcs)
    encrypted = protocol.equals("https-only", "match-viewer")
    if encrypted.data is False:
        return None
    versions = vpc[at.vpc_versions] if vpc else origin[at.versions]
    if versions.absent and encrypted.unknown:
        versions = origin.says(encrypted.unknown)
    unsaid = Unknown("which versions of TLS an origin is asked with: nothing says it", "name them", (vpc or origin).location)
    words = versions.then(
        lambda listed: ", ".join(map(describe, listed)) if isinstance(listed, list) else listed or "the provider's choice"
    )
    negotiation = versions.then(lambda listed: unsaid if listed is None else _offered(listed))
    if encrypted.unknown:
        negotiation = Value.of(either(encrypted.unknown, negotiation.raw, _NOTHING), protocol.seen + negotiation.seen)
    return side(origin[at.id].text().then(lambda id_: f"origin {id_}"), words, negotiation)


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
