"""Parameter Store in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ssm_parameter"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.secrets.parameters.kinds import ConfigParameter
from assay.scanner.facts.secrets.parameters.parameters import ParameterAt, parameter

READERS = (
    Reader(
        ConfigParameter,
        ("aws_ssm_parameter",),
        parameter,
        # What neither plans nor states keep is in the store all the same
        ParameterAt(name="name", type="type", values=("value", "insecure_value", "value_wo"), late="value_wo_version"),
    ),
)
