"""What Assay raises to its callers. What is wrong with an input is no exception: it is a gap in the coverage."""

from __future__ import annotations

import sys

LOGGER = "assay"
"""The name of the logger that is told of phases and of exceptions that end in a gap, at the level DEBUG."""


class AssayError(Exception):
    """Base of all errors that a caller can do something about; the text names the place, the problem and the way out."""


class SelectionError(AssayError, LookupError):
    """A control, profile, framework or param that is not there."""

    def __init__(self, message: str, *key: str) -> None:
        """`key`: where a configuration would have it, for who knows its lines: `params`, `region`."""
        super().__init__(message)
        self.key = key


class OptionsError(AssayError, ValueError):
    """Options that cannot be used."""


class RunError(AssayError, RuntimeError):
    """A scan that is asked for what it cannot give any more: it runs once."""


class LibraryError(AssayError, ImportError):
    """A library of another language that cannot be loaded here."""

    def __init__(self, name: str, error: ImportError) -> None:
        """`name`: the distribution."""
        super().__init__(
            f"{name} cannot be loaded ({error}). It is built for CPython 3.11 to 3.14 on macOS, 64-bit Windows, and Linux with glibc 2.28 "
            "or later (x86_64, aarch64), not for musl (Alpine): use an image such as python:3.13-slim, or install it again for this "
            f"Python: pip install --force-reinstall {name}"
        )


def debugged() -> bool:
    """Whether anybody listens to the logger: who does has imported `logging`, which nobody else pays for."""
    logging = sys.modules.get("logging")
    return logging is not None and bool(logging.getLogger(LOGGER).isEnabledFor(logging.DEBUG)) and logging.getLogger(LOGGER).hasHandlers()


def debug(message: str, error: BaseException | None = None) -> None:
    """Tell those who listen what was done, or that an exception was met."""
    if debugged():
        sys.modules["logging"].getLogger(LOGGER).debug("%s", message, exc_info=error)
