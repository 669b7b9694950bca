"""Recordings of AWS accounts among the fixtures are such as AWS answers, by botocore's description of every operation; and moto's gaps are open."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.facts.catalogue import catalogue
from assay.scanner.sources.aws.calls import snake_case
from tests.scans import ROOT
from tests.test_fixtures import NOT_POSSIBLE, OF_COMPARISONS, OF_FILES

botocore_session = pytest.importorskip("botocore.session")
from fixtures import account, moto_gaps  # noqa: E402

FIXTURES = ROOT / "fixtures"
RECORDINGS = sorted([*FIXTURES.glob("controls/*/*/aws/*.ndjson"), *FIXTURES.glob("trade_streamer/aws/live/*.ndjson*")])
LISTINGS = catalogue("aws_api").listings
SESSION = botocore_session.get_session()
MODELS: dict[str, Any] = {}
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,), "character": (str,), "timestamp": (str,), "blob": (str,), "boolean": (bool,), "integer": (int,), "long": (int,),
    "float": (int, float), "double": (int, float), "list": (list,), "structure": (dict,), "map": (dict,),
}  # fmt: skip


def output(service: str, operation: str) -> Any:
    if service not in MODELS:
        MODELS[service] = SESSION.get_service_model(service)
    return MODELS[service].operation_model(operation).output_shape


def problems(data: Any, shape: Any, at: str) -> Iterator[str]:
    """What of an answer the operation's output does not have."""
    if data == "(redacted)":
        return
    if shape.name == "policyDocumentType" and isinstance(data, dict):
        return  # botocore decodes the policies of IAM
    if not isinstance(data, TYPES[shape.type_name]) or (isinstance(data, bool) and shape.type_name != "boolean"):
        yield f"{at}: {data!r} is no {shape.type_name}"
    elif shape.type_name == "structure":
        for name, value in data.items():
            if name in shape.members:
                yield from problems(value, shape.members[name], f"{at}.{name}")
            else:
                yield f"{at}.{name}: no such field"
        yield from (f"{at}.{name}: is always there" for name in shape.required_members if name not in data)
    elif shape.type_name == "list":
        for number, entry in enumerate(data):
            yield from problems(entry, shape.member, f"{at}.{number}")
    elif shape.type_name == "map":
        for name, entry in data.items():
            yield from problems(entry, shape.value, f"{at}.{name}")
    elif getattr(shape, "enum", None) and data not in shape.enum:
        yield f"{at}: {data!r} is none of {', '.join(shape.enum)}"


def entry_shape(type_: str) -> Any:
    """The shape of one listed resource."""
    listing = LISTINGS[type_]
    shape = output(listing.call.service, listing.call.operation)
    for name in filter(None, listing.entries.split(".")):
        shape = shape.members[name.removesuffix("[]")]
        shape = shape.member if name.endswith("[]") else shape
    return shape.member if shape.type_name == "list" else shape


def checked(record: dict[str, Any]) -> Iterator[str]:
    """What is wrong with a resource of a recording."""
    listing = LISTINGS[record["type"]]
    if record["operation"] != listing.call.label:
        yield f"{record['id']}: listed by {record['operation']}"
    added = {name for name, _ in listing.known}
    listed = record["listed"]["value"] if "value" in record["listed"] else {k: v for k, v in record["listed"].items() if k not in added}
    if listing.entries and not listing.call.table:  # the model says nothing of the columns of a table
        yield from problems(listed, entry_shape(record["type"]), record["id"])
    calls = {call.name: call for call in (*listing.details, listing.call)}
    for name, answer in record.get("answers", {}).items():
        call = calls.get(name)
        if call is None or answer["operation"] != call.label:
            yield f"{record['id']}: no call of {record['type']} is {name}, {answer['operation']}"
        elif answer.get("outcome", "answered") == "answered":
            yield from problems(answer.get("data"), output(call.service, call.operation), f"{record['id']}.{name}")
        elif answer["outcome"] == "absent" and answer.get("code") and answer["code"] not in call.absent:
            yield f"{record['id']}.{name}: {answer['code']} does not say that it is not configured"
        elif answer["outcome"] in ("denied", "failed") and not answer.get("code"):
            yield f"{record['id']}.{name}: {answer['outcome']} without a code"


def records(path: Path) -> Iterator[dict[str, Any]]:
    text = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text(encoding="utf-8")
    yield from map(json.loads, text.splitlines())


@pytest.mark.parametrize("folder", sorted({path.parent for path in RECORDINGS}), ids=lambda path: str(path.relative_to(FIXTURES)))
def test_every_answer_is_one_that_the_operation_can_give(folder: Path) -> None:
    problems = [
        f"{path.name}: {problem}"
        for path in RECORDINGS
        if path.parent == folder
        for record in records(path)
        if record["record"] == "item"
        for problem in checked(record)
    ]
    assert problems == []


def test_what_an_operation_cannot_answer_is_found() -> None:
    answer = {"operation": "s3:GetBucketVersioning", "data": {"Status": "On", "Versions": 3}}
    record = {
        "type": "s3.bucket",
        "operation": "s3:ListBuckets",
        "id": "b",
        "listed": {"Name": 1},
        "answers": {"get_bucket_versioning": answer},
    }
    assert list(checked(record)) == [
        "b.Name: 1 is no string",
        "b.get_bucket_versioning.Status: 'On' is none of Enabled, Suspended",
        "b.get_bucket_versioning.Versions: no such field",
    ]
    record = {"type": "kms.key", "operation": "kms:ListKeys", "id": "k", "listed": {}, "answers": {}}
    record["answers"] = {"describe_key": {"operation": "kms:DescribeKey", "data": {"KeyMetadata": {}}}}
    assert list(checked(record)) == ["k.describe_key.KeyMetadata.KeyId: is always there"]


def test_every_control_has_recordings_that_pass_fail_and_do_not_know() -> None:
    from assay.scanner.rules import yaml_lines

    for folder in sorted(FIXTURES.glob("controls/*/*")):
        if f"{folder.parent.name}.{folder.name}" in {**OF_FILES, **OF_COMPARISONS}:
            continue
        listed = yaml_lines.load((folder / "expected.yaml").read_text(encoding="utf-8"))[0]
        seen = {verdict for name, value in listed.items() if name.startswith("aws/") for verdict in value.values()}
        possible = {
            verdict
            for verdict in ("pass", "fail", "unknown")
            if (f"{folder.parent.name}.{folder.name}", "aws", verdict) not in NOT_POSSIBLE
        }
        assert possible <= seen, folder
        assert {name for name in listed if name.startswith("aws/")} == {f"aws/{path.name}" for path in folder.glob("aws/*")}


def test_names_of_operations_are_those_of_the_client() -> None:
    for listing in LISTINGS.values():
        for call in (listing.call, *listing.details):
            assert output(call.service, call.operation) is not None
            assert snake_case(call.operation) == call.name


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    """A moto server as it is, in a process of its own: emptying it must not empty the accounts that other tests of this process read."""
    program = "import sys; from fixtures import server; print(server.start()[1], flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True) as running:
        assert running.stdin is not None and running.stdout is not None
        yield running.stdout.readline().strip()
        running.kill()


@pytest.mark.parametrize("gap", moto_gaps.GAPS, ids=lambda gap: gap.name)
def test_a_gap_of_moto_is_still_open(gap: moto_gaps.Gap, moto: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in account.environment(moto).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)
    account.reset(moto)
    assert gap.open(account.client), f"moto now does as AWS does: {gap.aws}. Take {gap.name!r} out of fixtures/moto_gaps.py"
