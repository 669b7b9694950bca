"""Reports that AWS gives as a table in CSV, as entries like those of other listings.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
"""

from __future__ import annotations

import csv
import io

_NOTHING = frozenset(["N/A", "no_information", "not_supported", ""])
"""What stands in a column that has no value for this one."""
_FLAGS = {"true": True, "false": False}


def rows(table: bytes) -> list[dict[str, str | bool | None]]:
    """The lines below the first, by the names of their columns. Raises ValueError where it is no such table."""
    lines = csv.reader(io.StringIO(table.decode("utf-8")), strict=True)
    try:
        columns = next(lines, [])
        table_rows = [_row(columns, line) for line in lines if line]
    except csv.Error as error:
        raise ValueError(str(error)) from None
    if not columns:
        raise ValueError("the table is empty")
    return table_rows


def _row(columns: list[str], line: list[str]) -> dict[str, str | bool | None]:
    told = zip(columns, line, strict=True)
    return {column: None if text in _NOTHING else _FLAGS.get(text.lower(), text) for column, text in told}
