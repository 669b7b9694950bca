"""What Terraform code may cost: every kind of growth ends within the budget of its root module, as a gap beside which others are judged."""

from __future__ import annotations

import gc
import json
import resource
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assay import Options, Scan
from assay.scanner.results.model import Report
from assay.scanner.sources.budget import Budget, OverBudget
from assay.scanner.sources.terraform import bounds, costs, hcl, parsing, planned
from tests.hostile.openings import CONTROL, GROUP
from tests.patience import SOON
from tests.scans import write

STEPS, SIZE = 60_000, 20_000_000
"""Of the tests; the real budget is some thirty times that."""
OPEN = """
resource "aws_security_group" "open" {
  name = "open"
  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
"""
LONG = 't = join("", [for i in range(1000) : "0123456789"])'
LIST = "l = [for i in range(1000) : tostring(i)]"
MANY = "[for i in range(1000) : [for j in range(1000) : {}]]"


def scan(folder: Path, files: dict[str, str | bytes]) -> Report:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return Scan(Options(paths=[str(folder)], controls=["network.ingress-https-only", "storage.versioning-enabled"])).report()


def fails(report: Report, name: str = "open") -> bool:
    return any(result.verdict == "fail" and result.resource.address.endswith(f".{name}") for result in report.results)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hcl, "Budget", lambda tell=None: Budget(STEPS, SIZE, tell))


def test_large_texts_are_put_together_within_the_budget(tmp_path: Path) -> None:
    """Only a pattern that is looked for costs the product of two texts."""
    part = '{ for i in range(400) : "KEY-${i}" => join("", [for j in range(40) : "a word "]) }'
    ports = "length(merge(local.a, local.b)) == 400 ? 22 : 443"
    group = OPEN.replace("from_port   = 22", f"from_port   = {ports}")
    report = scan(tmp_path, {"main.tf": f"locals {{\n  a = {part}\n  b = {part}\n}}\n{group}"})
    assert (fails(report), report.coverage.gaps) == (True, [])


GROWTH = {
    "loops in loops": MANY.format("[for k in range(1000) : k]"),
    "a long text in every element": MANY.format('"${i}${local.t}"'),
    "digests of a long text": MANY.format("sha512(local.t)"),
    "Base64 of a long text": MANY.format("base64encode(local.t)"),
    "JSON of a list": MANY.format("jsonencode(local.l)"),
    "JSON that is read": MANY.format("jsondecode(jsonencode(local.l))"),
    "YAML": MANY.format("yamlencode(local.l)"),
    "YAML that is read": MANY.format('yamldecode("- ${i}${j}")'),
    "subnets": MANY.format('cidrsubnets("10.0.0.0/8", 4, 4, 4, 4)'),
    "one subnet": MANY.format('cidrsubnet("10.0.0.0/8", 8, 4)'),
    "lists that are joined": MANY.format("concat(local.l, local.l)"),
    "maps that are merged": MANY.format("merge({ for k in local.l : k => k }, {})"),
    "products of sets": MANY.format("setproduct(local.l, [1, 2, 3, 4])"),
    "lists of lists": MANY.format("chunklist(local.l, 1)"),
    "equal values": MANY.format("local.l == local.l"),
    "searches in lists": MANY.format('contains(local.l, "x")'),
    "values each once": MANY.format("distinct(local.l)"),
    "patterns": MANY.format('regexall("(.)(.)", local.t)'),
    "replaced text": MANY.format('replace(local.t, "0", "00000000")'),
    "texts that are cut": MANY.format('split("", local.t)'),
    "texts that are turned": MANY.format("strrev(local.t)"),
    "texts that are padded": MANY.format('format("%9000d", i)'),
    "files": MANY.format('file("long.txt")'),
    "digests of files": MANY.format('filesha256("long.txt")'),
    "template files": MANY.format('templatefile("t.tpl", { v = i })'),
    "templates in texts": MANY.format('templatestring("$${v} ${i} ${j}", { v = i })'),
    "names of files": MANY.format('fileset(".", "**")'),
    "one of two lists": MANY.format("(var.open ? local.l : reverse(local.l))[i]"),
}


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("expression", GROWTH.values(), ids=GROWTH)
def test_growth_is_a_gap_of_its_root_module(tmp_path: Path, expression: str) -> None:
    code = f'variable "open" {{}}\nlocals {{\n{LONG}\n{LIST}\nv = {expression}\n}}\n'
    used = 'resource "aws_s3_bucket" "b" {\n  bucket = jsonencode(local.v)\n}\n'
    files: dict[str, str | bytes] = {"a/main.tf": code + used, "a/long.txt": "x" * 50_000, "a/t.tpl": "${v} " * 500, "b/main.tf": OPEN}
    started = time.process_time()
    report = scan(tmp_path, files)
    assert time.process_time() - started < SOON
    assert [gap.code for gap in report.coverage.gaps if gap.scope.endswith("/a")] == ["input_failed"]
    assert fails(report), "another root module is judged all the same"


def test_all_of_a_root_module_spends_one_budget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where each value is small enough, their number is not."""
    monkeypatch.setattr(hcl, "Budget", lambda tell=None: Budget(STEPS, SIZE, tell))
    loops = "\n".join(f"  l{number} = [for i in range(1000) : i]" for number in range(100))
    read = ", ".join(f"length(local.l{number})" for number in range(100))
    report = scan(tmp_path, {"main.tf": f'locals {{\n{loops}\n}}\nresource "aws_s3_bucket" "b" {{\n  bucket = jsonencode([{read}])\n}}\n'})
    assert [gap.code for gap in report.coverage.gaps] == ["input_failed"]


@pytest.mark.usefixtures("small")
def test_modules_that_double_without_count_spend_it(tmp_path: Path) -> None:
    two = 'module "a" {{\n  source = "../m{0}"\n}}\nmodule "b" {{\n  source = "../m{0}"\n}}\n'
    files: dict[str, str | bytes] = {f"m{depth}/main.tf": two.format(depth + 1) for depth in range(20)}
    report = scan(tmp_path, {**files, "m20/main.tf": OPEN, "other/main.tf": OPEN})
    assert any(gap.code == "input_failed" and "m0" in gap.scope for gap in report.coverage.gaps) and fails(report)


def test_ordinary_code_is_far_from_the_budget(tmp_path: Path) -> None:
    """A thousand resources with policies: a tenth of the steps and of the bytes."""
    made: list[Budget] = []

    class Kept(Budget):
        def __init__(self, *arguments: object, tell: Callable[[str], None] | None = None) -> None:
            super().__init__(tell=tell)
            made.append(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hcl, "Budget", Kept)
        policy = (
            'jsonencode({ Statement = [for a in ["s3:GetObject", "s3:PutObject"] : { Effect = "Allow", Action = a, Resource = "*" }] })'
        )
        blocks = (f'resource "aws_s3_bucket_policy" "p{at}" {{\n  bucket = "b{at}"\n  policy = {policy}\n}}\n' for at in range(1000))
        assert not scan(tmp_path, {"main.tf": "".join(blocks)}).coverage.gaps
    full = Budget()
    assert made and all(budget.steps > full.steps * 0.9 and budget.size > full.size * 0.9 for budget in made)


# What the parser is given

NESTED = {
    "lists": b"a = " + b"[" * 2_000_000,
    "objects": b"a = " + b"{a=" * 1_000_000,
    "calls": b"a = " + b"f(" * 1_000_000,
    "blocks": b"a {\n" * 1_000_000,
    "interpolations": b'a = "' + b"${" * 1_000_000,
    "quotes": b'"' * 2_100_000,
    "comments that begin": b"/*" * 2_100_000,
    "a text that never ends": b'a = "' + b"x" * 11_000_000,
}


@pytest.mark.parametrize("source", NESTED.values(), ids=NESTED)
def test_what_the_parser_does_not_survive_is_a_gap(tmp_path: Path, source: bytes) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    report = scan(tmp_path, {"a/main.tf": source, "b/main.tf": OPEN})
    assert [gap.code for gap in report.coverage.gaps] == ["parse_error"] and fails(report)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000, "kilobytes"


def test_ordinary_code_is_not_refused() -> None:
    """Texts with brackets that nothing closes: colours of a terminal, and lists of items."""
    script = b"a = <<EOT\n" + b"echo -e '\\033[0;31m:( [x'\n" * 3000 + b"EOT\n"
    bounds.check(script + b'resource "a" "b" {\n  c = [1, [2, [3]]]\n}\n' * 20_000)


# Time grows with the input, not with its square


def seconds(folder: Path, files: dict[str, str | bytes]) -> float:
    gc.disable()  # it goes over all that other tests of this process keep
    try:
        started = time.process_time()
        scan(folder, files)
        return time.process_time() - started
    finally:
        gc.enable()


def rules_of_one_group(count: int) -> dict[str, str | bytes]:
    group = 'resource "aws_security_group" "g" {\n  name = "g"\n}\n'
    rule = 'resource "aws_security_group_rule" "r{}" {{\n  type = "ingress"\n  from_port = 22\n  to_port = 22\n  protocol = "tcp"\n  cidr_blocks = ["0.0.0.0/0"]\n  security_group_id = aws_security_group.g.id\n}}\n'
    return {"main.tf": group + "".join(map(rule.format, range(count)))}


def groups_in_json(count: int) -> dict[str, str | bytes]:
    groups = {f"g{at}": {"name": f"g{at}", "ingress": [{"from_port": 22, "cidr_blocks": ["0.0.0.0/0"]}]} for at in range(count)}
    return {"main.tf.json": json.dumps({"resource": {"aws_security_group": groups}}, indent=2) + "\n"}


def overrides(count: int) -> dict[str, str | bytes]:
    blocks = "".join(f'resource "aws_s3_bucket" "b{at}" {{}}\n' for at in range(count))
    return {"main.tf": blocks, "x_override.tf": blocks}


def policies_of_one_name(count: int) -> dict[str, str | bytes]:
    """Each bucket is what every policy names."""
    bucket = 'resource "aws_s3_bucket" "b{0}" {{\n  bucket = "x"\n}}\nresource "aws_s3_bucket_policy" "p{0}" {{\n  bucket = "x"\n  policy = "{{}}"\n}}\n'
    return {"main.tf": "".join(map(bucket.format, range(count)))}


def grants_of_one_name(count: int) -> dict[str, str | bytes]:
    bucket = 'resource "google_storage_bucket" "b{0}" {{\n  name = "x"\n}}\nresource "google_storage_bucket_iam_member" "m{0}" {{\n  bucket = "x"\n  role = "r{0}"\n  member = "allUsers"\n}}\n'
    return {"main.tf": "".join(map(bucket.format, range(count)))}


@pytest.mark.parametrize("made", [rules_of_one_group, groups_in_json, overrides, policies_of_one_name, grants_of_one_name])
def test_twice_the_input_takes_about_twice_the_time(tmp_path: Path, made: Callable[[int], dict[str, str | bytes]]) -> None:
    once, four_times = seconds(tmp_path / "1", made(250)), seconds(tmp_path / "4", made(1000))
    assert four_times < 10 * once + 0.5


def test_accounts_that_may_all_act_as_each_other_are_followed_once(tmp_path: Path) -> None:
    """As which account one may act is a variable, so that each may act as each: in six steps that would be thirty to the sixth ways."""
    account = 'resource "google_service_account" "a{0}" {{\n  account_id = "a{0}"\n}}\nresource "google_service_account_iam_member" "m{0}" {{\n  service_account_id = var.account\n  role = "roles/iam.serviceAccountTokenCreator"\n  member = google_service_account.a{0}.member\n}}\n'
    secret = 'resource "google_secret_manager_secret" "s" {\n  secret_id = "s"\n}\nresource "google_secret_manager_secret_iam_member" "r" {\n  secret_id = google_secret_manager_secret.s.id\n  role = "roles/secretmanager.secretAccessor"\n  member = google_service_account.a0.member\n}\n'
    (tmp_path / "main.tf").write_text('variable "account" {}\n' + secret + "".join(map(account.format, range(30))))
    started = time.process_time()
    assert Scan(Options(paths=[str(tmp_path)], controls=["secrets.broker-secret-reachability"])).report().results
    assert time.process_time() - started < SOON


def test_references_of_a_plan_that_double_end(tmp_path: Path) -> None:
    """A variable that refers to two outputs, of which each refers to the variable."""
    both = {"references": ["module.m.a", "module.m.b"]}
    module = {"outputs": {name: {"expression": {"references": ["var.v", "var.w"]}} for name in ("a", "b")}}
    call = {"expressions": {"v": both, "w": both}, "module": module}
    content = {
        "format_version": "1.2",
        "planned_values": {"root_module": {}},
        "configuration": {"root_module": {"module_calls": {"m": call}}},
    }
    plan = planned.PlanParts("plan.json", content, Budget(STEPS, SIZE))
    with pytest.raises((OverBudget, RecursionError)):
        plan.targets("", [], ["module.m.a"], "")


def test_addresses_of_brackets_alone() -> None:
    started = time.process_time()
    assert planned.without_keys("[" * 1_000_000) == "[" * 1_000_000
    assert planned.without_keys('a["x"].b[0]') == "a.b"
    assert time.process_time() - started < SOON


def test_shared_parts_are_counted_as_often_as_they_are_met() -> None:
    value: list[object] = ["x" * 100]
    for _ in range(60):
        value = [value, value]
    assert costs.weight(value) == (sum(2**depth for depth in range(1, 61)) + 2**60, 100 * 2**60)


@pytest.mark.parametrize("line", ['"' * 1_900_000, '" ' * 200_000, 'a = "${' + '"" ' * 100_000])
def test_quotes_without_end_are_not_parsed(line: str) -> None:
    before = time.process_time()
    with pytest.raises(bounds.NotParsed, match="quotes in one line"):
        parsing.parse(f"a = 1\n{line}\n".encode())
    assert time.process_time() - before < SOON


def test_what_a_root_module_calls_that_costs_too_much_spends_one_budget_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else each of the modules that it calls is a root module, which costs too much again."""
    begun: list[Budget] = []

    def budget() -> Budget:
        begun.append(Budget(steps=100_000))
        return begun[-1]

    monkeypatch.setattr(hcl, "Budget", budget)
    twice = 'module "%s" {\n  source = "../m%d"\n}\n'
    files: dict[str, str | bytes] = {f"m{at}/main.tf": twice % ("a", at + 1) + twice % ("b", at + 1) + GROUP for at in range(40)}
    report = Scan(Options(paths=[str(write(tmp_path, {**files, "m40/main.tf": GROUP}))], controls=[CONTROL])).report()
    assert len(begun) == 2 and "input_failed" in {gap.code for gap in report.coverage.gaps}
    assert str(tmp_path / "m40") in {result.resource.root for result in report.results if result.verdict == "fail"}


def test_a_long_chain_of_calls_is_no_circle(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {f"m{at}/main.tf": f'module "m" {{\n  source = "../m{at + 1}"\n}}\n' for at in range(40)}
    gaps = Scan(Options(paths=[str(write(tmp_path, {**files, "m40/main.tf": GROUP}))], controls=[CONTROL])).report().coverage.gaps
    assert gaps and all("through more than 30 others" in gap.reason and "by itself" in gap.settles_it for gap in gaps)
    write(tmp_path / "circle", {"a/main.tf": 'module "m" {\n  source = "../b"\n}\n', "b/main.tf": 'module "m" {\n  source = "../a"\n}\n'})
    gaps = Scan(Options(paths=[str(tmp_path / "circle")], controls=[CONTROL])).report().coverage.gaps
    assert "calls itself" in " ".join(gap.reason for gap in gaps)


def test_what_stands_for_many_of_one_name_hides_no_failure(tmp_path: Path) -> None:
    """Of more than are read the rest is not known, so that nothing passes, and a gap, so that a failure among them ends nobody's run well."""
    closed = "\n".join(
        f'resource "google_storage_bucket" "b{at}" {{\n  name = "x"\n}}\nresource "google_storage_bucket_iam_member" "m{at}" {{\n'
        f'  bucket = "x"\n  role   = "roles/storage.objectViewer"\n  member = "user:a{at}@example.com"\n}}'
        for at in range(40)
    )
    open_ = 'resource "google_storage_bucket_iam_member" "z" {\n  bucket = "x"\n  role   = "roles/storage.objectViewer"\n  member = "allUsers"\n}\n'
    options = Options(paths=[str(write(tmp_path, {"main.tf": closed + "\n" + open_}))], controls=["storage.bucket-not-public"])
    report = Scan(options).report()
    assert {result.verdict for result in report.results} == {"unknown"}
    assert [(gap.code, gap.line) for gap in report.coverage.gaps] == [("input_failed", 1)]
