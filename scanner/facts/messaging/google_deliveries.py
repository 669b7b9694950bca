"""Where messages go that Pub/Sub cannot deliver. https://cloud.google.com/pubsub/docs/dead-letter-topics"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Annotated, Any

from assay.scanner import lazy_re
from assay.scanner.facts.bindings import Binding, bindings, companion_bindings, inherited
from assay.scanner.facts.google_assets import is_live
from assay.scanner.facts.messaging.google import RECEIVES, RECEIVING, SENDING, SENDS, allows
from assay.scanner.facts.messaging.kinds import Delivery
from assay.scanner.facts.messaging.parties import called
from assay.scanner.facts.spelling import Another, Index, Link, Place, Spelling
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Reference, Text, Unknown, unknown_inside
from assay.scanner.sources.values import Value, all_of, any_of

_AGENT = lazy_re.pattern(r"serviceAccount:service-.*@gcp-sa-pubsub\.iam\.gserviceaccount\.com")


class SubscriptionAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells what a subscription does with what it cannot deliver."""

    topic: str
    """What it subscribes to."""
    dead_letter: Link
    """The topic that dead letters go to."""
    own: Place
    """The bindings on the subscription."""
    of_topic: Another
    """The bindings on a topic."""
    identities: Link | None = None
    """What makes the service agent of a service, and where it names the service."""
    project: Index | None = None
    """The bindings of projects in code, under None."""
    inherited: Place = ""
    detached: Annotated[Place, "asked"] = "detached"
    """Of a live subscription, whether it is detached from its topic."""
    subscribers: Index
    """Topic to subscriptions (see `subscribers`)."""
    dead_letters: Index
    """Topic to subscriptions whose dead letters go there (see `subscribers`)."""
    roles: Index


def subscription(view: View, at: SubscriptionAt) -> Delivery:
    """A subscription without a dead-letter topic tries again until the message is too old, and then drops it."""
    target = view.link(at.dead_letter)
    dead_lettered = view[at.dead_letter].then(lambda data: data not in (None, ""))
    return Delivery(
        identity=view.identity(called(view, at.name)),
        asked=_asked(view, at, dead_lettered),
        dead_lettered=dead_lettered,
        kept=_kept(view, at, target.data) if dead_lettered.data is True else view.says(False),
        forwarded=_forwarded(view, at) if dead_lettered.data is True else view.says(False),
        may_keep=view.says(True),
    )


def _asked(view: View, at: SubscriptionAt, dead_lettered: Value[bool]) -> Value[bool]:
    """Not of a subscription that is detached from its topic, which delivers nothing, nor of one that keeps dead letters."""
    if is_live(view.item) and view[at.detached].data is True:
        return view.says(False)
    return dead_lettered if dead_lettered.data is True else _keeps_others(view, at).negate()


def _keeps_others(view: View, at: SubscriptionAt) -> Value[bool]:
    """Whether it is a subscription of a topic that dead letters go to."""
    key = topic_key(view.link(at.topic).data)
    known = view.index(at.dead_letters)
    if key and known.get(key):
        return view.says(True)
    return view.says(next(iter(known.get(None, ())), False))


def _kept(view: View, at: SubscriptionAt, topic: Any) -> Value[bool]:
    """Whether somebody subscribes to a topic: where nobody does, what is published is gone."""
    known = view.index(at.subscribers)
    key = topic_key(topic)
    if key and known.get(key):
        return any_of([view.of(item).weighed(Value(True, (item.location(),)), False) for item in known[key]])
    if doubts := known.get(None, ()):
        return view.says(doubts[0])
    if view.target(at.dead_letter) is not None:
        return view.says(False)
    way = "scan what subscribes to it together with this, or the live project"
    return view.says(Unknown("whether anything subscribes to the dead-letter topic, which is declared elsewhere", way, view.location))


def _forwarded(view: View, at: SubscriptionAt) -> Value[bool]:
    """Whether the service agent of Pub/Sub may publish to the topic, and acknowledge on the subscription."""
    topic = view.target(at.dead_letter)
    on_topic: list[Any] = bindings(view.of(topic.item, at.names), at.of_topic.spelling) if topic else [_elsewhere(view)]
    above: list[Any] = list(inherited(view, at.inherited)) if at.inherited else []
    above += [binding for record in (view.index(at.project).get(None, ()) if at.project else ()) for binding in record]
    publishes = _lets(view, at, [*on_topic, *above], SENDS, SENDING, "publish to the dead-letter topic")
    takes = _lets(view, at, [*bindings(view, at.own), *above], RECEIVES, RECEIVING, "acknowledge on the subscription")
    return all_of([publishes, takes])


def _elsewhere(view: View) -> Unknown:
    way = "scan it together with this, or the live project"
    return Unknown("who may publish to the dead-letter topic, which is declared elsewhere", way, view.location)


def _lets(view: View, at: SubscriptionAt, given: list[Any], those: frozenset[str], permissions: tuple[str, ...], what: str) -> Value[bool]:
    """Whether one of some bindings lets the agent do something; in code another stack may say so."""
    told = [_of_agent(view, at, binding, those, permissions) for binding in given]
    lets = any_of([*told, view.says(False)])
    if lets.data is False and not is_live(view.item):
        way = "bind the role to service-PROJECT_NUMBER@gcp-sa-pubsub.iam.gserviceaccount.com here, or scan the live project"
        return view.says(Unknown(f"whether the service agent of Pub/Sub may {what}: no binding here says so", way, view.location))
    return lets


def _of_agent(view: View, at: SubscriptionAt, binding: Any, those: frozenset[str], permissions: tuple[str, ...]) -> Value[bool]:
    if isinstance(binding, Unknown):
        return view.says(binding)
    assert isinstance(binding, Binding)
    agent = _is_agent(view, at, binding.member)
    role = allows(view, at.roles, binding.role, those, permissions) if agent is not False else False
    return all_of([Value(agent, binding.seen), Value(role, binding.seen)])


def _is_agent(view: View, at: SubscriptionAt, member: Any) -> bool | Unknown:
    parts = member.parts if isinstance(member, Text) else (member,)
    made = next((part for part in parts if isinstance(part, Reference) and at.identities and part.type in at.identities.types), None)
    if made and at.identities:
        identity = view.named(made, at.identities)
        return identity[at.identities.path].equals("pubsub.googleapis.com").data if identity else True
    text = "".join(part if isinstance(part, str) else "" for part in parts)
    if _AGENT.fullmatch(text if len(parts) > 1 or isinstance(member, str) else ""):
        return True
    return (isinstance(member, Unknown) and unknown_inside(member)) or False


def topic_key(data: Any) -> str:
    """The address of a topic, or its name; empty where a part of it is not known."""
    if isinstance(data, Reference):
        return data.address
    text = spelled(data)
    return text if text.startswith("//") else text.rpartition("/")[2]


def subscribers(paths: Mapping[str, str]) -> Index:
    """Topic to what names it at a path of its type; under None why something may name it."""

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        data = item.link(paths[item.type]).data
        if data is None or item["detached"].data is True:
            return
        key = topic_key(data)
        if key:
            yield key, item
        if not key or "\0" in key:  # the name of an open value, which may be any
            yield None, unknown_inside(data) or Unknown(f"which topic {item.address} names", "scan the plan", item.location())

    return Index(tuple(paths), records)


def project_bindings(prefix: str) -> Index:
    """The bindings that code sets on projects."""

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        yield None, companion_bindings(item.type, item)

    return Index(tuple(f"{prefix}_{part}" for part in ("member", "binding", "policy")), records)
