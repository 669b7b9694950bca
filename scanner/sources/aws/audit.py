"""One audit: accounts one after another, each into its spool, from there into the snapshot and to whoever judges."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from assay.scanner.sources import snapshot
from assay.scanner.sources.aws.accounts import Accounts
from assay.scanner.sources.aws.asking import Asker, Stopped, now
from assay.scanner.sources.aws.collect import DETAILERS, LISTERS, Collector
from assay.scanner.sources.aws.resume import resumed
from assay.scanner.sources.aws.session import Clients
from assay.scanner.sources.aws.spool import Spool
from assay.scanner.sources.coverage import Gap


def run(audit: Any, folder: str) -> Iterator[tuple[str, Iterable[bytes]]]:
    """What the snapshot says, part by part: what each is of, and its lines behind the header, to be taken before the next part."""
    clients = Clients(LISTERS + DETAILERS, audit.request.profile)
    asker = Asker(clients, audit.stopping)
    accounts = Accounts(audit.request, clients, asker)
    collector = Collector(audit.plan, asker, accounts.regions, frozenset(audit.request.regions))
    audit.collector = collector
    encode = msgspec.json.Encoder(order="deterministic").encode
    with contextlib.ExitStack() as closing:
        earlier = resumed(audit.earlier, folder)
        writer = closing.enter_context(snapshot.replacing(audit.out)) if audit.out else None

        def written(line: bytes) -> bytes:
            if writer:
                writer.copy(iter([line]))
            return line

        header = written(encode(snapshot.header("aws", now(), _scope(audit))) + b"\n")
        complete, entered = True, set[str]()
        for account in _until_stopped(accounts):
            spool = earlier.get(account.id) or Spool(folder, account.id, account.name, account.caller)
            collector.progress.accounts += 1
            entered.add(account.id)
            with contextlib.suppress(Stopped):
                collector.collect(account, spool)
            spool.calls += asker.ledger(account.id)
            complete = complete and spool.done
            yield f"aws:{account.id}", itertools.chain([header], map(written, spool.lines()))
            spool.remove()
            collector.progress.accounts_done += 1
        if audit.stopping.is_set():
            accounts.gaps.append(Gap("aws", "interrupted", "the audit was stopped before its end", "go on with --resume"))
        closing_lines = _closing(accounts, asker, entered)
        end = encode({"record": "end", "finished": now(), "complete": complete and not accounts.gaps}) + b"\n"
        yield "aws", itertools.chain([header], map(written, itertools.chain(closing_lines, [end])))


def _closing(accounts: Accounts, asker: Asker, entered: set[str]) -> Iterator[bytes]:
    """The ledger of accounts that only helped to find the others, and what was left out or out of reach."""
    encode = msgspec.json.Encoder(order="deterministic").encode
    for count in asker.ledger():
        if count.account not in entered:
            yield encode({"record": "calls", **msgspec.structs.asdict(count)}) + b"\n"
    for left_out in accounts.left_out:
        yield encode({"record": "left_out", **msgspec.structs.asdict(left_out)}) + b"\n"
    for gap in accounts.gaps:
        fields = {name: value for name, value in msgspec.structs.asdict(gap).items() if name != "line"}
        yield encode({"record": "gap", **fields}) + b"\n"


def _until_stopped(accounts: Accounts) -> Iterator[Any]:
    with contextlib.suppress(Stopped):
        yield from accounts.find()


def _scope(audit: Any) -> dict[str, Any]:
    """What was asked for, as the header keeps it."""
    request = audit.request
    return {
        "organization": request.organization,
        "roles": list(request.roles),
        "include": list(request.include),
        "exclude": list(request.exclude),
        "regions": list(request.regions) or "enabled",
        "calls": [call.label for call in audit.plan.calls()],
        "shared": [listing.type for listing in audit.plan.listings if listing.joined_across_regions],
        "left_out": [listing.type for listing in audit.plan.left_out],
    }
