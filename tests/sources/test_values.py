"""The algebra of values: three-valued logic, and places that are never lost."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.scanner.sources.raw import (
    MAX_OPTIONS,
    Document,
    Either,
    Location,
    Reference,
    Text,
    Unknown,
    describe,
    either,
    in_all,
    unknown_inside,
)
from assay.scanner.sources.values import Value, agreed, all_of, any_of, first_known, gather

WHY = Unknown("why", "how")
PLACES = [Location("a.tf", 1), Location("b.tf", 2)]


def truth(data: Any) -> Any:
    return None if isinstance(data, Unknown) else data


def kleene_and(values: list[Any]) -> Any:
    return False if False in values else None if None in values else True


def kleene_or(values: list[Any]) -> Any:
    return True if True in values else None if None in values else False


TRUTHS = st.lists(st.sampled_from([True, False, WHY]), max_size=6)


@given(TRUTHS)
def test_all_of_is_the_conjunction_of_kleene(data: list[Any]) -> None:
    assert truth(all_of(Value(entry) for entry in data).data) is kleene_and([truth(entry) for entry in data])


@given(TRUTHS)
def test_any_of_is_the_disjunction_of_kleene(data: list[Any]) -> None:
    assert truth(any_of(Value(entry) for entry in data).data) is kleene_or([truth(entry) for entry in data])


@given(TRUTHS)
def test_de_morgan(data: list[Any]) -> None:
    values = [Value(entry) for entry in data]
    assert all_of(values).negate().data == any_of(value.negate() for value in values).data
    assert any_of(values).negate().data == all_of(value.negate() for value in values).data


def test_what_is_absent_counts_as_false_also_where_it_is_negated() -> None:
    assert Value(None).negate().data is True


@given(TRUTHS, TRUTHS)
def test_grouping_does_not_matter(one: list[Any], other: list[Any]) -> None:
    for combine in (all_of, any_of):
        left, right = [Value(entry) for entry in one], [Value(entry) for entry in other]
        assert combine([combine(left), combine(right)]).data == combine([*left, *right]).data


@given(TRUTHS, st.randoms(use_true_random=False))
def test_order_does_not_change_the_result(data: list[Any], random: Any) -> None:
    mixed = random.sample(data, len(data))
    for combine in (all_of, any_of):
        assert combine(Value(entry) for entry in data).data == combine(Value(value) for value in mixed).data


def test_an_absent_value_counts_as_false() -> None:
    assert all_of([Value(True), Value(None)]).data is False
    assert any_of([Value(None)]).data is False and any_of([]).data is False and all_of([]).data is True


def test_the_places_of_what_decides_are_kept() -> None:
    decided = all_of([Value(True, PLACES[:1]), Value(False, PLACES[1:]), Value(WHY)])
    assert (decided.data, decided.seen) == (False, (PLACES[1],))
    together = all_of([Value(True, PLACES[:1]), Value(True, PLACES)])
    assert together.seen == tuple(PLACES)
    assert any_of([Value(WHY, PLACES[:1]), Value(False, PLACES[1:])]).seen == (PLACES[0],)


def test_the_first_unknown_gives_the_reason() -> None:
    other = Unknown("other", "how")
    assert all_of([Value(True), Value(WHY), Value(other)]).data is WHY


# One value


@pytest.mark.parametrize(
    ("data", "accepted", "expected"),
    [
        ("TLSv1.2", ("tlsv1.2",), True),
        ("a", ("b", "c"), False),
        (None, ("a",), False),
        (None, (None,), True),
        (True, (True,), True),
        (True, (1,), False),
        (1, (True,), False),
        (1, (1,), True),
        ("true", (True,), False),
        (Text(("arn:", WHY)), ("urn:",), False),
        (Text(("ARN:", WHY)), ("urn:", 5), False),
    ],
)
def test_equals(data: Any, accepted: tuple[Any, ...], expected: bool) -> None:
    assert Value(data).equals(*accepted).data is expected


@pytest.mark.parametrize(
    "data",
    [WHY, Text(("arn:", WHY)), Reference("a.b", "c"), Text((Reference("a.b", "c"), ":x")), Either("why", "how", None, ("a", "arn:x"))],
)
def test_equals_with_what_is_not_known(data: Any) -> None:
    assert isinstance(Value(data).equals("arn:x").data, Unknown)


@pytest.mark.parametrize(("options", "expected"), [(("a", "b"), False), (("x", "X"), True), (("x", None), None), ((None, "b"), False)])
def test_equals_of_either_is_what_its_options_agree_on(options: tuple[Any, ...], expected: bool | None) -> None:
    assert truth(Value.of(Either("why", "how", None, options)).equals("x").data) is expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [(True, True), ("true", True), ("FALSE", False), ("1", True), ("0", False), (0, False), (2, True), (None, None)],
)
def test_truth(data: Any, expected: bool | None) -> None:
    assert Value(data).truth().data is expected


@pytest.mark.parametrize("data", ["yes", "", [], {}, Reference("a.b"), Text(("x", WHY)), WHY])
def test_what_is_no_flag_is_unknown(data: Any) -> None:
    assert isinstance(Value(data).truth().data, Unknown)


@pytest.mark.parametrize(("data", "expected"), [(5, 5), ("5", 5), ("-5", -5), ("5.5", 5.5), (None, None), (0, 0)])
def test_number(data: Any, expected: Any) -> None:
    outcome = Value(data).number().data
    assert outcome == expected and type(outcome) is type(expected)


@pytest.mark.parametrize("data", [True, "five", "", [], Reference("a.b"), WHY, "--5", "\u00b2", "9" * 5000])
def test_what_is_no_number_is_unknown(data: Any) -> None:
    assert isinstance(Value(data).number().data, Unknown)


@pytest.mark.parametrize(("data", "expected"), [("a", "a"), (True, "true"), (5, "5"), (None, None)])
def test_text(data: Any, expected: Any) -> None:
    assert Value(data).text().data == expected


@pytest.mark.parametrize("data", [Text(("a", WHY)), Reference("a.b"), [], {}, WHY])
def test_what_is_no_whole_text_is_unknown(data: Any) -> None:
    assert isinstance(Value(data).text().data, Unknown)


def test_known_and_default_and_absent() -> None:
    assert [Value(data).is_set().data for data in (None, "", "a", 0, False, Reference("a.b"))] == [False, False, True, True, True, True]
    assert isinstance(Value(WHY).is_set().data, Unknown)
    assert Value(None, PLACES).default(5).data == 5 and Value(None, PLACES).default(5).seen == tuple(PLACES)
    assert Value(0).default(5).data == 0 and Value(WHY).default(5).data is WHY
    assert Value(None).absent and not Value(WHY).absent and Value(WHY).unknown is WHY


def test_then_is_not_called_for_an_unknown() -> None:
    assert Value(WHY).then(lambda data: 1 / 0).data is WHY
    assert Value(2, PLACES).then(lambda data: data + 1).seen == tuple(PLACES)


class Pair(msgspec.Struct):
    one: Value[Any]
    other: Value[Any]


def test_structures_agree_field_by_field() -> None:
    outcome = Value.of(Either("why", "how", None, (1, 2))).then(lambda data: Pair(Value("same"), Value(data))).data
    assert isinstance(outcome, Pair) and outcome.one.data == "same" and isinstance(outcome.other.data, Unknown)
    assert (
        agreed(WHY, [1, True]).options == (1, True)
        and agreed(WHY, [True, True]) is True
        and agreed(WHY, [Reference("a"), Reference("a")]) == Reference("a")
    )


# Either


RAW = st.one_of(st.none(), st.booleans(), st.integers(-2, 2), st.sampled_from(["a", "b"]), st.just(Reference("a.b")))


@given(st.lists(RAW, min_size=1, max_size=12))
def test_either_holds_each_option_once_and_in_order(options: list[Any]) -> None:
    distinct = []
    for option in options:
        if not any(option == entry and type(option) is type(entry) for entry in distinct):
            distinct.append(option)
    outcome = either(WHY, *options)
    if len(distinct) == 1:
        assert outcome == distinct[0] and type(outcome) is type(distinct[0])
    elif len(distinct) > MAX_OPTIONS:
        assert outcome is WHY
    else:
        assert list(outcome.options) == distinct


@given(st.lists(RAW, max_size=4))
def test_either_with_an_unknown_branch_is_plain_unknown(options: list[Any]) -> None:
    option = either(WHY, *options, Unknown("other", "how"))
    assert type(option) is Unknown and option.reason == "why"


@pytest.mark.parametrize(("options", "expected"), [
    ((["a"], ["a", "b"]), ["a", ([], "b")]),
    ((["a", "b"], ["c", "b"]), ["b", ("a", "c")]),
    ((["a"], ["b"]), [("a", "b")]),
    (([], ["a", "b"]), [([], "a"), ([], "b")]),
    ((["a", "b"], ["b", "a"]), ["a", "b"]),
    ((["a"], ["b"], ["b", "c"]), [("a", "b"), ([], "c")]),
])  # fmt: skip
def test_one_of_several_lists_is_read_element_by_element(options: tuple[Any, ...], expected: list[Any]) -> None:
    options_ = in_all(Either("why", "how", None, options))
    assert [element.options if isinstance(element, Either) else element for element in options_] == expected
    elements = Value.of(Either("why", "how", None, options)).elements()
    assert [element.options or element.data for element in elements] == expected


def test_what_is_not_known_beside_what_all_lists_have_is_unknown() -> None:
    options_ = in_all(Either("why", "how", None, (["a"], ["a", Unknown("other", "how")])))
    assert options_ == ["a", Unknown("why", "how")]


def test_one_of_a_list_and_a_text_is_one_element() -> None:
    one = Either("why", "how", None, (["a"], "b"))
    assert in_all(one) == [one]


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=3, unique=True), min_size=2, max_size=3))
def test_whichever_list_it_is_each_of_its_elements_is_told(options: list[list[str]]) -> None:
    one = either(WHY, *options)
    if not isinstance(one, Either):
        return
    told = in_all(one)
    for option in one.options:
        assert all(any(element == known or (isinstance(known, Either) and element in known.options) for known in told) for element in option)
        assert all(isinstance(known, Either) or known in option for known in told)


def test_either_of_either_is_flat() -> None:
    inner = either(WHY, "a", "b")
    assert either(WHY, inner, "c").options == ("a", "b", "c") and either(WHY, inner, "a").options == ("a", "b")


# References, texts, lists


@pytest.mark.parametrize(
    ("address", "type_"),
    [
        ("aws_kms_key.k", "aws_kms_key"),
        ('module.a["x.y"].aws_kms_key.k', "aws_kms_key"),
        ('module.a.aws_kms_key.k["x.y"]', "aws_kms_key"),
        ("module.data.aws_kms_key.k[0]", "aws_kms_key"),
        ("data.aws_iam_policy_document.d", "aws_iam_policy_document"),
        ('module.a["m[0]"].data.aws_region.r', "aws_region"),
        ("nothing", ""),
    ],
)
def test_the_type_of_a_reference(address: str, type_: str) -> None:
    assert Reference(address).type == type_


def test_how_values_are_described() -> None:
    assert str(Text(("arn:", Reference("a.b", "c"), WHY))) == "arn:${a.b.c}${unknown: why}"
    assert describe([None, True, {"a": Document({})}, 5, WHY]) == "[absent, true, {a: a JSON document}, 5, unknown: why]"
    assert [str(place) for place in (Location("a.tf", 3), Location("a.tf"), Location(operation="s3:Get", time="now"))] == [
        "a.tf:3",
        "a.tf",
        "s3:Get at now",
    ]


def test_the_unknown_inside_is_found_at_any_depth() -> None:
    assert unknown_inside({"a": [1, {"b": Document({"c": [Text(("x", WHY))]})}]}) is WHY
    assert unknown_inside({"a": [1, Reference("a.b"), Text(("x", Reference("a.b")))]}) is None


def test_text_tells_what_it_begins_with() -> None:
    assert Text(("arn:", WHY)).prefix == "arn:" and Text((WHY, "x")).prefix == "" and Text((WHY, "x")).unknown is WHY


def test_first_known_and_gather() -> None:
    assert first_known(Value(None), Value(WHY), Value(1)).data is WHY
    assert first_known(Value(None, PLACES[:1]), Value(None, PLACES[1:])).seen == tuple(PLACES)
    assert gather([Value([1, 2]), Value(None), Value(3), Value(WHY)]).data == [1, 2, 3, WHY]


@pytest.mark.parametrize(
    ("text", "possible"),
    [
        ("a", False),
        ("a-b", False),
        ("a-x-b", True),
        ("a--b", True),
        ("a-b-b", True),
        ("x-a-x-b", False),
        ("a-x-c", False),
        ("", False),
    ],
)
def test_what_a_text_may_be_of_which_a_part_is_not_known(text: str, possible: bool) -> None:
    named = Text(("a-", Unknown("why", "how"), "-b"))
    assert named.may_be(text) is possible
    assert (Value(named).equals(text.upper()).data is False) is not possible


def test_a_text_that_begins_or_ends_with_what_is_not_known() -> None:
    why = Unknown("why", "how")
    assert Text((why, "-left")).may_be("x-left") and not Text((why, "-left")).may_be("default")
    assert Text(("a", why, "b", why)).may_be("aab") and not Text(("a", why, "b", why)).may_be("ba")
