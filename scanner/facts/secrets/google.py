"""Secret Manager secrets. https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any

from assay.scanner.facts.bindings import bindings, public_inherited
from assay.scanner.facts.google_assets import days_until, is_live, missing, named
from assay.scanner.facts.keys.google import days
from assay.scanner.facts.keys.references import KeyLink
from assay.scanner.facts.policies import google_grants
from assay.scanner.facts.secrets.kinds import Secret, SecretCopy, several
from assay.scanner.facts.spelling import Index, Namesakes, Place, Referrer, Spelling
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.nodes import Elsewhere
from assay.scanner.sources.raw import Reference, Unknown
from assay.scanner.sources.values import Value, any_of

VERSION = "secretmanager.googleapis.com/SecretVersion"


class SecretAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a secret."""

    region: Callable[[View], Value[Any]] = lambda view: Value(None)
    """Where a regional secret is; absent of another."""
    key: KeyLink
    """Of a regional secret, or of one that Google replicates."""
    namesakes: Namesakes
    """Regional secrets of the same name."""
    replicas: str = ""
    """The replicas that a secret lists."""
    replica_key: KeyLink
    period: Place
    """As the API writes it: `7776000s`."""
    next: Place
    """When it rotates next."""
    subscribers: Index
    looked_in: str
    """Where subscribers were looked for, where it is no live project: `this code`."""
    versions: Referrer | None = None
    """Of a live secret."""
    bindings: Place
    inherited: Place = ""


def secret(view: View, at: SecretAt) -> Secret:
    """A secret with its replicas; a regional one with those of the same name in other regions."""
    region = at.region(view)
    copies, automatic = _copies(view, at, region)
    same = view.namesakes(at.namesakes) if not region.absent else []
    # The key of another secret is judged there.
    others = [other.doubt or SecretCopy(region=at.region(other), encryption_key=Value(None)) for other in same]
    granted = bindings(view, at.bindings) + (public_inherited(view, at.inherited, "secretmanager") if at.inherited else [])
    return Secret(
        identity=view.identity(view[at.name] if at.name else named(view.item)),
        copies=view.says(copies),
        regions=view.says(copies + others),
        replicated=any_of([automatic, view.says(several(copies, others))]),
        automatic_replication=automatic,
        rotation_days=view[at.period].text().then(days),
        days_to_rotation=days_until(view.item, view[at.next]),
        rotation_consumed=_consumed(view, at),
        managed_by_service=Value(False),
        days_since_rotation=_age(view, at.versions) if at.versions and is_live(view.item) else Value(None),
        grants=view.says(google_grants(granted)),
    )


def _copies(view: View, at: SecretAt, region: Value[Any]) -> tuple[list[SecretCopy | Unknown], Value[bool]]:
    """The copies of a secret, and whether Google chooses where they are: it does unless the secret lists them."""
    blocks, more = view.inner(at.replicas)
    listed = [SecretCopy(region=block["location"], encryption_key=at.replica_key.key(block)) for block in blocks]
    if not region.absent:
        elsewhere = [view.item.why] if isinstance(view.item, Elsewhere) else []
        return [SecretCopy(region=region, encryption_key=at.key.key(view)), *elsewhere], view.says(False)
    if not listed and not more:
        return [SecretCopy(region=view.says("global"), encryption_key=at.key.key(view))], view.says(True)
    return [*listed, *([more] if more else [])], view.says(False if listed else more)


def _consumed(view: View, at: SecretAt) -> Value[bool]:
    """Rotation only publishes a message: https://cloud.google.com/secret-manager/docs/secret-rotation. Somebody has to subscribe."""
    topics, more = view.inner("topics")
    if not topics and not more:
        return view.says(False)
    names = {_topic(view.link("topics.name").data), *(_topic(topic.link("name").data) for topic in topics)} - {""}
    subscriptions = [record for name in names for record in view.index(at.subscribers).get(name, ())]
    if subscriptions:
        return any_of(
            [
                view.of(record).weighed(Value(True, (record.location(),)), False) if isinstance(record, Item) else record
                for record in subscriptions
            ]
        )
    where, way = at.looked_in, "scan what subscribes together with this, or the live project"
    if is_live(view.item):
        where, way = "the assets that were read", "include pubsub.googleapis.com/Subscription, of every project that subscribes"
    return view.says(Unknown(f"whether anything subscribes to the rotation topic: no subscription of it is in {where}", way, view.location))


def subscribing(paths: Mapping[str, str], record: Callable[[Item], Any]) -> Callable[[Item], Iterator[tuple[Hashable, Any]]]:
    """Topic to what acts on its messages. `paths`: types to where they name a topic."""

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        # A detached subscription gets no messages: https://cloud.google.com/pubsub/docs/detach-subscriptions
        if item["detached"].data is not True:
            yield _topic(item.link(paths[item.type]).data), record(item)

    return records


def _topic(data: Any) -> str:
    """The address of a topic, or its name; empty where a part of it is not known."""
    return data.address if isinstance(data, Reference) else spelled(data).rpartition("/topics/")[2]


def _age(view: View, join: Referrer) -> Value[Any]:
    """Days between the making of the newest version in use and the inventory; None where there is no version."""
    versions = view.referrers(join)
    if versions.more or not view.lists(join):
        return view.says(versions.more or missing(view.item, "a version", VERSION))
    used = [version for version in versions.views if version["state"].default("ENABLED").equals("ENABLED").data is not False]
    made = [version[join.path] for version in used]
    unknown = next((time for time in made if time.unknown), None)
    newest = unknown or max(made, key=lambda time: str(time.data), default=Value(None))
    return newest.then(lambda text: None if text is None else _days_between(text, view))


def _days_between(text: Any, view: View) -> Any:
    try:
        read = datetime.datetime.fromisoformat(str(view["#as_of"].data))
        return (read - datetime.datetime.fromisoformat(str(text))).days
    except (TypeError, ValueError):
        return Unknown("how old the newest version is: the times cannot be read", "export it again", view.location)
