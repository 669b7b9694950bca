"""Names of Route 53 in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-route53-recordset.html,
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-route53-recordsetgroup.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.resilience.names.kinds import PublicName
from assay.scanner.facts.resilience.names.records import STEERING, CdnAt, NameAt, RecordsAt, by_name, steered_to
from assay.scanner.facts.resilience.names.route53 import group, public_name
from assay.scanner.facts.spelling import Link

_RECORDS = RecordsAt(types=("AWS::Route53::RecordSet",), groups={"AWS::Route53::RecordSetGroup": "RecordSets"})
_BALANCERS = ("AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ElasticLoadBalancing::LoadBalancer")
_CDN = CdnAt()
_NAME = NameAt(
    zone=Link("HostedZoneId|HostedZoneName", ("AWS::Route53::HostedZone",)),
    records=_RECORDS,
    targets=Link("AliasTarget.DNSName", (*_BALANCERS, *_CDN.types, *_RECORDS.types)),
    cdn=_CDN,
    by_name=by_name(_RECORDS),
    steered=steered_to(_RECORDS, STEERING),
)

READERS = (
    Reader(PublicName, _RECORDS.types, public_name, _NAME),
    Reader(PublicName, tuple(_RECORDS.groups), group, _NAME),
)
