"""AWS policy documents in one typed form, whatever input they came from.

Grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import Any

import msgspec

from assay.scanner.sources.documents import decode
from assay.scanner.sources.values import Location, Reference, Text, Unknown, Value, any_of


class Condition(msgspec.Struct, frozen=True):
    """One test of a statement: an operator, a condition key, and values of which one has to match."""

    operator: str
    key: str
    """Lower case, since condition keys compare without case."""
    values: list[Any]


class Statement(msgspec.Struct, frozen=True):
    """One statement. Lists may hold Unknown, Reference and Text; `conditions` is None where they cannot be told."""

    sid: str
    allows: bool | Unknown
    principals: list[tuple[str, Any]]
    """(type, identifier): `AWS`, `Service`, `Federated`, `CanonicalUser`, or `*` for everyone."""
    not_principal: bool
    actions: list[Any]
    not_action: bool
    resources: list[Any]
    not_resource: bool
    conditions: list[Condition] | Unknown
    seen: tuple[Location, ...]


def statements(value: Value[Any]) -> list[Statement | Unknown]:
    """The statements of a policy document given as text, object or Document. No document gives no statements."""
    content = None if value.data == "" else decode(value.data)
    if content is None:
        return []
    if not isinstance(content, dict):
        return [content if isinstance(content, Unknown) else Unknown("the policy is not an object", "correct the policy")]
    written = content.get("Statement", [])
    if isinstance(written, Unknown):
        return [written]
    return [_statement(statement, value.seen) for statement in (written if isinstance(written, list) else [written])]


def _statement(raw: Any, seen: tuple[Location, ...]) -> Statement | Unknown:
    if not isinstance(raw, dict):
        return raw if isinstance(raw, Unknown) else Unknown("a statement is known after apply", "scan the plan or the live resource")
    raw = {key.lower(): value for key, value in raw.items()}
    effect = raw.get("effect")
    principals = _principals(raw.get("principal", raw.get("notprincipal")))
    if isinstance(principals, Unknown):
        principals = [("AWS", principals)]
    return Statement(
        sid=raw["sid"] if isinstance(raw.get("sid"), str) else "",
        allows=effect.lower() == "allow" if isinstance(effect, str) else _as_unknown(effect, "the effect of a statement"),
        principals=principals,
        not_principal="notprincipal" in raw,
        actions=_list(raw.get("action", raw.get("notaction"))),
        not_action="notaction" in raw,
        resources=_list(raw.get("resource", raw.get("notresource"))),
        not_resource="notresource" in raw,
        conditions=_conditions(raw.get("condition")),
        seen=seen,
    )


def _as_unknown(raw: Any, what: str) -> Unknown:
    return raw if isinstance(raw, Unknown) else Unknown(f"{what} is not known", "scan the plan or the live resource")


def _list(raw: Any) -> list[Any]:
    return [] if raw is None else raw if isinstance(raw, list) else [raw]


def _principals(raw: Any) -> list[tuple[str, Any]] | Unknown:
    if raw is None:
        return []
    if isinstance(raw, str):
        return [("*", "*")] if raw == "*" else [("AWS", raw)]
    if isinstance(raw, list):  # AWS refuses this form; a `*` in it is still meant for everyone
        raw = {"AWS": raw}
    if not isinstance(raw, dict):
        return _as_unknown(raw, "the principal of a statement")
    return [
        ("*" if kind == "AWS" and principal == "*" else kind, principal)
        for kind, principals in raw.items()
        for principal in _list(principals)
    ]


def _conditions(raw: Any) -> list[Condition] | Unknown:
    if raw is None:
        return []
    if not isinstance(raw, dict):
        return _as_unknown(raw, "the condition of a statement")
    conditions: list[Condition] = []
    for operator, tests in raw.items():
        if not isinstance(tests, dict):
            return _as_unknown(tests, "the condition of a statement")
        conditions += [Condition(operator, key.lower(), _list(values)) for key, values in tests.items()]
    return conditions


# Conditions that bound who may use a statement.

BOUNDING_KEYS = frozenset(
    [
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:principalaccount",
        "aws:principalarn",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:sourcearn",
        "aws:sourceaccount",
        "aws:sourceowner",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:userid",
        "aws:sourceip",
        "aws:vpcsourceip",
        "kms:calleraccount",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
        "elasticfilesystem:accesspointarn",
    ]
)
_POSITIVE = {"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "ipaddress"}
_PATTERNS = {"stringlike", "arnequals", "arnlike"}


def bounded(statement: Statement, keys: Iterable[str] = BOUNDING_KEYS) -> Value[bool]:
    """Whether a condition limits the statement to fixed callers: a bounding key that must be present with values that are fixed."""
    if isinstance(statement.conditions, Unknown):
        return Value(statement.conditions, statement.seen)
    wanted = set(keys)
    return any_of(
        [Value(_bounds(condition, wanted), statement.seen) for condition in statement.conditions] or [Value(False, statement.seen)]
    )


def _bounds(condition: Condition, keys: set[str]) -> bool | Unknown:
    operator = condition.operator.lower()
    if operator == "bool" and condition.key == "aws:principalisawsservice":
        return all(str(value).lower() == "true" for value in condition.values)
    if operator.startswith("forallvalues:") or operator.endswith("ifexists"):
        return False  # true where the key is absent
    operator = operator.removeprefix("foranyvalue:")
    if operator not in _POSITIVE or condition.key not in keys or not condition.values:
        return False
    unknown: Unknown | None = None
    for value in condition.values:
        fixed = _fixed(operator, condition.key, value)
        if fixed is False:
            return False
        unknown = unknown or (fixed if isinstance(fixed, Unknown) else None)
    return unknown or True


def marked(text: Text) -> str:
    """Text with a NUL for each part that is not known."""
    return "".join(part if isinstance(part, str) else "\0" for part in text.parts)


def _fixed(operator: str, key: str, value: Any) -> bool | Unknown:
    """Whether one value of a condition names fixed callers."""
    if key in ("aws:sourceip", "aws:vpcsourceip"):
        return _narrow_network(value)
    if operator not in _PATTERNS or isinstance(value, Reference):
        return True  # equality with a value that is not known is still equality with one value
    if isinstance(value, Unknown):
        return value
    text = marked(value) if isinstance(value, Text) else str(value)
    if key.endswith("arn"):
        fields = text.split(":")
        return (
            (len(fields) > 4 and fields[4] not in ("", "*") and "*" not in fields[4])
            or ("*" not in text and "?" not in text)
            or "\0" in text
        )
    if key == "aws:userid":
        return not text.startswith("*")
    return "*" not in text and "?" not in text


def _narrow_network(value: Any) -> bool | Unknown:
    if not isinstance(value, str):
        return (
            value
            if isinstance(value, Unknown)
            else Unknown("the network of a condition is not known", "scan the plan or the live resource")
        )
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        return False
    return network.prefixlen >= (8 if network.version == 4 else 32)


# Principals.

_ACCOUNT = re.compile(r"^\d{12}$")


def principal_account(principal: Any) -> str | Unknown:
    """The account of an AWS principal: 12 digits, `this` for the account of the configuration itself, empty where it names none."""
    if isinstance(principal, Unknown):
        return principal
    if isinstance(principal, Reference):
        return "this" if not principal.is_data or _own_account(principal) else _not_known(principal)
    if isinstance(principal, Text):
        return _text_account(principal)
    if _ACCOUNT.match(str(principal)):
        return str(principal)
    fields = str(principal).split(":")
    return fields[4] if len(fields) > 4 else ""


def _own_account(data: Any) -> bool:
    """Whether it is the account that the configuration is deployed to."""
    return isinstance(data, Reference) and (data.type == "aws_caller_identity" or data.address == "AWS::AccountId")


def _text_account(text: Text) -> str | Unknown:
    marked = "".join(part if isinstance(part, str) else f"\0{at}\0" for at, part in enumerate(text.parts))
    if marked.startswith("\0"):
        return principal_account(text.parts[0])
    fields = marked.split(":")
    if len(fields) > 4 and fields[4].startswith("\0"):
        part = text.parts[int(fields[4].strip("\0"))]
        return "this" if _own_account(part) else _not_known(text)
    return fields[4] if len(fields) > 4 else _not_known(text)


def _not_known(principal: Any) -> Unknown:
    if isinstance(principal, Text) and principal.unknown:
        return principal.unknown
    return Unknown(f"which account {principal} is of", "scan the plan or the live resource")


def names_whole_account(principal: Any) -> bool:
    """`arn:aws:iam::111122223333:root` and a bare account id mean every identity that the account lets."""
    return (
        bool(_ACCOUNT.match(str(principal)))
        or str(principal).endswith(":root")
        or (_own_account(principal) and principal.attribute in ("account_id", ""))
    )
