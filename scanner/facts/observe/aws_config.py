"""Trails in AWS Config. Of whether a trail logs, and what, there is nothing.

https://github.com/awslabs/aws-config-resource-schema, `AWS::CloudTrail::Trail`
"""

from __future__ import annotations

from assay.scanner.sources.aws.recorded import as_listed

_UNSET = ("CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn", "KmsKeyId", "S3KeyPrefix", "SnsTopicName", "SnsTopicARN")
TRAIL = as_listed("AWS::CloudTrail::Trail", *_UNSET)
