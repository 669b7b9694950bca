"""Kustomize hides nothing: what it may make of manifests, or bring beside them, is a gap; what changes no verdict makes no noise."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hostile.hidden_files import HCL, MANIFEST, Scanned
from tests.scans import write

CLOSED = MANIFEST.replace("0.0.0.0/0", "10.0.0.0/8")
LABELLED = CLOSED.replace("{name: open}", "{name: open, namespace: trade, labels: {role: edge}}")
BASE = {"base/kustomization.yaml": "resources: [firewall.yaml]\n", "base/firewall.yaml": LABELLED}
OPENING = (
    "apiVersion: compute.cnrm.cloud.google.com/v1beta1\nkind: ComputeFirewall\nmetadata: {name: open}\nspec: {sourceRanges: [0.0.0.0/0]}\n"
)
INLINE = "".join(f"      {line}\n" for line in OPENING.splitlines())
DEPLOYMENT = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {replicas: 5}\n"
OPERATIONS = '[{op: replace, path: /spec/sourceRanges/0, value: "0.0.0.0/0"}]'
CHANGING = {
    "a patch of a file": "patches: [{path: opening.yaml}]",
    "a patch that is written there": f"patches:\n  - patch: |\n{INLINE}",
    "operations": f"patches: [{{target: {{kind: ComputeFirewall}}, patch: '{OPERATIONS}'}}]",
    "operations on what is labelled": f"patches: [{{target: {{labelSelector: role=edge}}, patch: '{OPERATIONS}'}}]",
    "operations on a pattern": f"patches: [{{target: {{kind: .*Firewall}}, patch: '{OPERATIONS}'}}]",
    "operations on a group": f"patches: [{{target: {{group: compute.cnrm.cloud.google.com}}, patch: '{OPERATIONS}'}}]",
    "an older patch": "patchesStrategicMerge: [opening.yaml]",
    "older operations": "patchesJson6902: [{target: {version: v1beta1, kind: ComputeFirewall, name: open}, path: operations.yaml}]",
    "a patch that is not here": "patches: [{path: made-later.yaml}]",
    "keys in upper case": "PATCHES: [{path: opening.yaml}]",
    "JSON": '{"resources": ["../base"], "patches": [{"path": "opening.yaml"}]}',
    "replacements": "replacements: [{source: {kind: ConfigMap, name: c}, targets: [{select: {kind: ComputeFirewall}, fieldPaths: [spec.sourceRanges]}]}]",
    "replacements of a file": "replacements: [{path: other.yaml}]",
    "transformers": "transformers: [opening.yaml]",
    "a component": "components: [../component]",
    "a prefix": "namePrefix: prod-",
    "a suffix": "nameSuffix: -prod",
    "another namespace": "namespace: other",
    "another project": "commonAnnotations: {cnrm.cloud.google.com/project-id: other}",
    "another label": "commonLabels: {role: other}",
    "another label, in the newer way": "labels: [{pairs: {role: other}}]",
    "labels in other places": "labels: [{pairs: {a: b}, fields: [{path: spec/sourceRanges, create: true}]}]",
    "places of fields": "configurations: [places.yaml]",
    "a field that is not known": "mutators: [x]",
}
HARMLESS = {
    "resources alone": "",
    "labels": "commonLabels: {app: trade}\nlabels: [{pairs: {team: a, role: edge}}]",
    "annotations": "commonAnnotations: {owner: a}",
    "the same namespace": "namespace: trade",
    "images and replicas": "images: [{name: a, newTag: b}]\nreplicas: [{name: a, count: 5}]",
    "objects of Kubernetes": "configMapGenerator: [{name: a, literals: [b=c]}]\nsecretGenerator: [{name: a, literals: [b=c]}]",
    "a patch of a workload": f"patches:\n  - path: deployment.yaml\n  - target: {{kind: Deployment}}\n    patch: '{OPERATIONS}'",
    "a patch of another group": f"patches: [{{target: {{group: apps, kind: ComputeFirewall}}, patch: '{OPERATIONS}'}}]",
    "an older patch of a workload": "patchesStrategicMerge: [deployment.yaml]",
    "replacements in a workload": "replacements: [{targets: [{select: {kind: Deployment}}]}]",
    "settings": "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nsortOptions: {order: legacy}\ngeneratorOptions: {disableNameSuffixHash: true}",
}
BESIDE = {
    "prod/opening.yaml": OPENING,
    "prod/deployment.yaml": DEPLOYMENT,
    "prod/operations.yaml": OPERATIONS,
    "component/kustomization.yaml": "kind: Component\npatches: [{target: {kind: ComputeFirewall}, path: operations.yaml}]\n",
    "component/operations.yaml": OPERATIONS,
}


def overlay(fields: str, name: str = "kustomization.yaml") -> dict[str, str | bytes]:
    text = fields if fields.startswith("{") else f"resources: [../base]\n{fields}\n"
    return {**BASE, **BESIDE, f"prod/{name}": text}


@pytest.mark.parametrize("name", CHANGING)
def test_what_kustomize_changes_is_a_gap(tmp_path: Path, name: str) -> None:
    scanned = Scanned(write(tmp_path, overlay(CHANGING[name])))
    assert "template_unsupported" in scanned.gaps["kustomization.yaml"]


@pytest.mark.parametrize("file", ["kustomization.yml", "Kustomization"])
def test_kustomizations_have_three_names(tmp_path: Path, file: str) -> None:
    scanned = Scanned(write(tmp_path, overlay(CHANGING["a patch of a file"], file)))
    assert scanned.gaps == {file: {"template_unsupported"}, "opening.yaml": {"template_unsupported"}}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_kustomize_leaves_as_it_is_makes_no_noise(tmp_path: Path, name: str) -> None:
    files = {file: content for file, content in overlay(HARMLESS[name]).items() if not file.endswith("opening.yaml")}
    scanned = Scanned(write(tmp_path, files))
    assert scanned.failures == 0
    assert [gap.scope for gap in scanned.report.coverage.gaps] == []


def test_a_change_counts_through_every_level(tmp_path: Path) -> None:
    levels = {f"l{at}/kustomization.yaml": f"resources: [../{'base' if at == 0 else f'l{at - 1}'}]\n" for at in range(40)}
    files: dict[str, str | bytes] = {**BASE, **levels, "top/kustomization.yaml": "bases: [../l39]\nnamePrefix: a-\n"}
    gaps = Scanned(write(tmp_path, files)).report.coverage.gaps
    assert [gap.scope.rpartition("/")[0].rpartition("/")[2] for gap in gaps] == ["top"] and "ComputeFirewall" in gaps[0].reason


def test_kustomizations_of_other_objects_make_no_noise(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "app/kustomization.yaml": "resources: [deployment.yaml]\nnamePrefix: a-\npatches: [{path: p.yaml}]\n",
        "app/deployment.yaml": DEPLOYMENT, "app/p.yaml": DEPLOYMENT, "main.tf": HCL, **BASE,
    }  # fmt: skip
    scanned = Scanned(write(tmp_path, files))
    assert (scanned.gaps, scanned.failures) == ({}, 1)


ELSEWHERE = [
    "resources: [https://example.com/firewall.yaml]",
    "resources: [github.com/a/b//overlays/prod?ref=v1]",
    "bases: ['git@github.com:a/b.git']",
    "components: [https://example.com/component]",
    "resources: [../../../../../../../../tmp/other]",
    "resources: [made-later.yaml]",
    "helmCharts: [{name: a, repo: https://example.com}]",
    "helmChartInflationGenerator: [{chartName: a}]",
    "generators: [generator.yaml]",
]


@pytest.mark.parametrize("fields", ELSEWHERE)
def test_what_kustomize_brings_from_elsewhere_is_a_gap(tmp_path: Path, fields: str) -> None:
    scanned = Scanned(write(tmp_path, {"main.tf": HCL, "prod/kustomization.yaml": fields, **BASE}))
    assert (scanned.failures, scanned.gaps) == (1, {"kustomization.yaml": {"module_missing"}})


@pytest.mark.parametrize("fields", ELSEWHERE)
def test_a_tree_that_deploys_workloads_alone_makes_no_noise(tmp_path: Path, fields: str) -> None:
    files = {"main.tf": HCL, "prod/kustomization.yaml": fields}
    assert Scanned(write(tmp_path / "a", files)).gaps == {}
    speaks = {"main.tf": HCL, "prod/kustomization.yaml": f"{fields}\ncommonAnnotations: {{cnrm.cloud.google.com/project-id: trade}}\n"}
    assert Scanned(write(tmp_path / "b", speaks)).gaps == {"kustomization.yaml": {"module_missing"}}


def test_what_a_kustomization_builds_on_and_nobody_scans_is_a_gap(tmp_path: Path) -> None:
    hidden = {".deploy/firewall.yaml": MANIFEST, "prod/kustomization.yaml": "resources: [../.deploy/firewall.yaml, ../app.yaml]\n"}
    scanned = Scanned(write(tmp_path / "a", {**hidden, "app.yaml": DEPLOYMENT, "main.tf": HCL}))
    assert scanned.gaps == {"kustomization.yaml": {"module_missing"}}
    (tmp_path / "b" / ".git").mkdir(parents=True)
    scanned = Scanned(write(tmp_path / "b", overlay("namePrefix: a-")) / "prod")
    assert scanned.gaps["kustomization.yaml"] == {"module_missing"}  # the base is not among what was named


@pytest.mark.parametrize("text", ["resources: [", "- 1\n", "resources: [a]\nresources: [b]\n", "resources: []\nResources: [x]\n"])
def test_a_kustomization_that_cannot_be_read_is_a_gap_beside_manifests(tmp_path: Path, text: str) -> None:
    scanned = Scanned(write(tmp_path, {**BASE, "prod/kustomization.yaml": text}))
    assert scanned.gaps == {"kustomization.yaml": {"parse_error"}}
    assert Scanned(write(tmp_path / "alone", {"kustomization.yaml": text, "main.tf": HCL})).gaps == {}


def test_many_kustomizations_take_time_in_proportion(tmp_path: Path) -> None:
    circle = {f"c{at}/kustomization.yaml": f"resources: [../c{(at + 1) % 300}, ../base]\nnamePrefix: a-\n" for at in range(300)}
    double = {f"d{at}/kustomization.yaml": f"resources: [../d{at + 1}, ../d{at + 2}, ../base]\n" for at in range(300)}
    scanned = Scanned(write(tmp_path, {**BASE, **circle, **double}))
    assert scanned.gaps == {"kustomization.yaml": {"template_unsupported", "module_missing"}}


TEMPLATED = {
    "in a comment": CLOSED + "# {{ .Values.more }}\n",
    "in a value": CLOSED.replace("10.0.0.0/8", "{{ .Values.range }}"),
    "over lines": "{{- if .Values.on }}\n" + CLOSED + "{{- end }}\n",
    "in a helper": '{{- define "x" -}}\n' + CLOSED + "{{- end -}}\n",
}


@pytest.mark.parametrize("file", ["templates/a.yaml", "templates/_helpers.tpl", "templates/a.txt"])
@pytest.mark.parametrize("name", TEMPLATED)
def test_what_helm_fills_in_is_a_gap(tmp_path: Path, name: str, file: str) -> None:
    files: dict[str, str | bytes] = {"chart/Chart.yaml": "name: a\n", f"chart/{file}": TEMPLATED[name], "main.tf": HCL}
    scanned = Scanned(write(tmp_path, files))
    assert scanned.gaps == {file.rpartition("/")[2]: {"template_unsupported"}}


INNER = "".join(f"    {line}\n" for line in MANIFEST.splitlines())
INSIDE = {
    "values of a chart": ("values.yaml", "extraObjects:\n  -\n" + INNER),
    "text in values of a chart": ("values.yaml", "extra: |\n" + INNER),
    "an application": ("app.yaml", "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  helm:\n    values: |\n  " + INNER.replace("\n", "\n  ").rstrip()),
    "a map": ("map.yaml", "apiVersion: v1\nkind: ConfigMap\ndata:\n  a.yaml: |\n" + INNER),
    "a composition": ("c.yaml", "apiVersion: apiextensions.crossplane.io/v1\nkind: Composition\nspec:\n  base:\n" + INNER),
}  # fmt: skip


@pytest.mark.parametrize("name", INSIDE)
def test_a_manifest_inside_of_another_object_is_a_gap(tmp_path: Path, name: str) -> None:
    file, text = INSIDE[name]
    assert Scanned(write(tmp_path, {file: text, "main.tf": HCL})).gaps == {file: {"template_unsupported"}}


def test_an_object_that_names_a_manifest_holds_none(tmp_path: Path) -> None:
    owner = "{apiVersion: compute.cnrm.cloud.google.com/v1beta1, kind: ComputeNetwork, name: n, uid: x}"
    applied = 'kubectl.kubernetes.io/last-applied-configuration: \'{"apiVersion":"compute.cnrm.cloud.google.com/v1beta1"}\''
    head = MANIFEST.replace("{name: open}", f"\n  name: open\n  ownerReferences: [{owner}]\n  annotations:\n    {applied}")
    scanned = Scanned(write(tmp_path, {"m.yaml": head}))
    assert (scanned.gaps, scanned.failures) == ({}, 1)


FLUX = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\nspec:\n  path: ./base\n  "
ARGO = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    path: base\n    kustomize:\n      "
APPLIED = {
    "a patch of Flux": f"{FLUX}patches: [{{target: {{kind: ComputeFirewall}}, patch: '{OPERATIONS}'}}]\n",
    "a prefix of Flux": f"{FLUX}namePrefix: a-\n",
    "another label of Flux": f"{FLUX}commonMetadata: {{labels: {{role: x}}}}\n",
    "components of Flux": f"{FLUX}components: [../x]\n",
    "a patch of Argo CD": f"{ARGO}patches: [{{target: {{kind: ComputeFirewall}}, patch: '{OPERATIONS}'}}]\n",
    "one of several of Argo CD": ARGO.replace("source:\n    path: base\n   ", "sources:\n  - path: x\n   ") + "nameSuffix: x\n",
}
APPLIED_AS_WRITTEN = {
    "Flux": f"{FLUX}prune: true\n",
    "labels of Flux": f"{FLUX}commonMetadata: {{labels: {{app: x}}}}\n",
    "a patch of a workload by Flux": f"{FLUX}patches: [{{target: {{kind: Deployment}}, patch: '{OPERATIONS}'}}]\n",
    "images of Argo CD": f"{ARGO}images: [a=b]\n      version: v5\n",
}


@pytest.mark.parametrize("name", APPLIED)
def test_what_changes_manifests_on_their_way_is_a_gap(tmp_path: Path, name: str) -> None:
    assert Scanned(write(tmp_path, {**BASE, "a.yaml": APPLIED[name]})).gaps == {"a.yaml": {"template_unsupported"}}
    assert Scanned(write(tmp_path / "b", {"main.tf": HCL, "a.yaml": APPLIED[name]})).gaps == {}


@pytest.mark.parametrize("name", APPLIED_AS_WRITTEN)
def test_what_applies_manifests_as_they_are_makes_no_noise(tmp_path: Path, name: str) -> None:
    scanned = Scanned(write(tmp_path, {**BASE, "a.yaml": APPLIED_AS_WRITTEN[name]}))
    assert scanned.gaps == {} and scanned.became("a.yaml") == "other"
