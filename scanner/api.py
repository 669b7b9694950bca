"""Assay: policy as code for AWS and Google Cloud. What is named here is the public interface; docs/api.md describes it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from assay.scanner import __version__

if TYPE_CHECKING:
    from assay.scanner.config import ConfigurationError
    from assay.scanner.errors import AssayError, OptionsError, RunError, SelectionError
    from assay.scanner.judge import Judged
    from assay.scanner.options import Limits, Options
    from assay.scanner.results.model import Report, Result
    from assay.scanner.results.tally import Tally
    from assay.scanner.rules.model import RuleError, RuleErrors
    from assay.scanner.run import Scan

_HOMES = {
    "AssayError": "errors",
    "ConfigurationError": "config",
    "Judged": "judge",
    "Limits": "options",
    "Options": "options",
    "OptionsError": "errors",
    "Report": "results.model",
    "Result": "results.model",
    "RuleError": "rules.model",
    "RuleErrors": "rules.model",
    "RunError": "errors",
    "Scan": "run",
    "SelectionError": "errors",
    "Tally": "results.tally",
}

__all__ = [
    "AssayError",
    "ConfigurationError",
    "Judged",
    "Limits",
    "Options",
    "OptionsError",
    "Report",
    "Result",
    "RuleError",
    "RuleErrors",
    "RunError",
    "Scan",
    "SelectionError",
    "Tally",
    "__version__",
]


def __getattr__(name: str) -> Any:
    """Imports what is asked for, so that `import assay` is quick."""
    if name not in _HOMES:
        raise AttributeError(f"module 'assay' has no attribute {name!r}")
    return getattr(importlib.import_module(f"assay.scanner.{_HOMES[name]}"), name)
