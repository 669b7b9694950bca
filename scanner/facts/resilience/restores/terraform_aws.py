"""Restore tests of AWS in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/backup_restore_testing_plan"""

from __future__ import annotations

from assay.scanner.facts.audit.indexes import every
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.resilience.restores.aws import PlanAt, TestingAt, plan, testing
from assay.scanner.facts.resilience.restores.kinds import RestoreTest
from assay.scanner.facts.spelling import Many

_TESTS = "aws_backup_restore_testing_plan"
READERS = (
    Reader(
        RestoreTest,
        (_TESTS,),
        testing,
        TestingAt(
            name="name",
            names=("name", "id"),
            schedule="schedule_expression",
            selections=Many("aws_backup_restore_testing_selection", "restore_testing_plan_name"),
        ),
    ),
    Reader(RestoreTest, ("aws_backup_plan",), plan, PlanAt(name="name", tests=every(_TESTS)), always=False),
)
