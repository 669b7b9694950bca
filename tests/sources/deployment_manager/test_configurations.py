"""Deployments as they are written, and what cannot be read of them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.options import Options
from assay.scanner.results.model import Report
from assay.scanner.run import Scan
from tests.patience import SOON
from tests.scans import write

OK = "resources:\n- name: ok\n  type: storage.v1.bucket\n  properties:\n    versioning: {enabled: true}\n"
VERSIONING = ["storage.versioning-enabled"]
BUCKET = "resources:\n- name: {{ env['name'] }}\n  type: storage.v1.bucket\n  properties:\n    versioning:\n      enabled: {{ properties['on'] }}\n"


def scan(folder: Path, files: dict[str, str | bytes], controls: list[str] | None = None, **options: Any) -> Report:
    write(folder, files)
    return Scan(Options(paths=[str(folder)], controls=VERSIONING if controls is None else controls, **options)).report()


def verdicts(report: Report) -> dict[str, str]:
    return {result.resource.address: result.verdict for result in report.results}


def codes(report: Report) -> list[str]:
    return [gap.code for gap in report.coverage.gaps]


def use(template: str, extra: str = "") -> dict[str, str | bytes]:
    """A good file beside a configuration with one template and one bucket of its own."""
    configuration = "imports:\n- path: t.jinja\nresources:\n- name: x\n  type: t.jinja\n- name: own\n  type: storage.v1.bucket\n"
    return {"ok.yaml": OK, "c.yaml": configuration + extra, "t.jinja": template}


REST = {"storage.v1.bucket.ok": "pass", "storage.v1.bucket.own": "fail"}


def test_properties_and_defaults_of_the_schema_reach_the_template(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "c.yaml": "imports:\n- path: lib/b.jinja\n  name: bucket\nresources:\n- {name: a, type: bucket}\n- {name: b, type: bucket, properties: {on: false}}\n",
        "lib/b.jinja": BUCKET,
        "lib/b.jinja.schema": "properties:\n  on:\n    default: true\n",
    }
    report = scan(tmp_path, files)
    assert verdicts(report) == {"storage.v1.bucket.a": "pass", "storage.v1.bucket.b": "fail"}
    assert codes(report) == []
    blocks = {result.resource.address: result.resource.blocks for result in report.results}
    assert [(Path(block.file).name, block.start_line) for block in blocks["storage.v1.bucket.a"]] == [("b.jinja", 2), ("c.yaml", 5)]


def test_a_condition_on_the_project_is_judged_both_ways(tmp_path: Path) -> None:
    template = "resources:\n- name: b\n  type: storage.v1.bucket\n{% if env['project'] == 'prod' %}\n  properties:\n    versioning: {enabled: true}\n{% endif %}\n"
    (result,) = scan(tmp_path / "a", {"t.jinja": template}).results
    assert (result.verdict, "when env.project == prod is false" in result.message) == ("fail", True)
    assert verdicts(scan(tmp_path / "b", {"t.jinja": template}, account="prod")) == {"storage.v1.bucket.b": "pass"}
    assert verdicts(scan(tmp_path / "c", {"t.jinja": template}, account="dev")) == {"storage.v1.bucket.b": "fail"}


def test_references_lead_through_outputs_of_templates(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "c.yaml": "imports:\n- path: k.jinja\nresources:\n- name: keys\n  type: k.jinja\n- name: b\n  type: storage.v1.bucket\n  properties:\n    encryption:\n      defaultKmsKeyName: $(ref.keys.key)\n",
        "k.jinja": "resources:\n- name: k\n  type: gcp-types/cloudkms-v1:projects.locations.keyRings.cryptoKeys\n  properties: {parent: projects/p/locations/us/keyRings/r, cryptoKeyId: k, rotationPeriod: 2592000s}\noutputs:\n- name: key\n  value: $(ref.k.name)\n",
    }
    report = scan(tmp_path, files, ["storage.encrypted-cmk", "keys.*"])
    assert {result.verdict for result in report.results} == {"pass"}
    assert len(report.results) >= 2


def test_a_binding_for_a_bucket_of_another_deployment_is_judged_there(tmp_path: Path) -> None:
    binding = "resources:\n- name: open\n  type: gcp-types/storage-v1:virtual.buckets.iamMemberBinding\n  properties: {bucket: elsewhere, role: roles/storage.objectViewer, member: allUsers}\n"
    report = scan(tmp_path, {"c.yaml": binding}, [])
    assert {result.control: result.verdict for result in report.results} == {"storage.bucket-not-public": "unknown"} or {
        result.verdict for result in report.results if result.control == "storage.bucket-not-public"
    } <= {"fail", "unknown"}
    assert "pass" not in {result.verdict for result in report.results if result.control == "storage.bucket-not-public"}


def test_a_target_that_is_not_known_makes_every_bucket_doubtful(tmp_path: Path) -> None:
    template = "resources:\n- name: b\n  type: storage.v1.bucket\n- name: open\n  type: gcp-types/storage-v1:virtual.buckets.iamMemberBinding\n  properties:\n    bucket: {{ properties['bucket'] }}\n    role: roles/storage.objectViewer\n    member: allUsers\n"
    assert verdicts(scan(tmp_path, {"t.jinja": template}, ["storage.bucket-not-public"])) == {
        "storage.v1.bucket.b": "unknown",
        "gcp-types/storage-v1:virtual.buckets.iamMemberBinding.open": "fail",  # whichever bucket it is for
    }


def test_the_owner_that_an_entry_of_an_access_list_names_is_the_owner_of_another(tmp_path: Path) -> None:
    entry = "- name: {}\n  type: storage.v1.bucketAccessControl\n  properties: {{bucket: $(ref.{}), entity: {}, role: READER}}\n"
    text = "resources:\n- name: b\n  type: storage.v1.bucket\n- name: c\n  type: storage.v1.bucket\n"
    text += entry.format("first", "b.name", "user-a@b.example") + entry.format("second", "first.bucket", "allUsers")
    verdict_of = verdicts(scan(tmp_path, {"d.yaml": text}, ["storage.bucket-not-public"]))
    assert verdict_of == {"storage.v1.bucket.b": "fail", "storage.v1.bucket.c": "pass"}


def test_python_is_never_run(tmp_path: Path) -> None:
    program = f"open({str(tmp_path / 'ran')!r}, 'w')\ndef GenerateConfig(context):\n    open({str(tmp_path / 'ran')!r}, 'w')\n"
    report = scan(
        tmp_path,
        {
            "c.yaml": "imports:\n- path: t.py\nresources:\n- {name: x, type: t.py}\n- {name: own, type: storage.v1.bucket}\n",
            "t.py": program,
        },
    )
    assert verdicts(report) == {"storage.v1.bucket.own": "fail"}
    (gap,) = report.coverage.gaps
    assert (gap.code, gap.line, "never run" in gap.settles_it) == ("template_unsupported", 4, True)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("template", "code"),
    [
        ("{% for i in range(10**9) %}x{% endfor %}", "input_failed"),
        ("resources:\n- {name: y, type: t.jinja}\n- {name: z, type: t.jinja}\n", "input_failed"),
        ("{{ ''.__class__ }}", "input_failed"),
        ("{% if %}", "input_failed"),
        ("resources:\n\t- x\n", "input_failed"),
        ("resources: [[], 5, null, {type: []}]\n", "input_failed"),
        ("resources:\n- {name: y, type: gone.jinja}\n", "module_missing"),
        ("resources:\n- {name: y, type: my-project/composite:thing}\n", "template_unsupported"),
        ("\ue000", "input_failed"),
        ("# " + "x" * 1_100_000, "input_failed"),
    ],
)
def test_what_cannot_be_expanded_is_a_gap_and_the_rest_is_judged(tmp_path: Path, template: str, code: str) -> None:
    report = scan(tmp_path, use(template))
    assert verdicts(report) == REST
    assert set(codes(report)) == {code}


def test_templates_of_templates_of_templates_end(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        f"t{at}.jinja": f"resources:\n- name: {{{{ env.name }}}}a\n  type: t{at + 1}.jinja\n- name: {{{{ env.name }}}}b\n  type: t{at + 1}.jinja\n"
        for at in range(18)
    }
    imports = "".join(f"- path: t{at}.jinja\n" for at in range(18))
    began = time.process_time()
    report = scan(
        tmp_path,
        {**files, "c.yaml": f"imports:\n{imports}resources:\n- name: x\n  type: t0.jinja\n- name: own\n  type: storage.v1.bucket\n"},
    )
    assert verdicts(report) == {"storage.v1.bucket.own": "fail"}
    assert time.process_time() - began < SOON
    assert set(codes(report)) <= {"input_failed", "module_missing"}


@pytest.mark.parametrize("key", ["properties", "accessControl", "name", "type", "metadata"])
@pytest.mark.parametrize(
    "wrong",
    [
        "[]",
        "{}",
        "5",
        "x",
        "null",
        "[[]]",
        "{a: [1]}",
        "{gcpIamPolicy: 5}",
        "{gcpIamPolicy: {bindings: [5, {members: 5}]}}",
        "$(ref.own.name)",
        "{name: {}, acl: 5}",
    ],
)
def test_wrong_types_anywhere(tmp_path: Path, key: str, wrong: str) -> None:
    entry = {"name": "b", "type": "storage.v1.bucket"} | {key: wrong}
    text = (
        "resources:\n- " + "\n  ".join(f"{name}: {value}" for name, value in entry.items()) + "\n- name: own\n  type: storage.v1.bucket\n"
    )
    report = scan(tmp_path, {"c.yaml": text}, [])
    assert verdicts(report)["storage.v1.bucket.own"]
    assert not [gap for gap in report.coverage.gaps if "Error" in gap.reason]


def test_circles_of_names(tmp_path: Path) -> None:
    key = "- name: {0}\n  type: gcp-types/cloudkms-v1:projects.locations.keyRings.cryptoKeys\n  properties: {{parent: $(ref.{1}.name), cryptoKeyId: {0}}}\n"
    report = scan(tmp_path, {"c.yaml": "resources:\n" + key.format("a", "b") + key.format("b", "a")}, ["keys.*"])
    assert {result.verdict for result in report.results} == {"fail"}
    output = use("resources: []\noutputs:\n- name: o\n  value: $(ref.x.o)\n", "  properties: {versioning: {enabled: $(ref.x.o)}}\n")
    assert verdicts(scan(tmp_path / "o", output))["storage.v1.bucket.own"] == "unknown"


def test_outputs_are_no_resources_in_the_ledger(tmp_path: Path) -> None:
    report = scan(tmp_path, {"c.yaml": f"{OK}outputs:\n- name: db_password\n  value: kT9vQ2mX7bRw\n"}, [])
    assert {result.verdict for result in report.results if result.resource.address == "output.db_password"} == {"fail"}
    assert (report.coverage.blocks.found, report.coverage.blocks.evaluated) == (1, 1)


BROKEN: dict[str, tuple[str | bytes, set[str]]] = {
    "tabs": ("resources:\n\t- name: b\n\t  type: storage.v1.bucket\n", {"parse_error"}),
    "a key written twice": (OK.replace("ok", "twice") + "  properties: {}\n", {"duplicate_key"}),
    "a second list of resources, that is none": (OK.replace("ok", "twice") + "resources:\n", {"duplicate_key"}),
    "no resources, and another key twice": ("type: x.v1.y\nname: a\nname: b\n", set()),
    "aliases that explode": (
        "a: &a [x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"{chr(98 + at)}: &{chr(98 + at)} [{', '.join(['*' + chr(97 + at)] * 9)}]\n" for at in range(9))
        + "resources:\n- name: b\n  type: storage.v1.bucket\n  properties: *j\n",
        {"parse_error"},
    ),
    "Kubernetes": ("apiVersion: apps/v1\nkind: Deployment\nresources:\n- type: storage.v1.bucket\n  name: b\n", set()),
    "Helm": ("resources:\n{{- range .Values.x }}\n- type: storage.v1.bucket\n{{- end }}\n", set()),
    "anything": ("resources: {limits: {cpu: 1}}\ntype: x.v1.y\n", set()),
    "deep": ("resources: " + "[" * 5000 + "]" * 5000 + "  # type x.v1.y", set()),
    "binary": (b"resources type .v1. \x00\xff\xfe", set()),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_broken_files_cost_only_themselves(tmp_path: Path, broken: str) -> None:
    text, expected = BROKEN[broken]
    report = scan(tmp_path, {"ok.yaml": OK, "broken.yaml": text})
    assert verdicts(report)["storage.v1.bucket.ok"] == "pass"
    assert set(codes(report)) == expected


def test_files_outside_of_what_is_scanned_are_not_read(tmp_path: Path) -> None:
    write(tmp_path, {"outside.jinja": BUCKET})
    report = scan(
        tmp_path / "in",
        {
            "c.yaml": "imports:\n- path: ../outside.jinja\nresources:\n- {name: x, type: ../outside.jinja}\n- {name: own, type: storage.v1.bucket}\n"
        },
    )
    assert (verdicts(report), codes(report)) == ({"storage.v1.bucket.own": "fail"}, ["module_missing"])


def test_more_open_conditions_than_are_tried(tmp_path: Path) -> None:
    conditions = "".join(f"    {{% if properties['p{at}'] %}}\n    l{at}: x\n    {{% endif %}}\n" for at in range(40))
    report = scan(tmp_path, {"ok.yaml": OK, "t.jinja": f"resources:\n- name: b\n  type: storage.v1.bucket\n  properties:\n{conditions}"})
    assert verdicts(report) == {"storage.v1.bucket.ok": "pass"}
    (gap,) = report.coverage.gaps
    assert (gap.code, "--account" in gap.settles_it) == ("input_failed", True)


def test_a_large_configuration(tmp_path: Path) -> None:
    labels = "".join(f"      label-{at}: value\n" for at in range(200_000))
    began = time.process_time()
    report = scan(tmp_path, {"c.yaml": f"{OK}    labels:\n{labels}"})
    assert (verdicts(report), codes(report)) == ({"storage.v1.bucket.ok": "pass"}, [])
    assert time.process_time() - began < SOON


def test_a_configuration_that_does_not_parse_and_uses_templates_alone_is_a_gap(tmp_path: Path) -> None:
    (tmp_path / "bucket.jinja").write_text("resources:\n- name: b\n  type: storage.v1.bucket\n")
    (tmp_path / "config.yaml").write_text("imports:\n- path: bucket.jinja\nresources:\n- name: b\n  type: bucket.jinja\n]\n")
    gaps = Scan(Options(paths=[str(tmp_path)])).report().coverage.gaps
    assert [(gap.code, gap.line) for gap in gaps if gap.scope.endswith("config.yaml")] == [("parse_error", 6)]
