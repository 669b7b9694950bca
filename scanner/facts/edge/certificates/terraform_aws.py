"""Certificates of ACM in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/acm_certificate"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.certificates.acm import AskedAt, asked_for
from assay.scanner.facts.edge.certificates.kinds import Certificate

READERS = (
    Reader(
        Certificate,
        ("aws_acm_certificate",),
        asked_for,
        AskedAt(
            name="domain_name",
            validation="validation_method",
            key="key_algorithm",
            authority="certificate_authority_arn",
            text="certificate_body",
            imports=("certificate_body", "private_key", "private_key_wo"),
        ),
    ),
)
