"""Safe fixes as comments of a review on GitHub that can be committed, a JSON object a line.

Each is one of the `comments` of a review (https://docs.github.com/en/rest/pulls/reviews#create-a-review-for-a-pull-request). It has to
lie in the diff of the pull request, and in no lines that are deleted there; what does not is left to the other formats. The lines of the
diff are held against those that a fix replaces, so that a suggestion never lands on other lines than those that were judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

import msgspec

from assay.reports import findings
from assay.reports.markdown_text import fenced, span
from assay.scanner import lazy_re
from assay.scanner.results.fixes import Fix, LineChange
from assay.scanner.results.formats import Context
from assay.scanner.results.model import Report, Result
from assay.scanner.words import defused_json, visible

MOST, TOLD = 20, 5
"""Comments of one review, and findings that one names."""
LONGEST = 60
"""Lines that a suggestion takes or gives; what is longer is read better as a diff."""
_HUNK = lazy_re.pattern(r"@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@")


class LineRun(msgspec.Struct):
    """Lines of the new side of a diff that follow each other, with none between them that are deleted."""

    first: int
    lines: list[str]

    def has(self, at: int, lines: Sequence[str]) -> bool:
        """Whether these lines stand in it, from line `at` on."""
        start = at - self.first
        return start >= 0 and self.lines[start : start + len(lines)] == list(lines)


def render(report: Report, context: Context) -> bytes:
    """Of failures that count, the worst severity first."""
    runs = runs_of(context.diff)
    mended: dict[LineChange, list[Result]] = {}
    for result in findings.counted(report, "fail"):
        fix = context.fixes.get(result.fingerprint)
        if fix is not None and fix.lines is not None and not fix.because:
            mended.setdefault(fix.lines, []).append(result)
    made = (_comment(results, context.fixes[results[0].fingerprint], lines, runs) for lines, results in mended.items())
    return b"".join(islice(filter(None, made), MOST))


def runs_of(diff: str) -> dict[str, list[LineRun]]:
    """The lines that a unified diff of git shows of the new side of each file."""
    by_file: dict[str, list[LineRun]] = {}
    runs: list[LineRun] | None = None
    number = 0
    for line in diff.split("\n"):
        if line.startswith("diff --git "):
            runs, number = None, 0
        elif line.startswith("+++ b/") and not number:  # behind it, git writes a tab where the name has a space
            runs = by_file.setdefault(line.removeprefix("+++ b/").removesuffix("\t"), [])
        elif runs is not None and (match := _HUNK.match(line)):
            number = int(match[1])
            runs.append(LineRun(number, []))
        elif runs is not None and number and line[:1] in ("+", " "):
            runs[-1].lines.append(line[1:])
            number += 1
        elif runs is not None and number and line[:1] == "-":
            runs.append(LineRun(number, []))
    return by_file


def _comment(results: Sequence[Result], fix: Fix, lines: LineChange, runs: Mapping[str, list[LineRun]]) -> bytes:
    """Nothing where it cannot be one."""
    if max(len(lines.old), len(lines.new)) > LONGEST:
        return b""
    for first, old, new in _ways(lines):
        text = "\n".join(new)
        if text == visible(text, keep="\n\t") and any(run.has(first, old) for run in runs.get(lines.file, ())):
            return _json(results, fix, lines.file, first, len(old), text)
    return b""


def _ways(lines: LineChange) -> Iterator[tuple[int, tuple[str, ...], tuple[str, ...]]]:
    """First line, old lines and new ones. What is only inserted takes a line beside it along: a suggestion replaces lines."""
    if lines.old:
        yield lines.first, lines.old, lines.new
        return
    if lines.above is not None:
        yield lines.first - 1, (lines.above,), (lines.above, *lines.new)
    if lines.below is not None:
        yield lines.first, (lines.below,), (*lines.new, lines.below)


def _json(results: Sequence[Result], fix: Fix, file: str, first: int, number: int, text: str) -> bytes:
    """The mark comes first: by it the comment of an earlier run is found again."""
    told = "\n".join(f"- {span(result.control)} {span(findings.headed(result))}" for result in results[:TOLD])
    judged = f"{span(fix.title)}: with it, this is gone, and no control says anything worse."
    body = f"<!-- assay:fix:{results[0].fingerprint} -->\n{told}\n\n{judged}\n\n{fenced(text, 'suggestion')}"
    built = {"body": body, "path": file, "side": "RIGHT", "line": first + number - 1}
    if number > 1:
        built |= {"start_side": "RIGHT", "start_line": first}
    return defused_json(msgspec.json.encode(built)) + b"\n"
