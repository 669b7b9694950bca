"""Artifact Registry: whether images are scanned, and who may pull them.

https://cloud.google.com/artifact-analysis/docs/enable-automatic-scanning,
https://cloud.google.com/artifact-registry/docs/access-control
"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner import lazy_re
from assay.scanner.facts.bindings import bindings, public_inherited
from assay.scanner.facts.google_assets import is_live, named, short
from assay.scanner.facts.policies import google_grants
from assay.scanner.facts.spelling import Beside, Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, all_of, any_of

from .kinds import ImageRepository, ScannedRepository

SCANNING = "containerscanning.googleapis.com"


class RepositoryAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a repository."""

    bindings: Annotated[Place, "grants"]
    inherited: Annotated[str, "grants"] = ""
    """What its project and those above it bind."""
    format: str = ""
    mode: str = ""


class ScansAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells whether the images in a repository are scanned."""

    format: str = ""
    mode: str = ""
    asked: Annotated[str, "scanned"] = ""
    """What it asks for: `INHERITED`, `DISABLED`."""
    state: Annotated[str, "scanned"] = ""
    """What became of that: `SCANNING_ACTIVE`."""
    apis: Annotated[tuple[Beside, ...], "scanned"] = ()
    """The APIs that its project has on, by what names each."""
    project: Annotated[str, "scanned"] = ""
    """Where code names the project of a repository, and of an API."""


def repository(view: View, at: RepositoryAt) -> ImageRepository | None:
    """A repository of images; None of other packages, and of one that only joins others. What is granted on one that is declared
    elsewhere is judged as if it had images: nothing here says that it has none.

    https://cloud.google.com/artifact-registry/docs/reference/rest/v1/projects.locations.repositories
    """
    images = view.says(True) if view.elsewhere else holds_images(view, at.format, at.mode)
    if images.data is False:
        return None
    return ImageRepository(
        identity=view.identity(short(view.called(at.name)) if at.name else named(view.item)),
        sort=view.says("repository"),
        images=images,
        public=view.says(False),
        grants=view.says(google_grants([*bindings(view, at.bindings), *_above(view, at)])),
    )


def scans(view: View, at: ScansAt) -> ScannedRepository | None:
    """A repository of images; None as above."""
    images = holds_images(view, at.format, at.mode)
    if images.data is False:
        return None
    return ScannedRepository(
        identity=view.identity(short(view.called(at.name)) if at.name else named(view.item)), images=images, scanned=_scanned(view, at)
    )


def holds_images(view: View, format_: str, mode: str) -> Value[bool]:
    """Whether it has images of its own. The format is required."""
    joins = view[mode].equals("VIRTUAL_REPOSITORY")
    return all_of([joins.negate(), view[format_].then(lambda text: text.upper() if isinstance(text, str) else text).equals("DOCKER")])


def _above(view: View, at: RepositoryAt) -> list[Any]:
    return list(public_inherited(view, at.inherited, "artifactregistry")) if at.inherited else []


def _scanned(view: View, at: ScansAt) -> Value[bool]:
    """Unless it is switched off, it is scanned while the API of its project is on."""
    state = view[at.state]
    if state.data == "SCANNING_ACTIVE":
        return Value(True, state.seen)
    if state.data in ("SCANNING_DISABLED", "SCANNING_UNSUPPORTED"):
        return Value(False, state.seen)
    off = view[at.asked].equals("DISABLED")
    if off.data is True:
        return off.negate()
    on = _api(view, at)
    return on if off.data is False or on.data is False else Value(off.unknown, off.seen)


def _api(view: View, at: ScansAt) -> Value[bool]:
    told: list[Value[bool]] = []
    for join in at.apis:
        for api in view.beside(join):
            if _elsewhere(view, api, at.project):
                continue
            name = api.surely[join.path].then(lambda text: text.rpartition("/")[2] if isinstance(text, str) else text).equals(SCANNING)
            disabled = api.surely["state"].equals("DISABLED")
            if name.data is not False:
                told.append(api.weighed(all_of([name, disabled.negate()]), absence=False))
    if any(not one.unknown for one in told):
        return any_of(told)
    if is_live(view.item):
        reason = f"whether {SCANNING} is on in the project of {view.item.address} is not in the assets that were read"
        way = "include serviceusage.googleapis.com/Service in the export"
        return view.says(Unknown(reason, way, view.location))
    reason = f"whether {SCANNING} is on in the project of {view.item.address} is not here"
    return view.says(Unknown(reason, "scan what turns it on together with this, or the live project", view.location))


def _elsewhere(view: View, api: View, path: str) -> bool:
    """Whether code says that an API is of another project than the repository."""
    ours, theirs = view[path].data, api.surely[path].data
    return isinstance(ours, str) and isinstance(theirs, str) and ours != theirs


class BucketAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells who may read the bucket that Container Registry keeps the images of a project in."""

    bindings: Annotated[Place, "grants"]
    always: bool = False
    """It is such a bucket, whatever its name."""


_IMAGES = lazy_re.pattern(r"((us|eu|asia)\.)?artifacts\..+\.appspot\.com")


def bucket(view: View, at: BucketAt) -> ImageRepository | None:
    """`gcr.io` is as open as its bucket: https://cloud.google.com/container-registry/docs/access-control"""
    if at.always and view.elsewhere:
        return None  # bindings of a bucket that is not here: nothing says that images are in it
    name = view.called(at.name) if at.name else named(view.item)
    if not at.always and not (isinstance(name.data, str) and _IMAGES.fullmatch(name.data.rpartition("/")[2])):
        return None
    return ImageRepository(
        identity=view.identity(short(name)),
        sort=view.says("bucket of images"),
        images=view.says(True),
        public=view.says(False),
        grants=view.says(google_grants(bindings(view, at.bindings))),
    )
