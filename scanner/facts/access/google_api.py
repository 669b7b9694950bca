"""Identity-Aware Proxy and Identity Platform by their REST resources. https://cloud.google.com/compute/docs/reference/rest/v1"""

from __future__ import annotations

from assay.scanner.facts.access.google import BackendAt, PlatformAt, backend, platform, proxied, services
from assay.scanner.facts.access.google_apis import ApiConfigAt, api_config
from assay.scanner.facts.access.kinds import Directory, UserEntry
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import Link

_COMPUTE = "compute.googleapis.com"
_BACKENDS = (f"{_COMPUTE}/BackendService", f"{_COMPUTE}/RegionBackendService")
BACKEND = BackendAt(
    group=Link("group", (f"{_COMPUTE}/NetworkEndpointGroup",)),
    services=services("iapEnabled", "run.googleapis.com/Service"),
)

READERS = (
    Reader(UserEntry, _BACKENDS, backend, BACKEND),
    # https://cloud.google.com/api-gateway/docs/reference/rest/v1/projects.locations.apis.configs
    Reader(UserEntry, ("apigateway.googleapis.com/ApiConfig",), api_config, ApiConfigAt()),
    Reader(Directory, _BACKENDS, proxied, BACKEND, always=False),
    Reader(Directory, ("identitytoolkit.googleapis.com/Config",), platform, PlatformAt()),
)
