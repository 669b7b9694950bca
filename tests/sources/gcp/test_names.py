"""One name for everything, however an attribute spells it."""

from __future__ import annotations

import pytest

from assay.scanner.sources.gcp.names import FullNames, location_of, project_of

KEY = "//cloudkms.googleapis.com/projects/trade/locations/eu/keyRings/r/cryptoKeys/k"
NETWORK = "//compute.googleapis.com/projects/trade/global/networks/n"
SQL = "//cloudsql.googleapis.com/projects/trade/instances/i"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("projects/trade/locations/eu/keyRings/r/cryptoKeys/k", KEY),
        ("projects/123/locations/eu/keyRings/r/cryptoKeys/k", KEY),
        (KEY, KEY),
        ("https://cloudkms.googleapis.com/v1/projects/trade/locations/eu/keyRings/r/cryptoKeys/k", KEY),
        ("https://www.googleapis.com/compute/v1/projects/trade/global/networks/n", NETWORK),
        ("https://compute.googleapis.com/compute/v1/projects/123/global/networks/n", NETWORK),
        ("https://www.googleapis.com/compute/beta/projects/trade/global/networks/n", NETWORK),
        ("projects/trade/global/networks/n", NETWORK),
        ("global/networks/n", NETWORK),
        ("projects/trade/regions/eu/subnetworks/s", "//compute.googleapis.com/projects/trade/regions/eu/subnetworks/s"),
        ("projects/123/secrets/s", "//secretmanager.googleapis.com/projects/trade/secrets/s"),
        ("projects/123/locations/eu/secrets/s", "//secretmanager.googleapis.com/projects/trade/locations/eu/secrets/s"),
        ("projects/trade/topics/t", "//pubsub.googleapis.com/projects/trade/topics/t"),
        ("projects/trade/databases/(default)", "//firestore.googleapis.com/projects/trade/databases/(default)"),
        ("projects/trade/locations/eu/functions/f", "//cloudfunctions.googleapis.com/projects/trade/locations/eu/functions/f"),
        ("projects/trade/locations/eu/services/s", "//run.googleapis.com/projects/trade/locations/eu/services/s"),
        (
            "https://run.googleapis.com/v2/projects/trade/locations/eu/services/s",
            "//run.googleapis.com/projects/trade/locations/eu/services/s",
        ),
        (
            "projects/trade/locations/global/apis/a/configs/c",
            "//apigateway.googleapis.com/projects/trade/locations/global/apis/a/configs/c",
        ),
        ("projects/trade/instances/i", SQL),
        ("https://sqladmin.googleapis.com/sql/v1beta4/projects/trade/instances/i", SQL),
        ("https://www.googleapis.com/sql/v1beta4/projects/trade/instances/i", SQL),
        ("projects/trade/locations/eu/instances/i", "//redis.googleapis.com/projects/trade/locations/eu/instances/i"),
        ("https://www.googleapis.com/storage/v1/b/orders", "//storage.googleapis.com/orders"),
        ("//storage.googleapis.com/projects/_/buckets/orders", "//storage.googleapis.com/orders"),
        ("//storage.googleapis.com/b", "//storage.googleapis.com/b"),
        ("gs://orders/folder/object", "//storage.googleapis.com/orders"),
        ("projects/123", "//cloudresourcemanager.googleapis.com/projects/trade"),
        ("organizations/33", "//cloudresourcemanager.googleapis.com/organizations/33"),
        (
            "projects/123/locations/global/workloadIdentityPools/p/providers/x",
            "//iam.googleapis.com/projects/trade/locations/global/workloadIdentityPools/p/providers/x",
        ),
        ("projects/999/topics/t", "//pubsub.googleapis.com/projects/999/topics/t"),
    ],
)
def test_names(text: str, name: str) -> None:
    names = FullNames()
    names.learn("123", "trade")
    assert names.canonical(text, "trade") == (name, "")


def test_a_version_is_a_part_of_its_key_or_secret() -> None:
    assert FullNames().canonical("projects/trade/locations/eu/keyRings/r/cryptoKeys/k/cryptoKeyVersions/3") == (KEY, "cryptoKeyVersions/3")
    name = FullNames().canonical("projects/trade/secrets/s/versions/latest")
    assert name == ("//secretmanager.googleapis.com/projects/trade/secrets/s", "versions/latest")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "orders",
        "https://example.com/v1/projects/p",
        "https://googleapis.com.example.com/b/x",
        "projects/",
        "https://[",
        "a/b/c",
        "//",
        "//x",
    ],
)
def test_what_names_nothing(text: str) -> None:
    assert FullNames().canonical(text) is None


def test_parts_of_a_name() -> None:
    assert (project_of(KEY), project_of("//storage.googleapis.com/orders")) == ("trade", None)
    for word in ("-", "_", ""):  # words for whichever it is
        assert project_of(f"//iam.googleapis.com/projects/{word}/serviceAccounts/a") is None
    assert (location_of(KEY), location_of(NETWORK)) == ("eu", "global")
    assert location_of("//compute.googleapis.com/projects/p/zones/europe-west1-b/disks/d") == "europe-west1"


def test_what_is_said_of_a_number_first_stands() -> None:
    names = FullNames()
    names.learn("123", "trade")
    names.learn("123", "other")
    names.learn("x", "other")
    assert names.full("//pubsub.googleapis.com/projects/123/topics/t").endswith("/trade/topics/t")
