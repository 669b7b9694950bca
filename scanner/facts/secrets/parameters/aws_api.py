"""Parameter Store in the live account: names and types. Nobody who audits should be able to read the values.

https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ParameterMetadata.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.secrets.parameters.kinds import ConfigParameter
from assay.scanner.facts.secrets.parameters.parameters import ParameterAt, parameter
from assay.scanner.sources.aws.calls import Call, Listing

PARAMETERS = Listing("ssm.parameter", Call("ssm", "DescribeParameters", page_size=50), entries="Parameters", id="ARN")
LISTINGS = (PARAMETERS,)
READERS = (Reader(ConfigParameter, (PARAMETERS.type,), parameter, ParameterAt(name="Name", type="Type", form="DataType")),)
