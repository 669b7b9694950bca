"""Words for people that the command line and the reports share."""

from __future__ import annotations


def many(number: int, what: str) -> str:
    """A number and a noun whose plural ends in s."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
