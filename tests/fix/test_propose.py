"""Proven fixes as data: over unsaved text, one by one, and many at once."""

from __future__ import annotations

from pathlib import Path

from assay.scanner.fix.propose import applied, conflict, fixing, proposals
from assay.scanner.run import Options
from assay.scanner.sources.overlay import Unsaved
from tests.scans import judge, write

KEY = 'resource "aws_kms_key" "main" {\n  description = "trade"\n}\n'
BUCKET = 'resource "aws_s3_bucket" "b" {\n  bucket = "orders"\n}\n'


def test_the_edits_of_a_proposal_are_of_the_unsaved_text(tmp_path: Path) -> None:
    path = write(tmp_path, {"main.tf": KEY}) / "main.tf"
    text = f"# ß, not saved yet\n\n{KEY}".encode()
    options = Options(paths=[str(tmp_path)], overlay=Unsaved({str(path): text}))
    (proposal,) = proposals(options, lambda result: result.control == "keys.rotation-and-policy")
    assert (proposal.applicability, proposal.because, proposal.address) == ("safe", "", "aws_kms_key.main")
    assert {edit.file for edit in proposal.edits} == {str(path)}
    assert b"  enable_key_rotation = true\n}" in applied(text, proposal.edits)
    assert path.read_text("utf-8") == KEY
    assert proposals(options, lambda result: result.control == "keys.rotation-and-policy") == [proposal]


def test_each_proposal_mends_its_finding_by_itself(tmp_path: Path) -> None:
    path = write(tmp_path, {"main.tf": BUCKET}) / "main.tf"
    proposal_list = proposals(Options(paths=[str(tmp_path)]), lambda result: result.control.startswith("storage."), unsafe=False)
    assert {"storage.versioning-enabled", "storage.public-access-blocked", "storage.tls-only-policy"} <= {
        proposal.control for proposal in proposal_list
    }
    first, second = proposal_list[:2]
    assert conflict(first.edits, second.edits)  # both declare something after the bucket
    for number, proposal in enumerate(proposal_list):
        folder = write(tmp_path / str(number), {"main.tf": applied(path.read_bytes(), proposal.edits)})
        assert not any(result.verdict == "fail" for result in judge(folder, proposal.control))


def test_many_root_modules_are_mended_in_few_judgements(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {f"root{number}/main.tf": KEY + BUCKET for number in range(12)}
    files["root5/main.tf"] = KEY.replace("}", "  enable_key_rotation = length(data.x.y.z) > 1\n}")
    fixes = fixing(Options(paths=[str(write(tmp_path, files))], controls=["keys.*", "storage.versioning-enabled"]))
    outcome = fixes.run(lambda result: True)
    assert len(outcome.fixed) == 11 * 2 and outcome.judgements <= 3
    assert not any("root5" in file for file in outcome.files)
