"""The options by which a run leaves evidence, and the run folder that it leaves."""

from __future__ import annotations

import contextlib
import datetime
import functools
import os
import re
import sys
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import click

from assay.scanner.cli import EXIT_OK, EXIT_USAGE, console, output
from assay.scanner.cli.decorated import decorated
from assay.scanner.cli.excerpts import Excerpts
from assay.scanner.errors import AssayError
from assay.scanner.sources.secret_text import without_secrets
from assay.scanner.words import many

if TYPE_CHECKING:
    from assay.scanner.config import Config
    from assay.scanner.evidence.masking import Masking
    from assay.scanner.evidence.model import RunRecord, Snapshot
    from assay.scanner.results.model import Report

_OPTIONS = (
    click.option(
        "--evidence",
        type=click.Path(file_okay=False),
        metavar="DIR",
        help="Leave a run folder in this directory: reports, what was read, a manifest (assay evidence verify).",
    ),
    click.option("--evidence-key", metavar="FILE|awskms:KEY|gcpkms://KEY", help="Sign its manifest with this key (assay evidence keygen)."),
    click.option(
        "--evidence-inputs",
        type=click.Choice(["masked", "whole", "digests"]),
        default="masked",
        help="Store the files that are read without what reports do not show, as they are, or their digests alone.  [default: masked]",
    ),
)
_OURS = (
    "evidence", "evidence_key", "evidence_inputs", "reports", "verbose", "color", "no_color", "quiet", "debug", "resume", "out",
    "history", "fail_on_new", "notify", "jobs", "shard", "cluster", "of", "fixes", "review_diff",
)  # fmt: skip
"""Options that say nothing of what is judged. Addresses of a history and of whom to notify may hold secrets."""
_NAMED = {"variables": "var", "parameters": "parameter"}
"""Options whose values are withheld, to what their names are called."""
_SUFFIXES = {
    "html": ".html", "json": ".json", "jsonl": ".jsonl", "csv": ".csv", "csv-population": ".csv", "sarif": ".sarif", "junit": ".xml",
    "markdown": ".md", "oscal": ".json", "ocsf": ".jsonl", "asff": ".json", "pdf": ".pdf", "gitlab": ".json", "gitlab-sast": ".json",
    "github-suggestions": ".jsonl",
}  # fmt: skip
_ALWAYS = ("json", "html")
_WIDTH = 100


def options(command: Any) -> Any:
    """The options of a command that can leave evidence."""
    return decorated(command, _OPTIONS)


class EvidenceFolder:
    """The run folder of a run, while it is made. Where none is asked for, it does nothing."""

    def __init__(self, arguments: dict[str, Any], command: str) -> None:
        """Raises EvidenceError: for a key that cannot be used, before anything is judged."""
        self._arguments, self._command = arguments, command
        self._folder: Any = None
        self._recorder: Any = None
        self._signer: Any = None
        self._copied = ""
        self.never_stored = dict[str, str]()
        """Files of which the digest alone is kept, to the reason."""
        self.more: dict[str, Any] = {}
        """What the record has beside the options."""
        if arguments["evidence"]:
            from assay.scanner.evidence.folder import RunFolder

            if arguments["evidence_key"]:
                from assay.scanner.evidence.keys import signer

                self._signer = signer(arguments["evidence_key"])
            self._began, self._today = time.time(), datetime.datetime.now(datetime.UTC).date()
            self._folder = RunFolder(arguments["evidence"])

    def __bool__(self) -> bool:
        return self._folder is not None

    def named(self) -> dict[str, Any]:
        """Fields of Options: how files are read, and by which day waivers end."""
        if not self:
            return {}
        if self._command not in ("scan", "compare"):
            return {"today": self._today}
        if self._recorder:  # the other side of a comparison
            return {"overlay": self._recorder, "today": self._today}
        from assay.scanner.evidence.recording import RecordingDisk

        self._recorder = RecordingDisk(os.path.join(self._folder.path, "notes"))
        return {"overlay": self._recorder, "today": self._today}

    def _path(self, name: str) -> str:
        """Where a file of the folder is written."""
        return str(os.path.abspath(self._folder.file(name)))

    @staticmethod
    def failed(why: str) -> AssayError:
        """Why no evidence is left."""
        return _failed(why)

    def snapshot(self, out: str | None) -> str | None:
        """Where an audit writes what it is answered: `out`, else into the run folder where there is one."""
        self._copied = os.path.join(self._folder.path, "snapshot.ndjson.gz") if self and not out else ""
        return self._copied or out

    def abandon(self) -> None:
        """Remove what is not finished."""
        if self._recorder:
            self._recorder.close()
        if self:
            self._folder.abandon()

    def shown(self, report: Report) -> Report:
        """A report that names no file by where it stands only for now."""
        from assay.scanner.cli.stdin import renaming

        return renaming(report, {self._copied: "snapshot.ndjson.gz"}) if self._copied else report

    def write(self, report: Report, code: int, scan: Any, config: Config) -> int:
        """Write the run folder of a run that ends with an exit code; gives the exit code that this alone asks for."""
        if not self:
            return EXIT_OK
        try:
            self._reports(report, scan)
            files = self._configuration(config)
            from assay.scanner.evidence.masking import Masking

            masking = Masking(scan.sensitive, report.results)
            self._inputs(scan, [*files, *self._given(config), *self.never_stored], masking)
            for number, file in enumerate(files, 1):
                self._copy(f"configuration/{number:02}-{_plain(file)}", file, masking)
            record = self._record(report, code, files, scan)
            from assay.scanner.evidence.model import RUN, encode

            self._folder.write(RUN, encode(record))
            path = self._folder.finish(record)
            self._folder = None
            self._sign(path, report)
        except AssayError as error:
            console.refused(error)
            return EXIT_USAGE
        console.tell(f"assay: {path}: the evidence of this run" + ("" if self._signer else "; it is not signed: assay evidence sign"))
        return EXIT_OK

    def _reports(self, report: Report, scan: Any) -> None:
        from assay.scanner.results import formats

        context = formats.Context(
            controls=scan.rules.set.by_id(),
            frameworks=scan.rules.set.frameworks,
            source=Excerpts(scan.options.paths, scan.sensitive, scan.names).lines,
            answers=output.answers_of(scan),
            width=_WIDTH,
            verbose=bool(self._arguments.get("verbose")),
            auditor=True,
        )
        for name in dict.fromkeys((*_ALWAYS, *(name for name, _ in self._arguments["reports"]))):
            path = self._path(f"reports/{_report(name)}")
            if name == "html":
                code = self._pages(formats.in_folder(name), report, context)
            elif formats.as_files(name):
                code = output.written_as_files(name, self._path(f"reports/{_plain(name)}"), report, context)
            else:
                code = output.written(name, path, lambda name=name: formats.parts(name)(report, context))  # type: ignore[misc]
            if code != EXIT_OK:
                raise _failed(f"{path}: the {name} report is missing there: no evidence is left")

    def _pages(self, folder: Any, report: Report, context: Any) -> int:
        """The page, or of a large run an index and a page for each account."""
        codes = [EXIT_OK]
        for file, made in folder(report, context, "results.html"):
            codes.append(output.written("html", self._path(f"reports/{file}"), functools.partial(_whole, made)))
        return output.worst(*codes)

    def _configuration(self, config: Config) -> list[str]:
        """What configures a run and is read by people: configuration, waivers, baseline, guardrails."""
        arguments = self._arguments
        known = arguments.get("baseline") or config.baseline
        files = [config.file, *config.waiver_files, known or "", arguments.get("guardrails") or ""]
        return list(dict.fromkeys(filter(None, files)))

    def _given(self, config: Config) -> Iterator[str]:
        """What else the command line and the configuration name."""
        arguments = self._arguments
        yield from (*config.var_files, *arguments.get("var_files", ()), *arguments.get("parameter_files", ()))
        yield from (file for _, file in arguments.get("imports", ()))
        for folder in (*config.policies, *arguments["policies"]):
            for directory, _, names in os.walk(folder):
                yield from (os.path.join(directory, name) for name in names)

    def _inputs(self, scan: Any, configuring: Iterable[str], masking: Masking) -> None:
        from assay.scanner.evidence import inputs
        from assay.scanner.evidence.model import ARCHIVE, INPUTS, encode

        looked_at: dict[str, set[bytes]] = {}
        if self._recorder:
            self._recorder.close()
            looked_at = self._recorder.looked_at()
            os.remove(self._recorder.notes)
            self._recorder = None
        gathering = inputs.Gathering(self._began)
        gathering.take(looked_at, scan.files, configuring)
        with open(self._folder.file(ARCHIVE), "xb") as archive:
            made = inputs.stored(gathering, looked_at, masking, archive, self._arguments["evidence_inputs"], self.never_stored)
        self._folder.write(INPUTS, encode(made))
        if masked := sum(entry.stored == "masked" for entry in made.entries):
            told = f"{many(masked, 'file')} stored without what reports do not show: a replay may need --originals (docs/evidence.md)"
            console.tell(f"assay: {told}")
        late = [entry.path for entry in made.entries if "changed" in entry.note]
        if late:
            console.tell(f"assay: {late[0]}: changed while the run went on ({len(late)} in all): what was judged may not be what is stored")

    def _copy(self, name: str, file: str, masking: Masking) -> None:
        from assay.scanner.evidence import inputs

        content = inputs.shown(file, masking)
        if content is not None:
            self._folder.write(name, content)

    def _record(self, report: Report, code: int, files: list[str], scan: Any) -> RunRecord:
        from assay.scanner.evidence.model import RunRecord

        arguments = self._arguments
        kept = {name: _recorded(name, value) for name, value in arguments.items() if name not in _OURS}
        withheld = [f"{_NAMED[name]} {key}" for name in _NAMED for key, _ in arguments.get(name, ())]
        if kept.pop("external_id", None):
            withheld.append("external_id")
        return RunRecord(
            command=self._command, run=report.run, tool=report.tool, options=kept | self.more, withheld=withheld, directory=os.getcwd(),
            today=self._today.isoformat(), exit_code=code, python=".".join(map(str, sys.version_info[:3])), platform=sys.platform,
            snapshot=self._snapshot(), configuration=files,
        )  # fmt: skip

    def _snapshot(self) -> Snapshot | None:
        if not self._command.startswith("audit "):
            return None
        import shutil

        from assay.scanner.evidence.model import Snapshot

        out = self._copied or self._arguments["out"]
        name = "snapshot.ndjson" if out.endswith(".ndjson") else "snapshot.ndjson.gz"
        if not os.path.exists(out):
            raise _failed(f"{out}: the audit left no snapshot: no evidence is left")
        if not self._copied:
            shutil.copyfile(out, self._folder.file(name))
        cloud = {"aws": "aws", "gcp": "google"}[self._command.removeprefix("audit ")]
        return Snapshot(name, cloud, name if self._copied else out)

    def _sign(self, path: str, report: Report) -> None:
        if self._signer is None:
            return
        from assay.scanner.evidence import signing

        signing.sign(path, self._signer, report)


def _whole(content: bytes) -> list[bytes]:
    return [content]


def _recorded(name: str, value: Any) -> Any:
    """The value of an option as the record keeps it."""
    if name in _NAMED:
        return [key for key, _ in value]
    if isinstance(value, (list, tuple)):
        return [_recorded("", item) for item in value]
    if isinstance(value, str):
        return without_secrets(value)
    return value if isinstance(value, (int, float, bool)) or value is None else str(value)


def _report(name: str) -> str:
    plain = _plain(name)
    return f"{'results' if name in _ALWAYS else plain}{_SUFFIXES.get(name, '.txt')}"


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "_", os.path.basename(name))[-100:]


def _failed(why: str) -> AssayError:
    from assay.scanner.evidence.model import EvidenceError

    return EvidenceError(why)


@contextlib.contextmanager
def asked(arguments: dict[str, Any], command: str, kind: type[EvidenceFolder] = EvidenceFolder) -> Iterator[EvidenceFolder | None]:
    """The evidence that a command line asks for, perhaps none; None, after saying why, where it cannot be left."""
    evidence = None
    try:
        if arguments["evidence_key"] and not arguments["evidence"]:
            raise _failed("--evidence-key signs the run folder of --evidence DIR")
        evidence = kind(arguments, command)
    except AssayError as error:
        console.refused(error)
    try:
        yield evidence
    finally:
        if evidence:
            evidence.abandon()
