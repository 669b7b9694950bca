"""Expressions as trees, where meaning alone does not show the difference."""

from __future__ import annotations

import pytest

from assay.scanner.sources.terraform import literals, parsing
from assay.scanner.sources.terraform.tree import (
    Attribute,
    Binary,
    Call,
    Conditional,
    For,
    Index,
    List,
    Literal,
    Name,
    Object,
    Splat,
    Template,
    Unary,
    Unreadable,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5", Literal(5)),
        ("1.50", Literal(1.5)),
        ("2.0", Literal(2)),
        ("null", Literal(None)),
        ('"a\\tb"', Literal("a\tb")),
        ('" "', Literal(" ")),
        ('""', Literal("")),
        ("a.b", Attribute(Name("a"), "b")),
        ("a[0]", Index(Name("a"), Literal(0))),
        ("a.0.b", Attribute(Index(Name("a"), Literal(0)), "b")),
        ('a["k"].b', Attribute(Index(Name("a"), Literal("k")), "b")),
        ("a[*].b[0]", Splat(Name("a"), Index(Attribute(Name("*"), "b"), Literal(0)))),
        ("a.*.b[0]", Index(Splat(Name("a"), Attribute(Name("*"), "b")), Literal(0))),
        ("f(a, b...)", Call("f", (Name("a"), Name("b")), True)),
        ("core::f()", Call("core::f", (), False)),
        ("provider::aws::f(1)", Call("provider::aws::f", (Literal(1),), False)),
        ("-a.b", Unary("-", Attribute(Name("a"), "b"))),
        ("1 - 2 - 3", Binary("-", Binary("-", Literal(1), Literal(2)), Literal(3))),
        ("1 + 2 * 3", Binary("+", Literal(1), Binary("*", Literal(2), Literal(3)))),
        ("a ? b : c ? d : e", Conditional(Name("a"), Name("b"), Conditional(Name("c"), Name("d"), Name("e")))),
        ("[a, b]", List((Name("a"), Name("b")))),
        ("{ a = b, (c) = d }", Object(((Literal("a"), Name("b")), (Name("c"), Name("d"))))),
        ("[for v in a : v if b]", For(("v",), Name("a"), None, Name("v"), Name("b"), False)),
        ("{ for k, v in a : k => v... }", For(("k", "v"), Name("a"), Name("k"), Name("v"), None, True)),
        ('"${a}"', Name("a")),
        ('{ "${a}" = b }', Object(((Name("a"), Name("b")),))),
        ('"x${a}"', Template(("x", Name("a")))),
        ("((a))", Name("a")),
        ("a /* comment */ + /* other */ b", Binary("+", Name("a"), Name("b"))),
    ],
)
def test_trees(text: str, expected: object) -> None:
    assert parsing.standalone(text) == expected


@pytest.mark.parametrize("text", ["", "1 +", "[", '"', "${", ")", "a b", '"\ud800'])
def test_what_does_not_parse_is_said_to_be_so(text: str) -> None:
    assert isinstance(parsing.standalone(text), Unreadable)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", Literal("plain")),
        ("${a}", Name("a")),
        ("${a}\n", Template((Name("a"), "\n"))),
        ("${ a ~}", Name("a")),
        ("x ${~ a ~} y", Template(("x", Name("a"), "y"))),
        ('${"q"} "not escaped" \\n', Template((Literal("q"), ' "not escaped" \\n'))),
        ("$${a} ${b}", Template(("${a} ", Name("b")))),
        ("${", Unreadable("${")),
        ("%{ if a }", Unreadable("%{ if a }")),
    ],
)
def test_templates_from_files_and_json(text: str, expected: object) -> None:
    assert parsing.template(text) == expected


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("007", 7), ("+5", 5), (".5", 0.5), ("5.", 5), ("1e3", 1000), ("-1.5E-1", -0.15), ("1" * 300, int("1" * 300))],
)
def test_numbers(text: str, number: float) -> None:
    outcome = literals.read_number(text)
    assert outcome == number and type(outcome) is type(number)


@pytest.mark.parametrize("text", ["", "-", ".", "1e", "1" * 301, "1e999", "0x1", "\u0663", "1 ", "1_0"])
def test_no_numbers(text: str) -> None:
    assert literals.read_number(text) is None


@pytest.mark.parametrize("text", ["[1e3-x]", "a.1e3", "1e3(a)", "[for 1e3 in a : b]", "[1e3, \u0781]", "x-1e3 1e3", "1e3.a"])
def test_a_number_with_an_exponent_is_no_name(text: str) -> None:
    assert isinstance(parsing.standalone(text), Unreadable)


def test_a_line_that_ends_a_template_of_ours_is_not_taken_for_its_end() -> None:
    assert isinstance(parsing.template("${a}\nASSAY_TEMPLATE\nb = ${c}"), (Unreadable, Template))
    assert parsing.template("${a}\nASSAY_TEMPLATE\nb") != Template((Name("a"),))
