"""AWS WAF Classic: what its rules do."""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.edge.kinds import FirewallRule, WebFirewall
from assay.scanner.facts.spelling import Link, Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, all_of, any_of

_NOT_HERE = Unknown("what the rules of the rule group do", "scan the rule group together with this")


class ClassicAclAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a web ACL of WAF Classic. The paths from `rule_name` to `sort` are within a rule."""

    name: Place = "Name"
    blocks_by_default: Place = "DefaultAction.Type"
    rules: tuple[str, ...] = ("Rules",)
    rule_name: str = "RuleId"
    action: str = "Action.Type"
    override: str = "OverrideAction.Type"
    """Of a rule group, in place of an action."""
    sort: str = ""
    """`GROUP` where the rule is a rule group; regular and rate-based rules have an action."""
    group: Annotated[Link | None, "rules"] = None
    """The rule group …"""
    group_rules: str = ""
    """… and where it has its rules."""


def classic_acl(view: View, at: ClassicAclAt) -> WebFirewall:
    """A web ACL of WAF Classic. https://docs.aws.amazon.com/waf/latest/APIReference/API_waf_ActivatedRule.html"""
    rules, more = view.inner(*at.rules)
    told: list[Any] = [FirewallRule(name=rule[at.rule_name].then(str), enforced=_enforced(rule, at)) for rule in rules]
    return WebFirewall(
        identity=view.identity(view[at.name]),
        blocks_by_default=view[at.blocks_by_default].default("").equals("BLOCK"),
        rules=view.says(told + ([more] if more else [])),
    )


def _enforced(rule: View, at: ClassicAclAt) -> Value[bool]:
    """Whether a rule blocks: a group where one of its rules does, and the override does not have all of them count."""
    is_group = rule[at.sort].default("REGULAR").equals("GROUP")
    counted = rule[at.override].default("NONE").equals("COUNT")
    group = rule.says(False) if is_group.data is False else _group_enforces(rule, at)
    return any_of(
        [
            all_of([is_group.negate(), rule[at.action].default("").equals("BLOCK")]),
            all_of([is_group, counted.negate(), group]),
        ]
    )


def _group_enforces(rule: View, at: ClassicAclAt) -> Value[bool]:
    """https://docs.aws.amazon.com/waf/latest/APIReference/API_waf_ListActivatedRulesInRuleGroup.html: a group holds no groups."""
    group = rule.target(at.group) if at.group else None
    if group is None:
        return rule.says(_NOT_HERE)
    rules, more = group.surely.inner(at.group_rules)
    return any_of([*(inner[at.action].default("").equals("BLOCK") for inner in rules), *([Value(more)] if more else [])])
