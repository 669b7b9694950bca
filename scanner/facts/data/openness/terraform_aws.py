"""Public addresses and shared copies of AWS, in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/db_instance"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.openness.aws import OLD_DEFAULT, AddressAt, SharedAt, address, shared
from assay.scanner.facts.data.openness.kinds import DataCopy

_PUBLIC = "publicly_accessible"
_ADDRESSES = {
    "aws_db_instance": AddressAt(name="identifier", public=_PUBLIC),
    "aws_rds_cluster_instance": AddressAt(name="identifier", public=_PUBLIC),
    "aws_neptune_cluster_instance": AddressAt(name="identifier", public=_PUBLIC),
    "aws_redshift_cluster": AddressAt(name="cluster_identifier", public=_PUBLIC, unset=OLD_DEFAULT),
    "aws_redshiftserverless_workgroup": AddressAt(name="workgroup_name", public=_PUBLIC),
    "aws_mq_broker": AddressAt(name="broker_name", public=_PUBLIC),
}
_SHARED = {
    "aws_db_snapshot": SharedAt(name="db_snapshot_identifier", accounts="shared_accounts"),
    "aws_db_cluster_snapshot": SharedAt(name="db_cluster_snapshot_identifier", accounts="shared_accounts"),
    "aws_ami_launch_permission": SharedAt(name="image_id", accounts="group|account_id"),
}
READERS = (
    *(Reader(DataCopy, (type_,), address, at) for type_, at in _ADDRESSES.items()),
    *(Reader(DataCopy, (type_,), shared, at) for type_, at in _SHARED.items()),
)
