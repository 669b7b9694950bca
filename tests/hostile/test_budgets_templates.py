"""What reading a template costs follows its size, or ends within a budget."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.options import Options
from assay.scanner.results.model import Report
from assay.scanner.run import Scan
from assay.scanner.sources.budget import Budget
from assay.scanner.sources.deployment_manager.limits import MAX_SIZE, MAX_STEPS, Choices
from assay.scanner.sources.deployment_manager.marks import ValueMarks
from assay.scanner.sources.deployment_manager.sandbox import FAILURES, Sandbox, render
from assay.scanner.sources.templates.syntax import Malformed, parse
from tests.patience import SOON

VERSION = "2010-09-09"
BUCKET: dict[str, Any] = {"Type": "AWS::S3::Bucket"}
STACK = "AWS::CloudFormation::Stack"


def template(resources: dict[str, Any], **sections: Any) -> dict[str, Any]:
    return {"AWSTemplateFormatVersion": VERSION, **sections, "Resources": resources}


def scan(folder: Path, files: dict[str, Any]) -> Report:
    """A scan of files beside one that is good, which ends soon."""
    for name, content in {**files, "zz-good.json": template({"Good": BUCKET})}.items():
        (folder / name).write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    began = time.process_time()
    report = Scan(Options(paths=[str(folder)], controls=["storage.versioning-enabled"])).report()
    assert time.process_time() - began < SOON
    assert any(result.resource.address.endswith(".Good") for result in report.results)
    return report


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A budget that is spent sooner."""
    monkeypatch.setattr("assay.scanner.sources.cloudformation.stack.Budget", lambda: Budget(200_000, 20_000_000))


def codes(report: Report) -> set[str]:
    return {gap.code for gap in report.coverage.gaps}


@pytest.mark.usefixtures("small")
def test_nested_stacks_spend_one_budget(tmp_path: Path) -> None:
    files: dict[str, Any] = {
        f"c{at}.json": template({f"S{number}": {"Type": STACK, "Properties": {"TemplateURL": f"c{at + 1}.json"}} for number in range(9)})
        for at in range(8)
    }
    report = scan(tmp_path, {**files, "c8.json": template({"B": BUCKET})})
    assert codes(report) == {"input_failed"}


@pytest.mark.usefixtures("small")
def test_a_loop_makes_as_much_as_a_template_may_hold(tmp_path: Path) -> None:
    body: Any = {"B${X}${Y}": BUCKET}
    for name in "YX":
        body = {f"Fn::ForEach::{name}": [name, [str(at) for at in range(200)], body]}
    assert codes(scan(tmp_path, {"t.json": template(body, Transform="AWS::LanguageExtensions")})) == {"input_failed"}


@pytest.mark.usefixtures("small")
def test_texts_are_made_within_the_budget(tmp_path: Path) -> None:
    long: Any = {"Fn::Sub": "${A}" * 190}
    resources = {f"B{at}": {**BUCKET, "Properties": {"BucketName": long, "VersioningConfiguration": {"Status": long}}} for at in range(300)}
    report = scan(tmp_path, {"t.json": template(resources, Parameters={"A": {"Type": "String", "Default": "y" * 5000}})})
    assert codes(report) == {"input_failed"} and len([gap for gap in report.coverage.gaps if "memory" in gap.reason]) == 1


@pytest.mark.parametrize(
    "value",
    [
        {"Fn::Sub": "${A}" * 200_000},
        {"Fn::ToJsonString": [{"Ref": "A"}] * 5_000},
        {"Fn::Select": [0, {"Fn::Split": ["y", {"Fn::Sub": "${A}" * 90}]}]},
        {"Fn::Join": [{"Ref": "A"}, ["x"] * 5_000]},
    ],
)
def test_a_text_that_is_too_long_is_not_known(tmp_path: Path, value: Any) -> None:
    resources = {f"B{at}": {**BUCKET, "Properties": {"VersioningConfiguration": {"Status": value}}} for at in range(4)}
    report = scan(tmp_path, {"t.json": template(resources, Parameters={"A": {"Type": "String", "Default": "y" * 10_000}})})
    assert {result.verdict for result in report.results if "Good" not in result.resource.address} == {"unknown"}


def test_conditions_in_a_long_chain_cost_only_their_template(tmp_path: Path) -> None:
    conditions: dict[str, Any] = {"C0": {"Fn::Equals": [{"Ref": "P"}, "x"]}}
    for at in range(1, 3_000):
        conditions[f"C{at}"] = {"Fn::And": [{"Condition": f"C{at - 1}"}] * 2}
    content = template({"B": {**BUCKET, "Condition": "C2999"}}, Parameters={"P": {"Type": "String"}}, Conditions=conditions)
    assert codes(scan(tmp_path, {"t.json": content})) == {"input_failed"}


@pytest.mark.parametrize(
    "text",
    [
        "a0: &a0 [x, x]\n" + "".join(f"a{at}: &a{at} [*a{at - 1}, *a{at - 1}]\n" for at in range(1, 25)),
        "m: &m {" + ", ".join(f"k{at}: v" for at in range(2_000)) + "}\n" + "".join(f"n{at}: {{<<: *m}}\n" for at in range(2_000)),
        "m: &m {" + ", ".join(f"k{at}: v" for at in range(2_000)) + "}\nn: {<<: [" + ", ".join(["*m"] * 2_000) + "]}\n",
        "b: &b [" + "x, " * 1_000 + "]\n" + "".join(f"r{at}: *b\n" for at in range(500)),
    ],
)
def test_aliases_make_no_more_than_the_text_allows(text: str) -> None:
    began = time.process_time()
    with pytest.raises(Malformed):
        parse(text.encode())
    assert time.process_time() - began < SOON


def test_ordinary_aliases_are_read() -> None:
    text = "base: &base {a: 1, b: [1, 2]}\n" + "".join(f"n{at}: {{<<: *base, c: {at}}}\n" for at in range(300))
    assert parse(text.encode()).data["n7"] == {"a": 1, "b": [1, 2], "c": 7}


def test_numbers_that_no_machine_has_are_text() -> None:
    data = parse(b'{"a": %s, "b": 1e999999, "c": -1e999999, "d": NaN, "e": 12, "f": 1.5}' % (b"9" * 5000)).data
    assert data == {"a": "9" * 5000, "b": "1e999999", "c": "-1e999999", "d": "NaN", "e": 12, "f": 1.5}
    assert parse(b"a: 1.0e999\nb: 1.5\n").data == {"a": "1.0e999", "b": 1.5}


def test_gaps_of_a_template_are_bounded(tmp_path: Path) -> None:
    report = scan(tmp_path, {"t.json": template({f"B{at}": {} for at in range(30_000)})})
    assert len(report.coverage.gaps) == 1_000


JINJA = {
    "flags": "{{ '%" + " " * 30 + "1000000000d' % 1 }}",
    "the name of a key": "{{ '%(a)1000000000d' % {'a': 1} }}",
    "brackets in a name": "{{ '%((a))1000000000s' % {'(a)': 1} }}",
    "a width that is given": "{{ '%*d' % (1000000000, 1) }}",
    "an indent": "{{ range(10000)|list|tojson(10000)|length }}",
    "text in a loop": "{% set x %}{% for i in range(9999) %}" + "y" * 50_000 + "{% endfor %}{% endset %}{{ x|length }}",
    "a constant in a loop": "{% set x %}{% for i in range(9999) %}{{ '" + "y" * 50_000 + "' }}{% endfor %}{% endset %}{{ x|length }}",
    "a constant sum": "{% set x %}{% for i in range(9999) %}{{ '" + "y" * 50_000 + "' ~ '' }}{% endfor %}{% endset %}{{ x|length }}",
    "text of a block": "{% block b %}" + "y" * 50_000 + "{% endblock %}{% set x %}{% for i in range(9999) %}{{ self.b() }}{% endfor %}{% endset %}",
    "text that is included": "{% set x %}{% for i in range(9999) %}{% include 'large' %}{% endfor %}{% endset %}",
    "text of a macro": "{% macro m() %}" + "y" * 50_000 + "{% endmacro %}{% for i in range(9999) %}{% set x = m() ~ m() %}{% endfor %}",
    "blocks that double": "{% set x %}xxxxxxxx{% endset %}" + "{% set x %}{{ x }}{{ x }}{% endset %}" * 60,
    "a method of a list": "{% set b = range(10000)|list * 40 %}" + "{% for i in range(9999) %}" * 2 + "{% set x = b.count(1) %}" + "{% endfor %}" * 2,
    "a list times nothing": "{% set b = range(10000)|list * 40 %}" + "{% for i in range(9999) %}" * 2 + "{% set x = b * 0 %}" + "{% endfor %}" * 2,
    "words": "{% set b = 'x ' * 900000 %}{% for i in range(9999) %}{% set y = b|wordcount %}{% endfor %}",
    "titles": "{% set b = 'x ' * 900000 %}{% for i in range(9999) %}{% set y = b|title %}{% endfor %}",
    "many expressions": "".join(f"{{{{ a{at} }}}}" for at in range(20_000)),
    "a long expression": "{% set x = [" + "1," * 100_000 + "] %}",
}  # fmt: skip


@pytest.mark.parametrize("bomb", JINJA)
def test_a_template_of_jinja_ends(bomb: str) -> None:
    sources = {"t": JINJA[bomb], "large": "z" * 900_000}
    sandbox = Sandbox(sources, ValueMarks(), Choices(), Budget(MAX_STEPS // 30, MAX_SIZE // 10))
    began = time.process_time()
    with pytest.raises(FAILURES):
        render(sandbox, "t", {"properties": {}, "env": {}})
    assert time.process_time() - began < SOON


def test_references_of_a_deployment_spend_the_budget(tmp_path: Path) -> None:
    lines = ["imports:", *(f"- {{path: t{at}.jinja}}" for at in range(12)), "resources:"]
    lines += [f"- {{name: t{at}, type: t{at}.jinja}}" for at in range(12)]
    lines += ["- {name: b, type: storage.v1.bucket, properties: {labels: {x: $(ref.t11.o)}}}"]
    files: dict[str, Any] = {"c.yaml": "\n".join(lines) + "\n"}
    for at in range(12):
        value = f"$(ref.t{at - 1}.o)" * 10 if at else "xxxxxxxxxx"
        files[f"t{at}.jinja"] = f"outputs:\n- {{name: o, value: {value}}}\n"
    assert codes(scan(tmp_path, files)) == {"input_failed"}
