"""What security groups let out. https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.network.egress.destinations import destination
from assay.scanner.facts.network.egress.kinds import Egress
from assay.scanner.facts.network.egress.network_firewall import filtered, hosts_behind
from assay.scanner.facts.network.ranges import ANYWHERE, Span, opening
from assay.scanner.facts.network.security_groups import GroupRulesAt, group_openings
from assay.scanner.facts.spelling import Another, Index
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value


class EgressAt(GroupRulesAt, frozen=True, eq=False, kw_only=True):
    """Where an input tells what a security group lets out."""

    open_by_default: bool = False
    """A group without a rule for egress lets everything out."""
    firewalls: Annotated[Another | None, "filtered"] = None
    """A `FirewallsAt`."""
    present: Annotated[Index | None, "filtered"] = None
    """VPC to the firewalls in it, where that is all that is read of them."""
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
    passes = filtered(view, view.link(at.vpc), at.firewalls.spelling) if at.firewalls else _beside(view, at)
    wide = any(rule.anywhere.data is not False for rule in told) and passes.data is not False
    hosts: list[Any] = hosts_behind(view, view.link(at.vpc), at.firewalls.spelling) if wide and at.firewalls else []
    return Egress(
        identity=view.identity(view[at.name]),
        destinations=view.says(told + ([more] if more else [])),
        filtered=passes,
        hosts=view.says([passes.unknown] if wide and passes.unknown else hosts),
    )


def _beside(view: View, at: EgressAt) -> Value[bool]:
    """Whether a firewall filters, where only is read which networks have one."""
    firewalls = view.index(at.present) if at.present else {}
    here = [*firewalls.get(str(view[at.vpc].data), []), *firewalls.get(None, [])]
    if not here:
        return view.says(False)
    reason = f"what {here[0].address} in the network of {view.item.address} lets through is not read"
    return view.says(Unknown(reason, "scan the code of the firewall, its rules and its routes"))


def _everything(view: View) -> Span:
    return Span(view.says("all"), Value(0), Value(65_535))
