"""One audit: accounts side by side, each into its spool, from there into the snapshot and to whoever judges."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import itertools
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from assay.scanner.sources import snapshot
from assay.scanner.sources.aws.accounts import AccountCandidate, Accounts
from assay.scanner.sources.aws.asking import Asker, Stopped, now
from assay.scanner.sources.aws.collect import DETAILERS, LISTERS, Collector
from assay.scanner.sources.aws.earlier import EarlierSnapshot, is_of_this_version
from assay.scanner.sources.aws.pool import AT_ONCE, Pool
from assay.scanner.sources.aws.resume import resumed
from assay.scanner.sources.aws.session import Clients
from assay.scanner.sources.aws.spool import Spool
from assay.scanner.sources.aws.unchanged import Since
from assay.scanner.sources.coverage import Gap, LeftOut
from assay.scanner.sources.discover import show
from assay.scanner.sources.live import EarlierError


def run(audit: Any, folder: str) -> Iterator[tuple[str, Iterable[bytes]]]:
    """What the snapshot says, part by part: what each is of, and its lines behind the header, to be taken before the next part."""
    clients = Clients((LISTERS + DETAILERS) * AT_ONCE, audit.request.profile)
    asker = Asker(clients, audit.stopping)
    accounts = Accounts(audit.request, clients, asker)
    since = _since(audit, Asker(clients, audit.stopping, asker.limits), folder)
    collector = Collector(audit.plan, asker, accounts.regions, frozenset(audit.request.regions), since)
    audit.collector = collector
    encode = msgspec.json.Encoder(order="deterministic").encode
    with contextlib.ExitStack() as closing:
        scope, digest = audit.scope, hashlib.sha256()
        if since:
            scope["since"] = since.earlier.digest
        earlier = resumed(audit.earlier, folder, scope)
        candidates = _candidates(accounts)
        if since and candidates and since.earlier.accounts.isdisjoint(candidate.id for candidate in candidates):
            raise EarlierError(
                f"--since {show(audit.request.since)}: it has none of the accounts of this audit; audit once without --since"
            )
        writer = closing.enter_context(snapshot.replacing(audit.out)) if audit.out else None

        def written(line: bytes) -> bytes:
            digest.update(line)
            if writer:
                writer.copy(iter([line]))
            return line

        header = written(encode(snapshot.header("aws", now(), scope)) + b"\n")
        # What is taken over comes first, so that it is in the new file soon: this run, too, may be broken off.
        candidates.sort(key=lambda candidate: candidate.id not in earlier or not earlier[candidate.id].done)
        collector.progress.accounts = len(candidates)
        pool = Pool(functools.partial(_collected, collector, earlier, folder), audit.stopping)
        complete = True
        for spool in closing.enter_context(contextlib.closing(pool.spools(candidates))):
            complete = complete and spool.done
            yield f"aws:{spool.account}", itertools.chain([header], map(written, spool.lines()))
            if writer:
                writer.flush()
            spool.remove()
            collector.progress.accounts_done += 1
        audit.notes += since.notes() if since else []
        gaps = [*accounts.gaps, *pool.gaps]
        if audit.stopping.is_set():
            gaps.append(Gap("aws", "interrupted", "the audit was stopped before its end", "go on with --resume"))
        closing_lines = _closing(asker, accounts.left_out, gaps)
        ended = {"record": "end", "finished": now(), "complete": complete and not gaps}
        end = (encode({**ended, "digest": digest.hexdigest()}) + b"\n" for _ in range(1))  # made when all lines before it are written
        yield "aws", itertools.chain([header], map(written, itertools.chain(closing_lines, end)))


def _candidates(accounts: Accounts) -> list[AccountCandidate]:
    with contextlib.suppress(Stopped):
        return accounts.find()
    return []


def _collected(collector: Collector, earlier: dict[str, Spool], folder: str, candidate: AccountCandidate) -> Spool | None:
    """Everything of one account; None where it could not be entered. One that an earlier snapshot has whole is not even entered."""
    taken_over = earlier.get(candidate.id)
    if taken_over is not None and taken_over.done:
        taken_over.name, taken_over.path = candidate.name or taken_over.name, candidate.path or taken_over.path
        collector.take_over(taken_over)
        return taken_over
    account = candidate.enter()
    if account is None:
        return None
    spool = earlier.get(account.id) or Spool(folder, account.id, account.name, account.caller)
    spool.name, spool.path = account.name, candidate.path
    with contextlib.suppress(Stopped):
        collector.collect(account, spool)
    spool.calls += collector.closed(account.id)
    return spool


def _since(audit: Any, asker: Asker, folder: str) -> Since | None:
    """What may be taken of the earlier snapshot of `--since`. One of an older version gives nothing."""
    if not audit.request.since:
        return None
    if not is_of_this_version(audit.request.since):
        audit.notes.append("asked anew: the earlier snapshot is of an older version")
        return None
    return Since(EarlierSnapshot(audit.request.since, folder), asker, audit.request.days)


def _closing(asker: Asker, left_out: Iterable[LeftOut], gaps: Iterable[Gap]) -> Iterator[bytes]:
    """The ledger of accounts that only helped to find the others, and what was left out or out of reach."""
    encode = msgspec.json.Encoder(order="deterministic").encode
    for account in asker.accounts():
        for count in asker.closed(account):
            yield encode({"record": "calls", **msgspec.structs.asdict(count)}) + b"\n"
    for entry in left_out:
        yield encode({"record": "left_out", **msgspec.structs.asdict(entry)}) + b"\n"
    for gap in gaps:
        fields = {name: value for name, value in msgspec.structs.asdict(gap).items() if name != "line"}
        yield encode({"record": "gap", **fields}) + b"\n"
