"""Containers of ECS and AWS Batch: which log driver they have, and whether another account gets what they log.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Annotated, Any

import msgspec

from assay.scanner import lazy_re
from assay.scanner.facts.model import attestable
from assay.scanner.facts.observe.account_policies import SUBSCRIPTION, AccountPolicyAt, policies
from assay.scanner.facts.observe.sources.kinds import LogSource, Stream, Target
from assay.scanner.facts.spelling import Beside, Index, Place, Records, Referrer, Spelling
from assay.scanner.facts.targets import called
from assay.scanner.facts.view import View
from assay.scanner.sources.documents import decode
from assay.scanner.sources.interface import Item, Unlisted
from assay.scanner.sources.raw import Reference, Text, Unknown, describe, unknown_inside
from assay.scanner.sources.values import Value

AWSLOGS = "awslogs"
_ACCOUNT = lazy_re.pattern(r"^arn:[^:]*:[^:]*:[^:]*:(\d{12}):")
_LOG_GROUPS = "AWS::Logs::LogGroup"


class GroupsAt(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Where an input tells to whom log groups are sent."""

    groups: Index
    """Log groups by their address and their name."""
    filters: str | Referrer
    """Of a log group, its subscription filters. The following are places in one."""
    pattern: str
    destination: str
    names: tuple[str, ...] = ()
    account: AccountPolicyAt
    links: Beside
    """Links of Observability Access Manager, by which another account sees log groups. The following are places in one."""
    types: str
    sink: str


class TaskAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells how the containers of a task or a job log."""

    sort: str
    containers: Annotated[Place, "streams"]
    """A list of containers, one container, or its JSON text."""
    default: str | None = None
    """The driver of a container that names none."""
    others: Annotated[tuple[str, ...], "streams"] = ()
    """What has containers too, which is not read."""
    pods: Annotated[str, "streams"] = ""
    """Of a job that runs on EKS, which is no container of ECS."""
    groups: Annotated[GroupsAt | None, "streams"] = None
    """None of a live account, which is not asked for what all of its log groups send elsewhere."""


def groups(type_: str, name: str, *calls: str) -> Index:
    """Log groups of the input, by what containers call them."""

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        yield item.address, item
        name_ = None if isinstance(item, Unlisted) else called(item, name)
        yield name_ if name_ and name_ != item.address else None, item

    made: Records = records
    return Index((type_,), made, calls=calls)


def task(view: View, at: TaskAt) -> LogSource | None:
    """A task definition or a job definition; None of one that runs in pods of EKS."""
    if at.pods and view.inner(at.pods)[0]:
        return None
    written = view[at.containers]
    streams: list[Any] = []
    if written.data not in (None, [], ""):
        streams = list(_streams(view, at, written))
    elif at.others and view.exists(*at.others).data is not False:
        reason = f"{view.item.address} has its containers in tasks or in nodes, which are not read"
        streams = [Unknown(reason, "look at them there", view.location)]
    return LogSource(identity=view.identity(view.called(at.name)), sort=view.says(at.sort), streams=view.says(streams))


def _streams(view: View, at: TaskAt, written: Value[Any]) -> Iterator[Stream | Unknown]:
    content = decode(written.data)
    many = isinstance(content, list)
    for number, one in enumerate(content if many else [content]):
        if one is None:
            continue
        if not isinstance(one, dict):
            reason = f"which containers {view.item.address} has is not known"
            yield unknown_inside(one) or Unknown(reason, "scan the plan or the live account", view.location)
            continue
        yield _stream(view, at, _lower(one), written.seen_inside(content, (number,)) if many else written.seen)


def _stream(view: View, at: TaskAt, told: dict[str, Any], seen: Any) -> Stream:
    """One container. Its keys compare without case: Terraform reads them so, and each API has a case of its own."""
    logged: Value[Any] = Value.of(told.get("logconfiguration"), seen)
    driver: Value[Any] = logged.then(lambda raw: _in(raw, "logdriver")).default(at.default)
    options = logged.then(lambda raw: _in(raw, "options"))
    return Stream(
        name=Value(describe(told["name"]) if "name" in told else "its container", seen),
        driver=Value.of(driver.text().raw, seen),
        kept=Value(True, seen),
        targets=Value(list(_targets(view, at, driver, options)), seen),
    )


def _lower(data: dict[str, Any]) -> dict[str, Any]:
    return {key.lower(): raw for key, raw in data.items()}


def _in(raw: Any, name: str) -> Any:
    if isinstance(raw, dict):
        return _lower(raw).get(name)
    return None if raw is None else unknown_inside(raw) or Unknown(f"{describe(raw)[:80]} is no log configuration", "correct it")


# Another account. What leads there is followed from the log group of the container.


def _targets(view: View, at: TaskAt, driver: Value[Any], options: Value[Any]) -> Iterator[Target | Unknown]:
    own = view.account
    if own is not None:
        yield Target(owner=view.says(own))
    if at.groups is None:
        yield attestable(f"whether another account gets what {view.item.address} logs", view.location)
        return
    yield from _linked(view, at.groups)
    if not driver.equals(AWSLOGS).data:
        yield driver.unknown or attestable(f"in which account what {view.item.address} passes to its log driver ends", view.location)
        return
    name = options.then(lambda raw: _in(raw, "awslogs-group"))
    group = _group(view, at.groups, name)
    if isinstance(group, Unknown):
        yield group
    else:
        yield from _sent(group, at.groups)


def _linked(view: View, at: GroupsAt) -> Iterator[Target | Unknown]:
    """https://docs.aws.amazon.com/OAM/latest/APIReference/API_CreateLink.html"""
    for link in view.beside(at.links):
        if isinstance(link.item, Unlisted):
            yield link.item.why
        elif not view.apart(link.item):
            shares = [element.equals(_LOG_GROUPS) for element in link.surely[at.types].elements()]
            why = next((value.unknown for value in shares if value.unknown), None)
            if any(value.data is True for value in shares):
                yield link.doubt or Target(owner=link.surely[at.sink].then(account_of))
            elif why is not None:
                yield why


def _group(view: View, at: GroupsAt, name: Value[Any]) -> View | Unknown:
    raw = name.data
    key = raw.address if isinstance(raw, Reference) else raw
    known = view.index(at.groups)
    for item in known.get(key, ()) if isinstance(key, str) else ():
        if not view.apart(item):
            return view.of(item, at.names)
    unlisted = next((item.why for items in known.values() for item in items if isinstance(item, Unlisted)), None)
    return (
        name.unknown
        or unlisted
        or Unknown(
            f"where log group {describe(raw)} of {view.item.address} sends its entries: it is not declared here",
            "scan the code that declares it together with this, or the live account",
            view.location,
        )
    )


def _sent(group: View, at: GroupsAt) -> Iterator[Target | Unknown]:
    filters, more = group.inner(at.filters)
    for one in filters:
        whole = one[at.pattern].default("").text().then(lambda text: not text.strip())
        if whole.data is not False:
            yield whole.unknown or Target(owner=one[at.destination].then(account_of))
    if more is not None:
        yield more
    for policy in policies(group, at.account, SUBSCRIPTION):
        if policy.applies.data is not False:
            content = decode(policy.view.surely[at.account.document].data)
            why = policy.applies.unknown or unknown_inside(content)
            if why is not None or not isinstance(content, dict):
                yield why or Unknown(f"what {policy.view.item.address} sends where", "scan the live account", policy.view.location)
            elif not str(content.get("FilterPattern") or "").strip():
                yield Target(owner=Value(account_of(content.get("DestinationArn")), policy.applies.seen))


def account_of(arn: Any) -> Any:
    """The account in an ARN."""
    text = arn.prefix if isinstance(arn, Text) else arn
    match = _ACCOUNT.match(text) if isinstance(text, str) else None
    return match[1] if match else unknown_inside(arn) or Unknown(f"which account {describe(arn)} is in", "scan the live account")
