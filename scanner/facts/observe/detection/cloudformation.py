"""GuardDuty in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-guardduty-detector.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.detection.aws import DetectorAt, FeaturesAt, detector
from assay.scanner.facts.observe.detection.kinds import ThreatDetection

READERS = (
    Reader(
        ThreatDetection,
        ("AWS::GuardDuty::Detector",),
        detector,
        DetectorAt(
            enable="Enable",
            features=FeaturesAt(
                sources=(
                    ("S3_DATA_EVENTS", "DataSources.S3Logs.Enable"),
                    ("EKS_AUDIT_LOGS", "DataSources.Kubernetes.AuditLogs.Enable"),
                    ("EBS_MALWARE_PROTECTION", "DataSources.MalwareProtection.ScanEc2InstanceWithFindings.EbsVolumes"),
                )
            ),
        ),
    ),
)
