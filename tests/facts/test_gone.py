"""What AWS answers about a resource that was deleted after it was listed is no answer about another, and leaves nothing unknown."""

from __future__ import annotations

import importlib

import botocore.session
import pytest
from botocore.model import OperationModel

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
