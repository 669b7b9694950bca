"""AWS WAF: from which addresses a web ACL admits requests.

https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-rule-actions.html: of the actions, allow and block end the evaluation, and a
request that nothing ends gets the default action.
"""

from __future__ import annotations

import ipaddress
from typing import Annotated, Any, NamedTuple

import msgspec

from assay.scanner.facts.access.admission.kinds import AdmittedSource
from assay.scanner.facts.access.admission.sources import everybody, narrowed, of_range
from assay.scanner.facts.edge.waf import WebAclAt, group_statements, has_block, rules_in_text, text_spelling
from assay.scanner.facts.network.ranges import listed
from assay.scanner.facts.spelling import Link
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown

Told = list[Any]
"""Sources, and Unknown where there may be others."""


class AdmittingAclAt(WebAclAt, frozen=True, eq=False, kw_only=True):
    """Where an input tells whom a web ACL admits. The defaults are the API's names."""

    by_set: str = "IPSetReferenceStatement"
    """A statement on the addresses of a set …"""
    forwarded: str = "IPSetForwardedIPConfig"
    """… which looks at a header in place of the address of the client, …"""
    ip_set: Annotated[Link, "rules"]
    """… the set, …"""
    addresses: str = "Addresses"
    """… and its ranges."""
    statements: str = "Statements"
    """Statements of one that combines others."""
    text_set: Annotated[Link | None, "rules"] = None
    """The set in rules that are JSON text."""


class _Rule(NamedTuple):
    view: View
    at: AdmittingAclAt
    doubt: Unknown | None = None
    """Why it may not be there."""


def admitted(acl: View, at: AdmittingAclAt) -> Told:
    """Whom a web ACL lets through."""
    rules, doubts = _rules(acl, at)
    allowed: Told = []
    closing: list[Told] = []
    opaque: Unknown | None = None
    for rule in rules:
        if isinstance(rule, Unknown):
            doubts.append(rule)
            continue
        allowed += _allowed(rule)
        closes, unclear = _closed(rule)
        closing += [closes] if closes is not None else []
        opaque = opaque or unclear
    before = Unknown(f"whether a rule of {acl.item.address} refuses part of it before", "let the rules that allow name sets of users alone")
    if closing or opaque:
        allowed = [narrowed(told, opaque or before) if isinstance(told, AdmittedSource) else told for told in allowed]
    blocks = has_block(acl, at.blocks_by_default)
    if blocks.data is True:
        return [*allowed, *doubts]
    known = next((told for told in closing if told == [] or isinstance(told[0], AdmittedSource)), None)
    if known is not None:  # whom further rules refuse is among those whom one of them leaves
        several = len(closing) > 1
        left = [narrowed(told, before) if several and isinstance(told, AdmittedSource) else told for told in known]
        return [*left, *allowed, *doubts]
    open_ = blocks.unknown or opaque or next((told for closed in closing for told in closed if isinstance(told, Unknown)), None)
    # What may stand beside the rules that are seen may refuse everybody else.
    return [*allowed, open_ or next(iter(doubts), None) or everybody(blocks.seen)]


def _rules(acl: View, at: AdmittingAclAt) -> tuple[list[_Rule | Unknown], list[Unknown]]:
    """The rules of a web ACL with those of the groups that it refers to, and why there may be more."""
    own, more = acl.inner(*at.rules)
    texts, doubt = rules_in_text(acl, at.text)
    separate, associations = acl.referrers(*at.separate), acl.referrers(*at.associations)
    rules = [_Rule(rule, at) for rule in own] + [_Rule(rule, _of_text(at)) for rule in texts]
    rules += [_Rule(rule.surely, at, rule.doubt) for rule in separate.views]
    told: list[_Rule | Unknown] = []
    for rule in rules:
        told += [rule, *_of_groups(rule)]
    for association in associations.views:
        referenced, managed = association.surely.inner("rule_group_reference"), association.surely.inner("managed_rule_group")
        if association.surely["override_action"].default("none").equals("count").data is not True:
            told += _group_rules(_Rule(association.surely, at, association.doubt), referenced, managed)
    return told, [unknown for unknown in (more, doubt, separate.more, associations.more) if unknown]


def _of_text(at: AdmittingAclAt) -> AdmittingAclAt:
    """How rules in JSON text are spelled: as the API does."""
    return msgspec.structs.replace(
        text_spelling(at),
        ip_set=at.text_set or at.ip_set,
        by_set="IPSetReferenceStatement",
        forwarded="IPSetForwardedIPConfig",
        statements="Statements",
    )


def _of_groups(rule: _Rule) -> list[_Rule | Unknown]:
    """The rules of the rule groups that a rule stands for, unless all of them count."""
    view, at = rule.view, rule.at
    referenced = view.inner(*group_statements("RuleGroupReferenceStatement", at))
    managed = view.inner(*group_statements("ManagedRuleGroupStatement", at))
    return [] if has_block(view, at.field("OverrideAction.Count")).data is True else _group_rules(rule, referenced, managed)


def _group_rules(rule: _Rule, referenced: tuple[list[View], Any], managed: tuple[list[View], Any]) -> list[_Rule | Unknown]:
    """No group that AWS manages allows anything by itself; an override may, and so may groups of others.

    https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
    """
    at = rule.at
    told: list[_Rule | Unknown] = []
    for statement in referenced[0]:
        group = statement.target(at.group)
        if group is None:
            reason = "whom the rules of the referenced rule group admit"
            told.append(Unknown(reason, "scan the rule group together with this, or the live account", statement.location))
            continue
        rules, more = group.surely.inner(at.group_rules)
        texts, doubt = rules_in_text(group.surely, at.group_text)
        told += [_Rule(inner, at.of_groups or at, rule.doubt) for inner in rules]
        told += [_Rule(inner, _of_text(at), rule.doubt) for inner in texts]
        told += [unknown for unknown in (more, doubt) if unknown]
    for statement in managed[0]:
        if statement[at.field("VendorName")].equals("AWS").data is not True:
            reason = "whom the rules of a managed rule group of another vendor admit"
            told.append(Unknown(reason, "use rule groups of AWS, or waive this", statement.location))
    for statement in (*referenced[0], *managed[0]):
        overrides, more = statement.inner(at.field("RuleActionOverrides"), at.field("RuleActionOverride"))
        if more or any(has_block(override, at.field("ActionToUse.Allow")).data is not False for override in overrides):
            reason = "whom a rule group admits by an override"
            told.append(Unknown(reason, "let no override allow", statement.location))
    return told + [unknown for unknown in (referenced[1], managed[1]) if unknown]


def _allowed(rule: _Rule) -> Told:
    """Whom a rule admits."""
    allows = has_block(rule.view, rule.at.field("Action.Allow"))
    if allows.data is False:
        return []
    told = [allows.unknown] if allows.unknown else _of_statements(rule)
    doubt = rule.doubt
    return [narrowed(source, doubt) if doubt and isinstance(source, AdmittedSource) else source for source in told]


def _of_statements(rule: _Rule) -> Told:
    statements, more = rule.view.inner(rule.at.field("Statement"))
    return [source for statement in statements for source in _of_statement(statement, rule.at)] + ([more] if more else [])


def _of_statement(statement: View, at: AdmittingAclAt) -> Told:
    """Whom a statement is about: the addresses of a set, of any of several sets, or part of a set."""
    sets, more = statement.inner(at.by_set)
    any_, further = statement.inner(f"{at.field('OrStatement')}.{at.statements}")
    every, still = statement.inner(f"{at.field('AndStatement')}.{at.statements}")
    doubt = more or further or still
    if doubt:
        return [doubt]
    if sets:
        return [source for by_set in sets for source in _of_set(by_set, at)]
    if any_:
        return [source for inner in any_ for source in _of_statement(inner, at)]
    bounds = [_of_statement(inner, at) for inner in every]
    known = next((bound for bound in bounds if all(isinstance(source, AdmittedSource) for source in bound)), None)
    if known is None:
        reason = "whom a rule admits by other than the addresses of an IP set"
        return [Unknown(reason, "allow by a statement on an IP set alone", statement.location)]
    why = Unknown("which of these addresses the other statements of the rule leave", "allow by IP sets of users alone", statement.location)
    return [narrowed(source, why) for source in known]


def _of_set(by_set: View, at: AdmittingAclAt) -> Told:
    """https://docs.aws.amazon.com/waf/latest/APIReference/API_IPSetReferenceStatement.html"""
    forwarded = has_block(by_set, at.forwarded)
    if forwarded.data is not False:
        reason = "whom a rule admits by a header, which a client may write itself"
        return [forwarded.unknown or Unknown(reason, "look at the address of the client", by_set.location)]
    ip_set = by_set.target(at.ip_set)
    if ip_set is None:
        reason = "which addresses the IP set of a rule holds: it is not in what was read"
        return [Unknown(reason, "scan the IP set together with this, or the live account", by_set.location)]
    return [of_range(value) for value in listed(ip_set.surely.node, at.addresses)]


def _closed(rule: _Rule) -> tuple[Told | None, Unknown | None]:
    """Whom a rule leaves that blocks all but some addresses; else None, and why it may block so many that few are left."""
    blocks = has_block(rule.view, rule.at.field("Action.Block"))
    if blocks.data is False:
        return None, None
    at = rule.at
    unclear = Unknown("whom a rule leaves that blocks by combined statements", "let the default action block", rule.view.location)
    statements, more = rule.view.inner(at.field("Statement"))
    for statement in statements:
        negated, further = statement.inner(f"{at.field('NotStatement')}.{at.field('Statement')}")
        sets = [by_set for inner in negated for by_set in inner.inner(at.by_set)[0]]
        if len(sets) == 1 and not (rule.doubt or blocks.unknown or further):
            return _of_set(sets[0], at), None
        combined = [has_block(statement, f"{at.field(name)}.{at.statements}").data for name in ("AndStatement", "OrStatement")]
        named = [source for by_set in statement.inner(at.by_set)[0] for source in _of_set(by_set, at)]
        if negated or further or any(present is not False for present in combined) or any(_is_wide(source) for source in named):
            return None, unclear
    return None, more


_WIDE = 2


def _is_wide(told: Any) -> bool:
    """Whether a set that is refused may leave few others."""
    return isinstance(told, Unknown) or ipaddress.ip_network(told.source.data).prefixlen < _WIDE
