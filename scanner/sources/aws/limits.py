"""How fast an account's APIs are called: a token bucket for each account, region and operation."""

from __future__ import annotations

from assay.scanner.sources.pace import TokenBucket

# Calls a second that are asked for at most: half of the published quotas, so that an audit never stands in the way of what runs in the
# account. EC2 20/s sustained (https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html), WAFv2 5/s for each Get and List
# (https://docs.aws.amazon.com/waf/latest/developerguide/limits.html), Secrets Manager GetResourcePolicy 50/s
# (https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html), Security Hub GetFindings 3/s
# (https://docs.aws.amazon.com/securityhub/1.0/APIReference/Welcome.html). IAM, S3 and CloudFront publish none.
RATES = {
    "ec2": 10.0,
    "wafv2": 2.5,
    "cloudfront": 5.0,
    "iam": 10.0,
    "organizations": 5.0,
    "apigateway": 5.0,
    "secretsmanager": 25.0,
    "securityhub": 1.5,
}
DEFAULT_RATE = 50.0


class RateLimits:
    """The buckets of one run."""

    def __init__(self, factor: float = 1.0) -> None:
        self._factor = factor
        self._buckets: dict[str, dict[tuple[str, str, str], TokenBucket]] = {}

    def of(self, account: str, region: str, service: str, operation: str) -> TokenBucket:
        """The bucket of one operation in one account and region."""
        buckets, key = self._buckets.setdefault(account, {}), (region, service, operation)
        bucket = buckets.get(key)
        if bucket is None:
            bucket = buckets.setdefault(key, TokenBucket(RATES.get(service, DEFAULT_RATE) * self._factor))
        return bucket

    def forget(self, account: str) -> None:
        """Of an account that is gone through."""
        self._buckets.pop(account, None)
