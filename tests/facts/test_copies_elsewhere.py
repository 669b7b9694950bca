"""In which other regions a table and a database are listed too, by which an account is compared with its code."""

from __future__ import annotations

from typing import Any

import pytest

from assay.scanner.facts.data.kinds import DataStore, Replica
from assay.scanner.facts.model import Identity
from assay.scanner.facts.resilience.lag.kinds import Lag, ReplicatedTable
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value

OPEN = Unknown("which region it is", "scan the plan")
KNOWN = ["eu-west-1", "us-west-2", "us-west-2"]
REGIONS = pytest.mark.parametrize(
    ("regions", "there"), [(KNOWN, ["us-west-2"]), ([], []), (["us-west-2", OPEN], None), (OPEN, None), (["us-west-2", None], None)]
)


def identity(cloud: str = "aws") -> Identity:
    fields: dict[str, Any] = {"id": "orders", "name": "orders", "cloud": cloud, "account": "123456789012", "region": "eu-west-1"}
    return Identity(**fields, address="aws_dynamodb_table.orders", root=".", blocks=[])


def parts_in(regions: Any, part: Any) -> Value[Any]:
    """A part for each region; None stands for parts whose number is not known."""
    if isinstance(regions, Unknown):
        return Value(regions)
    return Value([OPEN if region is None else part(Value(region)) for region in regions])


@REGIONS
def test_a_table_is_listed_in_each_region(regions: Any, there: list[str] | None) -> None:
    def lag(region: Value[Any]) -> Lag:
        return Lag(source=Value("eu-west-1"), region=region, alarms=Value([]), unseen=Value(False), at_home=Value(False))

    table = ReplicatedTable(identity=identity(), asynchronous=Value(True), placed=Value(True), lags=parts_in(regions, lag))
    assert table.also_in == there


def store(cloud: str, regions: Any) -> DataStore:
    def copy(region: Value[Any]) -> Replica:
        return Replica(region=region, home=Value(False), encryption_key=Value(None), pitr_enabled=Value(False))

    one: dict[str, Any] = dict.fromkeys(("replicated", "multi_region", "rewindable"), Value(False))
    one |= dict.fromkeys(("copy_of", "recovery_days"), Value(None))
    return DataStore(identity=identity(cloud), replicas=parts_in(regions, copy), followers=Value([]), location=Value("eu-west-1"), **one)


@REGIONS
def test_a_database_is_listed_in_each_region(regions: Any, there: list[str] | None) -> None:
    assert store("aws", regions).also_in == there


def test_what_google_copies_is_one_resource() -> None:
    assert store("google", KNOWN).also_in == []
