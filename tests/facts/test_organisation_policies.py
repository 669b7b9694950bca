"""Which organisation policy of Terraform code counts for a bucket."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scans import judge, write

_BUCKET = """
variable "policies" {}
resource "google_project" "p" {
  name       = "acme"
  project_id = "acme"
  org_id     = "123"
}
resource "google_storage_bucket" "b" {
  name     = "acme-b"
  project  = google_project.p.project_id
  location = "EU"
}
"""
_ON_PROJECT = "projects/${google_project.p.project_id}"
_ON_ORGANISATION = "organizations/123"


def policy(parent: str, enforce: str, spec: str = "spec", count: str = "1") -> str:
    return f"""
resource "google_org_policy_policy" "{spec}_{parent[:3]}" {{
  count  = {count}
  name   = "{parent}/policies/storage.publicAccessPrevention"
  parent = "{parent}"
  {spec} {{
    rules {{
      enforce = "{enforce}"
    }}
  }}
}}
"""


@pytest.mark.parametrize(
    ("policies", "verdict"),
    [
        ((policy(_ON_PROJECT, "FALSE"), policy(_ON_ORGANISATION, "TRUE")), "fail"),
        ((policy(_ON_PROJECT, "TRUE"), policy(_ON_ORGANISATION, "FALSE")), "pass"),
        # What is audited alone neither enforces nor lifts anything.
        ((policy(_ON_PROJECT, "FALSE", "dry_run_spec"), policy(_ON_ORGANISATION, "TRUE")), "pass"),
        ((policy(_ON_PROJECT, "TRUE", "dry_run_spec"),), "unknown"),
        # Without a policy that may not exist, the one above it counts.
        ((policy(_ON_PROJECT, "FALSE", count="var.policies"), policy(_ON_ORGANISATION, "TRUE")), "unknown"),
        ((policy(_ON_PROJECT, "TRUE", count="var.policies"), policy(_ON_ORGANISATION, "FALSE")), "unknown"),
        ((policy(_ON_PROJECT, "TRUE", count="var.policies"), policy(_ON_ORGANISATION, "TRUE")), "pass"),
        ((policy(_ON_PROJECT, "FALSE", count="var.policies"), policy(_ON_ORGANISATION, "FALSE")), "fail"),
        ((policy(_ON_PROJECT, "FALSE"),), "fail"),
        ((policy(_ON_PROJECT, "FALSE", count="var.policies"),), "unknown"),
    ],
)
def test_the_nearest_policy_that_enforces_counts(policies: tuple[str, ...], verdict: str, tmp_path: Path) -> None:
    top = write(tmp_path, {"main.tf": _BUCKET + "".join(policies)})
    (result,) = judge(top, "storage.public-access-blocked")
    assert result.verdict == verdict


def test_values_that_are_not_known_are_not_one_project(tmp_path: Path) -> None:
    """Two outputs of a module that is not there have the same reason, and may differ."""
    code = _BUCKET.replace("google_project.p.project_id", "module.absent.first") + policy("projects/${module.absent.second}", "TRUE")
    top = write(tmp_path, {"main.tf": code + 'module "absent" {\n  source = "git::https://example.com/absent.git"\n}\n'})
    (result,) = judge(top, "storage.public-access-blocked")
    assert result.verdict == "unknown"


def test_a_number_may_be_that_of_the_project(tmp_path: Path) -> None:
    policies = policy("projects/123456789012", "FALSE") + policy(_ON_ORGANISATION, "TRUE")
    (result,) = judge(write(tmp_path, {"main.tf": _BUCKET + policies}), "storage.public-access-blocked")
    assert result.verdict == "unknown"


def test_a_policy_of_another_project_is_none_of_the_bucket(tmp_path: Path) -> None:
    policies = policy("projects/other", "FALSE") + policy(_ON_ORGANISATION, "TRUE")
    (result,) = judge(write(tmp_path, {"main.tf": _BUCKET + policies}), "storage.public-access-blocked")
    assert result.verdict == "pass"
