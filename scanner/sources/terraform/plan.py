"""Terraform plans: the JSON that `terraform show -json` writes (https://developer.hashicorp.com/terraform/internals/json-format).

`planned_values` say what will be, `resource_changes` which of it is not known yet, `configuration` what an unknown value refers to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from assay.scanner.options import Options
from assay.scanner.override import override
from assay.scanner.sources.budget import Budget
from assay.scanner.sources.coverage import Coverage, Gap
from assay.scanner.sources.discover import show
from assay.scanner.sources.encodings import utf8
from assay.scanner.sources.entries import Entries
from assay.scanner.sources.interface import EVERYTHING, Collection, Item, Source, Wanted
from assay.scanner.sources.overlay import DISK, repository
from assay.scanner.sources.sensitive import Sensitive
from assay.scanner.sources.terraform import plan_declarations
from assay.scanner.sources.terraform.plan_items import PlanItem
from assay.scanner.sources.terraform.planned import PlanParts

MAX_BYTES = 500_000_000
_NAMED = 5


def sources(paths: Sequence[str], named: set[str], options: Options) -> Iterator[Source]:
    """The plans among `paths`, each with the code that it was made from, where that was given."""
    coverage, overlay = Coverage(), options.overlay or DISK
    for path in paths:
        file = show(path)
        try:
            source = overlay.read(path, MAX_BYTES + 1)
            if len(source) > MAX_BYTES:
                coverage.gaps.append(Gap(file, "parse_error", f"larger than {MAX_BYTES // 1_000_000} MB", "split the configuration"))
                coverage.enter(file, "plan", "unread", "too large")
                continue
            content = msgspec.json.decode(utf8(source))
        except (OSError, ValueError, RecursionError) as error:
            reason = f"cannot be read ({error.strerror})" if isinstance(error, OSError) else _not_json(error)
            coverage.gaps.append(Gap(file, "parse_error", reason, "write it with terraform show -json"))
            coverage.enter(file, "plan", "unread", "not JSON")
            continue
        if is_plan(content):
            yield PlanSource(file, content, _code(content, options) if options.code else None)
        else:
            coverage.enter(file, "plan", "other", "JSON, and no plan")
    if coverage.fates:
        yield Entries("plans", coverage)


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


def _not_json(error: Exception) -> str:
    if isinstance(error, msgspec.ValidationError) or "out of range" in str(error):
        return "a number is larger than any that a plan has"
    return f"not JSON: {error}"


def is_plan(content: Any) -> bool:
    """Whether decoded JSON is a plan."""
    return isinstance(content, dict) and "format_version" in content and "planned_values" in content


class PlanSource(Source):
    """One plan. `code` gives the items of the source that it was made from, whose lines and structure the plan lacks."""

    input = "plan"

    def __init__(self, path: str, content: dict[str, Any], code: Source | None = None) -> None:
        self.path, self.content, self.code = path, content, code

    @override
    def collect(self, wanted: Wanted = EVERYTHING) -> Iterator[Collection]:
        """One collection. A plan that is not as `terraform show -json` writes it is a gap, and has no items."""
        coverage = Coverage()
        coverage.files.found = coverage.files.parsed = 1
        coverage.enter(self.path, "plan", "judged")
        code: dict[str, Item] = {}
        sensitive: Sensitive | None = None
        for collection in self.code.collect(wanted) if self.code else ():
            code.update({item.address: item for item in collection.items})
            coverage.gaps += collection.coverage.gaps
            sensitive = collection.sensitive.joined(sensitive) if collection.sensitive is not None else sensitive
        spent: list[str] = []
        budget = Budget(tell=spent.append)
        try:
            plan = PlanParts(self.path, self.content, budget)
            plan.sensitive = sensitive = plan.sensitive.joined(sensitive)
            planned = (*plan.resources(), *plan.provider_blocks(), *plan_declarations.declarations(plan))
            items: list[Item] = [PlanItem(plan, resource, code.get(resource["address"])) for resource in planned]
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            reason = f"the plan is not as `terraform show -json` writes it ({type(error).__name__}: {error})"
            coverage.gaps.append(Gap(self.path, "input_failed", reason, "write it again with terraform show -json"))
            items = []
        coverage.gaps += [_too_costly(self.path, reason) for reason in spent]
        budget.tell = lambda reason: coverage.gaps.append(_too_costly(self.path, reason))  # while rules ask for values
        coverage.gaps += _shortfalls(self.path, self.content)
        yield Collection(self.path, items, coverage, sensitive=sensitive)


def _too_costly(path: str, reason: str) -> Gap:
    return Gap(path, "input_failed", f"what its values refer to: {reason}", "scan the code, or write the plan again")


def _shortfalls(path: str, content: dict[str, Any]) -> Iterator[Gap]:
    """What a plan says of itself that it leaves out (https://developer.hashicorp.com/terraform/internals/json-format#plan-representation)."""
    if content.get("errored"):
        yield Gap(path, "plan_errored", "Terraform could not complete this plan", "correct the error and plan again")
        return
    deferred = content.get("deferred_changes")
    if isinstance(deferred, list) and deferred:
        reason = f"the plan leaves {len(deferred)} changes for later: {_addresses(deferred)}"
        yield Gap(path, "plan_incomplete", reason, "apply it and plan again")
    elif content.get("complete") is False:
        reason = "the plan does not cover the whole configuration, as with -target or where changes are left for later"
        yield Gap(path, "plan_incomplete", reason, "plan without -target, or apply it and plan again")


def _addresses(deferred: list[Any]) -> str:
    """The addresses of a few deferred changes, for a message."""
    changes = [entry.get("resource_change") for entry in deferred if isinstance(entry, dict)]
    addresses = [str(change.get("address")) for change in changes if isinstance(change, dict)]
    return ", ".join(addresses[:_NAMED]) + (" and others" if len(addresses) > _NAMED else "")
