"""Finds what there is to scan below the paths that a user names."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

import msgspec

from assay.scanner.globs import PathRule
from assay.scanner.sources import formats
from assay.scanner.sources.below import Below, WalkedDirectory
from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.fetched import called, is_url
from assay.scanner.sources.formats import recognise
from assay.scanner.sources.listing import Fate, FileListing
from assay.scanner.sources.overlay import DISK, Disk, Overlay, repository
from assay.scanner.sources.paths import show
from assay.scanner.sources.terraform import orchestrated, stacks
from assay.scanner.sources.terraform.files import SUFFIXES, is_code
from assay.scanner.sources.terraform.variables import automatic

_VALUES = (".tfvars", ".tfvars.json")
_STATES = (".tfstate", ".tfstate.backup")
_WAY = "name code, a plan, a template, an asset export or a snapshot: README.md shows each"
_FETCHED = "the command `assay scan` fetches what is in buckets; copy it to this machine for anything else"
_SHOW_PLAN = "write it as JSON: terraform show -json FILE > plan.json"
_SPECIAL = "a pipe, a socket or a device, which is never opened"
"""Why a file is none that is read."""


class Discovered(msgspec.Struct):
    """Directories with Terraform files, Terraform files named by themselves, files of other formats, and what could not be used."""

    directories: list[str]
    files: list[str]
    inputs: dict[str, list[str]]
    """Format to the files that may be of it (sources/formats.py)."""
    named: set[str]
    """The paths that were given."""
    gaps: list[Gap]
    boundary: list[str]
    """What functions such as file() may read: the repositories, else the paths, that were named."""
    listing: FileListing
    missing: int = 0

    def __len__(self) -> int:
        return len(self.directories) + len(self.files) + sum(map(len, self.inputs.values())) + len(self.gaps)


def discover(paths: Iterable[str], overlay: Overlay = DISK, exclude: Sequence[PathRule] = ()) -> Discovered:
    """What there is below some paths. What cannot be scanned is a gap. `exclude`: what is left out below them, not where it is named."""
    discovered = Discovered([], [], {}, set(paths := list(paths)), [], [], FileListing())
    for path in paths:
        if overlay.is_directory(path):
            discovered.boundary.append(repository(path, overlay) or path)
            before = len(discovered)
            _directory(path, discovered, overlay, exclude)
            if len(discovered) == before:
                discovered.gaps.append(Gap(show(path), "nothing_found", "nothing that can be scanned is below this directory", _WAY))
        elif overlay.is_file(path):
            directory = os.path.dirname(path) or "."
            discovered.boundary.append(repository(directory, overlay) or directory)
            discovered.listing.named.add(show(path))
            _file(path, discovered, overlay)
        elif os.path.lexists(path) and isinstance(overlay, Disk):
            _special(path, discovered)
        else:
            discovered.missing += 1
            way = _FETCHED if is_url(path) else "correct the path"
            discovered.gaps.append(Gap(called(path), "not_found", "no such file or directory", way))
    discovered.directories = _once(discovered.directories)
    whole = set(map(os.path.abspath, discovered.directories))
    discovered.files = [path for path in _once(discovered.files) if os.path.abspath(os.path.dirname(path)) not in whole]
    discovered.inputs = {name: _once(paths) for name, paths in discovered.inputs.items()}
    return discovered


def _once(paths: Iterable[str]) -> list[str]:
    """Paths without those that another one spells as well."""
    spelled: dict[str, str] = {}
    for path in paths:
        spelled.setdefault(os.path.abspath(path), path)
    return list(spelled.values())


def _directory(top: str, discovered: Discovered, overlay: Overlay, exclude: Sequence[PathRule]) -> None:
    below = Below(top, discovered.boundary[-1], overlay, exclude)
    above: list[tuple[orchestrated.Orchestrator, str]] = []
    for place in below:
        code = [name for name in place.files if is_code(name)]
        _leave_out(place, below)
        judged = [name for name in code if name in place.files]
        if judged == code and code:
            discovered.directories.append(os.path.normpath(place.directory))
        else:  # the whole directory is read, as Terraform does, and what these files declare is judged
            discovered.files += [os.path.normpath(os.path.join(place.directory, name)) for name in judged]
        if not code and any(map(orchestrated.deploys, place.files)):
            discovered.directories.append(os.path.normpath(place.directory))
        above += [(whose, os.path.join(place.directory, name)) for name in sorted(place.files) if (whose := orchestrated.of(name))]
        binary = [name for name in place.files if _entered(place, name, discovered, overlay)]
        _binary_plans(place, binary, discovered)
        for name, fate in place.settled:
            discovered.listing.settle(place.show(name), fate)
    discovered.gaps += [*below.gaps, *orchestrated.gaps(above, show)]


def _leave_out(place: WalkedDirectory, below: Below) -> None:
    """Leave out the files that the configuration excludes, but for values of variables, which a root module reads in any case."""
    for name in list(place.files):
        rule = None if name.endswith(_VALUES) else below.left_out(os.path.join(place.directory, name))
        if rule is not None:
            place.files.remove(name)
            place.settled.append((name, Fate("excluded", rule)))


def _entered(place: WalkedDirectory, name: str, discovered: Discovered, overlay: Overlay) -> bool:
    """Enter a file below a directory; whether it is a plan in the form that only Terraform reads."""
    shown = place.show(name)
    if is_code(name) or orchestrated.deploys(name) or stacks.is_deployment(name):
        discovered.listing.may_be(shown, "terraform")
        return False
    path = os.path.join(place.directory, name)
    if (known := overlay.known_fate(path)) is not None:
        discovered.listing.settle(shown, known)
        return False
    if (whose := orchestrated.of(name)) is not None:
        discovered.listing.settle(shown, Fate("unread", f"a file of {whose.name}, which is not evaluated"))
        return False
    try:
        recognised = recognise(path, overlay)
    except OSError as error:
        _unreadable(shown, name, error, discovered)
        return False
    for format_ in recognised.formats:
        discovered.inputs.setdefault(format_.name, []).append(path)
    if recognised.formats:
        discovered.listing.may_be(shown, *(format_.name for format_ in recognised.formats))
    else:
        discovered.listing.settle(shown, _by_name(name) or _OTHER.get(recognised.why) or Fate("other", recognised.why))
    return recognised.why == formats.BINARY_PLAN and not recognised.formats


_OTHER = {why: Fate("other", why) for why in (formats.NO_FORMAT, formats.EMPTY, formats.PACKED)}


def _by_name(name: str) -> Fate | None:
    """Files that are told by their names, as their programs do."""
    if name.endswith(_VALUES):
        return Fate("other", "values of variables, which a root module reads, or --var-file names")
    if name.endswith(_STATES):
        return Fate("other", "a state of Terraform, which says what was, and nothing of what code asks for")
    return None


def _unreadable(shown: str, name: str, error: OSError, discovered: Discovered) -> None:
    reason = f"cannot be read ({error.strerror or error})"
    if formats.expected(name):
        discovered.listing.settle(shown, Fate("unread", reason))
        discovered.gaps.append(Gap(shown, "parse_error", reason, "make it readable, or scan what does not hold it"))
    else:
        discovered.listing.settle(shown, Fate("other", f"{reason}, and its name is of no format that is read"))


def _binary_plans(place: WalkedDirectory, names: list[str], discovered: Discovered) -> None:
    """Plans that only Terraform reads are gaps, unless the same directory has one in JSON: then that is what people made to scan."""
    plans = {os.path.dirname(path) for path in discovered.inputs.get("plan", ())} if names else set()
    for name in names:
        if os.path.dirname(os.path.join(place.directory, name)) not in plans:
            discovered.listing.settle(place.show(name), Fate("unread", formats.BINARY_PLAN))
            discovered.gaps.append(Gap(place.show(name), "unsupported", formats.BINARY_PLAN, _SHOW_PLAN))


def _special(path: str, discovered: Discovered) -> None:
    """A path that was named and is there, and is neither a file nor a directory."""
    link = os.path.islink(path) and not os.path.exists(path)
    reason, way = ("a link to nothing", "correct the link") if link else (_SPECIAL, "write what comes from it to a file, and name that")
    discovered.listing.settle(show(path), Fate("unread", reason))
    discovered.gaps.append(Gap(show(path), "unsupported", reason, way))


def _file(path: str, discovered: Discovered, overlay: Overlay) -> None:
    """Enter a file that was named."""
    shown = show(path)
    if path.endswith(SUFFIXES):
        discovered.files.append(os.path.normpath(path))
        discovered.listing.may_be(shown, "terraform")
    elif orchestrated.deploys(os.path.basename(path)):
        discovered.directories.append(os.path.normpath(os.path.dirname(path) or "."))
        discovered.listing.may_be(shown, "terraform")
    elif path.endswith(_VALUES):
        _values(path, discovered, overlay)
    else:
        try:
            recognised = recognise(path, overlay)
        except OSError as error:
            discovered.listing.settle(shown, Fate("unread", "cannot be read"))
            discovered.gaps.append(Gap(shown, "parse_error", f"cannot be read ({error.strerror or error})", "make it readable"))
            return
        names = [format_.name for format_ in recognised.formats]
        if not names and path.lower().endswith(".json"):
            names = ["plan"]  # whose reader says what is wrong with it
        for name in names:
            discovered.inputs.setdefault(name, []).append(path)
        if names:
            discovered.listing.may_be(shown, *names)
        else:
            _refused(path, shown, recognised.why, discovered)


def _refused(path: str, shown: str, why: str, discovered: Discovered) -> None:
    known = _by_name(os.path.basename(path))
    reason = known.why if known else why
    way = _SHOW_PLAN if why == formats.BINARY_PLAN else "scan the plan, or the live account" if known else _WAY
    discovered.listing.settle(shown, Fate("unread", reason))
    discovered.gaps.append(Gap(shown, "unsupported", f"not a kind of file that can be scanned: {reason}", way))


def _values(path: str, discovered: Discovered, overlay: Overlay) -> None:
    """Values of variables: of a whole root module where Terraform reads them unasked, as any verdict on it may hang on them."""
    directory, shown = os.path.dirname(path) or ".", show(path)
    if os.path.join(directory, os.path.basename(path)) in automatic(directory, overlay):
        discovered.directories.append(os.path.normpath(directory))
        discovered.listing.settle(shown, Fate("other", "values of variables, which its root module reads"))
    else:
        way = "give it by --var-file, and name the root module that it is for"
        reason = "values of variables, which no root module reads unasked"
        discovered.listing.settle(shown, Fate("unread", reason))
        discovered.gaps.append(Gap(shown, "unsupported", reason, way))


__all__ = ["Discovered", "discover", "repository", "show"]
