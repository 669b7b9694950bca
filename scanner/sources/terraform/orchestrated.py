"""Files of what deploys Terraform modules from above, which are not evaluated: what they decide is not known here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.terraform import stacks, terragrunt_files


class Orchestrator(NamedTuple):
    """A program that gives modules their source and the values of their variables."""

    name: str
    names: tuple[str, ...]
    """Of its files."""
    ends: tuple[str, ...]
    """Of the names of its files."""
    code: str
    """Of the gap."""
    way: str


ORCHESTRATORS = (
    # https://terragrunt.gruntwork.io/docs/features/stacks/; what single modules are given: terragrunt.py
    Orchestrator(
        "Terragrunt",
        ("terragrunt.stack.hcl",),
        (),
        "terragrunt_unsupported",
        "scan the plans that it makes (terragrunt show -json), or pass the variables with --var-file",
    ),
    # https://developer.hashicorp.com/terraform/language/files/stack; in HCL: stacks.py
    Orchestrator(
        "a Terraform Stack",
        (),
        (".tfcomponent.json", ".tfdeploy.json", ".tfstack.json"),
        "stack_unsupported",
        "its modules are judged by themselves: pass the variables of its deployments with --var-file",
    ),
)


def deploys(name: str) -> bool:
    """Whether a file of this name makes its directory one that is deployed, whatever code is in it: of Terragrunt, or of a stack."""
    return name == terragrunt_files.NAME or stacks.is_component(name)


def of(name: str) -> Orchestrator | None:
    """Whose file is called so; None where it is of no orchestrator."""
    return next((known for known in ORCHESTRATORS if name in known.names or (known.ends and name.endswith(known.ends))), None)


def gaps(files: Sequence[tuple[Orchestrator, str]], show: Callable[[str], str]) -> Iterator[Gap]:
    """One gap for all files of an orchestrator, each with its path."""
    for known in ORCHESTRATORS:
        paths = [path for whose, path in files if whose is known]
        if paths:
            others = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
            reason = f"{known.name} gives modules their source and their variables here{others}, which is not evaluated"
            yield Gap(show(paths[0]), known.code, reason, known.way)
