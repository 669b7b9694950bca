"""Parameter Store in CloudFormation, which makes no SecureString.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-parameter.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.secrets.parameters.kinds import ConfigParameter
from assay.scanner.facts.secrets.parameters.parameters import ParameterAt, parameter

READERS = (Reader(ConfigParameter, ("AWS::SSM::Parameter",), parameter, ParameterAt(name="Name", values=("Value",))),)
