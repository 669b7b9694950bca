"""Cloud Asset Inventory, which keeps what changed for 35 days, and tells it by feeds.

https://cloud.google.com/asset-inventory/docs/asset-inventory-overview, https://cloud.google.com/asset-inventory/docs/monitor-asset-changes
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Annotated, Any

from assay.scanner import lazy_re
from assay.scanner.facts.audit.recorders.kinds import ChangeRecord
from assay.scanner.facts.google_assets import is_live, missing, named
from assay.scanner.facts.spelling import Index, Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item, Unlisted
from assay.scanner.sources.values import Value, any_of

INVENTORY = "cloudasset.googleapis.com"
SERVICE = "serviceusage.googleapis.com/Service"
_PROJECT = lazy_re.pattern(r"/projects/([^/]+)/")


def services(item: Item) -> Iterator[tuple[Hashable, Any]]:
    """The services of a project by its id or number: each by its name, and whether it is enabled; why there may be more under None."""
    if isinstance(item, Unlisted):
        yield None, item.why
        return
    match = _PROJECT.search(item.address)
    if match:
        yield match[1], (item.address.rpartition("/")[2], item["state"])


class ProjectAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where a live inventory tells which services a project uses."""

    name: Place = "projectId"
    number: Annotated[Place, "on"] = "projectNumber"
    services: Annotated[Index, "on"]


def project(view: View, at: ProjectAt) -> ChangeRecord | None:
    """Services that a project does not use are not in the inventory, or are disabled; without any of them it does not say."""
    if not is_live(view.item):
        return None
    return _told(view, view[at.name], "project", enabled(view, at.services, at.number, INVENTORY))


def enabled(view: View, services: Index, number: Place, service: str) -> Value[bool]:
    """Whether a live project uses a service."""
    known = view.index(services)
    keys = [view.item.address.rpartition("/")[2], *(str(view[number].data),)]
    records = [record for key in dict.fromkeys(keys) for record in known.get(key, ())]
    states = [state.equals("ENABLED", "1") for name, state in records if name == service]
    why = next(iter(known.get(None, ())), None) or (None if records else missing(view.item, "which services are enabled", SERVICE))
    return any_of([*states, view.says(why or False)])


class ServiceAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where code tells which service of Google it enables."""

    service: Annotated[Place, "on"] = "name|serviceName"


def service(view: View, at: ServiceAt) -> ChangeRecord | None:
    """The inventory's own service. None of any other, and of live ones, which are told of their project."""
    if is_live(view.item):
        return None
    name = view[at.service]
    text = name.data if isinstance(name.data, str) else ""
    if text.rpartition("/")[2] != INVENTORY:
        return None
    return _told(view, view.says(INVENTORY), "service", view.says(True))


class FeedAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where code tells of a feed."""

    content: Annotated[Place, "on"]


def feed(view: View, at: FeedAt) -> ChangeRecord | None:
    """Without a kind of content a feed tells names and types alone, and not what changed. None of one that tells something else than how
    resources are configured, such as who has which role.

    https://cloud.google.com/asset-inventory/docs/reference/rest/v1/feeds#ContentType
    """
    content = view[at.content].default("CONTENT_TYPE_UNSPECIFIED")
    if content.equals("CONTENT_TYPE_UNSPECIFIED", "RESOURCE").data is False:
        return None
    return _told(view, view[at.name], "feed", content.equals("RESOURCE"))


def _told(view: View, name: Value[Any], sort: str, on: Value[bool]) -> ChangeRecord:
    return ChangeRecord(
        identity=view.identity(name if isinstance(name.data, str) else named(view.item)),
        sort=view.says(sort),
        on=on,
        everything=view.says(True),
        globals=view.says(True),
        delivered=view.says(True),
    )
