"""Every type that a reader reads or joins stands in some fixture, so that no spelling is only thought to be right."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from assay.scanner.facts.catalogue import catalogue
from assay.scanner.sources import inputs
from tests.scans import ROOT

FIXTURES = ROOT / "fixtures"
FILES = {
    "terraform": ("*.tf", "*.tf.json"),
    "cloudformation": ("*.yaml", "*.yml", "*.json", "*.template"),
    "aws": ("*.ndjson", "*.ndjson.gz"),
    "google": ("*.ndjson", "*.json", "*.ndjson.gz"),
}
"""Input to the names of its files."""
_WORD = re.compile(rb"[A-Za-z][\w.-]*(?:(?:::|/)[\w.-]+)*")

UNSEEN: dict[str, set[str]] = {
    # The spelling of a firewall rule has an index of Google's assets in every input; code has none of that type.
    # Of bindings of Identity-Aware Proxy one form of each is in a case, and of providers of identities.
    "terraform": {
        "compute.googleapis.com/Instance",
        "google_compute_global_network_endpoint_group",
        "google_iap_web_backend_service_iam_policy",
        "google_iap_web_iam_binding",
        "google_iap_web_iam_policy",
        "google_iap_web_region_backend_service_iam_binding",
        "google_iap_web_region_backend_service_iam_member",
        "google_iap_web_region_backend_service_iam_policy",
        "google_iap_web_type_compute_iam_binding",
        "google_iap_web_type_compute_iam_member",
        "google_iap_web_type_compute_iam_policy",
        "google_identity_platform_inbound_saml_config",
    },
    "cloudformation": set(),
    "aws": set(),
    # Users of Cloud SQL and exclusions of projects are no assets: manifests and templates declare them.
    "google": {"logging.googleapis.com/LogExclusion", "sqladmin.googleapis.com/User"},
}
"""Types that stand in no fixture, each with the reason. A type that gets a fixture leaves this list."""


NO_RESOURCES = ("provider.", "terraform_output", "terraform_variable", "terraform_local", "AWS::Template::", "deployment.")


def words(path: Path) -> set[str]:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return {word.decode() for word in _WORD.findall(content)}


@pytest.mark.parametrize("name", FILES)
def test_every_type_is_in_a_fixture(name: str) -> None:
    present = {word for pattern in FILES[name] for path in FIXTURES.rglob(pattern) for word in words(path)}
    known = catalogue(*inputs.readers(name))
    # A data block names its type without the `data.` that items have.
    types = {type_.removeprefix("data.") for type_ in known.read_types if not type_.startswith(NO_RESOURCES)}
    unseen = {type_ for type_ in known.read_types if type_.removeprefix("data.") in types - present}
    assert unseen == UNSEEN[name]
