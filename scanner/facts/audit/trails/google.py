"""Audit logs of Google Cloud: those of administrators are always on, the others where audit configurations ask for them.

https://cloud.google.com/logging/docs/audit/configure-data-access
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import Annotated, Any

import msgspec

from assay.scanner.facts.audit.trails.kinds import ApiTrail, Exemption
from assay.scanner.facts.google_assets import is_live, named
from assay.scanner.facts.spelling import Index, Link, Referrer, Spelling
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View, may_not_exist
from assay.scanner.sources.documents import decode
from assay.scanner.sources.interface import Item, Node
from assay.scanner.sources.nodes import DataNode
from assay.scanner.sources.raw import Location, Unknown
from assay.scanner.sources.values import Value, all_of, any_of

TYPES = {"ADMIN_READ": "administrative reads", "DATA_READ": "reads of data", "DATA_WRITE": "writes of data"}
ALL_SERVICES = "allServices"
CONFIGS = "#iam_policy.auditConfigs"


class ConfigAt(msgspec.Struct, frozen=True):
    """Where an input tells what an audit configuration says. The defaults are the API's names.

    https://cloud.google.com/iam/docs/reference/rest/v1/AuditConfig
    """

    service: str = "service"
    logs: str = "auditLogConfigs"
    type: str = "logType"
    exempted: str = "exemptedMembers"


class Setting(msgspec.Struct, frozen=True):
    """One audit configuration. It crosses processes."""

    service: Value[Any]
    types: list[Value[Any]]
    exempted: list[Value[Any]]
    doubt: Unknown | None
    """Why it may not be there."""


class ScopeAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the audit configurations of a project, a folder or an organisation."""

    sort: Annotated[str, "sort"]
    configs: Annotated[tuple[str | Referrer, ...], "*"] = (CONFIGS,)
    shape: ConfigAt = ConfigAt()
    policies: Annotated[Referrer | None, "*"] = None
    """IAM policies that are set as a whole."""
    above: Annotated[Index, "*"]
    """Full name, or what names it in code, to the settings of what the project is in."""
    parents: tuple[Link, ...] = ()
    """In code, what names these, and what they are in."""


def settings(node: Node, at: ConfigAt, doubt: Unknown | None = None) -> Setting:
    """What one audit configuration says."""
    logs, more = node.blocks(at.logs)
    types = [log[at.type] for log in logs] + ([Value[Any](more, (node.location(),))] if more else [])
    exempted = [member for log in logs for member in log[at.exempted].elements()]
    return Setting(node[at.service], types, exempted, doubt)


def recorded(item: Item) -> Iterator[tuple[Hashable, Setting]]:
    """The settings of a live project, folder or organisation by its full name."""
    nodes, _ = item.blocks(CONFIGS)
    yield from [(item.address, settings(node, ConfigAt())) for node in nodes]


def scope(view: View, at: ScopeAt) -> ApiTrail | None:
    """What is set above counts too, and a setting for all services beside one for a single service: what either of them says.

    None of what is declared elsewhere, where nothing here is an audit configuration of it; and of live folders and organisations, since
    every project in them is judged, or of those in code that set nothing.
    """
    own, doubt = _own(view, at)
    project = at.sort == "project"
    if not project and _live(view):
        return None
    if not own and (view.elsewhere or not project or _only_named(view)):
        return None
    own += _perhaps(view, at)
    above, open_ = _above(view, at)
    here = _complete(view, [*own, *above], doubt)
    return ApiTrail(
        identity=view.identity(view[at.name] if at.name else named(view.item)),
        sort=view.says(at.sort),
        recorded=here if here.data is True else _beyond(view, own if project else [], here, open_),
        recorded_here=here,
        lacking=view.says(_lacking(view, [*own, *above])),
        exemptions=view.says([member.unknown or one.doubt or Exemption(name=member) for one in (*own, *above) for member in one.exempted]),
    )


def _live(view: View) -> bool:
    return not view.elsewhere and is_live(view.item)


def _only_named(view: View) -> bool:
    """Whether a template only attaches something to a project that is declared elsewhere."""
    written = view.item.attributes().data
    return not _live(view) and not view.item.type.startswith("google_") and isinstance(written, dict) and written.keys() <= {"name"}


def _own(view: View, at: ScopeAt) -> tuple[list[Setting], Unknown | None]:
    """The settings of the scope itself, and why there may be more."""
    own_settings: list[Setting] = []
    doubts: list[Unknown | None] = []
    for place in at.configs:
        if isinstance(place, Referrer):
            companions = view.referrers(place)
            own_settings += [settings(other.node, at.shape, other.doubt) for other in companions.views]
            doubts.append(None if view.elsewhere else companions.more)
        else:
            nodes, more = view.item.blocks(place)
            own_settings += [settings(node, ConfigAt()) for node in nodes]
            doubts.append(None if view.elsewhere else more)
    for policy in view.referrers(at.policies).views if at.policies else ():
        told, more = of_policy(policy.surely[at.policies.path] if at.policies else view.says(None), policy.location, policy.doubt)
        own_settings += told
        doubts.append(more)
    return own_settings, view.first_of(doubts)


def of_policy(document: Value[Any], place: Location, doubt: Unknown | None = None) -> tuple[list[Setting], Unknown | None]:
    """The settings in a whole policy, and why there may be more."""
    content = decode(document.data)
    if not isinstance(content, dict):
        return [], content if isinstance(content, Unknown) else None
    nodes, more = DataNode(content, place).blocks("auditConfigs")
    return [settings(node, ConfigAt(), doubt) for node in nodes], more


def _perhaps(view: View, at: ScopeAt) -> list[Setting]:
    """The settings of which it is not known what they are for."""
    joins = [place for place in at.configs if isinstance(place, Referrer)]
    return [settings(item, at.shape, why) for join in joins for item, why in view.items.unclaimed(join)]


def _above(view: View, at: ScopeAt) -> tuple[list[Setting], Unknown | None]:
    """The settings of what the scope is in, as far as they are in the input, and why there may be more."""
    known = view.index(at.above)
    if not _live(view):
        records = [record for key in _parents(view, at) for record in known.get(key, ())]
        return [_doubted(view, item, setting) for item, setting in records], _elsewhere(view, at)
    scopes = view["#ancestors"].data or []
    inherited = view["#inherited_bindings"]
    listed = inherited.data if isinstance(inherited.data, list) else [inherited.data]
    open_ = next((one for one in (*scopes, *listed) if isinstance(one, Unknown)), None)
    above = [one for one in scopes if isinstance(one, str) and one != view.item.address]
    return [setting for name in above for setting in known.get(name, ())], open_


def _parents(view: View, at: ScopeAt) -> Iterator[str]:
    """What names the folders and the organisation that a scope is in, as far as they are declared, from below to above."""
    passed: set[str] = set()
    below = [view]
    for one in below:
        for link in at.parents:
            key = key_of(one.item.link(link.path))
            if not key or key in passed:
                continue
            passed.add(key)
            yield key
            folder = one.target(link)
            if folder is not None:
                below.append(folder)


def _doubted(view: View, item: Item, setting: Setting) -> Setting:
    return setting if view.item.coexists(item) else msgspec.structs.replace(setting, doubt=may_not_exist(item))


def key_of(name: Value[Any]) -> str:
    """What names a folder or an organisation, by its number alone, or by the address of what is declared here."""
    return spelled(name.data).removeprefix("folders/").removeprefix("organizations/")


def _elsewhere(view: View, at: ScopeAt) -> Unknown:
    way = "scan the live organisation, or set declared_here for this control if this code is where it is set"
    other = "what it is in" if at.sort == "project" else "the projects in it"
    return Unknown(f"whether other code sets audit logs of the {at.sort}, or of {other}", way, view.location)


def _complete(view: View, audit_settings: Iterable[Setting], doubt: Unknown | None) -> Value[bool]:
    """Whether all types of logs are on for all services."""
    audit_settings = list(audit_settings)
    rest = [view.says(doubt)] if doubt else []
    return all_of([any_of([*(_has(view, one, type_) for one in audit_settings), *rest, view.says(False)]) for type_ in TYPES])


def _has(view: View, one: Setting, type_: str) -> Value[bool]:
    value = all_of([one.service.equals(ALL_SERVICES), any_of([text.equals(type_) for text in one.types])])
    return value if one.doubt is None or value.data is False else Value(one.doubt, value.seen)


def _beyond(view: View, own: list[Setting], here: Value[bool], open_: Unknown | None) -> Value[bool]:
    """What is known where this input alone does not record everything.

    Code that gives a project fewer types of logs for all services says what it wants; a folder may leave some to its projects.
    """
    short = any(one.doubt is None and one.service.equals(ALL_SERVICES).data is True for one in own) and not _live(view)
    return here if open_ is None or (short and here.data is False) else view.says(here.unknown or open_)


def _lacking(view: View, audit_settings: list[Setting]) -> str:
    off = [words for type_, words in TYPES.items() if any_of([_has(view, one, type_) for one in audit_settings]).data is False]
    words = " and ".join((", ".join(off[:-1]), off[-1])) if len(off) > 1 else "".join(off)
    return f"audit logs of all services are without {words}" if words else ""
