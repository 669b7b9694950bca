"""Outputs and parameters of deployed stacks, which whoever may describe the stack reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.sources.aws.conftest import Impatient
from tests.sources.aws.estate import ACCOUNT_IDS, Keys, Run, audit, enter, replay, server
from tests.sources.aws.faults import Wire, denied, on

CONTROL = "secrets.no-plaintext-in-config"
PASSWORD = "Tr4de-and-stream"
MASKED = "****"
"""What AWS tells of a parameter with NoEcho; moto tells its value."""
TEMPLATE = {
    "Parameters": {
        "DbPassword": {"Type": "String"},
        "BrokerPassword": {"Type": "String", "NoEcho": True},
        "Environment": {"Type": "String", "Default": "prod"},
    },
    "Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "orders"}}},
    "Outputs": {
        "QueueUrl": {"Value": {"Ref": "Queue"}, "Description": "where orders come from"},
        "Connection": {"Value": {"Fn::Sub": "postgres://app:${DbPassword}@db.internal/orders"}},
    },
}


def settings(run: Run) -> set[tuple[str, str, str]]:
    """Stack, the setting in plain text, and the verdict."""
    results = [result for result in run.report.results if result.control == CONTROL and result.resource.type == "cloudformation.stack"]
    return {(result.resource.name, result.element.partition(",")[0], result.verdict) for result in results}


def test_a_stack_shows_what_its_parameters_and_outputs_hold(
    endpoint: str, acting_as: Callable[[Keys], Keys], wire: Wire, quick: Impatient, tmp_path: Path
) -> None:
    keys = acting_as(enter(next(ACCOUNT_IDS), server()))
    given = {"DbPassword": PASSWORD, "BrokerPassword": MASKED}
    parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()]
    stacks = keys.client("cloudformation")
    stacks.create_stack(StackName="orders", TemplateBody=json.dumps(TEMPLATE), Parameters=parameters)
    queue = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}
    stacks.create_stack(StackName="plain", TemplateBody=json.dumps(queue))
    snapshot = tmp_path / "a.ndjson"
    live = audit(controls=[CONTROL], out=str(snapshot), stopping=quick)
    assert settings(live) == {
        ("orders", "Connection of the outputs", "fail"),
        ("orders", "DbPassword of the parameters", "fail"),
        ("plain", "", "pass"),
    }
    assert settings(replay(str(snapshot), [CONTROL])) == settings(live)
    kept = snapshot.read_text(encoding="utf-8")
    assert PASSWORD not in kept and "where orders" not in kept and "QueueUrl" in kept
    wire.fault = on("cloudformation:DescribeStacks", denied)
    (unknown,) = settings(audit(controls=[CONTROL], stopping=quick))
    assert unknown[2] == "unknown"
