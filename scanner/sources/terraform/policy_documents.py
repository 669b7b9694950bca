"""Policy documents that Terraform builds from a data block: what the provider would answer, computed from the code.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document and
https://registry.terraform.io/providers/hashicorp/google/latest/docs/data-sources/iam_policy
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from assay.scanner.sources.documents import decode
from assay.scanner.sources.raw import AtLeast, Either, Location, Placed, Text, Unknown, in_all
from assay.scanner.sources.terraform.costs import MAX_NODES, TooMuch

_MAX_TEXT = 10_000_000
"""Characters of all documents that one is made of."""


class DocumentBody(Protocol):
    """What of a data block is read: its attributes and nested blocks."""

    @property
    def place(self) -> Callable[[], Location] | None:
        """Gives where it is written; None where no code is known."""

    def raw(self, name: str, link: bool = False) -> Any:
        """The raw value of an argument; None where it is not set."""

    def nested(self, name: str) -> tuple[list[Any], Unknown | None]:
        """The nested blocks of a type, and why there may be more."""


def aws(body: DocumentBody) -> dict[str, Any]:
    """An IAM policy document in its JSON form; `Statement` may hold Unknown where statements are not known."""
    statements: dict[str, Any] = {}

    def add(statement: Any, replace: bool) -> None:
        sid = statement.get("Sid") if isinstance(statement, dict) else None
        key = sid if isinstance(sid, str) and sid else f"\0{len(statements)}"
        if replace or key not in statements:
            statements[key] = statement

    for name in ("source_policy_documents", "source_json"):
        for statement in _sources(body.raw(name)):
            add(statement, replace=False)
    own, more = body.nested("statement")
    for block in own:
        add(_statement(block), replace=True)
    if more:
        add(more, replace=False)
    for name in ("override_policy_documents", "override_json"):
        for statement in _sources(body.raw(name)):
            add(statement, replace=True)
    return {"Version": body.raw("version") or "2012-10-17", "Statement": list(statements.values())}


def _sources(raw: Any) -> list[Any]:
    """Statements of other documents, given as JSON text. Raises TooMuch."""
    statements: list[Any] = []
    length = 0
    for document in raw if isinstance(raw, list) else [raw]:
        length += len(document) if isinstance(document, str) else 0
        if length > _MAX_TEXT or len(statements) > MAX_NODES:
            raise TooMuch("a policy of more statements than any real one")
        content = decode(document)
        if isinstance(content, Unknown):
            statements.append(content)
        elif isinstance(content, dict):
            statement = content.get("Statement", [])
            statements += statement if isinstance(statement, list) else [statement]
    return statements


def _statement(block: DocumentBody) -> Placed:
    statement = Placed(Effect=block.raw("effect") or "Allow")
    statement.place = block.place
    for name, key in (
        ("sid", "Sid"),
        ("actions", "Action"),
        ("not_actions", "NotAction"),
        ("resources", "Resource"),
        ("not_resources", "NotResource"),
    ):
        raw = block.raw(name)
        if raw is not None and raw != []:
            statement[key] = raw
    for name, key in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        principals, more = block.nested(name)
        if principals or more:
            statement[key] = _principals(principals, more)
    conditions, more = block.nested("condition")
    if conditions or more:
        statement["Condition"] = more or _conditions(conditions)
    return statement


def _principals(blocks: list[Any], more: Unknown | None) -> Any:
    if more:
        return more
    principals: dict[str, list[Any]] = {}
    for block in blocks:
        kind, identifiers = block.raw("type"), block.raw("identifiers")
        if not isinstance(kind, str):
            return kind if isinstance(kind, Unknown) else Unknown("the type of a principal is not known", "scan the plan")
        if kind == "*":
            return "*"
        told = in_all(identifiers) if isinstance(identifiers, (Either, AtLeast)) else identifiers
        principals.setdefault(kind, []).extend(told if isinstance(told, list) else [told])
    return principals


def _conditions(blocks: list[Any]) -> Any:
    conditions: dict[str, dict[str, Any]] = {}
    for block in blocks:
        test, variable, values = block.raw("test"), block.raw("variable"), block.raw("values")
        if isinstance(variable, Text) and isinstance(variable.parts[-1], str) and ":" in variable.parts[-1]:
            variable = str(variable)  # of `${…url}:sub` it is known that it is a claim of some provider's token
        if not isinstance(test, str) or not isinstance(variable, str):
            return Unknown("a condition of the policy is not known", "scan the plan")
        all_values = conditions.setdefault(test, {}).setdefault(variable, [])
        all_values.extend(values if isinstance(values, list) else [values])
    return conditions


def google(body: DocumentBody) -> dict[str, Any]:
    """A Google IAM policy: `{"bindings": [{"role", "members", "condition"?}], "auditConfigs"?: [{"service", "auditLogConfigs"}]}`."""
    blocks, more = body.nested("binding")
    bindings: list[Any] = []
    for block in blocks:
        binding = Placed(role=block.raw("role"), members=block.raw("members"))
        binding.place = block.place
        conditions, _ = block.nested("condition")
        if conditions:
            binding["condition"] = {"title": conditions[0].raw("title"), "expression": conditions[0].raw("expression")}
        bindings.append(binding)
    document: dict[str, Any] = {"bindings": bindings + ([more] if more else [])}
    audited, more = body.nested("audit_config")
    if audited or more:
        document["auditConfigs"] = [_audit_config(block) for block in audited] + ([more] if more else [])
    return document


def _audit_config(block: DocumentBody) -> dict[str, Any]:
    logs, more = block.nested("audit_log_configs")
    listed = [{"logType": log.raw("log_type"), "exemptedMembers": log.raw("exempted_members")} for log in logs]
    return {"service": block.raw("service"), "auditLogConfigs": listed + ([more] if more else [])}


BUILDERS = {"aws_iam_policy_document": aws, "google_iam_policy": google}
