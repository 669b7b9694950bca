"""Recorders in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/config_configuration_recorder"""

from __future__ import annotations

from assay.scanner.facts.audit.indexes import every
from assay.scanner.facts.audit.recorders.aws import GroupAt, RecorderAt, recorder
from assay.scanner.facts.audit.recorders.kinds import ChangeRecord
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import One

_RECORDER = "aws_config_configuration_recorder"

READERS = (
    Reader(
        ChangeRecord,
        (_RECORDER,),
        recorder,
        RecorderAt(
            name="name",
            names=("name", "id"),
            group=GroupAt(
                group="recording_group",
                all="recording_group.all_supported",
                globals="recording_group.include_global_resource_types",
                strategy="recording_group.recording_strategy.use_only",
                all_by_default=True,
            ),
            switched=One(f"{_RECORDER}_status", "name", "is_enabled"),
            others=every(_RECORDER),
        ),
    ),
)
