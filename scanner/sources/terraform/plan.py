"""Terraform plans: the JSON that `terraform show -json` writes (https://developer.hashicorp.com/terraform/internals/json-format).

`planned_values` say what will be, `resource_changes` which of it is not known yet, `configuration` what an unknown value refers to.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from assay.scanner.options import Options
from assay.scanner.sources.discover import show
from assay.scanner.sources.interface import EVERYTHING, Collection, Coverage, Gap, Item, Source, Unread, Wanted
from assay.scanner.sources.overlay import DISK, repository
from assay.scanner.sources.terraform.plan_items import PlanItem
from assay.scanner.sources.terraform.planned import Plan

MAX_BYTES = 500_000_000


def sources(paths: Sequence[str], named: set[str], options: Options) -> Iterator[Source]:
    """The plans among `paths`, each with the code that it was made from, where that was given."""
    for path in paths:
        try:
            if os.path.getsize(path) > MAX_BYTES:
                yield Unread(Gap(show(path), "parse_error", f"larger than {MAX_BYTES // 1_000_000} MB", "split the configuration"))
                continue
            with open(path, "rb") as opened:
                content = msgspec.json.decode(opened.read())
        except (OSError, ValueError, RecursionError) as error:
            yield Unread(Gap(show(path), "parse_error", f"not JSON: {error}", "write it with terraform show -json"))
            continue
        if is_plan(content):
            yield PlanSource(show(path), content, _code(content, options) if options.code else None)
        elif path in named:
            yield Unread(
                Gap(show(path), "unsupported", "JSON, but of no kind that can be scanned", "write the plan with terraform show -json")
            )


def _code(content: dict[str, Any], options: Options) -> Source:
    from assay.scanner.sources.terraform.hcl import TerraformSource

    given = content.get("variables")
    planned = {name: entry.get("value") for name, entry in given.items() if isinstance(entry, dict)} if isinstance(given, dict) else {}
    assert options.code is not None
    overlay = options.overlay or DISK
    boundary = [repository(options.code, overlay) or options.code]
    return TerraformSource(
        [options.code],
        variables=options.variables,
        planned=planned,
        var_files=options.var_files,
        workspace=options.workspace,
        boundary=boundary,
        show=show,
        overlay=overlay,
    )


def is_plan(content: Any) -> bool:
    """Whether decoded JSON is a plan."""
    return isinstance(content, dict) and "format_version" in content and "planned_values" in content


class PlanSource(Source):
    """One plan. `code` gives the items of the source that it was made from, whose lines and structure the plan lacks."""

    input = "plan"

    def __init__(self, path: str, content: dict[str, Any], code: Source | None = None) -> None:
        self.path, self.content, self.code = path, content, code

    def collect(self, wanted: Wanted = EVERYTHING) -> Iterator[Collection]:
        coverage = Coverage()
        coverage.files.found = coverage.files.parsed = 1
        code: dict[str, Item] = {}
        for collection in self.code.collect(wanted) if self.code else ():
            code.update({item.address: item for item in collection.items})
            coverage.gaps += collection.coverage.gaps
        try:
            plan = Plan(self.path, self.content)
            items: list[Item] = [PlanItem(plan, resource, code.get(resource["address"])) for resource in plan.resources()]
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            reason = f"the plan is not as `terraform show -json` writes it ({type(error).__name__}: {error})"
            coverage.gaps.append(Gap(self.path, "input_failed", reason, "write it again with terraform show -json"))
            items = []
        if self.content.get("errored"):
            coverage.gaps.append(
                Gap(self.path, "plan_errored", "terraform could not complete this plan", "correct the error and plan again")
            )
        yield Collection(self.path, items, coverage)
