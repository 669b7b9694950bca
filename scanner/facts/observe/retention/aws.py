"""Log groups of CloudWatch: how long they keep what is written to them.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/userguide/Working-with-log-groups-and-streams.html#SettingLogRetention
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from assay.scanner.facts.model import attestable
from assay.scanner.facts.observe.account_policies import SUBSCRIPTION, AccountPolicyAt, policies
from assay.scanner.facts.observe.retention.kinds import Export, LogStore
from assay.scanner.facts.spelling import Place, Referrer, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.documents import decode
from assay.scanner.sources.raw import Open, Unknown, describe, unknown_inside
from assay.scanner.sources.values import Value

_DAYS_OF_DELIVERED = 1
"""Entries of the class DELIVERY are there to be passed on, whatever retention is set:
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/userguide/CloudWatch_Logs_Log_Classes.html"""


class GroupAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a log group."""

    days: Annotated[str, "retention_days", "expires"]
    least: int = 0
    """The fewest days that can be given; 0 is for ever."""
    class_: Place = ""
    filters: Annotated[str | Referrer, "exports"] = ""
    """Its subscription filters. The following are places in one."""
    pattern: Annotated[str, "exports"] = ""
    called: Annotated[str, "exports"] = ""
    account: Annotated[AccountPolicyAt | None, "exports"] = None


def group(view: View, at: GroupAt) -> LogStore:
    """Without a number of days, or with 0, entries never expire.

    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
    """
    return LogStore(
        identity=view.identity(view.called(at.name)),
        sort=view.says("log group"),
        retention_days=_days(view, at),
        expires=_expires(view, at),
        exports=view.says(list(_exports(view, at))),
    )


def _days(view: View, at: GroupAt) -> Value[Any]:
    delivered, days = _only_delivered(view, at), view[at.days].number().then(lambda number: None if number in (None, 0) else number)
    return days if delivered.data is False else delivered.then(lambda _: _DAYS_OF_DELIVERED)


def _expires(view: View, at: GroupAt) -> Value[bool]:
    days = view[at.days]
    if at.least and isinstance(days.data, Open) and days.data.filled:
        return Value(True, days.seen)
    return _days(view, at).is_set()


def _only_delivered(view: View, at: GroupAt) -> Value[bool]:
    return view[at.class_].default("STANDARD").equals("DELIVERY")


def _exports(view: View, at: GroupAt) -> Iterator[Export | Unknown]:
    """Where all entries go. What receives them (a stream, a function) is not followed to where it puts them."""
    filters, more = view.inner(at.filters)
    for one in filters:
        name = one[at.called].then(lambda text: describe(text) if text else "its subscription filter")
        yield from _export(view, name, one[at.pattern])
    if more is not None and not view.elsewhere:
        yield more
    for policy in policies(view, at.account, SUBSCRIPTION) if at.account else ():
        name = Value(policy.view.item.address, policy.applies.seen)
        assert at.account is not None
        written = policy.view.surely[at.account.document]
        if policy.applies.unknown:
            yield Export(name=name, retention_days=Value(policy.applies.unknown, policy.applies.seen))
        elif policy.applies.data is True:
            yield from _export(view, name, written.then(_pattern))
    delivered = _only_delivered(view, at)
    if delivered.data is not False:
        yield Export(name=Value("its class DELIVERY", delivered.seen), retention_days=_kept(view, delivered, "its class DELIVERY"))


def _pattern(written: Any) -> Any:
    """The pattern of a subscription filter policy, which is a JSON document."""
    content = decode(written)
    return (
        content.get("FilterPattern")
        if isinstance(content, dict)
        else unknown_inside(content) or Unknown("what the policy selects is not known", "scan the plan or the live account")
    )


def _export(view: View, name: Value[Any], pattern: Value[Any]) -> Iterator[Export]:
    """Of a filter, an export where its pattern is empty, so that it selects everything."""
    whole = pattern.default("").text().then(lambda text: not text.strip())
    if whole.data is not False:
        yield Export(name=name, retention_days=_kept(view, whole, str(name.data)))


def _kept(view: View, all_of_it: Value[bool], where: str) -> Value[Any]:
    why = attestable(f"how long what {where} sends on from {view.item.address} is kept there", view.location)
    return all_of_it.then(lambda _: why)
