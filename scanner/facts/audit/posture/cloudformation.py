"""Security Hub and IAM Access Analyzer in CloudFormation. A template is for one region.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-securityhub-hub.html,
.../aws-resource-securityhub-standard.html, .../aws-resource-accessanalyzer-analyzer.html, .../aws-resource-events-rule.html
"""

from __future__ import annotations

from assay.scanner.facts.audit.indexes import every
from assay.scanner.facts.audit.posture.aws import AnalyzerAt, HubAt, RulesAt, analyzer, hub
from assay.scanner.facts.audit.posture.kinds import PostureService
from assay.scanner.facts.catalogue import Reader

_HUB = "AWS::SecurityHub::Hub"
RULES = RulesAt(rules=every("AWS::Events::Rule"), targets="Targets")
READERS = (
    Reader(
        PostureService,
        (_HUB,),
        hub,
        HubAt(
            by_default="EnableDefaultStandards",
            subscriptions=every("AWS::SecurityHub::Standard"),
            policies=every("AWS::SecurityHub::PolicyAssociation", "AWS::SecurityHub::OrganizationConfiguration"),
            rules=RULES,
        ),
    ),
    Reader(
        PostureService,
        ("AWS::AccessAnalyzer::Analyzer",),
        analyzer,
        AnalyzerAt(name="AnalyzerName", type="Type", rules=RULES, hubs=every(_HUB)),
    ),
)
