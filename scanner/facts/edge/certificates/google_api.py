"""Certificates by their REST resources, and by what Config Connector writes otherwise.

https://cloud.google.com/config-connector/docs/reference/resource-docs/compute/computesslcertificate,
https://cloud.google.com/config-connector/docs/reference/resource-docs/certificatemanager/certificatemanagercertificate
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.certificates.google import CertificateAt, certificate
from assay.scanner.facts.edge.certificates.kinds import Certificate

READERS = (
    Reader(
        Certificate,
        ("compute.googleapis.com/SslCertificate",),
        certificate,
        CertificateAt(type="type", text="certificate.value|certificate|selfManaged.certificate", state="managed.status"),
    ),
    Reader(
        Certificate,
        ("certificatemanager.googleapis.com/Certificate",),
        certificate,
        CertificateAt(
            private=("managed.issuanceConfig", "managedIdentity"),
            text="selfManaged.pemCertificate.value|selfManaged.certificatePem.value|selfManaged.pemCertificate|selfManaged.certificatePem",
            state="managed.state",
        ),
    ),
)
