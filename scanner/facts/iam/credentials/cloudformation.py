"""Access keys in CloudFormation. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-accesskey.html"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.iam.credentials.aws import AccessKeyAt, access_key
from assay.scanner.facts.iam.credentials.kinds import StaticCredential

READERS = (Reader(StaticCredential, ("AWS::IAM::AccessKey",), access_key, AccessKeyAt()),)
