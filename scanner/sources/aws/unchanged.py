"""What an earlier snapshot answered and AWS Config says is still so: calls that an audit need not make again (`--since`).

Config is believed where a recorder of the account records all types continuously, as the service-linked role, since before the answer; of
a resource where its item, found by its ARN, was captured before the answer, and the list of now has the resource as the earlier one had it.
Everything else is asked anew, and so is what Config does not answer. Config records a change within minutes as a rule, without a promise:
https://docs.aws.amazon.com/config/latest/developerguide/how-does-config-work.html. So an answer that is taken says of which time it is.
"""

from __future__ import annotations

import contextlib
import datetime
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec

from assay.scanner.sources.aws.asking import Account, Asker, Refused, now
from assay.scanner.sources.aws.calls import Call
from assay.scanner.sources.aws.covered import COVERED, GATES, Covered, ReadingPolicy
from assay.scanner.sources.aws.earlier import EarlierAccount, EarlierSnapshot
from assay.scanner.sources.aws.items import CallOutcome, ItemRecord
from assay.scanner.sources.aws.plan import RECORDED, RECORDED_ITEMS, RECORDER_STATUS, RECORDERS
from assay.scanner.sources.aws.recorder import NotRecorded, may_keep_out, recording_since
from assay.scanner.sources.coverage import CallCount
from assay.scanner.sources.redaction import redacted

_MARGIN = datetime.timedelta(hours=1)
"""Between a change and an answer, for clocks that differ and answers that are consistent in the end."""
_KEYS = 100
"""Items that Config gives at once: https://docs.aws.amazon.com/config/latest/APIReference/API_BatchGetResourceConfig.html"""
_SHAPES = (AttributeError, KeyError, TypeError, ValueError, RecursionError)
"""What an answer of another shape than Config's may raise."""


class ConfigRecord(msgspec.Struct):
    """What Config has of a resource."""

    id: str
    captured: datetime.datetime
    policy: Any = None
    """What has to be asked for first (covered.GATES), as Config has it: the document, NO_POLICY, or None where that is not known."""


NO_POLICY = object()


class Region(msgspec.Struct):
    """What Config has of a region, and since when it records."""

    since: datetime.datetime
    seen: dict[tuple[str, str], ConfigRecord]
    """Type in AWS Config and ARN to the newest item."""
    at: str
    """When it said so."""


class Unchanged:
    """Of one account: answers that are still so."""

    def __init__(self, asker: Asker, account: Account, earlier: EarlierAccount, days: float) -> None:
        self._asker, self._account, self._earlier = asker, account, earlier
        self._oldest = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=days)
        self._regions: dict[str, Region | str] = {}
        """Region to what Config has of it, or why it is not asked."""
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def answer(self, record: ItemRecord, call: Call, region: str) -> CallOutcome | None:
        """The answer of the earlier snapshot to a call about a resource, where it is still so. `region`: where it would be asked.

        Raises Stopped.
        """
        covered = COVERED.get(call.label)
        before = self._earlier.resources.get((record.type, record.id, record.region)) if covered else None
        answer = before.answers.get(call.name) if before else None
        if covered is None or before is None or answer is None or not _is_settled(answer):
            return None
        given = _moment(answer.time)
        if given is None or not self._oldest < given <= datetime.datetime.now(datetime.UTC):
            return None
        if redacted(record.listed, record.type) != before.listed:
            return None
        known = self._region(region)
        if isinstance(known, str) or known.since + _MARGIN > given:
            return None
        seen = known.seen.get((covered.type, record.id))
        if seen is None or seen.captured + _MARGIN > given or not _is_open(covered, seen, record):
            return None
        return msgspec.structs.replace(answer, unchanged=known.at)

    def reasons(self) -> list[str]:
        """Why regions were asked anew."""
        return [why for why in self._regions.values() if isinstance(why, str)]

    def _region(self, region: str) -> Region | str:
        with self._lock:
            lock = self._locks.setdefault(region, threading.Lock())
        with lock:
            known = self._regions.get(region)
            if known is None:
                known = self._regions[region] = self._asked(region)
            return known

    def _asked(self, region: str) -> Region | str:
        try:
            return self._recorded(region)
        except NotRecorded as why:
            return str(why)
        except Refused as refused:
            answer = refused.answer
            way = f"; grant {answer.permission}" if answer.outcome == "denied" else ""
            return f"{answer.operation}: {answer.outcome} ({answer.code}){way}"
        except _SHAPES as error:
            return f"AWS Config answered in another shape than it is known for ({type(error).__name__})"

    def _recorded(self, region: str) -> Region:
        """Raises NotRecorded, Refused, Stopped, and what an answer of another shape raises."""
        recorders = self._one(region, RECORDERS, {}).get("ConfigurationRecorders") or []
        statuses = self._one(region, RECORDER_STATUS, {}).get("ConfigurationRecordersStatus") or []
        types = sorted({COVERED[answer.operation].type for answer in self._of_region(region) if answer.operation in COVERED})
        since = recording_since(recorders, statuses, types)
        at, seen = now(), dict[tuple[str, str], ConfigRecord]()
        listed = ", ".join(f"'{type_}'" for type_ in types)
        expression = f"SELECT resourceType, resourceId, arn, configurationItemCaptureTime WHERE resourceType IN ({listed})"
        for page in self._asker.pages(self._account, region, RECORDED, {"Expression": expression}, region):
            for text in page.get("Results") or []:
                row = msgspec.json.decode(text)
                captured = _moment(row["configurationItemCaptureTime"])
                key = (row["resourceType"], row.get("arn") or "")
                if captured is None or (key in seen and seen[key].captured >= captured):
                    continue
                seen[key] = ConfigRecord(row["resourceId"], captured)
        for type_ in GATES.keys() & set(types):
            self._read_policies(region, type_, {key: entry for key, entry in seen.items() if key[0] == type_})
        return Region(since, seen, at)

    def _read_policies(self, region: str, type_: str, seen: dict[tuple[str, str], ConfigRecord]) -> None:
        """Enter what Config has of the policies of resources that the earlier snapshot has, too."""
        gate, ours = GATES[type_], {record.id for record in self._earlier.resources.values()}
        wanted = [entry.id for (_, arn), entry in seen.items() if arn in ours]
        by_id = {entry.id: entry for entry in seen.values()}
        for at in range(0, len(wanted), _KEYS):
            keys = [{"resourceType": type_, "resourceId": id_} for id_ in wanted[at : at + _KEYS]]
            for item in self._one(region, RECORDED_ITEMS, {"resourceKeys": keys}).get("baseConfigurationItems") or []:
                recorded, captured = by_id.get(item.get("resourceId")), _moment(item.get("configurationItemCaptureTime"))
                if recorded is not None and captured is not None:
                    recorded.captured = max(recorded.captured, captured)
                    recorded.policy = _recorded_policy(gate, item)

    def _of_region(self, region: str) -> Iterator[CallOutcome]:
        """What the earlier snapshot has of resources that are asked about there; of services without regions, of all of them."""
        for (_, _, held_in), record in self._earlier.resources.items():
            if held_in in ("", region):
                yield from record.answers.values()

    def _one(self, region: str, call: Call, parameters: dict[str, Any]) -> dict[str, Any]:
        answer = self._asker.ask(self._account, region, call, parameters, region)
        if answer.outcome != "answered":
            raise Refused(answer)
        data: dict[str, Any] = answer.data
        return data


def _is_settled(answer: CallOutcome) -> bool:
    """Whether the account answered, if by a code that says `not configured`. What did not apply was not asked, and may apply now."""
    return answer.outcome == "answered" or (answer.outcome == "absent" and bool(answer.code))


def _is_open(covered: Covered, seen: ConfigRecord, record: ItemRecord) -> bool:
    """Whether Config can read the resource: what it has of the policy is what was just answered, and that keeps nothing from it."""
    gate = GATES.get(covered.type)
    if gate is None:
        return True
    answer = record.answers.get(gate.call)
    if answer is None or seen.policy is None:
        return False
    if answer.outcome == "absent":
        return seen.policy is NO_POLICY
    policy = _document(answer.data.get(gate.field)) if answer.outcome == "answered" else None
    return policy is not None and seen.policy == policy and not may_keep_out(policy)


def _recorded_policy(gate: ReadingPolicy, item: dict[str, Any]) -> Any:
    """The document that an item has, NO_POLICY, or None where it does not say."""
    part = (item.get("supplementaryConfiguration") or {}).get(gate.part)
    part = msgspec.json.decode(part) if isinstance(part, str) else part
    if not isinstance(part, dict) or gate.text not in part:
        return None
    return NO_POLICY if part[gate.text] is None else _document(part[gate.text])


def _document(text: Any) -> Any:
    """A policy as it reads, however it is set out; its text where that is no JSON."""
    with contextlib.suppress(msgspec.DecodeError, TypeError):
        return msgspec.json.decode(text)
    return text


def _moment(text: Any) -> datetime.datetime | None:
    """A time of RFC 3339; None where it is none."""
    try:
        moment = datetime.datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return moment.replace(tzinfo=moment.tzinfo or datetime.UTC)


class Since:
    """An audit beside an earlier snapshot: what it may take of each account."""

    def __init__(self, earlier: EarlierSnapshot, asker: Asker, days: float) -> None:
        """`asker`: one of its own, since what is denied here hides nothing."""
        self.earlier, self.asker, self._days = earlier, asker, days
        self._accounts: dict[str, Unchanged] = {}
        self._reasons = Counter[str]()
        self._lock = threading.Lock()

    def of(self, account: Account) -> Unchanged | None:
        """What may be taken of an account; None where nothing is."""
        earlier = self.earlier.of(account.id)
        if earlier is None or not earlier.resources:
            return None
        if _who(earlier.caller) != _who(account.caller):
            self._count(["the earlier snapshot was taken as another principal"])
            return None
        unchanged = self._accounts[account.id] = Unchanged(self.asker, account, earlier, self._days)
        return unchanged

    def closed(self, account: str) -> list[CallCount]:
        """The calls to AWS Config about an account that is gone through. One that was not answered stands there with its code: no gap."""
        unchanged = self._accounts.pop(account, None)
        self._count(unchanged.reasons() if unchanged else [])
        return [msgspec.structs.replace(count, outcome="answered") for count in self.asker.closed(account)]

    def _count(self, reasons: list[str]) -> None:
        with self._lock:
            self._reasons.update(reasons)

    def notes(self) -> list[str]:
        """Why something was asked anew, each with how often."""
        return [f"asked anew, {number} times: {why}" if number > 1 else f"asked anew: {why}" for why, number in self._reasons.items()]


def _who(caller: str) -> str:
    """The principal of an ARN, whatever its session is called."""
    return caller.rpartition("/")[0] if ":assumed-role/" in caller else caller
