"""Answers of `assay access`: as prose, as JSON, and as a page of HTML that needs nothing else."""

from __future__ import annotations

import functools
import html
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, NoReturn

import click
import msgspec

from assay.scanner.cli import EXIT_INCOMPLETE, EXIT_OK, EXIT_USAGE, console, output
from assay.scanner.cli.decorated import decorated
from assay.scanner.cli.story import Story
from assay.scanner.words import visible

_FEW, _MANY = 3, 20
"""Places of an answer, and gaps, that prose tells of."""


class AccessTelling(NamedTuple):
    """What there is to tell."""

    asked: str
    """The question in words."""
    answers: list[Any]
    gaps: list[str]
    nobody: str
    """What is said where nobody is found."""


def options(command: Any) -> Any:
    """The options that say how answers are written."""
    listed = f"Write the answers as {', '.join(_FORMATS)}. Repeatable."
    return decorated(
        command,
        (
            click.option("--json", "as_json", is_flag=True, help="The same as -r json."),
            click.option("-r", "--report", "reports", multiple=True, type=output.ReportTarget(_FORMATS), help=listed),
        ),
    )


def tell(report: Any, asked: str, answers: Any, arguments: dict[str, Any], nobody: str) -> NoReturn:
    """Writes what was found, and ends the process with 3 where something is not known."""
    gaps = [f"{gap.scope}: {gap.reason}; {gap.settles_it}" for gap in report.coverage.gaps]
    told = AccessTelling(asked, answers, gaps, nobody)
    reports = [*([("json", "-")] if arguments["as_json"] else []), *arguments["reports"]]
    targets = output.report_targets({"reports": reports})
    if targets is None:
        sys.exit(EXIT_USAGE)
    codes = [output.written(name, path, functools.partial(_FORMATS[name], told)) for name, path in targets]
    unknown = gaps or any(not answer.certain for answer in answers)
    sys.exit(output.worst(EXIT_INCOMPLETE if unknown else EXIT_OK, *codes))


def _prose(told: AccessTelling) -> Iterator[bytes]:
    story = Story()
    for resource, answers in _by_resource(told):
        story.heading(resource)
        for answer in answers:
            story.prose(f"{answer.principal}: {answer.way}" if answer.certain else f"perhaps {answer.principal}: {answer.way}", 2)
            if answer.seen:
                story.prose(f"seen at {', '.join(answer.seen[:_FEW])}", 6)
            for why in answer.unknown:
                story.prose(f"not known: {why}", 6)
    if not told.answers:
        story.prose(told.nobody)
    for gap in told.gaps[:_MANY]:
        story.prose(f"not seen: {gap}")
    yield f"{console.lines(story.lines)}\n".encode()


def _by_resource(told: AccessTelling) -> Iterator[tuple[str, list[Any]]]:
    for resource in dict.fromkeys(answer.resource for answer in told.answers):
        yield resource, [answer for answer in told.answers if answer.resource == resource]


def _json(told: AccessTelling) -> Iterator[bytes]:
    text = msgspec.json.format(msgspec.json.encode({"answers": told.answers, "not_seen": told.gaps})).decode()
    yield f"{console.lines(text.splitlines())}\n".encode()


_STYLE = """
:root { color-scheme: light dark; }
body { margin: 2rem auto; padding: 0 1.25rem; max-width: 70rem; font: 1rem/1.5 system-ui, sans-serif; }
h2 { margin-top: 2.5rem; font-size: 1.2rem; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .4rem .6rem; border-bottom: 1px solid #8888; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
code { font-family: ui-monospace, monospace; font-size: .9em; }
@media print { tr { break-inside: avoid; } }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def _page(told: AccessTelling) -> Iterator[bytes]:
    """Every text is escaped, and characters that could reorder or hide others are written out."""
    parts = [
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n',
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
        f"<title>{_text(told.asked)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{_text(told.asked)}</h1>\n",
        *(_table(resource, answers) for resource, answers in _by_resource(told)),
        "" if told.answers else f"<p>{_text(told.nobody)}.</p>\n",
        _gaps(told.gaps),
        "</main>\n</body>\n</html>\n",
    ]
    yield "".join(parts).encode()


def _table(resource: str, answers: list[Any]) -> str:
    rows = "".join(_row(answer) for answer in answers)
    head = (
        "<thead><tr><th scope='col'>Who</th><th scope='col'>How</th><th scope='col'>Certain</th><th scope='col'>Seen at</th></tr></thead>"
    )
    return f"<h2><code>{_text(resource)}</code></h2>\n<table>\n{head}\n<tbody>\n{rows}</tbody>\n</table>\n"


def _row(answer: Any) -> str:
    why = "".join(f"<br>{_text(reason)}" for reason in answer.unknown)
    seen = "<br>".join(f"<code>{_text(place)}</code>" for place in answer.seen)
    certain = "yes" if answer.certain else f"perhaps{why}"
    return f'<tr><th scope="row">{_text(answer.principal)}</th><td>{_text(answer.way)}</td><td>{certain}</td><td>{seen}</td></tr>\n'


def _gaps(gaps: list[str]) -> str:
    listed = "".join(f"<li>{_text(gap)}</li>\n" for gap in gaps)
    return f"<h2>Not seen</h2>\n<ul>\n{listed}</ul>\n" if gaps else ""


def _text(text: str) -> str:
    return html.escape(visible(text))


_FORMATS: Mapping[str, Callable[[AccessTelling], Iterator[bytes]]] = {"text": _prose, "json": _json, "html": _page}
