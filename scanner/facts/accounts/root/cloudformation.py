"""Access keys in CloudFormation. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-accesskey.html"""

from __future__ import annotations

from assay.scanner.facts.accounts.root.aws import AccessKeyAt, access_key
from assay.scanner.facts.accounts.root.kinds import RootKeys
from assay.scanner.facts.catalogue import Reader

READERS = (Reader(RootKeys, ("AWS::IAM::AccessKey",), access_key, AccessKeyAt(user="UserName")),)
