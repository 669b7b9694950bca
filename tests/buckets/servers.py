"""Buckets of servers on this machine: S3 of moto over HTTP, and what speaks as Cloud Storage does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.buckets import gcs
from tests.sources.aws.estate import server


def s3(name: str) -> Iterator[str]:
    """The URL of a new bucket, with the environment by which it is found."""
    with pytest.MonkeyPatch.context() as patch:
        for variable, value in {
            "AWS_ENDPOINT_URL": server(),
            "AWS_ALLOW_HTTP": "true",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_REGION": "us-east-1",
        }.items():
            patch.setenv(variable, value)
        client().create_bucket(Bucket=name)
        yield f"s3://{name}"
        for page in client().get_paginator("list_objects_v2").paginate(Bucket=name):
            for content in page.get("Contents", ()):
                client().delete_object(Bucket=name, Key=content["Key"])
        client().delete_bucket(Bucket=name)


def client() -> Any:
    """Puts and deletes objects of the server."""
    return boto3.client("s3", region_name="us-east-1", endpoint_url=server(), aws_access_key_id="testing", aws_secret_access_key="testing")


def cloud_storage(name: str, folder: Path) -> Iterator[str]:
    """The same of Cloud Storage. `folder`: for the file with its address."""
    running, url = gcs.serve()
    account = folder / "account.json"
    nobody = {"client_email": "", "private_key": "", "private_key_id": ""}
    account.write_text(json.dumps({"gcs_base_url": url, "disable_oauth": True, **nobody}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GOOGLE_SERVICE_ACCOUNT", str(account))
        yield f"gs://{name}"
    running.shutdown()
