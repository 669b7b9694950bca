"""Counts the calls of an audit of the reference deployment, and of one beside its snapshot where nothing has changed (`--since`).

    python bench/since.py [--buckets N]

The deployment is set up by boto3 on a moto server, with N buckets beside it; a server before it counts, and answers for AWS Config, whose
recorder is on since before. Exit code 1 where a verdict differs, or no call is spared.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections import Counter

from run import TOP

sys.path[:0] = [str(TOP), str(TOP / "fixtures"), str(TOP / "fixtures" / "trade_streamer" / "aws" / "live")]
REGIONS = ("us-east-1", "us-west-2")
ASKED = ("config:SelectResourceConfig", "config:BatchGetResourceConfig")


def buckets(number: int) -> None:
    """So many buckets, with what most of them have."""
    from account import client

    s3 = client("s3")
    for at in range(number):
        s3.create_bucket(Bucket=f"bench-{at}")
        s3.put_bucket_versioning(Bucket=f"bench-{at}", VersioningConfiguration={"Status": "Enabled"})


def audit(out: str, *more: str) -> None:
    """An audit into a snapshot, with the controls of every account."""
    command = [sys.executable, "-m", "assay", "snapshot", "aws", "--no-config", "--quiet", "--regions", ",".join(REGIONS), "-o", out, *more]
    subprocess.run(command, check=False, stderr=subprocess.DEVNULL)


def verdicts(path: str) -> bytes:
    """What a snapshot is judged as, without what says when and beside what it was taken."""
    command = [sys.executable, "-m", "assay", "scan", "--no-config", "--quiet", "-r", "csv", path]
    told = subprocess.run(command, check=False, capture_output=True, text=True).stdout
    return "\n".join(sorted(",".join(line.split(",")[:6]) for line in told.splitlines())).encode()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--buckets", type=int, default=0)
    given = parser.parse_args()
    import setup
    from live import Cloud

    from tests.sources.aws import front

    aws = Cloud()
    setup.create(aws.url)
    buckets(given.buckets)
    with front.serving(aws.url, 100) as before, tempfile.TemporaryDirectory() as folder:
        os.environ["AWS_ENDPOINT_URL"] = before.url
        first, second = f"{folder}/first.ndjson", f"{folder}/second.ndjson"
        before.recorders = {region: front.Recorder() for region in REGIONS}
        audit(first)
        whole, same = before.made, verdicts(first)
        before.record(first, REGIONS)
        before.calls = Counter()
        audit(second, "--since", first)
        spared = 1 - before.made / whole
        of_config = sum(number for (name, _), number in before.calls.items() if name in ASKED)
        beside = f"beside the snapshot {before.made} ({spared:.0%} fewer), {of_config} of them for what has changed"
        print(f"{given.buckets} more buckets: {whole} calls, {beside}")
        return int(verdicts(second) != same or before.made >= whole)


if __name__ == "__main__":
    sys.exit(main())
