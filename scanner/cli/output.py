"""Writing reports: where they go, and in which formats."""

from __future__ import annotations

import contextlib
import errno
import functools
import os
import shutil
import stat
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any

import click

from assay.scanner.cli import EXIT_INCOMPLETE, EXIT_OK, EXIT_USAGE, console, proposing
from assay.scanner.cli.excerpts import Excerpts
from assay.scanner.errors import AssayError, debug
from assay.scanner.override import override
from assay.scanner.results import formats
from assay.scanner.results.model import Report
from assay.scanner.sources.overlay import inside

if TYPE_CHECKING:
    from assay.scanner.rules.load import RuleSet
    from assay.scanner.sources.answers import AnswerKey


class ReportTarget(click.ParamType):  # type: ignore[type-arg]
    """FORMAT or FORMAT=PATH; `-` is standard output."""

    name = "FORMAT[=PATH]"

    def __init__(self, formats: Iterable[str]) -> None:
        self.formats = list(formats)

    @override
    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, str]:
        name, _, path = value.partition("=")
        if name not in self.formats:
            self.fail(f"{name!r} is no report format; formats are {', '.join(self.formats)}", param, ctx)
        return name, path or "-"

    @override
    def shell_complete(self, ctx: Any, param: Any, incomplete: str) -> list[Any]:
        from click.shell_completion import CompletionItem

        return [CompletionItem(name) for name in self.formats if name.startswith(incomplete)]


def report_targets(arguments: dict[str, Any]) -> list[tuple[str, str]] | None:
    """The (format, path) of each report to write; None, after saying why, where two are for one file or for standard output (`-`)."""
    targets = list(arguments["reports"]) or [("text", "-")]
    if sum(path == "-" for _, path in targets) > 1:
        console.tell("assay: only one report can go to standard output; give the others a path: FORMAT=PATH")
        return None
    files = [os.path.realpath(path) for _, path in targets if path != "-" and not _is_device(path)]
    if twice := next((path for path in files if files.count(path) > 1), None):
        console.tell(f"assay: {twice}: two reports are for this file; give each its own: FORMAT=PATH")
        return None
    if single := next((name for name, path in targets if path == "-" and _is_folder(name)), None):
        console.tell(f"assay: the {single} report is a folder of files; name it: {single}=DIR")
        return None
    return targets if _ready(name for name, _ in targets) else None


def _is_folder(name: str) -> bool:
    with contextlib.suppress(Exception):  # a name of another group, or a format that cannot be imported, which is told when it is written
        return formats.as_files(name) is not None
    return False


def _ready(names: Iterable[str]) -> bool:
    """Whether what formats need is there; says what is missing before a run that may be long."""
    for name in names:
        check = None
        with contextlib.suppress(Exception):  # a format that cannot be imported is told when its report is written
            check = getattr(formats.load(name), "ready", None)
        try:
            if check is not None:
                check()
        except AssayError as error:
            console.refused(error)
            return False
    return True


def _is_device(path: str) -> bool:
    return os.path.exists(path) and not os.path.isfile(path)


def coloured(arguments: dict[str, Any], path: str) -> bool:
    """Whether a report that goes to a path is shown in colours: on a terminal, unless the user says otherwise. Of the two variables that
    tools agree on, https://no-color.org and https://force-color.org, the first counts more, as in Rich."""
    chosen = "never" if arguments["no_color"] else arguments.get("color") or "auto"
    if path != "-" or sys.stdout is None or chosen == "never":
        return False
    if chosen == "always":
        return True
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (sys.stdout.isatty() and os.environ.get("TERM") != "dumb")


def _no_answers(asked: Collection[AnswerKey]) -> Mapping[AnswerKey, str]:
    return {}


def write(report: Report, targets: Iterable[tuple[str, str]], scan: Any, arguments: dict[str, Any]) -> int:
    """Render and write every report of a scan; the exit code that this alone asks for."""
    source = Excerpts(scan.options.paths if scan.at_hand else (), scan.sensitive, scan.names).lines
    return write_with(report, targets, scan.rules.set, source, arguments, answers_of(scan), proposing.asked(report, scan, arguments))


def answers_of(scan: Any) -> Callable[[Collection[AnswerKey]], Mapping[AnswerKey, str]]:
    """Where answers of live accounts are found again: the snapshots that were scanned, or that an audit wrote."""
    written = [source.out for source in scan.sources or () if getattr(source, "out", None)]
    return functools.partial(_answers, [*(scan.options.paths if scan.at_hand else ()), *written])


def _answers(paths: Sequence[str], asked: Collection[AnswerKey]) -> Mapping[AnswerKey, str]:
    from assay.scanner.sources import answers

    return answers.find([path for path in paths if os.path.isfile(path)], asked)


def write_with(
    report: Report,
    targets: Iterable[tuple[str, str]],
    rules: RuleSet,
    source: Callable[[str, int, int], list[str]],
    arguments: dict[str, Any],
    answers: Callable[[Collection[AnswerKey]], Mapping[AnswerKey, str]] = _no_answers,
    proven: proposing.Shown = proposing.Shown(),  # noqa: B008 - it is frozen
) -> int:
    """The same with these rules and lines of code, (file, first line, last line) to lines."""
    codes, controls = [EXIT_OK], rules.by_id()
    for name, path in targets:
        context = formats.Context(
            controls=controls,
            frameworks=rules.frameworks,
            source=source,
            answers=answers,
            color=coloured(arguments, path),
            width=shutil.get_terminal_size((100, 24)).columns,
            quiet=arguments["quiet"],
            verbose=bool(arguments.get("verbose")),
            auditor=arguments.get("reader") == "auditor",
            fixes=proven.fixes,
            diff=proven.diff,
        )
        if _is_folder(name):
            codes.append(written_as_files(name, path, report, context))
        elif path.endswith(("/", os.sep)):
            codes.append(_written_into(name, path, report, context))
        else:
            codes.append(written(name, path, functools.partial(_parts, name, report, context)))
        debug(f"report {name}")
    return worst(*codes)


def worst(*codes: int) -> int:
    """What several reports ask for together."""
    return EXIT_USAGE if EXIT_USAGE in codes else max(codes)


def written_as_files(name: str, path: str, report: Report, context: formats.Context) -> int:
    """Make a report that is several files; the exit code that this alone asks for."""
    files = formats.as_files(name)
    assert files is not None
    try:
        if os.path.exists(path) and not os.path.isdir(path):
            raise OSError(errno.ENOTDIR, "it is a file; name a directory")
        os.makedirs(path, exist_ok=True)
        for file, parts in files(report, context):
            code = written(name, os.path.join(path, file), lambda parts=parts: parts)  # type: ignore[misc]
            if code != EXIT_OK:
                return code
    except OSError as error:
        console.tell(f"assay: {path}: the {name} report could not be written: {error.strerror or error}")
        return EXIT_USAGE
    except AssayError as error:
        console.refused(error)
        return EXIT_USAGE
    except Exception as error:
        debug("a format failed", error)
        console.tell(f"assay: the {name} report could not be made: {type(error).__name__}: {error}; please report it")
        return EXIT_INCOMPLETE
    return EXIT_OK


def _written_into(name: str, path: str, report: Report, context: formats.Context) -> int:
    """Make a report as a folder; the exit code that this alone asks for."""
    folder = formats.in_folder(name)
    if folder is None:
        console.tell(f"assay: {path}: the {name} report is one file; name it: {name}=FILE")
        return EXIT_USAGE
    try:
        os.makedirs(path, exist_ok=True)
        for file, content in folder(report, context):
            code = written(name, os.path.join(path, file), lambda content=content: [content])  # type: ignore[misc]
            if code != EXIT_OK:
                return code
    except OSError as error:
        console.tell(f"assay: {path}: the {name} report could not be written: {error.strerror or error}")
        return EXIT_USAGE
    except Exception as error:
        debug("a format failed", error)
        console.tell(f"assay: the {name} report could not be made: {type(error).__name__}: {error}; please report it")
        return EXIT_INCOMPLETE
    return EXIT_OK


def _parts(name: str, report: Report, context: formats.Context) -> Iterable[bytes]:
    return formats.parts(name)(report, context)


def written(name: str, path: str, parts: Callable[[], Iterable[bytes]]) -> int:
    """Make a report and write it; the exit code that this alone asks for. A defect of a format costs no other report."""
    try:
        return EXIT_OK if _deliver(_made(parts), name, path) else EXIT_USAGE
    except AssayError as error:  # what makes the report is not there
        console.refused(error)
        with contextlib.suppress(OSError):
            if path != "-" and os.path.isfile(path) and not os.path.getsize(path):
                os.remove(path)
        return EXIT_USAGE
    except _Unmade as error:
        console.tell(f"assay: the {name} report could not be made: {error}; please report it")
        return EXIT_INCOMPLETE


class _Unmade(Exception):
    """A format failed to make a report."""


def _made(parts: Callable[[], Iterable[bytes]]) -> Iterator[bytes]:
    try:
        yield from parts()
    except AssayError:
        raise
    except Exception as error:
        debug("a format failed", error)
        raise _Unmade(f"{type(error).__name__}: {error}") from error


def _deliver(content: Iterable[bytes], name: str, path: str) -> bool:
    """Write a report to a file or, for `-`, to standard output. False, after saying why, where it could not be written."""
    try:
        if path == "-":
            if sys.stdout is None:  # closed by whoever started us
                raise OSError(errno.EBADF, os.strerror(errno.EBADF))
            sys.stdout.buffer.writelines(content)
            sys.stdout.buffer.flush()
        else:
            with opened(path) as file:
                file.writelines(content)
    except BrokenPipeError:  # the reader has seen enough; the verdict stands
        _discard(path)
    except OSError as error:
        _discard(path)
        console.tell(f"assay: {path}: the {name} report could not be written: {error.strerror or error}")
        return False
    return True


def _discard(path: str) -> None:
    """What is left for a standard output that takes no more goes nowhere: it must not fail again when the process ends."""
    if path == "-" and sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def opened(path: str) -> IO[bytes]:
    """A file to write to. Raises OSError: for a pipe that nobody reads, which would wait for ever, and for a link to a file, since whoever
    made it (a commit, perhaps) would choose what is overwritten."""
    if os.path.islink(path) and (os.path.isfile(path) or not os.path.exists(path)):
        raise OSError(0, "it is a link; name the file itself")
    below = not os.path.isabs(path) and os.pardir not in path.split(os.sep)
    if below and not inside(os.path.realpath(path), os.path.realpath(os.curdir)):
        raise OSError(0, "a link on the way leads out of the working directory; name the directory itself")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | getattr(os, "O_NONBLOCK", 0), 0o666)
    file = open(descriptor, "wb")  # noqa: SIM115
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        file.truncate()
    with contextlib.suppress(OSError, AttributeError):
        os.set_blocking(descriptor, True)
    return file
