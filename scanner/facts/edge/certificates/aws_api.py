"""Certificates of ACM in the live account. https://docs.aws.amazon.com/acm/latest/APIReference/API_DescribeCertificate.html"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.certificates import aws_config
from assay.scanner.facts.edge.certificates.acm import LiveAt, in_account
from assay.scanner.facts.edge.certificates.kinds import Certificate
from assay.scanner.sources.aws.calls import Call, Listing

# Without a filter, the list has those with an RSA key of 2048 bits alone: https://docs.aws.amazon.com/acm/latest/APIReference/API_Filters.html
_EVERY_KEY = '={"keyTypes":["RSA_1024","RSA_2048","RSA_3072","RSA_4096","EC_prime256v1","EC_secp384r1","EC_secp521r1"]}'
CERTIFICATES = Listing(
    "acm.certificate",
    Call("acm", "ListCertificates", (("Includes", _EVERY_KEY),)),
    entries="CertificateSummaryList",
    id="CertificateArn",
    gone=("ResourceNotFoundException",),
    details=(Call("acm", "DescribeCertificate", (("CertificateArn", "CertificateArn"),)),),
    recorded=aws_config.CERTIFICATE,
)
LISTINGS = (CERTIFICATES,)
_ABOUT = "describe_certificate.Certificate"


def _told(field: str) -> str:
    """What the list tells as well: https://docs.aws.amazon.com/acm/latest/APIReference/API_CertificateSummary.html"""
    return f"{field}|{_ABOUT}.{field}"


READERS = (
    Reader(
        Certificate,
        (CERTIFICATES.type,),
        in_account,
        LiveAt(
            name="DomainName",
            type=_told("Type"),
            used_by=f"{_ABOUT}.InUseBy",
            used=("InUse", "Exported"),
            status=_told("Status"),
            eligible=_told("RenewalEligibility"),
            renewal=f"{_ABOUT}.RenewalSummary.RenewalStatus",
            domains=f"{_ABOUT}.DomainValidationOptions",
            method="ValidationMethod",
            key=_told("KeyAlgorithm"),
            expires=_told("NotAfter"),
        ),
    ),
)
