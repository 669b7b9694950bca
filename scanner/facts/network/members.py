"""What is in the security groups of code, by the attributes that name them."""

from __future__ import annotations

import functools
from collections.abc import Hashable, Iterator, Mapping
from typing import Any

from assay.scanner.facts.network.ranges import listed
from assay.scanner.facts.network.security_groups import GroupMember, Sort
from assay.scanner.facts.spelling import Index
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Reference, Unknown, references_in


def members(paths: Mapping[str, tuple[str, ...]], balancers: tuple[str, ...], classic: tuple[str, ...]) -> Index:
    """Group to its members. `paths`: types of resources to where they name groups. `classic`: types without listeners of their own."""

    def records(user: Item) -> Iterator[tuple[Hashable, Any]]:
        sort = Sort.BALANCER if user.type in balancers else Sort.CLASSIC if user.type in classic else Sort.OTHER
        groups = [value.data for path in paths[user.type] for value in listed(user, path, linked=True)]
        for address in dict.fromkeys(group.address for group in groups if isinstance(group, Reference)):
            yield address, GroupMember(user, sort)
        for why in (group for group in groups if isinstance(group, Unknown)):
            yield None, Unknown(f"whether {user.address} is in the group too: {why.reason}", why.settles_it, user.location())

    return Index(tuple(paths), records)


def holders(groups: tuple[str, ...], balancers: tuple[str, ...], handing_on: tuple[str, ...] = ()) -> Index:
    """Group to what has it in an attribute that is named for groups, at any depth, whatever its type.

    `groups`: their types. `handing_on`: beginnings of types that hand all that they name on to something that is not seen here.
    """
    return Index((), functools.partial(_holders, groups, balancers, handing_on))


_NAMED = "securitygroup"
# Types without any such attribute, and services all of whose types are so, by the schema of the provider, version 5.100:
# https://developer.hashicorp.com/terraform/cli/commands/providers/schema
_WITHOUT = (
    "data.", "google_", "aws_acm_", "aws_appautoscaling_", "aws_backup_", "aws_cloudfront_", "aws_cloudtrail", "aws_cloudwatch_composite_",
    "aws_cloudwatch_dashboard", "aws_cloudwatch_log_", "aws_cloudwatch_metric_", "aws_cognito_", "aws_config_", "aws_dynamodb_", "aws_ecr_",
    "aws_ecs_task_definition", "aws_guardduty_", "aws_iam_", "aws_kms_", "aws_lambda_permission", "aws_nat_gateway", "aws_network_acl",
    "aws_networkfirewall_", "aws_route53_health_check", "aws_route53_record", "aws_route53_zone", "aws_route_", "aws_s3_",
    "aws_secretsmanager_", "aws_securityhub_", "aws_sns_", "aws_sqs_", "aws_ssm_", "aws_subnet", "aws_wafv2_",
)  # fmt: skip


def _plain(name: str) -> str:
    return name.lower().replace("_", "")


def _is_in(name: str) -> bool:
    """Whether an attribute names the groups that something is in, and not those that it lets in (`source_security_group_ids`)."""
    return _NAMED in name and not name.startswith(("source", "referenced"))


def _holders(
    groups: tuple[str, ...], balancers: tuple[str, ...], handing_on: tuple[str, ...], item: Item
) -> Iterator[tuple[Hashable, Any]]:
    if item.type in balancers or item.type.startswith(_WITHOUT) or _NAMED in _plain(item.type):
        return
    content = item.attributes().data
    hands_on = bool(handing_on) and item.type.startswith(handing_on)
    references = references_in(content) if hands_on else _groups_named(content)
    for address in dict.fromkeys(reference.address for reference in references if reference.type in groups):
        yield address, (item, hands_on)


def _groups_named(data: Any) -> list[Reference]:
    """The references in attributes that are named for security groups, at any depth."""
    if isinstance(data, list):
        return [reference for element in data for reference in _groups_named(element)]
    if not isinstance(data, dict):
        return []
    inside = [references_in(value) if _is_in(_plain(name)) else _groups_named(value) for name, value in data.items()]
    return [reference for references in inside for reference in references]
