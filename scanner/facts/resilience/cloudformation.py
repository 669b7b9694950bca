"""Records of Route 53 in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-route53-recordset.html,
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-route53-recordsetgroup.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.resilience.kinds import Failover
from assay.scanner.facts.resilience.route53 import RecordAt, group, record
from assay.scanner.facts.spelling import Link

_CHECK = Link("HealthCheckId", ("AWS::Route53::HealthCheck",))

READERS = (
    Reader(Failover, ("AWS::Route53::RecordSet",), record, RecordAt(check=_CHECK)),
    Reader(Failover, ("AWS::Route53::RecordSetGroup",), group, RecordAt(records="RecordSets", check=_CHECK)),
)
