"""AWS WAF: what its rules do, however an input writes them."""

from __future__ import annotations

from typing import Any

import msgspec

from assay.scanner.facts.base import Stack
from assay.scanner.facts.edge.kinds import FirewallRule
from assay.scanner.sources.interface import Item, Node
from assay.scanner.sources.values import Reference, Unknown, Value, all_of, any_of, first_known


class Names(msgspec.Struct, frozen=True):
    """Where an input writes the parts of a web ACL or rule group. All but `rules` are paths within a rule."""

    rules: str
    name: str
    acts: tuple[str, ...]
    """The actions that keep a request from passing as it is."""
    counted: str
    """The override that makes observers of all rules of a group."""
    managed: str
    group: str
    """A rule group of the customer, by reference."""
    group_arn: str
    group_rules: str = ""
    """Where a rule group has its rules, if not where a web ACL has them."""


NOT_ATTACHED_HERE = Unknown(
    "no web ACL association is in this code; another stack or Firewall Manager may attach one",
    "scan that stack together with this, or the live account",
)
_NOT_HERE = Unknown("what the rules of the referenced rule group do", "scan the rule group together with this, or the live account")


def has(node: Node, path: str) -> Value[bool]:
    """Whether there is a block at a path."""
    blocks, more = node.blocks(path)
    return Value(True if blocks else more or False, [block.location() for block in blocks] or [node.location()])


def rules(item: Item, names: Names, stack: Stack) -> Value[list[Any]]:
    """The rules of a web ACL."""
    held, more = item.blocks(names.rules)
    found: list[Any] = [FirewallRule(name=rule[names.name], enforced=_enforced(rule, names, stack)) for rule in held]
    return Value([*found, *([more] if more else [])], (item.location(),))


def _enforced(rule: Node, names: Names, stack: Stack) -> Value[bool]:
    """`count` makes a rule, or as the override of a whole rule group all of its rules, an observer.

    https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-rule-group-override-options.html
    """
    acts = any_of([has(rule, path) for path in names.acts])
    own_group = has(rule, names.group)
    group = any_of([has(rule, names.managed), own_group])
    counted = has(rule, names.counted)
    if own_group.data is True and counted.data is not True:
        return all_of([_group_enforces(rule, names, stack), counted.negate()])
    return any_of([acts, all_of([group, counted.negate()])])


def _group_enforces(rule: Node, names: Names, stack: Stack) -> Value[bool]:
    """Whether a rule of the referenced group blocks anything."""
    arn = rule.link(names.group_arn).data
    group = stack.at(arn.address if isinstance(arn, Reference) else arn) if isinstance(arn, (Reference, str)) else None
    if group is None:
        return Value(_NOT_HERE, (rule.location(),))
    held, more = group.blocks(names.group_rules or names.rules)
    return any_of([*[_enforced(each, names, stack) for each in held], *([Value(more)] if more else [])])


def classic_rule(name: Value[Any], action: Value[Any], override: Value[Any]) -> FirewallRule:
    """A rule of WAF Classic, by its action, or a rule group by its override. https://docs.aws.amazon.com/waf/latest/APIReference/API_waf_ActivatedRule.html"""
    enforced = first_known(action, override).equals("BLOCK", "NONE") if action.absent else action.equals("BLOCK")
    return FirewallRule(name=name.then(str), enforced=enforced)
