"""Measures who gets more, beside cloudsplaining, and who can what in a large account. Prints Markdown.

    python bench/access.py [--runs N]

One generated account, as both tools read it: the answer of iam:GetAccountAuthorizationDetails. cloudsplaining has a virtual environment of
its own below the cache directory, made on the first run. Figures are CPU seconds (user and system) of whole processes, medians of several
runs. What the two say of the same roles is compared too.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from run import bytecode, measure

ACCOUNT = "111122223333"
ASSAY = [sys.executable, "-m", "assay"]
ESCALATING = [
    statement.split()
    for statement in (
        "iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:PassRole ec2:RunInstances", "iam:CreateAccessKey",
        "iam:CreateLoginProfile", "iam:UpdateLoginProfile", "iam:AttachUserPolicy", "iam:AttachGroupPolicy", "iam:PutUserPolicy",
        "iam:AttachRolePolicy sts:AssumeRole", "iam:PutGroupPolicy", "iam:PutRolePolicy sts:AssumeRole", "iam:AddUserToGroup",
        "iam:UpdateAssumeRolePolicy sts:AssumeRole", "iam:PassRole lambda:CreateFunction lambda:InvokeFunction",
        "lambda:UpdateFunctionCode", "iam:PassRole glue:CreateDevEndpoint", "glue:UpdateDevEndpoint",
        "iam:PassRole cloudformation:CreateStack", "iam:PassRole datapipeline:CreatePipeline datapipeline:PutPipelineDefinition",
    )
]  # fmt: skip
"""The paths that both know: https://github.com/salesforce/cloudsplaining, https://pathfinding.cloud"""
HARMLESS = [["s3:GetObject"], ["sqs:SendMessage"], ["logs:PutLogEvents"], ["dynamodb:Query", "dynamodb:GetItem"], ["ec2:DescribeSubnets"]]
TARGET = 5.0
"""Times less CPU than cloudsplaining, for the larger account."""
MOST = 30.0
"""Seconds of CPU for a question about one resource, with 10,000 roles beside 1,000 secrets."""
MOST_OF_ALL = 60.0
"""Seconds of CPU for all of these secrets at once."""


def statement(effect: str, actions: list[str], resource: str = "*") -> dict[str, Any]:
    return {"Effect": effect, "Action": actions, "Resource": resource}


def written(number: int) -> tuple[str, list[dict[str, Any]]]:
    """What a role is allowed, and of which sort it is: every path a few times, by itself, denied, or on one resource that is no way."""
    sort = ("escalating", "harmless", "denied", "harmless")[number % 4]
    harmless = [statement("Allow", HARMLESS[(number + at) % len(HARMLESS)]) for at in range(2)]
    actions = ESCALATING[number // 4 % len(ESCALATING)]
    if sort == "harmless":
        secret = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:secret-{number // 2 % 1000:04}-??????"
        return sort, [*harmless, statement("Allow", ["secretsmanager:GetSecretValue"], secret)]
    denial = [statement("Deny", actions)] if sort == "denied" else []
    return sort, [*harmless, statement("Allow", actions), *denial]


def roles(number: int) -> Iterator[tuple[str, dict[str, Any]]]:
    service = {"Service": "ec2.amazonaws.com"}
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": service}]}
    for at in range(number):
        sort, statements = written(at)
        name = f"{sort}-{at:05}"
        yield sort, {
            "Arn": f"arn:aws:iam::{ACCOUNT}:role/{name}", "RoleName": name, "Path": "/", "RoleId": f"AROA{at:017}",
            "CreateDate": "2026-11-01T00:00:00Z", "AssumeRolePolicyDocument": trust, "AttachedManagedPolicies": [], "Tags": [],
            "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": statements}}],
            "RoleLastUsed": {}, "InstanceProfileList": [],
        }  # fmt: skip


def details(path: Path, number: int) -> Path:
    """The account as cloudsplaining reads it."""
    content = {"UserDetailList": [], "GroupDetailList": [], "Policies": [], "RoleDetailList": [role for _, role in roles(number)]}
    path.write_text(json.dumps(content))
    return path


def snapshot(path: Path, number: int, secrets: int = 0) -> Path:
    """The account as Assay reads it."""
    when, caller = "2026-11-01T00:00:00Z", f"arn:aws:sts::{ACCOUNT}:assumed-role/audit/assay"
    head = [
        {"record": "snapshot", "cloud": "aws", "format": "assay-snapshot/1", "scope": {"regions": "enabled"}, "started": when},
        {"record": "account", "account": ACCOUNT, "caller": caller, "name": "", "regions": ["us-east-1"]},
    ]
    item = {"record": "item", "account": ACCOUNT, "time": when, "region": ""}
    listed = [
        {**item, "type": "iam.role", "id": role["Arn"], "listed": role, "operation": "iam:GetAccountAuthorizationDetails"}
        for _, role in roles(number)
    ]
    items = [_secret(item, at) for at in range(secrets)]
    tail = [{"record": "region", "region": region, "complete": True} for region in ("global", "us-east-1")]
    path.write_text("".join(f"{json.dumps(record)}\n" for record in (*head, *listed, *items, *tail)))
    return path


def _secret(item: dict[str, Any], at: int) -> dict[str, Any]:
    name = f"secret-{at:04}"
    arn = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:{name}-000000"
    told = {"operation": "secretsmanager:DescribeSecret", "time": item["time"]}
    answers = {
        "describe_secret": {**told, "data": {"ARN": arn, "Name": name}},
        "get_resource_policy": {**told, "operation": "secretsmanager:GetResourcePolicy", "data": {"ARN": arn, "Name": name}},
    }
    listed = {"listed": {"ARN": arn, "Name": name}, "operation": "secretsmanager:ListSecrets", "answers": answers}
    return {**item, "type": "secretsmanager.secret", "id": arn, **listed}


def cloudsplaining() -> str:
    """The program, installed where it is not there yet."""
    home = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "assay-bench" / "cloudsplaining"
    program = home / "bin" / "cloudsplaining"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        subprocess.run([home / "bin" / "pip", "install", "--quiet", "cloudsplaining"], check=True)
    return str(program)


def ours(results: Path) -> set[str]:
    """The roles that Assay says get more."""
    judged_results = json.loads(results.read_text(encoding="utf-8"))["results"]
    return {result["resource"]["name"] for result in judged_results if result["verdict"] == "fail"}


def theirs(folder: Path) -> set[str]:
    """The roles that cloudsplaining says get more."""
    (path,) = folder.glob("iam-results-*.json")
    told = json.loads(path.read_text(encoding="utf-8"))
    raising = {key for key, policy in told["inline_policies"].items() if policy["PrivilegeEscalation"]["findings"]}
    return {role["name"] for role in told["roles"].values() if raising & set(role["inline_policies"])}


def beside(scratch: Path, number: int, runs: int) -> bool:
    """A row of the table; False where the target is missed."""
    recorded, told = snapshot(scratch / f"{number}.ndjson", number), details(scratch / f"{number}.json", number)
    out = scratch / f"out-{number}"
    out.mkdir()
    report = scratch / "report.json"
    scan = [*ASSAY, "scan", "--no-config", "--control", "iam.no-privilege-escalation", "-r", f"json={report}", str(recorded)]
    mine, wall, peak = measure(scan, runs)
    peer, _, most = measure([cloudsplaining(), "scan", "-i", str(told), "-o", str(out), "-s"], max(1, runs // 3))
    got, had = ours(report), theirs(out)
    meant = {f"escalating-{at:05}" for at in range(0, number, 4)}
    print(
        f"| {number:,} | {mine:.2f} | {wall:.2f} | {peak:.0f} | {peer:.1f} | {most:.0f} | {peer / mine:.1f} "
        f"| {len(meant & got)} of {len(meant)}, {len(got - meant)} more | {len(meant & had)} of {len(meant)}, {len(had - meant)} more |"
    )
    return peer / mine >= TARGET and got == meant


def main() -> None:
    runs = int(sys.argv[sys.argv.index("--runs") + 1]) if "--runs" in sys.argv else 3
    bytecode()
    scratch = Path(tempfile.mkdtemp(prefix="assay-bench-"))
    print("| roles | assay CPU s | wall s | peak MB | cloudsplaining CPU s | peak MB | ratio | assay finds | cloudsplaining finds |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    rows = [beside(scratch, number, runs) for number in (400, 4000)]
    large = snapshot(scratch / "large.ndjson", 10_000, 1_000)
    print("\n10,000 roles beside 1,000 secrets:\n\n| question | CPU s | wall s | peak MB |\n| --- | --- | --- | --- |")
    slowest = 0.0
    for asked in (("read", "secret-0500"), ("s3:GetObject", "arn:aws:s3:::somebody/x"), ("sqs:SendMessage", "*"), ("read", "*")):
        every = asked == ("read", "*")  # 255 readers of each
        cpu, wall, peak = measure([*ASSAY, "access", "who-can", *asked, str(large), "--json", "--no-config"], 1 if every else runs)
        slowest = max(slowest, cpu * MOST / MOST_OF_ALL if every else cpu)
        print(f"| `who-can {' '.join(asked)}` | {cpu:.2f} | {wall:.2f} | {peak:.0f} |")
    shutil.rmtree(scratch)
    sys.exit(0 if rows[-1] and slowest <= MOST else 1)


if __name__ == "__main__":
    main()
