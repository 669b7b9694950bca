"""Full resource names, the one spelling by which items find each other.

An asset is named `//service/path` (https://cloud.google.com/asset-inventory/docs/resource-name-format), but attributes name the same thing
by selfLink, relative name, or URL of another host, with the id or the number of its project. `FullNames.canonical` gives one name for
them all.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from assay.scanner import lazy_re

RESOURCE_MANAGER = "//cloudresourcemanager.googleapis.com/"

# The service of a relative name, by its last collection word. Words that several services use are told apart by what stands before them.
_SERVICES = {
    "cryptoKeys": "cloudkms",
    "keyRings": "cloudkms",
    "importJobs": "cloudkms",
    "ekmConnections": "cloudkms",
    "secrets": "secretmanager",
    "topics": "pubsub",
    "subscriptions": "pubsub",
    "snapshots": "pubsub",
    "schemas": "pubsub",
    "databases": "firestore",
    "functions": "cloudfunctions",
    "triggers": "eventarc",
    "channels": "eventarc",
    "serviceAccounts": "iam",
    "roles": "iam",
    "workloadIdentityPools": "iam",
    "workforcePools": "iam",
    "providers": "iam",
    "gateways": "apigateway",
    "apis": "apigateway",
    "configs": "apigateway",
    "queues": "cloudtasks",
    "repositories": "artifactregistry",
    "attestors": "binaryauthorization",
    "managedZones": "dns",
    "sinks": "logging",
    "metrics": "logging",
    "buckets": "logging",
    "alertPolicies": "monitoring",
    "notificationChannels": "monitoring",
    "uptimeCheckConfigs": "monitoring",
    "policies": "orgpolicy",
    "customConstraints": "orgpolicy",
    "servicePerimeters": "accesscontextmanager",
    "accessLevels": "accesscontextmanager",
    "accessPolicies": "accesscontextmanager",
    "connectors": "vpcaccess",
    "certificateMaps": "certificatemanager",
    "certificates": "certificatemanager",
    "datasets": "bigquery",
    "tables": "bigquery",
    "rulesets": "firebaserules",
}
# Collections of Compute Engine, which stand below `global`, `regions/…` or `zones/…`; other services say `locations/…`.
_PLACES = ("global", "regions", "zones")
_PARTS = {"cryptoKeyVersions": "cryptoKeys", "versions": "secrets"}
"""What belongs to the resource that stands before it in the name."""
_ROOTS = ("projects", "folders", "organizations", "accessPolicies")
_VERSION = lazy_re.pattern(r"^(?:v\d+(?:(?:alpha|beta|p)\d*)*|beta|alpha)$")
_NUMBER = lazy_re.pattern(r"/projects/(\d+)(?=/|$)")
_SAME_HOST = {"sqladmin.googleapis.com": "cloudsql.googleapis.com", "sql.googleapis.com": "cloudsql.googleapis.com"}
"""Hosts of one service: assets of Cloud SQL are named by the second."""


class FullNames:
    """Full resource names in one form for each resource; learns which number is which project."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}

    def learn(self, number: str, project: str) -> None:
        """`number` is the project `project`. What is said first stands."""
        if number.isdecimal() and project and not project.isdecimal():
            self._ids.setdefault(number, project)

    def knows(self, number: str) -> bool:
        """Whether the id of the project with this number was learnt."""
        return number in self._ids

    def project(self, name: str) -> str:
        """The id of a project given by id or number; the number where the input does not tell."""
        return self._ids.get(name, name)

    def full(self, name: str) -> str:
        """A full name in its one form: with the id of its project, and on the host that assets of the service are named by."""
        for host, same in _SAME_HOST.items():
            if name.startswith(host, 2):
                name = f"//{same}{name[2 + len(host) :]}"
        if name.startswith("//storage.googleapis.com/projects/_/buckets/"):
            name = "//storage.googleapis.com/" + name.removeprefix("//storage.googleapis.com/projects/_/buckets/")
        match = _NUMBER.search(name)
        if match and match[1] in self._ids:
            name = f"{name[: match.start(1)]}{self._ids[match[1]]}{name[match.end(1) :]}"
        return name

    def canonical(self, text: str, project: str = "") -> tuple[str, str] | None:
        """The full name of what a text names and the part of it that is meant, None where the text names no resource.

        `project` completes names that leave it out, as Compute Engine's partial URLs do.
        """
        parsed = _service_and_path(text, project)
        if parsed is None:
            return None
        service, path = parsed
        segments = path.split("/")
        part = ""
        if len(segments) > 4 and _PARTS.get(segments[-2]) == segments[-4]:
            part, segments = "/".join(segments[-2:]), segments[:-2]
        return self.full(f"//{service}/{'/'.join(segments)}"), part


def _service_and_path(text: str, project: str) -> tuple[str, str] | None:
    if text.startswith("//"):
        service, _, path = text[2:].partition("/")
        return (service, path) if path else None
    if text.startswith(("https://", "http://")):
        try:
            parts = urlsplit(text)
        except ValueError:
            return None
        host = parts.hostname or ""
        if host != "googleapis.com" and not host.endswith(".googleapis.com"):
            return None
        return _on_host(host, [segment for segment in parts.path.split("/") if segment])
    if text.startswith("gs://"):
        return "storage.googleapis.com", text[5:].partition("/")[0]
    segments = text.split("/")
    if segments[0] in _PLACES and len(segments) > 2 and project:
        return "compute.googleapis.com", f"projects/{project}/{text}"
    if segments[0] not in _ROOTS or len(segments) < 2 or "" in segments:
        return None
    named = _service(segments)
    return (f"{named}.googleapis.com", text) if named else None


def _on_host(host: str, segments: list[str]) -> tuple[str, str] | None:
    """The service and path of a URL, whose path may start with the name of the API and its version."""
    service = host.removesuffix(".googleapis.com")
    if service == "www" and segments:
        service, segments = segments[0], segments[1:]
    if segments and segments[0] in (service, "sql") and len(segments) > 1 and _VERSION.match(segments[1]):
        segments = segments[1:]
    if segments and _VERSION.match(segments[0]):
        segments = segments[1:]
    if service == "storage" and segments[:1] == ["b"]:
        segments = segments[1:2]
    if not segments:
        return None
    return (service if "." in service else f"{service}.googleapis.com"), "/".join(segments)


def _service(segments: list[str]) -> str | None:
    """The service of a relative name such as `projects/p/secrets/s`."""
    if len(segments) == 2:
        return "cloudresourcemanager" if segments[0] != "accessPolicies" else "accesscontextmanager"
    if segments[0] == "projects" and segments[2] in _PLACES and segments[2:4] != ["global", "apis"]:
        return "compute"
    words = segments[::2] if len(segments) % 2 == 0 else segments[:-1:2]
    last = next((word for word in reversed(words) if word not in _PARTS), "")
    if last == "instances":
        return "redis" if "locations" in words else "cloudsql"
    if last == "services":
        return "run" if "locations" in words else "serviceusage"
    if last == "clusters":
        return "redis" if "locations" in words else "bigtableadmin"
    if last == "policies" and len(segments) > 4:
        return None
    return _SERVICES.get(last)


def project_of(name: str) -> str | None:
    """The project that a full name says, by id or number; None for a bucket, a folder, an organisation."""
    start = name.find("/projects/", 2)
    if start < 0:
        return None
    project = name[start + 10 :].partition("/")[0]
    return project if project not in ("", "_", "-") else None


_LOCATION = lazy_re.pattern(r"/(locations|regions|zones)/([^/]+)")


def location_of(name: str) -> str | None:
    """The region (or multi-region, or `global`) that a full name says."""
    match = _LOCATION.search(name)
    if not match:
        return "global" if "/global/" in name else None
    return region_of(match[2])


_ZONE = lazy_re.pattern(r"^[a-z]+-[a-z]+\d+-[a-z]$")


def region_of(place: str) -> str:
    """`europe-west1` of `europe-west1-b`; what is no zone stays as it is."""
    return place[:-2] if _ZONE.match(place) else place


def is_asset_type(type_: str) -> bool:
    """`storage.googleapis.com/Bucket`."""
    return ".googleapis.com/" in type_
