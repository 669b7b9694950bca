"""Certificates in Terraform for Google Cloud.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/compute_managed_ssl_certificate,
https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/certificate_manager_certificate
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.certificates.google import CertificateAt, certificate
from assay.scanner.facts.edge.certificates.kinds import Certificate
from assay.scanner.facts.spelling import Fixed

READERS = (
    Reader(Certificate, ("google_compute_managed_ssl_certificate",), certificate, CertificateAt(type=Fixed("MANAGED"), expires="")),
    Reader(
        Certificate,
        ("google_compute_ssl_certificate", "google_compute_region_ssl_certificate"),
        certificate,
        CertificateAt(managed="", text="certificate", expires=""),
    ),
    Reader(
        Certificate,
        ("google_certificate_manager_certificate",),
        certificate,
        CertificateAt(
            private=("managed.issuance_config", "managed_identity"),
            text="self_managed.pem_certificate|self_managed.certificate_pem",
            expires="",
        ),
    ),
)
