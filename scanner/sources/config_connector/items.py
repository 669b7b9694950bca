"""Manifests as items: shaped as the REST API has them, with bindings and access lists where they belong."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from assay.scanner.sources.config_connector.kinds import ANYWHERE, BINDINGS, ENTRIES, HIGH, HOLDERS, KINDS, REFERENCES, Kind, kind_of
from assay.scanner.sources.config_connector.manifests import PROJECT_ID, Manifest
from assay.scanner.sources.config_connector.shapes import placing, put, replication
from assay.scanner.sources.gcp.declared import Declared
from assay.scanner.sources.gcp.deployment import BINDINGS as BINDINGS_PATH
from assay.scanner.sources.gcp.deployment import Attachment, Deployment, flat, full_name, project_name
from assay.scanner.sources.values import Reference, Text, Unknown


class Built:
    """The items of all manifests of a run."""

    def __init__(
        self, manifests: list[Manifest], namespaces: dict[str, Any], project: str | None, root: str, wanted: frozenset[str] | None = None
    ) -> None:
        """`wanted`: the asset types that something reads."""
        self.root, self._namespaces, self._project, self._wanted = root, namespaces, project, wanted
        self.deployment = Deployment(project or Reference("Namespace", "project-id"))
        self.attached = 0
        """Manifests that are a part of other resources, and so no items of their own."""
        self._addresses: dict[int, str] = {}
        self._by_name: dict[tuple[str, str, str], list[Manifest]] = {}
        self._by_address: dict[str, Manifest] = {}
        self._naming: set[str] = set()
        self._attachments: list[Attachment] = []
        for each in manifests:
            self._index(each)
        for each in manifests:
            self._enter(each)
        self.deployment.settle(self._attachments)

    def _index(self, each: Manifest) -> None:
        name = flat(each.name) or f"{each.file}:{each.place().line}"
        own = f"{each.kind}.{each.namespace}/{name}" if each.namespace else f"{each.kind}.{name}"
        if own in self._by_address:  # the same in another environment
            own = f"{own} ({each.file}:{each.place().line})"
        self._addresses[id(each)], self._by_address[own] = own, each
        self._by_name.setdefault((each.kind, each.namespace, name), []).append(each)
        self._by_name.setdefault((each.kind, "*", name), []).append(each)

    def address(self, each: Manifest) -> str:
        return self._addresses[id(each)]

    def _enter(self, each: Manifest) -> None:
        if each.kind in BINDINGS:
            self._bindings(each)
        elif each.kind in ENTRIES:
            self._entry(each)
        else:
            self._resource(each)

    # Projects and names.

    def project(self, each: Manifest) -> Any:
        """The project of a resource: an id, or a Reference that stands for it.

        https://cloud.google.com/config-connector/docs/how-to/organizing-resources/overview
        """
        named = self._reference(each, "projectRef", each.spec.get("projectRef")) if isinstance(each.spec, dict) else None
        path = self._path(named) if named is not None else None
        if path:
            return path.rpartition("/")[2]
        annotated = each.annotations.get(PROJECT_ID, self._namespaces.get(each.namespace))
        if isinstance(annotated, str):
            return annotated
        if isinstance(annotated, Text) and flat(annotated):
            return flat(annotated)
        return self._project or Reference(f"Namespace.{each.namespace or 'default'}", "project-id")

    def full(self, each: Manifest) -> str | None:
        """Its full name; None where it is not known."""
        kind, own = kind_of(each.kind, each.service, self._wanted), self.address(each)
        if kind is None or own in self._naming:
            return None
        self._naming.add(own)
        try:
            return self._named(each, kind)
        finally:
            self._naming.discard(own)

    def _named(self, each: Manifest, kind: Kind) -> str | None:
        spec = each.spec if isinstance(each.spec, dict) else {}
        name, project = flat(spec.get("resourceID", each.name)), self.project(each)
        if kind.way == "bucket":
            return full_name("storage", name or Unknown("", ""))
        if kind.way == "project":
            return project_name(name) if name else None
        if kind.way == "account":
            return (
                full_name("iam", "projects", project, "serviceAccounts", f"{name}@{flat(project)}.iam.gserviceaccount.com")
                if name
                else None
            )
        if kind.way == "policy":
            constraint = spec.get("constraint")
            parent = self._parent(each)
            return (
                full_name("orgpolicy", parent, "policies", constraint.rpartition("/")[2])
                if isinstance(constraint, str) and parent
                else None
            )
        if name is None:
            return None
        location = spec.get("location")
        if kind.way == "compute":
            place = ("global",) if location in (None, "global") else ("regions", location)
            return full_name("compute", "projects", project, *place, kind.collection, name)
        service = kind.asset.partition(".")[0]
        if kind.way.startswith("{"):  # the name of what it is in
            key = f"{kind.way[1:-1]}Ref"
            parent = self._path(self._reference(each, key, spec.get(key)))
        else:
            default = "global" if each.kind.startswith("IAM") else None
            place_ = flat(location) if location is not None else default
            way = kind.way
            if way == ANYWHERE:
                way = "projects/{project}/locations/{location}" if place_ else "projects/{project}"
            parent = None if "{location}" in way and not place_ else way.format(project=flat(project), location=place_)
        return full_name(service, parent, kind.collection, name) if parent else None

    def _parent(self, each: Manifest) -> str | None:
        """What an organisation policy is set on: `projects/p`, `folders/1`."""
        for key, word in (("projectRef", "projects"), ("folderRef", "folders"), ("organizationRef", "organizations")):
            if isinstance(each.spec, dict) and each.spec.get(key) is not None:
                path = self._path(self._reference(each, key, each.spec[key]))
                return f"{word}/{path.rpartition('/')[2]}" if path else None
        return f"projects/{flat(self.project(each))}"

    # References.

    def find(self, kind: str, namespace: str, name: str, directory: str) -> Manifest | None:
        """The manifest that a reference means; of several, the one in the same directory."""
        held = next((found for key in (namespace, "", "*") if (found := self._by_name.get((kind, key, name)))), [])
        same = [each for each in held if each.directory == directory]
        return (same or held)[0] if same or len(held) == 1 else None

    def _reference(self, by: Manifest, key: str, held: Any, kind: str = "") -> Any:
        """`{name}` as a Reference, `{external}` as the text that it is; None where nothing is referred to."""
        if held is None or isinstance(held, Unknown):
            return held
        if not isinstance(held, dict):
            return Unknown(f"{key} is no reference", "write it as {name} or {external}", by.place(("spec",)))
        external, name = held.get("external"), held.get("name")
        if external is not None:
            return external
        if not isinstance(name, str):
            return name if isinstance(name, (Unknown, Text)) else None
        kind = str(held.get("kind") or kind or REFERENCES.get(key, ""))
        namespace = held.get("namespace")
        found = self.find(kind, namespace if isinstance(namespace, str) else by.namespace, name, by.directory)
        if found is not None:
            return Reference(self.address(found))
        collection = KINDS[kind].collection if kind in KINDS else kind
        return Reference(f"{kind or key}.cnrm/{collection or 'buckets'}/{name}")  # declared somewhere else, and there

    def _path(self, target: Any) -> str | None:
        """The relative name of what a reference means."""
        if isinstance(target, Reference):
            found = self._by_address.get(target.address)
            if found is None:
                return None if isinstance(target, Unknown) else flat(target)
            full = self.full(found)
            return full.removeprefix("//").partition("/")[2] if full else None
        return flat(target)

    # The resource as the API has it.

    def _resource(self, each: Manifest) -> None:
        kind = kind_of(each.kind, each.service, self._wanted)
        if kind is None:
            self._item(each, f"{each.kind} (Config Connector)", each.spec, each.place, None)
            return
        spec = each.spec if each.spec is not None else {}
        full = self.full(each)
        data: Any = self._shaped(each, spec, kind) if isinstance(spec, dict) else Unknown("its spec is no map", "correct it", each.place())
        location = spec.get("location") if isinstance(spec, dict) else None
        asset = kind.regional if kind.regional and isinstance(location, str) and location != "global" else kind.asset
        if isinstance(data, dict):
            data["name"] = self._rest_name(each, kind, full)
        self._item(each, asset, data, placing(each, kind), full)

    def _rest_name(self, each: Manifest, kind: Kind, full: str | None) -> Any:
        if full is None:
            return each.name if isinstance(each.name, Unknown) else flat(each.name)
        path = full.removeprefix("//").partition("/")[2]
        return path.rpartition("/")[2] if kind.way in ("bucket", "compute") else path

    def _shaped(self, each: Manifest, spec: dict[str, Any], kind: Kind) -> dict[str, Any]:
        if kind.way == "policy":
            return self._organisation_policy(spec)
        shaped = self._renamed(each, spec, kind)
        assert isinstance(shaped, dict)
        for source, path in kind.moves.items():
            if source in shaped:
                put(shaped, path.split("."), shaped.pop(source))
        if each.kind == "SecretManagerSecret":
            replication(shaped)
        if each.kind == "ComputeForwardingRule" and isinstance(shaped.get("target"), dict):
            # One of the references below it, or the bundle of Private Service Connect.
            shaped["target"] = next((held for held in shaped["target"].values() if held is not None), None)
        return shaped

    def _renamed(self, each: Manifest, held: Any, kind: Kind) -> Any:
        if isinstance(held, list):
            return [self._renamed(each, element, kind) for element in held]
        if not isinstance(held, dict):
            return held
        found: dict[str, Any] = {}
        for key, value in held.items():
            if key.endswith("Ref"):
                short = key[:-3]
                found[kind.names.get(short, short)] = self._reference(each, key, value)
            else:
                found[kind.names.get(key) or key] = self._renamed(each, value, kind)
        return found

    def _organisation_policy(self, spec: dict[str, Any]) -> dict[str, Any]:
        """https://cloud.google.com/config-connector/docs/reference/resource-docs/resourcemanager/resourcemanagerpolicy"""
        flag = spec.get("booleanPolicy")
        if isinstance(flag, Unknown):
            return {"spec": {"rules": flag}}
        return {"spec": {"rules": [{"enforce": flag.get("enforced", False)}] if isinstance(flag, dict) else []}}

    def _item(self, each: Manifest, type_: str, data: Any, place: Any, full: str | None) -> Declared:
        item = Declared(
            self.deployment,
            type_,
            self.address(each),
            data,
            place,
            root=self.root,
            label=flat(each.name) or each.kind,
            full=full,
            project=self.project(each),
            path=("spec",),
        )
        self.deployment.add(item)
        return item

    # Bindings and access lists.

    def _bindings(self, each: Manifest) -> None:
        spec: dict[str, Any] = each.spec if isinstance(each.spec, dict) else {}
        held: Any = spec.get("resourceRef")
        bindings = list(self._listed(each, spec)) if isinstance(each.spec, dict) else [_unread(each)]
        kind = held.get("kind") if isinstance(held, dict) else None
        kind = kind if isinstance(kind, (str, Unknown)) else None
        asset = HOLDERS.get(kind) if isinstance(kind, str) else None
        own, seen = self.address(each), each.place()
        if asset is None and not isinstance(kind, Unknown) and isinstance(held, dict):
            self._item(each, f"{each.kind} on {kind} (Config Connector)", each.spec, each.place, None)
            return
        target = self._reference(each, "resourceRef", held, str(kind)) if isinstance(held, dict) else held
        if asset is None:  # any of them
            why = held if isinstance(held, Unknown) else Unknown(f"what {own} is for", "name it in resourceRef", seen)
            for possible in dict.fromkeys(HOLDERS.values()):
                self._attachments.append(Attachment(possible, why, BINDINGS_PATH, [why], own, seen))
            self.attached += 1
            return
        if isinstance(kind, str) and kind in HIGH and not (isinstance(target, Reference) and target.address in self._by_address):
            item = self._item(each, asset, {"name": flat(each.name) or each.kind}, each.place, None)
            if kind == "Project" and target is not None:
                item.project = (flat(target) or "").removeprefix("projects/") or item.project
            target = Reference(own)
        else:
            target = self._holder(str(kind), target)
            self.attached += 1
        self._attachments.append(Attachment(asset, target, BINDINGS_PATH, bindings, own, seen))

    def _holder(self, kind: str, target: Any) -> Any:
        """What bindings are on, as a Reference or a full name."""
        if isinstance(target, (Reference, Unknown)):
            return target
        name = flat(target)
        if name is None:
            return Unknown("what a binding is for is not known", "name it in resourceRef")
        return name if name.startswith(("//", "https://", "projects/")) else full_name(HOLDERS[kind].partition(".")[0], name)

    def _listed(self, each: Manifest, spec: dict[str, Any]) -> Iterable[Any]:
        if each.kind == "IAMPolicyMember":
            yield {"role": spec.get("role"), "members": [self._member(each, spec)], "condition": spec.get("condition")}
            return
        held = spec.get("bindings")
        for binding in held if isinstance(held, list) else [] if held is None else [held]:
            if not isinstance(binding, dict):
                yield binding if isinstance(binding, Unknown) else _unread(each)
                continue
            members = binding.get("members")
            listed = [self._member(each, member) for member in members] if isinstance(members, list) else members
            yield {"role": binding.get("role"), "members": listed, "condition": binding.get("condition")}

    def _member(self, each: Manifest, held: Any) -> Any:
        """`member`, or the identity of another resource that `memberFrom` names."""
        if not isinstance(held, dict):
            return held
        source = held.get("memberFrom")
        if held.get("member") is not None or not isinstance(source, dict):
            return held.get("member", source if isinstance(source, Unknown) else _unread(each))
        for key, reference in source.items():
            target = self._reference(each, key, reference)
            if isinstance(target, Reference):
                return Text(("serviceAccount:", Reference(target.address, "email")))
            return target if target is not None else _unread(each)
        return _unread(each)

    def _entry(self, each: Manifest) -> None:
        spec: dict[str, Any] = each.spec if isinstance(each.spec, dict) else {}
        target = self._holder(
            "StorageBucket", self._reference(each, "bucketRef", spec.get("bucketRef")) or Unknown("its bucket", "name it")
        )
        elements = [spec] if isinstance(each.spec, dict) else [_unread(each)]
        self.attached += 1
        self._attachments.append(
            Attachment(KINDS["StorageBucket"].asset, target, ENTRIES[each.kind], elements, self.address(each), each.place())
        )


def _unread(each: Manifest) -> Unknown:
    return (
        each.spec if isinstance(each.spec, Unknown) else Unknown(f"{each.kind} is not as its definition has it", "correct it", each.place())
    )
