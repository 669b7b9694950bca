"""The table of code and cloud: joins, statuses, what was not seen. Reports are made by hand; those of real scans are in tests/cli."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay import reports
from assay.reports import compare_html, compare_json, compare_text
from assay.scanner.compare.merged import merged
from assay.scanner.compare.model import STATUSES, ComparedRow, Comparison
from assay.scanner.compare.names import family, spelled
from assay.scanner.compare.state import State, read
from assay.scanner.compare.table import compare
from assay.scanner.results.model import (
    ControlOutcome,
    InForce,
    Report,
    ResourceRef,
    Result,
    Run,
    StatementUse,
    Summary,
    Tool,
    UnknownFact,
    Verdict,
)
from assay.scanner.sources.coverage import CallCount, Coverage, FileCounts, Gap
from tests.reports import samples

SCHEMA = json.loads((Path(reports.__file__).parent / "schemas" / "assay-compare-1.json").read_text("utf-8"))
VALIDATOR = jsonschema_rs.validator_for(SCHEMA)
ACCOUNT, EAST, WEST = "111122223333", "us-east-1", "us-west-2"
VERSIONING = "storage.versioning-enabled"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_TYPES = {
    "Bucket": ("aws_s3_bucket", "s3.bucket", "arn:aws:s3:::{name}"),
    "DataStore": ("aws_dynamodb_table", "dynamodb.table", "arn:aws:dynamodb:{region}:{account}:table/{name}"),
    "Key": ("aws_kms_key", "kms.key", "arn:aws:kms:{region}:{account}:key/{name}"),
    "PermissionSet": ("aws_iam_role", "iam.role", "arn:aws:iam::{account}:role/{name}"),
    "TrustPolicy": ("aws_iam_role", "iam.role", "arn:aws:iam::{account}:role/{name}"),
    "Federation": ("aws_iam_role", "iam.role", "arn:aws:iam::{account}:role/{name}"),
}
_count = itertools.count()


def code(name: str, kind: str = "Bucket", address: str = "", **more: Any) -> ResourceRef:
    type_ = more.pop("type", _TYPES[kind][0] if kind in _TYPES else "")
    address = address or f"{type_}.{name}"
    given: dict[str, Any] = {
        "id": address, "kind": kind, "name": name, "cloud": "aws", "account": None, "region": EAST, "address": address, "root": "infra",
        "blocks": [], "type": type_, "named": True,
    }  # fmt: skip
    return ResourceRef(**(given | more))


def live(name: str, kind: str = "Bucket", account: str = ACCOUNT, region: str | None = EAST, **more: Any) -> ResourceRef:
    _, type_, arn = _TYPES[kind]
    arn = more.pop("id", arn.format(name=name, account=account, region=region))
    region = None if ":iam:" in arn else region
    given: dict[str, Any] = {
        "id": arn, "kind": kind, "name": name, "cloud": "aws", "account": account, "region": region, "address": arn,
        "root": f"aws:{account}", "blocks": [], "type": type_, "named": True,
    }  # fmt: skip
    return ResourceRef(**(given | more))


def said(ref: ResourceRef, verdict: Verdict = "pass", control: str = VERSIONING, severity: str = "high", message: str = "") -> Result:
    unknown = [UnknownFact("versioned", "not told", "tell it", None)] if verdict == "unknown" else []
    return Result(control, control, severity, verdict, f"{next(_count):064x}", message, "", ref, [], unknown)


_LISTINGS = {
    ("s3", "ListBuckets"), ("dynamodb", "ListTables"), ("kms", "ListKeys"), ("iam", "GetAccountAuthorizationDetails"),
}  # fmt: skip


def calls(*places: tuple[str, str], without: str = "", outcome: str = "answered") -> list[CallCount]:
    """The listing calls of some accounts and regions; those of `without` have another outcome."""
    entries = []
    for (account, region), (service, operation) in itertools.product(places or ((ACCOUNT, EAST),), sorted(_LISTINGS)):
        ended = outcome if service == without else "answered"
        code_ = "" if ended == "answered" else "AccessDenied"
        entries.append(CallCount(account, region, service, operation, ended, code_, f"{service}:{operation}", 1))
    return entries if outcome != "left out" else [call for call in entries if call.service != without]


def report(*results: Result, gaps: list[Gap] | None = None, made: list[CallCount] | None = None, controls: tuple[str, ...] = ()) -> Report:
    ids = dict.fromkeys([*(result.control for result in results), *(controls or (VERSIONING,))])
    return Report(
        tool=Tool("assay", "1", "0"),
        run=Run("1", "2026-11-20T08:00:00Z", "2026-11-20T08:00:01Z", [], ["somewhere"]),
        summary=Summary({}, 0, 0),
        controls=[ControlOutcome(id_, id_, "high", "pass", 1) for id_ in ids],
        results=list(results),
        coverage=Coverage(FileCounts(1, 1, 0), gaps=gaps or [], calls=made or []),
    )


def audit(*results: Result, **more: Any) -> Report:
    return report(*results, **{"made": calls(), **more})


def rows(ours: Report, theirs: Report, *states: State) -> list[ComparedRow]:
    comparison = compare(ours, theirs, states)
    _is_whole(comparison, ours, theirs)
    return comparison.rows


def statuses(ours: Report, theirs: Report, *states: State) -> dict[str, str]:
    """What is compared to its status, by the names of the code and of the live side."""
    return {
        " = ".join(filter(None, ("+".join(r.name for r in row.code.resources), "+".join(r.id for r in row.live.resources)))): row.status
        for row in rows(ours, theirs, *states)
    }


def _is_whole(comparison: Comparison, ours: Report, theirs: Report) -> None:
    """Every result of either side is in the table once, and the table follows its schema."""
    for side, given_ in (("code", ours), ("live", theirs)):
        shown = sorted(finding.fingerprint for row in comparison.rows for finding in getattr(row, side).findings)
        assert shown == sorted(result.fingerprint for result in given_.results)
    assert comparison.summary.rows == len(comparison.rows) == sum(comparison.summary.statuses.values())
    VALIDATOR.validate(json.loads(compare_json.render(comparison)))


# Statuses


@pytest.mark.parametrize(("ours", "theirs", "status"), [
    ("pass", "pass", "passes_both"),
    ("pass", "fail", "fails_live"),
    ("not_applicable", "fail", "fails_live"),
    ("unknown", "fail", "fails_live_code_unknown"),
    ("error", "fail", "fails_live_code_unknown"),
    ("fail", "fail", "fails_both"),
    ("waived", "fail", "fails_both"),
    ("fail", "pass", "fails_code"),
    ("fail", "not_applicable", "fails_code"),
    ("fail", "unknown", "unknown"),
    ("unknown", "pass", "unknown"),
    ("pass", "unknown", "unknown"),
    ("pass", "error", "unknown"),
    ("pass", "not_applicable", "one_side"),
    ("not_applicable", "not_applicable", "not_applicable"),
])  # fmt: skip
def test_verdicts_of_both_sides_make_the_status(ours: Verdict, theirs: Verdict, status: str) -> None:
    (row,) = rows(report(said(code("orders"), ours)), audit(said(live("orders"), theirs)))
    assert (row.status, row.joined_by, row.code.verdict, row.live.verdict) == (status, "name", ours, theirs)
    assert ("tell it" in row.settles_it) == ("unknown" in (ours, theirs))


def test_the_worst_of_several_findings_counts() -> None:
    (row,) = rows(report(said(code("orders"))), audit(said(live("orders"), "unknown"), said(live("orders"), "fail")))
    assert (row.status, row.live.verdict, len(row.live.findings)) == ("fails_live", "fail", 2)


def test_what_is_on_one_side_only() -> None:
    status_of = statuses(report(said(code("orders"))), audit(said(live("stray"), "fail")))
    assert status_of == {"orders": "code_not_deployed", "arn:aws:s3:::stray": "live_without_code"}


def test_the_worst_comes_first() -> None:
    ours = report(*(said(code(name), verdict) for name, verdict in (("a", "pass"), ("b", "pass"), ("c", "fail"), ("d", "fail"))))
    theirs = audit(*(said(live(name), verdict) for name, verdict in (("a", "pass"), ("b", "fail"), ("c", "fail"), ("d", "pass"))))
    assert [row.status for row in rows(ours, theirs)] == ["fails_live", "fails_both", "fails_code", "passes_both"]


def test_a_control_that_one_run_did_not_judge_is_said() -> None:
    ours = report(said(code("orders")), said(code("orders"), "fail", control="team.rule"))
    theirs = audit(said(live("orders")), said(live("orders"), "fail", control="live.rule"))
    by_control = {row.control: (row.status, row.reason) for row in rows(ours, theirs)}
    assert by_control["team.rule"] == ("one_side", "the live side was not judged by this control")
    assert by_control["live.rule"] == ("one_side", "the code was not judged by this control")
    selected = audit(said(live("orders")), controls=(VERSIONING, "team.rule"))
    reasons = {row.control: row.reason for row in rows(ours, selected)}
    assert reasons["team.rule"] == "the live side has no result of it"


# Which is which


def test_accounts_and_regions_tell_resources_of_one_name_apart() -> None:
    ours = report(said(code("t", "DataStore", region=EAST, account=ACCOUNT)))
    here = live("t", "DataStore")
    status_of = statuses(
        ours, audit(said(here), said(live("t", "DataStore", region=WEST)), said(live("t", "DataStore", account="999988887777")))
    )
    assert status_of == {
        f"t = {here.id}": "passes_both",
        "arn:aws:dynamodb:us-west-2:111122223333:table/t": "live_without_code",
        "arn:aws:dynamodb:us-east-1:999988887777:table/t": "not_seen",  # the code has nothing of that account
    }


def test_a_name_of_aws_with_slashes_is_one_name() -> None:
    here, other = live("prod/etrade", "DataStore"), live("etrade", "DataStore")
    status_of = statuses(report(said(code("prod/etrade", "DataStore", account=ACCOUNT))), audit(said(here), said(other)))
    assert status_of == {f"prod/etrade = {here.id}": "passes_both", other.id: "live_without_code"}


def test_two_of_one_name_are_ambiguous() -> None:
    ours = report(said(code("t", "DataStore", region=None)))
    (row,) = rows(ours, audit(said(live("t", "DataStore"), "fail"), said(live("t", "DataStore", region=WEST))))
    assert (row.status, len(row.live.resources), row.joined_by) == ("ambiguous", 2, "name")
    assert "2 live resources have its name" in row.reason and "--state" in row.settles_it


def test_the_only_one_of_a_name_may_be_another_deployment() -> None:
    ours, there = report(said(code("t", "DataStore"))), said(live("t", "DataStore"))
    other = calls((ACCOUNT, EAST), ("999988887777", EAST))
    (row,) = rows(ours, audit(there, made=other))
    assert (row.status, "does not tell its account" in row.reason) == ("ambiguous", True)
    known = report(said(code("t", "DataStore", account=ACCOUNT)))
    assert [row.status for row in rows(known, audit(there, made=other))] == ["passes_both"]
    bucket = report(said(code("b")))  # whose name is in one account only, wherever that is
    assert [row.status for row in rows(bucket, audit(said(live("b")), made=other))] == ["passes_both"]
    ours = report(said(code("t", "DataStore", region=None)))
    statuses = {row.status for row in rows(ours, audit(there, said(live("u", "DataStore", region=WEST))))}
    assert statuses == {"ambiguous", "live_without_code"}


def test_a_global_table_is_one_table_of_code_and_one_of_every_region() -> None:
    ours = report(said(code("t", "DataStore", also_in=[WEST])))
    (row,) = rows(ours, audit(said(live("t", "DataStore")), said(live("t", "DataStore", region=WEST), "fail"), made=calls()))
    assert (row.status, [resource.region for resource in row.live.resources]) == ("fails_live", [EAST, WEST])
    assert (row.code.verdict, row.live.verdict) == ("pass", "fail")


def test_a_copy_that_is_not_there_or_was_not_looked_for() -> None:
    ours, home = report(said(code("t", "DataStore", also_in=[WEST]))), said(live("t", "DataStore"))
    (row,) = rows(ours, audit(home))
    assert (row.status, row.reason.startswith("its copy in us-west-2: us-west-2 of account")) == ("not_seen", True)
    (row,) = rows(ours, audit(home, made=calls((ACCOUNT, EAST), (ACCOUNT, WEST))))
    assert (row.status, row.reason) == ("code_not_deployed", "its copy in us-west-2 is not there")
    (row,) = rows(ours, audit(said(live("t", "DataStore"), "fail")))
    assert row.status == "fails_live"


def test_a_global_table_with_replicas_that_code_does_not_tell() -> None:
    ours = report(said(code("t", "DataStore", also_in=None)))
    both = (said(live("t", "DataStore")), said(live("t", "DataStore", region=WEST)))
    assert {row.status for row in rows(ours, audit(*both))} == {"ambiguous"}
    assert {row.status for row in rows(ours, audit(both[1]))} == {"ambiguous"}
    home = said(live("t", "DataStore", also_in=[WEST]))  # the live side tells
    assert [row.status for row in rows(ours, audit(home, both[1]))] == ["passes_both"]


def test_a_name_that_is_no_identity_is_ambiguous_without_a_state() -> None:
    """A key's name is its description."""
    key = live("orders", "Key", id=f"arn:aws:kms:{EAST}:{ACCOUNT}:key/75d5")
    ours, theirs = report(said(code("orders", "Key"))), audit(said(key, "fail"))
    assert {row.status for row in rows(ours, theirs)} == {"ambiguous"}
    state = State("s", {"aws_kms_key.orders": frozenset({key.id})})
    (row,) = rows(ours, theirs, state)
    assert (row.status, row.joined_by) == ("fails_live", "state")


def test_a_name_that_can_never_change_tells_at_least_what_a_resource_is_not() -> None:
    """Of Google's, whose ring may be another; one of another name is not it."""

    def key(name: str) -> ResourceRef:
        id_ = f"//cloudkms.googleapis.com/projects/trade/locations/us/keyRings/r/cryptoKeys/{name}"
        return live(name, "Key", "trade", "us", id=id_, cloud="google", root="google:trade", type="cloudkms.googleapis.com/CryptoKey")

    ours = report(said(code("orders", "Key", cloud="google", type="google_kms_crypto_key", region=None)))
    status_of = statuses(ours, audit(said(key("orders")), said(key("fills")), made=[]))
    orders, fills = key("orders").id, key("fills").id
    assert status_of == {"orders": "ambiguous", orders: "ambiguous", fills: "live_without_code"}


def test_keys_are_joined_by_alias() -> None:
    """An alias is of an account and a region; one that is nowhere else tells nothing."""
    ids = [f"arn:aws:kms:{EAST}:{ACCOUNT}:key/75d5", f"arn:aws:kms:{EAST}:{ACCOUNT}:key/86e6", f"arn:aws:kms:{WEST}:{ACCOUNT}:key/75d5"]
    orders, fills, west = (
        live("x", "Key", id=id_, region=region, also_named=aliases)
        for id_, region, aliases in zip(
            ids, (EAST, EAST, WEST), (["alias/o", "alias/orders"], ["alias/fills"], ["alias/orders"]), strict=True
        )
    )
    ours = report(said(code("orders", "Key", also_named=["alias/orders"])))
    theirs = audit(said(orders, "fail"), said(fills), said(west), made=calls((ACCOUNT, EAST), (ACCOUNT, WEST)))
    joined = {row.live.resources[0].id: row for row in rows(ours, theirs)}
    assert (joined[ids[0]].status, joined[ids[0]].joined_by) == ("fails_live", "name")
    assert {joined[id_].status for id_ in ids[1:]} == {"live_without_code"}
    other = report(said(code("orders", "Key", also_named=["alias/none"])))
    assert {row.status for row in rows(other, audit(said(orders)))} == {"ambiguous"}


def test_what_is_ambiguous_for_one_reason_is_one_row() -> None:
    keys = [live(f"k{number}", "Key") for number in range(4)]
    ours = report(*(said(code(f"k{number}", "Key", named=False)) for number in range(3)))
    table = rows(ours, audit(*(said(key, "fail" if key is keys[0] else "pass") for key in keys)))
    assert [(row.status, len(row.code.resources), len(row.live.resources), row.live.verdict) for row in table] == [
        ("ambiguous", 0, 4, "fail"),
        ("ambiguous", 3, 0, None),
    ]


def test_a_resource_without_a_known_name_hides_what_it_may_be() -> None:
    ours = report(said(code("this", named=False)), said(code("orders")))
    status_of = statuses(ours, audit(said(live("orders")), said(live("x-1"), "fail")))
    assert status_of == {"orders = arn:aws:s3:::orders": "passes_both", "this": "ambiguous", "arn:aws:s3:::x-1": "ambiguous"}
    # where nothing is left that it may be, it is not there
    assert statuses(ours, audit(said(live("orders"))))["this"] == "code_not_deployed"
    # a state that lacks it says so too, and nothing is hidden any more
    state = State("s", {"aws_s3_bucket.orders": frozenset({"arn:aws:s3:::orders"})})
    status_of = statuses(ours, audit(said(live("orders")), said(live("x-1"), "fail")), state)
    assert (status_of["this"], status_of["arn:aws:s3:::x-1"]) == ("code_not_deployed", "live_without_code")


def test_types_of_one_kind_are_not_mixed_up() -> None:
    ours = report(said(code("deploy", "PermissionSet")))
    user = live("deploy", "PermissionSet", id=f"arn:aws:iam::{ACCOUNT}:user/deploy", type="iam.user")
    assert statuses(ours, audit(said(user))) == {"deploy": "code_not_deployed", user.id: "live_without_code"}


def test_code_that_makes_the_same_thing_twice_is_ambiguous() -> None:
    ours = report(said(code("orders", root="a")), said(code("orders", root="b"), "fail"))
    (row,) = rows(ours, audit(said(live("orders"))))
    assert (row.status, row.code.verdict) == ("ambiguous", "fail")
    assert "aws_s3_bucket.orders in a, aws_s3_bucket.orders in b" in row.reason


def test_bindings_of_code_stand_for_the_project_that_they_are_on() -> None:
    def binding(name: str, verdict: Verdict) -> Result:
        type_ = "google_project_iam_member"
        return said(code(name, "PermissionSet", type=type_, cloud="google", account="trade", region=None, named=False), verdict)

    id_ = "//cloudresourcemanager.googleapis.com/projects/trade"
    project = live("Trade", "PermissionSet", id=id_, cloud="google", account="trade", region=None, root="google:trade",
                   type="cloudresourcemanager.googleapis.com/Project")  # fmt: skip
    (row,) = rows(report(binding("a", "pass"), binding("b", "fail")), report(said(project, "pass")))
    assert (row.status, row.joined_by, len(row.code.resources)) == ("fails_code", "scope", 2)
    account = msgspec.structs.replace(project, id="//iam.googleapis.com/projects/trade/serviceAccounts/a", kind="TrustPolicy",
                                      type="iam.googleapis.com/ServiceAccount")  # fmt: skip
    by_kind = {row.kind: row.status for row in rows(report(binding("a", "pass")), report(said(project), said(account, "fail")))}
    assert by_kind == {"PermissionSet": "passes_both", "TrustPolicy": "fails_live_code_unknown"}  # code of accounts has no such result


def test_what_is_there_under_another_kind_is_not_without_code() -> None:
    role, live_role = code("deploy", "PermissionSet"), live("deploy", "PermissionSet")
    federated = said(live("deploy", "Federation"), "fail", control="supply.ci-oidc-scoped")
    by_kind = {row.kind: row.status for row in rows(report(said(role)), audit(said(live_role), federated))}
    assert by_kind == {"PermissionSet": "passes_both", "Federation": "fails_live_code_unknown"}
    other = said(code("x", "Federation", address="aws_iam_role.deploy"), control="supply.ci-oidc-scoped")
    by_kind = {row.kind: row.status for row in rows(report(said(role), other), audit(said(live_role)))}
    assert by_kind == {"PermissionSet": "passes_both", "Federation": "one_side"}
    # where no control told what roles there are, a role of which nothing is said may be in the code all the same
    assert next(row.status for row in rows(report(said(code("a"))), audit(federated))) == "not_seen"


# What was not seen


@pytest.mark.parametrize(("change", "reason"), [
    ({"made": calls(without="s3", outcome="denied")}, "s3:ListBuckets was denied"),
    ({"made": calls(without="s3", outcome="failed")}, "s3:ListBuckets was failed"),
    ({"made": calls(without="s3", outcome="left out")}, "s3:ListBuckets was not called"),
    ({"gaps": [Gap(f"aws:{ACCOUNT}/{EAST}", "interrupted", "it was stopped", "go on")]}, "it was stopped"),
    ({"gaps": [Gap("live.gz", "incomplete_snapshot", "it was cut off", "again")]}, "it was cut off"),
])  # fmt: skip
def test_where_the_live_side_did_not_look_nothing_is_missing(change: dict[str, Any], reason: str) -> None:
    (row,) = rows(report(said(code("orders", account=ACCOUNT))), audit(**change))
    assert (row.status, row.settles_it != "") == ("not_seen", True)
    assert reason in row.reason


def test_accounts_and_regions_that_were_not_audited() -> None:
    ours = report(
        said(code("t", "DataStore", account=ACCOUNT)),
        said(code("u", "DataStore", account=ACCOUNT, region=WEST)),
        said(code("v", "DataStore", account="999988887777")),
        said(code("w", "DataStore", account=ACCOUNT, also_in=[WEST])),
    )
    by_name = {row.code.resources[0].name: (row.status, row.reason) for row in rows(ours, audit())}
    assert by_name["t"][0] == "code_not_deployed"
    assert by_name["u"] == ("not_seen", f"{WEST} of account {ACCOUNT} was not audited for dynamodb:ListTables")
    assert by_name["v"] == ("not_seen", "account 999988887777 was not audited")
    assert by_name["w"][0] == "not_seen"


def test_roles_are_listed_once_for_all_regions() -> None:
    ours = report(said(code("deploy", "PermissionSet", region=WEST, account=ACCOUNT)))
    assert [row.status for row in rows(ours, audit())] == ["code_not_deployed"]


def test_buckets_are_listed_once_and_kept_for_the_regions_that_are_audited() -> None:
    ours = report(said(code("orders", region=WEST, account=ACCOUNT)))
    assert [row.status for row in rows(ours, audit())] == ["not_seen"]
    assert [row.status for row in rows(ours, audit(made=calls((ACCOUNT, EAST), (ACCOUNT, WEST))))] == ["code_not_deployed"]


def test_what_could_not_be_listed_is_unknown_and_hides_nothing() -> None:
    unlisted = live("every s3.bucket in there", id="every s3.bucket in there", stands_for="unlisted", named=False)
    status_of = statuses(report(said(code("orders"))), audit(said(unlisted, "unknown"), made=calls(without="s3", outcome="denied")))
    assert status_of == {"orders": "not_seen", "every s3.bucket in there": "unknown"}


def test_code_that_was_not_read_to_the_end_makes_nothing_unmanaged() -> None:
    gap = Gap("infra", "module_missing", "module x is not at hand", "run terraform init")
    (row,) = rows(report(gaps=[gap]), audit(said(live("stray"), "fail")))
    assert (row.status, row.settles_it) == ("not_seen", "run terraform init")
    assert "module x is not at hand" in row.reason


def test_code_of_another_cloud_says_nothing_of_this_one() -> None:
    bucket = code("b", cloud="google", type="google_storage_bucket", account="trade")
    by_cloud = {row.cloud: row.status for row in rows(report(said(bucket)), audit(said(live("stray"))))}
    assert by_cloud == {"aws": "not_seen", "google": "not_seen"}


def test_types_that_no_live_reader_judges() -> None:
    classic = code("x", "WebFirewall", type="aws_waf_web_acl", address="aws_waf_thing.x")
    raw = code("q", "Resource", type="aws_sqs_queue")
    pairs = [(row.kind, row.status) for row in rows(report(said(raw), said(classic)), audit())]
    assert ("Resource", "one_side") in pairs


# State


def tfstate(*resources: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"version": 4, "terraform_version": "1.9.5", "serial": 7, "lineage": "0", "outputs": {}, "resources": list(resources), **more}


def entry(type_: str, name: str, *instances: dict[str, Any], module: str = "", mode: str = "managed") -> dict[str, Any]:
    fields = {"mode": mode, "type": type_, "name": name, "provider": 'provider["registry.terraform.io/hashicorp/aws"]'}
    return {**({"module": module} if module else {}), **fields, "instances": list(instances)}


def instance(key: Any = None, **attributes: Any) -> dict[str, Any]:
    return {**({} if key is None else {"index_key": key}), "schema_version": 0, "attributes": attributes, "sensitive_attributes": []}


def saved(folder: Path, content: Any, name: str = "terraform.tfstate") -> str:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return str(path)


TABLE = f"arn:aws:dynamodb:{EAST}:{ACCOUNT}:table/t"


def test_a_state_as_its_backend_stores_it(tmp_path: Path) -> None:
    state = read(
        saved(
            tmp_path,
            tfstate(
                entry("aws_s3_bucket", "b", instance(id="orders", arn="arn:aws:s3:::orders", bucket="orders")),
                entry("aws_s3_bucket", "c", instance("x.y", arn="arn:aws:s3:::c-x"), instance(3, arn="arn:aws:s3:::c-3"), module='module.a["k"]'),
                entry("aws_dynamodb_table", "t", instance(arn=TABLE, replica=[{"region_name": WEST}])),
                entry("aws_s3_bucket", "old", {**instance(arn="arn:aws:s3:::old"), "deposed": "0a1b"}),
                entry("aws_s3_bucket", "read", instance(arn="arn:aws:s3:::read"), mode="data"),
                entry("google_storage_bucket", "g", instance(id="g-1", name="g-1", project="trade", self_link="https://www.googleapis.com/storage/v1/b/g-1")),
                entry("google_compute_firewall", "f", instance(name="f", self_link="https://www.googleapis.com/compute/v1/projects/trade/global/firewalls/f")),
                entry("google_secret_manager_secret", "s", instance(id="projects/trade/secrets/s", name="projects/123/secrets/s", project="trade")),
            ),
        )
    )  # fmt: skip
    assert isinstance(state, State)
    assert state.identities == {
        "aws_s3_bucket.b": {"arn:aws:s3:::orders"},
        'module.a["k"].aws_s3_bucket.c["x.y"]': {"arn:aws:s3:::c-x"},
        'module.a["k"].aws_s3_bucket.c[3]': {"arn:aws:s3:::c-3"},
        "aws_dynamodb_table.t": {TABLE, TABLE.replace(EAST, WEST)},
        "google_storage_bucket.g": {"g-1"},
        "google_compute_firewall.f": {"f", "projects/trade/global/firewalls/f"},
        "google_secret_manager_secret.s": {"projects/trade/secrets/s"},
    }


@pytest.mark.parametrize("attributes", [
    {"id": "rtbassoc-1/rtb-1", "route_table_id": "rtb-1"}, {"id": "7"}, {"id": None}, {}, {"id": "a", "name": None}, {"id": "x/y", "name": ["z"]},
    {"self_link": 7, "project": 3, "replica": 3}, {"bucket": 3, "role": "r", "etag": "e"}, {"arn": 7, "id": "a/b"},
])  # fmt: skip
def test_resources_of_every_provider_are_in_a_state(attributes: dict[str, Any], tmp_path: Path) -> None:
    """Most have no name, and many no id that tells anything."""
    bucket = entry("aws_s3_bucket", "b", instance(id="orders", arn="arn:aws:s3:::orders"))
    for content in (
        tfstate(entry("random_id", "r", instance(**attributes)), bucket),
        {"format_version": "1.0", "values": {"root_module": {"resources": [
            {"address": "random_id.r", "mode": "managed", "values": attributes},
            {"address": "aws_s3_bucket.b", "mode": "managed", "values": {"arn": "arn:aws:s3:::orders"}},
        ]}}},
    ):  # fmt: skip
        state = read(saved(tmp_path, content))
        assert isinstance(state, State) and state.identities["aws_s3_bucket.b"] == {"arn:aws:s3:::orders"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_state_as_powershell_redirects_it(encoding: str, tmp_path: Path) -> None:
    text = json.dumps(tfstate(entry("aws_s3_bucket", "b", instance(arn="arn:aws:s3:::orders"))))
    state = read(saved(tmp_path, text.encode(encoding)))
    assert isinstance(state, State) and set(state.identities) == {"aws_s3_bucket.b"}


def test_a_state_and_a_plan_as_terraform_shows_them(tmp_path: Path) -> None:
    bucket = {"address": "aws_s3_bucket.b", "mode": "managed", "type": "aws_s3_bucket", "values": {"arn": "arn:aws:s3:::orders"}}
    inner = {"address": "module.a.aws_s3_bucket.c[0]", "mode": "managed", "type": "aws_s3_bucket", "values": {"arn": "arn:aws:s3:::c"}}
    data = {**bucket, "address": "data.aws_s3_bucket.d", "mode": "data"}
    module = {"resources": [bucket, data], "child_modules": [{"address": "module.a", "resources": [inner]}]}
    shown = {"format_version": "1.0", "terraform_version": "1.9.5", "values": {"root_module": module}}
    expected = {"aws_s3_bucket.b": {"arn:aws:s3:::orders"}, "module.a.aws_s3_bucket.c[0]": {"arn:aws:s3:::c"}}
    for content in (shown, {"format_version": "1.2", "planned_values": {}, "prior_state": shown}):
        state = read(saved(tmp_path, content))
        assert isinstance(state, State) and state.identities == expected
    empty = read(saved(tmp_path, {"format_version": "1.0"}))
    assert isinstance(empty, State) and empty.identities == {}


@pytest.mark.parametrize("content", [
    b"", b"null", b"[]", b"{", b"\xff\xfe", b"[" * 100_000, b'{"version": 3, "terraform_version": "0.11"}', b'{"version": 4}',
    b'{"a":' * 2000 + b"1" + b"}" * 2000,
])  # fmt: skip
def test_what_is_no_state_is_said(content: bytes, tmp_path: Path) -> None:
    outcome = read(saved(tmp_path, content))
    assert isinstance(outcome, Gap) and outcome.code == "parse_error"


@pytest.mark.parametrize("content", [
    tfstate(resources=None), tfstate(resources={"a": 1}), tfstate(1, [], {"mode": "managed"}),  # type: ignore[arg-type]
    tfstate(entry("aws_s3_bucket", "b", instance(arn=7), instance(arn="x"), {"attributes": None}, 3)),  # type: ignore[arg-type]
    tfstate({"mode": "managed", "type": 1, "name": [], "instances": "x"}),
    {"format_version": "1.0", "values": {"root_module": {"resources": [{"address": 1, "mode": "managed", "values": 2}], "child_modules": 3}}},
])  # fmt: skip
def test_a_state_of_an_unexpected_shape_tells_nothing(content: Any, tmp_path: Path) -> None:
    state = read(saved(tmp_path, content))
    assert isinstance(state, State) and not any(state.identities.values())


def test_a_state_is_of_the_root_module_that_has_its_addresses() -> None:
    ours = report(
        said(code("this", root="dev", named=False)), said(code("this", root="prod", named=False)), said(code("only", root="prod"))
    )
    theirs = audit(said(live("x")))
    plain = State("s", {"aws_s3_bucket.this": frozenset({"arn:aws:s3:::x"})})
    comparison = compare(ours, theirs, [plain])
    assert [(gap.code, "--state dev=s" in gap.settles_it) for gap in comparison.gaps] == [("state_unused", True)]
    assert (comparison.states[0].root, comparison.states[0].identified) == (None, 0)
    named = State("s", plain.identities, "prod")
    comparison = compare(ours, theirs, [named])
    assert not comparison.gaps and comparison.states[0].root == "prod"
    assert [(row.status, row.code.resources[0].root) for row in comparison.rows if row.live.resources] == [("passes_both", "prod")]
    more = State("s", {**plain.identities, "aws_s3_bucket.this": frozenset({"arn:aws:s3:::x"})}, "stage")
    assert compare(ours, theirs, [more]).gaps[0].code == "state_unused"
    other = State("s", {"aws_s3_bucket.zzz": frozenset({"arn:aws:s3:::x"})})
    assert compare(ours, theirs, [other]).gaps[0].reason == "none of its addresses is in the code"


def test_what_a_state_knows_and_is_not_there_any_more() -> None:
    state = State("s", {"aws_s3_bucket.orders": frozenset({"arn:aws:s3:::orders-1"})})
    by_status = {row.status: row.reason for row in rows(report(said(code("orders", account=ACCOUNT))), audit(said(live("other"))), state)}
    assert "arn:aws:s3:::orders-1, which is not there any more" in by_status["code_not_deployed"]


def test_a_state_may_know_what_the_code_has_no_result_for() -> None:
    state = State("s", {"aws_s3_bucket.orders": frozenset({"arn:aws:s3:::orders"}), "aws_s3_bucket.b": frozenset({"arn:aws:s3:::b"})})
    status_of = statuses(report(said(code("orders"))), audit(said(live("orders")), said(live("b"))), state)
    assert status_of["arn:aws:s3:::b"] == "one_side"


# Names


def test_types_of_different_inputs_are_the_same_by_their_last_word() -> None:
    assert {family(type_) for type_ in ("aws_s3_bucket", "AWS::S3::Bucket", "s3.bucket", "storage.googleapis.com/Bucket")} == {"bucket"}
    assert {family(type_) for type_ in ("aws_lb", "AWS::ElasticLoadBalancingV2::LoadBalancer", "elbv2.load_balancer")} == {"balancer"}
    assert {family(type_) for type_ in ("aws_wafv2_web_acl", "AWS::WAFv2::WebACL", "wafv2.cloudfront_web_acl")} == {"acl"}
    assert {family(type_) for type_ in ("aws_dynamodb_table", "AWS::DynamoDB::GlobalTable")} == {"table"}
    assert family("") == family("::") == ""


def test_one_spelling_of_googles_names() -> None:
    same = {
        spelled("//cloudkms.googleapis.com/projects/123/locations/us/keyRings/r/cryptoKeys/k", "trade"),
        spelled("projects/trade/locations/us/keyRings/r/cryptoKeys/k"),
        spelled("https://cloudkms.googleapis.com/v1/projects/trade/locations/us/keyRings/r/cryptoKeys/k"),
    }
    assert same == {"projects/trade/locations/us/keyRings/r/cryptoKeys/k"}
    assert spelled("//storage.googleapis.com/b") == spelled("//storage.googleapis.com/projects/_/buckets/b") == "b"


# Properties

_NAMES = st.sampled_from(["a", "b", "c"])
_PLACES = st.sampled_from([EAST, WEST])
_KINDS = st.sampled_from(sorted(_TYPES))
_VERDICTS = st.sampled_from(["pass", "fail", "unknown", "not_applicable", "waived", "error"])
_CONTROLS = st.sampled_from(["x.one", "x.two"])
_OURS = st.builds(
    lambda name, kind, region, root, named, also, stands, verdict, control: said(
        code(name, kind, region=region, root=root, named=named, also_in=also, stands_for=stands), verdict, control
    ),
    _NAMES, _KINDS, st.one_of(st.none(), _PLACES), st.sampled_from(["r", "s"]), st.booleans(),
    st.sampled_from([[], [WEST], None]), st.sampled_from(["itself", "instances", "part"]), _VERDICTS, _CONTROLS,
)  # fmt: skip
_THEIRS = st.builds(
    lambda name, kind, region, account, verdict, control: said(live(name, kind, account, region), verdict, control),
    _NAMES, _KINDS, _PLACES, st.sampled_from([ACCOUNT, "999988887777"]), _VERDICTS, _CONTROLS,
)  # fmt: skip
_STATES = st.lists(
    st.dictionaries(
        st.builds(lambda kind, name: f"{_TYPES[kind][0]}.{name}", _KINDS, _NAMES),
        st.frozensets(st.builds(lambda kind, name: live(name, kind).id, _KINDS, _NAMES), max_size=2),
        max_size=4,
    ),
    max_size=2,
)


@settings(deadline=None, max_examples=60)
@given(st.lists(_OURS, max_size=12), st.lists(_THEIRS, max_size=12), _STATES)
def test_every_result_is_in_the_table_once(ours: list[Result], theirs: list[Result], holdings: list[dict[str, frozenset[str]]]) -> None:
    states = [State(f"s{at}", state) for at, state in enumerate(holdings)]
    comparison = compare(report(*ours), audit(*theirs), states)
    _is_whole(comparison, report(*ours), audit(*theirs))
    for row in comparison.rows:
        joined = row.code.resources and row.live.resources
        assert bool(joined) or row.status not in ("passes_both", "fails_both", "fails_live", "fails_code", "not_applicable")
        assert row.status != "passes_both" or (row.code.verdict, row.live.verdict) == ("pass", "pass")
        assert row.status != "live_without_code" or not row.code.resources
        assert row.reason or row.status in (
            "passes_both",
            "fails_both",
            "fails_live",
            "fails_live_code_unknown",
            "fails_code",
            "unknown",
            "not_applicable",
        )


@settings(deadline=None, max_examples=60)
@given(st.lists(_OURS, max_size=8), st.lists(_THEIRS, max_size=8), st.randoms())
def test_the_order_of_the_reports_does_not_show(ours: list[Result], theirs: list[Result], chance: Any) -> None:
    refs: dict[tuple[Any, ...], ResourceRef] = {}  # of one run, a resource is the same in all results
    ours = [
        msgspec.structs.replace(result, resource=refs.setdefault((ref.root, ref.address, ref.kind, ref.region), ref))
        for result in ours
        for ref in [result.resource]
    ]

    def told(one: list[Result], other: list[Result]) -> list[tuple[str, ...]]:
        rows = compare(report(*one), audit(*other)).rows
        return sorted((row.status, row.control, *sorted(f.fingerprint for f in (*row.code.findings, *row.live.findings))) for row in rows)

    assert told(ours, theirs) == told(chance.sample(ours, len(ours)), chance.sample(theirs, len(theirs)))


# Reports of it


def test_the_schema_has_every_status() -> None:
    assert SCHEMA["$defs"]["status"]["enum"] == list(STATUSES)


def _hostile(text: str) -> Comparison:
    def changed(ref: ResourceRef) -> ResourceRef:
        return msgspec.structs.replace(ref, name=ref.name + text, address=ref.address + text, id=ref.id + text, root=ref.root + text)

    ours = [said(changed(code(name)), verdict, message=text) for name, verdict in (("a", "pass"), ("b", "fail"), ("gone", "fail"))]
    theirs = [said(changed(live(name)), verdict, message=text) for name, verdict in (("a", "fail"), ("b", "fail"), ("stray", "fail"))]
    gaps = [Gap(text, "parse_error", text, text)]
    return compare(
        report(*ours), audit(*theirs, gaps=gaps), [State(text, {text: frozenset({text})})], [Gap(text, "parse_error", text, text)]
    )


@pytest.mark.parametrize("text", samples.HOSTILE)
def test_no_text_of_the_input_is_more_than_text(text: str) -> None:
    wanted = _hostile(text)
    VALIDATOR.validate(json.loads(compare_json.render(wanted)))
    page = compare_html.render(wanted).decode()
    assert page.count("<script") == 2 and "<img" not in page and "onerror=window" not in page.replace("onerror=window.__x=1&gt;", "")
    assert "\x1b" not in page and "\u202e" not in page
    shown = compare_text.render(wanted, width=80).decode()
    assert "\x1b" not in shown and "\u202e" not in shown and "\n::error" not in shown and "##[error]" not in shown.lower()


def test_text_wraps_and_has_no_colour_in_a_pipe() -> None:
    comparison = compare(
        report(said(code("a"), "pass"), said(code("b"))), audit(said(live("a"), "fail", message="word " * 60), said(live("b")))
    )
    shown = compare_text.render(comparison, width=60).decode()
    assert max(len(line) for line in shown.splitlines() if "arn:" not in line) <= 60
    assert "PASSES IN CODE, FAILS LIVE: 1" in shown and "1  passes in both" in shown
    assert "\x1b[" not in shown and "\x1b[" in compare_text.render(comparison, width=60, color=True).decode()
    quiet = compare_text.render(comparison, width=60, quiet=True).decode()
    assert "PASSES IN CODE, FAILS LIVE" in quiet and "Rows:" not in quiet


def test_what_was_not_seen_and_by_what_each_side_was_judged_is_told() -> None:
    def by(made: Report, profile: str) -> Report:
        return msgspec.structs.replace(made, run=msgspec.structs.replace(made.run, in_force=InForce(profile=profile)))

    ours = by(report(said(code("a")), gaps=[Gap("m.tf", "module_missing", "a module is not here", "fetch it")]), "ours")
    theirs = by(audit(said(live("a")), gaps=[Gap("s3", "call_failed", "a call was denied", "grant it")]), "theirs")
    shown = compare_text.render(compare(ours, theirs, (), [Gap("x.tfstate", "parse_error", "it is no state", "write it anew")])).decode()
    assert "m.tf: a module is not here; fetch it" in shown.split("Code:")[1].split("Live:")[0]
    assert "s3: a call was denied; grant it" in shown.split("Live:")[1].split("Not compared:")[0]
    assert "x.tfstate: it is no state; write it anew" in shown.split("Not compared:")[1]
    assert "in force in code: profile ours; in force live: profile theirs" in " ".join(shown.split())


def test_one_report_of_both_sides_has_what_each_was_given() -> None:
    def given(made: Report, target: str, reason: str) -> Report:
        used = StatementUse(
            control="storage.*", resource="*", statement=reason, holds=True, owner="data", date="2026-11-01", expires="2027-01-01", link="",
            file=target, line=3, results=1,
        )  # fmt: skip
        run = msgspec.structs.replace(made.run, targets=[target])
        return msgspec.structs.replace(made, run=run, gate=msgspec.structs.replace(made.gate, attestations=[used]))

    ours, theirs = given(report(said(code("a"))), "infra", "of code"), given(audit(said(live("a"))), "aws", "live")
    whole = merged(compare(ours, theirs, ()), ours, theirs)
    assert whole.run.targets == ["infra", "aws"] and [result.resource.root for result in whole.results] == ["infra", f"aws:{ACCOUNT}"]
    assert [use.statement for use in whole.gate.attestations] == ["of code", "live"]


def test_the_page_has_one_policy_and_every_row() -> None:
    page = compare_html.render(_hostile("")).decode()
    assert page.count("Content-Security-Policy") == 1 and "default-src &#39;none&#39;" in page
    for text in ("passes in code, fails live", "fails in both", "live without code", "arn:aws:s3:::stray"):
        assert text in page


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
def test_the_page_in_a_browser(tmp_path: Path) -> None:
    """Its own style and script run under its policy, and nothing of the input does."""
    page = tmp_path / "compare.html"
    page.write_bytes(compare_html.render(_hostile(samples.HOSTILE[0])))
    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'p'}", "--enable-logging=stderr"]
    ran = subprocess.run(
        [*command, "--virtual-time-budget=3000", "--dump-dom", page.as_uri()], capture_output=True, text=True, timeout=90, check=True
    )
    assert 'type="search"' in ran.stdout and 'type="search"' not in page.read_text("utf-8")
    assert not [line for line in ran.stderr.splitlines() if "CONSOLE" in line or "Refused" in line or "violates" in line]
