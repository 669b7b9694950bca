"""Lambda functions: who may call them.

https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html, https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from assay.scanner import lazy_re
from assay.scanner.facts.compute.kinds import Caller, Invocable
from assay.scanner.facts.condition_keys import CALLERS, Test, exact, names_fixed
from assay.scanner.facts.denials import denied
from assay.scanner.facts.spelling import Many, Place, Spelling
from assay.scanner.facts.statements import Statement, bounded_by, marked, means_everyone, statements
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Unlisted
from assay.scanner.sources.raw import Text, Unknown, describe
from assay.scanner.sources.values import Value, all_of, any_of, gather


class FunctionAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells who may call a function."""

    policies: Annotated[Place, "callers"] = ()
    """Whole policies: of the function, and of its aliases, which have policies of their own."""
    permissions: Annotated[Many | None, "callers"] = None
    """Single statements of its policy. The following are places in one."""
    principal: Annotated[str, "callers"] = ""
    action: Annotated[str, "callers"] = ""
    bounds: Annotated[tuple[tuple[str, str, str], ...], "callers"] = ()
    """Where a permission states a condition, with the operator and the key that Lambda makes of it."""
    urls: Annotated[tuple[Many, ...], "callers"] = ()
    """Its URLs, with how these ask who calls."""


SOURCE = ("ArnLike", "aws:sourcearn")
ACCOUNT = ("StringEquals", "aws:sourceaccount")
ORGANIZATION = ("StringEquals", "aws:principalorgid")
TOKEN = ("StringEquals", "lambda:eventsourcetoken")
"""A token that the caller, such as a skill of Alexa, has to supply: https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html"""


def function(view: View, at: FunctionAt) -> Invocable:
    """A function is called by whom its policy lets, by whom identities of its own account are, and at its URLs."""
    told = [_by_policy(document) for document in view.values(*_places(at.policies))]
    if at.permissions is not None:
        permissions = view.referrers(at.permissions)
        told += [permission.says(_by_permission(permission, at)) for permission in permissions.views]
        told += [view.says(permissions.more)] if permissions.more else []
    for join in at.urls:
        urls = view.referrers(join)
        told += [url.says(_by_url(url, join.path)) for url in urls.views]
        told += [view.says(urls.more)] if urls.more else []
    return Invocable(identity=view.identity(view.called(at.name)), callers=gather(told))


def _places(place: Place) -> tuple[Any, ...]:
    return place if isinstance(place, tuple) else (place,)


def _by_url(url: View, path: str) -> Caller | Unknown:
    """`NONE` asks nobody who they are: the policy alone, which Terraform, SAM and the console then open to everyone, stands before it."""
    if isinstance(url.item, Unlisted):
        return url.item.why
    asks = url.surely[path]
    open_ = url.weighed(asks.equals("NONE"), absence=False)
    return Caller(
        name=Value("anyone", asks.seen),
        way=Value(f"the URL {url.item.address}", asks.seen),
        anyone=open_,
        exposed=open_,
        any_account=Value(False, asks.seen),
    )


# A statement of its own: https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html


def _by_permission(permission: View, at: FunctionAt) -> Caller:
    """One statement of the policy. Its principal is an account, the ARN of an identity, a service, or `*`."""
    written = permission.surely
    who = written[at.principal]
    service = who.then(_is_service)
    everyone = all_of([service.negate(), who.then(means_everyone)])
    bounds = any_of([*[_bounds(written, *bound) for bound in at.bounds], Value(False, who.seen)])
    return _caller(
        Value(describe(who.raw), who.seen),
        Value(describe(written[at.action].raw), who.seen),
        permission.weighed(all_of([everyone, bounds.negate()]), absence=False),
        permission.weighed(all_of([service, bounds.negate()]), absence=False),
    )


def _bounds(permission: View, path: str, operator: str, key: str) -> Value[bool]:
    """Whether a condition that a permission states, if it does, holds for fixed callers alone."""
    test = _test(key)
    assert test is not None
    return permission[path].then(lambda raw: raw not in (None, "") and names_fixed(operator.lower(), key, raw, test))


def _caller(name: Value[Any], way: Value[Any], anyone: Value[bool], any_account: Value[bool]) -> Caller:
    return Caller(name=name, way=way, anyone=anyone, exposed=anyone, any_account=any_account)


_SERVICE = lazy_re.pattern(r"(?!arn:)[\w\-\0]+(\.[\w\-\0]+)+", re.ASCII)


def _is_service(principal: Any) -> bool | Unknown:
    """`s3.amazonaws.com`, `alexa-appkit.amazon.com`: a name with dots, whatever its suffix is in the partition."""
    text = marked(principal) if isinstance(principal, Text) else principal
    if not isinstance(text, str):
        return False  # an identity of another resource
    if text.strip("\0"):
        return _SERVICE.fullmatch(text) is not None
    return principal.unknown or False if isinstance(principal, Text) else False


# A whole policy.

_OF_SOURCES = ("aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths", "aws:principalorgid", TOKEN[1])
"""What bounds on whose behalf a service calls: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"""


def _test(key: str) -> Test | None:
    return exact if key == TOKEN[1] else CALLERS.get(key)


def _by_policy(document: Value[Any]) -> Value[Any]:
    """Whom the allowing statements of a policy let in, one element for each principal; what denials take from everybody is not granted."""
    written = statements(document)
    known = [statement for statement in written if isinstance(statement, Statement)]
    denials = [statement for statement in known if statement.allows is not True]
    callers: list[Any] = [statement for statement in written if isinstance(statement, Unknown)]
    for statement in known:
        if isinstance(statement.allows, Unknown):
            callers.append(statement.allows)
        elif statement.allows:
            callers += [_of_statement(statement, kind, who, denials) for kind, who in statement.principals]
    return Value(callers, document.seen)


def _of_statement(statement: Statement, kind: str, who: Any, denials: list[Statement]) -> Caller:
    kept = denied(statement, denials).negate()
    everyone: Value[bool] = Value(True, statement.seen)
    if kind != "*" and not statement.not_principal:
        everyone = Value.of(who, statement.seen).then(means_everyone) if kind == "AWS" else Value(False, statement.seen)
    service: Value[bool] = Value(kind == "Service" and not statement.not_principal, statement.seen)
    of_source = bounded_by(statement, lambda key: _test(key) if key in _OF_SOURCES else None)
    return _caller(
        Value(("anyone but " if statement.not_principal else "") + describe(who), statement.seen),
        Value(("everything but " if statement.not_action else "") + ", ".join(map(describe, statement.actions)), statement.seen),
        all_of([everyone, bounded_by(statement, _test).negate(), kept]),
        all_of([service, of_source.negate(), kept]),
    )
