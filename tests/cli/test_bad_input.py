"""Input that cannot be used: one clear line for each, the right exit code, and the rest is judged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.scans import FAILING, PASSING, VERSIONING, assay, assay_json, assay_process, rule, write

PLAN: dict[str, Any] = {
    "format_version": "1.2",
    "terraform_version": "1.9.0",
    "planned_values": {
        "root_module": {
            "resources": [
                {
                    "address": "aws_s3_bucket.p",
                    "mode": "managed",
                    "type": "aws_s3_bucket",
                    "name": "p",
                    "values": {"bucket": "p", "versioning": []},
                },
            ],
            "child_modules": [],
        }
    },
    "resource_changes": [],
    "configuration": {"provider_config": {}, "root_module": {"resources": []}},
    "variables": {"a": {"value": 1}},
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write(tmp_path, {"good/main.tf": PASSING})


def scanned(*paths: str) -> tuple[int, list[str], str]:
    """(exit code, verdicts on versioning, standard error)."""
    exit_code, report, errors = assay_json(*paths, *VERSIONING)
    assert "Traceback" not in errors
    return exit_code, sorted(result["verdict"] for result in report["results"]), errors


def told(line: str, errors: str) -> None:
    assert errors.splitlines() == [f"assay: {line}"]


def test_a_path_that_does_not_exist(here: Path) -> None:
    ran = assay("scan", "absent", "-r", "json")
    assert (ran.exit_code, ran.stdout, ran.stderr) == (2, "", "assay: absent: no such file or directory; correct the path\n")
    exit_code, verdicts, errors = scanned("absent", "good")
    assert (exit_code, verdicts) == (3, ["pass"])
    told("absent: no such file or directory; correct the path", errors)
    write(here, {"bad/main.tf": FAILING})
    assert scanned("absent", "good", "bad")[:2] == (1, ["fail", "pass"])


CASES: dict[str, tuple[dict[str, str | bytes], str, str]] = {
    "nothing there": (
        {"x/notes.md": "#"},
        "x",
        "x: nothing that can be scanned is below this directory",
    ),
    "code that does not parse": ({"x/a.tf": "locals {}\nresource {\n"}, "x", "x/a.tf:2: what begins here is not closed: } is missing"),
    "json that is no plan": (
        {"x.json": '{"a": 1}'},
        "x.json",
        "x.json: of no kind that can be scanned: JSON, and no plan; name code, a plan, a template",
    ),
    "json that does not parse": (
        {"x.json": '{"a": '},
        "x.json",
        "x.json: not JSON: Input data was truncated; write it with terraform show -json",
    ),
    "json that is deep": ({"x.json": "[" * 100_000}, "x.json", "x.json: not JSON"),
    "another kind of file": (
        {"x.txt": "x"},
        "x.txt",
        "x.txt: not a kind of file that can be scanned: of no format that is read; name code, a plan, a template, an asset export or a snapshot",
    ),
    "a large file": ({"x/a.tf": b"#" * 25_000_000}, "x", "x/a.tf: larger than 20 MB"),
    "invalid utf-8": ({"x/a.tf": b'locals {\n  a = "\xff"\n}\n'}, "x", "x/a.tf:2: not valid UTF-8; correct the file"),
    "a nul": ({"x/a.tf": b"locals {\n  a = \x00\n}\n"}, "x", "x/a.tf:1: syntax error between 'locals {' and line 3, '}'"),
    "a value that is not there": (
        {"x/a.tf": b'resource "a" "b" {\n  c = \n'},
        "x",
        "x/a.tf:1: syntax error between 'resource \"a\" \"b\" {' and line 2, 'c ='; correct the file",
    ),
    "a sign too many": (
        {"x/a.tf": b"locals {\n  b = 1\n}\nlocals {\n  a == 3\n}\nlocals {}\n"},
        "x",
        "x/a.tf:5: syntax error near 'a == 3'; correct the file",
    ),
    "code in json that does not parse": ({"x/a.tf.json": '{"resource": '}, "x", "x/a.tf.json"),
    "code in json of another shape": ({"x/a.tf.json": "[1]"}, "x", "x/a.tf.json:1: the document is not an object"),
    "a module that calls itself": (
        {"x/a.tf": 'module "m" {\n  source = "./"\n}\n'},
        "x",
        'x/a.tf:1: module "m" calls itself; break the cycle',
    ),
    "modules that call each other": (
        {"x/a.tf": 'module "m" {\n  source = "./y"\n}\n', "x/y/a.tf": 'module "n" {\n  source = "../"\n}\n'},
        "x",
        "calls itself; break the cycle",
    ),
    "a module that is not there": ({"x/a.tf": 'module "m" {\n  source = "./absent"\n}\n'}, "x", "x/a.tf:1: "),
    "a plan of another shape": (
        {"x.json": json.dumps({**PLAN, "planned_values": 5})},
        "x.json",
        "x.json: the plan is not as `terraform show -json` writes it",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_bad_input(name: str, here: Path) -> None:
    files, path, message = CASES[name]
    write(here, files)
    exit_code, verdicts, errors = scanned(path)
    assert (exit_code, verdicts) == (3, [])
    assert errors.count("\n") == 1
    assert errors.startswith("assay: ")
    assert message in errors
    assert len(errors.partition("; ")[2]) > 5, "what to do"
    exit_code, verdicts, _ = scanned(path, "good")
    assert (exit_code, verdicts) == (3, ["pass"])
    ran = assay("scan", "--no-config", path, *VERSIONING)
    assert (ran.exit_code, path.partition(".")[0] in ran.stdout) == (3, True)


def test_the_rest_of_a_directory_is_judged(here: Path) -> None:
    write(here, {"x/a.tf": "resource {", "x/b.tf": FAILING, "x/c.tf": b"\xff"})
    exit_code, verdicts, errors = scanned("x")
    assert (exit_code, verdicts, errors.count("\n")) == (1, ["fail"], 2)


def test_links(here: Path) -> None:
    write(here, {"x/a.tf": FAILING})
    (here / "x" / "loop").symlink_to(here / "x")
    (here / "x" / "self").symlink_to("self")
    assert scanned("x") == (1, ["fail"], "")
    (here / "x" / "out").symlink_to(here / "good")
    exit_code, verdicts, errors = scanned("x")
    assert (exit_code, verdicts) == (1, ["fail"])
    told(f"x/out: a link out of the scanned directory; name {(here / 'good').resolve()} to scan it", errors)
    (here / "x" / "dangling.tf").symlink_to("absent.tf")
    assert "x/dangling.tf: No such file or directory" in scanned("x")[2]


def test_a_file_that_cannot_be_read(here: Path) -> None:
    write(here, {"x/a.tf": FAILING})
    (here / "x" / "b.tf").symlink_to("b.tf")  # not even root can open a link to itself
    exit_code, verdicts, errors = scanned("x")
    assert (exit_code, verdicts) == (1, ["fail"])
    assert "x/b.tf: Too many levels of symbolic links" in errors


NASTY = "a</script><script>x\x1b[2J\x07\u202e\x9b31m"


def test_names_with_control_characters(here: Path) -> None:
    write(here, {"x/a.tf": FAILING.replace("orders", NASTY)})
    ran = assay_process("scan", "x", *VERSIONING, "-r", "text", "-r", "json=out.json", cwd=here)
    assert (ran.returncode, ran.stderr) == (1, "")
    assert not [character for character in ran.stdout if not character.isprintable() and character != "\n"]
    report = json.loads((here / "out.json").read_text("utf-8"))
    assert report["results"][0]["resource"]["name"] == NASTY


def test_file_names_with_control_characters(here: Path) -> None:
    write(here, {"x\x1b[2J\n::error::y/a.tf": "resource {"})
    ran = assay_process("scan", ".", *VERSIONING, "-r", "json=out.json", cwd=here)
    assert ran.returncode == 3
    assert not [character for character in ran.stderr.rstrip("\n") if not character.isprintable()]
    ran = assay_process("scan", "x\x1b[2J", cwd=here)
    assert (ran.returncode, "\x1b" in ran.stderr) == (2, False)


def test_a_rule_that_is_broken(here: Path) -> None:
    write(here, {"p/team/rule.yaml": rule(severity="grave"), "p/team/two.yaml": rule(id="team.two", when="resource.versiond")})
    ran = assay("scan", "good", "--policies", "p")
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert [line.partition(": ")[0] for line in ran.stderr.splitlines()] == ["p/team/rule.yaml:3", "p/team/two.yaml:9"]


def test_variable_files_that_cannot_be_used(here: Path) -> None:
    write(
        here,
        {
            "x/a.tf": PASSING.replace('"Enabled"', "var.status") + 'variable "status" {}\n',
            "bad.tfvars": "a = \n",
            "bad.tfvars.json": "[]",
        },
    )
    for name in ("bad.tfvars", "bad.tfvars.json"):
        exit_code, report, errors = assay_json("x", *VERSIONING, "--var-file", name)
        assert (exit_code, [result["verdict"] for result in report["results"]]) == (3, ["unknown"]), name
        assert name in errors


JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["address", "type", "values", "references", "value", "expressions", "resources", "change"]), inner, max_size=2
        )
    ),
    max_leaves=4,
)


def paths_in(data: Any, prefix: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [prefix] * bool(prefix) + [path for key, item in inner for path in paths_in(item, (*prefix, key))]


def replaced(data: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    items = data.items() if isinstance(data, dict) else enumerate(data)
    built = {key: replaced(item, path[1:], new) if key == path[0] else item for key, item in items}
    return built if isinstance(data, dict) else list(built.values())


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(paths_in(PLAN)), garbage=JSON)
def test_garbage_anywhere_in_a_plan_is_no_crash(path: tuple[Any, ...], garbage: Any, tmp_path: Path) -> None:
    write(tmp_path, {"x.json": json.dumps(replaced(PLAN, path, garbage)), "good/main.tf": PASSING})
    exit_code, report, _ = assay_json(tmp_path / "x.json", tmp_path / "good")
    assert exit_code in (1, 3)
    assert "aws_s3_bucket.b" in {result["resource"]["address"] for result in report["results"]}
    assert {result["verdict"] for result in report["results"]} <= {"pass", "fail", "unknown", "not_applicable"}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    at=st.integers(0, len(PASSING)),
    end=st.integers(0, 30),
    garbage=st.text(max_size=8) | st.sampled_from(["{", "}", '"', "${", "<<E\n", "/*"]),
)
def test_garbage_anywhere_in_code_is_no_crash(at: int, end: int, garbage: str, tmp_path: Path) -> None:
    text = PASSING[:at] + garbage + PASSING[at + end :]
    write(tmp_path, {"a.tf": text.encode("utf-8", "surrogatepass"), "b.tf": FAILING.replace('"b"', '"other"')})
    exit_code, report, _ = assay_json(tmp_path, *VERSIONING)
    assert exit_code in (0, 1, 3)
    assert "aws_s3_bucket.other" in {result["resource"]["address"] for result in report["results"]}
