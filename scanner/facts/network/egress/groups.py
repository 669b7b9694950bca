"""What security groups let out. https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.network.egress.destinations import destination
from assay.scanner.facts.network.egress.kinds import Egress
from assay.scanner.facts.network.egress.network_firewall import filtered
from assay.scanner.facts.network.ranges import ANYWHERE, Span, opening
from assay.scanner.facts.network.security_groups import GroupRulesAt, group_openings
from assay.scanner.facts.spelling import Another
from assay.scanner.facts.view import View
from assay.scanner.sources.values import Value


class EgressAt(GroupRulesAt, frozen=True, eq=False, kw_only=True):
    """Where an input tells what a security group lets out."""

    open_by_default: bool = False
    """A group without a rule for egress lets everything out."""
    firewalls: Annotated[Another | None, "filtered"] = None
    """A `FirewallsAt`."""
    vpc: Annotated[str, "filtered"] = ""


def security_group(view: View, at: EgressAt) -> Egress:
    """A new group lets everything out until it gets a rule for egress, which Terraform takes away and CloudFormation does not.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html,
    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group (NOTE on egress rules)
    """
    openings, more = group_openings(view, at)
    told: list[Any] = [destination(rule) for rule in openings]
    if at.open_by_default and not told and not view.elsewhere and more is None:
        told = [destination(opening(view.says(where), _everything(view))) for where in (ANYWHERE, "::/0")]
    return Egress(
        identity=view.identity(view[at.name]),
        destinations=view.says(told + ([more] if more else [])),
        filtered=filtered(view, view.link(at.vpc), at.firewalls.spelling) if at.firewalls else view.says(False),
    )


def _everything(view: View) -> Span:
    return Span(view.says("all"), Value(0), Value(65_535))
