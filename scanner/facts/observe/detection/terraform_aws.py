"""GuardDuty in Terraform.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/guardduty_detector, .../guardduty_detector_feature
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.detection.aws import DetectorAt, FeaturesAt, detector
from assay.scanner.facts.observe.detection.kinds import ThreatDetection
from assay.scanner.facts.spelling import Many

READERS = (
    Reader(
        ThreatDetection,
        ("aws_guardduty_detector",),
        detector,
        DetectorAt(
            names=("id",),
            enable="enable",
            features=FeaturesAt(
                features=Many("aws_guardduty_detector_feature", "detector_id", generated=(("aws_guardduty_detector", "detector_id"),)),
                name="name",
                status="status",
                more="additional_configuration",
                sources=(
                    ("S3_DATA_EVENTS", "datasources.s3_logs.enable"),
                    ("EKS_AUDIT_LOGS", "datasources.kubernetes.audit_logs.enable"),
                    ("EBS_MALWARE_PROTECTION", "datasources.malware_protection.scan_ec2_instance_with_findings.ebs_volumes.enable"),
                ),
            ),
        ),
    ),
)
