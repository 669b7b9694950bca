"""Names of Cloud DNS in Terraform. https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/dns_record_set"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.terraform_gcp import FORWARDING_RULE, FORWARDING_RULES
from assay.scanner.facts.resilience.names.google import NameAt, by_address, public_name
from assay.scanner.facts.resilience.names.kinds import PublicName
from assay.scanner.facts.spelling import Link

_BUCKET = "google_compute_backend_bucket"
_SERVICES = ("google_compute_backend_service", "google_compute_region_backend_service")
_GROUPS = (
    "google_compute_region_network_endpoint_group", "google_compute_network_endpoint_group", "google_compute_instance_group",
    "google_compute_instance_group_manager", "google_compute_region_instance_group_manager",
)  # fmt: skip

READERS = (
    Reader(
        PublicName,
        ("google_dns_record_set",),
        public_name,
        NameAt(
            zone=Link("managed_zone", ("google_dns_managed_zone",)),
            geo=("routing_policy.geo",),
            fence="routing_policy.enable_geo_fencing",
            others=("routing_policy.wrr", "routing_policy.primary_backup.primary", "routing_policy.primary_backup.backup_geo"),
            inside=("health_checked_targets.internal_load_balancers", "internal_load_balancers"),
            outside=("health_checked_targets.external_endpoints", "external_endpoints"),
            referred="",
            rules=by_address(("ip_address",), *FORWARDING_RULES),
            global_rules=("google_compute_global_forwarding_rule",),
            scheme="load_balancing_scheme",
            proxy=FORWARDING_RULE.target,
            url_map=FORWARDING_RULE.url_map,
            service_of_proxy=Link("backend_service", _SERVICES),
            defaults=Link("default_service", (*_SERVICES, _BUCKET)),
            service=Link("service", (*_SERVICES, _BUCKET)),
            shares=Link("backend_service", (*_SERVICES, _BUCKET)),
            matchers=FORWARDING_RULE.matchers,
            paths=FORWARDING_RULE.rules,
            weighted=("default_route_action.weighted_backend_services", "route_action.weighted_backend_services"),
            buckets=(_BUCKET,),
            backends=("backend",),
            group=Link("group", _GROUPS),
            global_addresses=("google_compute_global_address",),
        ),
    ),
)
