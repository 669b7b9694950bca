"""Rule files that cannot be used are refused with the file, the line, and what was probably meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from assay.scanner.rules import load
from assay.scanner.rules.load import builtin_folder
from assay.scanner.rules.model import Profile, RuleErrors
from tests.scans import assay, rule, write


def refused(folder: Path, **files: str) -> str:
    write(folder / "team", {f"{name}.yaml": text for name, text in files.items()})
    with pytest.raises(RuleErrors) as caught:
        load.load([folder])
    return str(caught.value)


EXPRESSIONS = {
    "resource.versiond": "Bucket has no fact 'versiond', did you mean versioned?",
    "resource.encryption_key.customer_manged": "KeyRef has no fact 'customer_manged', did you mean customer_managed?",
    "resource.grants.all(g, g.publc)": "Grant has no fact 'publc', did you mean public?",
    "resource.versioned.deeply": "bool has no facts",
    "resource.grants.public": "list has no facts",
    "resource.identity.id == 'x'": "Bucket has no fact 'identity'",
    "resource.versioned &&": "not CEL at column",
    "resource.encryption.lowerAscii() == 'x'": "not CEL at column 31: undeclared reference to 'lowerAscii'",
    "resorce.versioned": "undeclared reference to 'resorce.versioned'",
    "'text'": "gives STRING, not true or false",
    "has(resource.versioned)": "versioned: has() cannot tell unknown from absent: compare with null",
    "size(resource.grants) == 0": "grants: size() does not keep what is unknown",
    "resource.encryption.size() > 1": "encryption: size() does not keep what is unknown",
    "type(resource.versioned) == bool": "versioned: type() does not keep what is unknown",
    "resource.grants[0].public": "grants: [_]() does not keep what is unknown",
    "resource['versioned']": "a resource is no fact: name one of its facts",
    "resource.grants.exists_one(g, g.public)": "grants: only all() and exists() keep what is unknown",
    "resource.grants.map(g, g.public) == [true]": "grants: only all() and exists() keep what is unknown",
    "resource.grants.filter(g, g.public) == []": "grants: only all() and exists() keep what is unknown",
    "resource.grants.exists(g, true)": "grants: the condition says nothing of g",
    "'x' in resource.grants": "grants: `in` a list of facts does not keep what is unknown: use exists()",
    "resource.grants == []": "grants is compared as a whole; compare its facts, which may be unknown one by one",
    "resource.encryption_key != resource.encryption_key": "encryption_key is compared as a whole",
    "resource.encryption_key in [null]": "encryption_key is compared as a whole",
    "[resource.grants] == [[]]": "grants is compared as a whole",
    "resource.grants.all(g, resource.grants.exists(h, h == g))": "grants.* is compared as a whole",
    "resource == resource": "a resource is no fact: name one of its facts",
    "[resource].all(r, r.nonsense)": "all() and exists() take a list of facts by its path",
    "(resource.versioned ? resource.grants : resource.grants).all(g, g.nonsense)": "all() and exists() take a list of facts by its path",
    "(resource.versioned ? resource : resource).nonsense": "nonsense: a fact is read by its path, not through an expression",
    "resource.versioned.all(v, v)": "versioned is not a list",
    "{'a': resource.versioned}.a": "a map or message literal",
    "params.max_days > 1": "there is no param 'max_days'; did you mean max_day?",
}


@pytest.mark.parametrize("that", EXPRESSIONS)
def test_an_expression_that_cannot_be_judged_is_refused(that: str, tmp_path: Path) -> None:
    assertions = [{"that": "true", "message": "m"}, {"that": that, "message": "m"}]
    text = (
        rule(params={"max_day": 1}, **{"assert": None})
        + "assert:\n"
        + "".join(f"  - message: m\n    that: {assertion['that']!r}\n" for assertion in assertions)
    )
    message = refused(tmp_path, rule=text)
    line = text.splitlines().index(f"    that: {that!r}") + 1
    assert message.startswith(f"{tmp_path / 'team' / 'rule.yaml'}:{line}: ")
    assert EXPRESSIONS[that] in message


SHAPES: dict[str, tuple[dict[str, Any], str, str]] = {
    "no severity": ({"severity": None}, "id", "missing required field `severity`"),
    "no assertion field": ({"assert": None}, "id", "missing required field `assert`"),
    "unknown severity": ({"severity": "grave"}, "severity", "Invalid enum value 'grave'"),
    "unknown field": ({"severty": "high"}, "severty", "unknown field `severty`; did you mean severity?"),
    "unknown field of an assertion": (
        {"assert": [{"that": "true", "message": "m", "mesage": "m"}]},
        "assert",
        "unknown field `mesage`; did you mean message?",
    ),
    "no message": ({"assert": [{"that": "true"}]}, "assert", "missing required field `message`"),
    "wrong type": ({"title": 5}, "title", "Expected `str`, got `int`"),
    "nothing asserted": ({"assert": []}, "assert", "the rule asserts nothing"),
    "bad id": ({"id": "Team Rule"}, "id", "the id 'Team Rule' is not area.slug in lower case"),
    "unknown kind": ({"applies_to": "Buket"}, "applies_to", "there is no kind 'Buket'; did you mean Bucket?"),
    "unknown input": ({"applies_to": {"teraform": "aws_sqs_queue"}}, "applies_to", "did you mean terraform?"),
    "two inputs": ({"applies_to": {"terraform": "a", "aws": "b"}}, "applies_to", "applies_to names one input and its type"),
    "when names no fact": ({"when": "resource.versiond"}, "when", "did you mean versioned?"),
    "each is no list": (
        {"assert": [{"each": "resource.versioned", "as": "v", "that": "true", "message": "m"}]},
        "assert",
        "resource.versioned is not a list",
    ),
    "each is an expression": (
        {"assert": [{"each": "resource.a + b", "as": "v", "that": "true", "message": "m"}]},
        "assert",
        "each names a list of facts",
    ),
    "each without a name": (
        {"assert": [{"each": "resource.grants", "that": "true", "message": "m"}]},
        "assert",
        "each needs a name for the element; add `as: grant`",
    ),
    "message names no fact": (
        {"assert": [{"that": "true", "message": "{versiond}"}]},
        "assert",
        "the message names {versiond}: Bucket has no fact 'versiond'",
    ),
    "evidence names no fact": ({"evidence": ["resource.grants.publick"]}, "evidence", "Grant has no fact 'publick', did you mean public?"),
    "evidence is an expression": ({"evidence": ["!resource.versioned"]}, "evidence", "evidence names facts of the resource"),
    "steps names no fact": (
        {"assert": [{"that": "true", "message": "m", "steps": "resource.ways"}]},
        "assert",
        "Bucket has no fact 'ways'",
    ),
    "steps is no list of steps": (
        {"assert": [{"each": "resource.grants", "as": "grant", "that": "true", "message": "m", "steps": "grant.public"}]},
        "assert",
        "grant.public is not a list of steps",
    ),
    "steps is an element that has no name": (
        {"assert": [{"that": "true", "message": "m", "steps": "reader.steps"}]},
        "assert",
        "steps names a fact that is a list of steps, of the resource or of the element; such as reader.steps",
    ),
    "message names no param": ({"assert": [{"that": "true", "message": "{params.x}"}]}, "assert", "there is no param 'x'"),
    "attributes of a type": (
        {"applies_to": {"terraform": "aws_sqs_queue"}, "assert": [{"that": "resource.fifo_queue", "message": "m"}]},
        "assert",
        "use resource.attributes.fifo_queue",
    ),
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_rule_of_the_wrong_shape_is_refused(name: str, tmp_path: Path) -> None:
    changes, field, problem = SHAPES[name]
    text = rule(**changes)
    line = next(at for at, line in enumerate(text.splitlines(), 1) if line.startswith(f"{field}:"))
    message = refused(tmp_path, rule=text)
    assert message.startswith(f"{tmp_path / 'team' / 'rule.yaml'}:{line}: ")
    assert problem in message


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("id: a.b\ntitle: [\n", 3, "not YAML"),
        ("id: a.b\ntitle: t\nid: a.c\n", 3, "the key 'id' stands twice"),
        ("- a list\n", 1, "Expected `object`, got `array`"),
        ("", 1, "Expected `object`, got `null`"),
        ("id: &a a.b\ntitle: *nowhere\n", 2, "not YAML: aliases are not supported"),
    ],
)
def test_a_file_that_is_no_rule_is_refused(text: str, line: int, problem: str, tmp_path: Path) -> None:
    message = refused(tmp_path, rule=text)
    assert f"rule.yaml:{line}: " in message
    assert problem in message


def test_a_rule_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "team", {"rule.yaml": b"id: a.b\ntitle: \xff\n"})
    with pytest.raises(RuleErrors, match=r"rule\.yaml:2: not valid UTF-8"):
        load.load([tmp_path])


def test_an_id_belongs_to_one_rule(tmp_path: Path) -> None:
    message = refused(tmp_path, one=rule(), two=rule(), three=rule(id="team.three", aliases=["team.rule"]))
    assert message.count("the id team.rule is already that of") == 2
    assert "choose another" in message


def test_a_rule_cannot_take_the_id_of_a_builtin_one(tmp_path: Path) -> None:
    write(tmp_path / "team", {"rule.yaml": rule(id="storage.versioning-enabled")})
    with pytest.raises(RuleErrors, match=r"the id storage\.versioning-enabled is already that of .*versioning-enabled\.yaml"):
        load.load([builtin_folder(), tmp_path])


def test_every_error_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    one = rule(id="team.one", when="resource.a", **{"assert": [{"that": "resource.b && resource.c", "message": "{d}"}]})
    message = refused(tmp_path, one=one, two=rule(id="team.two", severity="grave"))
    assert [fact for fact in "abcd" if f"'{fact}'" in message] == ["a", "b", "c", "d"]
    assert "two.yaml:3: " in message


def test_all_builtin_rules_are_well_formed() -> None:
    rules = load.load([builtin_folder()])
    assert len(rules.controls) >= 20
    assert {control.file.rsplit("/", 2)[-2] + "." + Path(control.file).stem for control in rules.controls} == set(rules.by_id())


def test_lint_says_what_is_wrong_and_exits_2(tmp_path: Path) -> None:
    write(tmp_path / "team", {"rule.yaml": rule(when="resource.versiond")})
    ran = assay("controls", "lint", "--policies", tmp_path)
    assert ran.exit_code == 2
    assert ran.stderr.startswith(f"{tmp_path}/team/rule.yaml:")
    write(tmp_path / "team", {"rule.yaml": rule()})
    ran = assay("controls", "lint", "--policies", tmp_path)
    assert (ran.exit_code, "controls are well-formed" in ran.stdout) == (0, True)


def test_compiled_rules_are_kept_and_a_changed_rule_is_compiled_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = write(tmp_path / "policies" / "team", {"rule.yaml": rule()}).parent
    first = load.load([folder])
    (kept,) = (tmp_path / "cache" / "assay").iterdir()
    changed = msgspec.structs.replace(first, profiles={"kept": Profile("kept", "from the cache", [])})
    kept.write_bytes(msgspec.msgpack.encode(changed))
    assert load.load([folder]) == changed
    kept.write_bytes(b"\xff damaged")
    assert load.load([folder]).profiles == {}
    write(folder / "team", {"rule.yaml": rule(title="Another")})
    assert load.load([folder]).controls[0].control.title == "Another"
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null/nowhere")
    assert load.load([folder]).controls[0].control.title == "Another"


@pytest.mark.parametrize("that", ["", "  "])
def test_an_assertion_has_to_say_something(that: str, tmp_path: Path) -> None:
    told = refused(tmp_path, rule=rule(**{"assert": [{"that": that, "message": "m"}]}))
    assert "the assertion says nothing" in told
