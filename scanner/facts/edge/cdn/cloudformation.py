"""CloudFront in CloudFormation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudfront-distribution.html
"""

from __future__ import annotations

import functools

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.cdn.buckets import OriginsAt, TargetsAt, served
from assay.scanner.facts.edge.cdn.cloudfront import DistributionAt, ViewerEntryAt, distribution, viewer_entry
from assay.scanner.facts.edge.cdn.kinds import Distribution, OriginAccess, StaticSite, ViewerEntry
from assay.scanner.facts.edge.cdn.origins import OriginAccessAt, key_policies, origin_access
from assay.scanner.facts.edge.cdn.sites import SiteAt, site
from assay.scanner.facts.indexes import by_text
from assay.scanner.facts.spelling import Another, Contribution, Link
from assay.scanner.facts.storage.cloudformation import BUCKET

_DISTRIBUTION = "AWS::CloudFront::Distribution"
_COMMENT = "DistributionConfig.Comment"
_POLICY = "ResponseHeadersPolicyConfig"
_SECURITY = f"{_POLICY}.SecurityHeadersConfig"

SITE = SiteAt(
    name="BucketName",
    # Stacks of one deployment name buckets of each other.
    served=Contribution(
        types=(_DISTRIBUTION,),
        records=functools.partial(served, at=OriginsAt(), targets=TargetsAt()),
        name="cloudformation.served_buckets",
    ),
    website=("WebsiteConfiguration",),
    redirects=("WebsiteConfiguration.RedirectAllRequestsTo",),
    shut=BUCKET.flags[2:],
)

READERS = (
    Reader(
        ViewerEntry,
        (_DISTRIBUTION,),
        viewer_entry,
        ViewerEntryAt(
            name=_COMMENT,
            vpc=Link("VpcOriginConfig.VpcOriginId", ("AWS::CloudFront::VpcOrigin",)),
            vpc_protocol="VpcOriginEndpointConfig.OriginProtocolPolicy",
        ),
    ),
    Reader(
        Distribution,
        (_DISTRIBUTION,),
        distribution,
        DistributionAt(
            name=_COMMENT,
            policy=Link("ResponseHeadersPolicyId", ("AWS::CloudFront::ResponseHeadersPolicy",)),
            csp=f"{_SECURITY}.ContentSecurityPolicy.ContentSecurityPolicy",
            hsts=f"{_SECURITY}.StrictTransportSecurity",
            age=f"{_SECURITY}.StrictTransportSecurity.AccessControlMaxAgeSec",
            custom=f"{_POLICY}.CustomHeadersConfig.Items",
        ),
    ),
    Reader(
        OriginAccess,
        (_DISTRIBUTION,),
        origin_access,
        OriginAccessAt(
            name=_COMMENT,
            control=Link("OriginAccessControlId", ("AWS::CloudFront::OriginAccessControl",)),
            bucket=Another(BUCKET),
            buckets=by_text("BucketName", "AWS::S3::Bucket", addresses=True),
            key_policies=key_policies("AWS::KMS::Key", "KeyPolicy"),
        ),
    ),
    Reader(StaticSite, ("AWS::S3::Bucket",), site, SITE),
)
