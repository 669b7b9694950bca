"""Names of Route 53 in the live account. https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.aws_api import DISTRIBUTIONS
from assay.scanner.facts.edge.cdn.aws_api import ORIGINS, TARGETS
from assay.scanner.facts.indexes import by_text
from assay.scanner.facts.resilience.aws_api import RECORDS, ZONES
from assay.scanner.facts.resilience.names.domains import plain
from assay.scanner.facts.resilience.names.kinds import PublicName
from assay.scanner.facts.resilience.names.records import STEERING, CdnAt, NameAt, RecordsAt, by_name, steered_to
from assay.scanner.facts.resilience.names.route53 import public_name
from assay.scanner.facts.spelling import Index, Link
from assay.scanner.sources.interface import Item, Unlisted

_RECORDS = RecordsAt(types=(RECORDS.type,), value="Value")


def _by_domain(item: Item) -> Iterator[tuple[Hashable, Any]]:
    domain = item["DomainName"].data
    yield (None, item.why) if isinstance(item, Unlisted) else (plain(str(domain)), item)


READERS = (
    Reader(
        PublicName,
        _RECORDS.types,
        public_name,
        NameAt(
            zone=Link("HostedZoneId", ()),
            zones=by_text("Id", ZONES.type),
            private="Config.PrivateZone",
            complete=True,
            records=_RECORDS,
            targets=Link("AliasTarget.DNSName", ()),
            cdn=CdnAt(
                types=(DISTRIBUTIONS.type,),
                by_domain=Index((DISTRIBUTIONS.type,), _by_domain),
                origins=ORIGINS,
                targets=TARGETS,
                functions=("FunctionAssociations.Items", "LambdaFunctionAssociations.Items"),
            ),
            by_name=by_name(_RECORDS),
            steered=steered_to(_RECORDS, STEERING),
        ),
    ),
)
