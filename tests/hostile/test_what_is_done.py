"""What is done with input: nothing of it is run, no server is asked, and nothing is read but the tree."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.sources.gcp.plan import AssetPlan
from assay.scanner.sources.raw import Unknown
from tests.hostile.hidden_files import HCL, JSON, MANIFEST, PLAN
from tests.patience import SOON
from tests.scans import ROOT, write
from tests.sources.terraform.reading import read

WATCHED = """
import json, sys

told = {"run": [], "asked": [], "opened": [], "written": []}


def watch(event, arguments):
    if event in ("os.exec", "os.system", "os.posix_spawn", "subprocess.Popen", "os.startfile", "pty.spawn"):
        told["run"].append(repr(arguments)[:200])
    elif event.startswith(("socket.", "urllib.", "http.client", "ftplib.", "smtplib.")):
        told["asked"].append(event)
    elif event == "open" and isinstance(arguments[0], (str, bytes)):
        name = arguments[0] if isinstance(arguments[0], str) else arguments[0].decode()
        mode, flags = arguments[1] or "", arguments[2] or 0
        told["written" if flags & 3 or set("wax+") & set(mode) else "opened"].append(name)


sys.addaudithook(watch)
from assay.scanner.run import Options, Scan
from assay.scanner.options import Limits

for limits in (None, Limits()):
    report = Scan(Options(paths=[sys.argv[1]], limits=limits)).report()
told["verdicts"] = report.summary.verdicts
told["gaps"] = len(report.coverage.gaps)
print(json.dumps(told))
"""
CODE = (
    HCL
    + """
terraform {
  backend "http" {
    address = "http://127.0.0.1:9/state"
  }
}
module "far" {
  source = "git::https://127.0.0.1:9/x.git"
}
module "near" {
  source  = "127.0.0.1:9/x/y/aws"
  version = "1.0.0"
}
data "external" "x" {
  program = ["touch", "ran"]
}
data "http" "x" {
  url = "http://127.0.0.1:9/"
}
resource "null_resource" "x" {
  provisioner "local-exec" {
    command = "touch ran"
  }
}
resource "aws_s3_bucket" "b" {
  bucket = data.external.x.result.name
}
"""
)
TAGGED = "x: !!python/object/apply:os.system [touch ran]\n"
NESTED: dict[str, Any] = {
    "Transform": ["Mine", {"Name": "AWS::Include", "Parameters": {"Location": "s3://127.0.0.1/x.yaml"}}],
    "Resources": {
        "N": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "https://127.0.0.1:9/t.yaml"}},
        "C": {"Type": "Custom::X", "Properties": {"ServiceToken": "arn:aws:lambda:us-east-1:123456789012:function:f"}},
    },
}
DEPLOYMENT = "imports:\n- path: t.py\n- path: t.jinja\nresources:\n- {name: p, type: t.py}\n- {name: j, type: t.jinja}\n"
JINJA = "resources:\n- name: b\n  type: storage.v1.bucket\n  properties: {x: {{ ''.__class__.__mro__[1].__subclasses__() }}}\n"
TREE: dict[str, str | bytes] = {
    "main.tf": CODE,
    "t.json": JSON,
    "nested.json": json.dumps(NESTED),
    "m.yaml": MANIFEST + "---\n" + TAGGED,
    "tagged.yaml": TAGGED + "Resources:\n  B: {Type: 'AWS::S3::Bucket'}\n",
    "p.json": PLAN,
    "d.yaml": DEPLOYMENT,
    "t.py": "import os\nos.system('touch ran')\n\ndef GenerateConfig(context):\n  os.system('touch ran')\n  return {}\n",
    "t.jinja": JINJA,
    "chart/Chart.yaml": "name: a\n",
    "kustomize/kustomization.yaml": "resources: [https://127.0.0.1:9/x.yaml]\ngenerators: [x.yaml]\n",
    "sitecustomize.py": "import os\nos.system('touch ran')\n",
    ".git/config": "[core]\n  fsmonitor = touch ran\n",
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a scan of everything does, as the interpreter tells it; without a home, credentials or any other variable."""
    tree = write(tmp_path_factory.mktemp("tree"), TREE)
    (tree / "cache").mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "XDG_CACHE_HOME": str(tree.parent / "cache"),
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, "-c", WATCHED, str(tree)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment, check=False)
    assert ran.returncode == 0, ran.stderr
    answer: dict[str, Any] = json.loads(ran.stdout)
    assert answer["verdicts"]["fail"] and answer["gaps"]
    return answer | {"tree": str(tree), "cache": str(tree.parent / "cache")}


def test_a_scan_runs_nothing(told: dict[str, Any]) -> None:
    assert told["run"] == [] and not (Path(told["tree"]) / "ran").exists() and not (ROOT / "ran").exists()


def test_a_scan_asks_no_server(told: dict[str, Any]) -> None:
    assert told["asked"] == []


def test_a_scan_reads_the_tree_alone(told: dict[str, Any]) -> None:
    own = (told["tree"], told["cache"], str(ROOT), sys.prefix, sys.base_prefix, "/proc/self", "/usr/share/zoneinfo", "/dev/")
    assert [name for name in told["opened"] if not os.path.realpath(name).startswith(tuple(map(os.path.realpath, own)))] == []
    assert [name for name in told["written"] if not name.startswith((told["cache"], "/dev/null"))] == []


@pytest.mark.parametrize("expression", ['regex("(a+)+$", v)', 'regexall("(a|a)*b", v)', 'replace(v, "/(a*)*b/", "x")'])
def test_patterns_of_the_input_take_linear_time(tmp_path: Path, expression: str) -> None:
    began = time.process_time()
    code = f'locals {{\n  v = "{"a" * 50_000}!"\n}}\nresource "probe" "p" {{\n  v = try({expression.replace("v", "local.v", 1)}, 1)\n}}\n'
    read(tmp_path, {"main.tf": code})["probe.p"]["v"]
    assert time.process_time() - began < SOON


def test_yaml_whose_aliases_repeat_too_much_is_not_evaluated(tmp_path: Path) -> None:
    text = "a: &a [x, x]\\n" + "".join(f"{name}: &{name} [{', '.join([f'*{last}'] * 9)}]\\n" for last, name in pairwise("abcdefghi"))
    code = f'resource "probe" "p" {{\n  v = try(yamldecode("{text}").a, "x")\n}}\n'
    assert isinstance(read(tmp_path, {"main.tf": code})["probe.p"]["v"].data, Unknown)


@pytest.mark.parametrize("parent", ["projects/p", "folders/1", "organizations/1"])
def test_an_audit_of_google_lists_searches_and_describes(parent: str) -> None:
    plan = AssetPlan(("storage.googleapis.com/Bucket", "accesscontextmanager.googleapis.com/ServicePerimeter"), ("constraints/x",))
    asked = {method.permission.rpartition(".")[2] for method in plan.methods(parent, export=False)}
    assert all(verb.startswith(("list", "search", "get")) for verb in asked)
    written = {method.permission for method in plan.methods(parent, export=True)} - {"storage.objects.create"}  # the export itself
    assert all(verb.rpartition(".")[2].startswith(("list", "get", "export")) for verb in written)
