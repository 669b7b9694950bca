"""A moto server as a process of its own, with an estate of many buckets put straight into its memory. Prints its port."""

from __future__ import annotations

import sys
import time

from fixtures import server

BUCKETS, ACCOUNTS = 1000, ("300000000001", "300000000002", "300000000003")
REGIONS = ("us-east-1", "us-west-2", "eu-west-1", "eu-central-1")


def fill() -> None:
    from moto.dynamodb.models import dynamodb_backends
    from moto.s3.models import s3_backends

    for at in range(BUCKETS):
        account, region = ACCOUNTS[at % 3], REGIONS[at % 4]
        bucket = s3_backends[account]["aws"].create_bucket(f"crowd-{at:04d}", region)
        if at % 2:
            bucket.versioning_status = "Enabled"
    for account in ACCOUNTS:
        for region in REGIONS:
            dynamodb_backends[account][region].create_table(
                name="orders",
                schema=[{"KeyType": "HASH", "AttributeName": "id"}],
                throughput=None,
                attr=[{"AttributeName": "id", "AttributeType": "S"}],
                global_indexes=[],
                indexes=[],
                streams=None,
                billing_mode="PAY_PER_REQUEST",
                sse_specification=None,
                tags=[],
                deletion_protection_enabled=False,
                warm_throughput=None,
            )


def main() -> None:
    fill()
    running, _ = server.start()
    print(running.get_host_and_port()[1], flush=True)
    while sys.stdin.read(1):
        time.sleep(1)


if __name__ == "__main__":
    main()
