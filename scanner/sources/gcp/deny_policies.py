"""Deny policies of a project, a folder or an organisation: no inventory has them, and the IAM API tells of those at one place alone.

A list has no rules, so that each is asked for: https://cloud.google.com/iam/docs/reference/rest/v2/policies/list. They may be read five
times a minute (https://cloud.google.com/iam/quotas), so that those of whatever is below, and above, are not asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import google.api_core.exceptions as errors

from assay.scanner.sources.gcp import plan as methods
from assay.scanner.sources.gcp.asking import Asker
from assay.scanner.sources.gcp.inventory import DENY_POLICY
from assay.scanner.sources.gcp.plan import Method
from assay.scanner.sources.gcp.session import Clients


class DenyPolicies:
    """Those that are attached to one place."""

    def __init__(self, parent: str, clients: Clients, asker: Asker) -> None:
        """`parent`: `projects/ID`, `folders/NUMBER` or `organizations/NUMBER`."""
        self._parent, self._clients, self._asker = parent, clients, asker

    def assets(self) -> Iterator[dict[str, Any]]:
        """Each as an asset, with its rules. Raises Refused."""
        place = f"policies/{quote(f'cloudresourcemanager.googleapis.com/{self._parent}', safe='')}/denypolicies"
        token = ""
        while True:
            listed = self._get(methods.LIST_DENY_POLICIES, f"{place}?pageSize=1000{f'&pageToken={quote(token)}' if token else ''}")
            for name in _names(listed, place):
                policy = self._get(methods.GET_DENY_POLICY, name)
                # Named by what a list has, whatever the answer about one says.
                resource = {"version": "v2", "data": {**policy, "name": name}}
                yield {"name": f"//iam.googleapis.com/{name}", "assetType": DENY_POLICY, "resource": resource, "ancestors": [self._parent]}
            token = str(listed.get("nextPageToken") or "")
            if not token:
                return

    def _get(self, method: Method, path: str) -> dict[str, Any]:
        session, base = self._clients.rest("IAM")

        def call(retry: Any, timeout: float) -> Any:
            def once() -> Any:
                try:
                    answer = session.get(f"{base}/v2/{path}", timeout=timeout)
                except OSError as error:  # requests' own: no connection, no answer in time
                    raise errors.ServiceUnavailable(str(error)) from error  # type: ignore[no-untyped-call]
                if answer.status_code >= 400:
                    raise errors.from_http_response(answer)  # type: ignore[no-untyped-call]
                data = answer.json()
                if not isinstance(data, dict):
                    raise ValueError("the answer is no object")
                return data

            return retry(once)()

        answer: dict[str, Any] = self._asker.ask(method, call, self._clients.caller)
        return answer


def _names(listed: dict[str, Any], place: str) -> Iterator[str]:
    """The names in a list. Whatever else stands in it is none that may be asked for."""
    for policy in listed.get("policies") or ():
        name = policy.get("name") if isinstance(policy, dict) else None
        if isinstance(name, str) and name.startswith("policies/") and "/denypolicies/" in name and not set(name) & set("?# "):
            yield f"{place}/{name.rpartition('/denypolicies/')[2]}"
