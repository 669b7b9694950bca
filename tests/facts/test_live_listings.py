"""What is asked of AWS about a resource, and what its answer says where the resource was deleted after it was listed."""

from __future__ import annotations

import re

import botocore.session
import pytest
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from assay.scanner.facts.catalogue import Reader, catalogue
from assay.scanner.facts.spelling import paths, walk
from assay.scanner.sources.aws.calls import Call, Listing

KNOWN = catalogue("aws_api")
LISTINGS: tuple[Listing, ...] = tuple(KNOWN.listings.values())
UNDECLARED = {
    "s3.bucket": {"NoSuchBucket"},
    "s3control.access-point": {"NoSuchAccessPoint"},
    "ec2.prefix_list": {"InvalidPrefixListID.NotFound"},
}
"""Codes of services whose model declares none.

https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList,
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
"""
OTHERS = {
    "elbv2.load_balancer": {"ListenerNotFound", "TargetGroupNotFound"},
    "elbv2.listener": {"RuleNotFound"},
    "elb.load_balancer": {"LoadBalancerAttributeNotFound", "PolicyNotFound"},
    "dynamodb.table": {"PolicyNotFoundException"},
    "lambda.function": {"CodeSigningConfigNotFoundException"},
    "ecr.repository": {"RepositoryPolicyNotFoundException"},
    # A user without a password, and a region without a recorder or a hub, say so too.
    "iam.user": {"NoSuchEntity"},
    "config.region": {"NoSuchConfigurationRecorderException"},
    "accessanalyzer.region": {"ResourceNotFoundException"},
    "ecr_public.repository": {"RepositoryPolicyNotFoundException"},
    "ecs.task_image": {"ScanNotFoundException"},
    # They say so where nothing logs, too: https://docs.aws.amazon.com/waf/latest/APIReference/API_GetLoggingConfiguration.html
    "wafv2.web_acl": {"WAFNonexistentItemException"},
    "wafv2.cloudfront_web_acl": {"WAFNonexistentItemException"},
}
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


ABSENT = {
    "GetBucketEncryption": "ServerSideEncryptionConfigurationNotFoundError", "GetBucketLifecycleConfiguration": "NoSuchLifecycleConfiguration",
    "GetBucketPolicy": "NoSuchBucketPolicy", "GetBucketPolicyStatus": "NoSuchBucketPolicy", "GetBucketTagging": "NoSuchTagSet",
    "GetBucketWebsite": "NoSuchWebsiteConfiguration", "GetBucketReplication": "ReplicationConfigurationNotFoundError",
    "GetObjectLockConfiguration": "ObjectLockConfigurationNotFoundError", "GetBucketOwnershipControls": "OwnershipControlsNotFoundError",
    "GetPublicAccessBlock": "NoSuchPublicAccessBlockConfiguration",
}  # fmt: skip
"""What S3 answers where nothing is set: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList, no model has it."""


def test_what_a_bucket_does_not_have_is_told_from_a_call_that_failed() -> None:
    asked = {call.operation: call for listing in LISTINGS for call in listing.details if call.service == "s3"}
    assert {name: code for name, code in ABSENT.items() if name in asked and code not in asked[name].absent} == {}
    assert {name for name, call in asked.items() if call.absent} <= ABSENT.keys()


READERS = KNOWN.all_readers()
BY_TYPE = {listing.type: listing for listing in LISTINGS}
CALL = re.compile(r"[a-z]+(_[a-z0-9]+)+")
"""A first step that is a call, and no field of an answer: `get_bucket_policy`."""


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: "-".join((reader.kind.__name__, *reader.types)))
def test_whatever_is_read_of_a_resource_is_asked_for(reader: Reader) -> None:
    fields = [getattr(reader.spelling, name) for name in reader.spelling.__struct_fields__]
    steps = {path.partition(".")[0] for field in fields for path in paths(field)}
    of_others = {name for field in fields for join in walk(field) for name in getattr(join, "calls", ())}
    for type_ in reader.types:
        asked = of_others | {call.name for call in (*BY_TYPE[type_].details, *([] if BY_TYPE[type_].entries else [BY_TYPE[type_].call]))}
        assert sorted(step for step in steps if CALL.fullmatch(step) and step not in asked) == []


def test_what_another_spelling_reads_of_a_bucket_is_asked_for_its_logs() -> None:
    """That spelling declares nothing for this reader, which names its calls."""
    (reader,) = [reader for reader in READERS if reader.kind.__name__ == "EdgeLog" and reader.types == ("s3.bucket",)]
    granting = reader.spelling.bucket.spelling
    steps = {path.partition(".")[0] for name in granting.__struct_fields__ for path in paths(getattr(granting, name))}
    needed = {need.name for need in reader.needs(BY_TYPE)["public"] if isinstance(need, Call)}
    assert needed == {call.name for call in BY_TYPE["s3.bucket"].details} & steps


def member(shape: Shape | None, path: str) -> Shape | None:
    """What stands at a path in an answer, by the model of the service; None where there is nothing."""
    for step in (step for step in path.split(".") if step and not step.isdecimal()):  # a number is an element of a list
        while isinstance(shape, ListShape):
            shape = shape.member
        if isinstance(shape, MapShape):
            shape = shape.value  # attributes by name: which there are, the model does not say
            continue
        shape = shape.members.get(step.removesuffix("[]")) if isinstance(shape, StructureShape) else None
    return shape


def operation(call: Call) -> OperationModel:
    return SESSION.get_service_model(call.service).operation_model(call.operation)


def entry(listing: Listing) -> Shape | None:
    """The model of what is listed."""
    shape = member(operation(listing.call).output_shape, listing.entries)
    return shape.member if isinstance(shape, ListShape) else shape


GIVEN = {"partition", "region", "account", "value", "last"}
"""What a template has beside the fields of an entry; the last two are an entry that is text, and what follows its last slash."""


LISTED = [listing for listing in LISTINGS if listing.made is None]


@pytest.mark.parametrize("listing", LISTED, ids=lambda listing: listing.type)
def test_a_listing_names_what_the_service_answers(listing: Listing) -> None:
    shape = entry(listing)
    assert shape is not None, listing.entries
    if listing.call.table:
        assert (shape.type_name, listing.entries) == ("blob", listing.call.table)
        return  # the model says nothing of its columns
    names = re.findall(r"{(\w+)(?:\[\w+\])?}", listing.id) or [listing.id]
    given = GIVEN | {name for name, _ in listing.known}
    assert [name for name in names if name not in given and member(shape, name) is None] == []
    assert isinstance(shape, StructureShape) or {"value", "last"} & {*names}
    assert len(re.findall("[{}]", listing.id)) in (2 * len(names), 0)
    parent = BY_TYPE.get(listing.parent)
    known = [path for _, path in listing.known if path != "value" or isinstance(entry(parent) if parent else None, StructureShape)]
    assert [path for path in known if parent is None or member(entry(parent), path) is None] == []


@pytest.mark.parametrize("call", {repr(call): call for listing in LISTINGS for call in (listing.call, *listing.details)}.values(), ids=repr)
def test_a_call_gives_the_parameters_that_the_service_takes(call: Call) -> None:
    shape = operation(call).input_shape
    names = [name for name, _ in call.parameters]
    assert [name for name in names if member(shape, name) is None] == []
    required = set(shape.required_members) if isinstance(shape, StructureShape) else set()
    limit = {"MaxResults"} if call.page_size else set()  # the paginator gives it: some services demand it
    assert required <= {*names, *limit}


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: "-".join((reader.kind.__name__, *reader.types)))
def test_what_is_read_stands_in_the_answers(reader: Reader) -> None:
    fields = [getattr(reader.spelling, name) for name in reader.spelling.__struct_fields__]
    calls = {call.name: call for type_ in (*reader.types, *reader.joined) for call in BY_TYPE[type_].details}
    told = [path for field in fields for path in paths(field) if path.partition(".")[0] in calls]
    assert [path for path in told if member(operation(calls[path.partition(".")[0]]).output_shape, path.partition(".")[2]) is None] == []


def test_what_resources_of_another_region_may_name_is_kept_for_all_regions() -> None:
    """Copies of a table or a secret, a key of several regions and its aliases, what logs the traffic of a distribution, trails of all regions."""
    assert {listing.type for listing in LISTINGS if listing.joined_across_regions} >= {
        "cloudtrail.trail", "dynamodb.table", "kms.alias", "kms.key", "logs.delivery", "logs.delivery_source", "secretsmanager.secret",
    }  # fmt: skip


@pytest.mark.parametrize("listing", [listing for listing in LISTINGS if not listing.parent], ids=lambda listing: listing.type)
def test_a_service_without_regions_is_asked_once(listing: Listing) -> None:
    """By botocore's endpoints, in which such a service has one for a whole partition."""
    assert listing.everywhere or SESSION.get_available_regions(listing.call.service)
