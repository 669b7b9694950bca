"""AWS WAF: what its rules do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import msgspec

from assay.scanner.facts.edge.kinds import FirewallRule, WebFirewall
from assay.scanner.facts.edge.managed_groups import AWS
from assay.scanner.facts.spelling import Link, Place, Referrer, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.documents import decode
from assay.scanner.sources.nodes import DataNode
from assay.scanner.sources.raw import Unknown, because
from assay.scanner.sources.values import Value, all_of, any_of

At = TypeVar("At", bound="WebAclAt")
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
    """A rule group of the customer that a statement refers to by its ARN …"""
    group_rules: str = "Rules"
    """… and where that has its rules."""
    text: str = ""
    """Rules as JSON text, which has the API's names, …"""
    group_text: str = ""
    """… those of a rule group, …"""
    text_group: Annotated[Link | None, "rules"] = None
    """… and a rule group that a statement in such text refers to."""
    of_groups: Any = None
    """Of the spelling of rules in text: that of the rules of rule groups, which are no text."""
    separate: Annotated[tuple[Referrer, ...], "rules"] = ()
    """Rules of their own. Whether a web ACL blocks anything cannot be said from one of them, so that none is judged alone."""
    associations: Annotated[tuple[Referrer, ...], "rules"] = ()
    """What puts a rule group into a web ACL."""


def web_acl(view: View, at: WebAclAt) -> WebFirewall:
    """A web ACL of WAFv2."""
    rules, more = view.inner(*at.rules)
    texts, doubt = rules_in_text(view, at.text)
    separate, associations = view.referrers(*at.separate), view.referrers(*at.associations)
    told = [_rule(rule[at.field("Name")], _enforced(rule, at)) for rule in rules]
    told += [_rule(rule["Name"], _enforced(rule, text_spelling(at))) for rule in texts]
    told += [_rule(rule["name"], rule.weighed(_enforced(rule.surely, at), absence=False)) for rule in separate.views]
    told += [_rule(rule["rule_name"], rule.weighed(_association(rule.surely, at), absence=False)) for rule in associations.views]
    return WebFirewall(
        identity=view.identity(view[at.name], *separate.items, *associations.items),
        blocks_by_default=has_block(view, at.blocks_by_default),
        rules=view.says([*told, *filter(None, (more, doubt, separate.more, associations.more))]),
    )


def _rule(name: Value[Any], enforced: Value[bool]) -> Any:
    return FirewallRule(name=name, enforced=enforced)


def has_block(view: View, *paths: str) -> Value[bool]:
    """Whether there is a block at one of some paths."""
    blocks, more = view.inner(*paths)
    return Value(True, [block.location for block in blocks]) if blocks else view.says(more or False)


def rules_in_text(view: View, path: str) -> tuple[list[View], Unknown | None]:
    """The rules in JSON text at a path, and why there may be more."""
    text = view[path]
    if text.absent or text.data == "":
        return [], None
    content = {"rules": decode(text.data)}
    return View(view.item, view.items, view.declared, node=DataNode(content, view.location)).inner("rules")


def text_spelling(at: At) -> At:
    """How such rules are spelled: as the API does."""
    return msgspec.structs.replace(at, field=str, group=at.text_group or at.group, of_groups=at.of_groups or at)


_ACTS = ("Block", "Captcha", "Challenge")
"""The actions that keep a request from passing as it is."""


def _acts(view: View, path: str, at: WebAclAt) -> Value[bool]:
    return has_block(view, *(at.field(f"{path}.{action}") for action in _ACTS))


def _enforced(rule: View, at: WebAclAt) -> Value[bool]:
    """`count` makes a rule, or as the override of a whole rule group all of its rules, an observer.

    https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-rule-group-override-options.html
    """
    managed, more = rule.inner(*group_statements("ManagedRuleGroupStatement", at))
    referenced, further = rule.inner(*group_statements("RuleGroupReferenceStatement", at))
    groups = [_managed(group, at) for group in managed] + [_referenced(group, at) for group in referenced]
    groups += [rule.says(doubt) for doubt in (more, further) if doubt]
    counted = has_block(rule, at.field("OverrideAction.Count"))
    return any_of([_acts(rule, "Action", at), all_of([any_of(groups), counted.negate()])])


def group_statements(name: str, at: WebAclAt) -> list[str]:
    """Where a rule has a rule group: its own statement, or that of Firewall Manager.

    https://docs.aws.amazon.com/waf/latest/APIReference/API_FirewallManagerRuleGroup.html
    """
    return [at.field(f"{owner}.{name}") for owner in ("Statement", "FirewallManagerStatement")]


def _association(rule: View, at: WebAclAt) -> Value[bool]:
    """https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/wafv2_web_acl_rule_group_association"""
    managed, more = rule.inner("managed_rule_group")
    referenced, further = rule.inner("rule_group_reference")
    groups = [_managed(group, at) for group in managed] + [_referenced(group, at) for group in referenced]
    groups += [rule.says(doubt) for doubt in (more, further) if doubt]
    return all_of([any_of(groups), rule["override_action"].default("none").equals("count").negate()])


class _Overrides:
    """What a web ACL has the rules of a rule group do instead of their own actions."""

    def __init__(self, statement: View, at: WebAclAt) -> None:
        """An excluded rule counts: https://docs.aws.amazon.com/waf/latest/APIReference/API_ExcludedRule.html"""
        # The singular is Terraform's.
        overrides, more = statement.inner(at.field("RuleActionOverrides"), at.field("RuleActionOverride"))
        excluded, further = statement.inner(at.field("ExcludedRules"), at.field("ExcludedRule"))
        self.by_name: dict[str, Value[bool]] = {}
        self.doubt = more or further
        """Why there may be others."""
        told = [(override, _acts(override, "ActionToUse", at)) for override in overrides]
        for override, acts in told + [(rule, rule.says(False)) for rule in excluded]:
            name = override[at.field("Name")].text()
            if isinstance(name.data, str):
                self.by_name[name.data] = acts
            else:
                reason = Unknown("an override does not say which rule it is for", "name the rule", override.location)
                self.doubt = self.doubt or name.unknown or reason

    def of(self, name: Any, own: Value[bool]) -> Value[bool]:
        """Whether a rule that does something by itself does so with the overrides."""
        if isinstance(name, Unknown) and self.by_name:
            return Value(because(name), own.seen)
        if isinstance(name, str) and name in self.by_name:
            return self.by_name[name]
        return Value(self.doubt, own.seen) if self.doubt else own


def _referenced(statement: View, at: WebAclAt) -> Value[bool]:
    """Whether a rule of the referenced group blocks anything. A rule group holds no further groups.

    https://docs.aws.amazon.com/waf/latest/developerguide/waf-user-created-rule-groups.html
    """
    group = statement.target(at.group)
    if group is None:
        return statement.says(_NOT_HERE)
    overrides, group, of_groups = _Overrides(statement, at), group.surely, at.of_groups or at
    rules, more = group.inner(at.group_rules)
    texts, doubt = rules_in_text(group, at.group_text)
    enforced = [overrides.of(rule[of_groups.field("Name")].data, _acts(rule, "Action", of_groups)) for rule in rules]
    enforced += [overrides.of(rule["Name"].data, _acts(rule, "Action", text_spelling(at))) for rule in texts]
    return any_of([*enforced, *(Value(unknown) for unknown in (more, doubt) if unknown)])


def _managed(statement: View, at: WebAclAt) -> Value[bool]:
    """Whether anything is left of a managed rule group once some of its rules are overridden.

    Overrides for names that the group does not have do nothing:
    https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-rule-group-override-options.html
    """
    overrides = _Overrides(statement, at)
    if not overrides.by_name and overrides.doubt is None:
        return statement.says(True)
    vendor, name = statement[at.field("VendorName")], statement[at.field("Name")].text()
    group = AWS.get(str(name.data)) if vendor.equals("AWS").data is True else None
    if group is None:
        reason = f"which rules the managed rule group {name.data} has beside those that are overridden"
        why = Unknown(reason, "override none of its rules, or waive this", statement.location)
        return statement.says(vendor.unknown or name.unknown or why)
    left = [overrides.of(rule, statement.says(True)) for rule in sorted(group.enforcing)]
    left += [overrides.of(rule, statement.says(False)) for rule in sorted(group.counting)]
    decided = any_of(left)
    pinned = statement[at.field("Version")].is_set().data is not False
    if decided.data is False and (pinned or not group.others <= overrides.by_name.keys()):
        reason = f"whether the version of {name.data} that is used has rules beside those that are overridden"
        return statement.says(Unknown(reason, "leave a rule of the group as it is", statement.location))
    return decided
