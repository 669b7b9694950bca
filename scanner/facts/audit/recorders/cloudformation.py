"""Recorders in CloudFormation, which are on as soon as they and a delivery channel are there.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-config-configurationrecorder.html
"""

from __future__ import annotations

from assay.scanner.facts.audit.indexes import every
from assay.scanner.facts.audit.recorders.aws import GroupAt, RecorderAt, recorder
from assay.scanner.facts.audit.recorders.kinds import ChangeRecord
from assay.scanner.facts.catalogue import Reader

_RECORDER = "AWS::Config::ConfigurationRecorder"

READERS = (
    Reader(
        ChangeRecord,
        (_RECORDER,),
        recorder,
        RecorderAt(
            name="Name",
            group=GroupAt(
                group="RecordingGroup",
                all="RecordingGroup.AllSupported",
                globals="RecordingGroup.IncludeGlobalResourceTypes",
                strategy="RecordingGroup.RecordingStrategy.UseOnly",
            ),
            others=every(_RECORDER),
        ),
    ),
)
