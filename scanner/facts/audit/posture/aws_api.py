"""Security Hub and IAM Access Analyzer of the live account: each region answers for itself, and the answer as a whole is the region.

https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ListAnalyzers.html,
https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_DescribeHub.html, .../API_GetEnabledStandards.html,
.../API_GetAdministratorAccount.html, .../API_ListFindingAggregators.html. Where Security Hub is off it answers InvalidAccessException, and
to a call that is denied AccessDeniedException: https://github.com/prowler-cloud/prowler/pull/1590
"""

from __future__ import annotations

from assay.scanner.facts.audit.indexes import every
from assay.scanner.facts.audit.posture.aws import RegionAt, RulesAt, region
from assay.scanner.facts.audit.posture.kinds import PostureService
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.messaging.aws_api import EVENT_TARGETS, RULES
from assay.scanner.facts.spelling import Referrer
from assay.scanner.sources.aws.calls import Call, Listing

_OFF = ("InvalidAccessException",)
HUB = Call("securityhub", "DescribeHub", absent=(*_OFF, "ResourceNotFoundException"))
STANDARDS = Call("securityhub", "GetEnabledStandards", absent=_OFF)
ADMINISTRATOR = Call("securityhub", "GetAdministratorAccount", absent=(*_OFF, "ResourceNotFoundException"), may_be_empty=True)
AGGREGATORS = Call("securityhub", "ListFindingAggregators", absent=_OFF)
ORGANIZATION = Call("organizations", "DescribeOrganization", absent=("AWSOrganizationsNotInUseException",), regional=False)
REGIONS = Listing(
    "accessanalyzer.region",
    Call("accessanalyzer", "ListAnalyzers", action="access-analyzer:ListAnalyzers"),
    entries="",
    id="arn:{partition}:access-analyzer:{region}:{account}:analyzer",
    details=(HUB, STANDARDS, ADMINISTRATOR, AGGREGATORS, ORGANIZATION),
)
LISTINGS = (REGIONS,)
EVENTS = RulesAt(rules=every(RULES.type), targets=Referrer(EVENT_TARGETS.type, "RuleArn"))
READERS = (
    Reader(
        PostureService,
        (REGIONS.type,),
        region,
        RegionAt(
            hub=f"{HUB.name}.HubArn",
            standards=f"{STANDARDS.name}.StandardsSubscriptions",
            analyzers=f"{REGIONS.call.name}.analyzers",
            organization=f"{ORGANIZATION.name}.Organization.Id",
            administrator=f"{ADMINISTRATOR.name}.Administrator.AccountId",
            aggregators=f"{AGGREGATORS.name}.FindingAggregators",
            rules=EVENTS,
        ),
    ),
)
