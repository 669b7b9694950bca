"""Access logs in the live account. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeDeliverySources.html"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.aws_api import ACLS, BALANCERS, CLASSIC_BALANCERS, CLOUDFRONT_ACLS, DISTRIBUTIONS, STAGES
from assay.scanner.facts.observe.aws import (
    BalancerAt,
    DistributionAt,
    StageAt,
    WebAclAt,
    balancer,
    deliveries,
    distribution,
    sources,
    stage,
    web_acl,
)
from assay.scanner.facts.observe.kinds import EdgeLog
from assay.scanner.sources.aws.calls import Call, Listing

# Those of CloudFront are in us-east-1, where the distribution is everywhere.
SOURCES = Listing(
    "logs.delivery_source",
    Call("logs", "DescribeDeliverySources", page_size=50),
    entries="deliverySources",
    id="arn",
    joined_across_regions=True,
)
DELIVERIES = Listing(
    "logs.delivery", Call("logs", "DescribeDeliveries", page_size=50), entries="deliveries", id="arn", joined_across_regions=True
)
LISTINGS = (SOURCES, DELIVERIES)
_SOURCES = sources(SOURCES.type, "resourceArns")
_DELIVERIES = deliveries(DELIVERIES.type, "deliverySourceName")
_CONFIG = "get_distribution_config.DistributionConfig"

READERS = (
    Reader(
        EdgeLog,
        (BALANCERS.type,),
        balancer,
        BalancerAt(
            name="LoadBalancerName",
            attributes="describe_load_balancer_attributes.Attributes",
            sources=_SOURCES,
            deliveries=_DELIVERIES,
            source_name="name",
        ),
    ),
    Reader(
        EdgeLog,
        (CLASSIC_BALANCERS.type,),
        balancer,
        BalancerAt(name="LoadBalancerName", type="", enabled="describe_load_balancer_attributes.LoadBalancerAttributes.AccessLog.Enabled"),
    ),
    Reader(
        EdgeLog,
        (DISTRIBUTIONS.type,),
        distribution,
        DistributionAt(
            name="Comment",
            bucket="",
            enabled=f"{_CONFIG}.Logging.Enabled",
            behaviors=(f"{_CONFIG}.DefaultCacheBehavior", f"{_CONFIG}.CacheBehaviors.Items"),
            sources=_SOURCES,
            deliveries=_DELIVERIES,
            source_name="name",
        ),
    ),
    *(
        Reader(
            EdgeLog,
            (listing.type,),
            web_acl,
            WebAclAt(name="Name", logging="get_logging_configuration.LoggingConfiguration.LogDestinationConfigs"),
        )
        for listing in (ACLS, CLOUDFRONT_ACLS)
    ),
    Reader(
        EdgeLog,
        (STAGES.type,),
        stage,
        StageAt(name="stageName", types="endpointTypes", destination="accessLogSettings.destinationArn"),
    ),
)
