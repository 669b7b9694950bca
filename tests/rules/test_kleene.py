"""Rules on facts that may be unknown give Kleene's verdicts, and say which unknown fact is behind them."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.scanner.facts.catalogue import catalogue
from assay.scanner.facts.keys.kinds import Key, KeyRef
from assay.scanner.facts.model import Identity
from assay.scanner.facts.policies import Grant
from assay.scanner.facts.storage.kinds import Bucket
from assay.scanner.rules.compile import compile_files
from assay.scanner.rules.evaluate import Judges
from assay.scanner.rules.judgement import Judgement
from assay.scanner.sources.raw import Location, Reference, Text, Unknown
from assay.scanner.sources.values import Value
from tests.scans import rule

SEEN = (Location("main.tf", 7, 7),)


def unknown(name: str) -> Unknown:
    return Unknown(f"{name} is not told", f"tell {name}")


def value(data: Any, name: str) -> Value[Any]:
    return Value(unknown(name) if data == "?" else data, SEEN)


def identity(**changes: Any) -> Identity:
    fields: dict[str, Any] = {"id": "i", "name": "orders", "cloud": "aws", "account": "111122223333", "region": "eu-west-1"}
    return Identity(**{**fields, "address": "aws_s3_bucket.b", "root": ".", "blocks": [], **changes})


def grant(public: Any = False, principal: Any = "somebody", foreign: Any = False) -> Grant:
    return Grant(
        principal=value(principal, "principal"),
        actions=Value("read"),
        public=value(public, "public"),
        foreign=value(foreign, "foreign"),
        exposed=Value(False, SEEN),
    )


def bucket(**facts: Any) -> Bucket:
    names = ("public_access_blocked", "block_declared", "acls_disabled", "versioned", "retention_locked", "receives_access_logs")
    by_name = {name: value(facts.pop(name, False), name) for name in names}
    by_name["encryption"] = value(facts.pop("encryption", "AES256"), "encryption")
    by_name["encryption_key"] = value(facts.pop("encryption_key", None), "encryption_key")
    by_name["grants"] = value(facts.pop("grants", []), "grants")
    return Bucket(identity=identity(**facts), **by_name)


def key(rotation_days: Any) -> Key:
    other = Value(True, SEEN)
    return Key(
        identity=identity(),
        rotatable=other,
        imported=other,
        rotation_days=value(rotation_days, "rotation_days"),
        enabled=other,
        grants=Value([]),
    )


def judged(resource: Any, that: str, params: dict[str, Any] | None = None, **assertion: str) -> list[Judgement]:
    return ruled(resource, params=params or {}, **{"assert": [{"that": that, "message": "m", **assertion}]})


def ruled(resource: Any, **fields: Any) -> list[Judgement]:
    """The judgements of one rule, given by its fields, on a resource."""
    text = rule(applies_to=type(resource).__name__, **fields)
    (compiled,) = compile_files([(Path("team/rule.yaml"), text.encode())], "", catalogue().kinds).controls
    return list(Judges([(compiled, fields.get("params", {}))]).judge(compiled.kind, resource))


def verdict(resource: Any, that: str, params: dict[str, Any] | None = None, **assertion: str) -> str:
    (result,) = judged(resource, that, params, **assertion)
    return {"pass": "true", "fail": "false"}.get(result.verdict, result.verdict)


def kleene(data: Any) -> str:
    return {True: "true", False: "false", "?": "unknown"}[data]


def not_(a: Any) -> Any:
    return "?" if a == "?" else not a


def and_(values: Any) -> Any:
    values = list(values)
    return False if False in values else "?" if "?" in values else True


def or_(values: Any) -> Any:
    return not_(and_(not_(value) for value in values))


THREE = (True, False, "?")


@pytest.mark.parametrize(("a", "b"), list(itertools.product(THREE, THREE)))
def test_connectives(a: Any, b: Any) -> None:
    on = bucket(versioned=a, acls_disabled=b)
    assert verdict(on, "resource.versioned && resource.acls_disabled") == kleene(and_([a, b]))
    assert verdict(on, "resource.versioned || resource.acls_disabled") == kleene(or_([a, b]))
    assert verdict(on, "!resource.versioned || resource.acls_disabled") == kleene(or_([not_(a), b]))
    assert verdict(on, "!(resource.versioned && !resource.acls_disabled)") == kleene(not_(and_([a, not_(b)])))


@pytest.mark.parametrize(("a", "b", "c"), list(itertools.product(THREE, THREE, THREE)))
def test_ternary(a: Any, b: Any, c: Any) -> None:
    on = bucket(versioned=a, acls_disabled=b, retention_locked=c)
    expected = "?" if a == "?" else b if a else c
    assert verdict(on, "resource.versioned ? resource.acls_disabled : resource.retention_locked") == kleene(expected)


@pytest.mark.parametrize("values", [values for size in range(4) for values in itertools.product(THREE, repeat=size)], ids=str)
def test_all_and_exists(values: tuple[Any, ...]) -> None:
    on = bucket(grants=[grant(public) for public in values])
    assert verdict(on, "resource.grants.all(g, g.public)") == kleene(and_(values))
    assert verdict(on, "resource.grants.exists(g, g.public)") == kleene(or_(values))
    assert verdict(on, "!resource.grants.exists(g, g.public)") == kleene(not_(or_(values)))


@pytest.mark.parametrize("known", THREE)
def test_an_element_that_is_not_known_counts_as_one_whose_facts_are_not(known: Any) -> None:
    on = bucket(grants=[grant(known), unknown("the second")])
    assert verdict(on, "resource.grants.all(g, g.public)") == kleene(and_([known, "?"]))
    assert verdict(on, "resource.grants.exists(g, g.public)") == kleene(or_([known, "?"]))
    assert verdict(on, "resource.grants.all(g, g.principal != null)") == "unknown"


def test_a_list_that_is_not_known() -> None:
    on = bucket(grants="?")
    for that in ("resource.grants.all(g, g.public)", "resource.grants.exists(g, g.public)"):
        (result,) = judged(on, that)
        assert (result.verdict, [reason.fact for reason in result.unknown]) == ("unknown", ["grants"])
    assert verdict(on, "true || resource.grants.all(g, g.public)") == "true"


@pytest.mark.parametrize(
    ("that", "expected"),
    [
        ("resource.encryption_key != null", {"none": "false", "ours": "true", "theirs": "true", "part": "true", "?": "unknown"}),
        (
            "resource.encryption_key != null && resource.encryption_key.customer_managed",
            {"none": "false", "ours": "true", "theirs": "false", "part": "unknown", "?": "unknown"},
        ),
        (
            "resource.encryption_key == null || !resource.encryption_key.customer_managed",
            {"none": "true", "ours": "false", "theirs": "true", "part": "unknown", "?": "unknown"},
        ),
    ],
)
def test_facts_of_a_part(that: str, expected: dict[str, str]) -> None:
    def ref(managed: Any) -> KeyRef:
        return KeyRef(id=Value("k"), customer_managed=value(managed, "customer_managed"), disabled=Value(False))

    keys = {"none": None, "ours": ref(True), "theirs": ref(False), "part": ref("?"), "?": "?"}
    assert {name: verdict(bucket(encryption_key=key), that) for name, key in keys.items()} == expected


@pytest.mark.parametrize("days", [None, 30.0, 365.0, "?"])
@pytest.mark.parametrize("operator", ["<=", "<", ">", ">=", "==", "!="])
def test_comparisons(days: Any, operator: str) -> None:
    that = f"resource.rotation_days != null && resource.rotation_days {operator} 90.0"
    holds = {"<=": 30.0, "<": 30.0, ">": 365.0, ">=": 365.0, "==": None, "!=": days}[operator]
    assert verdict(key(days), that) == ("unknown" if days == "?" else kleene(days is not None and days == holds))


@pytest.mark.parametrize(
    "that",
    [
        "resource.encryption.startsWith('aws:')",
        "resource.encryption.endsWith('kms')",
        "resource.encryption.contains(':km')",
        "resource.encryption.matches('^aws:kms(:dsse)?$')",
        "resource.encryption in ['aws:kms', 'aws:kms:dsse']",
        "resource.encryption in params.accepted",
        "params.accepted.exists(each, each == resource.encryption)",
        "resource.encryption == 'aws:kms'",
        "'AES256' != resource.encryption",
    ],
)
def test_functions(that: str) -> None:
    params = {"accepted": ["aws:kms"]}
    verdicts = [verdict(bucket(encryption=text), that, params) for text in ("aws:kms", "AES256", "?")]
    assert verdicts == ["true", "false", "unknown"]
    assert verdict(bucket(encryption="?", versioned=True), f"resource.versioned || {that}", params) == "true"
    assert verdict(bucket(encryption="?", versioned=False), f"resource.versioned && {that}", params) == "false"


@pytest.mark.parametrize("content", [Reference("aws_kms_key.k", "arn"), Text(("alias/", Reference("aws_kms_key.k", "id")))], ids=str)
def test_text_that_is_known_after_apply_is_there_but_its_content_is_not_known(content: Any) -> None:
    on = bucket(encryption=content)
    assert verdict(on, "resource.encryption != null") == "true"
    assert verdict(on, "resource.encryption == null") == "false"
    for that in (
        "resource.encryption == 'x'",
        "resource.encryption != 'x'",
        "!resource.encryption.startsWith('public-')",
        "resource.encryption in ['x']",
    ):
        (result,) = judged(on, that)
        assert result.verdict == "unknown", that
        assert [(reason.fact, reason.settles_it != "") for reason in result.unknown] == [("encryption", True)]
    assert verdict(on, "resource.encryption != null && resource.encryption != 'x'") == "unknown"
    assert verdict(bucket(grants=[grant(principal=content)]), "resource.grants.exists(g, g.principal == 'x')") == "unknown"
    assert verdict(bucket(grants=[grant(principal=content)]), "g.principal != 'x'", each="resource.grants", **{"as": "g"}) == "unknown"
    assert verdict(bucket(grants=[grant(principal=content)]), "g.principal != null", each="resource.grants", **{"as": "g"}) == "true"


def test_what_an_identity_does_not_tell_is_unknown() -> None:
    on = bucket(region=None, account=None, unnamed=unknown("name"))
    for that, fact in (
        ("resource.region == 'eu-west-1'", "region"), ("resource.account != '1'", "account"), ("!resource.name.startsWith('x')", "name"),
    ):  # fmt: skip
        (result,) = judged(on, that)
        assert (result.verdict, [reason.fact for reason in result.unknown]) == ("unknown", [fact])
    assert verdict(bucket(), "resource.region == 'eu-west-1' && resource.account != '1' && resource.name == 'orders'") == "true"


def test_the_unknown_fact_is_named_with_reason_place_and_what_settles_it() -> None:
    (result,) = judged(bucket(versioned=True, acls_disabled="?", retention_locked="?"), "resource.versioned && resource.acls_disabled")
    (fact,) = result.unknown
    assert fact.fact == "acls_disabled"
    assert (fact.reason, fact.settles_it, fact.location) == ("acls_disabled is not told", "tell acls_disabled", SEEN[0])
    assert {item.fact for item in result.evidence} == {"versioned", "acls_disabled"}


def test_the_unknown_fact_of_a_part_is_named_by_its_path() -> None:
    on = bucket(encryption_key=KeyRef(id=Value("k"), customer_managed=value("?", "customer_managed"), disabled=Value(False)))
    (result,) = judged(on, "resource.encryption_key != null && resource.encryption_key.customer_managed")
    assert [(reason.fact, reason.reason) for reason in result.unknown] == [
        ("encryption_key.customer_managed", "customer_managed is not told")
    ]


def test_an_unknown_fact_that_does_not_matter_is_not_named() -> None:
    (result,) = judged(bucket(versioned=False, acls_disabled="?"), "resource.versioned && resource.acls_disabled")
    assert (result.verdict, result.unknown) == ("fail", [])


def test_one_verdict_for_each_element_that_does_not_pass() -> None:
    on = bucket(grants=[grant(True, "one"), grant(False, "two"), grant("?", "three"), unknown("the fourth")])
    results = judged(on, "!g.public", each="resource.grants", message="{g.principal} is public", **{"as": "g"})
    assert [(result.verdict, result.message) for result in results] == [
        ("fail", "one is public"), ("unknown", "not known whether three is public"), ("unknown", "not known of orders: A rule"),
    ]  # fmt: skip
    assert [result.unknown[0].reason for result in results[1:]] == ["public is not told", "the fourth is not told"]
    assert len({result.element_key for result in results}) == 3
    assert [judgement.verdict for judgement in judged(bucket(grants=[]), "!g.public", each="resource.grants", **{"as": "g"})] == ["pass"]
    assert [judgement.verdict for judgement in judged(bucket(grants="?"), "!g.public", each="resource.grants", **{"as": "g"})] == [
        "unknown"
    ]


@pytest.mark.parametrize(("applies", "holds"), list(itertools.product(THREE, THREE)))
def test_when_of_an_assertion(applies: Any, holds: Any) -> None:
    on = bucket(versioned=applies, acls_disabled=holds)
    assert verdict(on, "resource.acls_disabled", when="resource.versioned") == kleene(
        or_([not_(applies), holds]) if holds != "?" or applies != "?" else "?"
    )


@pytest.mark.parametrize(("applies", "expected"), [(True, "pass"), (False, "not_applicable"), ("?", "unknown")])
def test_when_of_a_control(applies: Any, expected: str) -> None:
    (result,) = ruled(bucket(acls_disabled=applies, versioned=True), when="resource.acls_disabled")
    assert result.verdict == expected


def test_a_fault_of_the_rule_is_an_error_and_not_a_verdict() -> None:
    (result,) = judged(bucket(encryption_key=None, versioned=False), "resource.encryption_key.customer_managed")
    assert (result.verdict, result.message.startswith("the rule raised: ")) == ("error", True)
    (result,) = judged(bucket(encryption_key=None, versioned="?"), "resource.encryption_key.customer_managed || resource.versioned")
    assert result.verdict in ("error", "unknown")


ATOMS = ("versioned", "acls_disabled", "retention_locked", "public_access_blocked")
TREES: Any = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.one_of(
        st.tuples(st.just("!"), inner), st.tuples(st.sampled_from(["&&", "||"]), inner, inner), st.tuples(st.just("?"), inner, inner, inner)
    ),
    max_leaves=10,
)


def spelled(tree: Any) -> str:
    if isinstance(tree, str):
        return f"resource.{tree}"
    if tree[0] == "!":
        return f"!({spelled(tree[1])})"
    if tree[0] == "?":
        return f"(({spelled(tree[1])}) ? ({spelled(tree[2])}) : ({spelled(tree[3])}))"
    return f"(({spelled(tree[1])}) {tree[0]} ({spelled(tree[2])}))"


def worth(tree: Any, facts: dict[str, Any]) -> Any:
    if isinstance(tree, str):
        return facts[tree]
    values = [worth(part, facts) for part in tree[1:]]
    if tree[0] == "!":
        return not_(values[0])
    if tree[0] == "?":
        return "?" if values[0] == "?" else values[1] if values[0] else values[2]
    return and_(values) if tree[0] == "&&" else or_(values)


def names_in(tree: Any) -> set[str]:
    return {tree} if isinstance(tree, str) else set().union(*map(names_in, tree[1:]))


@settings(max_examples=150, deadline=None)
@given(tree=TREES, values=st.tuples(*[st.sampled_from(THREE)] * len(ATOMS)))
def test_any_expression_has_the_verdict_of_kleene_and_names_an_unknown_fact_of_its_own(tree: Any, values: tuple[Any, ...]) -> None:
    facts = dict(zip(ATOMS, values, strict=True))
    (result,) = judged(bucket(**facts), spelled(tree))
    assert {"pass": True, "fail": False, "unknown": "?"}[result.verdict] == worth(tree, facts)
    blamed = {reason.fact for reason in result.unknown}
    assert bool(blamed) == (result.verdict == "unknown")
    assert blamed <= {name for name in names_in(tree) if facts[name] == "?"}


@settings(max_examples=100, deadline=None)
@given(tree=TREES, values=st.tuples(*[st.sampled_from(THREE)] * len(ATOMS)), settled=st.tuples(*[st.booleans()] * len(ATOMS)))
def test_a_verdict_never_changes_when_more_becomes_known(tree: Any, values: tuple[Any, ...], settled: tuple[bool, ...]) -> None:
    facts = dict(zip(ATOMS, values, strict=True))
    more = {name: fact if facts[name] == "?" else facts[name] for name, fact in zip(ATOMS, settled, strict=True)}
    before, after = verdict(bucket(**facts), spelled(tree)), verdict(bucket(**more), spelled(tree))
    assert before in ("unknown", after)


ELEMENTS = {
    "!grant.public": lambda public, foreign, on: not_(public),
    "grant.foreign || !grant.public": lambda public, foreign, on: or_([foreign, not_(public)]),
    "resource.versioned || !grant.public": lambda public, foreign, on: or_([on, not_(public)]),
    "resource.versioned && grant.foreign": lambda public, foreign, on: and_([on, foreign]),
}
CONDITIONS = {
    "": lambda public, foreign, on: True,
    "grant.foreign": lambda public, foreign, on: foreign,
    "grant.public || resource.versioned": lambda public, foreign, on: or_([public, on]),
}


@settings(max_examples=200, deadline=None)
@given(
    grants=st.lists(st.tuples(st.sampled_from(THREE), st.sampled_from(THREE)), max_size=3),
    on=st.sampled_from(THREE),
    that=st.sampled_from(sorted(ELEMENTS)),
    when=st.sampled_from(sorted(CONDITIONS)),
)
def test_every_element_of_a_list_has_the_verdict_of_kleene(grants: list[tuple[Any, Any]], on: Any, that: str, when: str) -> None:
    """Elements that all hold are judged in one expression, others one by one."""
    parts = [grant(public, f"principal-{number}", foreign) for number, (public, foreign) in enumerate(grants)]
    judgements = judged(bucket(grants=parts, versioned=on), that, each="resource.grants", **{"as": "grant", "when": when})
    expected = {}
    for number, values in enumerate(grants):
        applies, holds = CONDITIONS[when](*values, on), ELEMENTS[that](*values, on)
        wanted = or_([not_(applies), holds]) if "?" in (applies, holds) else not applies or holds
        if wanted is not True:
            expected[number] = "unknown" if applies == "?" or holds == "?" else "fail"
    findings = {int(judgement.element.split(",")[0][-1]): judgement.verdict for judgement in judgements if judgement.verdict != "pass"}
    assert findings == expected
    assert [judgement.verdict for judgement in judgements if judgement.verdict == "pass"] == ([] if expected else ["pass"])


def test_what_a_rule_cannot_compute_is_its_error_whatever_else_is_not_known() -> None:
    of = key(5)
    of.enabled = value("?", "enabled")
    (result,) = judged(of, "resource.rotation_days + 9223372036854775807 > 0 && resource.enabled")
    assert (result.verdict, result.message) == ("error", "the rule raised: OUT_OF_RANGE: integer overflow")
