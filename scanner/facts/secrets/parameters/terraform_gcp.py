"""Parameter Manager in Terraform.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/parameter_manager_parameter_version
https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/parameter_manager_regional_parameter_version
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.secrets.parameters.kinds import ConfigParameter
from assay.scanner.facts.secrets.parameters.parameters import VersionAt, version
from assay.scanner.facts.spelling import Link

READERS = tuple(
    Reader(
        ConfigParameter,
        (f"{type_}_version",),
        version,
        VersionAt(parameter=Link("parameter", (type_,)), version="parameter_version_id", value="parameter_data", label="parameter_data"),
    )
    for type_ in ("google_parameter_manager_parameter", "google_parameter_manager_regional_parameter")
)
