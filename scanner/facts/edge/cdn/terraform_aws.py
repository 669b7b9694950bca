"""CloudFront in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudfront_distribution"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.cdn.buckets import OriginsAt, TargetsAt, WebsiteLink, served_buckets
from assay.scanner.facts.edge.cdn.cloudfront import BehaviorsAt, DistributionAt, ViewerEntryAt, distribution, viewer_entry
from assay.scanner.facts.edge.cdn.kinds import Distribution, OriginAccess, StaticSite, ViewerEntry
from assay.scanner.facts.edge.cdn.origins import OriginAccessAt, key_policies, origin_access
from assay.scanner.facts.edge.cdn.sites import SiteAt, site
from assay.scanner.facts.indexes import by_text
from assay.scanner.facts.spelling import Another, Beside, Link, Referrer
from assay.scanner.facts.storage.terraform_aws import BUCKET

_DISTRIBUTION = "aws_cloudfront_distribution"
_POLICY = "aws_cloudfront_response_headers_policy"
_SECURITY = "security_headers_config"
_BEHAVIORS = BehaviorsAt(
    default="default_cache_behavior", ordered="ordered_cache_behavior", pattern="path_pattern", viewers="viewer_protocol_policy"
)
_WEBSITE = "aws_s3_bucket_website_configuration"
ORIGINS = OriginsAt(
    origins="origin",
    id="origin_id",
    domain="domain_name",
    buckets=("aws_s3_bucket", "data.aws_s3_bucket"),
    websites=WebsiteLink("domain_name", (_WEBSITE,)),
)
TARGETS = TargetsAt(
    enabled="enabled",
    behaviors=(_BEHAVIORS.default, _BEHAVIORS.ordered),
    target="target_origin_id",
    groups="origin_group",
    group="origin_id",
    members="member",
    member="origin_id",
)

SITE = SiteAt(
    name="bucket",
    names=("bucket", "id"),
    served=served_buckets(_DISTRIBUTION, ORIGINS, TARGETS),
    website=("website", Referrer(_WEBSITE, "bucket")),
    redirects=("website.redirect_all_requests_to", Referrer(_WEBSITE, "bucket", "redirect_all_requests_to")),
    configures=(Referrer(_WEBSITE, "bucket"),),
    shut=tuple(
        (Referrer("aws_s3_bucket_public_access_block", "bucket", flag), Beside("aws_s3_account_public_access_block", "account_id", flag))
        for flag in ("ignore_public_acls", "restrict_public_buckets")
    ),
)

READERS = (
    Reader(
        ViewerEntry,
        (_DISTRIBUTION,),
        viewer_entry,
        ViewerEntryAt(
            name="comment",
            enabled="enabled",
            behaviors=_BEHAVIORS,
            origins="origin",
            id="origin_id",
            custom="custom_origin_config",
            protocol="custom_origin_config.origin_protocol_policy",
            vpc=Link("vpc_origin_config.vpc_origin_id", ("aws_cloudfront_vpc_origin",)),
            vpc_protocol="vpc_origin_endpoint_config.origin_protocol_policy",
        ),
    ),
    Reader(
        Distribution,
        (_DISTRIBUTION,),
        distribution,
        DistributionAt(
            name="comment",
            enabled="enabled",
            behaviors=_BEHAVIORS,
            policy=Link("response_headers_policy_id", (_POLICY, f"data.{_POLICY}")),
            looked_up="name",
            looked_up_id="id",
            csp=f"{_SECURITY}.content_security_policy.content_security_policy",
            hsts=f"{_SECURITY}.strict_transport_security",
            age=f"{_SECURITY}.strict_transport_security.access_control_max_age_sec",
            custom="custom_headers_config.items",
            header="header",
            value="value",
            functions=("function_association", "lambda_function_association"),
            event="event_type",
        ),
    ),
    Reader(
        OriginAccess,
        (_DISTRIBUTION,),
        origin_access,
        OriginAccessAt(
            name="comment",
            enabled="enabled",
            origins=ORIGINS,
            control=Link("origin_access_control_id", ("aws_cloudfront_origin_access_control",)),
            signing="signing_behavior",
            control_type="origin_access_control_origin_type",
            identity="s3_origin_config.origin_access_identity",
            identities=("aws_cloudfront_origin_access_identity", "data.aws_cloudfront_origin_access_identity"),
            bucket=Another(BUCKET),
            buckets=by_text("bucket", "aws_s3_bucket", addresses=True),
            key_policies=key_policies("aws_kms_key", "policy", ("aws_kms_key_policy", "key_id", "policy")),
        ),
    ),
    Reader(StaticSite, ("aws_s3_bucket",), site, SITE),
)
