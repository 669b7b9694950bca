"""Certificates of ACM in CloudFormation, which imports none.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-certificatemanager-certificate.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.certificates.acm import AskedAt, asked_for
from assay.scanner.facts.edge.certificates.kinds import Certificate

READERS = (
    Reader(
        Certificate,
        ("AWS::CertificateManager::Certificate",),
        asked_for,
        AskedAt(name="DomainName", validation="ValidationMethod", key="KeyAlgorithm", authority="CertificateAuthorityArn"),
    ),
)
