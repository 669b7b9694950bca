"""What a permission amounts to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from assay.scanner import lazy_re
from assay.scanner.facts.condition_keys import of_resources
from assay.scanner.facts.denials import Spared, denied
from assay.scanner.facts.iam.kinds import Permission
from assay.scanner.facts.iam.tables import policies
from assay.scanner.facts.statements import Statement, marked, reach_bounded, statements
from assay.scanner.sources.raw import Location, Reference, Text, Unknown, describe, unknown_inside
from assay.scanner.sources.values import Value, all_of, any_of


def statement_permission(statement: Statement | Unknown, denials: Iterable[Statement] = ()) -> Permission | Unknown | None:
    """A statement as a permission; None where it denies. `denials`: the statements of all policies of the identity."""
    if isinstance(statement, Unknown):
        return statement
    if statement.allows is False:
        return None
    wide = all_of(part(statement) for part in (_allows, _wild_action, _wild_resource, _unbounded))
    if wide.data is not False:
        wide = all_of([wide, denied(statement, denials, NARROW).negate()])
    actions = ("everything but " if statement.not_action else "") + _listed(statement.actions)
    resources = ("everything but " if statement.not_resource else "") + _listed(statement.resources)
    name = f"{actions or 'nothing'} on {resources or 'its own resource'}"
    return Permission(
        name=Value(f"{statement.sid}: {name}" if statement.sid else name, statement.seen), wildcard=Value(wide.data, statement.seen)
    )


def _allows(statement: Statement) -> Value[bool]:
    return Value(statement.allows)


def _unbounded(statement: Statement) -> Value[bool]:
    return reach_bounded(statement).negate()


def _listed(patterns: list[Any]) -> str:
    """Patterns in words; of several, those that are not known together."""
    known = [describe(pattern) for pattern in patterns if not isinstance(pattern, Unknown)]
    if not known:
        return ", ".join(map(describe, patterns))
    return ", ".join(known) + (" and more that is not known" if len(known) < len(patterns) else "")


def document_permissions(document: Value[Any]) -> list[Any]:
    """What a policy document by itself allows, as Permission or Unknown; its denials are subtracted."""
    return permissions_of(statements(document))


def permissions_of(written: list[Statement | Unknown], denials: Iterable[Statement] = ()) -> list[Any]:
    """What statements allow, as Permission or Unknown, less what they and `denials` deny."""
    denying = [*(statement for statement in written if isinstance(statement, Statement) and statement.allows is not True), *denials]
    return [permission for statement in written if (permission := statement_permission(statement, denying)) is not None]


def _wild_action(statement: Statement) -> Value[bool]:
    if statement.not_action:
        return Value(True, statement.seen)
    return any_of(Value.of(action).then(every_action) for action in statement.actions)


def every_action(action: Any) -> bool | Unknown:
    """Every action of a service, or of all: `*`, `s3:*`, `s3:?*`."""
    if isinstance(action, list):
        return any_of([Value.of(element).then(every_action) for element in action]).data  # type: ignore[no-any-return]
    text = marked(action) if isinstance(action, Text) else action
    if not isinstance(text, str):
        return Unknown(f"which actions {describe(action)} are", "scan the plan")
    service, colon, name = text.partition(":")
    if "\0" in name or (not colon and "\0" in text):
        # Some sign of its name is known to be none of a wildcard.
        return (
            False if (name if colon else text).replace("\0", "").strip("*?") else _not_told(action, f"which actions {describe(action)} are")
        )
    return _all_wild(service) or (bool(colon) and _all_wild(name))


def _all_wild(name: str) -> bool:
    return "*" in name and not name.strip("*?")


def _not_told(raw: Any, what: str) -> Unknown:
    return unknown_inside(raw) or Unknown(what, "scan the plan")


def _wild_resource(statement: Statement) -> Value[bool]:
    if statement.not_resource:
        return Value(True, statement.seen)
    return any_of(Value.of(resource).then(every_resource) for resource in statement.resources)


def every_resource(resource: Any) -> bool | Unknown:
    """`*`, or an ARN whose resource part is nothing but wildcards: `arn:aws:s3:::*/*`, `arn:aws:dynamodb:*:*:table/*`."""
    if isinstance(resource, list):
        return any_of([Value.of(element).then(every_resource) for element in resource]).data  # type: ignore[no-any-return]
    if isinstance(resource, Reference):
        return False  # it names one resource
    if isinstance(resource, Text):
        if not isinstance(resource.parts[0], str):
            return resource.unknown if isinstance(resource.parts[0], Unknown) and resource.unknown else False
        resource = marked(resource)  # partition, region and account do not matter, and a name that is not known is a name
    if not isinstance(resource, str):
        return Unknown(f"which resources {describe(resource)} are", "scan the plan")
    if not resource.startswith("arn:"):
        return resource.strip("*?") == "" and "*" in resource
    fields = resource.split(":", 5)
    if len(fields) < 6:
        return fields[-1].endswith("*")  # whatever comes after the service or the region
    name = fields[5] if fields[2] in _NAME_FIRST else _TYPES.sub("", fields[5])
    return name.strip("*?/:") == "" and "*" in name


_TYPES = lazy_re.pattern(r"(?:^/)?[\w-]+[/:](?=[*?])")
"""Types before wildcards: of `table/*`, of `table/*/index/*`."""
_NAME_FIRST = frozenset({"s3", "execute-api", "sns"})
"""Services whose resources begin with a name, where others have their type: `orders/*` is what is in one bucket."""

NARROW = Spared(
    of_resources,
    actions=lambda action: Value(every_action(action)).negate().data,
    resources=lambda resource: Value(every_resource(resource)).negate().data,
)
"""A denial may leave some actions, some resources, or what conditions bound: that is no wildcard any more."""

_MANAGED = lazy_re.pattern(r"^arn:(?:aws[a-z-]*|\0):iam::aws:policy/(?:[\w-]+/)*([\w-]+)$")


class Managed(NamedTuple):
    """A managed policy that is one thing to whoever reads of it: what it is called, and what it says."""

    name: str
    written: list[Statement | Unknown]
    seen: tuple[Location, ...]

    def permission(self, denials: Iterable[Statement] = ()) -> Permission:
        """What it allows as a whole, less what is denied."""
        allowed = [_as_permission(entry, self.seen) for entry in permissions_of(self.written, denials)]
        wide = [permission.name.data for permission in allowed if permission.wildcard.data is True]
        wild = any_of([*(permission.wildcard for permission in allowed), Value(False, self.seen)])
        name = f"{self.name} ({'; '.join(wide)})" if wide else self.name
        return Permission(name=Value(name, self.seen[:1]), wildcard=Value(wild.data, tuple(dict.fromkeys((*self.seen, *wild.seen)))))


def _as_permission(entry: Any, seen: tuple[Location, ...]) -> Permission:
    return entry if isinstance(entry, Permission) else Permission(name=Value("", seen), wildcard=Value(entry, seen))


def managed_policy(arn: Value[Any]) -> Managed:
    """An AWS-managed policy by its ARN, whatever the partition, as the table (tables/) has it.

    https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
    """
    name = managed_name(arn)
    if name is None:
        shown = describe(arn.data) or "with an empty ARN"
        way = "scan it together with this, or the live account"
        why = Unknown(f"what the policy {shown} allows: it is declared elsewhere", way)
        return Managed("a policy that is not known" if arn.unknown else shown, [arn.unknown or why], arn.seen)
    table = policies()
    seen = (*arn.seen, Location(operation=f"documents of AWS-managed policies ({table.source})", time=table.as_of))
    return Managed(f"AWS-managed policy {name}", _by_table(name, seen), seen)


def _by_table(name: str, seen: tuple[Location, ...]) -> list[Statement | Unknown]:
    table = policies()
    telling = statements(Value({"Statement": table.telling.get(name, [])}, seen))
    if actions := table.wide.get(name):
        excepted = actions.removeprefix("everything but ")
        return _statement("Allow", "Action" if excepted == actions else "NotAction", excepted.split(", "), seen) + telling
    if name in table.denying:
        return _statement("Deny", "Action", "*", seen)
    if name in table.narrow:
        return telling
    reason = f"what the AWS-managed policy {name} allows: it is not among those of {table.as_of}"
    return [Unknown(reason, "scan the live account")]


def managed_name(arn: Value[Any]) -> str | None:
    """The name of an AWS-managed policy; None for an ARN of any other."""
    text = marked(arn.data) if isinstance(arn.data, Text) else arn.data
    match = _MANAGED.match(text) if isinstance(text, str) else None
    return match[1] if match else None


def _statement(effect: str, element: str, actions: Any, seen: tuple[Location, ...]) -> list[Statement | Unknown]:
    return statements(Value({"Statement": {"Effect": effect, element: actions, "Resource": "*"}}, seen))
