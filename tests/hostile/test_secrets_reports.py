"""Secrets stay where they are: what code, templates and plans mark as sensitive is judged, and stands in no report."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.cli.excerpts import Excerpts
from assay.scanner.results import formats
from assay.scanner.results.code import without_secret_values
from assay.scanner.results.shown import gap_of
from assay.scanner.run import Options, Scan
from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.raw import Reference, Unknown
from assay.scanner.sources.sensitive import SHOWN, Sensitive, is_secret_name
from tests.patience import SOON
from tests.reports import samples
from tests.scans import assay

CANARY = "canary-7d20e9b4"
GROUP = """
resource "aws_security_group" "g" {
  name        = VALUE
  description = VALUE
  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    description = VALUE
    cidr_blocks = ["0.0.0.0/0"]
  }
  tags = { Owner = VALUE }
}
resource "aws_s3_bucket" "b" {
  bucket = VALUE
}
resource "aws_secretsmanager_secret" "s" {
  name = VALUE
}
resource "aws_iam_role" "r" {
  name               = VALUE
  assume_role_policy = jsonencode({ Statement = [{ Sid = VALUE, Effect = "Allow", Action = "sts:AssumeRole",
    Principal = { AWS = "arn:aws:iam::123456789012:role/${VALUE}" } }] })
}
"""


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def reports(path: Path, **options: Any) -> dict[str, str]:
    """Format to the report on a path."""
    scan = Scan(Options(paths=[str(path)], **options))
    report = scan.report()
    context = formats.Context(scan.rules.set.by_id(), Excerpts([str(path)], scan.sensitive).lines)
    made = {name: b"".join(formats.parts(name)(report, context)).decode() for name in sorted({*formats.names()} - samples.PRINTED)}
    assert any(result.verdict == "fail" for result in report.results), "nothing is judged"
    return made


def spelled(canary: str) -> Iterable[str]:
    """A text, and what functions make of it."""
    return canary, canary.upper(), canary[::-1], base64.b64encode(canary.encode()).decode(), hashlib.sha256(canary.encode()).hexdigest()


def shown(path: Path, **options: Any) -> list[tuple[str, str]]:
    """(format, text) of what is shown and is not to be."""
    return [(name, text) for name, report in reports(path, **options).items() for text in spelled(CANARY) if text in report]


DECLARED = f'variable "v" {{\n  sensitive = true\n  default   = "{CANARY}"\n}}\n'
CODE: dict[str, tuple[str, str]] = {
    "sensitive()": ("", f'sensitive("{CANARY}")'),
    "sensitive() over lines": ("", f'sensitive(\n    "{CANARY}"\n  )'),
    "sensitive() of a local": (f'locals {{\n  a = "{CANARY[:8]}"\n  b = sensitive("${{local.a}}{CANARY[8:]}")\n}}\n', "local.b"),
    "default of a sensitive variable": (DECLARED, "var.v"),
    "sensitive as a text": (DECLARED.replace("true", '"true"'), "var.v"),
    "sensitive by an expression": (DECLARED.replace("true", "!false"), "var.v"),
    "an ephemeral variable": (DECLARED.replace("sensitive", "ephemeral"), "var.v"),
    "interpolated": (DECLARED, '"x-${var.v}-y"'),
    "nonsensitive()": (DECLARED, "nonsensitive(var.v)"),
    "upper()": (DECLARED, "upper(var.v)"),
    "strrev()": (DECLARED, "strrev(var.v)"),
    "base64encode()": (DECLARED, "base64encode(var.v)"),
    "sha256()": (DECLARED, "sha256(var.v)"),
    "base64encode() of a text with it": (DECLARED, 'base64decode(base64encode("${var.v}"))'),
    "through jsonencode()": (DECLARED, 'jsondecode(jsonencode({ a = var.v })).a'),
    "in a list": (f'variable "v" {{\n  sensitive = true\n  default   = ["{CANARY}"]\n}}\n', "var.v[0]"),
    "in an object": (f'variable "v" {{\n  sensitive = true\n  default   = {{ k = {{ l = "{CANARY}" }} }}\n}}\n', "var.v.k.l"),
    "joined": (DECLARED, 'join("-", ["x", var.v])'),
    "of a conditional": (DECLARED, 'var.v == "x" ? "y" : var.v'),
    "by the name of a variable": (f'variable "db_password" {{\n  default = "{CANARY}"\n}}\n', "var.db_password"),
    "the value of a parameter": (f'resource "aws_ssm_parameter" "p" {{\n  value = "{CANARY}"\n}}\n', "aws_ssm_parameter.p.value"),
    "the password of a database": (f'resource "aws_db_instance" "d" {{\n  password = "{CANARY}"\n}}\n', "aws_db_instance.d.password"),
    "a long one": (DECLARED.replace(CANARY, f"{CANARY}-{'0123456789' * 200}"), "var.v"),
    "split()": (DECLARED.replace(CANARY, f"x,{CANARY},y"), 'split(",", var.v)[1]'),
    "a heredoc": (f'variable "v" {{\n  sensitive = true\n  default   = <<-EOT\n    {CANARY}\n  EOT\n}}\n', "trimspace(var.v)"),
}  # fmt: skip


@pytest.mark.parametrize("case", CODE)
def test_code(case: str, tmp_path: Path) -> None:
    before, expression = CODE[case]
    code = before + GROUP.replace("VALUE", expression)
    assert shown(written(tmp_path, {"main.tf": code})) == []


LITERAL = f"{CANARY}kX9vQ2"
PARAMETER = f'resource "aws_ssm_parameter" "p" {{\n  name  = "NAME"\n  type  = "TYPE"\n  value = "{LITERAL}"\n}}\n'
TEMPLATE = f"Resources:\n  R:\n    Type: TYPE\n    Properties:\n      Name: /orders/db/password\n      Type: String\n      Value: {LITERAL}\n"
FOUND_OUT = {
    "a SecureString": {"main.tf": PARAMETER.replace("NAME", "/orders/quotes").replace("TYPE", "SecureString")},
    "a String that is called a password": {"main.tf": PARAMETER.replace("NAME", "/orders/db-password").replace("TYPE", "String")},
    "a ciphertext": {"main.tf": f'resource "aws_kms_ciphertext" "c" {{\n  plaintext = "{LITERAL}"\n}}\n'},
    "a secret of a repository": {"main.tf": f'resource "github_actions_secret" "s" {{\n  plaintext_value = "{LITERAL}"\n}}\n'},
    "a setting of a chart": {"main.tf": f'resource "helm_release" "r" {{\n  set {{\n    value = "{LITERAL}"\n    name = "auth.password"\n  }}\n}}\n'},
    "a document for a secret": {"main.tf": f'resource "vault_kv_secret" "s" {{\n  data_json = "{{\\"password\\": \\"{LITERAL}\\"}}"\n}}\n'},
    "JSON": {"main.tf.json": json.dumps({"resource": {"aws_kms_ciphertext": {"c": {"plaintext": LITERAL}}}}, indent=1)},
    "a parameter of a template": {"t.yaml": TEMPLATE.replace("TYPE", "AWS::SSM::Parameter")},
    "a key of an API": {"t.yaml": TEMPLATE.replace("TYPE", "AWS::ApiGateway::ApiKey").replace("      Type: String\n", "")},
}  # fmt: skip


@pytest.mark.parametrize("case", FOUND_OUT)
def test_a_secret_that_a_rule_finds_out(case: str, tmp_path: Path) -> None:
    """Neither a mark nor the name of its line says what it is."""
    tree = written(tmp_path, FOUND_OUT[case])
    report = Scan(Options(paths=[str(tree)], controls=["secrets.*"])).report()
    assert "fail" in {result.verdict for result in report.results}
    assert shown(tree) == []


def test_a_word_that_code_has_everywhere_is_hidden_as_a_text_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, {"main.tf": 'variable "db_password" {\n  default = "password"\n}\n'})
    ran = assay("scan", ".", "--control", "secrets.no-plaintext-in-config")
    assert 'default = "(sensitive)"' in ran.stdout and "var.db_password" in ran.stdout
    assert "default holds a password in plain text" in ran.stdout


def test_a_value_that_is_given(tmp_path: Path) -> None:
    code = 'variable "v" {\n  sensitive = true\n}\n' + GROUP.replace("VALUE", "var.v")
    tree = written(tmp_path, {"main.tf": code})
    assert shown(tree, variables={"v": CANARY}) == []
    written(tmp_path, {"terraform.tfvars": f'v = "{CANARY}"\n'})
    assert shown(tree) == []


@pytest.mark.parametrize(
    "source",
    [
        f"git::https://user:{CANARY}@example.com/x/y.git?ref=v1", f"https://example.com/m.zip?token={CANARY}",
        f"git::https://oauth2:glpat-{CANARY}0123456789@gitlab.com/x.git", f"s3::https://s3.amazonaws.com/b/m.zip?aws_access_key_secret={CANARY}",
    ],
)  # fmt: skip
def test_a_credential_that_a_gap_would_quote(source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a module comes from is told where it is missing, to everyone and on standard error."""
    monkeypatch.chdir(tmp_path)
    written(tmp_path, {"main.tf": f'module "m" {{\n  source = "{source}"\n}}\n' + GROUP.replace("VALUE", '"x"')})
    for name in ("text", "json", "markdown", "sarif", "github"):
        ran = assay("scan", ".", "-v", "--debug", "-r", name)
        assert ran.exit_code == 1 and CANARY not in ran.stdout + ran.stderr, name
        assert name == "github" or "module_missing" in ran.stdout or "(redacted)" in ran.stdout


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"x lets postgres://u:{CANARY}@h/db in", "x lets postgres://(redacted)@h/db in"),
        ("the key glpat-0123456789abcdefghij is old", "the key (redacted) is old"),
        (f"-----BEGIN RSA PRIVATE KEY-----\n{CANARY}", "(redacted)"),
        (f"it sends Authorization: Bearer {CANARY} there", "it sends Authorization: Bearer (redacted) there"),
        ("unexpected token: x", "unexpected token: x"),
    ],
)
def test_a_credential_that_a_message_would_quote(text: str, told: str) -> None:
    assert gap_of(Gap("main.tf", "unsupported", text, text, 1), Sensitive()) == Gap("main.tf", "unsupported", told, told, 1)


def test_the_opinion_of_another_scanner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It reads the same code, and quotes what it likes: in its reason, the name of its check, its name of the resource."""
    monkeypatch.chdir(tmp_path)
    said = [
        {
            "ruleId": rule,
            "message": {"text": f"{CANARY} is bad"},
            "locations": [
                {
                    "physicalLocation": {"artifactLocation": {"uri": f"main.tf#{CANARY}"}, "region": {"startLine": 1}},
                    "logicalLocations": [{"name": f"aws_security_group.g {CANARY}"}],
                }
            ],
        }
        for rule in ("CKV_AWS_24", f"THEIRS_{CANARY}")
    ]
    log = {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "checkov"}}, "results": said}]}
    written(tmp_path, {"main.tf": DECLARED + GROUP.replace("VALUE", "var.v"), "o.sarif": json.dumps(log)})
    for name in sorted({*formats.names()} - samples.PRINTED):
        ran = assay("scan", ".", "--import", "sarif", "o.sarif", "--all", "-r", name)
        assert ran.exit_code == 1 and CANARY not in ran.stdout + ran.stderr, name


def test_a_module_and_its_outputs(tmp_path: Path) -> None:
    inner = 'variable "w" {}\noutput "o" {\n  sensitive = true\n  value     = "' + CANARY + '"\n}\n' + GROUP.replace("VALUE", "var.w")
    outer = DECLARED + 'module "m" {\n  source = "./m"\n  w      = var.v\n}\nmodule "n" {\n  source = "./m"\n  w      = module.m.o\n}\n'
    assert shown(written(tmp_path, {"main.tf": outer, "m/main.tf": inner})) == []


def test_the_syntax_of_json(tmp_path: Path) -> None:
    ingress = {"from_port": 22, "to_port": 22, "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"], "description": "${var.v}"}
    code = {
        "variable": {"v": {"sensitive": "true", "default": CANARY}},
        "resource": {"aws_security_group": {"g": {"name": "${var.v}", "ingress": [ingress]}}},
    }
    assert shown(written(tmp_path, {"main.tf.json": json.dumps(code, indent=2)})) == []


def test_a_variable_that_nothing_asks_for(tmp_path: Path) -> None:
    ingress = {"from_port": 22, "to_port": 22, "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"]}
    code = {
        "resource": {"aws_security_group": {"g": {"name": "a", "ingress": [ingress]}}},
        "variable": {"v": {"default": {"a": [CANARY]}, "sensitive": True}, "db_password": {"default": CANARY}},
    }
    assert shown(written(tmp_path, {"main.tf.json": json.dumps(code)})) == []


def test_a_sensitive_value_is_judged(tmp_path: Path) -> None:
    code = GROUP.replace("VALUE", '"x"').replace('["0.0.0.0/0"]', "[var.c]")
    code += 'variable "c" {\n  sensitive = true\n  default   = "0.0.0.0/0"\n}\n'
    results = Scan(Options(paths=[str(written(tmp_path, {"main.tf": code}))], controls=["network.ingress-https-only"])).report().results
    assert [result.verdict for result in results] == ["fail"]
    assert "0.0.0.0/0" not in str(results) and SHOWN in results[0].message


def plan(marks: dict[str, Any]) -> dict[str, Any]:
    ingress = {"from_port": 22, "to_port": 22, "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"], "description": CANARY}
    values = {"name": CANARY, "description": CANARY, "ingress": [ingress], "tags": {"a": CANARY}}
    resource = {"address": "aws_security_group.g", "mode": "managed", "type": "aws_security_group", "name": "g", "values": values}
    change = {"actions": ["create"], "before": None, "after": values, "after_unknown": {}, **marks}
    provider = "registry.terraform.io/hashicorp/aws"
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.0",
        "planned_values": {"root_module": {"resources": [{**resource, "provider_name": provider}]}},
        "resource_changes": [{**{name: resource[name] for name in ("address", "mode", "type", "name")}, "change": change}],
        "configuration": {"root_module": {}},
    }


def test_a_plan(tmp_path: Path) -> None:
    content = plan({"after_sensitive": {"name": True}})
    assert shown(written(tmp_path, {"plan.json": json.dumps(content)})) == []
    content = plan({})
    content["planned_values"]["root_module"]["resources"][0]["sensitive_values"] = {"ingress": [{"description": True}]}
    assert shown(written(tmp_path, {"plan.json": json.dumps(content)})) == []
    content = plan({"before": {"name": CANARY}, "before_sensitive": {"name": True}})
    assert shown(written(tmp_path, {"plan.json": json.dumps(content)})) == []
    content = {
        **plan({}),
        "variables": {"v": {"value": CANARY}},
        "configuration": {"root_module": {"variables": {"v": {"sensitive": True}}}},
    }
    assert shown(written(tmp_path, {"plan.json": json.dumps(content)})) == []


TEMPLATE = """
Parameters:
  P: {Type: String, NoEcho: true, Default: CANARY}
  Q:
    Type: String
    Default: CANARY
    NoEcho: "true"
  DbPassword: {Type: String, Default: CANARY}
Resources:
  G:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupName: VALUE
      GroupDescription: VALUE
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0, Description: VALUE}
  B: {Type: AWS::S3::Bucket, Properties: {BucketName: VALUE}}
"""


@pytest.mark.parametrize("value", ["!Ref P", "!Ref Q", "!Ref DbPassword", "!Sub 'x-${P}'", "!Join ['-', [x, !Ref P]]", "!Base64 {Ref: P}"])
def test_a_template(value: str, tmp_path: Path) -> None:
    template = TEMPLATE.replace("VALUE", value.replace("!Base64 {Ref: P}", "{'Fn::Base64': {Ref: P}}")).replace("CANARY", CANARY)
    assert shown(written(tmp_path, {"t.yaml": template})) == []
    assert (
        shown(written(tmp_path, {"t.yaml": template.replace(CANARY, "other")}), parameters={"P": CANARY, "Q": CANARY, "DbPassword": CANARY})
        == []
    )


def test_a_nested_stack(tmp_path: Path) -> None:
    inner = (
        TEMPLATE.replace("VALUE", "!Ref Plain").replace("Parameters:", "Parameters:\n  Plain: {Type: String}").replace("CANARY", "other")
    )
    outer = f"""
Parameters:
  P: {{Type: String, NoEcho: true, Default: {CANARY}}}
Resources:
  N:
    Type: AWS::CloudFormation::Stack
    Properties: {{TemplateURL: inner.yaml, Parameters: {{Plain: !Ref P}}}}
"""
    assert shown(written(tmp_path, {"outer.yaml": outer, "inner.yaml": inner})) == []


def test_a_configuration(tmp_path: Path) -> None:
    properties = f"{{sourceRanges: [0.0.0.0/0], allowed: [{{IPProtocol: tcp, ports: ['22']}}], description: {CANARY}, password: {CANARY}}}"
    configuration = f"resources:\n- name: {CANARY}\n  type: compute.v1.firewall\n  properties: {properties}\n"
    assert shown(written(tmp_path, {"c.yaml": configuration})) == []


def test_a_manifest(tmp_path: Path) -> None:
    spec = f"{{direction: INGRESS, sourceRanges: [0.0.0.0/0], allow: [{{protocol: tcp, ports: ['22']}}], password: {CANARY}, description: {CANARY}}}"
    head = "apiVersion: compute.cnrm.cloud.google.com/v1beta1\nkind: ComputeFirewall\n"
    assert shown(written(tmp_path, {"m.yaml": f"{head}metadata: {{name: {CANARY}}}\nspec: {spec}\n"})) == []


LINES: dict[str, str] = {
    "a password": f'  password = "{CANARY}"',
    "of YAML": f"  MasterUserPassword: {CANARY}",
    "of a list": f"  - db_password: '{CANARY}'",
    "of JSON": f'  "client_secret": "{CANARY}",',
    "written only": f'  password_wo = "{CANARY}"',
    "secret_string": f'  secret_string = "{CANARY}"',
    "in braces": f"labels: {{a: b, password: {CANARY}}}",
    "in an object": f'  tags = {{ a = "b", db_password = "{CANARY}" }}',
    "a pair": f'  environment = [{{ name = "DB_PASSWORD", value = "{CANARY}" }}]',
    "a pair over lines": f"- name: DB_PASSWORD\n  value: {CANARY}",
    "a pair of JSON": f'{{"name": "DB_PASSWORD", "value": "{CANARY}"}}',
    "an address": f'  url = "postgres://app:{CANARY}@db.example/x"',
    "a header": f'  value = "Bearer {CANARY}"',
    "sensitive": f'  a = sensitive("{CANARY}")',
    "sensitive, of an object": f'  a = sensitive({{ b = "x", c = ["{CANARY}"] }})',
    "a variable in a line": f'variable "v" {{ sensitive = true, default = "{CANARY}" }}',
    "a variable, the mark last": f'variable "v" {{\n  default = {{\n    a = "{CANARY}"\n  }}\n  sensitive = true\n}}',
    "a variable by its name": f'variable "db_password" {{\n  default = "{CANARY}"\n}}',
    "JSON of a variable": f'{{"sensitive": true, "default": "{CANARY}"}}',
    "JSON of a parameter": f'{{"Type": "String", "Default": "{CANARY}", "NoEcho": true}}',
    "YAML of a parameter": f"  P:\n    Default: {CANARY}\n    Type: String\n    NoEcho: true\n",
    "a heredoc of a setting": f"  secret_string = <<EOT\n{CANARY}\nEOT\n  x = 1",
    "an indented heredoc": f"  password = <<-EOT\n    {CANARY}\n  EOT",
    "a call over lines": f'  secret_string = jsonencode({{\n    user = "a"\n    x    = "{CANARY}"\n  }})',
    "a list over lines": f'  passwords = [\n    "{CANARY}",\n  ]',
    "a map": f'  passwords = {{ admin = "{CANARY}" }}',
    "a map over lines": f'  passwords = {{\n    admin = "{CANARY}"\n  }}',
    "a block of YAML": f"  password: |\n    {CANARY}\n  other: 1",
    "a folded block of YAML": f"  password: >-\n    {CANARY}\n    more",
    "an anchor of YAML": f"  password: &p {CANARY}",
    "a function of YAML": f"  MasterUserPassword: !Sub {CANARY}",
    "a function in brackets": f'  MasterUserPassword: !Join ["", [{CANARY}, b]]',
    "a function of JSON": f'  MasterUserPassword: {{"Fn::Sub": "{CANARY}"}}',
    "a function on the next line": f"  MasterUserPassword:\n    Fn::Sub: {CANARY}",
    "JSON over lines": f'"password":\n  "{CANARY}"',
    "a script": f"    export DB_PASSWORD={CANARY}",
    "a script, quoted": f'    export DB_PASSWORD="{CANARY}"',
    "an option of a script": f"    run --password {CANARY} --x",
    "an option with a mark": f"    run --db-password={CANARY} --x",
    "curl": f"  curl -s -u admin:{CANARY} https://x",
    "a connection string": f'  x = "Server=x;Password={CANARY};"',
    "the value first": f'{{ value = "{CANARY}", name = "DB_PASSWORD" }}',
    "the value first, over lines": f"- Value: {CANARY}\n  Name: DB_PASSWORD",
    "a parameter of a stack": f'{{"ParameterKey": "DbPassword", "ParameterValue": "{CANARY}"}}',
    "a header of an origin": f'    custom_header {{\n      name  = "X-Origin-Verify"\n      value = "{CANARY}"\n    }}',
    "a header of an origin, of YAML": f"  HeaderValue: {CANARY}",
    "a secret of Kubernetes": f"stringData:\n  a: {CANARY}",
    "a comment": f"  x = 1 # password: {CANARY}",
    "a comment of slashes": f"  // token={CANARY}",
    "a comment of slashes behind a value": f"  x = 1 // password: {CANARY}",
    "pwd": f'  pwd = "{CANARY}"',
    "DB_PASS": f'  DB_PASS = "{CANARY}"',
    "an external id": f'        "sts:ExternalId" = "{CANARY}"',
    "an external id in a list": f'  "sts:ExternalId": ["{CANARY}", "x"]',
    "an external id in a list over lines": f'  "sts:ExternalId" = [\n    "{CANARY}",\n  ]',
    "an external id in a flow": f'  Condition = {{ StringEquals = {{ "sts:ExternalId" = "{CANARY}" }} }}',
    "an external id in JSON": f'{{"StringEquals":{{"sts:ExternalId":"{CANARY}"}}}}',
    "an external id of YAML": f"    sts:ExternalId: {CANARY}",
    "external ids of YAML": f"    sts:ExternalId:\n      - {CANARY}",
    "external ids of YAML in a flow": f"    StringEquals: {{sts:ExternalId: {CANARY}}}",
    "an external id of a document": f'  condition {{\n    variable = "sts:ExternalId"\n    values   = ["{CANARY}"]\n  }}',
    "an external id of a document, the value first": f'  condition {{\n    values = ["{CANARY}"]\n    variable = "aws:Referer"\n  }}',
    "an external id as an argument": f'  external_id = "{CANARY}"',
    "a referer": f'  "aws:Referer" : "{CANARY}"',
    "a script of an instance": f"  user_data = <<-EOT\n    #!/bin/sh\n    login {CANARY}\n  EOT",
    "a script of an instance, of YAML": f"      UserData:\n        Fn::Base64: |\n          login {CANARY}\n",
    "a script of an instance, of Google": f'  metadata_startup_script = "login {CANARY}"',
    "a command": f'  command = ["login", "{CANARY}"]',
    "a command of YAML": f"  command:\n    - login\n    - {CANARY}",
    "variables of a function": f'  environment {{\n    variables = {{\n      MODE = "{CANARY}"\n    }}\n  }}',
    "variables of a function, of YAML": f"  Environment:\n    Variables:\n      MODE: {CANARY}",
    "variables of a container": f'  environment = [\n    {{ name = "MODE", value = "{CANARY}" }}\n  ]',
    "variables of a container, of YAML": f"  env:\n    - name: MODE\n      value: {CANARY}",
    "variables of a container, in a block": f'  env {{\n    name  = "MODE"\n    value = "{CANARY}"\n  }}',
    "variables of a container, in JSON": f'  "environment": [{{"name": "MODE", "value": "{CANARY}"}}],',
    "a key": '  key = "AKIA' + 'IOSFODNN7EXAMPLE" # ' + CANARY,
}


@pytest.mark.parametrize("line", LINES)
def test_lines_of_code_that_nobody_evaluated(line: str) -> None:
    code = f"before\n{LINES[line]}\nafter"
    assert CANARY not in without_secret_values(code, Sensitive())
    assert without_secret_values(code, Sensitive()).count("\n") == code.count("\n")


@pytest.mark.parametrize(
    "line",
    [
        '  secret_id = "trade/etrade"',
        "  password = var.password",
        "  password = random_password.db.result",
        "  password=var.password",
        '  bypass = "none"',
        "    export DB_PASSWORD=$DB_PASSWORD",
        "  Secret:\n    Type: AWS::SecretsManager::Secret",
        '  secrets = [{ name = "A", valueFrom = "arn:aws:ssm:us-east-1:123456789012:parameter/a" }]',
        "  password = random_password.db[\n    0\n  ].result",
        "  compass: north",
        '  password = "${var.password}"',
        '  secret_arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:trade"',
        "  MasterUserPassword: !Ref Password",
        "  manage_master_user_password = true",
        '  password = "{{resolve:secretsmanager:a:SecretString:b}}"',
        'variable "v" { default = "x" }',
        "  tags = { password = var.p, a = b.c }",
        '  environment = [{ name = "PORT", value = "80" }]',
        'resource "aws_secretsmanager_secret" "db_password" {',
        '  "aws_secretsmanager_secret": {"s": {"name": "trade/etrade"}}',
        '  max_password_age = "90"',
        "    NoEcho: false\n    Default: shown",
        '  environment = "prod"',
        "  Environment: prod",
        "  external_id = var.external_id",
        "  user_data = file(var.script)",
        '  environment {\n    variables = {\n      TABLE = aws_dynamodb_table.t.name\n      DEBUG = "true"\n    }\n  }',
        "  Environment:\n    Variables:\n      TABLE: !Ref Table\n      COUNT: 5",
        '  env {\n    name = "MODE"\n    value = var.mode\n  }',
    ],
)
def test_lines_without_secrets_stay(line: str) -> None:
    assert without_secret_values(line, Sensitive()) == line


def test_what_is_no_text_is_none_that_is_hidden() -> None:
    """Numbers are, as an account of a bank; flags, and what is not known, say nothing."""
    sensitive = Sensitive()
    sensitive.add([True, None, 483_920, Reference("aws_kms_key.k", "arn"), Unknown("a variable", "give it")])
    assert sensitive.texts == ["483920"]
    assert [sensitive.mask(text) for text in ("True", "None", "483920")] == ["True", "None", SHOWN]
    sensitive.named("db_password", [7_000, "hunter22", None])
    assert sorted(sensitive.texts) == ["483920", "hunter22"]


def test_names() -> None:
    assert all(map(is_secret_name, ("password", "db_password", "DbPassword", "apiKey", "GitHubToken", "client_secret", "secret")))
    assert not any(map(is_secret_name, ("secret_name", "secret_arn", "token_url", "SecretRegions", "environment", "key_id")))


def test_a_text_that_was_cut() -> None:
    sensitive = Sensitive([CANARY])
    assert CANARY[:6] not in sensitive.mask(f"xxxx {CANARY[:9]}…")
    assert Sensitive(["ab"]).mask("ab") == SHOWN and Sensitive(["ab"]).mask("table") == "table"
    assert Sensitive(['a"b\\c-long']).mask(json.dumps({"k": 'a"b\\c-long'})) == '{"k": "(sensitive)"}'


def test_halves_of_characters() -> None:
    sensitive = Sensitive([CANARY, "bad\ud800canary"])
    assert sensitive.mask(f"a {CANARY} \ud800") == f"a {SHOWN} \ud800"
    assert sensitive.mask("a bad\ud800canary b") == f"a {SHOWN} b"
    assert Sensitive(["bad\ud800canary"]).mask("nothing of it") == "nothing of it"


def test_too_many_texts_hide_everything() -> None:
    sensitive = Sensitive(f"text-{number}-{'x' * 50}" for number in range(20_000))
    assert sensitive.mask("anything") == SHOWN
    assert Sensitive(sensitive.texts).mask("anything") == SHOWN


def test_many_texts_are_told_in_little_time(tmp_path: Path) -> None:
    began = time.process_time()
    sensitive = Sensitive()
    for number in range(1_500):
        sensitive.add(f"text-{number}-abc")
        assert sensitive.mask(f"{number:0300}…") and sensitive.holds(f"a text-{number}-abc")
    many = '[for i in range(400) : upper(sensitive("v${i}-abcdef"))]'
    written(tmp_path, {"main.tf": f"locals {{\n  a = {many}\n}}\n" + GROUP.replace("VALUE", "local.a[7]")})
    assert "V7-ABCDEF" not in str(Scan(Options(paths=[str(tmp_path)])).report().results)
    assert time.process_time() - began < SOON


@pytest.mark.parametrize(
    "code",
    ["password" * 40_000, "sensitive(" * 20_000, 'variable "v" {\n' * 20_000, "{" * 300_000 + "sensitive", "NoEcho: true\n" * 20_000, '"a' * 200_000 + "secret",
     "  NoEcho: true\n" + "  Default: x\n" * 50_000, "password = " + '"' * 300_000, 'secret: "' + "\\" * 200_000,
     "env = [\n" * 30_000, "variables:\n" + "  a: b\n" * 50_000, 'command = ["' + '", "' * 100_000, "values = [" * 30_000 + "externalid",
     "{sts:ExternalId=[" * 30_000, "user_data = <<EOT\n" * 20_000, "externalid" + "environment:\n" * 30_000, "{externalid: " * 30_000],
)  # fmt: skip
def test_code_is_looked_through_in_little_time(code: str) -> None:
    began = time.process_time()
    without_secret_values(code, Sensitive([CANARY]))
    assert time.process_time() - began < SOON
