"""Backups in the live account. https://docs.aws.amazon.com/aws-backup/latest/devguide/API_GetBackupSelection.html"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.aws_api import TABLES
from assay.scanner.facts.data.backups.aws import OPERATORS, SelectionAt, StoreAt, store
from assay.scanner.facts.data.backups.indexes import every
from assay.scanner.facts.data.backups.kinds import BackedUpStore
from assay.scanner.facts.keys.at_rest.aws_api import CLUSTERS, INSTANCES
from assay.scanner.facts.spelling import Index, Link
from assay.scanner.sources.aws.calls import Call, Listing
from assay.scanner.sources.raw import Unknown

_PLAN = Call("backup", "GetBackupPlan", (("BackupPlanId", "BackupPlanId"),))
_SELECTED = Call("backup", "GetBackupSelection", (("BackupPlanId", "BackupPlanId"), ("SelectionId", "SelectionId")))
PLANS = Listing(
    "backup.plan",
    Call("backup", "ListBackupPlans"),
    entries="BackupPlansList",
    id="BackupPlanArn",
    joined_across_regions=True,
    gone=("ResourceNotFoundException",),
    details=(_PLAN,),
)
SELECTIONS = Listing(
    "backup.selection",
    Call("backup", "ListBackupSelections", (("BackupPlanId", "BackupPlanId"),)),
    entries="BackupSelectionsList",
    id="arn:{partition}:backup:{region}:{account}:backup-selection:{BackupPlanId}/{SelectionId}",
    parent=PLANS.type,
    joined_across_regions=True,
    known=(("BackupPlanArn", "BackupPlanArn"), ("BackupPlanId", "BackupPlanId")),
    gone=("ResourceNotFoundException",),
    details=(_SELECTED,),
)
LISTINGS = (PLANS, SELECTIONS)
_ABOUT, _SELECTION_OF = "get_backup_plan.BackupPlan", "get_backup_selection.BackupSelection"
_SELECTION = SelectionAt(
    selections=Index((SELECTIONS.type, PLANS.type), every, calls=(_SELECTED.name,)),
    plan=Link("BackupPlanArn", (PLANS.type,), calls=(_PLAN.name,)),
    resources=f"{_SELECTION_OF}.Resources",
    left_out=f"{_SELECTION_OF}.NotResources",
    tags=(f"{_SELECTION_OF}.ListOfTags", "ConditionKey", "ConditionValue"),
    narrowed=tuple(f"{_SELECTION_OF}.Conditions.{operator}" for operator in OPERATORS),
    rules=f"{_ABOUT}.Rules",
    rule="RuleName",
    schedule="ScheduleExpression",
    delete_after="Lifecycle.DeleteAfterDays",
)
_UNTOLD = Unknown("no call that is made tells the tags of a table", "look at what AWS Backup protects")
_STORES = {
    TABLES.type: StoreAt(name="value", arn="dynamodb:table/*", selection=_SELECTION, tags_untold=_UNTOLD),
    INSTANCES.type: StoreAt(
        name="DBInstanceIdentifier",
        arn="rds:db:*",
        retention="BackupRetentionPeriod",
        selection=_SELECTION,
        part_of="DBClusterIdentifier|ReadReplicaSourceDBInstanceIdentifier",
    ),
    CLUSTERS.type: StoreAt(name="DBClusterIdentifier", arn="rds:cluster:*", retention="BackupRetentionPeriod", selection=_SELECTION),
}
READERS = tuple(Reader(BackedUpStore, (type_,), store, at, always=not at.part_of) for type_, at in _STORES.items())
