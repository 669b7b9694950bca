"""One audit of Google Cloud, as the lines of its snapshot: assets by kind of content, and what the inventory lacks from its own API."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from assay.scanner.sources import snapshot
from assay.scanner.sources.gcp import plan as methods
from assay.scanner.sources.gcp.asking import Asker, Refusal, Refused, Stopped, now
from assay.scanner.sources.gcp.deny_policies import DenyPolicies
from assay.scanner.sources.gcp.export import ContentExport
from assay.scanner.sources.gcp.inventory import DENY_POLICY
from assay.scanner.sources.gcp.plan import AssetPlan, Method
from assay.scanner.sources.gcp.records import ACCESS_POLICY, IAM_POLICY, RESOURCE
from assay.scanner.sources.gcp.session import Clients, Request
from assay.scanner.sources.redaction import redacted

PAGE_SIZE, SEARCH_PAGE_SIZE = 1000, 500
"""The largest that the API gives: https://cloud.google.com/asset-inventory/docs/reference/rest/v1/assets/list"""
encode = msgspec.json.Encoder(order="deterministic").encode


class Collector:
    """Makes the calls of a plan. `at` names what is being read, `done` of `steps` are over, `assets` counts what was read."""

    def __init__(self, request: Request, plan: AssetPlan, clients: Clients, asker: Asker) -> None:
        self.request, self.plan, self.clients, self.asker = request, plan, clients, asker
        self.at, self.done, self.assets = "logging in", 0, 0
        self._of_organization = request.parent.startswith("organizations/")
        self.steps = 2 + len(plan.constraints[:1]) + (self._of_organization and bool(plan.perimeters)) + plan.deny_policies
        self._read_time: Any = None
        self._projects: dict[str, None] = {}
        self._complete = True

    @property
    def projects(self) -> int:
        """How many projects the assets so far are in."""
        return len(self._projects)

    def lines(self) -> Iterator[bytes]:
        """The lines of the snapshot. Raises CredentialsError before anything was collected."""
        client = self.clients.assets()
        request = self.request
        scope = {"parent": request.parent, "caller": self.clients.caller, "types": list(self.plan.types), "export": bool(request.export)}
        yield self._line(snapshot.header("google", now(), scope))
        try:
            if request.export:
                yield from self._exported(client, methods.EXPORT_RESOURCES, self.plan.resources)
                yield from self._exported(client, methods.EXPORT_POLICIES, self.plan.resources)
            else:
                yield from self._listed(client, methods.LIST_RESOURCES, self.plan.resources)
                if request.parent.startswith("projects/"):
                    yield from self._listed(client, methods.LIST_POLICIES, self.plan.resources)
                else:
                    yield from self._searched(client)
            yield from self._perimeters(client)
            yield from self._deny_policies()
            yield from self._effective_policies()
        except Stopped:
            self._complete = False
            gap = {"scope": f"google:{request.parent}", "code": "interrupted", "reason": "the audit was stopped before its end"}
            yield self._line({"record": "gap", **gap, "settles_it": "run it again"})
            stopped = Refusal("interrupted", "", "the audit was stopped before its end", "run it again", "cloudasset.ListAssets", now())
            yield self._unlisted(self.plan.types, RESOURCE, stopped)
            yield self._unlisted((), IAM_POLICY, stopped)
            yield self._unlisted((), ACCESS_POLICY, stopped)
        for count in self.asker.ledger():
            yield self._line({"record": "calls", **msgspec.structs.asdict(count)})
        yield self._line({"record": "end", "finished": now(), "complete": self._complete})

    def _line(self, record: dict[str, Any]) -> bytes:
        return encode(record) + b"\n"

    def _asset(self, asset: dict[str, Any]) -> bytes:
        self.assets += 1
        above = asset.get("ancestors") or [""]
        if isinstance(above[0], str) and above[0].startswith("projects/"):
            self._projects[above[0]] = None
        return self._line({"record": "asset", **redacted(asset)})

    def _unlisted(self, types: Sequence[str], content: str, why: Refusal) -> bytes:
        """Says of some asset types (none: of all) that a kind of content could not be read, or not to the end."""
        self._complete = False
        explanation = {"reason": why.reason, "settles_it": why.settles_it, "operation": why.operation, "time": why.time}
        return self._line({"record": "unlisted", "types": list(types), "content": content, "outcome": why.outcome, **explanation})

    def _ended(self, method: Method, read_time: str) -> bytes:
        self.done += 1
        return self._line({"record": "listed", "content": method.content, "operation": method.label, "time": read_time or now()})

    def _checked_for_emptiness(self, method: Method) -> Iterator[bytes]:
        """An inventory holds at least the project, folder or organisation that it is of; an empty one is reported as not read."""
        if method.content == RESOURCE and self._complete and not self.assets:
            reason = f"the inventory of {self.request.parent} is empty: not even that itself is in it"
            empty = Refusal("failed", "", reason, "check the name, and run the audit again", method.label, now())
            yield self._unlisted(self.plan.types, RESOURCE, empty)

    # Listing

    def _perimeters(self, client: Any) -> Iterator[bytes]:
        """Perimeters of an organisation. Where they are refused, none of them is known."""
        if self.plan.perimeters and self._of_organization:
            asked = (methods.EXPORT_PERIMETERS, self._exported) if self.request.export else (methods.LIST_PERIMETERS, self._listed)
            yield from asked[1](client, asked[0], self.plan.perimeters)

    def _listed(self, client: Any, method: Method, types: tuple[str, ...]) -> Iterator[bytes]:
        """All assets by ListAssets. Where it refuses a list of types, its halves are asked for, down to the type that it refuses."""
        self.at = f"listing {method.content}"
        queue: list[tuple[str, ...]] = [types]
        while queue:
            types = queue.pop()
            token = ""
            try:
                while True:
                    page = self._page(client, method, types, token)
                    for asset in page._pb.assets:
                        yield self._asset(as_data(asset))
                    token = page.next_page_token
                    if not token:
                        break
            except Refused as error:
                refusal = error.refusal
                if refusal.code == "INVALID_ARGUMENT" and not token and len(types) > 1:
                    queue += [types[len(types) // 2 :], types[: len(types) // 2]]
                    continue
                if refusal.code == "INVALID_ARGUMENT":
                    refusal = msgspec.structs.replace(refusal, settles_it=f"look at {types[0]} itself: the inventory does not list it")
                yield self._unlisted(() if method.content == ACCESS_POLICY else types, method.content, refusal)
        yield from self._checked_for_emptiness(method)
        yield self._ended(method, _text(self._read_time))

    def _page(self, client: Any, method: Method, types: Sequence[str], token: str) -> Any:
        from google.cloud.asset_v1 import ContentType, ListAssetsRequest

        request = ListAssetsRequest(
            parent=self.request.parent,
            asset_types=types,
            content_type=getattr(ContentType, method.content),
            page_size=PAGE_SIZE,
            page_token=token,
            read_time=self._read_time,  # of the first answer, so that policies are those of the same moment
        )
        # Of the pager only the first page is taken: every page waits for its turn and stands in the ledger.
        page = next(iter(self.asker.ask(method, client.list_assets, self.clients.caller, request=request).pages))
        self._read_time = self._read_time or page.read_time or None
        return page

    def _searched(self, client: Any) -> Iterator[bytes]:
        """IAM policies of a folder or an organisation; by listing, where the search is refused."""
        from google.cloud.asset_v1 import SearchAllIamPoliciesRequest

        method, token = methods.SEARCH_POLICIES, ""
        self.at = "searching IAM policies"
        try:
            while True:
                request = SearchAllIamPoliciesRequest(
                    scope=self.request.parent, asset_types=self.plan.resources, page_size=SEARCH_PAGE_SIZE, page_token=token
                )
                page = next(iter(self.asker.ask(method, client.search_all_iam_policies, self.clients.caller, request=request).pages))
                for result in page._pb.results:
                    yield self._asset(_policy_of(as_data(result)))
                token = page.next_page_token
                if not token:
                    break
        except Refused:  # a type that cannot be searched, or no permission for it: policies that were given already are given again
            yield from self._listed(client, methods.LIST_POLICIES, self.plan.resources)
            return
        yield self._ended(method, now())

    # Exporting

    def _exported(self, client: Any, method: Method, types: tuple[str, ...]) -> Iterator[bytes]:
        """All assets by an export to Cloud Storage, which is one call whatever the size of an organisation."""
        self.at = f"exporting {method.content}"
        export = ContentExport(self.request, self.clients, self.asker)
        try:
            for text in export.assets(client, method, types, lambda progress: setattr(self, "at", progress)):
                yield self._asset(msgspec.json.decode(text))
        except Refused as error:
            yield self._unlisted(types if method.content == RESOURCE else (), method.content, error.refusal)
        yield from self._checked_for_emptiness(method)
        yield self._ended(method, export.read_time)

    # What the inventory does not carry

    def _deny_policies(self) -> Iterator[bytes]:
        """Those of what is audited itself. Where they are refused, any may be denied anything."""
        if not self.plan.deny_policies:
            return
        self.at = "deny policies"
        try:
            for policy in DenyPolicies(self.request.parent, self.clients, self.asker).assets():
                yield self._asset(policy)
        except Refused as error:
            yield self._unlisted((DENY_POLICY,), RESOURCE, error.refusal)
        self.done += 1

    def _effective_policies(self) -> Iterator[bytes]:
        """Organisation policies in effect, which may be set above the scope that is audited: the Organization Policy API tells."""
        if self.request.parent.startswith("organizations/") or not self.plan.constraints:
            return
        self.at = "organisation policies"
        client = self.clients.org_policies()
        own = [self.request.parent] if self.request.parent.startswith("projects/") else []
        for project in self._projects or own:
            for constraint in self.plan.constraints:
                yield self._effective_policy(client, project, constraint)
        self.done += 1

    def _effective_policy(self, client: Any, project: str, constraint: str) -> bytes:
        record = {"record": "effective_policy", "scope": project, "constraint": constraint}
        method = methods.EFFECTIVE_POLICY
        try:
            name = f"{project}/policies/{constraint}"
            policy = self.asker.ask(method, client.get_effective_policy, self.clients.caller, request={"name": name})
        except Refused as error:
            refusal = error.refusal
            self._complete = False
            unknown = {"outcome": refusal.outcome, "reason": refusal.reason, "settles_it": refusal.settles_it}
            return self._line({**record, **unknown, "operation": refusal.operation, "time": refusal.time})
        return self._line({**record, "policy": as_data(type(policy).pb(policy)), "operation": method.label, "time": now()})


def as_data(message: Any) -> dict[str, Any]:
    """A protobuf message as JSON data, in the spelling of the REST API."""
    from google.protobuf.json_format import MessageToDict

    data: dict[str, Any] = MessageToDict(message)
    return data


def _policy_of(result: dict[str, Any]) -> dict[str, Any]:
    """What a search gives as an asset with its policy: https://cloud.google.com/asset-inventory/docs/reference/rest/v1/IamPolicySearchResult"""
    above = [result.get("project"), *result.get("folders", ()), result.get("organization")]
    asset = {"name": result.get("resource", ""), "assetType": result.get("assetType", ""), "iamPolicy": result.get("policy", {})}
    return {**asset, "ancestors": [scope for scope in above if scope]}


def _text(time: Any) -> str:
    return time.isoformat().replace("+00:00", "Z") if time is not None and hasattr(time, "isoformat") else ""
