"""Security rules for Firestore: what the language says, whom a condition lets in, and text that is hostile."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from assay.scanner.facts.data.client_rules.rules import Rule, rules
from assay.scanner.facts.data.client_rules.syntax import LONGEST, UNTOLD, parse
from assay.scanner.facts.data.client_rules.words import SyntaxProblem
from assay.scanner.run import Options, Scan
from tests.patience import SOON
from tests.scans import judge, write

CONTROL = "data.firestore-rules-closed"


def source(body: str, version: str = "2") -> str:
    return f"rules_version = '{version}';\nservice cloud.firestore {{\n  match /databases/{{database}}/documents {{\n{body}\n  }}\n}}\n"


def read(text: str) -> list[Rule]:
    return list(rules(parse(text)))


def holds(condition: str, functions: str = "") -> bool | None:
    """Whether a condition can hold for somebody who has not signed in."""
    (rule,) = read(source(f"{functions}\nmatch /orders/{{order}} {{ allow read: if {condition}; }}"))
    return rule.outcome.holds


@pytest.mark.parametrize(
    "condition",
    [
        "false",
        "request.auth != null",
        "null != request.auth",
        "!(request.auth == null)",
        "request.auth.uid != null",
        "request.auth.uid == order",
        "request.auth.uid != order",
        "request['auth'].uid == order",
        "request.auth.token.admin == true",
        "request.auth.token.email.matches('.*@example[.]com')",
        "request.auth.token.get('admin', false) == false",
        "'admin' in request.auth.token",
        "request.auth.uid in ['a', 'b']",
        "request.auth.uid in resource.data.readers",
        "request.auth is map",
        "request.auth != null && resource.data.public == true",
        "resource.data.public == true && request.auth != null",
        "(resource.data.public == true || true) && (request.auth != null || false)",
        "request.auth != null || request.auth.uid == order",
        "request.auth == null ? false : true",
        "request.auth != null ? true : false",
        "request.auth.token.admin ? true : true",
        "exists(/databases/$(database)/documents/users/$(request.auth.uid))",
        "get(/databases/$(database)/documents/users/$(request.auth.uid)).data.role == 'admin'",
        "get(/databases/$(database)/documents/users/$(request.auth.uid)).data.keys().hasAll(['a'])",
        "debug(request.auth) != null",
        "true && false",
        "1 == 2",
        "'a' == 'b'",
        "2 < 1",
        "'a' in ['b', 'c']",
        "!true",
        "null",
        "'text'",
        "order",
        "-request.auth.uid == 1",
        "request.auth.uid + 'x' == order",
        "string(request.auth.uid) == order",
    ],
)
def test_conditions_that_ask_who_is_signed_in(condition: str) -> None:
    assert holds(condition) is False


@pytest.mark.parametrize(
    "condition",
    [
        "true",
        "request.auth == null",
        "!(request.auth != null)",
        "!(request.auth is map)",
        "request.auth != null || true",
        "request.auth != null || resource.data.public == true",
        "request.auth.uid == order || resource.data.public == true",
        "resource.data.public == true",
        "resource == null",
        "request.time < timestamp.date(2020, 1, 1)",
        "request.resource.data.keys().hasOnly(['a', 'b'])",
        "request.resource.data.text is string && request.resource.data.text.size() < 100 - 2 * 3 % 4",
        "exists(/databases/$(database)/documents/open/$(order))",
        "order == 'news'",
        "order in ['news', 'help']",
        "request.auth == null ? true : false",
        "resource.data.tags[0] == 'public'",
        "resource.data.tags[0:2].hasAny(['public'])",
        "{'a': 1, 'b': [2]}.keys().size() == 2",
        "'a' == '\\x61'",
        "1 == 0x1",
        "/databases/(default)/documents/a/b == resource['__name__']",
        "request.query.limit <= 10",
        "math.abs(-1) == 1",
        "2 > 1",
    ],
)
def test_conditions_that_let_strangers_in(condition: str) -> None:
    assert holds(condition) is True


FUNCTIONS = """
function signedIn() { return request.auth != null; }
function of(user) { return request.auth.uid == user }
function isPublic(data) { let said = data.public; return said == true; }
function admin() {
  let user = get(/databases/$(database)/documents/users/$(request.auth.uid)).data;
  let role = user.role;
  return role in ['admin', 'owner'];
}
function who(asked) { return asked.auth; }
function again() { return again(); }
"""


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("signedIn()", False),
        ("!signedIn()", True),
        ("of(order)", False),
        ("isPublic(resource.data)", True),
        ("signedIn() && isPublic(resource.data)", False),
        ("signedIn() ? isPublic(resource.data) : false", False),
        ("signedIn() || admin()", False),
        ("admin()", False),
        ("who(request) != null", False),
        ("who(request).uid == order", False),
        ("again()", None),
        ("again() && signedIn()", False),
        ("again() || true", True),
        ("elsewhere()", None),
        ("elsewhere() && request.auth != null", False),
        ("elsewhere() || resource.data.public", True),
        ("of()", None),
        ("unheard == 1", None),
    ],
)
def test_functions(condition: str, expected: bool | None) -> None:
    assert holds(condition, FUNCTIONS) is expected


def test_a_function_sees_the_names_of_its_own_place() -> None:
    body = """
    match /a/{user} {
      function mine() { return request.auth.uid == user; }
      match /b/{thing} {
        function mine() { return true; }
        allow read: if mine();
      }
      allow read: if mine();
    }
    """
    assert [(rule.path, rule.outcome.holds) for rule in read(source(body))] == [("/a/{user}", False), ("/a/{user}/b/{thing}", True)]


def test_what_an_allow_says() -> None:
    body = "match /a/{b} {\n  allow read;\n  allow get, list, get: if false;\n  allow write: true\n  allow delete : if request.time < timestamp.date(2030, 1, 1)\n}"
    told = [(rule.methods, rule.line, rule.outcome.holds, rule.outcome.always, rule.outcome.timed) for rule in read(source(body))]
    assert told == [
        (("read",), 5, True, True, False),
        (("get", "list"), 6, False, False, False),
        (("write",), 7, True, True, False),
        (("delete",), 8, True, False, True),
    ]


def test_comments_are_no_rules() -> None:
    body = "/* match /a/{b} { allow read: if true; } */\nmatch /c/{d} { // allow read;\n  allow read /* all */ : if false; // || true;\n}"
    assert [(rule.path, rule.outcome.holds) for rule in read(source(body))] == [("/c/{d}", False)]


def test_other_services_do_not_count() -> None:
    text = "service firebase.storage { match /b/{bucket}/o { match /{object=**} { allow read; } } }\n" + source("").partition("\n")[2]
    assert read(text) == []


@pytest.mark.parametrize(
    ("path", "version", "reached"),
    [
        ("/databases/{database}/documents/orders/{order}", "2", True),
        ("/databases/(default)/documents/{document=**}", "1", True),
        ("/{document=**}", "2", True),
        ("/databases/{database}/documents/{path=**}/orders/{order}", "2", True),
        ("/databases/{database}/{any=**}", "2", True),
        ("/databases/{database}/documents/orders", "2", False),
        ("/databases/{database}/documents", "2", False),
        ("/orders/{order}", "2", False),
        ("/databases/{database}/documents/orders/{order}/{rest=**}", "2", True),
        ("/databases/{database}/documents/orders/{rest=**}", "1", True),
    ],
)
def test_paths_that_no_document_has_open_nothing(path: str, version: str, reached: bool) -> None:
    (rule,) = read(f"rules_version = '{version}';\nservice cloud.firestore {{ match {path} {{ allow read; }} }}")
    assert rule.outcome.holds is reached


def test_text_that_is_not_known() -> None:
    assert holds(f"request.auth.uid == '{UNTOLD}'") is False
    assert holds(f"resource.data.owner == '{UNTOLD}'") is True
    assert holds(f"request.auth != null && {UNTOLD}") is None  # with operators, maybe
    assert holds(f"exists(/databases/$(database)/documents/{UNTOLD}/$(request.auth.uid))") is False
    assert holds("f()", f"function f() {{ return {UNTOLD}; }}") is None
    (rule,) = read(source(f"match /{UNTOLD}/{{order}} {{ allow read; }}"))
    assert rule.outcome.holds is True
    with pytest.raises(SyntaxProblem):
        read(source(f"{UNTOLD}\nmatch /a/{{b}} {{ allow read: if false; }}"))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("service cloud.firestore {", "at line 1: allow, match, function or } expected, and the end found"),
        ("\n/* never closed", "at line 2: a comment that is not closed"),
        (source("match /a/{b} { allow read: if 'x\n; }"), "at line 4: a string that is not closed"),
        (source("match /a/{b} { allow reads; }"), "at line 4: a method expected, and reads found"),
        (source("match /a/{b} { allow read: if a b; }"), "at line 4: a semicolon expected, and b found"),
        (source("match /a/{b} { allow read: if \N{SNOWMAN}; }"), "at line 4: a value expected, and '\\u2603' found"),
        (source("match a/{b} { }"), "at line 4: a path expected, and a found"),
        ("rules_version = 2;", "at line 1: a version expected, and '2' found"),
        ("{}", "at line 1: service expected, and '{' found"),
        (" " * (LONGEST + 1), f"at line 1: more than {LONGEST} characters"),
        (source("match /a/{b} { allow read: if " + "(" * 100_000 + "true"), "at line 4: nested too deep"),
        (source("match /a/{b} { " * 10_000), "at line 4: nested too deep"),
        (source("match /a/{b} { allow read: if " + "!" * 100_000 + "true; }"), "at line 4: too many operators in a row"),
        (source("match /a/{b} { allow read: if a" + ".b" * 100_000 + "; }"), "at line 4: too many fields in a row"),
        (source("match /a/{b} { allow read: if 1" + " == 1" * 40_000 + "; }"), "at line 4: too many operators in a row"),
        (source("match " + "/a" * 100_000 + " { }"), "at line 4: a path that is too long"),
    ],
)
def test_what_cannot_be_read_says_where(text: str, problem: str) -> None:
    began = time.monotonic()
    with pytest.raises(SyntaxProblem) as raised:
        read(text)
    assert str(raised.value) == problem
    assert time.monotonic() - began < SOON


@pytest.mark.parametrize(
    "body",
    [
        "match /a/{b} { allow read: if " + " || ".join(["request.auth != null"] * 9_000) + "; }",
        "match /a/{b} { allow read: if " + " + ".join(["'a'"] * 30_000) + " == 'b' && request.auth != null; }",
        "match /a/{b} { allow read: if " + "(" * 25 + "request.auth != null" + ")" * 25 + "; }",
        "match /a/{b} { allow read: if false; }\n" * 6_000,
    ],
)
def test_long_rules_are_read(body: str) -> None:
    assert {rule.outcome.holds for rule in read(source(body))} == {False}


def test_functions_that_call_others_again_and_again_come_to_an_end() -> None:
    calls = "".join(f"function f{at}() {{ return f{at + 1}() || f{at + 1}(); }}\n" for at in range(60))
    began = time.monotonic()
    assert holds("f0()", f"{calls}function f60() {{ return false; }}") is None
    assert time.monotonic() - began < SOON


def test_a_deep_tree_of_few_signs_comes_to_an_end() -> None:
    links = ".a" * 90
    condition = "(" * 20 + "request.auth" + f"{links})" * 20 + " == 1"
    assert holds(condition) in (False, None)


RELEASE = """
resource "google_firebaserules_release" "r" {
  name         = "cloud.firestore"
  ruleset_name = google_firebaserules_ruleset.r.name
}
"""


def code(content: str) -> str:
    return f'resource "google_firebaserules_ruleset" "r" {{\n  source {{\n    files {{\n      name    = "firestore.rules"\n      content = {content}\n    }}\n  }}\n}}\n{RELEASE}'


OPEN = source("match /a/{b} { allow read, write: if true; }")


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (f"<<-RULES\n{OPEN}RULES", ("main.tf", 9)),
        (f"<<RULES\n{OPEN}RULES", ("main.tf", 9)),
        (json.dumps(OPEN), ("main.tf", 5)),
        ('file("${path.module}/firestore.rules")', ("firestore.rules", 4)),
        ('templatefile("firestore.rules", {})', ("main.tf", 5)),
        ("local.rules", ("main.tf", 5)),
    ],
)
def test_a_finding_points_at_the_rule(tmp_path: Path, content: str, place: tuple[str, int]) -> None:
    text = code(content) + f"locals {{\n  rules = <<RULES\n{OPEN}RULES\n}}\n"
    write(tmp_path, {"main.tf": text, "firestore.rules": OPEN})
    (result,) = (result for result in judge(tmp_path, CONTROL) if result.resource.type.startswith("google_"))
    seen = result.evidence[0].location
    assert result.verdict == "fail" and seen is not None
    assert (Path(seen.file).name, seen.line) == place
    written = Path(seen.file).read_bytes()[seen.start : seen.end].decode()
    assert written == "match /a/{b} { allow read, write: if true; }" or place == ("main.tf", 5)


def test_one_of_a_few_sources(tmp_path: Path) -> None:
    closed, signed_in = (source(f"match /a/{{b}} {{ allow read: if {condition}; }}") for condition in ("false", "request.auth != null"))
    choice = 'var.strict ? file("closed.rules") : file("other.rules")'
    text = 'variable "strict" {\n  type = bool\n}\n' + code(choice)
    write(tmp_path, {"main.tf": text, "closed.rules": closed, "other.rules": signed_in})
    assert [result.verdict for result in judge(tmp_path, CONTROL) if result.resource.type.startswith("google_")] == ["pass"]
    write(tmp_path, {"other.rules": OPEN})
    assert [result.verdict for result in judge(tmp_path, CONTROL) if result.resource.type.startswith("google_")] == ["unknown"]


def test_a_plan_follows_the_release_to_its_ruleset(tmp_path: Path) -> None:
    def resource(type_: str, values: dict[str, object]) -> dict[str, object]:
        return {"address": f"{type_}.r", "mode": "managed", "type": type_, "name": "r", "values": values, "schema_version": 0}

    ruleset = resource("google_firebaserules_ruleset", {"source": [{"files": [{"name": "firestore.rules", "content": OPEN}]}]})
    release = resource("google_firebaserules_release", {"name": "cloud.firestore"})
    expressions = {"ruleset_name": {"references": ["google_firebaserules_ruleset.r.name", "google_firebaserules_ruleset.r"]}}
    configured = [
        {"address": f"{entry['type']}.r", "mode": "managed", "type": entry["type"], "name": "r", "expressions": written}
        for entry, written in ((ruleset, {}), (release, expressions))
    ]
    changes = [
        {"address": entry["address"], "mode": "managed", "type": entry["type"], "name": "r", "change": {"actions": ["create"], "before": None, "after": entry["values"], "after_unknown": unknown}}
        for entry, unknown in ((ruleset, {"name": True}), (release, {"ruleset_name": True}))
    ]  # fmt: skip
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": [release, ruleset]}},
        "resource_changes": changes,
        "configuration": {"root_module": {"resources": configured}},
    }
    write(tmp_path, {"plan.json": json.dumps(plan)})
    (result,) = Scan(Options(paths=[str(tmp_path / "plan.json")], controls=[CONTROL]))
    assert (result.resource.address, result.verdict) == ("google_firebaserules_release.r", "fail")
