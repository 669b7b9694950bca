"""How resources of an account are read: what lists them, and which calls tell more about each of them.

Areas declare their listings beside their readers (`LISTINGS` in facts/<area>/aws_api.py); the selected controls decide which calls are made
(live/aws.py). Nothing here needs boto3.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

import msgspec

from assay.scanner.sources.aws.recorded import Recorded

_PREFIXES = {"elb": "elasticloadbalancing", "elbv2": "elasticloadbalancing", "s3control": "s3"}
"""Client names whose IAM service prefix is another: https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html"""


class Call(msgspec.Struct, frozen=True):
    """One operation of one service."""

    service: str
    """The boto3 client: `s3`."""
    operation: str
    """As the API reference names it: `GetBucketPolicy`."""
    parameters: tuple[tuple[str, str], ...] = ()
    """Request parameter to a path in the listed entry or its parent (`..Name`), to `@account`, or to a literal (`=REGIONAL`, or JSON of an
    object or a list `={"keyTypes":["RSA_4096"]}`)."""
    absent: tuple[str, ...] = ()
    """Error codes that say `not configured`: a value, not an error."""
    action: str = ""
    """The IAM action where it is not `service:operation`."""
    when: tuple[str, str] | None = None
    """Made only where a path of what is already known has this text (`@account`: the account's number); elsewhere its answer is absent."""
    marker: tuple[str, str] | None = None
    """Of an operation without a paginator in botocore: the request parameter and the answer's field that carry the position."""
    page_size: int = 0
    """Entries to ask for on a page; 0 for what the API gives."""
    may_be_empty: bool = False
    """An answer without any field is whole: nothing is configured. Of any other call it is malformed."""
    regional: bool = True
    """Asked in the region of the resource; else where the service has its one endpoint."""
    table: str = ""
    """The field of the answer that is a table as CSV, with the names of its columns in the first line (tabular.py)."""

    @property
    def name(self) -> str:
        """In paths, and as a method of the client: `get_bucket_policy`."""
        return snake_case(self.operation)

    @property
    def label(self) -> str:
        """As reports and the ledger name it: `s3:GetBucketPolicy`."""
        return f"{self.service}:{self.operation}"

    @property
    def permission(self) -> str:
        """The IAM action that allows it."""
        return self.action or f"{_PREFIXES.get(self.service, self.service)}:{self.operation}"


class Preparation(msgspec.Struct, frozen=True):
    """What has to be asked for before a listing is there: a report that AWS makes."""

    call: Call
    state: str
    """The field of the answer that says how far it is, and what that says when it is made."""
    made: str


class Listing(msgspec.Struct, frozen=True):
    """What gives all resources of one type."""

    type: str
    """The item type: `s3.bucket`."""
    call: Call
    entries: str
    """The field of the answer that holds the resources; empty where the answer as a whole is the one resource."""
    id: str
    """The resource's ARN: a field of the entry, or a template such as `arn:{partition}:s3:::{Name}`; of entries that are texts, `value`
    is the text and `last` what follows the last slash of it."""
    everywhere: bool = False
    """A global service: listed once for an account."""
    prepared: Preparation | None = None
    parent: str = ""
    """Listed once for each resource of this type."""
    region: str = ""
    """The field that says in which region a resource of a global listing is."""
    locate: Call | None = None
    """Asked for the region where that field is not in the answer."""
    regions: tuple[str, ...] = ()
    """The only regions that the service is in, where it is closed to more; empty of any other. Elsewhere it is not asked."""
    joined_across_regions: bool = False
    """Resources of other regions refer to it."""
    of_whole_account: bool = False
    """Something that is judged when all regions are known is read from it, or joins it (Resource.of_whole_account)."""
    known: tuple[tuple[str, str], ...] = ()
    """Fields that every entry is given beside its own: `LoadBalancerArn` to the path in the parent, where the answer leaves it out."""
    uses: tuple[str, ...] = ()
    """Counts in an entry. What AWS itself owns is listed in every account: it is left out where all of them are 0."""
    gone: tuple[str, ...] = ()
    """Error codes that say that the resource itself does not exist any more."""
    made: Callable[[dict[str, Any]], list[dict[str, Any]]] | None = None
    """What makes the entries of what is known of the parent, where no call lists them: the images that a task definition names. `call` is
    then that of the parent, and `entries` is empty."""
    details: tuple[Call, ...] = ()
    """Calls about one resource, in the order in which they may use each other's answers."""
    recorded: Recorded | None = None
    """How AWS Config records these resources, where it does."""


class _Fields(dict[str, Any]):
    """What an answer leaves out is empty in the id: records of DNS have a set identifier only where there are several."""

    def __init__(self, listed: dict[str, Any], **more: str) -> None:
        super().__init__(more)
        self._listed = listed

    def __missing__(self, name: str) -> Any:
        value = self._listed.get(name)
        return "" if value is None else value


def resource_id(listing: Listing, listed: dict[str, Any], partition: str, account: str, region: str) -> str:
    """The ARN of a listed resource, by `Listing.id`."""
    if "{" not in listing.id:
        return str(listed.get(listing.id) or listed)
    last = str(listed.get("value", "")).rpartition("/")[2]
    return listing.id.format_map(_Fields(listed, partition=partition, account=account, region=region, last=last))


@functools.cache
def snake_case(operation: str) -> str:
    """`GetWebACL` as botocore calls the method: `get_web_acl`."""
    text = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", operation.replace("ACLs", "Acls"))
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", text).lower()
