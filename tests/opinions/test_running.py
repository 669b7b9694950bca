"""checkov as a process: which program, with what it may see, and within which bounds. No test here needs the network."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assay.scanner.opinions import install, process, running
from assay.scanner.opinions.interface import OpinionError
from tests.opinions.programs import script
from tests.patience import SOON
from tests.scans import FAILING, assay, assay_json, write

DATA = Path(__file__).parent / "data"
EMPTY = '{"passed": 0, "failed": 0, "skipped": 0, "parsing_errors": 0, "resource_count": 0, "checkov_version": "9.9.9"}'
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="programs of the tests are scripts")


@pytest.fixture(autouse=True)
def no_checkov(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")


def test_absence_is_one_sentence_before_anything_is_judged() -> None:
    ran = assay("scan", "--no-config", DATA / "terraform", "--with", "checkov")
    assert (ran.exit_code, ran.stdout) == (2, "")
    (line,) = ran.stderr.splitlines()
    assert line.startswith("assay: checkov is not there") and "assay checkov install" in line and "--checkov PATH" in line
    ran = assay("scan", "--no-config", DATA / "terraform", "--checkov", DATA / "README.md")
    assert ran.exit_code == 2 and "this is no program that can be run" in ran.stderr


def test_path_comes_before_the_own_environment_and_relative_entries_do_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = script(running.home() / "bin", "")
    assert running.program(None) == str(own)
    on_path = script(tmp_path / "there", "")
    script(tmp_path / "tree", "", "checkov")
    monkeypatch.chdir(tmp_path / "tree")
    monkeypatch.setenv("PATH", os.pathsep.join([".", "", "bin", str(tmp_path / "there")]))
    assert running.program(None) == str(on_path)
    script(tmp_path / "tree" / "assay" / "checkov" / "bin", "")
    monkeypatch.setenv("XDG_DATA_HOME", ".")
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(OpinionError, match="not there"):
        running.program(None)


def test_it_sees_no_secret_no_home_and_no_proxy_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_SECRET_ACCESS_KEY", "BC_API_KEY", "GITHUB_TOKEN", "PYTHONPATH", "CKV_CHECK", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "ours")
    seen = tmp_path / "seen.json"
    program = script(tmp_path, f"json.dump([dict(os.environ), sys.argv, os.listdir('.')], open({str(seen)!r}, 'w')); print({EMPTY!r})")
    tree = write(tmp_path / "tree", {"main.tf": FAILING})
    _, report, errors = assay_json(tree, tree / "main.tf", "--checkov", program)
    environment, arguments, working = json.loads(seen.read_text())
    assert "ours" not in environment.values() and environment["PATH"] == "/usr/bin:/bin"
    assert environment["HOME"] != os.environ["HOME"] and not os.path.exists(environment["HOME"])
    assert environment["HTTPS_PROXY"] == "http://127.0.0.1:9" and working == []
    assert arguments[1] in (f"--directory={tree}", f"--file={tree / 'main.tf'}")
    assert arguments[-4:] == ["--compact", "--skip-download", "--download-external-modules", "False"]
    assert report["opinions"][0]["version"] == "9.9.9" and errors == ""


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("print('no json')", "these are no results of checkov"),
        ("print('{}')", "these are no results of checkov"),
        ("print('[' * 300000)", "these are no results of checkov"),
        ("sys.stderr.write('x' * 9000 + ' broke\\x1b[31m'); sys.exit(7)", "ended with 7"),
        ("os.kill(os.getpid(), 9)", "ended with -9"),
        ("print('{\"results\": 3}')", "these are no results of checkov"),
    ],
)
def test_a_run_that_fails_is_a_problem_of_the_opinion_and_of_nothing_else(tmp_path: Path, body: str, problem: str) -> None:
    tree = write(tmp_path / "tree", {"main.tf": FAILING})
    alone, before, _ = assay_json(tree)
    code, report, errors = assay_json(tree, "--checkov", script(tmp_path, body))
    assert code == alone and report["results"] == before["results"]
    (opinion,) = report["opinions"]
    assert len(opinion["problems"]) == 1 and problem in opinion["problems"][0]
    assert problem in errors and len(errors.splitlines()) == 1 and "\x1b" not in errors


def test_output_and_time_are_bounded_and_children_end(tmp_path: Path) -> None:
    with pytest.raises(OpinionError, match="wrote more than 0 MB"):
        process.run([str(script(tmp_path, "while True: print('x' * 100000)"))], {}, seconds=60, most=200_000)
    pid = tmp_path / "pid"
    body = f"import subprocess\nopen({str(pid)!r}, 'w').write(str(subprocess.Popen(['sleep', '600']).pid))\ntime.sleep(600)"
    began = time.monotonic()
    with pytest.raises(OpinionError, match="did not end within 2 seconds"):
        process.run([str(script(tmp_path, body))], {}, seconds=2)
    assert time.monotonic() - began < SOON
    time.sleep(0.2)
    state = Path("/proc", pid.read_text(), "stat")
    assert not state.exists() or state.read_text().split()[2] == "Z"


def test_names_that_look_like_options_are_paths(tmp_path: Path) -> None:
    seen = tmp_path / "seen.json"
    program = script(tmp_path, f"json.dump(sys.argv, open({str(seen)!r}, 'w')); print({EMPTY!r})")
    tree = write(tmp_path / "--external-checks-dir=x\ny", {"main.tf": FAILING})
    running.claims(str(program), [str(tree)])
    assert json.loads(seen.read_text())[1] == f"--directory={tree}"


@pytest.mark.long
def test_an_installation_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(OpinionError, match=r"pip cannot install checkov==0\.0\.0"):
        install.install(running.home(), "0.0.0")
    assert not running.home().exists()
    assert stat.S_IMODE(running.home().parent.stat().st_mode) == 0o700
    assert assay("checkov", "install", "--version", "--index-url=http://x").exit_code == 2


def test_texts_of_others_do_no_harm(tmp_path: Path) -> None:
    name = "aws_s3_bucket.b\x1b[31m\u202e::error::"
    token = "ghp_" + "a1B2" * 9
    record = {
        "check_id": "CKV_AWS_21",
        "check_name": f"<script>alert(1)</script> {token} " + "long " * 500,
        "check_result": {"result": "FAILED", "evaluated_keys": [1, None, "k"]},
        "resource": name,
        "file_path": "/main.tf",
        "file_line_range": [-5, 99999999999],
    }
    other = {**record, "check_id": "`<b>CKV_X\n::warning::"}
    results = {"failed_checks": [record, other], "parsing_errors": ["x\x1b[0m"] * 500}
    file = tmp_path / "checkov.json"
    file.write_text(json.dumps({"check_type": "terraform", "results": results, "summary": {"checkov_version": "1"}}), "utf-8")
    tree = write(tmp_path / "tree", {"main.tf": FAILING})
    for format_ in ("text", "html", "markdown", "json", "jsonl"):
        alone = assay("scan", "--no-config", tree, "-r", format_).stdout
        shown = assay("scan", "--no-config", tree, "--import", "checkov", file, "--all", "-r", format_).stdout
        assert format_ not in ("html", "markdown") or "<script>alert" not in shown
        assert token not in shown and "\x1b" not in shown
        assert format_ in ("json", "jsonl") or "\u202e" not in shown
        assert not any(line.lstrip().startswith("::") for line in shown.splitlines())
        assert len(shown) - len(alone) < 200_000


def real() -> str | None:
    """A real checkov, where there is one: named by ASSAY_TEST_CHECKOV, or that of the measurements."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"), "assay-bench/checkov/bin/checkov")
    return os.environ.get("ASSAY_TEST_CHECKOV") or shutil.which("checkov") or (str(cache) if cache.exists() else None)


REAL = real()


@pytest.mark.long
@pytest.mark.skipif(REAL is None, reason="checkov is not installed")
def test_the_real_checkov_runs_no_code_of_the_tree(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    checks = write(tmp_path / "checks", {name: f"open({str(mark)!r}, 'w')\n" for name in ("__init__.py", "own.py")})
    hostile = f"external-checks-dir: [{checks}]\nskip-check: [CKV_AWS_21]\n"
    tree = write(tmp_path / "tree", {"main.tf": FAILING, ".checkov.yaml": hostile, ".checkov.yml": hostile})
    before = sorted(path.name for path in tree.rglob("*"))
    code, report, _ = assay_json(tree, "--with", "checkov", "--checkov", REAL, "--control", "storage.versioning-enabled")
    (opinion,) = report["opinions"]
    assert not mark.exists() and code == 1
    assert [(row["relation"], row["theirs"]) for row in opinion["rows"]] == [("agree", "fail")]
    assert opinion["version"] and opinion["problems"] == []
    assert sorted(path.name for path in tree.rglob("*")) == before


def test_what_did_not_change_is_nothing_that_only_they_see(tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", {"old/main.tf": FAILING, "new/main.tf": "locals {}\n"})
    for arguments in (["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "a"]):
        subprocess.run(["git", *arguments], cwd=tree, check=True)
    write(tree, {"new/main.tf": FAILING})
    records = [
        {
            "check_id": "CKV_AWS_21",
            "check_result": {"result": "FAILED"},
            "resource": "aws_s3_bucket.b",
            "file_abs_path": str(tree / name / "main.tf"),
        }
        for name in ("old", "new")
    ]
    results = write(tmp_path, {"c.json": json.dumps({"check_type": "terraform", "results": {"failed_checks": records}})}) / "c.json"
    chosen = ("--control", "storage.versioning-enabled", "--import", "checkov", results)
    counts = [assay_json(tree, *chosen, *more)[1]["opinions"][0] for more in ([], ["--since", "HEAD"])]
    assert [(count["agree"], count["only_theirs"]) for count in counts] == [(2, 0), (1, 0)]
