"""Proxies that terminate TLS in Terraform for Google Cloud.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/compute_ssl_policy
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.tls.google import ProxyAt, proxy
from assay.scanner.facts.edge.tls.kinds import TlsEndpoint
from assay.scanner.facts.spelling import Link

_PROXIES = ("google_compute_target_https_proxy", "google_compute_target_ssl_proxy", "google_compute_region_target_https_proxy")

READERS = (
    Reader(
        TlsEndpoint,
        _PROXIES,
        proxy,
        ProxyAt(
            policy=Link("ssl_policy", ("google_compute_ssl_policy", "google_compute_region_ssl_policy")),
            version="min_tls_version",
            features="custom_features",
        ),
    ),
)
