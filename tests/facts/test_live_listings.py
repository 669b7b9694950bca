"""What is asked of AWS about a resource, and what its answer says where the resource was deleted after it was listed."""

from __future__ import annotations

import importlib
import re

import botocore.session
import pytest
from botocore.model import OperationModel

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import paths
from assay.scanner.sources.aws.calls import Call, Listing

AREAS = ("data", "edge", "iam", "keys", "network", "secrets", "storage")
LISTINGS: tuple[Listing, ...] = tuple(
    listing for area in AREAS for listing in importlib.import_module(f"assay.scanner.facts.{area}.aws_api").LISTINGS
)
UNDECLARED = {
    "s3.bucket": {"NoSuchBucket"},
    "s3control.access-point": {"NoSuchAccessPoint"},
    "ec2.prefix_list": {"InvalidPrefixListID.NotFound"},
}
"""Codes of services whose model declares none.

https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList,
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
"""
OTHERS = {"elbv2.load_balancer": {"ListenerNotFound", "TargetGroupNotFound"}, "elbv2.listener": {"RuleNotFound"}}
"""Codes for what else such a call may name, and does not here."""
SESSION = botocore.session.get_session()


def declared(call: Call) -> set[str]:
    """The codes that a call's model has for what does not exist."""
    operation: OperationModel = SESSION.get_service_model(call.service).operation_model(call.operation)
    codes = {shape.metadata.get("error", {}).get("code", shape.name) for shape in operation.error_shapes}
    return {code for code in codes if "NotFound" in code or "Nonexistent" in code or code.startswith("NoSuch")}


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda listing: listing.type)
def test_a_resource_that_is_gone_is_told_from_a_call_that_failed(listing: Listing) -> None:
    about = [*listing.details, *(child.call for child in LISTINGS if child.parent == listing.type)]
    codes = {code for call in about for code in declared(call)} | UNDECLARED.get(listing.type, set())
    assert sorted(codes - OTHERS.get(listing.type, set()) - set(listing.gone)) == []


READERS = [reader for area in AREAS for reader in importlib.import_module(f"assay.scanner.facts.{area}.aws_api").READERS]
BY_TYPE = {listing.type: listing for listing in LISTINGS}
CALL = re.compile(r"[a-z]+(_[a-z0-9]+)+")
"""A first step that is a call, and no field of an answer: `get_bucket_policy`."""


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: "-".join((reader.kind.__name__, *reader.types)))
def test_whatever_is_read_of_a_resource_is_asked_for(reader: Reader) -> None:
    fields = [getattr(reader.spelling, name) for name in reader.spelling.__struct_fields__]
    steps = {path.partition(".")[0] for field in fields for path in paths(field)}
    of_others = {call.name for type_ in reader.joined - {*reader.types} for call in BY_TYPE[type_].details}
    for type_ in reader.types:
        asked = of_others | {call.name for call in BY_TYPE[type_].details}
        assert sorted(step for step in steps if CALL.fullmatch(step) and step not in asked) == []
