"""The tables and their columns: names, types of DuckDB and what each says. All that reads, writes or documents tables takes them from here.

A value that a source does not have is NULL. Times are UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

VERSION = "assay-tables/1"
"""Of all tables together: columns are added within version 1, never removed."""
TEXT, NUMBER, FLAG, TIME, DAY, TEXTS = "VARCHAR", "BIGINT", "BOOLEAN", "TIMESTAMP", "DATE", "VARCHAR[]"
TAGS, SECTIONS, JSON = "MAP(VARCHAR, VARCHAR)", "MAP(VARCHAR, VARCHAR[])", "JSON"
REPORTS, SNAPSHOTS, HISTORIES = "reports", "snapshots", "histories"
"""What sources there are; a run folder is its report."""


class Column(msgspec.Struct, frozen=True):
    """A column: its name, its type in DuckDB and in Parquet, and what it says."""

    name: str
    type: str
    meaning: str


class Table(msgspec.Struct, frozen=True):
    """A table: the sources that fill it, what a row of it is, and its columns."""

    name: str
    of: tuple[str, ...]
    row: str
    columns: tuple[Column, ...]

    def shape(self) -> Mapping[str, str]:
        """Name to type of each column, in their order."""
        return {column.name: column.type for column in self.columns}


def _columns(*said: tuple[str, str, str]) -> tuple[Column, ...]:
    return tuple(Column(name, type_, meaning) for name, type_, meaning in said)


_SOURCE = ("source", TEXT, "The source that says it, as the command line names it; in Parquet NULL.")
_RUN = ("run", TEXT, "Id of the run.")
_FROM = (_SOURCE, _RUN)
_CONTROL = ("control", TEXT, "Id of the control.")
_FINGERPRINT = ("fingerprint", TEXT, "Identity of the result, the same in every run.")
_RESOURCE = ("resource", TEXT, "Id of the resource: the provider's name where it is known, else its address.")
_ROOT = ("root", TEXT, "What the address is relative to: a root module, the file of a plan or template, an account.")
_ACCOUNT = ("account", TEXT, "Account of AWS or project of Google Cloud, where it is known.")
_REGION = ("region", TEXT, "Region, where it is known and there is one.")
_CLOUD = ("cloud", TEXT, "`aws` or `google`; empty for what is of neither.")
_ADDRESS = ("address", TEXT, "Address in the code; of what is live, its id.")
_PLACES = (
    ("file", TEXT, "File in which it was seen."),
    ("line", NUMBER, "Line of it."),
    ("end_line", NUMBER, "Last line of it."),
)

RUNS = Table(
    "runs", (REPORTS, SNAPSHOTS, HISTORIES), "A run, or the taking of a snapshot.",
    _columns(
        *_FROM,
        ("series", TEXT, "Of a history: runs over the same are of one series; of a report, its targets."),
        ("started", TIME, "When it began."),
        ("finished", TIME, "When it ended."),
        ("version", TEXT, "The version of Assay."),
        ("rules", TEXT, "Digest of the rules that were applied."),
        ("complete", FLAG, "Whether everything could be read and judged."),
        ("results", NUMBER, "How many results it has."),
        ("resources", NUMBER, "How many resources a control was asked of; of a snapshot, how many it holds."),
        ("open", NUMBER, "Findings that failed when it was over; of a history, those among them that it could not see."),
        ("waived", NUMBER, "Findings that were waived when it was over."),
        ("unknown", NUMBER, "Findings that could not be told when it was over."),
        ("unobserved", NUMBER, "Of a history: how many of these the run could not see."),
    ),
)  # fmt: skip
CONTROLS = Table(
    "controls", (REPORTS,), "A control that a run judged by.",
    _columns(
        *_FROM, _CONTROL,
        ("title", TEXT, "What it asks."),
        ("severity", TEXT, "`critical`, `high`, `medium` or `low`."),
        ("verdict", TEXT, "Its worst verdict; `not_applicable` where it met no resource."),
        ("resources", NUMBER, "Resources that it was asked of."),
        ("frameworks", SECTIONS, "Framework to the ids of its requirements that the control serves."),
        ("reason", TEXT, "Why it is `not_applicable`."),
    ),
)  # fmt: skip
RESULTS = Table(
    "results", (REPORTS,), "A verdict of a control on a resource, or on one element of it.",
    _columns(
        *_FROM, _CONTROL,
        ("title", TEXT, "What the control asks."),
        ("severity", TEXT, "`critical`, `high`, `medium` or `low`."),
        ("verdict", TEXT, "`pass`, `fail`, `unknown`, `waived`, `error` or `not_applicable`."),
        ("standing", TEXT, "`new` or `known` beside a baseline or a revision; empty where nothing was compared."),
        _FINGERPRINT,
        ("message", TEXT, "What is so."),
        ("element", TEXT, "Which element of the resource; empty for the resource itself."),
        _RESOURCE,
        ("kind", TEXT, "Kind of the resource: `Bucket`."),
        ("type", TEXT, "The input's own type name: `aws_s3_bucket`, `s3.bucket`."),
        ("name", TEXT, "Name of the resource, or the label of its block."),
        _CLOUD, _ACCOUNT, _REGION, _ADDRESS, _ROOT,
        ("tags", TAGS, "Tags or labels of the resource, as far as they are known."),
        *_PLACES,
        ("waived_by", TEXT, "Where its waiver stands: `configuration`, `comment`, `mark`, `checkov` or `trivy`."),
        ("waiver_owner", TEXT, "Who accepts it."),
        ("waiver_reason", TEXT, "Why."),
        ("waiver_ticket", TEXT, "The ticket of that."),
        ("waiver_expires", DAY, "The last day of the waiver."),
        ("waiver_expired", FLAG, "Whether that was over."),
        ("course", TEXT, "Where a history is kept: `new`, `regressed` or `known`."),
        ("first_seen", TIME, "Where a history is kept: when it was found first."),
        ("since", TIME, "Where a history is kept: since when it fails, or is waived or unknown."),
        ("times", NUMBER, "Where a history is kept: how often it began to fail."),
    ),
)  # fmt: skip
RESOURCES = Table(
    "resources", (REPORTS, SNAPSHOTS), "A resource that a control was asked of, once for each of its kinds, or that a snapshot holds.",
    _columns(
        *_FROM, _RESOURCE,
        ("kind", TEXT, "Kind: `Bucket`; of a snapshot NULL, since nothing has read it."),
        ("type", TEXT, "The input's own type name: `aws_s3_bucket`, `s3.bucket`."),
        ("name", TEXT, "Its name, or the label of its block; of a snapshot NULL."),
        _CLOUD, _ACCOUNT, _REGION, _ADDRESS, _ROOT,
        ("file", TEXT, "File of its first block."),
        ("line", NUMBER, "Line where that begins."),
        ("end_line", NUMBER, "Line where that ends."),
        ("stands_for", TEXT, "`itself`, `instances`, `part` or `unlisted`."),
        ("in_example", FLAG, "Whether it is in a directory of examples or tests."),
        ("tags", TAGS, "Tags or labels, as far as they are known."),
        ("seen", TIME, "Of a snapshot: when it was listed."),
        ("data", JSON, "Of a snapshot: what the account answered of it, by the call; what may be secret is not in it."),
    ),
)  # fmt: skip
FACTS = Table(
    "facts", (REPORTS,), "A fact that decided a result, or that it lacks.",
    _columns(
        *_FROM, _CONTROL,
        ("verdict", TEXT, "The verdict of the result."),
        _FINGERPRINT, _RESOURCE, _ACCOUNT, _REGION, _ROOT,
        ("fact", TEXT, "Name of the fact: `versioned`, `grants[].exposed`."),
        ("value", TEXT, "What was observed, as text."),
        ("expected", TEXT, "What the control asks of it."),
        ("known", FLAG, "False where it could not be told."),
        ("reason", TEXT, "Why it could not be told."),
        ("settles_it", TEXT, "What would settle it."),
        *_PLACES,
        ("operation", TEXT, "Of a live account: the call that told it."),
        ("time", TIME, "When that was answered."),
        ("caller", TEXT, "Whom it was answered to."),
        ("unchanged", TIME, "Of an answer of an earlier snapshot: when AWS Config said that it is still so."),
    ),
)  # fmt: skip
CALLS = Table(
    "calls", (REPORTS, SNAPSHOTS), "Calls of one operation in one account and region that ended alike.",
    _columns(
        *_FROM, _ACCOUNT,
        ("region", TEXT, "Region; `global` for services without regions."),
        ("service", TEXT, "Service, as the API names it."),
        ("operation", TEXT, "Operation, as the API names it."),
        ("outcome", TEXT, "`answered`, `denied`, `failed`, or `unchanged` of one that was not made: an earlier answer is still so."),
        ("code", TEXT, "The provider's error code."),
        ("permission", TEXT, "The permission that it needs."),
        ("count", NUMBER, "How many calls."),
    ),
)  # fmt: skip
WAIVERS = Table(
    "waivers", (REPORTS,), "A waiver that a run met.",
    _columns(
        *_FROM,
        ("waived_by", TEXT, "Where it stands: `configuration`, `comment`, `mark`, `checkov` or `trivy`."),
        ("control", TEXT, "Id or glob of the controls that it is for."),
        ("resource", TEXT, "What it selects, in words."),
        ("owner", TEXT, "Who accepts it."),
        ("reason", TEXT, "Why."),
        ("ticket", TEXT, "The ticket of that."),
        ("expires", DAY, "Its last day."),
        ("file", TEXT, "File in which it stands."),
        ("line", NUMBER, "Line of it."),
        ("findings", NUMBER, "How many findings it is for."),
        ("expired", FLAG, "Whether its last day was over."),
        ("refused", TEXT, "Why it does not count; empty where it does."),
    ),
)  # fmt: skip
GAPS = Table(
    "gaps", (REPORTS, SNAPSHOTS), "Something that was not judged.",
    _columns(
        *_FROM,
        ("scope", TEXT, "A path, or `aws:ACCOUNT/REGION`."),
        ("line", NUMBER, "Line of it, where there is one."),
        ("code", TEXT, "What kind of gap: `call_denied`, `parse_error`."),
        ("reason", TEXT, "Why it was not judged."),
        ("settles_it", TEXT, "What would settle it."),
        ("known", FLAG, "Whether it was there at the baseline or the revision that the run is compared with."),
    ),
)  # fmt: skip
_HALF = ("fingerprint", TEXT, "The half of the fingerprint that a history keeps: `results.fingerprint[:32]`.")
FINDINGS = Table(
    "findings", (HISTORIES,), "A finding for as long as it is known.",
    _columns(
        _SOURCE, _HALF, _CONTROL,
        ("title", TEXT, "What the control asks."),
        ("severity", TEXT, "`critical`, `high`, `medium` or `low`."),
        ("state", TEXT, "`open`, `unknown`, `waived`; over: `fixed`, `gone`, `settled`."),
        ("observed", FLAG, "Whether the last run of it could see it."),
        _CLOUD, _ACCOUNT, _REGION, _ROOT,
        ("owner", TEXT, "Who owns it, where that was told."),
        _ADDRESS,
        ("element", TEXT, "Which element of the resource; empty for the resource itself."),
        ("first_seen", TIME, "When the run began that found it first."),
        ("since", TIME, "When the run began since which it is what it is."),
        ("opened", TIME, "When the run began that found it failing first since it was over, or ever."),
        ("closed", TIME, "When the run began that found it over."),
        ("times", NUMBER, "How often it began to fail."),
    ),
)  # fmt: skip
CHANGES = Table(
    "changes", (HISTORIES,), "What became of a finding in a run.",
    _columns(
        *_FROM,
        ("started", TIME, "When the run began."),
        _HALF, _CONTROL,
        ("event", TEXT, "What: `new`, `regressed`, `fixed`, `gone`, `settled`, `waived`, `unwaived`, `unknown`, `unobserved` or another."),
        ("since", TIME, "Of what is over, when it was found failing; else since when it was what it was before."),
        ("rule_changed", TEXT, "How far another rule judged: `control`, `digest` or empty."),
        ("reason", TEXT, "Why, where the event does not say it."),
    ),
)  # fmt: skip
TABLES = {
    table.name: table
    for table in (RUNS, CONTROLS, RESULTS, RESOURCES, FACTS, CALLS, WAIVERS, GAPS, FINDINGS, CHANGES)
}  # fmt: skip
OF_REPORTS = tuple(table for table in TABLES.values() if REPORTS in table.of)
"""Those that a report fills, and that Parquet has."""


def documented(tables: Iterable[Table] = tuple(TABLES.values())) -> str:
    """The tables in Markdown, for docs/query.md."""
    parts = []
    for table in tables:
        parts.append(f"### `{table.name}`\n\n{table.row} Filled by {' and '.join(table.of)}.\n")
        parts.append("| Column | Type | Meaning |\n| --- | --- | --- |")
        parts += [f"| `{column.name}` | `{column.type}` | {column.meaning} |" for column in table.columns]
        parts.append("")
    return "\n".join(parts)
