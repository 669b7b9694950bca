"""Records of Route 53 in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-route53-recordset.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.resilience.kinds import Failover
from assay.scanner.facts.resilience.route53 import RecordAt, record
from assay.scanner.facts.spelling import Link

READERS = (Reader(Failover, ("AWS::Route53::RecordSet",), record, RecordAt(check=Link("HealthCheckId", ("AWS::Route53::HealthCheck",)))),)
