"""Lambda in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-permission.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.compute.functions import ACCOUNT, ORGANIZATION, SOURCE, TOKEN, FunctionAt, function
from assay.scanner.facts.compute.kinds import Invocable
from assay.scanner.facts.spelling import Many

_VERSIONS = (("AWS::Lambda::Alias", "FunctionName"), ("AWS::Lambda::Version", "FunctionName"))

READERS = (
    Reader(
        Invocable,
        ("AWS::Lambda::Function",),
        function,
        FunctionAt(
            name="FunctionName",
            names=("FunctionName",),
            permissions=Many("AWS::Lambda::Permission", "FunctionName", through=_VERSIONS),
            principal="Principal",
            action="Action",
            bounds=(
                ("SourceArn", *SOURCE),
                ("SourceAccount", *ACCOUNT),
                ("PrincipalOrgID", *ORGANIZATION),
                ("EventSourceToken", *TOKEN),
            ),
            urls=(Many("AWS::Lambda::Url", "TargetFunctionArn", "AuthType", through=_VERSIONS),),
        ),
    ),
)
