"""Proxies that terminate TLS by their REST resources. https://cloud.google.com/compute/docs/reference/rest/v1/sslPolicies"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.tls.google import ProxyAt, proxy
from assay.scanner.facts.edge.tls.kinds import TlsEndpoint
from assay.scanner.facts.spelling import Link

_COMPUTE = "compute.googleapis.com"

READERS = (
    Reader(
        TlsEndpoint,
        (f"{_COMPUTE}/TargetHttpsProxy", f"{_COMPUTE}/TargetSslProxy"),
        proxy,
        ProxyAt(policy=Link("sslPolicy", (f"{_COMPUTE}/SslPolicy",))),
    ),
)
