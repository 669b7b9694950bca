"""Public addresses and shared copies of AWS, in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/db_instance"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.openness.aws import OLD_DEFAULT, AddressAt, DomainAt, SharedAt, address, domain, shared
from assay.scanner.facts.data.openness.kinds import DataCopy
from assay.scanner.facts.spelling import One

_PUBLIC = "publicly_accessible"
_ADDRESSES = {
    "aws_db_instance": AddressAt(name="identifier", public=_PUBLIC),
    "aws_rds_cluster_instance": AddressAt(name="identifier", public=_PUBLIC),
    "aws_neptune_cluster_instance": AddressAt(name="identifier", public=_PUBLIC),
    "aws_redshift_cluster": AddressAt(name="cluster_identifier", public=_PUBLIC, unset=OLD_DEFAULT),
    "aws_redshiftserverless_workgroup": AddressAt(name="workgroup_name", public=_PUBLIC),
    "aws_mq_broker": AddressAt(name="broker_name", public=_PUBLIC),
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/msk_cluster
    "aws_msk_cluster": AddressAt(
        name="cluster_name", public="broker_node_group_info.connectivity_info.public_access.type", word="SERVICE_PROVIDED_EIPS"
    ),
    "aws_timestreaminfluxdb_db_instance": AddressAt(name="name", public=_PUBLIC),
    "aws_lightsail_database": AddressAt(name="relational_database_name", public=_PUBLIC),
}
_SHARED = {
    "aws_db_snapshot": SharedAt(name="db_snapshot_identifier", accounts="shared_accounts"),
    "aws_db_cluster_snapshot": SharedAt(name="db_cluster_snapshot_identifier", accounts="shared_accounts"),
    "aws_db_snapshot_copy": SharedAt(name="target_db_snapshot_identifier", accounts="shared_accounts"),
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/rds_cluster_snapshot_copy
    "aws_rds_cluster_snapshot_copy": SharedAt(name="target_db_cluster_snapshot_identifier", accounts="shared_accounts"),
    "aws_ami_launch_permission": SharedAt(name="image_id", accounts="group|account_id"),
}


def _domain(type_: str) -> DomainAt:
    """A search domain of either name: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/opensearch_domain"""
    return DomainAt(
        name="domain_name",
        network="vpc_options.subnet_ids",
        users="advanced_security_options.enabled",
        anonymous="advanced_security_options.anonymous_auth_enabled",
        policies=("access_policies", One(f"{type_}_policy", "domain_name", "access_policies")),
    )


READERS = (
    *(Reader(DataCopy, (type_,), address, at) for type_, at in _ADDRESSES.items()),
    *(Reader(DataCopy, (type_,), shared, at) for type_, at in _SHARED.items()),
    *(Reader(DataCopy, (type_,), domain, _domain(type_)) for type_ in ("aws_opensearch_domain", "aws_elasticsearch_domain")),
)
