"""What is told once for all roles, and for all secrets, is what is told of each by itself; and takes no longer with each more."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from assay.scanner import targets
from assay.scanner.analysis.access import decisions, shared
from assay.scanner.analysis.access.organisation import Organisation
from assay.scanner.judge import Watch, judge_all
from assay.scanner.options import AccessQuestion, Options

from .test_monotonic import PRINCIPALS, QUICK, Statement, role, rules, statements

NAMES = [f"R{number}" for number in range(6)]
SECRETS = ("broker/etrade", "other")
WIDE = ("*", "arn:aws:iam::*:role/*")


def template(folder: str, policies: list[list[Statement]], trusts: list[dict[str, Any]]) -> Path:
    secrets = {
        f"Secret{at or ''}": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": name}} for at, name in enumerate(SECRETS)
    }
    named = {"Order": 0, "Scan": 1, "Web": 2}
    roles = {name: role(own, trusted) for name, own, trusted in zip(NAMES, policies, trusts, strict=True)}
    text = json.dumps({"Resources": {**secrets, **roles}})
    for name, at in named.items():  # the strategies of the other test name these
        text = text.replace(f'["{name}", "Arn"]', f'["{NAMES[at]}", "Arn"]')
    path = Path(folder) / "t.json"
    path.write_text(text)
    return path


def asked(path: Path, secret: str) -> set[tuple[str, str, str]]:
    """Secret, reader and verdict."""
    made, _, _ = targets.sources(Options(paths=[str(path)], asked=AccessQuestion("read", secret)))
    judged = [result for one in judge_all(made(), rules(), lambda name: name, Watch()) for result in one.results]
    return {
        (result.resource.name, result.element.partition(", ")[0], result.verdict)
        for result in judged
        if result.verdict in ("fail", "unknown")
    }


@st.composite
def launching(draw: st.DrawFn) -> list[Statement]:
    """Ways to become a role, every role or one, and perhaps not another."""
    one, other = ({"Fn::GetAtt": [draw(st.sampled_from(NAMES)), "Arn"]} for _ in range(2))
    resource = draw(st.sampled_from((*WIDE, one)))
    actions = draw(st.sampled_from((["iam:PassRole", "ecs:RunTask"], ["iam:UpdateAssumeRolePolicy"], ["ecs:ExecuteCommand"])))
    allowed = [{"Effect": "Allow", "Action": action, "Resource": resource if action.startswith("iam:") else "*"} for action in actions]
    denied = {"Effect": "Deny", "Action": actions[0], "Resource": other}
    return [*allowed, *draw(st.sampled_from(([], [denied])))]


POLICIES = st.lists(
    st.tuples(st.lists(statements(), max_size=2), st.one_of(st.just([]), launching())).map(lambda two: [*two[0], *two[1]]),
    min_size=len(NAMES),
    max_size=len(NAMES),
)
TRUSTS = st.lists(st.sampled_from((PRINCIPALS[0], *PRINCIPALS)), min_size=len(NAMES), max_size=len(NAMES))


@QUICK
@given(POLICIES, TRUSTS)
def test_together_is_as_one_by_one(policies: list[list[Statement]], trusts: list[dict[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = template(folder, policies, trusts)
        together = asked(path, "*")
        assert together == set().union(*(asked(path, secret) for secret in SECRETS))
        with patch.object(Organisation, "takes_from", lambda *_: True):  # then nothing is shared
            assert together == asked(path, "*")


def test_those_who_become_any_role_are_found_once() -> None:
    every = [{"Effect": "Allow", "Action": ["iam:PassRole", "ecs:RunTask"], "Resource": WIDE[0]}]
    reading = [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}]
    decided: list[object] = []

    def counted(*arguments: Any) -> Any:
        decided.append(arguments)
        return decisions.allowed(*arguments)

    with tempfile.TemporaryDirectory() as folder, patch.object(shared, "allowed", counted):
        path = template(folder, [every, every, reading, reading, reading, reading], [PRINCIPALS[0]] * len(NAMES))
        answer = asked(path, "*")
    assert len(answer) == 2 * len(NAMES)
    assert len(decided) == 4, "for each of the two, that it passes roles, and that it has tasks run"
