"""What is asked about the images that run, and what the evidence of a repository then says: calls on a real server."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from assay.scanner.facts.supply.registries.deployed import images
from tests.sources.aws.estate import ACCOUNT_IDS, HOME, Keys, audit, enter, judged, replay, server
from tests.sources.aws.faults import Wire, denied, on

CONTROL = "supply.image-scan-enabled"
SCAN = "ecr:DescribeImageScanFindings"
ELSEWHERE = "999999999999.dkr.ecr.us-east-1.amazonaws.com/other/tool:1"


def manifest(digest: str) -> str:
    layer = {"mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", "size": 1, "digest": f"sha256:{digest * 64}"}
    kind = "application/vnd.docker.distribution.manifest.v2+json"
    config = {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 1, "digest": f"sha256:{digest * 64}"}
    return json.dumps({"schemaVersion": 2, "mediaType": kind, "config": config, "layers": [layer]})


@pytest.fixture
def running(endpoint: str, acting_as: Callable[[Keys], Keys]) -> Keys:
    """An account that runs a scanned image, one that nobody scanned, one of another account, and one that is not there any more."""
    keys = acting_as(enter(next(ACCOUNT_IDS), server()))
    ecr, ecs = keys.client("ecr"), keys.client("ecs")
    ecr.create_repository(repositoryName="trade/api", imageScanningConfiguration={"scanOnPush": True})
    ecr.create_repository(repositoryName="trade/idle", imageScanningConfiguration={"scanOnPush": True})
    filters = [{"filter": "*", "filterType": "WILDCARD"}]
    ecr.put_registry_scanning_configuration(scanType="BASIC", rules=[{"scanFrequency": "SCAN_ON_PUSH", "repositoryFilters": filters}])
    for tag, digest in (("1", "a"), ("2", "b"), ("unused", "c")):
        ecr.put_image(repositoryName="trade/api", imageManifest=manifest(digest), imageTag=tag)
    ecr.start_image_scan(repositoryName="trade/api", imageId={"imageTag": "1"})
    base = f"{keys.account}.dkr.ecr.{HOME}.amazonaws.com/trade/api"
    named = [f"{base}:1", f"{base}:2", f"{base}:gone", ELSEWHERE, "public.ecr.aws/nginx/nginx:1"]
    containers = [{"name": f"c{number}", "image": image, "memory": 128} for number, image in enumerate(named)]
    ecs.register_task_definition(family="api", containerDefinitions=containers)
    ecs.register_task_definition(family="worker", containerDefinitions=containers[:1])
    return keys


def test_the_evidence_of_a_pass_says_when_what_runs_was_scanned(running: Keys, wire: Wire, tmp_path: Path) -> None:
    out = str(tmp_path / "taken.snapshot")
    run = audit(controls=[CONTROL], out=out)
    results = {result.resource.name: result for result in run.report.results}
    assert {name: result.verdict for name, result in results.items()} == {"trade/api": "pass", "trade/idle": "pass"}
    told = [fact for fact in results["trade/api"].evidence if fact.fact == "deployed[].scan"]
    first, rest, second = sorted((fact.observed for fact in told), key=lambda text: text.replace("other", "trade/api:1@z"))
    assert rest.startswith("other images that run: not known: ") and f"only {HOME} of {running.account} were audited" in rest
    assert first.startswith("trade/api:1@sha256:") and ": scan COMPLETE 20" in first and "known vulnerabilities: " in first
    assert second == "trade/api:2: not scanned"
    assert {fact.expected for fact in told} == {""}
    assert [fact.location.operation for fact in told if fact.location].count(SCAN) == 2
    assert [fact.observed for fact in results["trade/idle"].evidence if fact.fact == "deployed[].scan"] == [rest]
    # Of each family and image one call; none about what does not run, or is of another account.
    assert wire.calls[SCAN, HOME] == 4
    assert run.report.coverage.gaps == []
    assert judged(replay(out, [CONTROL]).report) == judged(run.report)


def test_what_may_not_be_asked_changes_no_verdict_and_is_a_gap(running: Keys, wire: Wire) -> None:
    wire.fault = on(SCAN, denied)
    run = audit(controls=[CONTROL])
    (api,) = [result for result in run.report.results if result.resource.name == "trade/api"]
    assert api.verdict == "pass"
    assert {"trade/api:1: not known", "trade/api:2: not known"} <= {
        fact.observed[: len("trade/api:1: not known")] for fact in api.evidence if fact.fact == "deployed[].scan"
    }
    assert any(gap.code == "call_denied" and SCAN in gap.reason for gap in run.report.coverage.gaps)


def test_where_tasks_may_not_be_listed_the_evidence_says_so(running: Keys, wire: Wire) -> None:
    wire.fault = on("ecs:ListTaskDefinitionFamilies", denied)
    run = audit(controls=[CONTROL])
    (api,) = [result for result in run.report.results if result.resource.name == "trade/api"]
    assert api.verdict == "pass"
    (told,) = [fact.observed for fact in api.evidence if fact.fact == "deployed[].scan"]
    assert told.startswith("other images that run: not known: ")
    assert any(gap.code == "call_denied" and "ListTaskDefinitionFamilies" in gap.reason for gap in run.report.coverage.gaps)


@pytest.mark.parametrize(
    ("image", "asked"),
    [
        ("111122223333.dkr.ecr.eu-west-1.amazonaws.com/a/b:1.4", ("eu-west-1", "a/b", {"imageTag": "1.4"})),
        ("111122223333.dkr.ecr.eu-west-1.amazonaws.com/a", ("eu-west-1", "a", {"imageTag": "latest"})),
        (f"111122223333.dkr.ecr.us-east-1.amazonaws.com/a:1@sha256:{'0' * 64}", ("us-east-1", "a", {"imageDigest": f"sha256:{'0' * 64}"})),
        ("111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/a:1", ("cn-north-1", "a", {"imageTag": "1"})),
        ("111122223333.dkr-ecr.us-east-1.on.aws/a:1", ("us-east-1", "a", {"imageTag": "1"})),
        ("nginx:1", None),
        ("evil.example/111122223333.dkr.ecr.us-east-1.amazonaws.com/a:1", None),
        ("111122223333.dkr.ecr.us-east-1.amazonaws.com.evil.example/a:1", None),
    ],
)
def test_how_images_are_named(image: str, asked: tuple[str, str, dict[str, str]] | None) -> None:
    task = {"describe_task_definition": {"taskDefinition": {"containerDefinitions": [{"image": image}, {"image": image}, {"image": None}]}}}
    made = [(image["region"], image["repositoryName"], image["imageId"]) for image in images(task)]
    assert made == ([asked] if asked else [])


@pytest.mark.parametrize(
    "data", [{}, {"describe_task_definition": None}, {"describe_task_definition": {"taskDefinition": {"containerDefinitions": "x"}}}]
)
def test_an_answer_without_containers_names_no_image(data: dict[str, object]) -> None:
    assert images(data) == []
