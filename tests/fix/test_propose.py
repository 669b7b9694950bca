"""Proven fixes as data: over unsaved text, one by one, and many at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assay.scanner.fix.propose import applied, conflict, fixing, proposals
from assay.scanner.fix.states import State
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


def test_a_module_of_many_is_tried_where_it_is_first(tmp_path: Path) -> None:
    """What is worse in one root module is found by judging that one; then all that call the module are judged."""
    call = 'module "keys" {\n  source = "../../modules/keys"\n}\n'
    files: dict[str, str | bytes] = {f"live/root{number}/main.tf": call for number in range(8)}
    files["modules/keys/main.tf"] = KEY + KEY.replace("main", "other") + BUCKET
    fixes = fixing(Options(paths=[str(write(tmp_path, files))], controls=["keys.*", "storage.versioning-enabled"]))
    judged: list[int] = []
    again = fixes.judging.again

    def counted(state: State, *given: Any) -> State:
        after = again(state, *given)
        judged.append(sum(after[key] is not state[key] for key in state))
        return after

    fixes.judging.again = counted  # type: ignore[method-assign]
    outcome = fixes.run(lambda result: True)
    assert {proposal.title.split()[-1] for proposal in outcome.fixed} == {"module.keys.aws_kms_key.main", "module.keys.aws_kms_key.other", "module.keys.aws_s3_bucket.b"}
    assert min(judged) == 1 and judged[-1] == 8


def test_what_no_root_module_may_lose_is_proven_in_all_of_them(tmp_path: Path) -> None:
    """Three root modules would take the fix; in the last one the topic of the module has a policy already."""
    files: dict[str, str | bytes] = {f"live/root{number}/main.tf": 'module "t" {\n  source = "../../modules/t"\n}\n' for number in range(4)}
    files["modules/t/main.tf"] = 'resource "aws_sns_topic" "t" {\n  name = "alerts"\n}\n\noutput "arn" {\n  value = aws_sns_topic.t.arn\n}\n'
    policy = """
      Effect    = "Deny"
      Principal = "*"
      Action    = "sns:*"
      Resource  = module.t.arn
      Condition = { Bool = { "aws:SecureTransport" = "false" } }"""
    declared = 'resource "aws_sns_topic_policy" "t" {\n  arn = module.t.arn\n  policy = jsonencode({\n    Statement = [{%s\n    }]\n  })\n}\n'
    files["live/root3/main.tf"] = f"{files['live/root3/main.tf']!s}\n{declared % policy}"
    fixes = fixing(Options(paths=[str(write(tmp_path, files))], controls=["storage.tls-only-policy"]))
    outcome = fixes.run(lambda result: True)
    assert outcome.fixed == [] and outcome.files == {}
    assert {unfixed.why.split(": ")[1] for unfixed in outcome.unfixed} == {"storage.tls-only-policy would be unknown on module.t.aws_sns_topic.t"}


def test_units_of_terragrunt_are_mended(tmp_path: Path) -> None:
    """What the ledger says of all units at once is another thing of some of them, and no reason to leave a fix."""
    unit = 'generate "provider" {\n  path      = "provider.tf"\n  if_exists = "overwrite"\n  contents  = ""\n}\n\nterraform {\n  source = "../../modules/%s"\n}\n'
    files: dict[str, str | bytes] = {f"live/{name}/terragrunt.hcl": unit % name for name in ("a", "b", "c")}
    files |= {f"modules/{name}/main.tf": KEY for name in ("a", "b", "c")}
    fixes = fixing(Options(paths=[str(write(tmp_path, files))], controls=["keys.rotation-and-policy"]))
    assert any("2 more" in gap.reason for part in fixes.state.values() for gap in part.gaps)
    outcome = fixes.run(lambda result: True)
    assert len(outcome.files) == 3 and outcome.unfixed == []


def test_a_grant_is_taken_out_of_a_module_whoever_calls_it(tmp_path: Path) -> None:
    grant = 'resource "google_project_iam_member" "m" {\n  project = "trade"\n  role    = "roles/owner"\n  member  = "serviceAccount:order@trade.iam.gserviceaccount.com"\n}\n'
    files: dict[str, str | bytes] = {"modules/grants/main.tf": grant}
    files["main.tf"] = 'module "g" {\n  source = "./modules/grants"\n}\n'
    files["examples/two/main.tf"] = 'module "g" {\n  source = "../.."\n}\n'
    options = Options(paths=[str(write(tmp_path, files))], controls=["iam.no-wildcard-privilege", "accounts.iam-user-hygiene"])
    outcome = fixing(options).run(lambda result: result.verdict == "fail", unsafe=True)
    assert [content.strip() for content in outcome.files.values()] == [b""] and outcome.unfixed == []
