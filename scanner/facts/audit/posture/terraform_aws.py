"""Security Hub and IAM Access Analyzer in Terraform.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/securityhub_account, .../securityhub_standards_subscription,
.../securityhub_configuration_policy_association, .../securityhub_finding_aggregator, .../accessanalyzer_analyzer
"""

from __future__ import annotations

from assay.scanner.facts.audit.indexes import every
from assay.scanner.facts.audit.posture.aws import AggregatorsAt, AnalyzerAt, HubAt, RulesAt, analyzer, hub
from assay.scanner.facts.audit.posture.kinds import PostureService
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.spelling import Referrer

_HUB = "aws_securityhub_account"
RULES = RulesAt(
    rules=every("aws_cloudwatch_event_rule"),
    targets=Referrer("aws_cloudwatch_event_target", "rule"),
    pattern="event_pattern",
    bus="event_bus_name",
    state="state",
    switch="is_enabled",
    names=("name", "id"),
)
_AGGREGATORS = AggregatorsAt(aggregators=every("aws_securityhub_finding_aggregator"), mode="linking_mode", regions="specified_regions")
READERS = (
    Reader(
        PostureService,
        (_HUB,),
        hub,
        HubAt(
            by_default="enable_default_standards",
            subscriptions=every("aws_securityhub_standards_subscription"),
            policies=every("aws_securityhub_configuration_policy_association", "aws_securityhub_organization_configuration"),
            rules=RULES,
            aggregators=_AGGREGATORS,
        ),
    ),
    Reader(
        PostureService,
        ("aws_accessanalyzer_analyzer",),
        analyzer,
        AnalyzerAt(name="analyzer_name", type="type", rules=RULES, aggregators=_AGGREGATORS, hubs=every(_HUB)),
    ),
)
