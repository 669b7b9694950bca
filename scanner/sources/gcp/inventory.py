"""What an asset inventory says, put together from all its records: one entry for each asset, whatever kinds of content it came in."""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

from assay.scanner.sources.gcp import records
from assay.scanner.sources.gcp.entry import AssetEntry, RecordPlace
from assay.scanner.sources.gcp.names import RESOURCE_MANAGER, FullNames, project_of
from assay.scanner.sources.gcp.records import (
    ACCESS_POLICY,
    CONTENTS,
    IAM_POLICY,
    LONGEST_EMPTY,
    ORG_POLICY,
    RESOURCE,
    AssetRecord,
    Observed,
    ResourceHead,
    filled,
)
from assay.scanner.sources.gcp.store import SPOOL, AssetFile
from assay.scanner.sources.raw import Location, Unknown

PROJECT, FOLDER, ORGANIZATION = (f"cloudresourcemanager.googleapis.com/{kind}" for kind in ("Project", "Folder", "Organization"))
POLICY = "orgpolicy.googleapis.com/Policy"
SERVICE_ACCOUNT = "iam.googleapis.com/ServiceAccount"
DENY_POLICY = "iam.googleapis.com/DenyPolicy"
"""What snapshots call what the IAM API gives: the inventory has no such type."""
ACCESS_CONTEXT = "identity.accesscontextmanager.googleapis.com/"
PERIMETER = f"{ACCESS_CONTEXT}ServicePerimeter"
"""Access policies, access levels and perimeters are content of their own: a list of resources leaves them out."""
ALWAYS = frozenset({PROJECT, FOLDER, ORGANIZATION, POLICY})
"""Types that say something of others."""
NOT_LISTED = frozenset({"cloudscheduler.googleapis.com/Job", "storage.googleapis.com/ManagedFolder"})
"""Types that templates make or exports have, and that the inventory is not known to list. They are not
asked for, since it refuses a list with them, and an export as a whole; what they would show is unknown.

https://cloud.google.com/asset-inventory/docs/asset-types
"""
_CACHED = 512


class Inventory:
    """All assets of one input. Content is decoded where it is asked for, and the last decoded is kept."""

    def __init__(self, wanted: frozenset[str] | None) -> None:
        self.store = AssetFile()
        self.names = FullNames()
        self.entries: dict[str, AssetEntry] = {}
        self.files: list[str] = []
        """Paths as reports name them."""
        self.operations: dict[str, str] = {}
        """Of a live inventory, kind of content to the call that gave it; empty for an export."""
        self.read_time = ""
        """When a live inventory was read."""
        self.newest = ""
        """The latest update of an asset in an export, which was made no earlier."""
        self.caller = ""
        self.lacking: dict[tuple[str, str], Unknown] = {}
        """(kind of content, asset type or empty for all) to why a live inventory does not have it."""
        self._wanted = None if wanted is None else wanted | ALWAYS
        self._unread: dict[str, set[int]] = {}
        self._deleted: dict[str, str] = {}
        """Name of an asset that a feed or a history tells was deleted, to when."""
        self._lineages: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._listed: dict[str, set[tuple[str, str]]] = {kind: set() for kind in CONTENTS}
        self._decoded: OrderedDict[tuple[str, str], Any] = OrderedDict()
        self._by_scope: dict[str, AssetEntry] = {}
        self._policies: dict[str, list[AssetEntry]] = {}
        self.covered: dict[str, set[str]] = {kind: set() for kind in CONTENTS}
        """Projects, folders and organisations of which the input has a kind of content, with everything below them."""
        self.effective: dict[str, dict[str, Any]] = {}
        """Of a project, constraint to the policy (or an Unknown) that the Organization Policy API gives as the one in effect."""
        self.policies_at: dict[tuple[str, tuple[str, ...]], tuple[dict[str, dict[str, Any]], Unknown | None]] = {}
        """Where an asset stands to the organisation policies in effect there."""
        self.root = ""
        """Of a live inventory, the project, folder or organisation that it was asked for."""

    def add(self, record: AssetRecord, raw: bytes, file: int, offset: int, line: int) -> None:
        """Enter a record, where somebody reads assets of its type."""
        type_, name = self._told_by(record)
        if self._wanted is not None and type_ not in self._wanted:
            counted = self._unread.get(type_)
            if counted is None:
                counted = self._unread[type_] = set()
            counted.add(hash(name))
            return
        if file == SPOOL:
            offset = self.store.keep(raw)
        entry = self.entries.get(name)
        if entry is None:
            entry = self.entries[name] = AssetEntry(name, sys.intern(type_))
        head = record.resource
        if head.__class__ is ResourceHead:
            entry.location = sys.intern(head.location or "") or entry.location
        if not entry.lineage:
            lineage = record.ancestors or _parent(head)
            entry.lineage = self._lineages.setdefault(lineage, lineage)
        alone = record.__class__ is Observed
        time = record.update_time or record.updateTime
        time = sys.intern(_time(record, time) if alone or " " in time else time)
        if time > self.newest:  # noqa: PLR1730 (called for every asset)
            self.newest = time
        if alone and isinstance(record, Observed) and record.deleted:
            self._deleted[name] = max(time, self._deleted.get(name, ""))
            return
        for kind in _kinds(record, head):
            entry.keep(RecordPlace(kind, file, offset, len(raw), len(self.files) - 1, line, time, alone))

    def _told_by(self, record: AssetRecord) -> tuple[str, str]:
        """Type and name of what a record tells of. Content of Access Context Manager tells that the input has such content.

        Where the asset of such content is the organisation, a perimeter is told apart by the name that it has itself.
        """
        type_, name = record.asset_type or record.assetType, record.name
        if type_ != ORGANIZATION and not type_.startswith(ACCESS_CONTEXT):
            return type_, name
        text = record.text(ACCESS_POLICY)
        if not text or record.__class__ is Observed:
            return type_, name
        above = (*(record.ancestors or ()), name.removeprefix(RESOURCE_MANAGER))
        self.covered[ACCESS_POLICY].add(next((scope for scope in above if scope.startswith("organizations/")), ""))
        if type_ != ORGANIZATION or not (record.service_perimeter or record.servicePerimeter):
            return type_, name
        return PERIMETER, f"//accesscontextmanager.googleapis.com/{records.own_name(text)}"

    def unread(self) -> dict[str, int]:
        """Assets of types that nobody reads."""
        return {type_: len(names) for type_, names in sorted(self._unread.items())}

    def empty(self) -> int:
        """How many assets are named of which the input has no content at all. After `settle`."""
        return sum(not entry.places and entry.type not in ALWAYS for entry in self.entries.values())

    def damaged(self, file: int | None, shown: str) -> None:
        """Part of a file (of any, for None) cannot be read: what an asset lacks may have stood there, of any kind that is in that file."""
        kinds = {place.kind for entry in self.entries.values() for place in entry.places if place.file == file}
        why = Unknown(f"a part of {shown} cannot be read", "export it again")
        for kind in kinds or set(CONTENTS):
            self.lacking.setdefault((kind, ""), why)

    def settle(self) -> None:
        """After the last record: learn which number is which project, name assets canonically, enter scopes and policies."""
        self._forget_deleted()
        self._learn_projects()
        self.effective = {self.relative(scope): policies for scope, policies in self.effective.items()}
        if self.root:
            self.root = self.relative(self.root)
            for kind in CONTENTS:
                if kind != ACCESS_POLICY or kind in self.operations:
                    self.covered[kind].add(self.root)
        self._merge_same_addresses()
        self._enter_scopes()

    def _forget_deleted(self) -> None:
        for name, time in self._deleted.items():
            if all(place.time <= time for place in self.entries[name].places):
                del self.entries[name]

    def _merge_same_addresses(self) -> None:
        by_address: dict[str, AssetEntry] = {}
        for entry in self.entries.values():
            entry.address = self._address(entry)
            entry.scope = self._scope(entry)
            first = by_address.setdefault(entry.address, entry)
            if first is not entry:  # the same asset under the id and the number of its project
                first.places = (*first.places, *(place for place in entry.places if first.place(place.kind) is None))
                first.lineage = first.lineage or entry.lineage
        self.entries = by_address

    def _enter_scopes(self) -> None:
        for entry in self.entries.values():
            listed = [place.kind for place in entry.places if not place.alone]
            for kind in listed:
                self._listed[kind].add((entry.scope, entry.type))
            if entry.type in (PROJECT, FOLDER, ORGANIZATION):
                scope = entry.address.removeprefix(RESOURCE_MANAGER)
                self._by_scope[scope] = entry
                for kind in listed:
                    self.covered[kind].add(scope)
            elif entry.type == POLICY:
                owner = _policy_owner(entry.address)
                self._policies.setdefault(owner, []).append(entry)
                self.covered[ORG_POLICY].add(owner)

    def _learn_projects(self) -> None:
        for entry in self.entries.values():
            if entry.type == PROJECT:
                data = self.content(entry, RESOURCE)
                if isinstance(data, dict):
                    number = data.get("projectNumber") or str(data.get("name", "")).removeprefix("projects/")
                    self.names.learn(str(number), str(data.get("projectId", "")))
        for entry in self.entries.values():
            first = entry.lineage[0] if entry.lineage else ""
            if first.startswith("projects/") and not self.names.knows(first[9:]) and entry.type != PROJECT:
                self.names.learn(first[9:], project_of(entry.name) or "")

    def _address(self, entry: AssetEntry) -> str:
        address = self.names.full(entry.name)
        if entry.type == SERVICE_ACCOUNT:
            # The inventory names service accounts by their unique id, everything else names them by their mail address.
            data = self.content(entry, RESOURCE)
            mail = data.get("email") if isinstance(data, dict) else None
            if isinstance(mail, str):
                address = f"{address.rpartition('/')[0]}/{mail}"
        return address

    def _scope(self, entry: AssetEntry) -> str:
        return sys.intern(self._scope_of(entry))

    def _scope_of(self, entry: AssetEntry) -> str:
        if entry.type in (PROJECT, FOLDER, ORGANIZATION):
            return entry.address.removeprefix(RESOURCE_MANAGER)
        if entry.lineage:
            return self.relative(entry.lineage[0])
        named = project_of(entry.address)
        return f"projects/{named}" if named else ""

    def relative(self, scope: str) -> str:
        """`projects/NUMBER` with the id of the project."""
        kind, _, name = scope.partition("/")
        return f"projects/{self.names.project(name)}" if kind == "projects" else scope

    def content(self, entry: AssetEntry, kind: str) -> Any:
        """One kind of content of an asset; None where it has none."""
        place = entry.place(kind)
        if place is None:
            return None
        key = (entry.name, kind)
        if key in self._decoded:
            return self._decoded[key]
        try:
            data = records.content(self.store.read(place.store, place.offset, place.length), kind)
        except (OSError, *records.MALFORMED) as error:
            data = Unknown(f"{entry.name} could not be read ({error})", "export it again")
        self._decoded[key] = data
        if len(self._decoded) > _CACHED:
            self._decoded.popitem(last=False)
        return data

    def version(self, entry: AssetEntry) -> str:
        """The version of the API that a resource is written in."""
        place = entry.place(RESOURCE)
        return records.version(self.store.read(place.store, place.offset, place.length)) if place else ""

    def seen(self, entry: AssetEntry, kind: str = RESOURCE) -> Location:
        """Where a kind of content of an asset comes from: the call that gave it, or its line in an export."""
        place = entry.place(kind) or next(iter(entry.places), None)
        if self.operations:
            return Location(
                operation="iam.GetPolicy" if entry.type == DENY_POLICY else self.operations.get(kind, self.operations[RESOURCE]),
                time=(place.time if place else "") or self.read_time,
                caller=self.caller,
            )
        if place is None:
            return Location()
        return Location(file=self.files[place.file], line=place.line, end_line=place.line, time=place.time)

    def missing(self, entry: AssetEntry, kind: str) -> Unknown | None:
        """Why the input does not say whether an asset has a kind of content; None where it does, and the asset has none.

        An export holds one kind of content, of all asset types or of some. Every project has an IAM policy of its own, so that the input
        has the policies of all types of a project where it has that of the project, else of those types of which there is one.
        """
        for key in ((kind, entry.type), (kind, "")):
            if key in self.lacking:
                return self.lacking[key]
        if self.operations or entry.place(kind) is not None:
            return None
        listed = self._listed[kind]
        own = self._by_scope.get(entry.scope)
        of_project = own.place(kind) if own is not None and kind == IAM_POLICY else None
        if (entry.scope, entry.type) in listed or (of_project is not None and not of_project.alone):
            return None
        return _NOT_EXPORTED[kind]

    def chain(self, entry: AssetEntry) -> tuple[list[str], Unknown | None]:
        """The project, folders and organisation of an asset (itself, where it is one), nearest first; and why there may be more of them."""
        scopes = [self.relative(scope) for scope in entry.lineage]
        if entry.scope and entry.scope not in scopes:
            scopes.insert(0, entry.scope)
        if len(scopes) == 1 and not scopes[0].startswith("organizations/"):
            own = self._by_scope.get(scopes[0])
            if own is not None and own is not entry and len(own.lineage) > 1:
                scopes += [self.relative(scope) for scope in own.lineage if self.relative(scope) not in scopes]
        ended = bool(scopes) and scopes[-1].startswith("organizations/")
        return scopes, None if ended else _NO_ANCESTORS

    def scope_asset(self, scope: str) -> AssetEntry | None:
        """The asset of a project, folder or organisation itself; None where the inventory does not have it."""
        return self._by_scope.get(scope)

    def is_being_deleted(self, scope: str) -> bool:
        """Whether a project was shut down: nothing in it serves or can be used, until it is deleted after 30 days or restored.

        https://cloud.google.com/resource-manager/docs/creating-managing-projects#shutting_down_projects
        """
        asset = self.scope_asset(scope) if scope.startswith("projects/") else None
        data = self.content(asset, RESOURCE) if asset else None
        return isinstance(data, dict) and (data.get("lifecycleState") or data.get("state")) in ("DELETE_REQUESTED", "DELETE_IN_PROGRESS")

    def policies_of(self, scope: str) -> list[AssetEntry]:
        """The organisation policies (v2) that are set on a project, folder or organisation."""
        return self._policies.get(scope, [])

    def perimeters_missing(self, entry: AssetEntry) -> Unknown | None:
        """Why the input does not say which perimeters hold a project; None where it has those of its organisation."""
        if (ACCESS_POLICY, "") in self.lacking:
            return self.lacking[ACCESS_POLICY, ""]
        scopes, more = self.chain(entry)
        covered = self.covered[ACCESS_POLICY]
        if "" in covered or any(scope in covered for scope in scopes) or (more and covered):
            return None
        reason = f"the perimeters of the organisation that {entry.scope or entry.name} is in are not in this inventory"
        way = "audit the organisation" if self.operations else "export the organisation with --content-type access-policy too"
        return Unknown(reason, way)

    def silent(self, kind: str, scopes: list[str]) -> Unknown | None:
        """Why it is not known which policies of a kind `scopes[0]` has; None where the input tells. `scopes[1:]` are those above it.

        An export covers what is below its root, and leaves out what has no policy.
        """
        if (kind, "") in self.lacking:
            return self.lacking[kind, ""]
        if any(scope in self.covered[kind] for scope in scopes):
            return None
        policies = "IAM bindings" if kind == IAM_POLICY else "organisation policies"
        return Unknown(f"the {policies} of {scopes[0]} are not in this inventory", f"take the inventory of the organisation, with {kind}")


def _time(record: AssetRecord, time: str) -> str:
    """When an asset was so, as RFC 3339 has it. BigQuery writes `2026-11-20 08:00:00.000000 UTC`."""
    if isinstance(record, Observed) and record.since:
        time = record.since
    return time.removesuffix(" UTC").replace(" ", "T", 1) + "Z" if " " in time else time


def _kinds(record: AssetRecord, head: ResourceHead | str | None) -> Iterator[str]:
    """The kinds of content that a record has."""
    if head.__class__ is ResourceHead and (len(head.data) > LONGEST_EMPTY or filled(head.data)):
        yield RESOURCE
    policy = record.iam_policy or record.iamPolicy
    if policy and filled(policy):
        yield IAM_POLICY
    policy = record.org_policy or record.orgPolicy
    if policy and filled(policy):
        yield ORG_POLICY
    if record.text(ACCESS_POLICY):
        yield ACCESS_POLICY


def _parent(head: ResourceHead | str | None) -> tuple[str, ...]:
    """The lineage of an asset without ancestors: the project or folder that its resource names as its parent."""
    parent = head.parent if isinstance(head, ResourceHead) else None
    return (parent.removeprefix(RESOURCE_MANAGER),) if parent and parent.startswith(RESOURCE_MANAGER) else ()


def _policy_owner(address: str) -> str:
    """`projects/p` of `//orgpolicy.googleapis.com/projects/p/policies/…`."""
    return "/".join(address.removeprefix("//").split("/")[1:3])


_NOT_EXPORTED = {
    RESOURCE: Unknown("the export holds no resources of this type", "export with --content-type resource too"),
    IAM_POLICY: Unknown("the export holds no IAM policies", "export with --content-type iam-policy too"),
    ORG_POLICY: Unknown("the export holds no organisation policies", "export with --content-type org-policy too"),
    records.ACCESS_POLICY: Unknown("the export holds no access policies", "export with --content-type access-policy too"),
}
_NO_ANCESTORS = Unknown("which folders and organisation the project is in is not in this inventory", "export it with gcloud asset export")
