"""The calls that readers declare: they exist, they read no data, and facts need no others than they say."""

from __future__ import annotations

import fnmatch
from typing import Any

import boto3
import msgspec
import pytest
from botocore import xform_name
from botocore.validate import ParamValidator

from assay.scanner.facts.catalogue import catalogue
from assay.scanner.facts.item_index import ItemIndex
from assay.scanner.facts.reading import read_all
from assay.scanner.live.aws import _add, _within, make_plan
from assay.scanner.run import Options, Scan
from assay.scanner.sources.aws import permissions
from assay.scanner.sources.aws.calls import Call, Listing
from assay.scanner.sources.aws.collect import _entries_at as entries_at
from assay.scanner.sources.aws.collect import _is_list_of_entries as is_list_of_entries
from assay.scanner.sources.aws.items import NOT_ENABLED
from assay.scanner.sources.aws.plan import ALWAYS, ORGANIZATION, AccountPlan
from assay.scanner.sources.interface import Unlisted
from tests.sources.aws.estate import CONTROLS, COPY, HOME, Keys, Run, audit
from tests.sources.aws.faults import Wire

READ_DATA = (
    "GetObject*",
    "SelectObjectContent",
    "GetItem",
    "BatchGetItem",
    "Scan",
    "Query",
    "ExecuteStatement",
    "BatchExecuteStatement",
    "GetSecretValue",
    "BatchGetSecretValue",
    "GetParameter*",
    "Decrypt",
    "GenerateDataKey*",
    "GetRecords",
    "GetShardIterator",
    "ReceiveMessage",
    "GetLogEvents",
    "FilterLogEvents",
    "GetQueryResults",
    "GetLogRecord",
    "GetFunction",
    "GetFunctionConfiguration",
    "GetLayerVersion",
    "GetExport",
    "GetApiKey*",
    "GetAuthorizationToken",
    "GetLoginProfile",
    "GetSessionToken",
    "GetPasswordData",
    "GetConsoleOutput",
    "GetConsoleScreenshot",
    "DescribeInstanceAttribute",
    "GetSampledRequests",
    "GetDownloadUrlForLayer",
    "BatchGet*",
    "GetCredential*",
    "GetRandomPassword",
    "Retrieve*",
    "Export*",
)
"""Operations that answer with what customers keep, or with secrets. What lists functions and describes tasks answers with environment
variables beside what is judged: these are left out of what is kept (sources/redaction.py)."""
SETTINGS = (
    "GetObjectLockConfiguration", "GetLoginProfile", "BatchGetRepositoryScanningConfiguration", "BatchGetProjects", "DescribeInstanceAttribute",
    "GetCredentialReport", "GenerateCredentialReport",
)  # fmt: skip
"""Operations that are called like those, and answer with settings: of a password, that there is one; of all credentials a report, which is made
of what is there and changes nothing. Of the attributes of an instance its
user data is asked for, which is judged by whether it holds secrets, and left out of what is kept."""
CHANGES_NOTHING = ("Describe*", "List*", "Get*")
KNOWN = catalogue("aws_api")
LISTINGS = KNOWN.listings
DECLARED: list[tuple[Listing, Call]] = [
    (listing, call)
    for listing in LISTINGS.values()
    for call in (listing.call, *filter(None, (listing.locate, listing.prepared and listing.prepared.call)), *listing.details)
]
SELECTED = Scan(Options(paths=["aws"], controls=CONTROLS)).selected
FACTS = sorted(
    {
        (type_, entry.kind.__name__, field.name)
        for type_, entries in KNOWN.readers.items()
        for entry in entries
        for field in msgspec.structs.fields(entry.kind)
        if field.name != "identity" and entry.kind.__name__ in {compiled.kind for compiled in SELECTED}
    }
)


def model(call: Call) -> Any:
    client = boto3.client(call.service, HOME, aws_access_key_id="x", aws_secret_access_key="x")
    return client.meta.service_model.operation_model(call.operation), client


def test_the_regions_of_a_service_are_those_that_the_client_knows() -> None:
    """Of a service that is closed to more."""
    limited = {(listing.type, listing.call.service): listing.regions for listing, _ in DECLARED if listing.regions}
    known = boto3.session.Session().get_available_regions("apprunner")
    assert limited
    assert not [type_ for (type_, service), regions in limited.items() if service == "apprunner" and set(regions) != set(known)]


@pytest.mark.parametrize("pair", DECLARED, ids=lambda pair: f"{pair[0].type}-{pair[1].label}")
def test_a_declared_call_exists(pair: tuple[Listing, Call]) -> None:
    listing, call = pair
    operation, client = model(call)
    assert xform_name(call.operation) == call.name
    assert callable(getattr(client, call.name))
    given = operation.input_shape.members if operation.input_shape else {}
    assert {name for name, _ in call.parameters} <= set(given)
    required = set(operation.input_shape.required_members) if operation.input_shape else set()
    paged = client.get_paginator(call.name)._pagination_cfg.get("limit_key") if call.page_size else None
    assert required - {paged} <= {name for name, _ in call.parameters}
    for name, path in call.parameters:
        if path.startswith("={"):
            document = msgspec.json.decode(path[1:])
            assert not ParamValidator().validate(document, given[name]).has_errors()
            # A filter by words is there to leave none of them out.
            assert all(set(words) == set(given[name].members[field].member.enum) for field, words in document.items())
        elif path.startswith("=["):
            document = msgspec.json.decode(path[1:])
            assert not ParamValidator().validate(document, given[name]).has_errors()
            words = getattr(given[name].member, "enum", None)
            assert not words or set(document) <= set(words)
        elif path.startswith("=") and given[name].enum:
            assert path[1:] in given[name].enum
    if call.marker:
        assert not client.can_paginate(call.name), "botocore knows how to page this one"
        assert call.marker[0] in given
        assert member(operation.output_shape, call.marker[1])
    assert not call.page_size or client.can_paginate(call.name)
    if call.page_size:
        limit = given[client.get_paginator(call.name)._pagination_cfg["limit_key"]]
        assert limit.metadata.get("max", call.page_size) >= call.page_size
    for code in (*call.absent, *listing.gone):
        assert code.replace(".", "").isalnum(), code
    assert call.permission.partition(":")[2].isalnum()


@pytest.mark.parametrize("listing", LISTINGS.values(), ids=LISTINGS)
def test_a_declared_listing_names_fields_of_its_answer(listing: Listing) -> None:
    operation, client = model(listing.call)
    if not listing.entries:
        return
    entry = member(operation.output_shape, listing.entries)
    if listing.call.table:
        assert (entry.type_name, listing.call.table) == ("blob", listing.entries)
        return
    assert entry.type_name == "list"
    entry = entry.member
    fields = {"value", "last"} if entry.type_name == "string" else set(entry.members)
    known = {name for name, _ in listing.known}
    import string

    in_id = (
        {name.partition("[")[0] for _, name, _, _ in string.Formatter().parse(listing.id) if name} if "{" in listing.id else {listing.id}
    )
    assert in_id <= fields | known | {"partition", "account", "region"}
    assert not listing.region or listing.region in fields
    for call in (*listing.details, *([listing.locate] if listing.locate else [])):
        for _, path in call.parameters:
            before = {detail.name for detail in listing.details if call in listing.details[listing.details.index(detail) + 1 :]}
            assert path.startswith("=") or path == "@account" or path.partition(".")[0] in fields | known | before, (call.label, path)
        if call.when and call.when[0].partition(".")[0] not in fields:
            first, _, rest = call.when[0].partition(".")
            asked = next(detail for detail in listing.details if detail.name == first)
            assert listing.details.index(asked) < listing.details.index(call), "made only after what decides on it"
            assert member(model(asked)[0].output_shape, rest)
    if listing.parent:
        parent = LISTINGS[listing.parent]
        above = member(model(parent.call)[0].output_shape, parent.entries).member
        for _, path in (*listing.known, *((name, path) for name, path in listing.call.parameters if path[0] not in "=@")):
            assert path.partition(".")[0] in ({"value"} if above.type_name == "string" else above.members), path
    if not listing.call.marker:
        paged = client.can_paginate(listing.call.name)
        tokens = {"NextToken", "nextToken", "Marker", "NextMarker"} & set(operation.output_shape.members)
        assert paged or not tokens, f"{listing.call.label} has pages: {tokens}"


def member(shape: Any, path: str) -> Any:
    for name in path.split("."):
        shape = shape.members[name.removesuffix("[]")]
        shape = shape.member if name.endswith("[]") else shape
    return shape


@pytest.mark.parametrize("call", {pair.label: pair for _, pair in DECLARED}.values(), ids=lambda call: call.label)
def test_no_declared_call_reads_data_or_changes_anything(call: Call) -> None:
    assert reads_only(call.operation)


def reads_only(operation: str) -> bool:
    allowed = any(fnmatch.fnmatchcase(operation, call) for call in CHANGES_NOTHING)
    return operation in SETTINGS or allowed and not any(fnmatch.fnmatchcase(operation, call) for call in READ_DATA)


def test_the_deny_list_works() -> None:
    for operation in ("GetObject", "GetObjectAttributes", "GetSecretValue", "GetParametersByPath", "Scan", "PutBucketPolicy", "Decrypt"):
        assert not reads_only(operation)


def test_a_full_audit_makes_the_planned_calls_and_no_others(estate: Keys, wire: Wire) -> None:
    run = audit(regions=(HOME, COPY))
    planned = {call.label for call in make_plan(SELECTED).calls()}
    assert wire.labels - {"sts:GetCallerIdentity"} == planned, "each planned call is made on this estate, and no other"
    assert {request.label for request in wire.sent} == wire.labels
    assert all(reads_only(label.partition(":")[2]) for label in wire.labels)
    granted = set(permissions.permissions(make_plan(SELECTED)))
    by_label = {call.label: call.permission for call in (*ALWAYS, *make_plan(SELECTED).calls())}
    assert {by_label[label] for label in wire.labels} - {"sts:GetCallerIdentity"} <= granted
    assert run.report.results


def test_the_enabled_regions_are_the_default(estate: Keys, wire: Wire) -> None:
    run = audit(regions=(), controls=["data.pitr-enabled"])
    assert {"eu-central-1", "us-west-1", HOME, COPY} <= {region for label, region in wire.calls if label == "dynamodb:ListTables"}
    assert wire.calls["ec2:DescribeRegions", HOME] == 1
    assert not run.gaps


@pytest.mark.parametrize("selected", SELECTED, ids=lambda control: control.control.id)
def test_one_control_makes_fewer_calls_than_all(selected: Any) -> None:
    one, all_ = make_plan([selected]), make_plan(SELECTED)
    assert {call.label for call in one.calls()} < {call.label for call in all_.calls()}
    assert one.listings


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    return {}


@pytest.mark.parametrize("control", [control.control.id for control in SELECTED])
def test_a_control_alone_judges_as_among_all(control: str, estate: Keys, wire: Wire, whole: dict[str, Any]) -> None:
    """The calls that one control's facts need are enough for it: no more is known when all calls are made."""
    if not whole:
        whole["run"] = audit()
    alone = audit(controls=[control])
    assert judged_of(alone, control) == judged_of(whole["run"], control)
    assert alone.report.results or not judged_of(whole["run"], control)
    assert not [result for result in alone.report.results if "was not called" in repr(result.unknown)]
    assert alone.requested < whole["run"].requested


def judged_of(run: Run, control: str) -> list[tuple[str, str, str]]:
    return sorted((result.resource.address, result.verdict, result.message) for result in run.report.results if result.control == control)


@pytest.fixture(scope="module")
def collected(seeded: Keys) -> dict[Any, Any]:
    """AccountPlan to what it collected: facts often need the same calls."""
    return {}


@pytest.mark.parametrize("wanted", FACTS, ids="-".join)
def test_a_fact_needs_no_other_calls_than_it_says(
    wanted: tuple[str, str, str], estate: Keys, wire: Wire, collected: dict[Any, Any]
) -> None:
    type_, kind, fact = wanted
    plan = plan_for(type_, kind, fact)
    key = repr(plan)
    if key not in collected:
        collected[key] = collect(plan)
    stacks = collected[key]
    count = 0
    for stack in stacks:
        for resource in read_all(KNOWN, stack, [type_], {kind}, fail):
            told = getattr(resource, fact)
            assert "was not called" not in repr(told), told
            assert resource.identity.unnamed is None or "was not called" not in resource.identity.unnamed.reason
            count += 1
    assert count, "the estate has none of these"


def fail(item: Any, error: Exception) -> None:
    raise error


def plan_for(type_: str, kind: str, fact: str) -> AccountPlan:
    types, calls = {type_}, set[tuple[str, Call]]()
    for entry in KNOWN.readers[type_]:
        if entry.kind.__name__ == kind:
            for need, needs in entry.needs(LISTINGS).items():
                if _within(need, fact) or need in ("name", "*"):
                    _add(type_, needs, types, calls)
    while more := {LISTINGS[type_].parent for type_ in types} - types - {""}:
        types |= more
    listed = tuple(listing for listing in LISTINGS.values() if listing.type in types)
    return AccountPlan(listed, {entry.type: tuple(call for call in entry.details if (entry.type, call) in calls) for entry in listed})


def collect(plan: AccountPlan) -> list[ItemIndex]:
    from assay.scanner.sources.aws.request import Request
    from assay.scanner.sources.aws.source import AuditSource

    collections = list(AuditSource(Request(regions=(HOME,)), plan).collect())
    assert not [gap for collection in collections for gap in collection.coverage.gaps]
    assert not [item for collection in collections for item in collection.items if isinstance(item, Unlisted)]
    return [ItemIndex(collection) for collection in collections]


def test_facts_that_need_nothing_declared_are_seen_through(estate: Keys, wire: Wire) -> None:
    """The check above can fail: a plan without the details leaves their facts unknown."""
    stacks = collect(AccountPlan((LISTINGS["s3.bucket"],), {"s3.bucket": ()}))
    buckets = [collection for stack in stacks for collection in read_all(KNOWN, stack, ["s3.bucket"], {"Bucket"}, fail)]
    assert buckets
    assert all("was not called" in repr(bucket.versioned) for bucket in buckets)


def test_needs_name_facts_of_their_kind() -> None:
    # A spelling may serve several kinds, and tells what each of them needs.
    fields = {field.name for entry in KNOWN.all_readers() for field in msgspec.structs.fields(entry.kind)}
    for entry in KNOWN.all_readers():
        assert {need.partition(".")[0] for need in entry.needs(LISTINGS)} <= fields | {"name", "*"}, (entry.types, entry.kind)


def test_services_limit_what_is_asked_and_say_so(estate: Keys, wire: Wire) -> None:
    run = audit(services=["s3"])
    assert {label.partition(":")[0] for label in wire.labels} == {"sts", "s3"}
    key = [result for result in run.report.results if result.control == "storage.encrypted-cmk" and "good" in result.resource.address]
    assert [result.verdict for result in key] == ["unknown"]
    assert "--services" in repr(key[0].unknown)
    versions = {verdict for (control, *_), verdict in run.verdicts.items() if control == "storage.versioning-enabled"}
    assert versions == {"pass", "fail"}


def test_codes_of_services_that_are_not_enabled_are_no_denials() -> None:
    assert "OptInRequired" in NOT_ENABLED


def test_organisation_calls_read_only_what_says_which_accounts_there_are() -> None:
    assert all(reads_only(call.operation) for call in ORGANIZATION if call.service != "sts")


def test_entries_may_stand_in_a_list_of_the_answer() -> None:
    page = {"Reservations": [{"Instances": [{"InstanceId": "i-1"}, {"InstanceId": "i-2"}]}, {"Instances": [{"InstanceId": "i-3"}]}, {}]}
    assert [instance["InstanceId"] for instance in entries_at(page, "Reservations[].Instances")] == ["i-1", "i-2", "i-3"]
    assert entries_at({"Reservations": []}, "Reservations[].Instances") == []
    assert entries_at({"Topics": [{}]}, "Topics") == [{}]
    assert not is_list_of_entries(entries_at({"Reservations": [{"Instances": "none"}]}, "Reservations[].Instances"))
