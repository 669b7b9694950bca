"""Security Command Center: what it notifies, and of which findings.

https://cloud.google.com/security-command-center/docs/how-to-notifications. That the service of its API is enabled in a project does not say
that it is activated there, or for the organisation: https://cloud.google.com/security-command-center/docs/activate-scc-overview
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Annotated, Any

from assay.scanner import lazy_re
from assay.scanner.facts.audit.posture.kinds import PostureService
from assay.scanner.facts.audit.posture.patterns import passes
from assay.scanner.facts.google_assets import is_live, missing, named
from assay.scanner.facts.spelling import Index, Link, Place, Spelling
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item, Unlisted
from assay.scanner.sources.raw import Reference, Unknown, unknown_inside
from assay.scanner.sources.values import Value, any_of

NOTIFICATION = "securitycenter.googleapis.com/NotificationConfig"
_PUBSUB = "//pubsub.googleapis.com/"
_SCOPE = lazy_re.pattern(r"(?:^|/)((?:projects|folders|organizations)/[^/]+)/")


class NotificationAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells what Security Command Center publishes to a topic. The defaults are the API's names."""

    topic: Annotated[Link, "told"]
    filter: Annotated[str, "severe"] = "streamingConfig.filter"
    subscribers: Annotated[Index, "told"]


def notification(view: View, at: NotificationAt) -> PostureService:
    """What is published to a topic that nobody subscribes to is gone: https://cloud.google.com/pubsub/docs/subscription-overview"""
    name = view[at.name] if at.name else named(view.item)
    return _service(view, name, "notification", _subscribed(view, at), view[at.filter].then(passes))


def _subscribed(view: View, at: NotificationAt) -> Value[bool]:
    known = view.index(at.subscribers)
    topic = view.target(at.topic)
    keys = [_key(view.item, view.link(at.topic).data), *([_key(topic.item, topic["name"].data)] if topic else [])]
    subscribers = [record for key in dict.fromkeys(filter(None, keys)) for record in known.get(key, ())]
    there = [
        view.of(one).weighed(Value(True, (one.location(),)), False) if isinstance(one, Item) else view.says(True) for one in subscribers
    ]
    doubts = [view.says(doubt) for doubt in known.get(None, ())]
    if (
        topic is not None
        and (why := topic["project"].unknown)
        and any(str(key).endswith(f"/topics/{spelled(topic['name'].data)}") for key in known)
    ):
        doubts.append(view.says(why))
    if there or doubts or topic is not None:
        return any_of([*there, *doubts, view.says(False)])
    way = "scan what subscribes to it together with this, or the live project"
    return view.says(Unknown("whether anything subscribes to the topic of findings, which is declared elsewhere", way, view.location))


def _key(item: Item, data: Any) -> str:
    """The address of a topic, or its whole name; a name alone is of the project that the item is in."""
    if isinstance(data, Reference):
        return data.address.removeprefix(_PUBSUB)
    text = spelled(data).removeprefix(_PUBSUB)
    project = item["project"]
    account = item.account.data if project.absent else project.data
    return f"projects/{account}/topics/{text}" if text and "/" not in text and isinstance(account, str) else text


def subscriptions(item: Item, *, whole: bool = True) -> Iterator[tuple[Hashable, Any]]:
    """A subscription by its topic, or that there is one; under None why it may be of any."""
    if isinstance(item, Unlisted):
        yield None, item.why
        return
    data = item.link("topic").data
    key = _key(item, data)
    if data is None or item["detached"].data is True:
        return
    if not key or "\0" in key:
        yield None, unknown_inside(data) or Unknown(f"which topic {item.address} names", "scan the plan", item.location())
    else:
        yield key, item if whole else True


def scopes(item: Item) -> Iterator[tuple[Hashable, Any]]:
    """What a live notification is for; why there may be more under None."""
    if isinstance(item, Unlisted):
        yield None, item.why
        return
    match = _SCOPE.search(item.address.removeprefix("//"))
    if match:
        yield match[1], True


class ProjectAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where a live inventory tells what is notified of a project, and of what it is in."""

    name: Place = "projectId"
    number: Annotated[Place, "told"] = "projectNumber"
    notifications: Annotated[Index, "told"]


def project(view: View, at: ProjectAt) -> PostureService | None:
    """A project of which no notification is in the export, which may lack that of its organisation or folder; None of others."""
    if not is_live(view.item):
        return None
    known = view.index(at.notifications)
    above = [str(one).rpartition("googleapis.com/")[2] for one in view["#ancestors"].data or [] if isinstance(one, str)]
    if any(key in known for key in (f"projects/{view[at.name].data}", f"projects/{view[at.number].data}", *above)):
        return None
    why = next(iter(known.get(None, ())), None) or missing(view.item, "what Security Command Center notifies", NOTIFICATION)
    return _service(view, view[at.name], "project", view.says(why), view.says(True))


def _service(view: View, name: Value[Any], sort: str, told: Value[bool], severe: Value[Any]) -> PostureService:
    return PostureService(
        identity=view.identity(name if isinstance(name.data, str) else named(view.item)),
        sort=view.says(sort),
        on=view.says(True),
        standards=view.says(True),
        analyzed=view.says(True),
        told=told,
        severe=severe,
    )
