"""Access logs in Terraform for AWS. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lb#access_logs"""

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
from assay.scanner.facts.storage.terraform_aws import BUCKET

_SOURCES = sources("aws_cloudwatch_log_delivery_source", "resource_arn")
_DELIVERIES = deliveries("aws_cloudwatch_log_delivery", "delivery_source_name")
# https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudtrail
TRAILS = TrailsAt(
    trails=trails("aws_cloudtrail"),
    called="bucket",
    logging="enable_logging",
    logging_by_default=True,
    multi_region="is_multi_region_trail",
    organization="is_organization_trail",
    basic="event_selector",
    direction="read_write_type",
    resources="data_resource",
    type="type",
    values="values",
    advanced="advanced_event_selector",
    fields="field_selector",
    field="field",
    equals="equals",
    starts="starts_with",
    ends="ends_with",
    not_equals="not_equals",
    not_starts="not_starts_with",
    not_ends="not_ends_with",
)

READERS = (
    Reader(
        EdgeLog,
        ("aws_lb", "aws_alb"),
        balancer,
        BalancerAt(
            name="name",
            type="load_balancer_type",
            internal="internal",
            enabled="access_logs.enabled",
            sources=_SOURCES,
            deliveries=_DELIVERIES,
            source_name="name",
        ),
    ),
    Reader(
        EdgeLog,
        ("aws_elb",),
        balancer,
        BalancerAt(name="name", type="", internal="internal", enabled="access_logs.enabled", enabled_by_default=True, block="access_logs"),
    ),
    Reader(
        EdgeLog,
        ("aws_cloudfront_distribution",),
        distribution,
        DistributionAt(
            serving="enabled",
            name="comment",
            bucket="logging_config.bucket",
            behaviors=("default_cache_behavior", "ordered_cache_behavior"),
            realtime="realtime_log_config_arn",
            sources=_SOURCES,
            deliveries=_DELIVERIES,
            source_name="name",
        ),
    ),
    Reader(
        EdgeLog,
        ("aws_wafv2_web_acl",),
        web_acl,
        WebAclAt(
            name="name",
            logging=Referrer("aws_wafv2_web_acl_logging_configuration", "resource_arn", generated=(("aws_wafv2_web_acl", "resource_arn"),)),
        ),
    ),
    Reader(
        EdgeLog,
        ("aws_api_gateway_stage",),
        stage,
        StageAt(
            name="stage_name",
            api=Link("rest_api_id", ("aws_api_gateway_rest_api",)),
            types="endpoint_configuration.types",
            destination="access_log_settings.destination_arn",
        ),
    ),
    Reader(
        EdgeLog,
        ("aws_s3_bucket",),
        bucket,
        BucketAt(
            name=BUCKET.name,
            names=BUCKET.names,
            bucket=Another(BUCKET.granting),
            # The second is the deprecated block of the bucket.
            logging=(Referrer("aws_s3_bucket_logging", "bucket"), "logging"),
            trails=TRAILS,
        ),
    ),
)
