"""Restore tests of the live account.

https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ListRestoreTestingPlans.html, .../API_ListRestoreTestingSelections.html,
.../API_ListRestoreJobs.html
"""

from __future__ import annotations

from assay.scanner.facts.audit.indexes import every
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.backups.aws_api import PLANS
from assay.scanner.facts.resilience.restores.aws import PlanAt, TestingAt, plan, testing
from assay.scanner.facts.resilience.restores.kinds import RestoreTest
from assay.scanner.sources.aws.calls import Call, Listing

_SELECTIONS = Call("backup", "ListRestoreTestingSelections", (("RestoreTestingPlanName", "RestoreTestingPlanName"),))
_JOBS = Call("backup", "ListRestoreJobs", (("ByRestoreTestingPlanArn", "RestoreTestingPlanArn"),))
TESTS = Listing(
    "backup.restore_testing_plan",
    Call("backup", "ListRestoreTestingPlans"),
    entries="RestoreTestingPlans",
    id="RestoreTestingPlanArn",
    gone=("ResourceNotFoundException",),
    details=(_SELECTIONS, _JOBS),
)
LISTINGS = (TESTS,)
READERS = (
    Reader(
        RestoreTest,
        (TESTS.type,),
        testing,
        TestingAt(
            name="RestoreTestingPlanName",
            schedule="ScheduleExpression",
            selections=f"{_SELECTIONS.name}.RestoreTestingSelections",
            ran="LastExecutionTime",
            jobs=f"{_JOBS.name}.RestoreJobs",
        ),
    ),
    Reader(RestoreTest, (PLANS.type,), plan, PlanAt(name="BackupPlanName", tests=every(TESTS.type)), always=False),
)
