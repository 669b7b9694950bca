"""AWS WAF: what its rules do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from assay.scanner.facts.edge.kinds import FirewallRule, WebFirewall
from assay.scanner.facts.spelling import Link, Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.values import Unknown, Value, all_of, any_of

_NOT_HERE = Unknown("what the rules of the referenced rule group do", "scan the rule group together with this, or the live account")


class WebAclAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a web ACL."""

    name: Place = "Name"
    blocks_by_default: str = "DefaultAction.Block"
    """A block that is there where it does."""
    rules: tuple[str, ...] = ("Rules",)
    """Its own, and those that Firewall Manager puts before and after them."""
    field: Callable[[str], str] = str
    """What the input calls a field of a rule of the API."""
    group: Annotated[Link, "rules"]
    """A rule group of the customer that a rule refers to by its ARN …"""
    group_rules: str = "Rules"
    """… and where that has its rules."""


def web_acl(view: View, at: WebAclAt) -> WebFirewall:
    """A web ACL of WAFv2."""
    rules, more = view.inner(*at.rules)
    told: list[Any] = [FirewallRule(name=rule[at.field("Name")], enforced=_enforced(rule, at)) for rule in rules]
    return WebFirewall(
        identity=view.identity(view[at.name]),
        blocks_by_default=_has(view, at.blocks_by_default),
        rules=view.says(told + ([more] if more else [])),
    )


def _has(view: View, *paths: str) -> Value[bool]:
    """Whether there is a block at one of some paths."""
    blocks, more = view.inner(*paths)
    return Value(True, [block.location for block in blocks]) if blocks else view.says(more or False)


_ACTS = ("Action.Block", "Action.Captcha", "Action.Challenge")
"""The actions that keep a request from passing as it is."""
_GROUPS = ("Statement.RuleGroupReferenceStatement", "Statement.ManagedRuleGroupStatement", "FirewallManagerStatement")
"""Rule groups: the customer's own, those of others, either of them by Firewall Manager."""


def _enforced(rule: View, at: WebAclAt) -> Value[bool]:
    """`count` makes a rule, or as the override of a whole rule group all of its rules, an observer.

    https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-rule-group-override-options.html
    """
    counted = _has(rule, at.field("OverrideAction.Count"))
    if _has(rule, at.field(_GROUPS[0])).data is True and counted.data is not True:
        return all_of([_group_enforces(rule, at), counted.negate()])
    groups = _has(rule, *map(at.field, _GROUPS))
    return any_of([_has(rule, *map(at.field, _ACTS)), all_of([groups, counted.negate()])])


def _group_enforces(rule: View, at: WebAclAt) -> Value[bool]:
    """Whether a rule of the referenced group blocks anything."""
    group = rule.target(at.group)
    if group is None:
        return rule.says(_NOT_HERE)
    rules, more = group.surely.inner(at.group_rules)
    return any_of([*[_enforced(inner, at) for inner in rules], *([Value(more)] if more else [])])


class ClassicAclAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a web ACL of WAF Classic. The last three are paths within a rule."""

    name: Place = "Name"
    blocks_by_default: Place = "DefaultAction.Type"
    rules: tuple[str, ...] = ("Rules",)
    rule_name: str = "RuleId"
    action: str = "Action.Type"
    override: str = "OverrideAction.Type"
    """Of a rule group, in place of an action."""


def classic_acl(view: View, at: ClassicAclAt) -> WebFirewall:
    """A web ACL of WAF Classic. https://docs.aws.amazon.com/waf/latest/APIReference/API_waf_ActivatedRule.html"""
    rules, more = view.inner(*at.rules)
    told: list[Any] = [
        FirewallRule(name=rule[at.rule_name].then(str), enforced=_acts(rule[at.action], rule[at.override])) for rule in rules
    ]
    return WebFirewall(
        identity=view.identity(view[at.name]),
        blocks_by_default=view[at.blocks_by_default].default("").equals("BLOCK"),
        rules=view.says(told + ([more] if more else [])),
    )


def _acts(action: Value[Any], override: Value[Any]) -> Value[bool]:
    """Whether a rule blocks, or a rule group is not overridden."""
    return override.equals("BLOCK", "NONE") if action.absent else action.equals("BLOCK")
