"""Who can do any action to any resource: by policies of identities and of the resource, from code, templates and accounts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.scans import assay

CASES = Path(__file__).parents[2] / "fixtures" / "controls"
HOME, OTHER = "111111111111", "222222222222"
Statement = dict[str, Any]
TASKS = {"Service": "ecs-tasks.amazonaws.com"}


def allow(action: str | list[str], resource: Any = "*", **more: Any) -> Statement:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: str, resource: Any = "*", **more: Any) -> Statement:
    return {**allow(action, resource, **more), "Effect": "Deny"}


def document(*statements: Statement) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def role(*statements: Statement, trusted: Any = TASKS, **more: Any) -> dict[str, Any]:
    trust = document({"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"})
    written = {"inline_policy": [{"name": "p", "policy": document(*statements)}]} if statements else {}
    return {"assume_role_policy": trust, **written, **more}


def code(folder: Path, account: str = HOME, **resources: dict[str, Any]) -> Path:
    """A root module of some resources, by type and label."""
    provider = {"aws": [{"region": "us-east-1", "allowed_account_ids": [account]}]}
    named = {
        type_: {label: {"name": label, **body} if type_ == "aws_iam_role" else body for label, body in resource.items()}
        for type_, resource in resources.items()
    }
    (folder / "main.tf.json").write_text(json.dumps({"provider": provider, "resource": named}))
    return folder


def who_can(action: str, resource: str, *paths: Path) -> dict[str, bool]:
    """Whoever can, each with whether that is certain."""
    ran = assay("access", "who-can", action, resource, *map(str, paths), "--json", "--no-config", "--quiet")
    assert ran.exit_code in (0, 3), ran.output
    return {answer["principal"]: answer["certain"] for answer in json.loads(ran.stdout)["answers"]}


def refused(action: str, resource: str, *paths: Path) -> str:
    ran = assay("access", "who-can", action, resource, *map(str, paths), "--no-config", "--quiet")
    assert ran.exit_code == 2, ran.output
    return " ".join(ran.output.split())


QUEUE = {"orders": {"name": "orders"}}
ON_QUEUE = "${aws_sqs_queue.orders.arn}"


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (allow("sqs:SendMessage", ON_QUEUE), {"web": True}),
        (allow("sqs:Send*", f"arn:aws:sqs:us-east-1:{HOME}:orders"), {"web": True}),
        (allow("sqs:*", "arn:aws:sqs:*:*:ord*"), {"web": True}),
        (allow("*", "*"), {"web": True}),
        (allow("sqs:ReceiveMessage", ON_QUEUE), {}),
        (allow("sqs:SendMessage", "arn:aws:sqs:*:*:others"), {}),
        (allow("sqs:SendMessage", "${var.queue}"), {"web": False}),
        # what is looked up may be it, and what is declared beside it is something else
        (allow("sqs:SendMessage", "${data.aws_sqs_queue.any.arn}"), {"web": False}),
        (allow("sqs:SendMessage", "${aws_scheduler_schedule_group.any.arn}"), {}),
        ({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, {"web": True}),
        ({"Effect": "Allow", "Action": "sqs:*", "NotResource": ON_QUEUE}, {}),
        (allow("sqs:SendMessage", "*", Condition={"StringEquals": {"aws:ResourceTag/team": "orders"}}), {}),
        (allow("sqs:SendMessage", "*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}), {"web": True}),
    ],
)
def test_what_a_policy_of_a_role_is_for(statement: Statement, expected: dict[str, bool], tmp_path: Path) -> None:
    root = code(tmp_path, aws_sqs_queue=QUEUE, aws_iam_role={"web": role(statement)})
    further = """
variable "queue" {}

data "aws_sqs_queue" "any" {
  name = var.queue
}

resource "aws_scheduler_schedule_group" "any" {
  name = "any"
}
"""
    (root / "further.tf").write_text(further)
    assert who_can("sqs:SendMessage", "orders", root) == expected


def test_addresses_arns_and_cases(tmp_path: Path) -> None:
    root = code(tmp_path, aws_sqs_queue=QUEUE, aws_iam_role={"web": role(allow("SQS:sendmessage", ON_QUEUE))})
    for name in ("orders", "aws_sqs_queue.orders", "ord*", f"arn:aws:sqs:us-east-1:{HOME}:orders"):
        assert who_can("sqs:sendMessage", name, root) == {"web": True}, name


def test_a_denial_of_everything_else_spares_it(tmp_path: Path) -> None:
    but_orders = {"Effect": "Deny", "Action": "sqs:*", "NotResource": ON_QUEUE}
    queues = {**QUEUE, "others": {"name": "others"}}
    root = code(tmp_path, aws_sqs_queue=queues, aws_iam_role={"web": role(allow("sqs:*"), but_orders)})
    assert who_can("sqs:SendMessage", "orders", root) == {"web": True}
    assert who_can("sqs:SendMessage", "others", root) == {}


def test_the_policy_of_a_queue_counts(tmp_path: Path) -> None:
    policy = document(
        {**allow("sqs:SendMessage", ON_QUEUE), "Principal": {"AWS": f"arn:aws:iam::{OTHER}:role/partner"}},
        {**allow("sqs:SendMessage", ON_QUEUE), "Principal": {"Service": "sns.amazonaws.com"}},
        {**deny("sqs:SendMessage", ON_QUEUE), "Principal": {"AWS": "${aws_iam_role.batch.arn}"}},
    )
    roles = {"web": role(allow("sqs:*")), "batch": role(allow("sqs:*")), "idle": role()}
    attached = {"q": {"queue_url": "${aws_sqs_queue.orders.url}", "policy": policy}}
    root = code(tmp_path, aws_sqs_queue=QUEUE, aws_sqs_queue_policy=attached, aws_iam_role=roles)
    everybody = {"web": True, f"arn:aws:iam::{OTHER}:role/partner": True, "sns.amazonaws.com": True}
    assert who_can("sqs:SendMessage", "orders", root) == everybody


def test_what_a_role_is_denied_its_name_in_a_policy_does_not_give(tmp_path: Path) -> None:
    policy = document({**allow("sqs:SendMessage", ON_QUEUE), "Principal": {"AWS": "${aws_iam_role.web.arn}"}})
    queue = {"orders": {"name": "orders", "policy": policy}}
    assert who_can("sqs:SendMessage", "orders", code(tmp_path, aws_sqs_queue=queue, aws_iam_role={"web": role()})) == {"web": True}
    denied = role(deny("sqs:*"))
    assert who_can("sqs:SendMessage", "orders", code(tmp_path, aws_sqs_queue=queue, aws_iam_role={"web": denied})) == {}
    bound = {"b": {"name": "b", "policy": document(allow("s3:*"))}}
    bounded = role(permissions_boundary="${aws_iam_policy.b.arn}")
    root = code(tmp_path, aws_sqs_queue=queue, aws_iam_role={"web": bounded}, aws_iam_policy=bound)
    assert who_can("sqs:SendMessage", "orders", root) == {}


KEY = "${aws_kms_key.k.arn}"


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (None, {"web": True}),
        ([{**allow("kms:*"), "Principal": {"AWS": f"arn:aws:iam::{HOME}:root"}}], {"web": True}),
        ([{**allow("kms:*"), "Principal": {"AWS": "${aws_iam_role.admin.arn}"}}], {"admin": True}),
        ([{**allow("kms:Encrypt"), "Principal": {"AWS": f"arn:aws:iam::{HOME}:root"}}], {}),
        ([{**allow("kms:*"), "Principal": {"AWS": f"arn:aws:iam::{OTHER}:root"}}], {f"arn:aws:iam::{OTHER}:root": True}),
    ],
)
def test_the_policy_of_a_key_has_to_leave_it_to_identities(policy: Any, expected: dict[str, bool], tmp_path: Path) -> None:
    key = {"k": {"description": "orders", **({"policy": document(*policy)} if policy else {})}}
    root = code(tmp_path, aws_kms_key=key, aws_iam_role={"web": role(allow("kms:Decrypt", KEY)), "admin": role()})
    assert who_can("kms:Decrypt", "aws_kms_key.k", root) == expected


def test_a_policy_of_a_key_that_is_not_known_may_leave_it_to_identities(tmp_path: Path) -> None:
    given = {
        "g": {"name": "g", "key_id": "${aws_kms_key.k.key_id}", "grantee_principal": "${aws_iam_role.batch.arn}", "operations": ["Decrypt"]}
    }
    roles = {"web": role(allow("kms:Decrypt", KEY)), "batch": role(), "idle": role()}
    root = code(tmp_path, aws_kms_key={"k": {"policy": "${var.policy}"}}, aws_kms_grant=given, aws_iam_role=roles)
    (root / "vars.tf").write_text('variable "policy" {}\n')
    assert who_can("kms:Decrypt", "aws_kms_key.k", root) == {"web": False, "batch": False, "somebody that is not seen": False}


def test_a_grant_of_a_key_is_a_way_to_use_it(tmp_path: Path) -> None:
    policy = document({**allow("kms:*"), "Principal": {"AWS": "${aws_iam_role.admin.arn}"}})
    key = {"k": {"policy": policy}}
    roles = {"web": role(allow("secretsmanager:GetSecretValue", "*")), "admin": role(), "idle": role()}
    given = {
        "key_id": "${aws_kms_key.k.key_id}",
        "grantee_principal": "${aws_iam_role.web.arn}",
        "operations": ["Decrypt", "GenerateDataKey"],
    }
    secret = {"s": {"name": "broker", "kms_key_id": "${aws_kms_key.k.arn}"}}
    root = code(tmp_path, aws_kms_key=key, aws_iam_role=roles, aws_secretsmanager_secret=secret)
    assert who_can("kms:Decrypt", "aws_kms_key.k", root) == {"admin": True}
    assert who_can("read", "broker", root) == {}
    root = code(tmp_path, aws_kms_key=key, aws_iam_role=roles, aws_secretsmanager_secret=secret, aws_kms_grant={"g": given})
    assert who_can("kms:Decrypt", "aws_kms_key.k", root) == {"admin": True, "web": True}
    assert who_can("kms:Encrypt", "aws_kms_key.k", root) == {"admin": True}
    assert who_can("read", "broker", root) == {"web": True}
    bound = {"g": {**given, "constraints": [{"encryption_context_equals": {"team": "orders"}}]}}
    root = code(tmp_path, aws_kms_key=key, aws_iam_role=roles, aws_secretsmanager_secret=secret, aws_kms_grant=bound)
    assert who_can("kms:Decrypt", "aws_kms_key.k", root) == {"admin": True, "web": False}


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("fail-key-grant", {"scan": True}),
        # A policy of the role lets it decrypt through another service alone.
        ("pass-key-grant-to-encrypt", {"scan": False}),
        ("unknown-key-grants-denied", {"scan": False, "somebody that is not seen": False}),
    ],
)
def test_a_grant_of_a_live_key_counts_as_in_code(case: str, expected: dict[str, bool]) -> None:
    recorded = CASES / "secrets" / "broker-secret-reachability" / "aws" / f"aws-{case}.ndjson"
    assert who_can("kms:Decrypt", "*key/00000000-0000-4000-8000-000000000001", recorded) == {"order": True, **expected}


def test_who_takes_on_a_role(tmp_path: Path) -> None:
    roles = {
        "target": role(trusted={"AWS": f"arn:aws:iam::{HOME}:root"}),
        "closed": role(trusted={"AWS": "${aws_iam_role.named.arn}"}),
        "caller": role(allow("sts:AssumeRole")),
        "named": role(),
    }
    root = code(tmp_path, aws_iam_role=roles)
    assert who_can("sts:AssumeRole", "target", root) == {"caller": True}
    assert who_can("sts:AssumeRole", "closed", root) == {"named": True}
    assert who_can("iam:PassRole", "closed", root) == {}


def test_objects_are_in_buckets(tmp_path: Path) -> None:
    roles = {"reader": role(allow("s3:GetObject", "${aws_s3_bucket.b.arn}/in/*")), "lister": role(allow("s3:*", "${aws_s3_bucket.b.arn}"))}
    root = code(tmp_path, aws_s3_bucket={"b": {"bucket": "trade"}}, aws_iam_role=roles)
    assert who_can("s3:GetObject", "trade", root) == {"reader": True}
    assert who_can("s3:ListBucket", "trade", root) == {"lister": True}
    assert who_can("s3:GetObject", "arn:aws:s3:::trade/in/a", root) == {"reader": True}
    assert who_can("s3:GetObject", "arn:aws:s3:::trade/out/a", root) == {}


def test_permissions_of_functions(tmp_path: Path) -> None:
    function = {"f": {"function_name": "f", "role": "${aws_iam_role.f.arn}"}}
    given = {
        "topic": {
            "function_name": "${aws_lambda_function.f.function_name}",
            "principal": "sns.amazonaws.com",
            "action": "lambda:InvokeFunction",
        },
        "other": {"function_name": "f", "principal": OTHER, "action": "lambda:InvokeFunction"},
        "url": {"function_name": "f", "principal": "*", "action": "lambda:InvokeFunctionUrl"},
    }
    root = code(
        tmp_path,
        aws_lambda_function=function,
        aws_lambda_permission=given,
        aws_iam_role={"f": role(trusted={"Service": "lambda.amazonaws.com"})},
    )
    assert who_can("lambda:InvokeFunction", "f", root) == {"sns.amazonaws.com": True, OTHER: True}
    assert who_can("lambda:InvokeFunctionUrl", "f", root) == {"anyone": True}


def test_policies_of_aws_are_read_in_full(tmp_path: Path) -> None:
    managed = "arn:aws:iam::aws:policy/"
    roles = {
        "queues": role(managed_policy_arns=[f"{managed}AmazonSQSReadOnlyAccess"]),
        "viewer": role(managed_policy_arns=[f"{managed}job-function/ViewOnlyAccess"]),
        "bounded": role(allow("*"), permissions_boundary=f"{managed}AmazonSQSReadOnlyAccess"),
        "unheard": role(managed_policy_arns=[f"{managed}NobodyHeardOfThis"]),
    }
    root = code(tmp_path, aws_sqs_queue=QUEUE, aws_iam_role=roles)
    everybody = {"bounded": True, "queues": True, "viewer": True, "somebody that is not seen": False}
    assert who_can("sqs:GetQueueAttributes", "orders", root) == everybody
    assert who_can("sqs:DeleteQueue", "orders", root) == {"somebody that is not seen": False}


def test_groups_paths_logs_and_parameters(tmp_path: Path) -> None:
    statements = [
        allow("logs:FilterLogEvents", "${aws_cloudwatch_log_group.l.arn}:*"),
        allow("ssm:GetParameter", f"arn:aws:ssm:us-east-1:{HOME}:parameter/app/token"),
        allow("ssm:GetParameters", "arn:aws:ssm:us-east-1:*:parameter${aws_ssm_parameter.p.name}"),
        allow("iam:PassRole", f"arn:aws:iam::{HOME}:role/apps/deep"),
    ]
    root = code(
        tmp_path,
        aws_iam_role={"web": role(*statements), "deep": role(path="/apps/")},
        aws_cloudwatch_log_group={"l": {"name": "/aws/l"}},
        aws_ssm_parameter={"p": {"name": "/app/token"}},
    )
    for action, name in (
        ("logs:FilterLogEvents", "/aws/l"),
        ("ssm:GetParameter", "/app/token"),
        ("ssm:GetParameters", "/app/token"),
        ("iam:PassRole", "deep"),
    ):
        assert who_can(action, name, root) == {"web": True}, action


def test_a_parameter_is_named_by_a_policy_though_its_name_is_not_known(tmp_path: Path) -> None:
    """Its name begins with a slash, so that policies put it behind `parameter` itself."""
    parameters = {name: {"name": f"/${{var.stage}}/{name}"} for name in ("token", "other")}
    web = role(allow("ssm:GetParameter", "arn:aws:ssm:us-east-1:*:parameter${aws_ssm_parameter.token.name}"))
    root = code(tmp_path, aws_ssm_parameter=parameters, aws_iam_role={"web": web})
    (root / "vars.tf").write_text('variable "stage" {}\n')
    assert who_can("ssm:GetParameter", "aws_ssm_parameter.token", root) == {"web": True}
    assert who_can("ssm:GetParameter", "aws_ssm_parameter.other", root) == {}


def test_a_name_that_hangs_on_a_variable_may_be_what_a_policy_names(tmp_path: Path) -> None:
    queue = {"orders": {"name": "${var.stage}-orders"}}
    root = code(tmp_path, aws_sqs_queue=queue, aws_iam_role={"web": role(allow("sqs:SendMessage", "arn:aws:sqs:*:*:prod-orders"))})
    (root / "vars.tf").write_text('variable "stage" {}\n')
    assert who_can("sqs:SendMessage", "aws_sqs_queue.orders", root) == {"web": False}


def test_what_is_not_of_the_input_is_asked_by_its_arn(tmp_path: Path) -> None:
    root = code(tmp_path, aws_iam_role={"web": role(allow("sqs:SendMessage", "arn:aws:sqs:*:*:elsewhere"), allow("ec2:StopInstances"))})
    arn = f"arn:aws:sqs:us-east-1:{OTHER}:elsewhere"
    assert who_can("sqs:SendMessage", arn, root) == {"web": False, "somebody that is not seen": False}
    assert who_can("sqs:SendMessage", f"{arn}-too", root) == {"somebody that is not seen": False}
    assert who_can("ec2:StopInstances", f"arn:aws:ec2:us-east-1:{HOME}:instance/i-0", root) == {"web": True}


def test_actions_on_no_resource(tmp_path: Path) -> None:
    roles = {"web": role(allow("s3:ListAllMyBuckets")), "odd": role(allow("s3:ListAllMyBuckets", "arn:aws:s3:::trade"))}
    root = code(tmp_path, aws_iam_role=roles, aws_s3_bucket={"b": {"bucket": "trade"}})
    assert who_can("s3:ListAllMyBuckets", "*", root) == {"web": True}
    assert "ask who can s3:ListAllMyBuckets '*'" in refused("s3:ListAllMyBuckets", "trade", root)


def test_steps_lead_to_it(tmp_path: Path) -> None:
    roles = {
        "sender": role(allow("sqs:SendMessage", ON_QUEUE), trusted={"AWS": f"arn:aws:iam::{HOME}:root"}),
        "caller": role(allow("sts:AssumeRole", "${aws_iam_role.sender.arn}")),
    }
    assert who_can("sqs:SendMessage", "orders", code(tmp_path, aws_sqs_queue=QUEUE, aws_iam_role=roles)) == {"sender": True, "caller": True}


def test_what_cannot_be_asked_says_the_way_out(tmp_path: Path) -> None:
    root = code(tmp_path, aws_sqs_queue=QUEUE, aws_s3_bucket={"b": {"bucket": "trade"}}, aws_iam_role={"web": role()})
    assert "did you mean sqs:SendMessage" in refused("sqs:SendMesage", "orders", root)
    assert "no service squs" in refused("squs:SendMessage", "orders", root)
    assert "did you mean storage.objects.delete" in refused("storage.object.delete", "trade", root)
    assert "there are orders" in refused("sqs:SendMessage", "order", root)
    assert "sqs:SendMessage is not done to trade (aws_s3_bucket)" in refused("sqs:SendMessage", "trade", root)
    assert "is not done to such a resource" in refused("sqs:SendMessage", "arn:aws:s3:::trade", root)
    assert "nothing that kms:Decrypt is done to was found" in refused("kms:Decrypt", "k", root)


def test_a_template_gives_the_same_answer(tmp_path: Path) -> None:
    policies = [{"PolicyName": "p", "PolicyDocument": json.loads(document(allow("sqs:SendMessage", {"Fn::GetAtt": ["Queue", "Arn"]})))}]
    trust = json.loads(document({"Effect": "Allow", "Principal": TASKS, "Action": "sts:AssumeRole"}))
    given = document({**allow("sqs:SendMessage"), "Principal": {"Service": "events.amazonaws.com"}})
    resources = {
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "orders"}},
        "Given": {"Type": "AWS::SQS::QueuePolicy", "Properties": {"Queues": [{"Ref": "Queue"}], "PolicyDocument": json.loads(given)}},
        "Web": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "web", "AssumeRolePolicyDocument": trust, "Policies": policies}},
    }
    (tmp_path / "t.json").write_text(json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}))
    assert who_can("sqs:SendMessage", "orders", tmp_path / "t.json") == {"web": True, "events.amazonaws.com": True}


def test_a_recorded_account_gives_the_same_answer() -> None:
    live = Path(__file__).parents[2] / "fixtures" / "trade_streamer" / "aws" / "live"
    answer = who_can("s3:PutObject", "*-orders-us-east-1-*", live)
    assert answer["trade-streamer-prod-order-service-task-us-east-1"] is True


POLICIES = Path(__file__).parents[2] / "fixtures" / "questions" / "policies"


@pytest.mark.parametrize(
    ("action", "resource", "who"),
    [
        ("elasticfilesystem:ClientWrite", "aws_efs_file_system.trades", "web"),
        ("es:ESHttpGet", "search", "web"),
        ("backup:CopyIntoBackupVault", "records", "arn:aws:iam::444455556666:root"),
        ("events:PutEvents", "orders", "anyone"),
    ],
)
def test_policies_that_stand_beside_what_they_are_of(action: str, resource: str, who: str) -> None:
    assert who_can(action, resource, POLICIES) == {who: True}
