"""The tables of a history, the same in SQLite and in PostgreSQL.

A finding is one row for as long as it is known, and a change of it one row beside the run that saw it: a night in which little changes
writes little, however much there is. What did not change is not written again.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
)  # fmt: skip

VERSION = 1
metadata = MetaData()

meta = Table(
    "assay_meta",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Integer, nullable=False),
)
"""`version`: of these tables; `runs`: how many runs were entered. Who enters a run writes here first, so that one waits for another."""

run = Table(
    "assay_run",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("uuid", String, nullable=False, unique=True),
    Column("series", String, nullable=False),
    Column("started", String, nullable=False),
    Column("finished", String, nullable=False),
    Column("version", String, nullable=False),
    Column("rules", String, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("results", Integer, nullable=False),
    Column("open", Integer),
    Column("waived", Integer),
    Column("unknown", Integer),
    Column("unobserved", Integer),
    Column("header", LargeBinary),
)
"""`series`: runs over the same are compared with each other. `started`: RFC 3339, UTC. `rules`: their digest. `open` to
`unobserved`: how many findings were so when it was over, of all that the history has. `header`: what the
report says beside its results, of the last run of each series."""

control = Table(
    "assay_control",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("control", String, nullable=False, unique=True),
    Column("title", String, nullable=False),
    Column("severity", String, nullable=False),
)

place = Table(
    "assay_place",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("cloud", String, nullable=False),
    Column("account", String, nullable=False),
    Column("region", String, nullable=False),
    Column("root", String, nullable=False),
    Column("owner", String, nullable=False),
    UniqueConstraint("cloud", "account", "region", "root", "owner"),
)
"""Where findings are and who owns them; empty text for what is not known, or in none."""

finding = Table(
    "assay_finding",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("fingerprint", LargeBinary(16), nullable=False, unique=True),
    Column("control", Integer, ForeignKey("assay_control.id"), nullable=False),
    Column("place", Integer, ForeignKey("assay_place.id"), nullable=False),
    Column("address", String, nullable=False),
    Column("element", String, nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("observed", Boolean, nullable=False),
    Column("first", Integer, ForeignKey("assay_run.id"), nullable=False),
    Column("since", Integer, ForeignKey("assay_run.id"), nullable=False),
    Column("opened", Integer, ForeignKey("assay_run.id")),
    Column("closed", Integer, ForeignKey("assay_run.id")),
    Column("openings", SmallInteger, nullable=False),
    Column("detail", LargeBinary),
    Index("assay_finding_closed", "closed"),
)
"""`fingerprint`: the first half of the one in reports. `state`: STATES by number. `observed`: the last run of it could see it. `first`: the
run that found it; `since`: the one since which it is open, or waived, or unknown; `opened`: the one that found it failing first since it
was over, or ever; `closed`: the one that found it over; `openings`: how often it began to fail. `detail`: what a report says of it, until
it is over."""

change = Table(
    "assay_change",
    metadata,
    Column("run", Integer, ForeignKey("assay_run.id"), primary_key=True, autoincrement=False),
    Column("finding", Integer, ForeignKey("assay_finding.id"), primary_key=True, autoincrement=False),
    Column("event", SmallInteger, nullable=False),
    Column("since", Integer, ForeignKey("assay_run.id"), nullable=False),
    Column("rule", SmallInteger, nullable=False),
    Column("reason", String),
    Index("assay_change_finding", "finding"),
)
"""`event`: EVENTS by number. `since`: of what is over, the run that found it failing, or that found it at all; else the one since which it
was what it was before. `rule`: how far it was another rule that judged:
RULES by number. `reason`: why, where the event does not say it."""

STATES = ("open", "unknown", "waived", "fixed", "gone", "settled")
"""What a finding is. `settled`: it could not be told, and is told now. The last three are over."""
EVENTS = (
    "new", "regressed", "unwaived", "waived", "unknown", "unobserved", "left_scope", "seen", "fixed", "gone", "settled",
)  # fmt: skip
"""What became of it in a run. `seen`: it could not be seen or told before, and is as it was."""
RULES = ("", "digest", "control")
OPEN, UNKNOWN, WAIVED, FIXED, GONE, SETTLED = range(len(STATES))
