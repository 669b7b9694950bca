"""As which role tasks and functions run.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html,
https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
"""

from __future__ import annotations

from typing import Annotated

from assay.scanner.facts.iam.running.identities import same_identity
from assay.scanner.facts.iam.running.kinds import RunsAs
from assay.scanner.facts.iam.running.shared import account, others
from assay.scanner.facts.spelling import Index, Link, Place, Spelling
from assay.scanner.facts.view import View


class RunAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells as which role something runs."""

    sort: str
    role: Annotated[Link, "runs_as", "others", "launches"]
    launcher: Annotated[Place, "launches"] = ""
    """The role that pulls its images and hands it its secrets."""
    index: Annotated[Index, "others"]
    """All that runs code (`running`)."""
    identities: Annotated[Index, "others", "launches"]
    """The roles that the input declares (`by_address`)."""


def runs(view: View, at: RunAt) -> RunsAs:
    """A task without a role has no identity of AWS, which is nobody's else."""
    role = view.link(at.role)
    launcher = view.link(at.launcher) if isinstance(at.launcher, str) and at.launcher else view.says(None)
    name = view.called(at.name)
    return RunsAs(
        identity=view.identity(name),
        sort=view.says(at.sort),
        runs_as=account(role),
        default=view.says(False),
        launches=view.says(same_identity(role.raw, launcher.raw, view.index(at.identities))),
        others=others(view, at.index, at.identities, role),
    )
