"""Certificates of ACM in AWS Config. https://github.com/awslabs/aws-config-resource-schema, `AWS::ACM::Certificate`

The item is what DescribeCertificate answers: one that was never renewed has no summary of that, and one that was imported no domains that
are validated. https://docs.aws.amazon.com/acm/latest/APIReference/API_CertificateDetail.html
"""

from __future__ import annotations

from typing import Any

from assay.scanner.sources.aws.recorded import ConfigurationItem, Recorded


def _fields(item: ConfigurationItem) -> Any:
    imported = ("DomainValidationOptions",) if item.configuration.get("Type") == "IMPORTED" else ()
    return item.fields("RenewalSummary", *imported)


CERTIFICATE = Recorded("AWS::ACM::Certificate", _fields, (("describe_certificate", lambda item: {"Certificate": _fields(item)}),))
