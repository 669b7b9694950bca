"""Whom entry points of AWS admit, in the live account. https://docs.aws.amazon.com/waf/latest/APIReference/API_GetIPSet.html"""

from __future__ import annotations

import msgspec

from assay.scanner.facts.access.admission.acl import AdmittingAclAt
from assay.scanner.facts.access.admission.entries import AdmissionAt, admission
from assay.scanner.facts.access.admission.kinds import Admission
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.aws_api import ACLS, BALANCERS, CLOUDFRONT_ACLS, CLOUDFRONT_GROUPS, DISTRIBUTIONS, STAGES, web_acl_at
from assay.scanner.facts.edge.aws_api import GROUPS as RULE_GROUPS
from assay.scanner.facts.indexes import by_text
from assay.scanner.facts.network.aws_api import GROUP_RULES, GROUPS
from assay.scanner.facts.spelling import Another, Fixed, Link, Place
from assay.scanner.sources.aws.calls import Call, Listing


def _sets(type_: str, scope: str) -> Listing:
    scoped = ("Scope", f"={scope}")
    return Listing(
        type_,
        Call("wafv2", "ListIPSets", (scoped,), marker=("NextMarker", "NextMarker")),
        entries="IPSets",
        id="ARN",
        everywhere=scope == "CLOUDFRONT",
        gone=("WAFNonexistentItemException",),
        details=(Call("wafv2", "GetIPSet", (("Name", "Name"), ("Id", "Id"), scoped)),),
    )


SETS = _sets("wafv2.ip_set", "REGIONAL")
CLOUDFRONT_SETS = _sets("wafv2.cloudfront_ip_set", "CLOUDFRONT")
LISTINGS = (SETS, CLOUDFRONT_SETS)


def _acl(sets: Listing, groups: Listing) -> AdmittingAclAt:
    return AdmittingAclAt(
        **msgspec.structs.asdict(web_acl_at(groups)),
        ip_set=Link("ARN", (sets.type,), calls=("get_ip_set",)),
        addresses="get_ip_set.IPSet.Addresses",
    )


_ACL = _acl(SETS, RULE_GROUPS)


def _regional(name: str, internal: Place, web_acl: str) -> AdmissionAt:
    link = Link(web_acl, (ACLS.type,), calls=("get_web_acl",))
    return AdmissionAt(name=name, internal=internal, web_acl=link, declared=False, acl=_ACL, policy_shown=False)


READERS = (
    Reader(
        Admission,
        (BALANCERS.type,),
        admission,
        AdmissionAt(
            name="LoadBalancerName",
            internal="Scheme",
            type="Type",
            web_acl=Link("get_web_acl_for_resource.WebACL.ARN", (ACLS.type,), calls=("get_web_acl",)),
            declared=False,
            acl=_ACL,
            groups=Link("SecurityGroups", (GROUPS.type,)),
            groups_by_id=by_text("GroupId", GROUPS.type),
            rules=Another(GROUP_RULES),
        ),
    ),
    Reader(Admission, (STAGES.type,), admission, _regional("stageName", "endpointTypes", "webAclArn")),
    Reader(
        Admission,
        (DISTRIBUTIONS.type,),
        admission,
        AdmissionAt(
            name="Comment",
            internal=Fixed(False),
            web_acl=Link("WebACLId", (CLOUDFRONT_ACLS.type,), calls=("get_web_acl",)),
            declared=False,
            acl=_acl(CLOUDFRONT_SETS, CLOUDFRONT_GROUPS),
        ),
    ),
)
