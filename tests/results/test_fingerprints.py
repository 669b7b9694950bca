"""A fingerprint is the identity of a finding: moving and restyling the code keeps it, another finding has another."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from assay.scanner.results.model import Result, fingerprint, worst
from tests.scans import ROOT, judge, rule, write

BLOCKS = [
    'variable "unset" {}',
    'resource "aws_s3_bucket" "orders" {\n  bucket = "trade-orders"\n}',
    'resource "aws_s3_bucket" "audit" {\n  bucket = "trade-audit"\n}',
    'resource "aws_s3_bucket_versioning" "audit" {\n  bucket = aws_s3_bucket.audit.id\n'
    "  versioning_configuration {\n    status = var.unset\n  }\n}",
    'resource "aws_s3_bucket_acl" "orders" {\n  bucket = aws_s3_bucket.orders.id\n  acl = "public-read-write"\n}',
    'resource "aws_s3_bucket_policy" "audit" {\n  bucket = aws_s3_bucket.audit.id\n  policy = jsonencode({\n    Statement = [\n'
    '      { Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "*" },\n'
    '      { Effect = "Allow", Principal = "*", Action = "s3:PutObject", Resource = "*" },\n    ]\n  })\n}',
]
CONTROLS = ("storage.versioning-enabled", "storage.bucket-not-public", "storage.encrypted-cmk")


def findings(path: Path, *controls: str, **options: Any) -> set[str]:
    """Fingerprints of what did not pass, each with what it is of, to prove that they are told apart."""
    by_fingerprint: dict[str, tuple[str, str, str]] = {}
    for result in judge(path, *controls or CONTROLS, **options):
        if result.verdict in ("fail", "unknown"):
            assert result.fingerprint not in by_fingerprint, (
                f"{by_fingerprint[result.fingerprint]} and {result.resource.address} share a fingerprint"
            )
            by_fingerprint[result.fingerprint] = (result.control, result.resource.address, result.element)
    return set(by_fingerprint)


def in_repository(folder: str | Path) -> Path:
    top = Path(folder)
    (top / ".git").mkdir(exist_ok=True)
    (top / "infra").mkdir(exist_ok=True)
    return top / "infra"


def original() -> set[str]:
    with tempfile.TemporaryDirectory() as folder:
        results_ = findings(write(in_repository(folder), {"main.tf": "\n\n".join(BLOCKS)}))
    assert len(results_) == 7
    return results_


def restyled(block: str, style: random.Random) -> str:
    lines = []
    for line in block.splitlines():
        if style.random() < 0.3:
            lines.append(style.choice(["", "  # a comment", "// another", "/* a\n   third */"]))
        text = line.replace("  ", style.choice(["  ", "\t", "     "]))
        name, equals, rest = text.partition(" = ")
        if equals and "{" not in name:
            text = f"{name}{style.choice([' = ', '=', '      =   '])}{rest}"
        lines.append(text + style.choice(["", "   ", "" if line.endswith("(") else " # why"]))
    return "\n".join(lines)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(),
    order=st.permutations(range(len(BLOCKS))),
    names=st.lists(st.sampled_from(["a", "main", "z-1"]), min_size=6, max_size=6),
)
def test_moving_and_restyling_the_code_keeps_every_fingerprint(seed: int, order: list[int], names: list[str]) -> None:
    style = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        infra = in_repository(folder)
        for at, name in zip(order, names, strict=True):
            with (infra / f"{name}.tf").open("a", encoding="utf-8") as out:
                out.write("\n" * style.randrange(4) + restyled(BLOCKS[at], style) + "\n")
        assert findings(infra) == ORIGINAL


ORIGINAL = original()


def test_severity_title_and_message_are_no_part_of_it(tmp_path: Path) -> None:
    code = write(in_repository(tmp_path), {"main.tf": "\n".join(BLOCKS)})
    policies = tmp_path / "policies"
    seen = []
    for changes in ({}, {"severity": "low", "title": "Other", "assert": [{"that": "resource.versioned", "message": "other"}], "why": "?"}):
        write(policies / "team", {"rule.yaml": rule(**changes)})
        seen.append(findings(code, "team.rule", policies=[str(policies)]))
    assert seen[0] == seen[1] != set()


def test_values_that_change_without_the_finding_are_no_part_of_it(tmp_path: Path) -> None:
    code = in_repository(tmp_path)
    seen = [findings(write(code, {"main.tf": "\n".join(BLOCKS).replace("trade-", name)})) for name in ("trade-", "renamed-")]
    assert seen[0] == seen[1]


def test_a_fixed_and_returned_finding_is_the_same(tmp_path: Path) -> None:
    code = in_repository(tmp_path)
    before = findings(write(code, {"main.tf": "\n".join(BLOCKS)}))
    fixed = findings(write(code, {"main.tf": "\n".join(BLOCKS).replace("public-read-write", "private")}))
    assert len(before - fixed) == 1
    assert fixed < before


def test_another_resource_control_or_root_has_another(tmp_path: Path) -> None:
    text = "\n".join(BLOCKS)
    code = in_repository(tmp_path)
    one = findings(write(code / "one", {"main.tf": text}))
    renamed = findings(write(code / "one", {"main.tf": text.replace('"audit"', '"trail"').replace(".audit.", ".trail.")}))
    assert len(one & renamed) == 3  # those of the bucket that kept its name
    write(code / "one", {"main.tf": text})
    assert not one & findings(write(code / "two", {"main.tf": text}))
    assert len(findings(code)) == 2 * len(one)


def test_the_place_of_the_repository_and_of_the_command_do_not_matter(tmp_path: Path, monkeypatch: Any) -> None:
    for top in ("first", "second/deep"):
        (tmp_path / top).mkdir(parents=True)
        code = write(in_repository(tmp_path / top), {"main.tf": "\n".join(BLOCKS)})
        assert findings(code) == ORIGINAL
        for start, path in ((code.parent, "infra"), (code, "."), (tmp_path, str(Path(top, "infra")))):
            monkeypatch.chdir(start)
            assert findings(Path(path)) == ORIGINAL


def test_instances_of_a_module_are_told_apart(tmp_path: Path) -> None:
    module = 'resource "aws_s3_bucket" "this" {\n  bucket = "x"\n}\n'
    call = 'module "m" {\n  for_each = toset(["a", "b"])\n  source = "./m"\n}\n'
    code = write(in_repository(tmp_path), {"main.tf": call, "m/main.tf": module})
    results = judge(code, "storage.versioning-enabled")
    assert [result.resource.address for result in results] == ['module.m["a"].aws_s3_bucket.this', 'module.m["b"].aws_s3_bucket.this']
    assert len({result.fingerprint for result in results}) == 2


PARTS = st.tuples(*[st.text()] * 6)


@given(one=PARTS, other=PARTS)
def test_every_part_of_the_identity_counts(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    if not any("\0" in part for part in one + other):
        assert (fingerprint(*one) == fingerprint(*other)) == (one == other)
    assert len(fingerprint(*one)) == 64


def test_the_worst_verdict() -> None:
    assert worst([]) == "not_applicable"
    assert worst(["pass", "not_applicable"]) == "pass"
    assert worst(["pass", "waived", "unknown"]) == "unknown"
    assert worst(["unknown", "fail", "pass"]) == "fail"
    assert worst(["fail", "error"]) == "error"


def test_equal_elements_are_told_apart(tmp_path: Path) -> None:
    block = (
        'resource "aws_security_group" "g" {\n'
        + '  ingress {\n    protocol = "tcp"\n    from_port = 22\n    to_port = 22\n    cidr_blocks = ["0.0.0.0/0"]\n  }\n' * 2
        + "}\n"
    )
    results: list[Result] = judge(write(in_repository(tmp_path), {"main.tf": block}), "network.ingress-https-only")
    assert len({result.fingerprint for result in results}) == len(results)


def test_fingerprints_do_not_depend_on_which_controls_are_asked() -> None:
    """Rules see of an element the facts that some selected rule reads."""
    cases = ROOT / "fixtures" / "controls"
    for case in ("network/ingress-https-only/terraform/aws-fail-all-protocols", "storage/bucket-not-public/aws/aws-fail-acl.ndjson"):
        control = ".".join(case.split("/")[:2])
        every = {result.fingerprint for result in judge(cases / case) if result.control == control}
        assert every and {result.fingerprint for result in judge(cases / case, control)} == every


def test_fingerprints_do_not_depend_on_which_facts_are_known(tmp_path: Path) -> None:
    """A grant is known by whom it lets in and to what: whether a block makes it ineffective is another matter."""
    known = """
resource "aws_s3_bucket" "b" { bucket = "orders" }
resource "aws_s3_bucket_policy" "b" {
  bucket = aws_s3_bucket.b.id
  policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "*" }] })
}
"""
    block = """
variable "open" {}
resource "aws_s3_bucket_public_access_block" "b" {
  bucket                  = aws_s3_bucket.b.id
  restrict_public_buckets = var.open
}
"""
    fails = [result for result in judge(write(tmp_path / "a", {"main.tf": known}), "storage.bucket-not-public") if result.element]
    open_ = [result for result in judge(write(tmp_path / "b", {"main.tf": known + block}), "storage.bucket-not-public") if result.element]
    assert [result.verdict for result in fails] == ["fail"] and [result.verdict for result in open_] == ["unknown"]
    keys = {result.fingerprint for result in fails}, {result.fingerprint for result in open_}
    assert keys[0] and keys[0] == keys[1]
