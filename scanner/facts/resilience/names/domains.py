"""Domain names that AWS gives to what it runs, and what these tell.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html (DNSName) lists them.
"""

from __future__ import annotations

from assay.scanner import lazy_re

OPEN = "\0"
"""Stands for a part of a name that is not known."""
_REGION = r"(?P<region>[a-z]{2}(?:-[a-z]+)+-\d+)"
_AWS = r"amazonaws\.com(?:\.cn)?$"
_REGIONAL = tuple(
    lazy_re.pattern(pattern)
    for pattern in (
        # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
        rf"\.{_REGION}\.elb\.{_AWS}",
        rf"\.elb\.{_REGION}\.{_AWS}",
        # https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-call-api.html
        rf"\.execute-api\.{_REGION}\.{_AWS}",
        # https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html
        rf"\.lambda-url\.{_REGION}\.on\.aws$",
        # https://docs.aws.amazon.com/apprunner/latest/dg/manage-custom-domains.html
        rf"\.{_REGION}\.awsapprunner\.com$",
        # https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/customdomains.html
        rf"\.{_REGION}\.elasticbeanstalk\.com$",
    )
)
_OPEN_REGION = lazy_re.pattern(rf"(?:\.elb\.(?:.*\.)?{_AWS}|\.execute-api\..*{_AWS}|\.lambda-url\..*on\.aws$)")
_LONGEST = 1_024
"""Characters; a domain name has at most 253: https://datatracker.ietf.org/doc/html/rfc1035#section-2.3.4"""


def plain(name: str) -> str:
    """A domain name as it is compared: in lower case, without the last dot."""
    return name.rstrip(".").lower()


def region_of(name: str) -> str | None:
    """The region of a load balancer or an API, by its domain name; empty where that part of it is not known, None of anything else."""
    if len(name) > _LONGEST:
        return None
    match = next((match for pattern in _REGIONAL if (match := pattern.search(name))), None)
    if match is not None:
        return match["region"]
    return "" if OPEN in name and _OPEN_REGION.search(name) else None


def is_internal(name: str) -> bool:
    """Whether a load balancer has no public address: its name begins with `internal-`.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-internal-load-balancers.html
    """
    return name.removeprefix("dualstack.").startswith("internal-")


def is_distribution(name: str) -> bool:
    """Whether it is a domain name of CloudFront."""
    return name.endswith((".cloudfront.net", ".cloudfront.cn"))


def is_accelerator(name: str) -> bool:
    """Whether it is a domain name of Global Accelerator.

    https://docs.aws.amazon.com/global-accelerator/latest/dg/dns-addressing-custom-domains.dns-addressing.html
    """
    return name.endswith(".awsglobalaccelerator.com")
