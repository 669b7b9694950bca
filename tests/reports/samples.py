"""Reports made by hand: one realistic run, an empty one, and one in which every text is hostile."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from assay.scanner.facts.model import BlockRef
from assay.scanner.results.formats import Context
from assay.scanner.results.model import (
    BaselineComparison,
    ControlOutcome,
    Evidence,
    GateReport,
    PastFinding,
    Report,
    ResourceRef,
    Result,
    Revision,
    Run,
    StatementUse,
    Step,
    Summary,
    Tool,
    UnknownFact,
    Verdict,
    Waived,
    WaiverUse,
    worst,
)
from assay.scanner.results.opinion import Check, Compared, Opinion
from assay.scanner.rules.model import Assertion, Control
from assay.scanner.sources.coverage import Blocks, Coverage, FileCounts, Gap
from assay.scanner.sources.raw import Location

T = TypeVar("T")

HOSTILE = (
    "</script><script>window.__x=1</script>",
    "<img src=x onerror=window.__x=1>",
    "\" onmouseover=window.__x=1 x='",
    "{{7*7}}{% raw %}",
    "[red]red[/red][link=https://x.invalid]",
    "[text](https://x.invalid/)",
    "\x1b[2J\x1b]8;;https://x.invalid\x07link\x1b]8;;\x07",
    "a\rb\nPASS: forged\u2028line\u2029end\x85",
    "\u202eesrever\u2066\u200b",
    "nul\x00del\x7f",
    "half \udcff and \ud800",
    "long " * 300 + "n" * 3000,
    "=cmd|' /C calc'!A0",
    "javascript:window.__x=1",
    "::error::forged",
    "\u00a0::error::forged ##[error]forged ##vso[task.setvariable]forged",
    "]]>--><!--",
    "``` <b> ```` \\",
    "漢字" * 60,
    "",
    "  ",
)

PRINTED = frozenset({"pdf", "parquet", "github-suggestions"})
"""Formats that are no text, and that which tells of what can be mended alone: test_pdf_report.py, test_parquet_report.py and
tests/fix/test_shown.py have them."""
ENUMERATED = {
    "schema",
    "verdict",
    "severity",
    "fingerprint",
    "commit",
    "started",
    "finished",
    "code",
    "stands_for",
    "by",
    "expires",
    "standing",
    "relation",
    "ours",
    "theirs",
    "BaselineComparison.kind",
}
"""Strings that the contract limits to a list or a pattern."""

CODE = {
    "storage/main.tf": [
        'resource "aws_s3_bucket" "logs" {',
        '  bucket = "trade-logs"',
        "}",
        "",
        'resource "aws_s3_bucket_public_access_block" "logs" {',
        "  bucket                  = aws_s3_bucket.logs.id",
        "  block_public_acls       = false",
        "  block_public_policy     = true",
        "  ignore_public_acls      = true",
        "  restrict_public_buckets = true",
        "}",
    ],
    "network/edge.tf": [
        'resource "aws_lb_listener" "http" {',
        "\tport     = 80",
        '\tprotocol = "HTTP"',
        "}",
    ],
}


def source(file: str, first: int, last: int) -> list[str]:
    return CODE.get(file, [])[first - 1 : last]


def controls() -> dict[str, Control]:
    return dict(_controls())


@functools.cache
def _controls() -> dict[str, Control]:
    def control(id_: str, title: str, severity: Any, why: str, remediation: dict[str, str], **more: Any) -> Control:
        return Control(
            id=id_,
            title=title,
            severity=severity,
            origin="§5",
            applies_to="Bucket",
            assertions=[Assertion(that="resource.x", message="no")],
            why=why,
            remediation=remediation,
            **more,
        )

    return {
        rule.id: rule
        for rule in (
            control(
                "storage.public-access-blocked",
                "Public access to buckets is blocked",
                "critical",
                "One policy that is too wide makes every object readable by anyone.",
                {"aws": "aws s3api put-public-access-block", "terraform": "Set all four flags:\n\n  block_public_acls = true\n"},
                frameworks={"nist_800_53_r5": [f"AC-{n}" for n in range(1, 14)], "pci_dss_4_0": ["1.3.1"]},
            ),
            control(
                "edge.lb-https-only",
                "Load balancers serve HTTPS only",
                "high",
                "Plain HTTP can be read and changed on the way.",
                {"gcloud": "gcloud compute target-http-proxies delete NAME"},
                frameworks={"pci_dss_4_0": ["4.2.1"]},
            ),
            control(
                "storage.versioning-enabled",
                "Buckets keep versions",
                "medium",
                "What is overwritten can be restored.",
                {"terraform": "Enable versioning."},
            ),
            control("keys.rotation", "Keys rotate", "low", "Old keys leak.", {}),
        )
    }


def resource(address: str, *blocks: BlockRef, kind: str = "Bucket", root: str = "storage", **more: Any) -> ResourceRef:
    given: dict[str, Any] = {
        "id": address,
        "kind": kind,
        "name": address.rpartition(".")[2],
        "cloud": "aws",
        "account": None,
        "region": "eu-central-1",
        "address": address,
        "root": root,
        "blocks": list(blocks),
    }
    return ResourceRef(**(given | more))


def result(control: str, verdict: Verdict, resource: ResourceRef, message: str = "", element: str = "", **more: Any) -> Result:
    known = _controls().get(control)
    mark = hashlib.sha256(f"{control} {resource.root} {resource.address} {element}".encode()).hexdigest()
    given: dict[str, Any] = {"evidence": [], "unknown": []}
    return Result(
        control=control,
        title=known.title if known else "A rule of the team",
        severity=known.severity if known else "low",
        verdict=verdict,
        fingerprint=mark,
        message=message,
        element=element,
        resource=resource,
        **(given | more),
    )


LOGS = resource(
    "aws_s3_bucket.logs",
    BlockRef("aws_s3_bucket.logs", "storage/main.tf", 1, 3),
    BlockRef("aws_s3_bucket_public_access_block.logs", "storage/main.tf", 5, 11),
)
LISTENER = resource(
    'module.edge.aws_lb.this["a b"]', BlockRef("aws_lb_listener.http", "network/edge.tf", 1, 4), kind="LoadBalancer", root="network"
)
LIVE = resource(
    "//storage.googleapis.com/fills", kind="Bucket", root="", cloud="google", account="trade-prod", id="//storage.googleapis.com/fills"
)
DATA = [
    resource(f"aws_s3_bucket.data[{number}]", BlockRef(f"aws_s3_bucket.data[{number}]", "plans/prod #1/ü.json", None, None))
    for number in range(5)
]


ACCEPTED = Waived("configuration", "platform", "moved by March", "OPS-7", "2027-03-31", "assay.yaml", 12, "fail")
OVER = Waived("comment", "platform", "moved by June", "OPS-3", "2026-06-30", "storage/main.tf", 4, "fail", expired=True)


def gate() -> GateReport:
    waivers = [
        WaiverUse(
            "configuration",
            "storage.*",
            "address aws_s3_bucket.data[1]",
            "platform",
            "moved by March",
            "OPS-7",
            "2027-03-31",
            "assay.yaml",
            12,
            1,
        ),
        WaiverUse(
            "comment",
            "edge.lb-https-only",
            "the block below",
            "edge",
            "until the move",
            "",
            "2026-06-30",
            "network/edge.tf",
            1,
            0,
            expired=True,
        ),
    ]
    gone = [PastFinding("ab" * 32, "keys.rotation", "aws_kms_key.old", "")]
    comparisons = [
        BaselineComparison(
            kind="baseline", name=".assay-baseline.json", made="2026-11-01T08:00:00Z", expires="2027-05-01", new=3, known=1, gone=gone
        )
    ]
    changes = ["assay.yaml: fail_on is high, and was low"]
    stated = [
        StatementUse(
            control="access.rbac-in-app", resource="tag role=ui", statement="viewers cannot trade", holds=True, owner="security",
            date="2026-11-02", expires="2027-05-02", link="https://wiki.example.com/roles", file="assay.yaml", line=30, results=2,
        )
    ]  # fmt: skip
    return GateReport(
        waivers=waivers,
        attestations=stated,
        comparisons=comparisons,
        changes=changes,
        warnings=["assay.yaml:14: the waiver is for nothing that was found"],
    )


CHECK = Check("CKV_AWS_53", "pass", "the account blocks it", "aws_s3_bucket.logs", "storage/main.tf", 1)


def opinion() -> Opinion:
    row = Compared(
        relation="differ", control="storage.public-access-blocked", title="Public access to buckets is blocked", severity="critical",
        address="aws_s3_bucket.logs", root="storage", ours="fail", our_reason="block_public_acls is false", theirs="pass", checks=[CHECK],
    )  # fmt: skip
    theirs = msgspec.structs.replace(
        row, relation="only_theirs", address="aws_s3_bucket.legacy", ours=None, our_reason="this run judged nothing by that control there",
        theirs="fail", checks=[Check("CKV_AWS_54", "fail", "no policy blocks it", "aws_s3_bucket.legacy", "legacy/main.tf", 9)],
    )  # fmt: skip
    ours = msgspec.structs.replace(
        row, relation="only_ours", control="edge.lb-https-only", title="Load balancers serve HTTPS only", severity="high",
        address='module.edge.aws_lb.this["a b"]', root="network", our_reason="a listener serves HTTP", theirs=None, checks=[],
    )  # fmt: skip
    return Opinion(
        scanner="checkov", version="3.2.1", results=3, agree=0, differ=1, only_theirs=1, only_ours=1, without_control=1,
        rows=[row, theirs, ours], others=[Check("CKV2_AWS_61", "fail", "no lifecycle", "aws_s3_bucket.logs", "storage/main.tf", 1)],
        problems=["checkov could not parse broken.tf"],
    )  # fmt: skip


def compared() -> Report:
    """A run with a baseline, in which one failure is known and the others are new."""
    judged_results = [
        msgspec.structs.replace(
            result, standing="known" if result.element == "a:80" else "new", waiver=OVER if result.element == "b:8080" else result.waiver
        )
        if result.verdict == "fail"
        else result
        for result in results()
    ]
    return msgspec.structs.replace(report(judged_results), opinions=[opinion()])


STEPS = [
    Step("the internet", None, "the rule of aws_security_group.web", Location("network/edge.tf", 12, 15, 3, 4, 200, 260)),
    Step("b:8080", Location("network/edge.tf", 1, 4), "its target group", Location(operation="DescribeRules", time="2026-11-20T08:00:02Z")),
    Step("aws_ecs_service.order", Location("network/edge.tf", 21, 30), "", None),
]

WAY = "the internet (the rule of aws_security_group.web) > b:8080 (its target group) > aws_ecs_service.order"
"""The same in a line."""


def results() -> list[Result]:
    flag = Location("storage/main.tf", 7, 7)
    call = Location(operation="storage.buckets.get", time="2026-11-20T08:00:01Z", caller="auditor@trade-prod")
    why = UnknownFact("versioned", "var.versioning has no value", "pass --var-file", Location("storage/variables.tf", 3, 5))
    observed = Evidence("resource.public_access_blocked", "false", "true", flag)
    public = "storage.public-access-blocked"
    return [
        result("storage.versioning-enabled", "pass", LOGS, evidence=[Evidence("resource.versioned", "true", "true", flag)]),
        result(public, "fail", LOGS, "block_public_acls is false", evidence=[observed]),
        result("edge.lb-https-only", "fail", LISTENER, "a:80 serves HTTP", element="a:80"),
        result("edge.lb-https-only", "fail", LISTENER, "a listener serves HTTP", element="b:8080", steps=STEPS),
        result(public, "fail", LIVE, "prevention is inherited", evidence=[Evidence("prevention", "inherited", "enforced", call)]),
        *[result("storage.versioning-enabled", "unknown", resource, unknown=[why]) for resource in DATA],
        result(public, "unknown", DATA[0], unknown=[UnknownFact("grants", "denied", "grant s3:GetBucketPolicy", None)]),
        result("team.own-rule", "error", LOGS, "no such overload: string < int"),
        result(public, "waived", DATA[1], "no policy blocks public access", waiver=ACCEPTED),
        result("keys.rotation", "not_applicable", LOGS),
    ]


def report(judged_results: list[Result] | None = None, coverage: Coverage | None = None) -> Report:
    judged_results = results() if judged_results is None else judged_results
    verdicts: dict[str, int] = {}
    for result in judged_results:
        verdicts[result.verdict] = verdicts.get(result.verdict, 0) + 1
    ids = list(dict.fromkeys(result.control for result in judged_results))
    outcomes = []
    for id_ in ids:
        own = [result for result in judged_results if result.control == id_]
        met = len({entry.resource.address for entry in own})
        known, verdict = _controls().get(id_), worst(entry.verdict for entry in own)
        reason = "its condition is false for all of 1 resource" if verdict == "not_applicable" else ""
        outcomes.append(ControlOutcome(id_, own[0].title, own[0].severity, verdict, met, known.frameworks if known else {}, reason))
    return Report(
        tool=Tool("assay", "1.0.0", "sha256:8f3a"),
        run=Run(
            "0190c2f4",
            "2026-11-20T08:00:00Z",
            "2026-11-20T08:00:02.5Z",
            ["assay", "scan", "storage", "--var", "a"],
            ["storage", "network"],
            revisions=[Revision(targets=["storage"], commit="5f3d" * 10, branch="main", changed=1, added=0, removed=2)],
        ),
        summary=Summary(verdicts, len({result.resource.address for result in judged_results}), len(ids)),
        controls=outcomes,
        results=judged_results,
        gate=gate() if judged_results else GateReport(),
        coverage=some_coverage() if coverage is None else coverage,
    )


def some_coverage() -> Coverage:
    gaps = [
        Gap("network/broken.tf", "parse_error", "a brace is not closed", "correct the file", 12),
        Gap("modules/queue", "module_missing", "the module is not in this directory", "run terraform init"),
    ]
    return Coverage(FileCounts(9, 8, 1), Blocks(40, 30, 7, 2), {"aws_sfn_state_machine": 2, "aws_xray_group": 5}, gaps)


def empty() -> Report:
    return report([], Coverage())


def context(**more: Any) -> Context:
    given: dict[str, Any] = {"controls": controls(), "source": source}
    return Context(**(given | more))


def many(number: int, verdict: Verdict = "fail") -> Report:
    """A large run: a quarter of the verdicts as given, the rest passes."""
    names = list(controls())
    made = []
    for index in range(number):
        address = f"module.stack_{index % 50}.aws_s3_bucket.data_{index}"
        resource_ = resource(address, BlockRef(address, f"stack/{index % 50}.tf", 1, 11))
        evidence = [Evidence("resource.public_access_blocked", "false", "true", Location(f"stack/{index % 50}.tf", 1 + index % 11))]
        own: Verdict = verdict if index % 4 == 0 else "pass"
        made.append(result(names[index % 3], own, resource_, f"{address} is open to everyone on the internet", evidence=evidence))
    return report(made, Coverage())


def replaced(data: T, text: Callable[[str], str], keep: frozenset[str] = frozenset()) -> T:
    """The same structs with every string replaced, except the fields in `keep`."""
    return _replaced(data, text, keep)  # type: ignore[no-any-return]


def _replaced(data: Any, text: Callable[[str], str], keep: frozenset[str]) -> Any:
    if isinstance(data, str):
        return text(data)
    if isinstance(data, list):
        return [_replaced(entry, text, keep) for entry in data]
    if isinstance(data, dict):
        return {text(key) if isinstance(value, (int, list)) else key: _replaced(value, text, keep) for key, value in data.items()}
    if isinstance(data, msgspec.Struct):
        fields = {name: getattr(data, name) for name in data.__struct_fields__}
        kept = {*keep, "verdicts"}
        limited = {name for name in fields if name in kept or f"{type(data).__name__}.{name}" in kept}
        changed = {name: value if name in limited else _replaced(value, text, keep) for name, value in fields.items()}
        return msgspec.structs.replace(data, **changed)
    return data


def hostile(text: str, *, valid: bool = False) -> tuple[Report, Context]:
    """A report and rules in which every string is `text`; with `valid` those that the contract limits stay as they are.

    Identifiers keep a tail of their own, so that results stay apart from each other.
    """
    keep = frozenset(ENUMERATED if valid else {"schema", "verdict", "relation", "ours", "theirs"})

    def own(value: str) -> str:
        return text + hashlib.sha256(value.encode()).hexdigest()[:6]

    made = replaced(msgspec.structs.replace(report(), opinions=[opinion()]), own, keep)
    told = replaced(controls(), own, frozenset({"severity"}))
    lines = [text.replace("\n", "").replace("\r", "")] * 20
    return made, context(controls={entry.id: entry for entry in told.values()}, source=lambda _file, first, last: lines[: last - first + 1])
