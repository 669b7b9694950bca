"""How long ago something was, when a live account was asked."""

from __future__ import annotations

import datetime
from typing import Any

from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown


def days_ago(view: View, text: Any, what: str) -> int | Unknown:
    """Days between a time and the answer that tells it. `what`: of what it is the time, in words."""
    try:
        return (datetime.datetime.fromisoformat(view.location.time) - datetime.datetime.fromisoformat(str(text))).days
    except (TypeError, ValueError, OverflowError):
        return Unknown(f"{what} cannot be read: {str(text)[:100]} is no time", "audit again", view.location)
