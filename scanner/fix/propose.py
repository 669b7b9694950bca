"""Proven fixes as plain data, for whoever shows them: an editor, a report.

    options = Options(paths=["infra/"], overlay=Unsaved({"infra/main.tf": text}))
    for proposal in proposals(options, lambda result: result.control == "keys.rotation-and-policy"):
        print(proposal.title, proposal.edits)

The edits of each proposal are of the files as the overlay has them, and are proven by themselves. Two that meet (edits.conflict) cannot be
applied together; apply one, and ask again.
"""

from __future__ import annotations

from collections.abc import Callable

from assay.scanner.fix.converge import Fixing
from assay.scanner.fix.edits import Edit, applied, conflict
from assay.scanner.fix.files import Files
from assay.scanner.fix.interface import Proposal, Unfixed
from assay.scanner.fix.judging import Judging
from assay.scanner.options import Options
from assay.scanner.results.model import Result
from assay.scanner.sources.overlay import DISK

__all__ = ["Edit", "Proposal", "Unfixed", "applied", "conflict", "fixing", "proposals"]


def fixing(options: Options) -> Fixing:
    """A tree with what is said of it, to be fixed. Raises RuleErrors and SelectionError.

    All that `options.paths` name is judged once, by the controls of the options: no verdict of these becomes worse, so that those should be
    all, whichever are to be mended. The worker judges where `options.limits` are set and this process can fork, else this process does.
    """
    return Fixing(Judging(options), Files(options.paths, options.overlay or DISK))


def proposals(options: Options, wanted: Callable[[Result], bool], unsafe: bool = True) -> list[Proposal]:
    """The first proven fix of each failing finding that is `wanted`, at most one for each. Raises RuleErrors and SelectionError.

    `unsafe`: with those of the applicability `review`. Each costs a judgement of the root modules, or the templates, that it edits.
    """
    fixes = fixing(options)
    return fixes.proven(fixes.findings(wanted), unsafe)
