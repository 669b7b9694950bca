"""Access logs in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-elasticloadbalancingv2-loadbalancer-loadbalancerattribute.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
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
from assay.scanner.facts.observe.buckets import BucketAt, bucket
from assay.scanner.facts.observe.kinds import EdgeLog
from assay.scanner.facts.observe.trails import TrailsAt, trails
from assay.scanner.facts.spelling import Another, Link, Referrer
from assay.scanner.facts.storage.cloudformation import BUCKET

_SOURCES = sources("AWS::Logs::DeliverySource", "ResourceArn")
_DELIVERIES = deliveries("AWS::Logs::Delivery", "DeliverySourceName")

# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudtrail-trail.html
TRAILS = TrailsAt(trails=trails("AWS::CloudTrail::Trail"), called="BucketName")

READERS = (
    Reader(
        EdgeLog,
        ("AWS::ElasticLoadBalancingV2::LoadBalancer",),
        balancer,
        BalancerAt(name="Name", attributes="LoadBalancerAttributes", sources=_SOURCES, deliveries=_DELIVERIES),
    ),
    Reader(
        EdgeLog,
        ("AWS::ElasticLoadBalancing::LoadBalancer",),
        balancer,
        BalancerAt(name="LoadBalancerName", type="", enabled="AccessLoggingPolicy.Enabled"),
    ),
    Reader(
        EdgeLog,
        ("AWS::CloudFront::Distribution",),
        distribution,
        DistributionAt(name="DistributionConfig.Comment", sources=_SOURCES, deliveries=_DELIVERIES),
    ),
    Reader(
        EdgeLog,
        ("AWS::WAFv2::WebACL",),
        web_acl,
        WebAclAt(
            name="Name",
            logging=Referrer("AWS::WAFv2::LoggingConfiguration", "ResourceArn", generated=(("AWS::WAFv2::WebACL", "ResourceArn"),)),
        ),
    ),
    Reader(
        EdgeLog,
        ("AWS::ApiGateway::Stage",),
        stage,
        StageAt(
            name="StageName",
            api=Link("RestApiId", ("AWS::ApiGateway::RestApi",)),
            types="EndpointConfiguration.Types",
            destination="AccessLogSetting.DestinationArn",
        ),
    ),
    Reader(
        EdgeLog,
        ("AWS::S3::Bucket",),
        bucket,
        BucketAt(
            name=BUCKET.name,
            names=BUCKET.names,
            bucket=Another(BUCKET.granting),
            logging=("LoggingConfiguration",),
            trails=TRAILS,
        ),
    ),
)
