"""Two values that are not known are not one because nobody knows them for the same reason."""

from __future__ import annotations

from pathlib import Path

from tests.scans import judge, write

_ABSENT = """
module "absent" {
  source = "git::https://example.com/absent.git"
}
"""
_SECRET = """
resource "google_secret_manager_secret" "s" {
  secret_id = "s"
  replication {
    auto {}
  }
  topics {
    name = "projects/p/topics/${module.absent.topic}"
  }
  rotation {
    next_rotation_time = "2027-01-01T00:00:00Z"
    rotation_period    = "2592000s"
  }
}
resource "google_pubsub_subscription" "s" {
  name  = "s"
  topic = "projects/p/topics/${module.absent.TOPIC}"
}
"""
_FIREWALL = """
variable "environment" {}
resource "google_compute_firewall" "f" {
  name          = "f"
  network       = "default"
  source_ranges = ["0.0.0.0/0"]
  target_tags   = ["web-${var.environment}"]
  allow {
    protocol = "tcp"
    ports    = ["443"]
  }
}
resource "google_compute_instance" "i" {
  name         = "i"
  machine_type = "e2-small"
  tags         = ["web-${var.environment}"]
  network_interface {
    network = "default"
  }
}
"""


def test_a_subscription_of_another_topic_does_not_rotate_a_secret(tmp_path: Path) -> None:
    top = write(tmp_path, {"main.tf": _ABSENT + _SECRET.replace("TOPIC", "another")})
    (result,) = judge(top, "secrets.rotation-enabled")
    assert result.verdict == "unknown"


def test_a_tag_that_is_known_in_part_leaves_its_firewall_rule_judged(tmp_path: Path) -> None:
    (result,) = judge(write(tmp_path, {"main.tf": _FIREWALL}), "network.ingress-https-only")
    assert result.verdict != "error"
    assert result.resource.address == "google_compute_firewall.f"


def test_an_acl_that_is_no_text_leaves_its_bucket_judged(tmp_path: Path) -> None:
    code = """
resource "aws_s3_bucket" "b" {
  bucket = "acme"
}
resource "aws_s3_bucket_acl" "b" {
  bucket = aws_s3_bucket.b.id
  acl    = ["public-read"]
}
"""
    (result,) = judge(write(tmp_path, {"main.tf": code}), "storage.bucket-not-public")
    assert result.verdict == "unknown"


def test_a_part_that_may_hold_more_than_the_region_leaves_open_what_is_protected(tmp_path: Path) -> None:
    code = """
variable "rest" {}
resource "aws_api_gateway_stage" "s" {
  rest_api_id   = "abc123"
  deployment_id = "d"
  stage_name    = "prod"
}
resource "aws_wafv2_web_acl_association" "w" {
  resource_arn = "arn:aws:apigateway:${var.rest}"
  web_acl_arn  = "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/w/1"
}
"""
    verdicts = {result.resource.type: result.verdict for result in judge(write(tmp_path, {"main.tf": code}), "edge.waf-attached")}
    assert verdicts["aws_api_gateway_stage"] == "unknown"
