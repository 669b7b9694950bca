"""`assay access`: who can do what, on code, plans, templates and recorded accounts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assay.scanner.analysis.access import handed
from assay.scanner.sources.documents import decode
from tests.scans import assay, judge

CASES = Path(__file__).parents[2] / "fixtures" / "controls" / "secrets" / "broker-secret-reachability"
FORMS = {
    "terraform": "terraform/{}",
    "cloudformation": "cloudformation/{}.yaml",
    "aws": "aws/{}.ndjson",
}


def answers(*arguments: str, code: int = 0) -> list[dict[str, Any]]:
    ran = assay("access", *arguments, "--json", "--no-config", "--quiet")
    assert ran.exit_code == code, ran.output
    answers: list[dict[str, Any]] = json.loads(ran.stdout)["answers"]
    return answers


@pytest.mark.parametrize("form", FORMS)
def test_the_same_readers_from_code_template_and_account(form: str) -> None:
    answered = answers("who-can", "read", "broker/etrade", str(CASES / FORMS[form].format("aws-fail-two-steps")))
    assert {(answer["principal"].lower(), answer["certain"]) for answer in answered} == {("order", True), ("scan", True), ("web", True)}
    ways = {answer["principal"].lower(): answer["way"].lower() for answer in answered}
    assert ways["order"] == "secretsmanager:getsecretvalue"
    assert ways["scan"].startswith("iam:passrole to ecs-tasks.amazonaws.com, as order")
    assert ways["web"].startswith("iam:updateassumerolepolicy, as scan (iam:passrole")
    assert all(answer["seen"] for answer in answered)


def test_a_plan_by_itself_says_what_it_does_not_know() -> None:
    answered = answers("who-can", "read", "broker/etrade", str(CASES / "plan" / "aws-fail-wildcard.json"), code=3)
    assert {(answer["principal"], answer["certain"]) for answer in answered} == {("scan", True), ("somebody that is not seen", False)}


def test_a_denial_of_the_secret_leaves_nobody_else() -> None:
    case = str(CASES / "terraform" / "aws-pass-denied-by-its-policy")
    assert [answer["principal"] for answer in answers("who-can", "secretsmanager:GetSecretValue", "broker/etrade", case)] == ["order"]
    assert answers("path", "scan", "broker/etrade", case) == []


@pytest.mark.parametrize("name", ["etrade", "google_secret_manager_secret.broker", "*trade"])
def test_names_addresses_and_patterns(name: str) -> None:
    answered = answers("who-can", "secretmanager.versions.access", name, str(CASES / "terraform" / "gcp-fail-two-steps"))
    assert len(answered) == 3


def test_what_an_identity_can() -> None:
    answered = answers("what-can", "scan", str(CASES / "terraform" / "aws-fail-two-steps"))
    assert [answer["way"] for answer in answered][:2] == ["ecs:RunTask on *", "iam:PassRole on aws_iam_role.order.arn"]
    assert answered[-1]["resource"] == "aws_secretsmanager_secret.broker"


def test_what_is_not_known_is_said_and_ends_with_3() -> None:
    answered = answers("who-can", "read", "broker/etrade", str(CASES / "terraform" / "aws-unknown"), code=3)
    (open_,) = [answer for answer in answered if not answer["certain"]]
    assert open_["principal"] == "scan" and open_["unknown"]


def test_what_cannot_be_asked() -> None:
    case = str(CASES / "terraform" / "aws-fail")
    for asked, told in (
        (("who-can", "fly", "broker/etrade", case), "cannot be asked for"),
        (("who-can", "read", "nothing", case), "there are broker/etrade"),
        (("who-can", "read", "x", str(CASES / "nowhere")), "no such file"),
    ):
        ran = assay("access", *asked, "--no-config")
        assert ran.exit_code == 2 and told in ran.output, ran.output


def test_the_prose_names_place_and_way() -> None:
    ran = assay("access", "path", "web", "broker/etrade", str(CASES / "terraform" / "aws-fail-two-steps"), "--no-config")
    assert ran.exit_code == 0
    text = " ".join(ran.stdout.split())
    assert "web: iam:UpdateAssumeRolePolicy, as scan" in text and "main.tf:71" in text.replace(" ", "")


def test_what_a_task_is_handed_is_read_once_for_all_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[object] = []

    def counted(data: object) -> object:
        read.append(data)
        return decode(data)

    monkeypatch.setattr(handed, "decode", counted)
    case = (CASES / "terraform" / "aws-fail-at-launch" / "main.tf").read_text(encoding="utf-8")
    more = "".join(f'resource "aws_secretsmanager_secret" "more_{number}" {{\n  name = "more/{number}"\n}}\n' for number in range(5))
    (tmp_path / "main.tf").write_text(case + more, encoding="utf-8")
    judge(tmp_path, "secrets.broker-secret-reachability")
    assert len(read) == case.count('resource "aws_ecs_task_definition"')


def test_what_resources_say_of_an_identity_is_told_too(tmp_path: Path) -> None:
    policy = {
        "Statement": [{"Effect": "Allow", "Action": "sqs:SendMessage", "Principal": {"AWS": "${aws_iam_role.web.arn}"}, "Resource": "*"}]
    }
    resources = {
        "aws_iam_role": {"web": {"name": "web", "assume_role_policy": "{}"}},
        "aws_sqs_queue": {"q": {"name": "orders", "policy": json.dumps(policy)}},
    }
    (tmp_path / "main.tf.json").write_text(json.dumps({"resource": resources}))
    (answer,) = answers("what-can", "web", str(tmp_path))
    assert (answer["resource"], answer["way"], answer["certain"]) == ("aws_sqs_queue.q", "sqs:SendMessage", True)


def test_what_a_member_of_bindings_can() -> None:
    live = str(Path(__file__).parents[2] / "fixtures" / "trade_streamer" / "gcp" / "live")
    answered = answers("what-can", "order-service@*", live)
    assert {answer["principal"] for answer in answered} == {"serviceAccount:order-service@trade-streamer-prod.iam.gserviceaccount.com"}
    assert {answer["way"] for answer in answered} >= {
        "roles/datastore.user",
        "roles/secretmanager.secretAccessor",
        "roles/storage.objectCreator",
    }
    assert len(answered) == len({(answer["resource"], answer["way"]) for answer in answered})


def test_the_page_escapes_what_names_say_and_needs_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    statement = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
    script = {
        "name": "<script>alert(1)</script>\u202e",
        "assume_role_policy": '{"Statement": []}',
        "inline_policy": [{"name": "p", "policy": json.dumps({"Statement": [statement]})}],
    }
    queue = {"q": {"name": "orders&co"}}
    (tmp_path / "main.tf.json").write_text(json.dumps({"resource": {"aws_iam_role": {"web": script}, "aws_sqs_queue": queue}}))
    ran = assay("access", "who-can", "sqs:SendMessage", "orders&co", ".", "-r", "html=a.html", "-r", "json=a.json", "--no-config")
    assert (ran.exit_code, ran.output) == (0, "")
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "<script" not in page and "\u202e" not in page and "http" not in page.replace("http-equiv", "")
    assert "Who can sqs:SendMessage orders&amp;co" in page and "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "main.tf.json:1" in page
    (answer,) = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["answers"]
    assert answer["certain"] is True


def test_two_reports_do_not_go_to_one_place() -> None:
    case = str(CASES / "terraform" / "aws-fail")
    ran = assay("access", "who-can", "read", "broker/etrade", case, "--json", "-r", "html", "--no-config")
    assert ran.exit_code == 2 and "only one report can go to standard output" in ran.output


def test_nobody_is_said_on_the_page_too() -> None:
    case = str(CASES / "terraform" / "aws-pass-denied-by-its-policy")
    ran = assay("access", "path", "scan", "broker/etrade", case, "-r", "html", "--no-config")
    assert ran.exit_code == 0 and "no way is seen here from scan to broker/etrade" in ran.stdout
