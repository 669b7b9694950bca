"""The options of the gate, and the gate that a command line asks for."""

from __future__ import annotations

import datetime
import functools
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from assay.scanner.cli.decorated import decorated
from assay.scanner.cli.weakened import waived_in_code, weakened
from assay.scanner.config import Config, ConfigurationError, load_file
from assay.scanner.gate import baseline, guardrails
from assay.scanner.gate.apply import Gate, relative_to
from assay.scanner.gate.comments import Comments, marks
from assay.scanner.gate.guardrails import Guardrails
from assay.scanner.gate.reach import Reach, may_name
from assay.scanner.gate.waivers import Terms, Waiver, Waivers
from assay.scanner.globs import matches
from assay.scanner.rules.model import SEVERITIES
from assay.scanner.sources import fetched
from assay.scanner.sources.encodings import legible, utf8
from assay.scanner.sources.overlay import DISK

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from assay.scanner.results.model import Result
    from assay.scanner.run import Scan
    from assay.scanner.since import EarlierRevision
    from assay.scanner.sources.overlay import Overlay

_FILES_KEPT = 32
_MAX_BASELINE = 500_000_000
_OPTIONS = (
    click.option(
        "--baseline", type=click.Path(exists=True, dir_okay=False), help="Only what is new beside this file counts (assay baseline)."
    ),
    click.option("--no-inline", is_flag=True, help="Comments and marks in the code waive nothing."),
    click.option(
        "--guardrails", type=click.Path(exists=True, dir_okay=False), help="What an organisation lets the configuration and waivers say."
    ),
)


def options(command: Any) -> Any:
    """The options of a command whose findings pass a gate."""
    return decorated(command, _OPTIONS)


def gate(scan: Scan, arguments: dict[str, Any], config: Config, rails: Guardrails, before: EarlierRevision | None = None) -> Gate:
    """The gate of a run, `before`: what there was at a revision. Raises ConfigurationError and BaselineError."""
    known = arguments.get("baseline") or (None if arguments.get("no_baseline") else config.baseline)
    if problems := guardrails.refused(rails, _asked(scan, bool(known))):
        file = config.file or "the command line"
        raise ConfigurationError(f"{file}: {'; '.join(problems)}; see {arguments['guardrails']}")
    today = scan.options.today or datetime.datetime.now(datetime.UTC).date()
    longest = min(days for days in (config.longest_waiver_days, rails.longest_waiver_days) if days is not None)
    terms = Terms(today=today, longest_days=longest, dated=rails.longest_waiver_days is not None, never=rails.never_waive)
    counted = rails.comments and config.inline.enabled and not arguments.get("no_inline")
    content, known_ids = content_of(scan), scan.rules.set.by_id()
    changes_count = not arguments.get("allow_config_changes")
    return Gate(
        Waivers(_named(config.accepted, known_ids), terms, relative_to(os.path.dirname(config.file))),
        Comments(code_of(content, scan.options.overlay or DISK), known_ids, config.inline.accept) if counted else None,
        [
            *([_beside(known, config, today, _reach(scan))] if known else []),
            *([baseline.KnownBefore(before.known, "revision", before.revision, today)] if before else []),
        ],
        baseline.digest_of(content),
        changes=weakened(before.configuration, config, before.revision, before.rules) if changes_count and before else (),
        newly=_newly(before, content) if changes_count and before else lambda _: "",
        looks_for=_looks_for(scan, os.path.dirname(config.file)),
        warnings=[
            f"{arguments['guardrails']}: never_waive: {missing}" for glob in rails.never_waive if (missing := _missing(glob, known_ids))
        ],
    )


def _named(waivers: Iterable[Waiver], known: Collection[str]) -> Iterator[Waiver]:
    """Waivers, with a word on those of controls that are not there: a slip in the id would look like a waiver that nothing needs."""
    for waiver in waivers:
        fault = _missing(waiver.control, known)
        yield msgspec.structs.replace(waiver, fault=fault) if fault else waiver


def _missing(glob: str, known: Collection[str]) -> str:
    """That no control is called so, with the way out; empty where one is."""
    from assay.scanner.rules.load import nearest

    if any(matches(glob, control) for control in known):
        return ""
    return f"there is no control {glob}; {nearest(glob, known) or 'see assay controls list'}"


def _looks_for(scan: Scan, directory: str) -> Callable[[Waiver], bool]:
    """Whether a run is over what a waiver of a configuration in a directory may be for. A hook on some files, and what a change touches,
    are parts: that they hold nothing of a waiver is no reason to remove it."""
    options = scan.options
    from assay.scanner.sources.terraform.files import is_code

    if options.changed is not None or any(is_code(path) and not os.path.isdir(path) for path in options.paths):
        return lambda _: False
    targets = list(map(relative_to(directory), options.paths))
    return lambda waiver: waiver.path == "*" or not targets or any(may_name(waiver.path, target) for target in targets)


def _newly(before: EarlierRevision, content: Callable[[str], bytes]) -> Callable[[Result], str]:
    """A function of a finding that is waived to a sentence, where a waiver in a file that changed is for it that was not there, or that was
    there for something else; else to empty text."""
    known = {finding.fingerprint for finding in before.known.findings}

    def told(result: Result) -> str:
        waiver = result.waiver
        if waiver is None or waiver.by == "configuration" or os.path.realpath(waiver.file) not in before.changed:
            return ""
        written = marks(_lines(content, waiver.file, waiver.line, waiver.line)) or marks(_lines(content, waiver.file, 1, sys.maxsize))
        was_there = written <= before.marks and result.fingerprint in known
        return "" if was_there else waived_in_code(result, waiver, before.revision)

    return told


def rails_of(path: str | None) -> Guardrails:
    """The guardrails of a file; where there is none, those that allow everything. Raises ConfigurationError."""
    if path is None:
        return Guardrails()
    rails = load_file(Path(path), Guardrails, "docs/adopting.md")
    if rails.fail_on not in (None, *SEVERITIES):
        raise ConfigurationError(f"{path}: fail_on is {rails.fail_on!r}; it is one of {', '.join(SEVERITIES)}")
    return rails


def _asked(scan: Scan, known: bool) -> guardrails.RunRequest:
    options, in_force = scan.options, scan.rules.in_force
    own = {compiled.control.id: compiled.control.severity for compiled in scan.rules.set.controls}
    return guardrails.RunRequest(
        fail_on=options.fail_on,
        judged=frozenset(compiled.control.id for compiled in scan.selected),
        known=frozenset(scan.rules.set.by_id()),
        severities={id_: (own[id_], severity) for id_, severity in options.severities.items()},
        disabled=options.disabled,
        replaced=in_force.replaced,
        params=[setting.name for setting in in_force.settings if ".params." in setting.name],
        attested=sorted({stated.control for stated in options.attestations}),
        excluded=[*(rule.glob for rule in options.exclude), *(f"roots: {rule.glob}" for rule in options.libraries)],
        baseline=known,
    )


def scope_of(scan: Scan) -> Callable[[str], str]:
    """A path as a baseline names it: the same wherever a run starts."""
    from assay.scanner import targets

    return lambda path: targets.scope_of(path, scan.options.paths)


def _reach(scan: Scan) -> Reach:
    return Reach(scan.options.paths, scope_of(scan), scan.options.exclude, scan.options.libraries)


def _beside(path: str, config: Config, today: datetime.date, reach: Reach) -> baseline.KnownBefore:
    try:
        content = DISK.read(path, _MAX_BASELINE)
    except FileNotFoundError:
        place, way = config.place("baseline", path), f"assay baseline PATH... -o {path} writes it, or take it out of the configuration"
        raise ConfigurationError(f"{place}{path}: there is no such file; {way}") from None
    except OSError as error:
        raise baseline.BaselineError(f"{path}: {error.strerror or error}") from None
    return baseline.KnownBefore(baseline.decode(content, path), "baseline", path, today, reach.looks_for)


def content_of(scan: Scan) -> Callable[[str], bytes]:
    """File to its content, of the files of a run; those that were read last are kept."""
    overlay = scan.options.overlay or DISK

    @functools.lru_cache(_FILES_KEPT)
    def content(file: str) -> bytes:
        return overlay.read(fetched.located(file), _MAX_FILE)

    return content


def code_of(content: Callable[[str], bytes], overlay: Overlay) -> Callable[[str, int, int], list[str]]:
    """(file, first line, last line) to lines of code; to none of JSON. An export of assets may be very large: no more than its beginning is
    read."""

    @functools.lru_cache(_BEGINNINGS_KEPT)
    def is_json(file: str) -> bool:
        try:
            start = legible(overlay.read(fetched.located(file), _BEGINNING)).lstrip() or legible(content(file)).lstrip()
        except (OSError, ValueError):
            return False
        return start.startswith((b"{", b"["))

    return lambda file, first, last: [] if is_json(file) else _lines(content, file, first, last)


_BEGINNING, _BEGINNINGS_KEPT = 4096, 10_000
_MAX_FILE = 20_000_000
"""What a file of code may have to be scanned."""


@functools.lru_cache(_FILES_KEPT)
def _split(content: bytes) -> list[str]:
    return content.decode("utf-8", "replace").splitlines()


def _lines(content: Callable[[str], bytes], file: str, first: int, last: int) -> list[str]:
    try:
        return _split(utf8(content(file)))[first - 1 : last]
    except (OSError, ValueError):
        return []
