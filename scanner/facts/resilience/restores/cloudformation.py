"""Restore tests in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-backup-restoretestingplan.html
"""

from __future__ import annotations

from assay.scanner.facts.audit.indexes import every
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.resilience.restores.aws import PlanAt, TestingAt, plan, testing
from assay.scanner.facts.resilience.restores.kinds import RestoreTest
from assay.scanner.facts.spelling import Many

_TESTS = "AWS::Backup::RestoreTestingPlan"
READERS = (
    Reader(
        RestoreTest,
        (_TESTS,),
        testing,
        TestingAt(
            name="RestoreTestingPlanName",
            names=("RestoreTestingPlanName",),
            schedule="ScheduleExpression",
            selections=Many("AWS::Backup::RestoreTestingSelection", "RestoreTestingPlanName"),
        ),
    ),
    Reader(RestoreTest, ("AWS::Backup::BackupPlan",), plan, PlanAt(name="BackupPlan.BackupPlanName", tests=every(_TESTS)), always=False),
)
