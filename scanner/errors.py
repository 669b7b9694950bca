"""What Assay raises to its callers. What is wrong with an input is no exception: it is a gap in the coverage."""

from __future__ import annotations


class AssayError(Exception):
    """Base of all errors that a caller can do something about; the text names the place, the problem and the way out."""


class SelectionError(AssayError, LookupError):
    """A control, profile or param that is not there."""


class OptionsError(AssayError, ValueError):
    """Options that cannot be used."""


class RunError(AssayError, RuntimeError):
    """A scan that is asked for what it cannot give any more: it runs once."""
