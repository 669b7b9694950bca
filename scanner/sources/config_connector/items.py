"""Manifests as items: shaped as the REST API has them, with bindings and access lists where they belong."""

from __future__ import annotations

from typing import Any

from assay.scanner.sources.config_connector.binding_parts import binding_parts, unread
from assay.scanner.sources.config_connector.kinds import (
    ANYWHERE,
    BINDINGS,
    ENTRIES,
    ENTRY_NAMES,
    HIGH,
    HOLDERS,
    KINDS,
    LISTED,
    REFERENCES,
    Kind,
    holder_of,
    kind_of,
)
from assay.scanner.sources.config_connector.manifests import PROJECT_ID, Manifest
from assay.scanner.sources.config_connector.shapes import identity, organisation_policy, placing, put, renamed, replication, services
from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.gcp.declared import Declared
from assay.scanner.sources.gcp.deployment import Attachment, Deployment, flat, full_name, project_name
from assay.scanner.sources.gcp.machines import of_template
from assay.scanner.sources.marks import in_annotations
from assay.scanner.sources.raw import Open, Reference, Text, Unknown, unknown_inside


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
        self.gaps: list[Gap] = []
        for manifest in manifests:
            self._index(manifest)
        for manifest in manifests:
            try:
                self._enter(manifest)
            except Exception as error:  # hostile input may reach what no test has: it costs only itself
                reason = f"{self.address(manifest)} could not be read ({type(error).__name__}: {error})"[:500]
                self.gaps.append(Gap(manifest.file, "input_failed", reason, "correct the manifest", manifest.place().line))
        self.deployment.settle(self._attachments)

    def _index(self, manifest: Manifest) -> None:
        name = flat(manifest.name) or f"{manifest.file}:{manifest.place().line}"
        own = f"{manifest.kind}.{manifest.namespace}/{name}" if manifest.namespace else f"{manifest.kind}.{name}"
        if own in self._by_address:  # the same in another environment
            own = f"{own} ({manifest.file}:{manifest.place().line})"
        self._addresses[id(manifest)], self._by_address[own] = own, manifest
        self._by_name.setdefault((manifest.kind, manifest.namespace, name), []).append(manifest)
        self._by_name.setdefault((manifest.kind, "*", name), []).append(manifest)

    def address(self, manifest: Manifest) -> str:
        """The address of a manifest among those of the run: `Kind.namespace/name`, with its file and line where another has that."""
        return self._addresses[id(manifest)]

    def _enter(self, manifest: Manifest) -> None:
        if manifest.kind in BINDINGS:
            self._bindings(manifest)
        elif manifest.kind in ENTRIES:
            self._entry(manifest)
        else:
            self._resource(manifest)

    # Projects and names.

    def project(self, manifest: Manifest) -> Any:
        """The project of a resource: an id, or a Reference that stands for it.

        https://cloud.google.com/config-connector/docs/how-to/organizing-resources/overview
        """
        named = self._reference(manifest, "projectRef", manifest.spec.get("projectRef")) if isinstance(manifest.spec, dict) else None
        path = self._path(named) if named is not None else None
        if path:
            return path.rpartition("/")[2]
        annotated = manifest.annotations.get(PROJECT_ID, self._namespaces.get(manifest.namespace))
        if isinstance(annotated, str):
            return annotated
        if isinstance(annotated, (Text, Open)) and flat(annotated):
            return Reference(f"Project.{flat(annotated)}", "project-id")
        return self._project or Reference(f"Namespace.{manifest.namespace or 'default'}", "project-id")

    def _project_named(self, manifest: Manifest) -> str | None:
        """The id of the project that a manifest declares, which its own bindings are of, whatever namespace declares it."""
        kind = kind_of(manifest.kind, manifest.service, self._wanted)
        if kind is None or kind.way != "project":
            return None
        spec = manifest.spec if isinstance(manifest.spec, dict) else {}
        return flat(spec.get("resourceID", manifest.name))

    def full(self, manifest: Manifest) -> str | None:
        """Its full name; None where it is not known."""
        kind, own = kind_of(manifest.kind, manifest.service, self._wanted), self.address(manifest)
        if kind is None or own in self._naming:
            return None
        self._naming.add(own)
        try:
            return self._named(manifest, kind)
        finally:
            self._naming.discard(own)

    def _named(self, manifest: Manifest, kind: Kind) -> str | None:
        spec = manifest.spec if isinstance(manifest.spec, dict) else {}
        name, project = flat(spec.get("resourceID", manifest.name)), self.project(manifest)
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
            parent = self._parent(manifest)
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
            parent = self._path(self._reference(manifest, key, spec.get(key)))
        else:
            default = "global" if manifest.kind.startswith("IAM") else None
            place_ = flat(location) if location is not None else default
            way = kind.way
            if way == ANYWHERE:
                way = "projects/{project}/locations/{location}" if place_ else "projects/{project}"
            parent = None if "{location}" in way and not place_ else way.format(project=flat(project), location=place_)
        return full_name(service, parent, kind.collection, name) if parent else None

    def _parent(self, manifest: Manifest) -> str | None:
        """What an organisation policy is set on: `projects/p`, `folders/1`."""
        for key, word in (("projectRef", "projects"), ("folderRef", "folders"), ("organizationRef", "organizations")):
            if isinstance(manifest.spec, dict) and manifest.spec.get(key) is not None:
                path = self._path(self._reference(manifest, key, manifest.spec[key]))
                return f"{word}/{path.rpartition('/')[2]}" if path else None
        return f"projects/{flat(self.project(manifest))}"

    # References.

    def find(self, kind: str, namespace: str, name: str, directory: str) -> Manifest | None:
        """The manifest that a reference means; of several, the one in the same directory."""
        candidates = next((manifests for key in (namespace, "", "*") if (manifests := self._by_name.get((kind, key, name)))), [])
        same = [manifest for manifest in candidates if manifest.directory == directory]
        return (same or candidates)[0] if same or len(candidates) == 1 else None

    def _reference(self, by: Manifest, key: str, reference: Any, kind: str = "") -> Any:
        """`{name}` as a Reference, `{external}` as the text that it is; None where nothing is referred to."""
        if reference is None or isinstance(reference, Unknown):
            return reference
        if not isinstance(reference, dict):
            return Unknown(f"{key} is no reference", "write it as {name} or {external}", by.place(("spec",)))
        external, name = reference.get("external"), reference.get("name")
        if external is not None:
            return external
        written, name = name, flat(name)
        if name is None:
            return written if isinstance(written, (Unknown, Text)) else None
        kind = str(reference.get("kind") or kind or REFERENCES.get(key, ""))
        namespace = reference.get("namespace")
        target = self.find(kind, namespace if isinstance(namespace, str) else by.namespace, name, by.directory)
        if target is not None:
            return Reference(self.address(target))
        if not isinstance(written, str):
            return written
        collection = KINDS[kind].collection if kind in KINDS else kind
        return Reference(f"{kind or key}.cnrm/{collection or 'buckets'}/{name}")  # declared somewhere else, and there

    def _path(self, target: Any) -> str | None:
        """The relative name of what a reference means."""
        if isinstance(target, Reference):
            manifest = self._by_address.get(target.address)
            if manifest is None:
                return None if isinstance(target, Unknown) else flat(target)
            full = self.full(manifest)
            return full.removeprefix("//").partition("/")[2] if full else None
        return flat(target)

    # The resource as the API has it.

    def _resource(self, manifest: Manifest) -> None:
        kind = kind_of(manifest.kind, manifest.service, self._wanted)
        if kind is None:
            self._item(manifest, f"{manifest.kind} (Config Connector)", manifest.spec, manifest.place, None)
            return
        spec = manifest.spec if manifest.spec is not None else {}
        full = self.full(manifest)
        data: Any = (
            self._shaped(manifest, spec, kind) if isinstance(spec, dict) else Unknown("its spec is no map", "correct it", manifest.place())
        )
        location = spec.get("location") if isinstance(spec, dict) else None
        asset = kind.regional if kind.regional and isinstance(location, str) and location != "global" else kind.asset
        if isinstance(data, dict):
            data["name"] = self._rest_name(manifest, kind, full)
        self._item(manifest, asset, data, placing(manifest, kind), full)

    def _of_template(self, manifest: Manifest, shaped: dict[str, Any]) -> dict[str, Any]:
        """A machine with what its template gives it."""
        target = shaped["instanceTemplate"]
        named = self._by_address.get(target.address) if isinstance(target, Reference) else None
        kind = KINDS["ComputeInstanceTemplate"]
        template = None
        if named is not None and named.kind == "ComputeInstanceTemplate" and isinstance(named.spec, dict):
            template = self._shaped(named, named.spec, kind)
        reason = f"what the template of {self.address(manifest)} says, which is declared elsewhere"
        return of_template(shaped, template, Unknown(reason, "scan the template together with it", manifest.place(("spec",))))

    def _rest_name(self, manifest: Manifest, kind: Kind, full: str | None) -> Any:
        if full is None:
            return manifest.name if isinstance(manifest.name, Unknown) else flat(manifest.name)
        path = full.removeprefix("//").partition("/")[2]
        return path.rpartition("/")[2] if kind.way in ("bucket", "compute") else path

    def _shaped(self, manifest: Manifest, spec: dict[str, Any], kind: Kind) -> dict[str, Any]:
        if kind.way == "policy":
            return organisation_policy(spec)
        shaped = self._renamed(manifest, spec, kind)
        assert isinstance(shaped, dict)
        for source, path in kind.moves.items():
            if source in shaped:
                put(shaped, path.split("."), shaped.pop(source))
        if manifest.kind == "SecretManagerSecret":
            replication(shaped)
        # What the provider behind the kind fills in: a block of flow logs is one that is on, and networks make subnetworks themselves.
        if manifest.kind == "ComputeSubnetwork" and isinstance(shaped.get("logConfig"), dict):
            shaped["logConfig"].setdefault("enable", True)
        if manifest.kind == "ComputeNetwork":
            shaped.setdefault("autoCreateSubnetworks", True)
        if manifest.kind in ("ComputeInstance", "ComputeInstanceTemplate"):
            identity(shaped)
        if manifest.kind == "ComputeInstance" and shaped.get("instanceTemplate") is not None:
            return self._of_template(manifest, shaped)
        if manifest.kind == "ComputeURLMap":
            return dict(services(shaped))
        if manifest.kind == "ComputeForwardingRule" and isinstance(shaped.get("target"), dict):
            # One of the references below it, or the bundle of Private Service Connect.
            shaped["target"] = next((target for target in shaped["target"].values() if target is not None), None)
        if manifest.kind == "LoggingLogSink" and isinstance(shaped.get("destination"), dict):
            shaped["destination"] = next((target for target in shaped["destination"].values() if target is not None), None)
        return shaped

    def _renamed(self, manifest: Manifest, data: Any, kind: Kind) -> Any:
        if isinstance(data, list):
            return [self._renamed(manifest, element, kind) for element in data]
        if not isinstance(data, dict):
            return data
        renamed: dict[str, Any] = {}
        for key, value in data.items():
            if key.endswith("Ref"):
                short = key[:-3]
                renamed[kind.names.get(short, short)] = self._reference(manifest, key, value)
            elif key in LISTED and isinstance(value, list):
                renamed[key] = [self._reference(manifest, key, element, LISTED[key]) for element in value]
            else:
                renamed[kind.names.get(key) or key] = self._renamed(manifest, value, kind)
        return renamed

    def _item(self, manifest: Manifest, type_: str, data: Any, place: Any, full: str | None) -> Declared:
        item = Declared(
            self.deployment,
            type_,
            self.address(manifest),
            data,
            place,
            root=self.root,
            label=flat(manifest.name) or manifest.kind,
            full=full,
            project=self._project_named(manifest) or self.project(manifest),
            path=("spec",),
            labels=manifest.labels,
            marks=in_annotations(manifest.annotations, manifest.place(("metadata", "annotations"))),
        )
        self.deployment.add(item)
        return item

    # Bindings and access lists.

    def _bindings(self, manifest: Manifest) -> None:
        spec: dict[str, Any] = manifest.spec if isinstance(manifest.spec, dict) else {}
        reference: Any = spec.get("resourceRef")
        parts = binding_parts(manifest, lambda key, named: self._reference(manifest, key, named))
        kind = reference.get("kind") if isinstance(reference, dict) else None
        kind = kind if isinstance(kind, (str, Unknown)) else None
        asset = holder_of(kind, self._service(manifest, reference), self._wanted) if isinstance(kind, str) else None
        own, seen = self.address(manifest), manifest.place()
        if asset is None and not isinstance(kind, Unknown) and isinstance(reference, dict):
            self._item(manifest, f"{manifest.kind} on {kind} (Config Connector)", manifest.spec, manifest.place, None)
            return
        if isinstance(reference, dict) and any(isinstance(reference.get(field), (list, dict)) for field in ("name", "external")):
            reason = f"{own}: the name in its resourceRef is no text, which the server refuses"  # as a placeholder in brackets is
            self.gaps.append(Gap(manifest.file, "input_failed", reason, "write the name of the resource", seen.line))
            return
        target = self._reference(manifest, "resourceRef", reference, str(kind)) if isinstance(reference, dict) else reference
        if asset is None:  # any of them
            why = reference if isinstance(reference, Unknown) else Unknown(f"what {own} is for", "name it in resourceRef", seen)
            for possible in dict.fromkeys(HOLDERS.values()):
                self._attachments += [Attachment(possible, why, path, [why], own, seen) for path in parts]
            self.attached += 1
            return
        if isinstance(kind, str) and kind in HIGH and not (isinstance(target, Reference) and target.address in self._by_address):
            item = self._item(manifest, asset, {"name": flat(manifest.name) or manifest.kind}, manifest.place, None)
            if kind == "Project" and target is not None:
                item.project = (flat(target) or "").removeprefix("projects/") or item.project
            target = Reference(own)
        else:
            target = self._holder(asset, target)
            self.attached += 1
        self._attachments += [Attachment(asset, target, path, elements, own, seen) for path, elements in parts.items()]

    def _service(self, manifest: Manifest, reference: Any) -> str:
        """The API group of what bindings are on: `spanner` of `spanner.cnrm.cloud.google.com/v1beta1`, or that of the manifest it names."""
        group = reference.get("apiVersion") if isinstance(reference, dict) else None
        if isinstance(group, str) and ".cnrm." in group:
            return group.partition(".")[0]
        target = self._reference(manifest, "resourceRef", reference)
        named = self._by_address.get(target.address) if isinstance(target, Reference) else None
        return named.service if named is not None else ""

    def _holder(self, asset: str, target: Any) -> Any:
        """What bindings are on, as a Reference or a full name."""
        if isinstance(target, (Reference, Unknown)) or unknown_inside(target) is not None:
            return target
        name = flat(target)
        if name is None:
            return Unknown("what a binding is for is not known", "name it in resourceRef")
        return name if name.startswith(("//", "https://", "projects/")) else full_name(asset.partition(".")[0], name)

    def _entry(self, manifest: Manifest) -> None:
        spec: dict[str, Any] = manifest.spec if isinstance(manifest.spec, dict) else {}
        key, kind, path = ENTRIES[manifest.kind]
        named = self._reference(manifest, key, spec.get(key), kind) or Unknown("what it belongs to", f"name it in {key}")
        target = self._holder(KINDS[kind].asset, named)
        elements = [renamed(spec, ENTRY_NAMES)] if isinstance(manifest.spec, dict) else [unread(manifest)]
        self.attached += 1
        self._attachments.append(Attachment(KINDS[kind].asset, target, path, elements, self.address(manifest), manifest.place()))
