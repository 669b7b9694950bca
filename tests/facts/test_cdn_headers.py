"""What security headers say, as browsers read them; the domains of buckets; and the policies that AWS manages."""

from __future__ import annotations

import pytest

from assay.scanner.facts.edge.cdn.buckets import OriginBucket, OriginsAt, origin_bucket
from assay.scanner.facts.edge.cdn.headers import CSP, HSTS, MANAGED_NAMES, MANAGED_POLICIES, limits_scripts, max_age, may_be_document
from assay.scanner.sources.nodes import DataNode
from assay.scanner.sources.raw import Location, Reference, Text, Unknown

SEEN = Location(file="main.tf", line=1)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("max-age=31536000", 31536000),
        ("MAX-AGE = 31536000 ; includeSubDomains", 31536000),
        ('max-age="300"', 300),
        ("includeSubDomains; max-age=0", 0),
        ("; ;max-age=5;", 5),
        ("includeSubDomains", None),
        ("max-age=1; max-age=31536000", None),
        ("max-age=-1", None),
        ("max-age=1e9", None),
        ("max-age", None),
        ("max-age=٣", None),  # a digit of another script is none of the grammar's
        ("", None),
    ],
)
def test_the_age_is_read_as_rfc_6797_has_it(header: str, seconds: int | None) -> None:
    assert max_age(header) == seconds


@pytest.mark.parametrize(
    ("header", "limits"),
    [
        ("default-src 'self'", True),
        ("Script-Src 'none'", True),
        ("default-src * 'unsafe-inline'", False),
        ("default-src 'self'; script-src * 'unsafe-inline'", False),
        ("script-src https: 'unsafe-inline' 'nonce-abc' 'strict-dynamic'", True),
        ("script-src 'self' 'unsafe-inline'", True),  # from one origin alone
        ("frame-ancestors 'none'; style-src 'self'", False),
        ("script-src-elem 'self'", False),
        ("frame-ancestors 'none', default-src 'self'", True),  # each of several policies counts
        ("script-src 'self'; script-src * 'unsafe-inline'", True),  # the first of a name counts
        ("", False),
        (";;;", False),
    ],
)
def test_a_policy_limits_scripts_or_not(header: str, limits: bool) -> None:
    assert limits_scripts(header) is limits


def test_long_headers_take_no_longer_than_they_are_long() -> None:
    assert not limits_scripts("img-src " + "a " * 500_000)
    assert max_age("a;" * 500_000) is None


def test_what_is_no_document_runs_no_script() -> None:
    assert not may_be_document("/assets/*.PNG")
    assert not may_be_document("*.js")
    for pattern in ("*", "/api/*", "*.html", "*.svg", "*.pdf", "/png", "*.js*"):
        assert may_be_document(pattern), pattern


def test_policies_that_aws_manages_set_hsts_or_nothing_and_never_a_content_security_policy() -> None:
    assert {policy.get(HSTS) for policy in MANAGED_POLICIES.values()} == {"max-age=31536000", None}
    assert not any(CSP in policy for policy in MANAGED_POLICIES.values())
    assert set(MANAGED_NAMES.values()) == set(MANAGED_POLICIES)


@pytest.mark.parametrize("domain", ["x.s3" + "-a" * 200 + "!", ".s3" * 100_000, "a" * 1_000_000 + ".s3.amazonaws.com"])
def test_domains_that_are_made_to_take_long_do_not(domain: str) -> None:
    assert origin_bucket(DataNode({"domain": domain}, SEEN), OriginsAt(domain="domain")) is None


BUCKET = Reference("aws_s3_bucket.ui", "bucket")
AT = OriginsAt(domain="domain", buckets=("aws_s3_bucket",))


@pytest.mark.parametrize(
    ("domain", "bucket"),
    [
        ("trade.s3.amazonaws.com", OriginBucket(name="trade")),
        ("trade.s3.us-east-1.amazonaws.com", OriginBucket(name="trade")),
        ("trade.s3-us-west-2.amazonaws.com", OriginBucket(name="trade")),
        ("trade.s3.dualstack.eu-west-1.amazonaws.com", OriginBucket(name="trade")),
        ("my.trade.s3.cn-north-1.amazonaws.com.cn", OriginBucket(name="my.trade")),
        ("trade.s3-website-us-east-1.amazonaws.com", OriginBucket(name="trade", website=True)),
        ("trade.s3-website.eu-central-1.amazonaws.com", OriginBucket(name="trade", website=True)),
        ("trade.s3.example.com", None),
        ("api.trade.example.com", None),
        ("web-1.elb.amazonaws.com", None),
        (Reference("aws_s3_bucket.ui", "bucket_regional_domain_name"), OriginBucket(address="aws_s3_bucket.ui")),
        (Reference("aws_s3_bucket.ui", "website_endpoint"), OriginBucket(address="aws_s3_bucket.ui", website=True)),
        (Reference("aws_lb.web", "dns_name"), None),
        (Text((BUCKET, ".s3.amazonaws.com")), OriginBucket(address="aws_s3_bucket.ui")),
        (Text((Unknown("name", "give it"), ".s3.amazonaws.com")), OriginBucket()),
        (Text(("api.", Unknown("zone", "give it"), ".example.com")), None),
    ],
)
def test_which_bucket_an_origin_is(domain: object, bucket: OriginBucket | None) -> None:
    assert origin_bucket(DataNode({"domain": domain}, SEEN), AT) == bucket


@pytest.mark.parametrize("domain", [Unknown("the domain", "give it"), Text(("x.", Unknown("the rest", "give it"))), None])
def test_an_origin_that_is_not_known_may_be_a_bucket(domain: object) -> None:
    assert isinstance(origin_bucket(DataNode({"domain": domain}, SEEN), AT), Unknown)
