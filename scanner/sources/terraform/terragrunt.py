"""Terragrunt's units (https://terragrunt.gruntwork.io/docs/reference/hcl/), which are not evaluated: what they decide is not known here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from assay.scanner.sources.coverage import Gap

FILES = ("terragrunt.hcl", "terragrunt.stack.hcl")


def gaps(paths: Sequence[str], show: Callable[[str], str]) -> Iterator[Gap]:
    """One gap for all files of Terragrunt below a path."""
    if paths:
        others = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        reason = f"Terragrunt gives modules their source and their variables here{others}, which is not evaluated"
        way = "scan the plans that it makes (terragrunt show -json), or pass the variables with --var-file"
        yield Gap(show(paths[0]), "terragrunt_unsupported", reason, way)
