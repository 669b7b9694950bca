"""Time to live in the live account. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTimeToLive.html"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.aws_api import DESCRIBE, TABLES, TAGS
from assay.scanner.facts.data.expiry.kinds import ExpiringStore
from assay.scanner.facts.data.expiry.ttl import TableAt, table

_TABLE = TableAt(name="value", enabled="describe_time_to_live.TimeToLiveDescription.TimeToLiveStatus", tags=(DESCRIBE.name, TAGS.name))
READERS = (Reader(ExpiringStore, (TABLES.type,), table, _TABLE),)
