"""AWS policy documents in one typed form, whatever input they came from.

Grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection, Iterable
from typing import Any, TypeAlias

import msgspec

from assay.scanner import lazy_re
from assay.scanner.facts import condition_keys
from assay.scanner.facts.condition_keys import NEGATED, POSITIVE, Test, exact, names_fixed, of_callers, of_resources
from assay.scanner.facts.moments import CLOCKS, clock_has_passed, moment
from assay.scanner.sources.documents import decode
from assay.scanner.sources.raw import Either, Location, Reference, Text, Unknown, in_all
from assay.scanner.sources.values import Value, all_of, any_of

TestOf: TypeAlias = Callable[[str], Test | None]
"""The test of a condition key, in lower case; None for a key that bounds nothing."""


class Condition(msgspec.Struct, frozen=True):
    """One test of a statement: an operator, a condition key, and values of which one has to match."""

    operator: str
    key: str
    """Lower case, since condition keys compare without case."""
    values: list[Any]

    @property
    def compares(self) -> str:
        """The operator in lower case, without what it says of sets and of keys that are absent: `stringlike`."""
        return self.operator.lower().rpartition(":")[2].removesuffix("ifexists")


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
    """The statements of a policy document given as text, object or Document. No document gives no statements.

    What allowed or denied something until a time that is over is left out. One without `Statement` is unknown: AWS refuses it, and what
    was meant stands elsewhere.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html
    """
    content = None if value.data == "" else decode(value.data)
    if content is None:
        return []
    if not isinstance(content, dict):
        return [content if isinstance(content, Unknown) else Unknown("the policy is not an object", "correct the policy")]
    key, written = next(((key, raw) for key, raw in content.items() if key.lower() == "statement"), ("", _NO_STATEMENT))
    if isinstance(written, Unknown):
        return [written]
    if not isinstance(written, list):
        told = [_statement(written, value.seen_inside(content, (key,)))]
    else:
        told = [_statement(statement, value.seen_inside(content, (key, at))) for at, statement in enumerate(written)]
    return [statement for statement in told if isinstance(statement, Unknown) or not _is_over(statement)]


def _is_over(statement: Statement) -> bool:
    """Whether a condition is met no more, since its time is over. All conditions of a statement have to be met."""
    conditions = [] if isinstance(statement.conditions, Unknown) else statement.conditions
    timed = [condition for condition in conditions if condition.key in CLOCKS]
    return any(clock_has_passed(condition.compares, condition.values, moment(statement.seen)) for condition in timed)


_NO_STATEMENT = Unknown("the policy has no Statement", "write what it allows under Statement")


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


def allowed_of(statement: Statement, wanted: Collection[str]) -> tuple[frozenset[str], Unknown | None]:
    """Which of some actions, in lower case, a statement speaks of, and why there may be more of them."""
    written = [action.lower() for action in statement.actions if isinstance(action, str)]
    names = {action for action in written if "*" not in action and "?" not in action}
    globs = [glob(action) for action in written if action not in names]
    listed = names.intersection(wanted)
    if globs:
        listed.update(name for name in wanted if name not in listed and any(pattern.fullmatch(name) for pattern in globs))
    open_ = next((why for action in statement.actions if (why := _open_action(action)) is not None), None)
    return (frozenset(wanted) - listed if statement.not_action else frozenset(listed)), open_


def _open_action(action: Any) -> Unknown | None:
    if isinstance(action, str):
        return None
    why = action if isinstance(action, Unknown) else action.unknown if isinstance(action, Text) else None
    return why or Unknown("which action a statement is for is known after apply", "scan the plan or the live resource")


@functools.lru_cache(4096)
def glob(text: str) -> re.Pattern[str]:
    """A pattern of an action: `*` is any text, `?` any character."""
    return re.compile("".join(".*" if char == "*" else "." if char == "?" else re.escape(char) for char in text))


def _as_unknown(raw: Any, what: str) -> Unknown:
    return raw if isinstance(raw, Unknown) else Unknown(f"{what} is not known", "scan the plan or the live resource")


def _list(raw: Any) -> list[Any]:
    if isinstance(raw, Either):
        return in_all(raw)
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
        for key, values in tests.items():
            # Each of several lists is compared as a whole: what is in one of them alone may not be left out.
            conditions.append(Condition(operator, key.lower(), [values] if isinstance(values, Either) else _list(values)))
    return conditions


# Conditions that bound who may use a statement, or what it reaches.

BOUNDING_KEYS = frozenset(condition_keys.CALLERS)


def bounded(statement: Statement, keys: Iterable[str] = BOUNDING_KEYS) -> Value[bool]:
    """Whether a condition limits the statement to fixed callers: one of some keys, in lower case, that must be there with fixed values.

    Each key has its own test of what is fixed (condition_keys.py); one that has none bounds by values without wildcards.
    """
    wanted = frozenset(keys)
    return bounded_by(statement, lambda key: (of_callers(key) or exact) if key in wanted else None)


def reach_bounded(statement: Statement) -> Value[bool]:
    """Whether a condition limits a statement of an identity to fixed resources, or to one service that it is used through."""
    return bounded_by(statement, of_resources)


def bounded_by(statement: Statement, test_of: TestOf) -> Value[bool]:
    """Whether a condition limits the statement, by tests of the caller's own."""
    if isinstance(statement.conditions, Unknown):
        return Value(statement.conditions, statement.seen)
    required = {key for condition in statement.conditions for key in _must_be_there(condition)}
    bounds: list[Value[bool]] = [Value(_bounds(condition, test_of, required), statement.seen) for condition in statement.conditions]
    return any_of([*bounds, Value(False, statement.seen)])


def _must_be_there(condition: Condition) -> list[str]:
    """`Null` with false: the key is in the request."""
    absent = condition.operator.lower() == "null" and [str(value).lower() for value in condition.values] == ["false"]
    return [condition.key] if absent else []


def _bounds(condition: Condition, test_of: TestOf, required: set[str]) -> bool | Unknown:
    """Whether a condition holds for fixed callers alone. `required`: keys that are in every request for which the statement counts."""
    operator = condition.operator.lower()
    if (operator.startswith("forallvalues:") or operator.endswith("ifexists")) and condition.key not in required:
        return False  # true where the key is absent
    operator = condition.compares
    if condition.key == _IS_SERVICE:
        return test_of(condition.key) is not None and _says(condition, "true")
    if operator not in POSITIVE or not condition.values:
        return False
    test = test_of(condition.key)
    return test is not None and _all_fixed(operator, condition, test)


def _all_fixed(operator: str, condition: Condition, test: Test) -> bool | Unknown:
    return all_of([Value(names_fixed(operator, condition.key, value, test)) for value in condition.values]).data  # type: ignore[no-any-return]


_IS_SERVICE = "aws:principalisawsservice"


def _says(condition: Condition, truth: str) -> bool:
    return bool(condition.values) and all(str(value).lower() == truth for value in condition.values)


def leaves_bounded(denial: Statement, test_of: TestOf) -> Value[bool]:
    """Whether everybody (everything) that the conditions of a denial spare is bounded: "unless it comes from this VPC endpoint".

    A denial counts where all of its conditions hold; spared is whoever one of them does not hold for.
    """
    if isinstance(denial.conditions, Unknown):
        return Value(denial.conditions, denial.seen)
    return all_of(
        [Value(_spares_bounded(condition, test_of), denial.seen) for condition in denial.conditions] or [Value(True, denial.seen)]
    )


def _spares_bounded(condition: Condition, test_of: TestOf) -> bool | Unknown:
    operator = condition.operator.lower()
    if condition.key == _IS_SERVICE:
        return test_of(condition.key) is not None and _says(condition, "false")
    if operator.startswith("foranyvalue:") and not operator.endswith("ifexists"):
        return False  # false where the key is absent: whoever has none is spared
    positive = NEGATED.get(condition.compares)
    test = test_of(condition.key)
    if positive is None or test is None or not condition.values:
        return False
    return _all_fixed(positive, condition, test)


def marked(text: Text) -> str:
    """Text with a NUL for each part that is not known."""
    return "".join(part if isinstance(part, str) else "\0" for part in text.parts)


# Principals.

_ACCOUNT = lazy_re.pattern(r"^\d{12}$")


def means_everyone(who: Any) -> bool:
    """`*`, or an ARN with a wildcard for the account. The whole element may be given where it is one of several."""
    if isinstance(who, dict):
        return any(means_everyone(principal) for kind, listed in who.items() if kind in ("AWS", "*") for principal in _list(listed))
    if isinstance(who, list):
        return any(means_everyone(principal) for principal in who)
    if not isinstance(who, str):
        return False
    fields = who.split(":", 5)
    return who == "*" or (len(fields) > 5 and ("*" in fields[4] or "?" in fields[4]))


def principal_account(principal: Any) -> str | Unknown:
    """The account of an AWS principal: 12 digits, `this` for the account of the configuration itself, empty where it names none."""
    if isinstance(principal, Unknown):
        return principal
    if isinstance(principal, Reference):
        return "this" if not principal.is_data or own_account(principal) else _not_known(principal)
    if isinstance(principal, Text):
        return _text_account(principal)
    if _ACCOUNT.match(str(principal)):
        return str(principal)
    fields = str(principal).split(":")
    return fields[4] if len(fields) > 4 else ""


def own_account(data: Any) -> bool:
    """Whether it is the account that the configuration is deployed to."""
    return isinstance(data, Reference) and (data.type == "aws_caller_identity" or data.address == "AWS::AccountId")


def _text_account(text: Text) -> str | Unknown:
    marked = "".join(part if isinstance(part, str) else f"\0{at}\0" for at, part in enumerate(text.parts))
    if marked.startswith("\0"):
        return principal_account(text.parts[0])
    fields = marked.split(":")
    if len(fields) > 4 and fields[4].startswith("\0"):
        part = text.parts[int(fields[4].strip("\0"))]
        return "this" if own_account(part) else _not_known(text)
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
        or (own_account(principal) and principal.attribute in ("account_id", ""))
    )
