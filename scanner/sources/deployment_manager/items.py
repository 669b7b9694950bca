"""The resources of a deployment as items: shaped as the REST API returns them, with bindings and access lists where they belong."""

from __future__ import annotations

from typing import Any

from assay.scanner.sources.budget import Budget
from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.deployment_manager.declarations import OUTPUT, NamedValue
from assay.scanner.sources.deployment_manager.expand import Expansion, ResourceEntry
from assay.scanner.sources.deployment_manager.references import Links, address
from assay.scanner.sources.deployment_manager.types import HIGH, HOLDERS, PARTS, Attached, Type, holder, resource_type, settable, spelled
from assay.scanner.sources.documents import decode
from assay.scanner.sources.gcp.declared import Declared, Path
from assay.scanner.sources.gcp.deployment import BINDINGS, Attachment, Deployment, full_name
from assay.scanner.sources.gcp.machines import MACHINE, of_template
from assay.scanner.sources.raw import Reference, Unknown, describe, unknown_inside


class Built:
    """The items of an expansion."""

    def __init__(self, expansion: Expansion, root: str, wanted: frozenset[str] | None = None, budget: Budget | None = None) -> None:
        """`wanted`: the asset types that something reads. Raises OverBudget."""
        self.links = Links(expansion, wanted, budget or Budget())
        self.root, self._wanted = root, wanted
        self.deployment = Deployment(expansion.env["project"])
        self.attached = 0
        """Entries that are a part of other resources, and so no items of their own."""
        self.gaps: list[Gap] = []
        self._attachments: list[Attachment] = []
        self._addresses: dict[str, int] = {}
        for entry in expansion.entries:
            self._enter(entry)
        if wanted is None or OUTPUT in wanted:
            for written in expansion.written:
                self._written(written)
        self.deployment.settle(self._attachments)

    def _enter(self, entry: ResourceEntry) -> None:
        name = spelled(entry.type)
        assert name is not None
        kind, word, part = resource_type(name, self._wanted), holder(name), PARTS.get((name.service, name.noun))
        if word is not None:
            self._bindings(entry, word)
        elif part is not None:
            self._part(entry, part)
        else:
            self._resource(entry, kind)

    def _written(self, written: NamedValue) -> None:
        """An output, or the default of a property: `value`."""

        def place(below: Path) -> Any:
            return written.sheet.place(written.path)

        data = {"value": self.links.value(written.value)}
        self.deployment.add(Declared(self.deployment, written.type, written.address, data, place, root=self.root, label=written.name))

    def _address(self, entry: ResourceEntry) -> str:
        """Unique, though a name that is used twice is an error."""
        own = address(entry)
        count = self._addresses[own] = self._addresses.get(own, 0) + 1
        if count == 1:
            return own
        seen = entry.place()
        self.gaps.append(Gap(seen.file, "input_failed", f"the name {entry.name} is used twice", "give each resource a name", seen.line))
        return f"{own}#{count}"

    def _item(self, entry: ResourceEntry, type_: str, data: Any, path: Path, full: str | None, own: str) -> Declared:
        def place(below: Path) -> Any:
            return entry.place(below)

        project = self.links.owner(entry.properties)
        item = Declared(
            self.deployment,
            type_,
            own,
            data,
            place,
            root=self.root,
            label=entry.name,
            full=full,
            project=project,
            origins=entry.origins,
            path=path,
        )
        self.deployment.add(item)
        return item

    def _resource(self, entry: ResourceEntry, kind: Type | None) -> None:
        own = self._address(entry)
        data = self.links.value(entry.properties)
        path: Path = ("properties",)
        if kind is None:
            self._item(entry, entry.type, data, path, None, own)
            return
        if kind.body and isinstance(data, dict) and isinstance(data.get(kind.body), dict):
            data, path = data[kind.body], (*path, kind.body)
        if data is None:
            data = {}
        if isinstance(data, dict):
            data = {**settable(kind.asset, data), "name": self.links.rest_name(entry, kind)}
            if kind.asset == MACHINE and data.get("sourceInstanceTemplate") is not None:
                why = Unknown(f"what the instance template of {entry.name} says", "write it in the instance", entry.place(path))
                data = of_template(data, None, why)
        elif not isinstance(data, Unknown):
            data = Unknown(f"the properties of {entry.name} are no map", "correct them", entry.place())
        item = self._item(entry, kind.asset, data, path, self.links.full(entry), own)
        self._access(entry, item)

    def _access(self, entry: ResourceEntry, item: Declared) -> None:
        """`accessControl.gcpIamPolicy`, an object or its text.

        https://cloud.google.com/deployment-manager/docs/configuration/set-access-control-resources
        """
        access = entry.raw.get("accessControl")
        policy = access.get("gcpIamPolicy") if isinstance(access, dict) else access
        if policy is None:
            return
        policy = decode(self.links.value(policy)) if not isinstance(policy, (dict, list)) else self.links.value(policy)
        bindings = policy.get("bindings") if isinstance(policy, dict) else policy
        seen = entry.place(("accessControl", "gcpIamPolicy"))
        self._attachments.append(Attachment(item.type, Reference(item.address), BINDINGS, _listed(bindings), item.address, seen))

    def _bindings(self, entry: ResourceEntry, word: str) -> None:
        """A virtual type that adds one binding, or an action that sets a policy."""
        own = self._address(entry)
        properties = self.links.value(entry.properties)
        target: Any
        if not isinstance(properties, dict):
            why = (
                properties if isinstance(properties, Unknown) else Unknown(f"the properties of {entry.name}", "correct them", entry.place())
            )
            properties, bindings, target = {}, [why], why
        else:
            bindings = _member(properties) if "role" in properties or "member" in properties else _patched(properties)
            target = self.links.holder_of(word, entry.raw["properties"])
            policy = properties.get("policy")
            if isinstance(policy, Reference) and not self.links.asks_for_policy(policy, word, target):
                reason = f"which bindings the policy has that {describe(policy)} gives"
                bindings.append(Unknown(reason, "write the bindings", entry.place(("properties", "policy"))))
        type_, seen = HOLDERS[word][0], entry.place()
        if word in HIGH and not self.links.declares(target):
            project = (
                target.rpartition("/")[2] if isinstance(target, str) and word == "projects" else target if word == "projects" else None
            )
            item = self._item(entry, type_, {"name": entry.name}, ("properties",), None, own)
            item.project = project if project is not None else item.project
            target = Reference(own)
        else:
            self.attached += 1
        self._attachments.append(Attachment(type_, target, BINDINGS, bindings, own, seen))

    def _part(self, entry: ResourceEntry, part: Attached) -> None:
        own, properties = self._address(entry), self.links.value(entry.properties)
        owner: Any = properties.get(part.owner) if isinstance(properties, dict) else properties
        target: Any = owner if isinstance(owner, (Reference, Unknown)) else self._bucket(owner)
        self.attached += 1
        elements = [properties] if isinstance(properties, (dict, Unknown)) else []
        self._attachments.append(Attachment(part.asset, target, part.path, elements, own, entry.place()))

    def _bucket(self, written: Any) -> str | Unknown:
        """The full name of a bucket that is named by text; Unknown where a part of it is not known."""
        path = self.links.path(written)
        full = full_name("storage", path) if path else None
        return full or unknown_inside(written) or Unknown("which bucket it is for", "name it")


def _listed(bindings: Any) -> list[Any]:
    return bindings if isinstance(bindings, list) else [] if bindings is None else [bindings]


def _member(properties: dict[str, Any]) -> list[Any]:
    written = properties.get("member", properties.get("members"))
    members = written if isinstance(written, (list, Unknown)) else [written]
    return [{"role": properties.get("role"), "members": members, "condition": properties.get("condition")}]


def _patched(properties: dict[str, Any]) -> list[Any]:
    """What `setIamPolicy` adds, with the policy that it sets where that is written out."""
    bindings: list[Any] = []
    patch, policy = properties.get("gcpIamPolicyPatch"), properties.get("policy")
    if isinstance(patch, dict):
        bindings += _listed(patch.get("add"))
    if isinstance(policy, dict):
        bindings += _listed(policy.get("bindings"))
    elif isinstance(policy, Unknown):
        bindings.append(policy)
    return bindings
