"""Run folders of comparisons: both sides, checked, judged again, sampled."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from assay.scanner.cli.comparing import CODE, COMPARED, LIVE
from tests.evidence.folders import evidence
from tests.scans import ROOT, assay, write

SNAPSHOT = ROOT / "fixtures/controls/storage/bucket-not-public/aws/aws-fail-document.ndjson"
CODE_OF_IT = """
provider "aws" {
  region = "us-east-1"
}
variable "key" {
  default   = "hunter2-is-secret"
  sensitive = true
}
resource "aws_s3_bucket" "orders" {
  bucket = "trade-orders"
}
"""
STATE = json.dumps(
    {
        "version": 4,
        "terraform_version": "1.9.0",
        "serial": 1,
        "lineage": "x",
        "outputs": {"p": {"value": "hunter2-in-state", "type": "string"}},
        "resources": [],
    }
)
CHOSEN = ("--no-config", "--control", "storage.bucket-not-public", "--control", "storage.versioning-enabled")


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(tmp_path / "work", {"infra/main.tf": CODE_OF_IT, "live.ndjson": SNAPSHOT.read_bytes(), "terraform.tfstate": STATE})
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path


def left(there: Path, *arguments: object) -> Path:
    ran = assay("compare", *arguments, *CHOSEN, "--evidence", there / "out")
    assert ran.exit_code in (0, 1, 3), ran.stderr
    (made,) = (there / "out").iterdir()
    return made


def test_both_sides_are_there_verified_and_judged_again(there: Path) -> None:
    made = left(there, "infra", "live.ndjson", "-r", "text=out.txt")
    assert {path.name for path in (made / "reports").iterdir()} == {
        "code.json",
        "live.json",
        "compare.json",
        "results.json",
        "results.html",
        "text.txt",
    }
    code, live, whole = (json.loads((made / name).read_text()) for name in (CODE, LIVE, "reports/results.json"))
    assert len(whole["results"]) == len(code["results"]) + len(live["results"]) and code["results"] and live["results"]
    assert evidence("verify", made, "--unsigned")[0] == 0
    code_, said = evidence("replay", made)
    assert (code_, "IDENTICAL" in said) == (0, True), said
    assert evidence("sample", made, "-n", "2", "--seed", "x")[0] == 0
    page = (made / "reports/results.html").read_text()
    assert "Code and cloud side by side" in page and "<dt>Rule (CEL)</dt>" in page and "Sign-off" in page


def test_a_side_that_was_a_report_is_taken_over(there: Path) -> None:
    assay("scan", "infra", *CHOSEN, "-r", "json=code.json")
    made = left(there, "code.json", "live.ndjson")
    assert json.loads((made / CODE).read_text()) == json.loads(Path("code.json").read_text())
    entry = next(entry for entry in json.loads((made / "inputs.json").read_text())["entries"] if entry["path"].endswith("/code.json"))
    assert entry["sha256"] and entry.get("stored", "none") == "none"
    assert evidence("replay", made)[0] == 0


def test_a_state_is_never_stored_and_a_replay_asks_for_it(there: Path) -> None:
    made = left(there, "infra", "live.ndjson", "--state", "infra=terraform.tfstate")
    with zipfile.ZipFile(made / "inputs.zip") as archive:
        contents = [archive.read(name) for name in archive.namelist()]
    contents += [path.read_bytes() for path in made.rglob("*") if path.is_file()]
    assert not [content for content in contents if b"hunter2" in content]
    exit_code, said = evidence("replay", made)
    assert exit_code == 3 and "a state holds secrets in full" in said
    assert evidence("replay", made, "--originals", there / "work")[0] == 0


def test_what_was_changed_is_named(there: Path) -> None:
    made = left(there, "infra", "live.ndjson")
    file = made / COMPARED
    file.write_text(file.read_text().replace("fails", "FAILS"))
    exit_code, said = evidence("verify", made, "--unsigned")
    assert exit_code == 1 and COMPARED in said


def test_the_page_of_a_comparison_is_that_of_a_run(there: Path) -> None:
    assay("compare", "infra", "live.ndjson", *CHOSEN, "-r", "html=page.html")
    page = Path("page.html").read_text()
    for chapter in ("outcome", "beside", "unseen", "controls", "failures", "unknowns", "results", "appendix"):
        assert f'<a href="#{chapter}">' in page and f'id="{chapter}"' in page
    assert page.count("<dt>Commit</dt>") == 1
    assert "hunter2" not in page and page.count("<h1>") == 1
