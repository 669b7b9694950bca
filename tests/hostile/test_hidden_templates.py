"""Nothing hides in a template: what CloudFormation would deploy from these files is judged, or a gap stands in its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from assay.scanner.options import Options
from assay.scanner.results.model import Report
from assay.scanner.run import Scan
from tests.scans import write

CONTROL = "network.ingress-https-only"
OPEN = """
Resources:
  Bad:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: everybody
      SecurityGroupIngress:
      - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}
"""
GOOD = "  Good: {Type: 'AWS::EC2::SecurityGroup', Properties: {GroupDescription: nobody}}\n"
PARAMETERS = """
Parameters:
  Range: {Type: String, Default: 0.0.0.0/0}
  Make: {Type: String, Default: "yes"}
Conditions:
  Made: !Equals [!Ref Make, "yes"]
Resources:
  Bad:
    Type: AWS::EC2::SecurityGroup
    Condition: Made
    Properties:
      GroupDescription: everybody
      SecurityGroupIngress:
      - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: !Ref Range}
"""


def caller(more: str = "", parameters: str = "{}", url: str = "./production.yaml", type_: str = "AWS::CloudFormation::Stack") -> str:
    return f"""
Parameters:
  Stage: {{Type: String, Default: test}}
  Open: {{Type: String}}
Conditions:
  Never: !Equals [!Ref Stage, never]
  Perhaps: !Equals [!Ref Open, x]
Resources:
{GOOD}
  Nested:
    Type: {type_}
    {more}
    Properties:
      TemplateURL: {url}
      Parameters: {parameters}
"""


def scan(folder: Path, files: dict[str, str | bytes]) -> Report:
    return Scan(Options(paths=[str(write(folder, files))], controls=[CONTROL])).report()


def failed(report: Report) -> set[str]:
    return {result.resource.address.rpartition("/")[2].rpartition(".")[2] for result in report.results if result.verdict == "fail"}


@pytest.mark.parametrize(
    ("production", "call"),
    [
        (PARAMETERS, caller()),
        (PARAMETERS, caller("Condition: Never")),
        (PARAMETERS, caller("Condition: Perhaps")),
        (PARAMETERS, caller("Condition: There is none")),
        (PARAMETERS, caller(parameters="{Range: 10.0.0.0/8}")),
        (PARAMETERS, caller(parameters="{Range: !Ref AWS::AccountId}")),
        (PARAMETERS, caller(parameters="{Range: !GetAtt Good.GroupId}")),
        (PARAMETERS, caller(parameters="{Range: !Ref Open}")),
        (PARAMETERS, caller(parameters="{Make: 'no'}")),
        (PARAMETERS, caller(parameters="!If [Perhaps, {Range: 10.0.0.0/8}, {}]")),
        (PARAMETERS.replace(', Default: "yes"', ""), caller(parameters="{Make: 'no'}")),
        (OPEN, caller("Condition: Never")),
        (OPEN, caller("Condition: Never", url="././production.yaml")),
        (PARAMETERS, caller(parameters="{Range: 10.0.0.0/8}", url="https://s3.amazonaws.com/somebody/production.yaml")),
        (OPEN, caller("Condition: Never", url="!Sub 'https://${AWS::Region}.example.com/production.yaml'")),
        (OPEN, caller(type_="AWS::CloudFormation::StackSet")),
        (OPEN, caller("Metadata: {aws:asset:path: production.yaml}\n    Condition: Never", url="!Sub 'https://${AWS::Region}/x'")),
    ],
)
def test_a_caller_takes_no_template_out_of_scope(tmp_path: Path, production: str, call: str) -> None:
    assert failed(scan(tmp_path / "alone", {"production.yaml": production})) == {"Bad"}
    report = scan(tmp_path / "called", {"production.yaml": production, "caller.yaml": call})
    assert "Bad" in failed(report)


def test_templates_that_nest_each_other_are_all_judged(tmp_path: Path) -> None:
    first = caller("Condition: Never", url="production.yaml")
    second = PARAMETERS + "  Nested: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: caller.yaml}}\n"
    assert "Bad" in failed(scan(tmp_path, {"caller.yaml": first, "production.yaml": second}))


def test_a_template_that_is_certainly_nested_as_it_is_is_judged_once(tmp_path: Path) -> None:
    report = scan(tmp_path, {"production.yaml": OPEN, "caller.yaml": caller()})
    assert [result.resource.address for result in report.results if result.verdict == "fail"] == ["AWS::EC2::SecurityGroup.Nested/Bad"]
    needs = PARAMETERS.replace(", Default: 0.0.0.0/0", "").replace(', Default: "yes"', ', Default: "no"')
    report = scan(tmp_path / "b", {"production.yaml": needs, "caller.yaml": caller(parameters="{Range: !GetAtt Good.GroupId}")})
    assert {result.resource.root for result in report.results} == {next(iter(report.results)).resource.root}


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ("  Nested: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: 'https://s3.amazonaws.com/b/k'}}\n", "module_missing"),
        (
            "  Nested: {Type: 'AWS::CloudFormation::Stack', Metadata: {aws:asset:path: good.yaml},"
            " Properties: {TemplateURL: 'https://s3.amazonaws.com/b/k'}}\n",
            "module_missing",
        ),
        ("  Set: {Type: 'AWS::CloudFormation::StackSet', Properties: {TemplateBody: '{\"Resources\": {}}'}}\n", "module_missing"),
        ("  Set: {Type: 'AWS::CloudFormation::StackSet', Properties: {TemplateURL: nowhere.yaml}}\n", "module_missing"),
        ("  Fn::If: [A, {Bad: {Type: 'AWS::EC2::SecurityGroup'}}, {}]\n", "input_failed"),
        ("  Bad: !Of {Type: 'AWS::EC2::SecurityGroup'}\n", "input_failed"),
        ("  Bad: {Type: !Sub 'AWS::EC2::SecurityGroup'}\n", "input_failed"),
        ("  Fn::Transform: {Name: Mine}\n", "macro_unsupported"),
        ("  Fn::Transform: {Name: 'AWS::Include', Parameters: {Location: 's3://b/k'}}\n", "macro_unsupported"),
        ("  Module: {Type: 'My::Own::Thing::MODULE'}\n", "macro_unsupported"),
        ("Transform: Mine\n", "macro_unsupported"),
        (GOOD, "duplicate_key"),
        ("---\nResources: {}\n", "parse_error"),
    ],
)
def test_what_is_not_known_is_a_gap(tmp_path: Path, more: str, code: str) -> None:
    report = scan(tmp_path, {"t.yaml": f"Resources:\n{GOOD}{more}", "good.yaml": f"Resources:\n{GOOD}"})
    assert code in {gap.code for gap in report.coverage.gaps}


@pytest.mark.parametrize(
    "resources",
    [
        "Resources: !If [A, {Bad: {Type: 'AWS::EC2::SecurityGroup'}}, {}]\n",
        "Resources: !Anything {Bad: {Type: 'AWS::EC2::SecurityGroup'}}\n",
        "Resources:\n  Fn::Transform: {Name: 'AWS::Include', Parameters: {Location: 's3://b/k'}}\n",
        "Resources:\n  Bad: {Type: !Ref AWS::EC2::SecurityGroup}\n",
        "Resources: !Transform {Name: Mine}\n",
        '{"Resources": {"Fn::Transform": {"Name": "Mine"}}}',
        "Transform : Mine\nResources:\n  Bad: {Kind: open}\n",
    ],
)
def test_a_template_without_its_version_is_one(tmp_path: Path, resources: str) -> None:
    """Other files are judged, so that only a gap says that something was left out."""
    report = scan(tmp_path, {"t.yaml": resources, "good.yaml": f"Resources:\n{GOOD}"})
    assert len(report.results) == 1 and report.coverage.gaps


@pytest.mark.parametrize(
    "text",
    [
        OPEN.replace("Resources:", "? Resources\n:"),
        "Metadata: {Name: &word Resources}\n" + OPEN.replace("Resources:", "*word :"),
        OPEN.replace("Resources:\n  Bad:", "&word Resources:\n  Bad:"),
        "Metadata:\n  Shared: &all" + OPEN.replace("Resources:", "").replace("\n", "\n  ") + "\nResources: {<<: *all}\n",
        OPEN.replace("AWS::EC2", '"AWS\\x3a:EC2').replace("Group\n    Prop", 'Group"\n    Prop'),
        OPEN.replace("Bad:", '"\\x42ad":'),
        OPEN.replace("0.0.0.0/0", "!Sub 0.0.0.0/0"),
        OPEN.replace("0.0.0.0/0", "!<!Sub> 0.0.0.0/0"),
        OPEN.replace("0.0.0.0/0", '!Join ["", ["0.0.0", ".0/0"]]'),
        OPEN.replace("0.0.0.0/0", "!Select [1, !Split [',', 'a,0.0.0.0/0']]"),
        OPEN.replace("Resources:", "Resources: !<tag:yaml.org,2002:map>"),
        OPEN.replace("Properties:", "DeletionPolicy: Retain\n    Properties:", 1),
        OPEN.replace("FromPort: 22, ToPort: 22", 'FromPort: "22", ToPort: "22"'),
        OPEN.replace("\n", "\r\n"),
        OPEN + "...\n",
        "%YAML 1.1\n---" + OPEN,
    ],
)
def test_each_way_to_write_it_fails(tmp_path: Path, text: str) -> None:
    assert failed(scan(tmp_path, {"t.yaml": text})) == {"Bad"}


@pytest.mark.parametrize(
    "loop",
    ["Fn::ForEach::All", '"Fn::For\\x45ach::All"', '"Fn::For\\\n    Each::All"'],
)
def test_a_loop_is_one_however_it_is_written(tmp_path: Path, loop: str) -> None:
    body = OPEN.partition("Bad:")[2].replace("\n    ", "\n        ")
    text = f"Transform: AWS::LanguageExtensions\nResources:\n{GOOD}  ? {loop}\n  :\n    - Name\n    - [Bad]\n    - ${{Name}}:{body}\n"
    assert failed(scan(tmp_path, {"t.yaml": text})) == {"Bad"}


def test_a_loop_or_an_include_replaces_no_resource(tmp_path: Path) -> None:
    harmless = "{Type: 'AWS::SNS::Topic'}"
    loop = OPEN + f"  Fn::ForEach::All: [Name, [Bad], {{'${{Name}}': {harmless}}}]\nTransform: AWS::LanguageExtensions\n"
    report = scan(tmp_path / "a", {"t.yaml": loop})
    assert failed(report) == {"Bad#1"} and [gap.code for gap in report.coverage.gaps] == ["duplicate_key"]
    include = OPEN + "  Fn::Transform: {Name: 'AWS::Include', Parameters: {Location: i.yml}}\n"
    report = scan(tmp_path / "b", {"t.yaml": include, "i.yml": f"Bad: {harmless}\n"})
    assert failed(report) == {"Bad#1"} and [gap.code for gap in report.coverage.gaps] == ["duplicate_key"]
    whole = OPEN + "Transform: {Name: 'AWS::Include', Parameters: {Location: i.yml}}\n"
    report = scan(tmp_path / "c", {"t.yaml": whole, "i.yml": f"Resources: {{Other: {harmless}}}\n"})
    assert failed(report) == {"Bad"}
    report = scan(tmp_path / "d", {"t.yaml": OPEN + "  Fn::Transform: {Name: Mine}\n"})
    assert failed(report) == {"Bad"}


@pytest.mark.parametrize("damage", ["}", "[", '{"a": ' * 2000 + "1" + "}" * 2000])
def test_a_template_that_does_not_parse_is_a_gap(tmp_path: Path, damage: str) -> None:
    minified = '{"Resources":{"Bad":{"Type":"AWS::EC2::SecurityGroup","Properties":{"X":1}}}}'
    damaged = minified.replace("1", damage) if "1" in damage else minified + damage
    for name, text in (("a", damaged), ("b", damaged.replace("Res", "\\u0052es").replace("AWS", "\\u0041WS"))):
        report = scan(tmp_path / name, {"t.json": text, "good.yaml": f"Resources:\n{GOOD}"})
        assert [gap.code for gap in report.coverage.gaps] == ["parse_error"], name


# Deployment Manager.

VERSIONING = "storage.versioning-enabled"
BAD = "resources:\n- name: bad\n  type: storage.v1.bucket\n  properties:\n    versioning: {enabled: false}\n"
OK = "- {name: ok, type: storage.v1.bucket, properties: {versioning: {enabled: true}}}\n"
DEFAULT = BAD.replace("false", "{{ properties['on'] }}")
GUARDED = "{% if properties['on'] %}\n" + BAD + "{% endif %}\n"
SCHEMA = "properties:\n  on: {default: false}\n"


def deployment(folder: Path, files: dict[str, str | bytes]) -> Report:
    return Scan(Options(paths=[str(write(folder, files))], controls=[VERSIONING])).report()


def using(properties: str = "{}", imported: str = "p.jinja", type_: str = "p.jinja") -> str:
    return f"imports:\n- path: {imported}\n- path: other.jinja\nresources:\n- {{name: a, type: {type_}, properties: {properties}}}\n{OK}"


@pytest.mark.parametrize(
    ("template", "configuration"),
    [
        (BAD, using()),
        (BAD, using(type_="other.jinja")),
        (BAD, f"imports:\n- path: p.jinja\nresources:\n{OK}"),
        (BAD, f"imports:\n- path: p.jinja\n  name: storage\nresources:\n{OK}"),
        (BAD, using(type_="guard.jinja", imported="guard.jinja")),
        (DEFAULT, using("{on: true}")),
        (DEFAULT, using("{on: $(ref.ok.name)}")),
        (GUARDED, using("{on: false}").replace("p.jinja.schema", "")),
        ("{% if env['project'] == 'p' %}\n" + BAD + "{% endif %}\n", using()),
    ],
)
def test_a_configuration_takes_no_template_out_of_scope(tmp_path: Path, template: str, configuration: str) -> None:
    files: dict[str, str | bytes] = {"p.jinja": template}
    if template == DEFAULT:
        files["p.jinja.schema"] = SCHEMA
    assert failed(deployment(tmp_path / "alone", files)) == {"bad"}
    files |= {"c.yaml": configuration, "other.jinja": "resources: []\n"}
    files["guard.jinja"] = "{% if properties['never'] %}\nresources:\n- {name: b, type: p.jinja}\n{% endif %}\n"
    assert failed(deployment(tmp_path / "used", files)) == {"bad"}


def test_a_template_that_is_certainly_used_is_judged_once(tmp_path: Path) -> None:
    template = "resources:\n{% for name in properties['names'] %}\n- {name: {{ name }}, type: storage.v1.bucket}\n{% endfor %}\n"
    report = deployment(tmp_path, {"p.jinja": template, "c.yaml": using("{names: [x, y]}"), "other.jinja": ""})
    assert len(report.results) == 3 and not report.coverage.gaps


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ("- {name: a, action: 'gcp-types/storage-v1:storage.buckets.insert', properties: {name: x}}\n", "template_unsupported"),
        ("- {name: a, action: 'gcp-types/storage-v1:storage.buckets.patch', properties: {bucket: x}}\n", "template_unsupported"),
        ("- {name: a, type: 'project/composite:thing'}\n", "template_unsupported"),
        ("- {name: a, type: t.py}\n", "template_unsupported"),
        ("- {name: a, type: none.jinja}\n", "module_missing"),
        ("- {name: a, type: twice.jinja}\n", "duplicate_key"),
        ("resources: []\n", "duplicate_key"),
        ("-\n", "input_failed"),
        ("---\n" + BAD, "parse_error"),
    ],
)
def test_what_a_deployment_makes_and_is_not_known_is_a_gap(tmp_path: Path, more: str, code: str) -> None:
    files: dict[str, str | bytes] = {
        "c.yaml": f"resources:\n{OK}{more}",
        "twice.jinja": BAD + "resources: []\n",
        "ok.yaml": f"resources:\n{OK}",
    }
    assert code in {gap.code for gap in deployment(tmp_path, files).coverage.gaps}


@pytest.mark.parametrize("first", ["apiVersion: v1\n", "kind: List\n", "metadata: {}\n", "# comment\n", "? x\n: y\n"])
def test_a_configuration_with_other_keys_is_one(tmp_path: Path, first: str) -> None:
    assert failed(deployment(tmp_path, {"c.yaml": first + BAD})) == {"bad"}


# Config Connector.


def manifest(name: str = "bad", kind: str = "StorageBucket", versioning: str = "false", more: str = "") -> str:
    head = f"apiVersion: storage.cnrm.cloud.google.com/v1beta1\nkind: {kind}\nmetadata: {{name: {name}}}\n"
    return f"{head}spec: {{versioning: {{enabled: {versioning}}}}}\n{more}"


def listed(kind: str, *items: str) -> str:
    version = "storage.cnrm.cloud.google.com/v1beta1"
    elements = "".join("- " + item.rstrip().replace("\n", "\n  ") + "\n" for item in items)
    return f"apiVersion: {version}\nkind: {kind}\nitems:\n{elements}"


@pytest.mark.parametrize(
    "text",
    [
        manifest(),
        manifest().replace("v1beta1", "v1"),
        manifest().replace("v1beta1", "v7alpha3"),
        manifest(kind="storagebucket"),
        manifest(more="items: []\n"),
        listed("List", manifest()),
        listed("ResourceList", manifest()),
        listed("Anything", manifest()),
        listed("StorageBucketList", "metadata: {name: bad}\nspec: {}"),
        listed("List", listed("List", manifest())),
        "- " + manifest().rstrip().replace("\n", "\n  ") + "\n",
        manifest("other", versioning="true") + "---\n" + manifest(),
        "kinds: &kind StorageBucket\n" + manifest(kind="*kind"),
        manifest().replace("google", "goo\\x67le").replace("apiVersion: ", 'apiVersion: "').replace("v1beta1", 'v1beta1"'),
        manifest("bad, annotations: {config.kubernetes.io/local-config: 'true'}"),
    ],
)
def test_each_manifest_is_judged(tmp_path: Path, text: str) -> None:
    files: dict[str, str | bytes] = {"ok.yaml": manifest("ok", versioning="true"), "a.yaml": text}
    assert failed(deployment(tmp_path, files)) == {"bad"}


@pytest.mark.parametrize(
    "text",
    [
        manifest(more="kind: ConfigMap\n"),
        manifest(more="apiVersion: v1\n"),
        manifest() + "---\na: b: c\n",
        "a: b: c\n---\n" + manifest(),
        "kind: {{ .Values.kind }}\n{{ if }}\n" + manifest(),
    ],
)
def test_a_manifest_that_cannot_be_told_is_a_gap(tmp_path: Path, text: str) -> None:
    assert deployment(tmp_path, {"ok.yaml": manifest("ok", versioning="true"), "a.yaml": text}).coverage.gaps
