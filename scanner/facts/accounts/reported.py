"""What the credential report of an account says of a user, where the calls about that user were not answered.

AWS makes a report every four hours at most, so that what the calls say comes first:
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
"""

from __future__ import annotations

from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value

ROOT = "<root_account>"
"""What the root user is called in it."""
KEYS = (1, 2)
"""The keys of a user, of which there are two at most."""


def flag(row: View | None, column: str, otherwise: Value[bool]) -> Value[bool]:
    """What a column says; `otherwise` where there is no report, or where that has nothing there."""
    told = row[column] if row is not None else None
    return told if told is not None and isinstance(told.data, bool) else otherwise


def said(known: bool, more: Unknown | None, view: View, row: View | None, column: str) -> Value[bool]:
    """What the calls say, and else the report. `more`: why there may be what they do not show."""
    told = view.says(known or more or False)
    return flag(row, column, told) if told.unknown else told


def row_of(rows: list[View]) -> View | None:
    """The line of a report that is the only one."""
    return rows[0] if len(rows) == 1 and rows[0].doubt is None else None
