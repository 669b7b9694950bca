"""`assay controls`: the catalogue, its checks and its fixtures."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from assay.scanner.cli import cli
from assay.scanner.rules.load import builtin_folder, load
from tests.scans import write

IDS = [control.control.id for control in load([builtin_folder()]).controls]


def ran(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["controls", *arguments])
    return result.exit_code, result.output


def test_list_names_every_control_with_its_severity() -> None:
    exit_code, output = ran("list")
    assert exit_code == 0
    assert [line.split()[0] for line in output.splitlines()] == IDS
    assert "critical" in next(line for line in output.splitlines() if line.startswith("storage.bucket-not-public"))


def test_show_has_text_rule_remediation_and_mappings() -> None:
    exit_code, output = ran("show", "storage.encrypted-cmk")
    assert exit_code == 0
    for part in (
        "Severity: high",
        "Bucket (An object storage bucket",
        "customer_managed",
        "## Remediation",
        "nist_800_53_r5",
        "CKV_AWS_145",
    ):
        assert part in output


def test_show_of_a_control_that_is_not_there_names_the_nearest() -> None:
    exit_code, output = ran("show", "storage.encripted-cmk")
    assert exit_code == 2
    assert "did you mean storage.encrypted-cmk?" in output


@pytest.mark.parametrize("id_", IDS)
def test_what_show_says_of_a_control_fits_a_terminal(id_: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    parts = ran("show", id_)[1].split("```")
    prose = [line for part in parts[::2] for line in part.splitlines()]
    assert [line for line in prose if len(line) > 80 and " " in line.strip()] == []
    assert len(parts) % 2 == 1


@pytest.mark.parametrize("command", [["show", "keys.rotation-and-policy"], ["matrix"]])
def test_the_catalogue_is_the_same_with_and_without_the_cache(command: list[str], tmp_path: Path) -> None:
    def asked() -> str:
        environment = {"XDG_CACHE_HOME": str(tmp_path), "PATH": "", "PYTHONPATH": ":".join(sys.path)}
        return subprocess.run(
            [sys.executable, "-m", "assay", "controls", *command], env=environment, capture_output=True, text=True, check=True
        ).stdout

    first = asked()
    assert list(tmp_path.rglob("rules-*.msgpack"))
    assert asked() == first


def test_matrix_says_for_every_control_what_each_input_shows() -> None:
    exit_code, output = ran("matrix")
    assert exit_code == 0
    rows = {line.split()[0]: line.split()[1:] for line in output.splitlines() if line.split()[1:] and line.split()[0] in IDS}
    assert list(rows) == IDS
    assert all(cell in ("full", "part", "-") for name in IDS for cell in rows[name])
    assert rows["storage.versioning-enabled"] == ["full"] * 6 + ["part", "-"], "Deployment Manager cannot lock a retention policy"
    assert "edge.waf-attached, terraform: " in output


@pytest.mark.parametrize("command", ["list", "matrix"])
@pytest.mark.parametrize("width", [None, "80", "120"])
def test_the_catalogue_fits_the_terminal(command: str, width: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    if width:
        monkeypatch.setenv("COLUMNS", width)
    assert max(len(line) for line in ran(command)[1].splitlines()) <= int(width or 80)


def test_lint_refuses_a_broken_rule_with_its_line(tmp_path: Path) -> None:
    rule = (builtin_folder() / "storage" / "versioning-enabled.yaml").read_text("utf-8")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "x.yaml").write_text(
        rule.replace("storage.versioning-enabled", "own.x").replace("resource.versioned", "resource.versionned")
    )
    exit_code, output = ran("lint", "--policies", str(tmp_path))
    assert exit_code == 2
    assert "x.yaml:" in output and "did you mean versioned?" in output
    assert ran("lint")[0] == 0


def test_test_fails_where_a_fixture_expects_another_verdict(tmp_path: Path) -> None:
    case = tmp_path / "storage" / "versioning-enabled"
    (case / "terraform" / "a").mkdir(parents=True)
    (case / "terraform" / "a" / "main.tf").write_text('resource "aws_s3_bucket" "b" {}\n')
    (case / "expected.yaml").write_text("terraform/a: {aws_s3_bucket.b: pass}\n")
    exit_code, output = ran("test", "storage.versioning-enabled", "--fixtures", str(tmp_path))
    assert exit_code == 1
    assert "aws_s3_bucket.b: expected pass, got fail" in output
    assert "expects fail" in output  # a control needs a case that fails


def test_test_passes_on_the_fixtures_of_a_control() -> None:
    exit_code, output = ran("test", "storage.uniform-access")
    assert exit_code == 0
    assert any(line.endswith(" cases, 0 failed") for line in output.splitlines()), output


def test_coverage_tells_the_share_and_every_section(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    exit_code, output = ran("coverage", "cis_aws_7_0")
    assert exit_code == 0
    known = load([builtin_folder()])
    sections = known.frameworks["cis_aws_7_0"].sections
    judged = {section for control in known.by_id().values() for section in control.frameworks.get("cis_aws_7_0", ())}
    assert f"{len(judged)} of 70 sections judged ({100 * len(judged) // 70}%), {70 - len(judged)} manual." in output
    above, _, below = output.partition("No control judges them, and the publisher calls them automated")
    automated, _, manual = below.partition("Manual: no control judges them")
    starts = {line.split()[0] for line in above.splitlines() if line.startswith("  ") and line[2] != " "}
    assert judged <= starts
    for part, assessment in ((automated, "automated"), (manual, "manual")):
        listed = {line.split()[0] for line in part.partition("Ids and titles")[0].splitlines() if line.startswith("  ") and line[2] != " "}
        assert listed == {id_ for id_, section in sections.items() if section.assessment == assessment} - judged
    assert "storage.public-access-blocked" in above and "https://github.com/prowler-cloud/prowler/" in below
    assert [line for line in output.splitlines() if len(line) > 80 and "https://" not in line] == []


def test_coverage_as_json() -> None:
    exit_code, output = ran("coverage", "pci_dss_4_0", "--format", "json")
    told = json.loads(output)
    assert exit_code == 0
    assert (told["framework"]["id"], told["framework"]["version"], "sections" in told["framework"]) == ("pci_dss_4_0", "4.0.1", False)
    assert told["total"] == len(told["sections"]) == 280
    assert told["judged"] == sum(bool(row["controls"]) for row in told["sections"])
    assert told["share"] == round(told["judged"] / 280, 4)
    rows = {row["id"]: row for row in told["sections"]}
    assert "7.2" not in rows
    assert rows["6.4.2"] == {
        "id": "6.4.2",
        "title": "An automated solution blocks web attacks",
        "assessment": "",
        "level": "",
        "verified": True,
        "controls": ["edge.waf-attached", "edge.waf-effective"],
    }
    assert (rows["A3.1.2"]["verified"], rows["A3.1.2"]["controls"]) == (False, [])


def test_coverage_of_what_is_not_there_names_the_nearest() -> None:
    exit_code, output = ran("coverage", "cis_gcp_5")
    assert (exit_code, output) == (2, "assay: there is no framework 'cis_gcp_5'; did you mean cis_gcp_5_0?\n")


def test_coverage_of_an_own_framework(tmp_path: Path) -> None:
    write(tmp_path, {"frameworks/house.yaml": 'id: house\ntitle: "\\u202eHouse"\nsections: {\'1\': {title: "A\\e[31m"}}\n'})
    exit_code, output = ran("coverage", "house", "--policies", str(tmp_path))
    assert exit_code == 0 and "0 of 1 section judged (0%), 1 manual." in output
    assert "\u202e" not in output and "\x1b" not in output


@pytest.mark.parametrize(
    ("check", "shown", "scanner"),
    [
        ("CKV_AWS_53", "CKV_AWS_53", "checkov"),
        ("ckv_aws_53", "CKV_AWS_53", "checkov"),
        ("AVD-AWS-0086", "AWS-0086", "Trivy"),
        ("AWS-0086", "AWS-0086", "Trivy"),
        ("s3_account_level_public_access_blocks", "s3_account_level_public_access_blocks", "Prowler"),
    ],
)
def test_show_of_a_check_of_another_scanner_shows_the_control_that_maps_to_it(check: str, shown: str, scanner: str) -> None:
    exit_code, output = ran("show", check)
    assert exit_code == 0
    flat = " ".join(output.split())
    assert flat.startswith(f"{shown} is a check of {scanner}; this control maps to it"), flat[:200]
    assert "# storage.public-access-blocked" in output and "## Remediation" in output


def test_show_of_a_check_that_several_controls_map_to_names_each() -> None:
    check = next(name for name in ("CKV_AWS_19", "CKV_AWS_145", "CKV_AWS_24", "CKV_AWS_40") if len(mapping(name)) > 1)
    exit_code, output = ran("show", check)
    assert exit_code == 0
    assert f"{len(mapping(check))} controls map to it" in " ".join(output.split())
    assert all(f"{control} (" in output for control in mapping(check))
    assert "## Remediation" not in output


def mapping(check: str) -> list[str]:
    """The controls that map to a check of checkov."""
    return [control.control.id for control in load([builtin_folder()]).controls if check in control.control.peers.get("checkov", ())]


@pytest.mark.parametrize(("check", "nearest"), [("CKV_AWS_53x", "CKV_AWS_53"), ("s3_bucket_kms_encryptoin", "s3_bucket_kms_encryption")])
def test_show_of_a_check_that_no_control_maps_to_says_so_and_names_the_nearest(check: str, nearest: str) -> None:
    exit_code, output = ran("show", check)
    assert exit_code == 2
    assert f"there is no control {check!r}, and none maps to a check of that id; the nearest is {nearest}" in output


def test_every_check_that_a_control_names_can_be_shown() -> None:
    from assay.scanner.cli.show_control import of_check

    rules = load([builtin_folder()])
    for control in rules.by_id().values():
        for check in {name for names in control.peers.values() for name in names}:
            story = of_check(check, rules)
            assert story and any(control.id in line for line in story.lines), (control.id, check)


def test_own_controls_may_map_to_checks_of_any_scanner(tmp_path: Path) -> None:
    own = (builtin_folder() / "storage" / "versioning-enabled.yaml").read_text("utf-8")
    own = own.replace("id: storage.versioning-enabled", "id: storage.ours").partition("peers:")[0]
    write(tmp_path, {"ours.yaml": own + "peers: {custodian: [s3-versioning]}\n"})
    exit_code, output = ran("show", "s3-versioning", "--policies", str(tmp_path))
    assert exit_code == 0
    assert output.startswith("s3-versioning is a check of custodian")
