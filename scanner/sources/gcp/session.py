"""Google's client libraries: the only module that imports them to make clients. Application default credentials, impersonation, endpoints.

CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDASSET (…_ORGPOLICY, …_STORAGE, …_IAM) name another endpoint, as they do for gcloud: `https://host/` for
a private one, `http://host:port/` for an emulator that speaks REST, `grpc://host:port` for one that speaks gRPC. An emulator gets no
credentials.
"""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit

import google.auth
import google.auth.credentials
import google.auth.exceptions
import google.auth.impersonated_credentials
import msgspec
from google.api_core.gapic_v1.client_info import ClientInfo

from assay.scanner import __version__
from assay.scanner.sources.live import CredentialsError

SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)


class Request(msgspec.Struct, frozen=True):
    """What is to be audited, and as whom."""

    parent: str
    """`projects/ID`, `folders/NUMBER` or `organizations/NUMBER`."""
    impersonate: str | None = None
    """A service account to act as."""
    quota_project: str | None = None
    export: str | None = None
    """Where an export is to be written, `gs://bucket/prefix`; None to list assets instead."""


class Clients:
    """Clients of one run, made when they are asked for."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._credentials: Any = None

    @property
    def credentials(self) -> Any:
        """Application default credentials, or those of the service account to act as. Raises CredentialsError."""
        if self._credentials is None:
            try:
                credentials, _ = google.auth.default(scopes=SCOPES)
                if self._request.impersonate:
                    target = self._request.impersonate
                    credentials = google.auth.impersonated_credentials.Credentials(credentials, target, list(SCOPES))  # type: ignore[no-untyped-call]
                if self._request.quota_project and hasattr(credentials, "with_quota_project"):
                    credentials = credentials.with_quota_project(self._request.quota_project)
            except google.auth.exceptions.GoogleAuthError as error:
                raise CredentialsError(
                    f"no credentials for Google Cloud: {_first_line(error)}; run gcloud auth application-default login"
                ) from error
            self._credentials = credentials
        return self._credentials

    @property
    def caller(self) -> str:
        """Who the calls are made as, as far as the credentials say it."""
        if self._request.impersonate:
            return self._request.impersonate
        named = getattr(self._credentials, "service_account_email", "") if self._credentials is not None else ""
        return named if named and named != "default" else "application default credentials"

    def assets(self) -> Any:
        """A client of Cloud Asset Inventory."""
        from google.cloud.asset_v1 import AssetServiceClient
        from google.cloud.asset_v1.services.asset_service.transports import AssetServiceGrpcTransport

        return self._client("CLOUDASSET", AssetServiceClient, AssetServiceGrpcTransport)

    def org_policies(self) -> Any:
        """A client of the Organization Policy API."""
        from google.cloud.orgpolicy_v2 import OrgPolicyClient
        from google.cloud.orgpolicy_v2.services.org_policy.transports import OrgPolicyGrpcTransport

        return self._client("ORGPOLICY", OrgPolicyClient, OrgPolicyGrpcTransport)

    def rest(self, service: str) -> tuple[Any, str]:
        """A session for the JSON API of Cloud Storage (`STORAGE`), of which what an export wrote is read, or of `IAM`; and its base URL."""
        import requests
        from google.auth.transport.requests import AuthorizedSession

        scheme, place = _endpoint(service)
        if scheme == "http":
            return requests.Session(), f"http://{place}"
        session = AuthorizedSession(self.credentials)  # type: ignore[no-untyped-call]
        return session, f"https://{place or f'{service.lower()}.googleapis.com'}"

    def _client(self, service: str, client: Any, transport: Any) -> Any:
        scheme, place = _endpoint(service)
        if scheme == "grpc":
            import grpc

            return client(transport=transport(channel=grpc.insecure_channel(place)))
        if scheme == "http":
            anonymous = google.auth.credentials.AnonymousCredentials()  # type: ignore[no-untyped-call]
            return client(transport="rest", credentials=anonymous, client_options={"api_endpoint": f"http://{place}"})
        options = {"api_endpoint": place} if place else {}
        info = ClientInfo(user_agent=f"assay/{__version__}")  # type: ignore[no-untyped-call]
        return client(credentials=self.credentials, client_options=options, client_info=info)


def key_management() -> Any:
    """A client of Cloud Key Management Service (CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS). Raises CredentialsError."""
    from google.cloud.kms_v1 import KeyManagementServiceClient
    from google.cloud.kms_v1.services.key_management_service.transports import KeyManagementServiceGrpcTransport

    return Clients(Request(""))._client("CLOUDKMS", KeyManagementServiceClient, KeyManagementServiceGrpcTransport)


CALL_SECONDS = 30.0


def call_by_itself(client: Any, operation: str, request: dict[str, Any]) -> Any:
    """The answer to one call that is no part of an audit. Raises CredentialsError: also where it is denied, or fails."""
    from google.api_core.exceptions import GoogleAPIError

    try:
        return getattr(client, operation)(request=request, timeout=CALL_SECONDS)
    except (GoogleAPIError, google.auth.exceptions.GoogleAuthError) as error:
        raise CredentialsError(f"{operation} failed: {_first_line(error)}") from error


def _endpoint(service: str) -> tuple[str, str]:
    """(scheme, host and port) that the environment names for a service; empty where it names none."""
    parts = urlsplit(os.environ.get(f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{service}", ""))
    if not parts.netloc:
        return "", ""
    if parts.scheme not in ("https", "http", "grpc"):
        raise CredentialsError(f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{service} is no https://, http:// or grpc:// address")
    return parts.scheme, parts.netloc


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
