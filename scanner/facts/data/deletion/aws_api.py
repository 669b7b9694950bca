"""Protection against deletion in the live account. A replica of a table is a table of its own region, and judged there."""

from __future__ import annotations

from assay.scanner.facts.access.aws_api import POOLS
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.aws_api import TABLES
from assay.scanner.facts.data.deletion.guards import GuardAt, guard
from assay.scanner.facts.data.deletion.kinds import DeletionGuard
from assay.scanner.facts.edge.aws_api import BALANCERS
from assay.scanner.facts.keys.at_rest.aws_api import CLUSTERS, INSTANCES

_GUARDS = {
    TABLES.type: GuardAt(name="value", protected="describe_table.Table.DeletionProtectionEnabled"),
    BALANCERS.type: GuardAt(name="LoadBalancerName", attributes="describe_load_balancer_attributes.Attributes"),
    INSTANCES.type: GuardAt(name="DBInstanceIdentifier", protected="DeletionProtection", part_of="DBClusterIdentifier"),
    CLUSTERS.type: GuardAt(name="DBClusterIdentifier", protected="DeletionProtection"),
    POOLS.type: GuardAt(name="Name", protected="describe_user_pool.UserPool.DeletionProtection"),
}
READERS = tuple(Reader(DeletionGuard, (type_,), guard, at, always=not at.part_of) for type_, at in _GUARDS.items())
