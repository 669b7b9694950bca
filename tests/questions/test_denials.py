"""What deny policies and boundaries of Google take from members of bindings; and never do they add anybody.

https://cloud.google.com/iam/docs/deny-overview
"""

from __future__ import annotations

import functools
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.scanner import targets
from assay.scanner.judge import Rules, Watch, judge_all
from assay.scanner.options import AccessQuestion, Options
from assay.scanner.questions import access, asked
from tests.questions.test_asked import refused, who_can
from tests.questions.test_monotonic import QUICK

QUESTIONS = Path(__file__).parents[2] / "fixtures" / "questions"
PROJECT = "cloudresourcemanager.googleapis.com%2Fprojects%2Ftrade-prod"
ACCESSOR, ADMIN = "roles/secretmanager.secretAccessor", "roles/secretmanager.admin"
READING, OPENING = "secretmanager.googleapis.com/versions.access", "secretmanager.googleapis.com/secrets.setIamPolicy"
EVERYBODY = "principalSet://goog/public:all"
ANN, BOT, TEAM = "user:ann@example.com", "serviceAccount:bot@trade-prod.iam.gserviceaccount.com", "group:team@example.com"
NAMES = {
    ANN: "principal://goog/subject/ann@example.com",
    BOT: "principal://iam.googleapis.com/projects/-/serviceAccounts/bot@trade-prod.iam.gserviceaccount.com",
    TEAM: "principalSet://goog/group/team@example.com",
}
Rule = dict[str, Any]


def rule(*permissions: str, denied: tuple[str, ...] = (EVERYBODY,), parent: str = PROJECT, **more: Any) -> Rule:
    return {"parent": parent, "deny_rule": {"denied_principals": list(denied), "denied_permissions": list(permissions), **more}}


@functools.cache
def rules(control: str) -> Rules:
    question = None if control == "ask.readers" else AccessQuestion("storage.objects.delete", "orders")
    return Rules(Options(paths=["."], policies=[str(access.RULES)], controls=[control], asked=question))


def certainty(resources: dict[str, Any], control: str) -> dict[str, bool]:
    """Whoever can, each with whether that is certain."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "main.tf.json").write_text(json.dumps({"resource": resources}))
        sources, _, _ = targets.sources(Options(paths=[folder]))
        judged = [result for one in judge_all(sources(), rules(control), lambda name: name, Watch()) for result in one.results]
    answers = [result for result in judged if result.verdict in ("fail", "unknown")]
    return {result.element.partition(", ")[0]: result.verdict == "fail" for result in answers}


def policies(denials: tuple[Rule, ...]) -> dict[str, Any]:
    made = {
        f"d{at}": {"parent": one["parent"], "name": f"d{at}", "rules": [{"deny_rule": one["deny_rule"]}]} for at, one in enumerate(denials)
    }
    return {"google_iam_deny_policy": made} if made else {}


def readers(*denials: Rule, roles: dict[str, str] | None = None, more: dict[str, Any] | None = None) -> dict[str, bool]:
    """Who reads a secret. `roles`: member to role on the project."""
    given = {ANN: ACCESSOR, BOT: ACCESSOR} if roles is None else roles
    bound = {f"b{at}": {"project": "trade-prod", "member": member, "role": role} for at, (member, role) in enumerate(given.items())}
    secret = {"s": {"project": "trade-prod", "secret_id": "etrade"}}
    resources = {"google_secret_manager_secret": secret, "google_project_iam_member": bound, **policies(denials)}
    return certainty(resources | (more or {}), "ask.readers")


BOTH = {ANN: True, BOT: True}


@pytest.mark.parametrize(
    ("denial", "expected"),
    [
        (rule(READING), {}),
        (rule(READING, denied=(NAMES[ANN],)), {BOT: True}),
        (rule(READING, denied=(NAMES[BOT],)), {ANN: True}),
        (rule(READING, exception_principals=[NAMES[BOT]]), {BOT: True}),
        (rule("secretmanager.googleapis.com/versions.*"), {}),
        (rule("secretmanager.googleapis.com/*.access", exception_permissions=[READING]), BOTH),
        (rule("secretmanager.googleapis.com/versions.destroy"), BOTH),
        (rule(READING, denied=(NAMES[TEAM],)), {ANN: False, BOT: False}),
        (rule(READING, exception_principals=[NAMES[TEAM]]), {ANN: False, BOT: False}),
        (rule(READING, denied=("principalSet://goog/cloudIdentityCustomerId/C01Abc35",)), {ANN: False, BOT: False}),
        (rule(READING, denied=("deleted:principal://goog/subject/ann@example.com?uid=1",)), BOTH),
        (rule(READING, denied=("principal://goog/subject/ANN@example.com",)), {BOT: True}),
        (rule(READING, denied=("principalSet://iam.googleapis.com/locations/global/workforcePools/people/*",)), BOTH),
        (rule(READING, denial_condition={"expression": "resource.matchTag('1/env', 'prod')"}), {ANN: False, BOT: False}),
        (rule(READING, parent=PROJECT.replace("trade-prod", "other")), BOTH),
        (rule(READING, parent=PROJECT.replace("trade-prod", "123456789012")), {ANN: False, BOT: False}),
        (rule(READING, parent=PROJECT.replace("projects%2Ftrade-prod", "organizations%2F1")), {ANN: False, BOT: False}),
    ],
)
def test_what_a_rule_denies(denial: Rule, expected: dict[str, bool]) -> None:
    assert readers(denial) == expected


def test_a_rule_above_counts_where_the_project_tells_what_it_is_in() -> None:
    project = {"google_project": {"p": {"name": "p", "project_id": "trade-prod", "org_id": "1"}}}
    assert readers(rule(READING, parent=PROJECT.replace("projects%2Ftrade-prod", "organizations%2F1")), more=project) == {}
    assert readers(rule(READING, parent=PROJECT.replace("projects%2Ftrade-prod", "folders%2F1")), more=project) == {ANN: False, BOT: False}


def test_a_group_keeps_what_one_of_it_is_spared() -> None:
    assert readers(rule(READING), roles={TEAM: ACCESSOR}) == {}
    assert readers(rule(READING, denied=(NAMES[ANN],)), roles={TEAM: ACCESSOR}) == {TEAM: True}
    assert readers(rule(READING, exception_principals=[NAMES[ANN]]), roles={TEAM: ACCESSOR}) == {TEAM: False}


def test_who_is_denied_reading_opens_nothing_for_itself() -> None:
    assert readers(roles={ANN: ADMIN}) == {ANN: True}
    assert readers(rule(READING), roles={ANN: ADMIN}) == {}
    assert readers(rule(OPENING), roles={ANN: ADMIN}) == {ANN: True}


def test_steps_are_denied_too() -> None:
    becomes = {BOT: ACCESSOR, ANN: "roles/iam.serviceAccountTokenCreator"}
    assert readers(roles=becomes) == BOTH
    assert readers(rule("iam.googleapis.com/serviceAccounts.*", denied=(NAMES[ANN],)), roles=becomes) == {BOT: True}
    assert readers(rule("iam.googleapis.com/serviceAccounts.getAccessToken", denied=(NAMES[ANN],)), roles=becomes) == BOTH, "it signs"


def test_who_erases_and_who_may_what_is_asked() -> None:
    bucket = {"b": {"project": "trade-prod", "name": "orders", "location": "EU"}}
    bound = {"m": {"bucket": "${google_storage_bucket.b.name}", "member": ANN, "role": "roles/storage.objectAdmin"}}
    stored = {"google_storage_bucket": bucket, "google_storage_bucket_iam_member": bound}
    denied = stored | policies((rule("storage.googleapis.com/objects.delete"),))
    for control in ("ask.erasers", "ask.allowed"):
        assert certainty(stored, control) == {ANN: True}
        assert certainty(denied, control) == {}


@pytest.mark.parametrize(
    ("permission", "who"),
    [
        ("storage.objects.delete", {"user:keeper@example.com": False}),
        (
            "storage.objects.get",
            {
                "user:keeper@example.com": False,
                "user:writer@example.com": False,
                "serviceAccount:import@partner.iam.gserviceaccount.com": False,
            },
        ),
        ("storage.buckets.delete", {}),
    ],
)
def test_permissions_on_a_bucket_below_a_boundary(permission: str, who: dict[str, bool]) -> None:
    assert who_can(permission, "trade-orders", QUESTIONS / "denials") == who


KEYS = {
    "google_kms_key_ring": {"r": {"project": "trade-prod", "name": "r", "location": "eu"}},
    "google_kms_crypto_key": {"k": {"name": "k", "key_ring": "${google_kms_key_ring.r.id}"}},
    "google_kms_key_ring_iam_member": {
        "m": {"key_ring_id": "${google_kms_key_ring.r.id}", "member": BOT, "role": "roles/cloudkms.cryptoKeyDecrypter"}
    },
    "google_kms_crypto_key_iam_member": {
        "m": {"crypto_key_id": "${google_kms_crypto_key.k.id}", "member": ANN, "role": "projects/trade-prod/roles/opener"}
    },
    "google_project_iam_custom_role": {
        "o": {"project": "trade-prod", "role_id": "opener", "title": "o", "permissions": ["cloudkms.cryptoKeyVersions.useToDecrypt"]}
    },
    "google_project_iam_member": {"o": {"project": "trade-prod", "member": "user:boss@example.com", "role": "roles/owner"}},
}


def test_bindings_on_a_ring_custom_roles_and_basic_roles(tmp_path: Path) -> None:
    (tmp_path / "main.tf.json").write_text(json.dumps({"resource": KEYS}))
    assert who_can("cloudkms.cryptoKeyVersions.useToDecrypt", "k", tmp_path) == {**BOTH, "user:boss@example.com": True}
    assert who_can("cloudkms.cryptoKeys.setIamPolicy", "k", tmp_path) == {"user:boss@example.com": True}
    assert "is not done to k (google_kms_crypto_key)" in refused("storage.objects.get", "k", tmp_path)
    assert "did you mean" in refused("cloudkms.cryptoKeyVersions.useToDecript", "k", tmp_path)


DENIALS = st.builds(
    lambda permission, denied, spared, parent, condition: rule(
        permission, denied=tuple(denied), parent=parent, **({"exception_principals": spared} if spared else {}), **condition
    ),
    st.sampled_from((READING, OPENING, "secretmanager.googleapis.com/*.*", "iam.googleapis.com/serviceAccounts.*")),
    st.lists(st.sampled_from((EVERYBODY, *NAMES.values())), min_size=1, max_size=2),
    st.lists(st.sampled_from(tuple(NAMES.values())), max_size=2),
    st.sampled_from((PROJECT, PROJECT.replace("trade-prod", "other"), "cloudresourcemanager.googleapis.com%2Ffolders%2F1")),
    st.sampled_from(({}, {"denial_condition": {"expression": "resource.matchTag('1/env', 'prod')"}})),
)
GIVEN = st.dictionaries(
    st.sampled_from((ANN, BOT, TEAM, "allUsers")),
    st.sampled_from((ACCESSOR, ADMIN, "roles/owner", "roles/editor", "roles/iam.serviceAccountTokenCreator", "roles/viewer")),
    min_size=1,
)


@QUICK
@given(GIVEN, st.lists(DENIALS, max_size=1), DENIALS)
def test_a_denial_adds_no_reader(roles: dict[str, str], denials: list[Rule], denial: Rule) -> None:
    before, after = readers(*denials, roles=roles), readers(*denials, denial, roles=roles)
    assert set(after) <= set(before)
    assert {name for name, sure in after.items() if sure} <= {name for name, sure in before.items() if sure}


def test_the_rules_of_questions_are_those_that_answer() -> None:
    assert {f"{path.parent.name}.{path.stem}" for path in access.RULES.rglob("*.yaml")} >= set(asked.CONTROLS)
