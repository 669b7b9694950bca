"""Identity-Aware Proxy and Identity Platform in Terraform. https://registry.terraform.io/providers/hashicorp/google/latest/docs"""

from __future__ import annotations

from assay.scanner.facts.access.google import BackendAt, PlatformAt, backend, platform, proxied, services, settings
from assay.scanner.facts.access.google_apis import ApiConfigAt, api_config
from assay.scanner.facts.access.kinds import Directory, UserEntry
from assay.scanner.facts.bindings import iam
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import Beside, Fixed, Link

_GROUPS = ("google_compute_region_network_endpoint_group", "google_compute_global_network_endpoint_group")
_COMMON = {
    "scheme": "load_balancing_scheme",
    "enabled_by_default": Fixed(True),  # https://github.com/hashicorp/terraform-provider-google/releases/tag/v6.0.0 made it required
    "backends": "backend",
    "group": Link("group", _GROUPS),
    "service": "cloud_run.service",
    "services": services("iap_enabled", "google_cloud_run_v2_service"),
    "wide": tuple(
        Beside(f"{prefix}_{kind}", "project")
        for prefix in ("google_project_iam", "google_iap_web_iam", "google_iap_web_type_compute_iam")
        for kind in ("member", "binding", "policy")
    ),
    "custom": Link("role", ("google_project_iam_custom_role", "google_organization_iam_custom_role")),
    "settings": settings("google_iap_settings"),
}
BACKEND = BackendAt(names=("name", "id"), members=iam("google_iap_web_backend_service_iam", "web_backend_service"), **_COMMON)  # type: ignore[arg-type]
_REGIONAL = {**_COMMON, "scheme": ("load_balancing_scheme", Fixed("INTERNAL"))}
REGIONAL = BackendAt(
    names=("name", "id"),
    members=iam("google_iap_web_region_backend_service_iam", "web_region_backend_service"),
    **_REGIONAL,  # type: ignore[arg-type]
)
PLATFORM = PlatformAt(
    email="sign_in.email.enabled",
    phone="sign_in.phone_number.enabled",
    anonymous="sign_in.anonymous.enabled",
    disabled="client.permissions.disabled_user_signup",
    triggers="blocking_functions.triggers",
    anybody=Beside("google_identity_platform_default_supported_idp_config", "project"),
    providers=tuple(Beside(f"google_identity_platform_{kind}_config", "project") for kind in ("oauth_idp", "inbound_saml")),
)

READERS = (
    Reader(UserEntry, ("google_compute_backend_service",), backend, BACKEND),
    Reader(UserEntry, ("google_compute_region_backend_service",), backend, REGIONAL),
    # https://registry.terraform.io/providers/hashicorp/google-beta/latest/docs/resources/api_gateway_api_config
    Reader(
        UserEntry,
        ("google_api_gateway_api_config",),
        api_config,
        ApiConfigAt(name="api_config_id|display_name", documents="openapi_documents", services="grpc_services"),
    ),
    Reader(Directory, ("google_compute_backend_service",), proxied, BACKEND, always=False),
    Reader(Directory, ("google_compute_region_backend_service",), proxied, REGIONAL, always=False),
    Reader(Directory, ("google_identity_platform_config",), platform, PLATFORM),
)
