"""No spelling, encoding, name or company hides a file: it is judged as each format that it is, or stands as a gap."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import zipfile
from pathlib import Path

import pytest

from assay.scanner.sources.git_objects import GitObjects
from assay.scanner.sources.overlay import Disk, Listed, Unsaved
from tests.hostile.hidden_files import ACCOUNT, ASSET, DEPLOYMENT, HCL, HEADER, JSON, MANIFEST, PLAN, YAML, Scanned
from tests.scans import write

DEEP = "[" * 5000 + "]" * 5000
BINARY = "!!binary Y29tcHV0ZS5jbnJtLmNsb3VkLmdvb2dsZS5jb20vdjFiZXRhMQ=="
JUDGED: dict[str, tuple[str, str | bytes]] = {
    "escapes of JSON": ("t.json", JSON.replace("Resources", "Res\\u006furces").replace("AWS::", "\\u0041WS\\u003a:")),
    "escapes of YAML": ("t.yaml", YAML.replace("AWS::EC2::SecurityGroup", '"\\x41WS::\\U00000045C2::SecurityGroup"')),
    "a key in escapes": ("t.yaml", YAML.replace("Resources:", '"Res\\u006furces":')),
    "a word over two lines": ("t.yaml", YAML.replace("AWS::EC2::SecurityGroup", '"A\\\n        WS::EC2::SecurityGroup"')),
    "an alias as a key": ("t.yaml", "Description: &r Resources\n" + YAML.replace("Resources:", "*r :")),
    "a question mark": ("t.yaml", YAML.replace("Resources:", "? Resources\n:")),
    "tags": ("t.yaml", YAML.replace("Resources:", "!!str Resources:").replace("AWS::EC2", "!!str AWS::EC2")),
    "a merge key": ("t.yaml", "Metadata: &m\n" + "".join(f"  {line}\n" for line in YAML.splitlines()) + "<<: *m\n"),
    "UTF-16": ("t.yaml", YAML.encode("utf-16")),
    "a byte order mark": ("t.json", b"\xef\xbb\xbf" + JSON.encode()),
    "white space first": ("t.json", " " * 10_000 + JSON),
    "lines first": ("stack", "\n" * 10_000 + YAML),
    "comments first": ("stack", "# x\n" * 5_000 + YAML),
    "upper case .YAML": ("T.YAML", YAML),
    "upper case .Json": ("t.Json", JSON),
    "upper case .Template": ("t.Template", YAML),
    "no ending": ("template", YAML),
    "an ending of another kind": ("stack.txt", YAML),
    "an empty document first": ("stack.txt", "~\n---\n" + MANIFEST),
    "white space in front of the colon": ("stack.txt", YAML.replace("Resources:", "Resources" + " " * 900 + ":")),
    "a key of another alphabet first": ("stack.txt", "\u00e9: 1\n" + YAML),
    "called like a state": ("x.tfstate", JSON),
    "called like values of variables": ("x.tfvars", YAML),
    "called like prose": ("README.md", YAML),
    "marks of a plan": ("t.json", JSON[:-1] + f', "Metadata": {PLAN}}}'),
    "marks of a snapshot": ("t.json", '{"Description": "\\"assay-snapshot/1", "assay-snapshot/": 1, ' + JSON[1:]),
    "called like a manifest of an assembly": ("manifest.json", JSON),
    "manifest with marks of a template": ("m.yaml", MANIFEST + "# AWS:: Resources Transform\n"),
    "manifest behind others": ("m.yaml", "- 1\n---\nkind: Deployment\n---\n" + MANIFEST),
    "manifest with escapes": ("m.yaml", MANIFEST.replace("compute.cnrm.cloud.google.com/v1beta1", '"compute.\\x63nrm.cloud.google.com/v1beta1"')),
    "manifest in base64": ("m.yaml", MANIFEST.replace("compute.cnrm.cloud.google.com/v1beta1", BINARY)),
    "manifest in base64 under another name": (
        "m.yaml",
        "%TAG !b! tag:yaml.org,2002:\n---\n" + MANIFEST.replace("compute.cnrm.cloud.google.com/v1beta1", BINARY.replace("!!", "!b!")),
    ),
    "deployment with escapes": ("d.yaml", DEPLOYMENT.replace("compute.v1.firewall", '"compute\\x2ev1.firewall"').replace("resources", '"res\\u006furces"', 1)),
    "deployment in upper case": ("d.YML", DEPLOYMENT),
    "plan with escapes": ("p.json", PLAN.replace("planned_values", "planned\\u005fvalues").replace("format_version", "\\u0066ormat_version")),
    "plan in UTF-16": ("p.json", PLAN.encode("utf-16")),
    "plan without ending": ("out", PLAN),
    "plan behind white space": ("p.json", "\n" * 10_000 + PLAN),
    "export": ("e.ndjson", ASSET),
    "export in two parts": ("e.gz", gzip.compress(b"\n") + gzip.compress(ASSET.encode())),
}  # fmt: skip
UNREAD: dict[str, tuple[str, str | bytes]] = {
    "one bad byte": ("t.yaml", YAML.encode() + b"# \xff\n"),
    "one bad byte in JSON": ("t.json", JSON.encode().replace(b'"x"', b'"\xff"')),
    "a brace too many": ("t.json", JSON + "}"),
    "nested too deeply": ("t.json", JSON[:-1] + f', "Metadata": {DEEP}}}'),
    "nested too deeply, with escapes": ("t.json", JSON.replace("Resources", "Res\\u006furces")[:-1].replace("AWS:", "\\u0041WS:") + f', "M": {DEEP}}}'),
    "nested too deeply, under another name": ("stack.txt", JSON[:-1] + f', "Metadata": {DEEP}}}'),
    "not closed, in one line": ("t.yaml", "{Resources: {Open: {Type: AWS::EC2::SecurityGroup}}"),
    "UTF-16 that is cut off": ("t.yaml", YAML.encode("utf-16") + b"x"),
    "UTF-16 without a mark": ("t.yaml", YAML.encode("utf-16-le")),
    "UTF-32": ("t.json", JSON.encode("utf-32")),
    "indented, and not closed": ("t.yaml", "  AWSTemplateFormatVersion: 2010-09-09\n  Resources: [\n"),
    "a template behind a document": ("t.yaml", "a: 1\n---\n" + YAML),
    "plan with a brace too many": ("p.json", PLAN + "}"),
    "plan with a damaged beginning": ("p.json", "x" + PLAN),
    "deployment that is not closed": ("d.yaml", DEPLOYMENT + "x: [\n"),
    "deployment in one line, with a brace too many": ("d.yaml", "{resources: [{name: a, type: compute.v1.firewall}]}}"),
    "snapshot with a damaged first line": ("s.ndjson", "x" + HEADER + ACCOUNT),
    "snapshot with a damaged first line, packed": ("s.gz", gzip.compress(("\\" + HEADER + ACCOUNT).encode())),
    "snapshot of a later version": ("s.gz", gzip.compress(HEADER.replace("snapshot/1", "snapshot/9").encode())),
    "snapshot of no cloud": ("s.json", HEADER.replace('"aws"', "{}")),
    "packed data that is damaged": ("e.json.gz", b"\x1f\x8b" + b"\0" * 50),
    "packed data that ends early": ("e.ndjson.gz", gzip.compress(ASSET.encode() * 50)[:-9]),
    "garbage behind packed data": ("e.ndjson.gz", gzip.compress(ASSET.encode()) + b"garbage"),
}  # fmt: skip


@pytest.mark.parametrize("name", JUDGED)
def test_what_a_tool_would_deploy_is_judged(tmp_path: Path, name: str) -> None:
    file, content = JUDGED[name]
    scanned = Scanned(write(tmp_path, {file: content, "other.yaml": "a: 1\n"}))
    assert (scanned.failures, scanned.became(file), scanned.gaps) == (1, "judged", {})


@pytest.mark.parametrize("name", UNREAD)
def test_what_looks_like_an_input_and_cannot_be_read_is_a_gap(tmp_path: Path, name: str) -> None:
    file, content = UNREAD[name]
    scanned = Scanned(write(tmp_path, {file: content, "good.yaml": YAML}))
    assert scanned.became(file) == "unread" and scanned.gaps.keys() == {file}
    assert scanned.became("good.yaml") == "judged" and scanned.failures >= 1


def test_a_file_is_judged_as_each_format_that_it_is(tmp_path: Path) -> None:
    both = Scanned(write(tmp_path / "both", {"x.json": PLAN[:-1] + ", " + JSON[1:]}))
    assert (both.failures, both.became("x.json"), both.gaps) == (2, "judged", {})
    # CloudFormation takes one document, kubectl any number: judged as the second, and a gap as the first.
    for content in (MANIFEST + "---\n" + YAML, YAML + "---\n" + MANIFEST, DEPLOYMENT + "---\n" + MANIFEST):
        scanned = Scanned(write(tmp_path / str(len(content)), {"x.yaml": content}))
        assert (scanned.failures, scanned.became("x.yaml"), scanned.gaps) == (1, "unread", {"x.yaml": {"parse_error"}})


def test_a_section_that_is_written_twice_hides_nothing(tmp_path: Path) -> None:
    twice = {"t.json": JSON[:-1] + ', "Resources": {}}', "t.yaml": YAML + "Resources: {}\n", "d.yaml": DEPLOYMENT + "resources: []\n"}
    for file, content in twice.items():
        scanned = Scanned(write(tmp_path / file, {file: content}))
        assert scanned.became(file) != "other" and scanned.gaps.keys() == {file}, file


def test_records_behind_and_before_damage_are_judged(tmp_path: Path) -> None:
    for file, content in {
        "e.ndjson": b"garbage\n" + ASSET.encode(),
        "export": b"garbage\n" + ASSET.encode(),
        "e.gz": gzip.compress(b"garbage\n" + ASSET.encode()),
        "f.ndjson.gz": gzip.compress(ASSET.encode()) + b"garbage",
    }.items():
        scanned = Scanned(write(tmp_path / file, {file: content}))
        assert scanned.failures == 1 and scanned.gaps == {file: {"parse_error"}}, file


def test_files_of_other_kinds_are_no_gaps(tmp_path: Path) -> None:
    others = {
        "chart/templates/role.yaml": "{{- if .Values.x }}\nkind: Role\nmetadata:\n  name: {{ .Values.name }}\n{{- end }}\n",
        "chart/templates/acl.yaml": "# AWS:: Resources\n{{- range .Values.resources }}\n- type: {{ .type }}.v1.x\n{{- end }}\n",
        ".github/workflows/ci.yaml": "on: push\n",
        "sceptre/vpc.j2": "Resources:\n  A: {Type: AWS::S3::Bucket, B: {{ c }}}\n{% if x %}\n{% endif %}\n",
        "ci.yaml": "on: push\njobs:\n  a:\n    steps:\n      - run: |\n          echo AWS::S3::Bucket Resources \\\n            Transform\n",
        "api.json": json.dumps({"openapi": "3.0.0", "paths": {}, "info": {"description": "Resources such as AWS::S3::Bucket"}}),
        "docs/a.md": "---\ntitle: x\n---\n```yaml\n" + YAML + "```\n",
        "docs/b.md": "```json\n" + JSON + "\n```\n",
        "docs/c.rst": "Title: x\n\n" + MANIFEST + ": : :\n",
        "i18n/de.yaml": "Resources: Mittel\nAWS::S3: [\n",
        "package.json": json.dumps({"name": "x", "keywords": ["AWS::", "Resources", "Transform", "cnrm.cloud.google.com", "kind"]}),
        "records.ndjson": '{"record":"x"}\n{"record":"y"}\n',
        "terraform.tfstate": json.dumps({"version": 4, "terraform_version": "1.11.0", "resources": []}),
        "a.tar.gz": gzip.compress(b"x" * 1000),
        "b.gz": b"\x1f\x8b\0\0",
        "c.zip": b"PK\x03\x04" + b"\0" * 100,
        "empty.yaml": "",
        "keys.yaml": "a: !!binary aGVsbG8=\nb: [\n",
    }
    scanned = Scanned(write(tmp_path, {**others, "good.yaml": YAML}))
    assert (scanned.failures, scanned.gaps) == (1, {})
    assert scanned.report.coverage.tree.judged == 1 and scanned.report.coverage.tree.unread == 0


def test_a_file_that_is_named_and_of_no_kind_is_one_gap(tmp_path: Path) -> None:
    write(
        tmp_path, {"a.yaml": "a: 1\n", "b.yaml": "# AWS:: Resources resources type cnrm.cloud.google.com kind .v1.\na: 1\n", "c.md": "x\n"}
    )
    for name in ("a.yaml", "b.yaml", "c.md"):
        scanned = Scanned(tmp_path / name)
        assert scanned.gaps == {name: {"unsupported"}} and scanned.became(name) == "unread"


def test_links_to_what_is_left_out_are_followed(tmp_path: Path) -> None:
    write(tmp_path, {".infra/main.tf": HCL, ".infra/.deep/t.yaml": YAML, "node_modules/p/t.yaml": YAML, ".file/t.yaml": YAML})
    (tmp_path / "infra").symlink_to(".infra")
    (tmp_path / "again").symlink_to(".infra")
    (tmp_path / "deep").symlink_to(".infra/.deep")
    (tmp_path / "package").symlink_to("node_modules/p")
    (tmp_path / "file.yaml").symlink_to(".file/t.yaml")
    scanned = Scanned(tmp_path)
    assert scanned.gaps == {} and len([result for result in scanned.report.results if result.verdict == "fail"]) == 4
    assert scanned.report.coverage.tree.judged == 4


def test_links_out_of_the_tree_are_gaps(tmp_path: Path) -> None:
    write(
        tmp_path, {"private/main.tf": HCL, "private/t.yaml": YAML, "private/LICENSE.md": "x", "tree/good.yaml": YAML, "tree/code/x.txt": ""}
    )
    assembly = {"artifacts": {"S": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "../../private/t.yaml"}}}}
    nested = {
        "artifacts": {
            "S": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "out"}},
            "T": {"type": "aws:cloudformation:stack"},
        }
    }
    write(tmp_path, {"tree/cdk.out/manifest.json": json.dumps(assembly), "tree/cdk2.out/manifest.json": json.dumps(nested)})
    write(tmp_path, {"private/manifest.json": json.dumps({"artifacts": {}})})
    for name, target in {
        "infra": "../private",
        "t.yaml": "../private/t.yaml",
        "a.md": "../private/LICENSE.md",
        "code/main.tf": "../../private/main.tf",
        "cdk2.out/out": "../../private",
    }.items():
        (tmp_path / "tree" / name).symlink_to(target)
    scanned = Scanned(tmp_path / "tree")
    assert scanned.failures == 1 and scanned.became("a.md") == "other"
    assert scanned.gaps.keys() == {"infra", "t.yaml", "main.tf", "manifest.json", "out"}
    assert {scanned.became(name) for name in ("infra", "t.yaml", "main.tf")} == {"unread"}


def test_links_that_lead_round_are_walked_once(tmp_path: Path) -> None:
    write(tmp_path, {"a/t.yaml": YAML, ".h/t.yaml": YAML})
    for name, target in {
        "self": ".",
        "a/up": "..",
        "h": ".h",
        ".h/up": "..",
        ".h/again": "../.h",
        "x": "y",
        "y": "x",
        "none": "gone",
    }.items():
        (tmp_path / name).symlink_to(target)
    scanned = Scanned(tmp_path)
    assert scanned.report.coverage.tree.judged == 2 and scanned.gaps == {}


def test_pipes_and_devices_are_not_opened(tmp_path: Path) -> None:
    write(tmp_path, {"good.yaml": YAML})
    read = {"pipe.json", "pipe.YAML", "pipe.tf", "link.yaml", "kustomization.yml", "Kustomization"}
    for name in ({*read, "pipe", "agent.sock"}) - {"link.yaml"}:
        os.mkfifo(tmp_path / name)
    (tmp_path / "link.yaml").symlink_to("pipe")
    scanned = Scanned(tmp_path)
    assert scanned.gaps == {name: {"parse_error"} for name in read} and scanned.report.coverage.tree.other == 2
    named = Scanned(tmp_path / "pipe.json")
    assert named.gaps == {"pipe.json": {"unsupported"}}


class Locked(Disk):
    """A disk of which some files and directories may not be read."""

    def content(self, path: str):  # type: ignore[no-untyped-def]
        if "locked" in path:
            raise PermissionError(13, "Permission denied", path)
        return super().content(path)

    def listed(self, directory: str) -> Listed:
        if directory.endswith("closed"):
            raise PermissionError(13, "Permission denied", directory)
        return super().listed(directory)


def test_what_may_not_be_read_is_a_gap(tmp_path: Path) -> None:
    write(tmp_path, {"closed/t.yaml": YAML, "locked.yaml": YAML, "locked.png": b"x", "locked": b"x", "good.yaml": YAML})
    scanned = Scanned(tmp_path, Locked())
    assert scanned.gaps == {name: {"parse_error"} for name in ("closed", "locked.yaml", "locked")}
    assert scanned.report.coverage.tree.unread == 3 and scanned.became("locked.png") == "other"


def test_a_file_that_vanishes_is_a_gap(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"t.yaml": YAML, "main.tf": HCL, "p.json": PLAN, "m.yaml": MANIFEST, "d.yaml": DEPLOYMENT, "e.ndjson": ASSET, "s.ndjson": HEADER},
    )

    class Vanishing(Disk):
        def read(self, path: str, limit: int) -> bytes:
            raise FileNotFoundError(2, "No such file or directory", path)

    scanned = Scanned(tmp_path, Vanishing())
    names = {"t.yaml", "main.tf", "p.json", "m.yaml", "d.yaml"}
    assert scanned.gaps.keys() >= names and {scanned.became(name) for name in names} == {"unread"}


def test_a_plan_that_only_terraform_reads_is_a_gap_with_the_way_out(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as opened:
        opened.writestr("tfplan", b"\n\x02")
    write(tmp_path, {"out.tfplan": packed.getvalue(), "good.yaml": YAML})
    for scanned in (Scanned(tmp_path), Scanned(tmp_path / "out.tfplan")):
        (gap,) = scanned.report.coverage.gaps
        assert gap.code == "unsupported" and "terraform show -json" in gap.settles_it
    write(tmp_path, {"plan.json": PLAN})
    assert Scanned(tmp_path).gaps == {} == Scanned(f"{tmp_path}/").gaps


def test_assemblies_say_what_is_deployed(tmp_path: Path) -> None:
    stack = {"type": "aws:cloudformation:stack-of-a-later-version", "properties": {"templateFile": "S.txt"}}
    manifest = (
        json.dumps({"version": "99.0.0", "artifacts": {"S": stack}}).replace("artifacts", "artif\\u0061cts").replace("aws:", "\\u0061ws:")
    )
    known = write(tmp_path / "a", {"cdk.out/manifest.json": manifest.replace("-of-a-later-version", ""), "cdk.out/S.txt": JSON})
    assert (Scanned(known).failures, Scanned(known).report.coverage.tree.judged, Scanned(known).gaps) == (1, 2, {})
    (known / "cdk.out" / "S.txt").unlink()
    assert Scanned(known).gaps.keys() == {"S.txt"}


def test_names_are_listed_as_they_are(tmp_path: Path) -> None:
    name = os.fsdecode(b"a\xff\x1b[31m\n::error::.yaml")
    write(tmp_path, {name: YAML})
    deep = tmp_path / "/".join(["d" * 100] * 30)
    write(deep, {"t.yaml": YAML})
    scanned = Scanned(tmp_path)
    assert (scanned.failures, scanned.became(name), scanned.gaps) == (1, "judged", {})
    assert scanned.report.coverage.tree.judged == 2


def test_a_commit_and_unsaved_text_have_the_same_ledger(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "t.yaml": YAML,
        "a/main.tf": HCL,
        ".h/t.yaml": YAML,
        "venv/x.py": "x",
        "bad.json": JSON + "}",
        "x.md": "x",
    }
    write(tmp_path, files)
    (tmp_path / "h").symlink_to(".h")
    (tmp_path / "out").symlink_to("/usr")
    on_disk = Scanned(tmp_path)
    unsaved = Scanned(tmp_path, Unsaved({str(tmp_path / "t.yaml"): YAML.encode()}))
    subprocess.run(
        "git init -q . && git add -f . && git -c user.name=a -c user.email=a@b commit -qm x", shell=True, cwd=tmp_path, check=True
    )
    with_git = Scanned(tmp_path)
    objects = GitObjects.commit(str(tmp_path), "HEAD")
    committed = Scanned(tmp_path, objects)
    objects.close()
    assert on_disk.scan.files == unsaved.scan.files
    without = {file: fate for file, fate in with_git.scan.files.items() if not file.endswith(".git/")}
    assert without == committed.scan.files and len(without) == 8
    assert on_disk.gaps == committed.gaps and on_disk.failures == committed.failures
