"""Parameter Manager by its REST resource, of which the inventory shows no values.

https://cloud.google.com/secret-manager/parameter-manager/docs/reference/rest/v1/projects.locations.parameters.versions
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.secrets.parameters.kinds import ConfigParameter
from assay.scanner.facts.secrets.parameters.parameters import VersionAt, version

READERS = (
    Reader(
        ConfigParameter,
        ("parametermanager.googleapis.com/ParameterVersion",),
        version,
        VersionAt(name="name", value="payload.data", label="payload", encoded=True),
    ),
)
