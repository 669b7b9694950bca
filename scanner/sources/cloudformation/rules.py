"""What the Rules of a template say of its parameters: which values no deployment can have.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
"""

from __future__ import annotations

from typing import Any

from assay.scanner.sources.cloudformation.scope import Scope
from assay.scanner.sources.cloudformation.texts import plain


def refused(scope: Scope) -> bool:
    """Whether CloudFormation certainly refuses to deploy a template, or a nested one, with the values of a scope."""
    if any(_refuses(scope, rule) for rule in scope.template.rules.values()):
        return True
    children = (scope.child(resource) for resource, doubt in scope.resources() if doubt is None)
    return any(refused(child) for child in children if child is not None)


def _refuses(scope: Scope, rule: Any) -> bool:
    assertions = rule.get("Assertions") if isinstance(rule, dict) else None
    if not isinstance(assertions, list) or ("RuleCondition" in rule and _holds(scope, rule["RuleCondition"]) is not True):
        return False
    return any(isinstance(assertion, dict) and _holds(scope, assertion.get("Assert")) is False for assertion in assertions)


def _holds(scope: Scope, raw: Any) -> bool | None:
    """Whether a condition of a rule holds; None where that is not known, as of functions that ask for what is in the account."""
    if not isinstance(raw, dict) or len(raw) != 1:
        return None
    ((name, argument),) = raw.items()
    if not isinstance(argument, list):
        return None
    if name in ("Fn::And", "Fn::Or"):
        truths = [_holds(scope, operand) for operand in argument]
        deciding = name == "Fn::Or"
        return deciding if deciding in truths else None if None in truths else not deciding
    if name == "Fn::Not" and len(argument) == 1:
        truth = _holds(scope, argument[0])
        return None if truth is None else not truth
    if name == "Fn::Contains" and len(argument) == 2:
        return _contains(scope.resolve(argument[0]), plain(scope.resolve(argument[1])))
    truth = scope.truth(raw) if name == "Fn::Equals" else None
    return truth if isinstance(truth, bool) else None


def _contains(listed: Any, value: Any) -> bool | None:
    if not isinstance(value, str) or not isinstance(listed, list):
        return None
    texts = [plain(element) for element in listed]
    return value in texts or (False if all(isinstance(text, str) for text in texts) else None)
