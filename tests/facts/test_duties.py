"""Who has two roles of which one manages what the other uses: members and places as code writes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from assay.scanner.facts.bindings import Binding
from assay.scanner.facts.iam.duties.pairs import Given, may_be, same_member
from assay.scanner.facts.iam.duties.places import FOLDER, KEY, ORGANIZATION, PROJECT, RING, Standing, encloses
from assay.scanner.run import Options, Scan
from assay.scanner.sources.raw import Location, Open, Reference, Text, Unknown
from tests.scans import write

ALICE = "user:alice@example.com"
ORDER = Reference("google_service_account.order", "member")
LOOKED_UP = Reference("data.google_service_account.order", "member")
MAIL = Text(("serviceAccount:", Reference("google_service_account.order", "email")))
ANY = Unknown("it is not known", "scan the plan")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (ALICE, "user:Alice@Example.com", True),
        (ALICE, "user:bob@example.com", False),
        (ALICE, "group:alice@example.com", False),
        (ORDER, MAIL, True),
        (ORDER, Reference("google_service_account.scan", "member"), False),
        (ORDER, ALICE, False),
        (ORDER, "serviceAccount:scan-api@trade-prod.iam.gserviceaccount.com", False),
        (ORDER, "serviceAccount:order-service@trade-prod.iam.gserviceaccount.com", None),
        (ORDER, LOOKED_UP, None),
        (Open("no value", "", None, "var.member"), Open("no value", "", None, "var.member"), True),
        (Open("no value", "", None, "var.member"), Open("no value", "", None, "var.other"), None),
        (ANY, ALICE, None),
        (ANY, ANY, None),
        (Text(("user:", ANY)), ALICE, None),
        (Text(("user:", ANY, "@example.org")), ALICE, False),
        (Text(("group:", ANY)), ALICE, False),
        ("allUsers", ALICE, False),
    ],
)
def test_members_are_one_where_they_are_written_alike(one: object, other: object, same: bool | None) -> None:
    def given(member: object) -> Given:
        return Given(Binding("roles/viewer", member, None, ()), account_id="order-service" if member is ORDER or member is MAIL else "")

    for pair in ((one, other), (other, one)):
        answer = same_member(given(pair[0]), given(pair[1]))
        assert answer is same if same is not None else isinstance(answer, Unknown)


def test_where_two_bindings_may_be_of_one_member() -> None:
    place, there = Location("a.tf", 1), Location("b.tf", 2)
    answer = same_member(Given(Binding("r", ANY, None, ())), Given(Binding("r", ALICE, None, (place, there))))
    assert isinstance(answer, Unknown) and answer.location == place
    answer = same_member(Given(Binding("r", ANY, None, (there,))), Given(Binding("r", ALICE, None, (place,))))
    assert isinstance(answer, Unknown) and answer.location == there


@pytest.mark.parametrize(
    ("outer", "inner", "encloses_it"),
    [
        ((PROJECT, {PROJECT: "p"}), (KEY, {KEY: "p/l/r/k", RING: "p/l/r", PROJECT: "p"}), True),
        ((RING, {RING: "p/l/r", PROJECT: "p"}), (KEY, {KEY: "p/l/r/k", RING: "p/l/r", PROJECT: "p"}), True),
        ((RING, {RING: "p/l/s", PROJECT: "p"}), (KEY, {KEY: "p/l/r/k", RING: "p/l/r", PROJECT: "p"}), False),
        ((KEY, {KEY: "p/l/r/k", RING: "p/l/r", PROJECT: "p"}), (PROJECT, {PROJECT: "p"}), False),
        ((PROJECT, {PROJECT: "p"}), (PROJECT, {PROJECT: "q"}), False),
        ((PROJECT, {PROJECT: "p"}), (PROJECT, {PROJECT: "\2var.project"}), None),
        ((PROJECT, {PROJECT: "\2var.project"}), (PROJECT, {PROJECT: "\2provider"}), None),
        ((PROJECT, {PROJECT: "\1google_project.a"}), (PROJECT, {PROJECT: "\1google_project.b"}), False),
        ((PROJECT, {PROJECT: ""}), (PROJECT, {PROJECT: ""}), None),
        ((ORGANIZATION, {ORGANIZATION: "1"}), (PROJECT, {PROJECT: "p"}), None),
        ((FOLDER, {FOLDER: "1"}), (ORGANIZATION, {ORGANIZATION: "1"}), False),
        ((FOLDER, {FOLDER: "1"}), (FOLDER, {FOLDER: "1"}), True),
    ],
)
def test_a_place_encloses_another(outer: tuple[str, dict[str, str]], inner: tuple[str, dict[str, str]], encloses_it: bool | None) -> None:
    answer = encloses(Standing(*outer), Standing(*inner))
    assert answer is encloses_it if encloses_it is not None else isinstance(answer, Unknown)


def test_a_role_that_is_not_known_may_be_any() -> None:
    wanted = frozenset({"roles/cloudkms.admin"})
    assert may_be("roles/cloudkms.admin", wanted).data is True
    assert may_be("roles/owner", wanted).data is False
    assert may_be(ANY, wanted).unknown
    assert may_be(Text(("roles/cloudkms.", ANY)), wanted).unknown
    assert may_be(Text(("roles/storage.", ANY)), wanted).data is False
    assert may_be(Reference("google_project_iam_custom_role.keys", "id"), wanted).data is False


CODE = """
variable "project" {
  type = string
}

resource "google_project_iam_member" "administers" {
  project = var.project
  role    = "roles/iam.serviceAccountAdmin"
  member  = "user:alice@example.com"
}

resource "google_project_iam_member" "uses" {
  project = %s
  role    = "roles/iam.serviceAccountUser"
  member  = "user:alice@example.com"
}
"""


@pytest.mark.parametrize(
    ("project", "verdict"), [("var.project", "fail"), ('"trade-prod"', "unknown"), ('"${var.project}-dev"', "unknown")]
)
def test_projects_of_one_variable_are_one(tmp_path: Path, project: str, verdict: str) -> None:
    write(tmp_path, {"main.tf": CODE % project})
    results = Scan(Options(paths=[str(tmp_path)], controls=["iam.duties-separated"])).report().results
    answer = {result.resource.address: result.verdict for result in results}
    assert answer == {"google_project_iam_member.administers": "pass", "google_project_iam_member.uses": verdict}


def test_many_bindings_are_no_matter(tmp_path: Path) -> None:
    """Each is compared with those that may be to its member, and not with all."""
    block = 'resource "google_project_iam_member" "m{0}" {{\n  project = "p"\n  role = "roles/iam.serviceAccount{1}"\n  member = "user:m{0}@example.com"\n}}\n'
    write(tmp_path, {"main.tf": "".join(block.format(at, "Admin" if at % 2 else "User") for at in range(3000))})
    results = Scan(Options(paths=[str(tmp_path)], controls=["iam.duties-separated"])).report().results
    assert {result.verdict for result in results} == {"pass"} and len(results) == 3000
