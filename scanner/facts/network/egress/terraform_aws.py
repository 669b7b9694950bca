"""What security groups let out, in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group"""

from __future__ import annotations

import msgspec

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.network.egress.groups import EgressAt, security_group
from assay.scanner.facts.network.egress.kinds import Egress
from assay.scanner.facts.network.egress.network_firewall import FirewallsAt, by_table, by_vpc, to_gateways
from assay.scanner.facts.network.terraform_aws import GENERATED, GROUP_RULES, GROUPS
from assay.scanner.facts.spelling import Another, Link, Many

_ROUTES = "destination_cidr_block|destination_ipv6_cidr_block|cidr_block|ipv6_cidr_block"
_GATEWAYS = "gateway_id|egress_only_gateway_id|transit_gateway_id"
_FIREWALLS = FirewallsAt(
    firewalls=by_vpc("vpc_id", "aws_networkfirewall_firewall"),
    policy=Link("firewall_policy_arn", ("aws_networkfirewall_firewall_policy",)),
    subnets="subnet_mapping[].subnet_id",
    defaults="firewall_policy.stateful_default_actions",
    stateless="firewall_policy.stateless_default_actions",
    order="firewall_policy.stateful_engine_options.rule_order",
    references="firewall_policy.stateful_rule_group_reference",
    stateless_references="firewall_policy.stateless_rule_group_reference",
    group=Link("resource_arn", ("aws_networkfirewall_rule_group",)),
    packet_actions="rule_group.rules_source.stateless_rules_and_custom_actions.stateless_rule[].rule_definition.actions",
    list_kind="rule_group.rules_source.rules_source_list.generated_rules_type",
    list_types="rule_group.rules_source.rules_source_list.target_types",
    targets="rule_group.rules_source.rules_source_list.targets",
    rules="rule_group.rules_source.stateful_rule",
    action="action",
    target="header.destination",
    text="rules|rule_group.rules_source.rules_string",
    tables=by_vpc("default_route_table_id|vpc_id", "aws_route_table", "aws_default_route_table"),
    routes=to_gateways("route_table_id", _GATEWAYS, _ROUTES, {"aws_route_table": "route", "aws_default_route_table": "route"}, "aws_route"),
    associations=by_table(
        "route_table_id", "subnet_id", "aws_route_table_association", "aws_main_route_table_association", gateway="gateway_id"
    ),
)

READERS = (
    Reader(
        Egress,
        GROUPS,
        security_group,
        EgressAt(
            **{
                **msgspec.structs.asdict(GROUP_RULES),
                "rules": (
                    "egress",
                    Many("aws_vpc_security_group_egress_rule", "security_group_id", generated=GENERATED),
                    Many("aws_security_group_rule", "security_group_id", generated=GENERATED),
                ),
                "way": "egress",
            },
            firewalls=Another(_FIREWALLS),
            vpc="vpc_id",
        ),
    ),
)
