"""Judges the estate as a whole, by what the collections of a run said of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from assay.scanner.analysis.estate.derive import resources
from assay.scanner.analysis.estate.kinds import ESTATE, ManagedAccount, OfEstate
from assay.scanner.analysis.estate.view import EstateView
from assay.scanner.compare.managed import CONTROL
from assay.scanner.errors import SelectionError
from assay.scanner.judge import Judged, Rules
from assay.scanner.options import Options
from assay.scanner.results import findings
from assay.scanner.results.model import Result
from assay.scanner.sources.coverage import Coverage
from assay.scanner.sources.interface import Contributions


def judged_estate(rules: Rules, options: Options) -> Judged:
    """What the rules say of everything that was summed up. Only where `rules.estate` is there."""
    assert rules.estate is not None
    narrowed = options.changed is not None
    kinds = {compiled.control.id: compiled.kind for compiled in rules.judged}
    view = EstateView(rules.estate.summary, rules.estate.estate, options.paths, narrowed=narrowed, today=options.today, kinds=kinds)
    made = list(resources(view, set(rules.estate_kinds)))
    return Judged(ESTATE, list(results_of(made, rules)), Coverage(), len(made), Contributions())


def account_judge(options: Options) -> Callable[[list[ManagedAccount]], list[Result]] | None:
    """What gives the verdicts on live accounts beside their code; None where options leave the control out."""
    try:
        rules = Rules(msgspec.structs.replace(options, controls=(CONTROL,), paths=()))
    except SelectionError:
        return None
    return (lambda accounts: list(results_of(accounts, rules))) if rules.selected else None


def results_of(made: Iterable[OfEstate], rules: Rules) -> Iterable[Result]:
    """The verdicts on resources of the estate."""
    for resource in made:
        resource.give_roles(rules.roles.of)
        yield from findings.results(resource, ESTATE, rules.judges.judge(type(resource).__name__, resource))
