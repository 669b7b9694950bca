"""CloudFront in the live account. https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ListDistributions.html"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.aws_api import DISTRIBUTIONS
from assay.scanner.facts.edge.cdn.buckets import OriginsAt, TargetsAt, served_buckets
from assay.scanner.facts.edge.cdn.cloudfront import BehaviorsAt, DistributionAt, ViewerEntryAt, distribution, viewer_entry
from assay.scanner.facts.edge.cdn.kinds import Distribution, OriginAccess, StaticSite, ViewerEntry
from assay.scanner.facts.edge.cdn.origins import OriginAccessAt, key_policies, origin_access
from assay.scanner.facts.edge.cdn.sites import SiteAt, site
from assay.scanner.facts.indexes import by_text
from assay.scanner.facts.keys.aws_api import KEYS
from assay.scanner.facts.keys.aws_api import POLICY as KEY_POLICY
from assay.scanner.facts.spelling import Another, Link
from assay.scanner.facts.storage.aws_api import ACL, BLOCK, BUCKET_AT, BUCKETS, ENCRYPTION, OWNERSHIP, POLICY, POLICY_STATUS, TAGS, WEBSITE
from assay.scanner.sources.aws.calls import Call, Listing

# https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ListResponseHeadersPolicies.html: those that AWS manages, too
HEADERS_POLICIES = Listing(
    "cloudfront.response_headers_policy",
    Call("cloudfront", "ListResponseHeadersPolicies", marker=("Marker", "ResponseHeadersPolicyList.NextMarker")),
    entries="ResponseHeadersPolicyList.Items",
    id="arn:{partition}:cloudfront::{account}:response-headers-policy/{ResponseHeadersPolicy[Id]}",
    everywhere=True,
)
# https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ListVpcOrigins.html
_VPC_ID = (("Id", "Id"),)
VPC_ORIGINS = Listing(
    "cloudfront.vpc_origin",
    Call("cloudfront", "ListVpcOrigins", marker=("Marker", "VpcOriginList.NextMarker")),
    entries="VpcOriginList.Items",
    id="Arn",
    everywhere=True,
    gone=("EntityNotFound",),
    details=(Call("cloudfront", "GetVpcOrigin", _VPC_ID),),
)
# https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ListOriginAccessControls.html
CONTROLS = Listing(
    "cloudfront.origin_access_control",
    Call("cloudfront", "ListOriginAccessControls"),
    entries="OriginAccessControlList.Items",
    id="arn:{partition}:cloudfront::{account}:origin-access-control/{Id}",
    everywhere=True,
)
# https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ListCloudFrontOriginAccessIdentities.html
IDENTITIES = Listing(
    "cloudfront.origin_access_identity",
    Call("cloudfront", "ListCloudFrontOriginAccessIdentities"),
    entries="CloudFrontOriginAccessIdentityList.Items",
    id="arn:{partition}:cloudfront::{account}:origin-access-identity/{Id}",
    everywhere=True,
)
LISTINGS = (HEADERS_POLICIES, VPC_ORIGINS, CONTROLS, IDENTITIES)
_READ = (BLOCK, POLICY, POLICY_STATUS, ACL, OWNERSHIP, ENCRYPTION)
ORIGINS = OriginsAt(origins="Origins.Items", buckets=())
TARGETS = TargetsAt(enabled="Enabled", behaviors=("DefaultCacheBehavior", "CacheBehaviors.Items"), groups="OriginGroups.Items")
_POLICY = "ResponseHeadersPolicy.ResponseHeadersPolicyConfig"
_SECURITY = f"{_POLICY}.SecurityHeadersConfig"
_BEHAVIORS = BehaviorsAt(default="DefaultCacheBehavior", ordered="CacheBehaviors.Items")

SITE = SiteAt(
    name="Name",
    served=served_buckets(
        DISTRIBUTIONS.type,
        ORIGINS,
        TARGETS,
    ),
    website=(WEBSITE.name,),
    redirects=(f"{WEBSITE.name}.RedirectAllRequestsTo",),
    tags=TAGS.name,
    shut=BUCKET_AT.flags[2:],
)

READERS = (
    Reader(
        ViewerEntry,
        (DISTRIBUTIONS.type,),
        viewer_entry,
        ViewerEntryAt(
            name="Comment",
            enabled="Enabled",
            behaviors=_BEHAVIORS,
            origins="Origins.Items",
            vpc=Link("VpcOriginConfig.VpcOriginId", ()),
            vpc_protocol="get_vpc_origin.VpcOrigin.VpcOriginEndpointConfig.OriginProtocolPolicy",
            vpcs=by_text("Id", VPC_ORIGINS.type, calls=("get_vpc_origin",)),
        ),
    ),
    Reader(
        Distribution,
        (DISTRIBUTIONS.type,),
        distribution,
        DistributionAt(
            name="Comment",
            enabled="Enabled",
            behaviors=_BEHAVIORS,
            policy=Link("ResponseHeadersPolicyId", ()),
            policies=by_text("ResponseHeadersPolicy.Id", HEADERS_POLICIES.type),
            csp=f"{_SECURITY}.ContentSecurityPolicy.ContentSecurityPolicy",
            hsts=f"{_SECURITY}.StrictTransportSecurity",
            age=f"{_SECURITY}.StrictTransportSecurity.AccessControlMaxAgeSec",
            custom=f"{_POLICY}.CustomHeadersConfig.Items",
            functions=("FunctionAssociations.Items", "LambdaFunctionAssociations.Items"),
        ),
    ),
    Reader(
        OriginAccess,
        (DISTRIBUTIONS.type,),
        origin_access,
        OriginAccessAt(
            name="Comment",
            enabled="Enabled",
            origins=ORIGINS,
            control=Link("OriginAccessControlId", ()),
            controls=by_text("Id", CONTROLS.type),
            signing="SigningBehavior",
            control_type="OriginAccessControlOriginType",
            identities=(),
            canonical=by_text("S3CanonicalUserId", IDENTITIES.type),
            bucket=Another(BUCKET_AT),
            buckets=by_text("Name", BUCKETS.type, addresses=True, calls=tuple(call.name for call in _READ)),
            key_policies=key_policies(KEYS.type, "get_key_policy.Policy", calls=(KEY_POLICY.name,)),
        ),
    ),
    Reader(StaticSite, (BUCKETS.type,), site, SITE),
)
