"""What conditions in CEL let through, and the patterns that they and AWS's compare with."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.scanner.facts import patterns
from assay.scanner.facts.cel_syntax import SyntaxProblem, parse
from assay.scanner.facts.conditions import MAX_WAYS, bounded, ways
from assay.scanner.facts.conditions import Test as OneTest
from assay.scanner.facts.patterns import ANY, ONE, OPEN
from assay.scanner.sources.raw import Text, Unknown

WHY = Unknown("it is not told", "tell it")
MAPPING = {("attribute", "repo"): parse("assertion.repository"), ("google", "subject"): parse("assertion['sub']")}


def said(condition: Any) -> list[list[str]]:
    """The ways of a condition in words: `assertion.repository=org/app`, or `?`."""
    return [
        [f"{'.'.join(test.path)}={test.pattern}" if isinstance(test, OneTest) else "?" for test in way] for way in ways(condition, MAPPING)
    ]


A, B = "assertion.repository=a/b", "assertion.repository=c/d"


@pytest.mark.parametrize(("condition", "expected"), [
    (None, [[]]), ("", [[]]), ("true", [[]]), ("false", []), ("1 == 1", [[]]), ("1 == 2", []), ("'a' != 'b'", [[]]), ("2 > 1", [[]]), ("1 >= 2", []),
    ("assertion.repository == 'a/b'", [[A]]), ("'a/b' == assertion.repository", [[A]]), ("assertion['repository'] == 'a/b'", [[A]]),
    ("attribute.repo == 'a/b'", [[A]]), ("attribute['repo'] == 'a/b'", [[A]]), ("google.subject == 'x'", [["assertion.sub=x"]]),
    ("attribute.other == 'x'", [["attribute.other=x"]]),
    ("assertion.repository != 'a/b'", [[]]), ("!(assertion.repository == 'a/b')", [[]]), ("!(assertion.repository != 'a/b')", [[A]]),
    ("!!(assertion.repository == 'a/b')", [[A]]), ("(assertion.repository == 'a/b') == true", [[A]]),
    ("(assertion.repository != 'a/b') == false", [[A]]), ("(assertion.repository == 'a/b') != true", [[]]),
    ("assertion.repository in ['a/b', 'c/d']", [[A], [B]]), ("!(assertion.repository in ['a/b'])", [[]]),
    ("assertion.repository in []", []), ("!(assertion.repository in [])", [[]]),
    ("assertion.repository == 'a/b' || assertion.repository == 'c/d'", [[A], [B]]), ("assertion.repository == 'a/b' || true", [[A], []]),
    ("assertion.repository == 'a/b' && assertion.ref == 'x'", [[A, "assertion.ref=x"]]),
    ("!(assertion.repository != 'a/b' || assertion.ref != 'x')", [[A, "assertion.ref=x"]]),
    ("!(assertion.repository != 'a/b' && assertion.ref != 'x')", [[A], ["assertion.ref=x"]]),
    ("assertion.ok ? assertion.repository == 'a/b' : false", [["assertion.ok=true", A]]),
    ("assertion.ok ? true : assertion.repository == 'a/b'", [["assertion.ok=true"], ["assertion.ok=false", A]]),
    ("!(assertion.ok ? assertion.repository != 'a/b' : true)", [["assertion.ok=true", A]]),
    ("has(assertion.repository)", [[]]), ("has(assertion.repository) && assertion.repository == 'a/b'", [[A]]),
    ("assertion.repository.startsWith('a/')", [[f"assertion.repository=a/{ANY}"]]), ("!assertion.repository.startsWith('a/')", [[]]),
    ("assertion.repository.endsWith('/b')", [[f"assertion.repository={ANY}/b"]]),
    ("assertion.repository.contains('/')", [[f"assertion.repository={ANY}/{ANY}"]]),
    ("assertion.repository.lowerAscii() == 'a/b'", [[A]]), ("string(assertion.repository) == 'a/b'", [[A]]),
    ("assertion.repository.matches('^a/b$')", [[A]]), ("assertion.repository.matches('a/b')", [[f"assertion.repository={ANY}a/b{ANY}"]]),
    ("['a/b', 'c/d'].exists(r, r == assertion.repository)", [[A], [B]]),
    ("['a/b'].all(r, assertion.repository.startsWith(r))", [[f"assertion.repository=a/b{ANY}"]]),
    ("assertion.id == 5", [["assertion.id=5"]]), ("assertion.id == -5", [["assertion.id=-5"]]),
    ("assertion.verified == true", [["assertion.verified=true"]]), ("assertion.verified", [["assertion.verified=true"]]),
    ("assertion.repository == assertion.actor", [["?"]]), ("assertion.sub.extract('{x}:') == 'a'", [["?"]]),
    ("size(assertion.repository) > 3", [["?"]]), ("assertion.a + assertion.b == 'x'", [["?"]]), ("assertion.list.exists(x, x == 'a')", [["?"]]),
    ("not an expression", [["?"]]), ("(" * 60 + "true" + ")" * 60, [["?"]]),
    (Text(("assertion.repository == '", WHY, "'")), [[f"assertion.repository={OPEN}"]]),
    (Text(("assertion.repository == 'a/b' && assertion.ref == '", WHY, "'")), [[A, f"assertion.ref={OPEN}"]]),
    (Text((WHY, " && assertion.repository == 'a/b'")), [["?"]]), (WHY, [["?"]]),
])  # fmt: skip
def test_the_ways_to_satisfy_a_condition(condition: Any, expected: list[list[str]]) -> None:
    assert said(condition) == expected


def test_too_many_ways_are_not_understood() -> None:
    side = "(assertion.a == 'x' || assertion.a == 'y')"
    assert said(" && ".join([side] * 12)) == [["?"]]
    assert len(ways(" && ".join([side] * 4))) == 16 <= MAX_WAYS
    listed = ", ".join(f"'{number}'" for number in range(MAX_WAYS + 1))
    assert said(f"assertion.a in [{listed}]") == [["?"]]


ATOMS = st.sampled_from(["assertion.a == 'x'", "assertion.a != 'x'", "assertion.b == 'y'", "assertion.b != 'y'", "true", "false"])
EXPRESSIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        inner.map(lambda one: f"!({one})"),
        st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(lambda parts: f"({parts[0]}) {parts[1]} ({parts[2]})"),
        st.tuples(inner, inner, inner).map(lambda parts: f"(({parts[0]}) ? ({parts[1]}) : ({parts[2]}))"),
    ),
    max_leaves=6,
)


@given(expression=EXPRESSIONS, a=st.sampled_from("xz"), b=st.sampled_from("yz"))
def test_what_satisfies_a_condition_goes_one_of_its_ways(expression: str, a: str, b: str) -> None:
    from cel_expr_python import cel

    program = cel.NewEnv(variables={"assertion": cel.Type.DYN}).compile(expression)
    if program.eval(data={"assertion": {"a": a, "b": b}}).value() is True:
        claims = {("assertion", "a"): a, ("assertion", "b"): b}
        assert any(all(isinstance(test, OneTest) and claims[test.path] == test.pattern for test in way) for way in ways(expression))


@pytest.mark.parametrize(("condition", "expected"), [
    (None, False), ("resource.name == 'a'", True), ("resource.name == 'a' || resource.type == 'b'", False),
    ("resource.name == 'a' && request.time < timestamp('2026-01-01T00:00:00Z')", True),
    ("resource.type == 'b' || resource.name.extract('x') == 'y'", False), ("resource.name.extract('x') == 'y'", "unknown"), (WHY, "unknown"),
])  # fmt: skip
def test_whether_every_way_is_bounded(condition: Any, expected: Any) -> None:
    bounds = bounded(condition, lambda test: test.path == ("resource", "name"))
    assert ("unknown" if isinstance(bounds, Unknown) else bounds) == expected


@pytest.mark.parametrize("text", ["a b", "a.", "'x", "(" * 60 + "a" + ")" * 60])
def test_what_is_no_expression(text: str) -> None:
    with pytest.raises(SyntaxProblem):
        parse(text)


@pytest.mark.parametrize(("value", "wildcards", "expected"), [
    ("a*b?", True, f"a{ANY}b{ONE}"), ("a*b?", False, "a*b?"), ("{a*}", True, f"{{a{ANY}}}"), ("${*}a${?}", True, "*a?"), ("${$}", False, "$"),
    ("repo:${aws:username}", True, f"repo:{ANY}"), ("repo:${aws:username}", False, f"repo:{ANY}"), (f"a{ANY}", False, f"a{ANY}"),
    (Text(("repo:", WHY, "*")), True, f"repo:{OPEN}{ANY}"), (WHY, True, OPEN), (5, False, "5"),
])  # fmt: skip
def test_values_of_aws_as_patterns(value: Any, wildcards: bool, expected: str) -> None:
    assert patterns.aws(value, wildcards=wildcards) == expected


@pytest.mark.parametrize(("expression", "expected"), [
    ("^a$", ["a"]), ("a", [f"{ANY}a{ANY}"]), ("^a", [f"a{ANY}"]), ("^a(b|c)$", ["ab", "ac"]), ("^(?:a|b)c?$", [f"a{ANY}", f"b{ANY}"]),
    (r"^a\.b$", ["a.b"]), ("^a.b$", [f"a{ONE}b"]), ("^a.*$", [f"a{ANY}"]), (r"^\d+$", [ANY]), ("^[a-z]$", [ONE]), ("^a|b$", [f"a{ANY}", f"{ANY}b"]),
    (r"^\$\^$", ["$^"]), ("a^b", None), ("(?i)a", None), ("(a", None), ("a)", None), ("[a", None), ("\\", None), (r"\bx", None),
    ("(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)", None),
])  # fmt: skip
def test_regular_expressions_as_patterns(expression: str, expected: list[str] | None) -> None:
    assert patterns.regular_expression(expression) == expected
