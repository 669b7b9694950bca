"""Manifests of Config Connector: references across files, projects, and what is of other kinds."""

from __future__ import annotations

from pathlib import Path

import pytest

from assay.scanner.results.model import Report
from assay.scanner.run import Options, Scan
from assay.scanner.sources.config_connector import kustomization
from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.templates.syntax import Malformed
from tests.scans import write

NAMES = "metadata:\n  name: {}\n  namespace: {}\n"


def manifest(group: str, kind: str, name: str, spec: str, namespace: str = "trade") -> str:
    head = f"apiVersion: {group}.cnrm.cloud.google.com/v1beta1\nkind: {kind}\n{NAMES.format(name, namespace)}"
    return f"{head}spec:\n" + "".join(f"  {line}\n" for line in spec.splitlines())


BUCKET = manifest("storage", "StorageBucket", "orders", "versioning:\n  enabled: true")
OPEN = manifest(
    "iam",
    "IAMPolicyMember",
    "open",
    "member: allUsers\nrole: roles/storage.objectViewer\nresourceRef:\n  kind: StorageBucket\n  name: orders",
)


def scan(folder: Path, files: dict[str, str | bytes], *controls: str) -> Report:
    write(folder, files)
    return Scan(Options(paths=[str(folder)], controls=list(controls))).report()


def verdicts(report: Report) -> dict[str, str]:
    return {result.resource.address: result.verdict for result in report.results}


def test_a_binding_in_another_file(tmp_path: Path) -> None:
    report = scan(tmp_path, {"a/bucket.yaml": BUCKET, "b/open.yaml": OPEN}, "storage.bucket-not-public")
    assert verdicts(report) == {"StorageBucket.trade/orders": "fail"}
    assert report.coverage.gaps == []
    assert (report.coverage.blocks.found, report.coverage.blocks.evaluated) == (2, 2)


def test_two_folders_are_scanned_from_where_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"a/bucket.yaml": BUCKET, "b/open.yaml": OPEN})
    monkeypatch.chdir(tmp_path)
    report = Scan(Options(paths=["."], controls=["storage.bucket-not-public"])).report()
    assert verdicts(report) == {"StorageBucket.trade/orders": "fail"} and report.coverage.gaps == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_manifests_with_a_byte_order_mark(tmp_path: Path, encoding: str) -> None:
    mark = "\ufeff" if encoding == "utf-16-le" else ""
    files: dict[str, str | bytes] = {"a.yaml": (mark + BUCKET).encode(encoding), "b.yaml": (mark + OPEN).encode(encoding)}
    report = scan(tmp_path, files, "storage.bucket-not-public")
    assert verdicts(report) == {"StorageBucket.trade/orders": "fail"} and report.coverage.gaps == []
    assert [block.start_line for result in report.results for block in result.resource.blocks if "a.yaml" in block.file] == [1]


def test_the_same_placeholder_is_the_same_name_and_known_parts_exclude(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "a.yaml": BUCKET.replace("name: orders", 'name: "${BUCKET}"') + "---\n" + BUCKET,
        "b.yaml": BUCKET.replace("name: orders", 'name: "${ENV}-logs"') + "---\n" + OPEN.replace("name: orders", 'name: "${BUCKET}"'),
    }
    verdict_of = verdicts(scan(tmp_path, files, "storage.bucket-not-public"))
    assert verdict_of == {
        "StorageBucket.trade/${BUCKET}": "fail",
        "StorageBucket.trade/orders": "pass",
        "StorageBucket.trade/${ENV}-logs": "pass",
    }


def test_a_binding_on_an_open_name_is_doubt_where_its_known_parts_fit(tmp_path: Path) -> None:
    opened = OPEN.replace("name: orders", 'name: "${ENV}-orders"')
    files: dict[str, str | bytes] = {
        "a.yaml": BUCKET.replace("name: orders", "name: prod-orders"),
        "b.yaml": BUCKET.replace("name: orders", "name: prod-logs"),
        "c.yaml": opened,
    }
    report = scan(tmp_path, files, "storage.bucket-not-public")
    verdict_of = verdicts(report)
    assert {address: verdict_of[address] for address in verdict_of if address.startswith("StorageBucket")} == {
        "StorageBucket.trade/prod-orders": "unknown",
        "StorageBucket.trade/prod-logs": "pass",
    }
    assert verdict_of["IAMPolicyMember.trade/open"] == "fail"
    reasons = [unknown for result in report.results for unknown in result.unknown]
    assert [unknown.location.file.rpartition("/")[2] for unknown in reasons if unknown.location] == ["c.yaml"]


@pytest.mark.parametrize("owner", ["folderRef", "organizationRef"])
def test_an_organisation_policy_of_a_folder_is_not_known_to_count(tmp_path: Path, owner: str) -> None:
    """A manifest does not say which folders are above its project."""
    policy = manifest(
        "resourcemanager", "ResourceManagerPolicy", "public",
        f"constraint: constraints/storage.publicAccessPrevention\nbooleanPolicy:\n  enforced: true\n{owner}:\n  external: \"12\"",
    )  # fmt: skip
    verdict_of = verdicts(scan(tmp_path, {"a.yaml": BUCKET, "b.yaml": policy}, "storage.public-access-blocked"))
    assert verdict_of == {"StorageBucket.trade/orders": "unknown"}


def test_a_binding_in_another_namespace_is_for_another_bucket(tmp_path: Path) -> None:
    other = OPEN.replace("namespace: trade", "namespace: other") + BUCKET.join(["---\n", ""]).replace(
        "namespace: trade", "namespace: other"
    )
    report = scan(tmp_path, {"a.yaml": BUCKET, "b.yaml": other}, "storage.bucket-not-public")
    assert verdicts(report) == {"StorageBucket.trade/orders": "pass", "StorageBucket.other/orders": "fail"}


def test_the_project_is_that_of_the_namespace_unless_the_resource_says_it(tmp_path: Path) -> None:
    namespace = (
        "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: trade\n  annotations:\n    cnrm.cloud.google.com/project-id: trade-prod\n---\n"
    )
    own = BUCKET.replace("name: orders", "name: own\n  annotations:\n    cnrm.cloud.google.com/project-id: trade-dev")
    report = scan(tmp_path, {"a.yaml": namespace + BUCKET, "b.yaml": own}, "storage.versioning-enabled")
    assert {result.resource.name: result.resource.account for result in report.results} == {"orders": "trade-prod", "own": "trade-dev"}


def test_lines_are_those_of_the_manifest(tmp_path: Path) -> None:
    text = "# comment\n---\n" + manifest("storage", "StorageBucket", "b", "location: US\nuniformBucketLevelAccess: false")
    (result,) = scan(tmp_path, {"a.yaml": text}, "storage.uniform-access").results
    assert {fact.location.line for fact in result.evidence if fact.location} == {3, 10}  # its block, and what it says
    assert result.resource.blocks[0].start_line == 3


def test_what_another_tool_fills_in_is_unknown(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "a.yaml": BUCKET.replace("true", "${VERSIONED}"),
        "b.yaml": BUCKET.replace("true", "'{{ .Values.versioned }}'").replace("orders", "helm"),
        "c.yaml": BUCKET.replace("enabled: true", "{{- toYaml .Values.x | nindent 4 }}").replace("orders", "no"),
    }
    report = scan(tmp_path, files, "storage.versioning-enabled")
    assert verdicts(report) == {"StorageBucket.trade/orders": "unknown", "StorageBucket.trade/helm": "unknown"}
    assert [(gap.scope[-6:], gap.code) for gap in report.coverage.gaps] == [(file, "template_unsupported") for file in ("b.yaml", "c.yaml")]


@pytest.mark.parametrize("name", ["${BUCKET}", "'{{ .Values.bucket }}'", "'{{ .Values.bucket }}-open'"])
def test_a_name_that_another_tool_fills_in_may_be_any_that_fits(name: str, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"a.yaml": BUCKET, "b.yaml": OPEN.replace("name: orders", f"name: {name}")}
    report = scan(tmp_path, files, "storage.bucket-not-public")
    assert verdicts(report)["StorageBucket.trade/orders"] == ("pass" if "-open" in name else "unknown")


def test_the_same_names_in_two_environments(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"dev/a.yaml": BUCKET, "prod/a.yaml": BUCKET, "prod/b.yaml": OPEN}
    verdict_of = sorted(verdicts(scan(tmp_path, files, "storage.bucket-not-public")).values())
    assert verdict_of == ["fail", "pass"]


def test_other_objects_are_passed_over(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "a.yaml": BUCKET,
        "deployment.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  annotations: {cnrm.cloud.google.com/project-id: x}\n",
        "connector.yaml": "apiVersion: core.cnrm.cloud.google.com/v1beta1\nkind: ConfigConnector\nmetadata: {name: c}\nspec: {mode: cluster}\n",
        "crd.yaml": "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: x.storage.cnrm.cloud.google.com}\n",
    }
    report = scan(tmp_path, files, "storage.versioning-enabled")
    assert (verdicts(report), report.coverage.gaps, report.coverage.files.found) == ({"StorageBucket.trade/orders": "pass"}, [], 1)


@pytest.mark.parametrize(("project", "verdict"), [("trade-prod", "fail"), ("trade-dev", "pass")])
def test_a_binding_on_a_project_is_one_on_what_is_in_it(project: str, verdict: str, tmp_path: Path) -> None:
    bucket = BUCKET.replace("  namespace: trade\n", "  namespace: trade\n  annotations:\n    cnrm.cloud.google.com/project-id: trade-prod\n")
    spec = f"member: allUsers\nrole: roles/storage.objectViewer\nresourceRef:\n  kind: Project\n  external: projects/{project}"
    report = scan(tmp_path, {"a.yaml": bucket, "b.yaml": manifest("iam", "IAMPolicyMember", "open", spec)}, "storage.bucket-not-public")
    assert verdicts(report) == {"StorageBucket.trade/orders": verdict}


PATCH = manifest("storage", "StorageBucket", "orders", "versioning:\n  enabled: false")


@pytest.mark.parametrize(
    "fields", ["patches: [{path: patch.yaml}]", "patchesStrategicMerge: [patch.yaml]", "patches: [{path: ./patch.yaml, target: {kind: X}}]"]
)
@pytest.mark.parametrize("base", ["base.yaml", "../elsewhere"])
def test_a_patch_is_no_resource_of_its_own(fields: str, base: str, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"a/base.yaml": BUCKET, "a/patch.yaml": PATCH, "a/kustomization.yaml": f"resources: [{base}]\n{fields}\n"}
    report = scan(tmp_path, files, "storage.versioning-enabled")
    assert verdicts(report) == {"StorageBucket.trade/orders": "pass"}
    assert [gap.code for gap in report.coverage.gaps if gap.scope.endswith("patch.yaml")] == ["template_unsupported"]


def test_a_resource_of_one_kustomization_is_judged_though_another_patches_with_it(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "a/patch.yaml": PATCH,
        "a/kustomization.yaml": "resources: [patch.yaml]\n",
        "b/kustomization.yaml": "resources: [base.yaml]\npatches: [{path: ../a/patch.yaml}]\n",
    }
    assert verdicts(scan(tmp_path, files, "storage.versioning-enabled")) == {"StorageBucket.trade/orders": "fail"}


def test_a_kustomization_that_cannot_be_read_is_a_gap_that_says_why() -> None:
    gap = kustomization.gap_of(PermissionError(13, "Permission denied"), "prod/kustomization.yaml")
    assert gap == Gap("prod/kustomization.yaml", "parse_error", "cannot be read (Permission denied)", "make it readable")
    gap = kustomization.gap_of(Malformed("a key that is no text", 3), "prod/kustomization.yaml")
    assert (gap.scope, gap.line, gap.settles_it) == ("prod/kustomization.yaml", 3, "correct it")


@pytest.mark.parametrize("document", ["", "5", "true"])
def test_documents_that_are_no_objects_are_passed_over(document: str, tmp_path: Path) -> None:
    report = scan(tmp_path, {"a.yaml": f"---\n{document}\n---\n{BUCKET}"}, "storage.versioning-enabled")
    assert (verdicts(report), report.coverage.gaps) == ({"StorageBucket.trade/orders": "pass"}, [])


@pytest.mark.parametrize("target", ["targetHTTPProxyRef: {name: web}", "targetHTTPSProxyRef: null\n  targetHTTPProxyRef: {name: web}"])
def test_the_target_of_a_forwarding_rule_is_the_one_that_is_given(target: str, tmp_path: Path) -> None:
    proxy = manifest("compute", "ComputeTargetHTTPProxy", "web", "location: global\nurlMapRef:\n  name: web")
    map_ = manifest("compute", "ComputeURLMap", "web", "location: global\ndefaultService:\n  backendServiceRef:\n    name: web")
    spec = f"location: global\nloadBalancingScheme: EXTERNAL_MANAGED\nportRange: '80'\ntarget:\n  {target}"
    files: dict[str, str | bytes] = {"a.yaml": "---\n".join([proxy, map_, manifest("compute", "ComputeForwardingRule", "web", spec)])}
    assert "fail" in verdicts(scan(tmp_path, files, "edge.lb-https-only")).values()


def test_a_binding_on_a_number_may_be_for_any_bucket(tmp_path: Path) -> None:
    report = scan(tmp_path, {"a.yaml": BUCKET, "b.yaml": OPEN.replace("  name: orders", "  external: 5")}, "storage.bucket-not-public")
    (fact,) = next(result.unknown for result in report.results if result.resource.address == "StorageBucket.trade/orders")
    assert (fact.reason, fact.settles_it) == (
        "what IAMPolicyMember.trade/open is for: what a binding is for is not known",
        "name it in resourceRef",
    )


@pytest.mark.parametrize("field", ["name", "external"])
def test_a_binding_that_the_server_refuses_is_a_gap_and_for_nothing(field: str, tmp_path: Path) -> None:
    text = OPEN.replace("  name: orders", f"  {field}: [BUCKET_NAME]")
    report = scan(tmp_path, {"a.yaml": BUCKET, "b.yaml": text}, "storage.bucket-not-public")
    assert verdicts(report) == {"StorageBucket.trade/orders": "pass"}
    (gap,) = report.coverage.gaps
    assert (gap.code, gap.reason) == (
        "input_failed",
        "IAMPolicyMember.trade/open: the name in its resourceRef is no text, which the server refuses",
    )


WRONG = ["[]", "{}", "5", "x", "null", "[[]]", "{a: [1]}", "{name: 5}", "{name: {}}", "{kind: [], name: x}"]


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("field", ["spec", "metadata", "kind", "resourceRef", "bindings", "member", "encryption", "kmsKeyRef", "target"])
def test_wrong_types_anywhere(tmp_path: Path, field: str, wrong: str) -> None:
    group = "apiVersion: iam.cnrm.cloud.google.com/v1beta1\n"
    texts = {
        "spec": f"{group}kind: IAMPolicy\nmetadata: {{name: p}}\nspec: {wrong}\n",
        "metadata": f"{group}kind: IAMPolicy\nmetadata: {wrong}\nspec: {{}}\n",
        "kind": f"{group}kind: {wrong}\nmetadata: {{name: p}}\nspec: {{}}\n",
        "resourceRef": f"{group}kind: IAMPolicyMember\nmetadata: {{name: p}}\nspec: {{resourceRef: {wrong}, role: x, member: y}}\n",
        "bindings": f"{group}kind: IAMPolicy\nmetadata: {{name: p}}\nspec: {{resourceRef: {{kind: Project, external: x}}, bindings: {wrong}}}\n",
        "member": f"{group}kind: IAMPolicyMember\nmetadata: {{name: p}}\nspec: {{resourceRef: {{kind: Project}}, role: {wrong}, member: {wrong}}}\n",
        "encryption": manifest("storage", "StorageBucket", "p", f"encryption: {wrong}\nuniformBucketLevelAccess: {wrong}"),
        "kmsKeyRef": manifest("storage", "StorageBucket", "p", f"encryption:\n  kmsKeyRef: {wrong}\nversioning: {wrong}"),
        "target": manifest("compute", "ComputeForwardingRule", "p", f"target: {wrong}\nlocation: {wrong}"),
    }
    report = scan(tmp_path, {"a.yaml": BUCKET, "b.yaml": texts[field]})
    assert "StorageBucket.trade/orders" in verdicts(report)
    assert not [gap for gap in report.coverage.gaps if "Error" in gap.reason]
