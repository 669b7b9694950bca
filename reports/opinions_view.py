"""What reports say of the opinions of other scanners: which of it they show, and in which words. The same in every format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from assay.scanner.results.model import Report, Result
from assay.scanner.results.opinion import Check, Compared, Opinion
from assay.scanner.words import many

HEADINGS = {
    "differ": "Both judge it, and differ",
    "only_theirs": "Only {scanner} judges it",
    "only_ours": "Only this run judges it",
}
CHECKS_SHOWN = 3
_BAD = ("fail", "unknown")


def title(opinion: Opinion) -> str:
    """Which scanner, of which version, from where."""
    version = f" {opinion.version}" if opinion.version else ""
    return f"{opinion.scanner}{version}" + (f", from {opinion.file}" if opinion.file else "")


def summary(opinion: Opinion) -> str:
    """The counts in a sentence."""
    counts = f"{opinion.agree} agree, {opinion.differ} differ, {opinion.only_theirs} only theirs, {opinion.only_ours} only ours"
    listed = "" if opinion.others or not opinion.without_control else " (--all lists them)"
    rest = (
        f"; {many(opinion.without_control, 'result')} of checks that no control of this run asks for{listed}"
        if opinion.without_control
        else ""
    )
    silent = "; it gave failures alone, so that what only we judge may pass there" if opinion.failures_only and opinion.only_ours else ""
    return f"{counts}{rest}{silent}"


def counted(opinion: Opinion) -> str:
    """Which scanner, and the counts."""
    return f"{title(opinion)}: {summary(opinion)}"


def worth_showing(opinion: Opinion, relation: str) -> list[Compared]:
    """The rows of a relation for people: where they differ all, else those in which the one that speaks finds something."""
    rows = [row for row in opinion.rows if row.relation == relation]
    return rows if relation == "differ" else [row for row in rows if (row.theirs if relation == "only_theirs" else row.ours) in _BAD]


def sentence(opinion: Opinion, row: Compared) -> str:
    """A row in a sentence, with its control and its resource."""
    return f"{opinion.scanner} on {row.control} at {where(row)}: {both(row)}"


def both(row: Compared) -> str:
    """What either says, with the reasons."""
    return f"ours {ours(row)}; theirs {theirs(row)}"


def sentences(report: Report) -> Iterator[str]:
    """All that is worth showing beside the counts: what an opinion lacks, what differs, what one alone finds, what `--all` asks for."""
    for opinion in report.opinions:
        yield from (f"{opinion.scanner}: {problem}" for problem in opinion.problems)
        yield from (sentence(opinion, row) for relation in HEADINGS for row in worth_showing(opinion, relation))
        yield from (f"{opinion.scanner} alone: {check.verdict}: {check.id} {check.reason} ({place(check)})" for check in findings(opinion))


def of_resources(report: Report) -> Mapping[tuple[str, str, str], Sequence[tuple[Opinion, Compared]]]:
    """Control, root and address to the rows of each opinion about them."""
    rows: dict[tuple[str, str, str], list[tuple[Opinion, Compared]]] = {}
    for opinion in report.opinions:
        for row in opinion.rows:
            rows.setdefault((row.control, row.root, row.address), []).append((opinion, row))
    return rows


def of_result(result: Result) -> tuple[str, str, str]:
    """The key of a result in `of_resources`."""
    return result.control, result.resource.root, result.resource.address


def beside(opinion: Opinion, row: Compared) -> str:
    """What a scanner says of a resource, after what this run says of it."""
    relation = "agrees" if row.relation == "agree" else "differs"
    version = f" {opinion.version}" if opinion.version else ""
    return f"{opinion.scanner}{version} {f'{relation}: {theirs(row)}' if row.theirs else 'says nothing of it'}"


def news(report: Report) -> Iterator[tuple[Opinion, Compared]]:
    """For reports that show what is new beside the code: the rows that differ or are theirs alone, unless they are of findings that were
    known before. Those that are ours alone are findings that such a report shows already."""
    standings: dict[tuple[str, str, str], set[str]] = {}
    for result in report.results if report.opinions else ():
        if result.verdict in _BAD:
            standings.setdefault(of_result(result), set()).add(result.standing)
    for opinion in report.opinions:
        for relation in ("differ", "only_theirs"):
            for row in worth_showing(opinion, relation):
                if standings.get((row.control, row.root, row.address)) != {"known"}:
                    yield opinion, row


def findings(opinion: Opinion) -> list[Check]:
    """Their results without a control of ours that find something; what passes is in the JSON report."""
    return [check for check in opinion.others if check.verdict in _BAD]


def place(check: Check) -> str:
    """Where a check looked, and at what."""
    at = f"{check.file}:{check.line}" if check.line else check.file
    return f"{at} {check.resource}".strip()


def theirs(row: Compared) -> str:
    """What the other scanner says: its verdict, and the checks that decide it."""
    deciding = [check for check in row.checks if check.verdict == row.theirs]
    said = "; ".join(f"{check.id} {check.reason}" for check in deciding[:CHECKS_SHOWN])
    more = f"; and {many(len(deciding) - CHECKS_SHOWN, 'more check')}" if len(deciding) > CHECKS_SHOWN else ""
    return f"{row.theirs}: {said}{more}" if row.theirs else "no result"


def ours(row: Compared) -> str:
    """What this run says, with the reason."""
    return f"{row.ours.replace('_', ' ')}: {row.our_reason}" if row.ours else f"no verdict: {row.our_reason}"


def seen(row: Compared) -> tuple[str, int]:
    """The file and the line at which the other scanner looked; empty and 0 where it names none."""
    return next(((check.file, check.line) for check in row.checks if check.file), ("", 0))


def where(row: Compared) -> str:
    """Which resource a row is about, and where it is."""
    at = next((place(check).split(" ")[0] for check in row.checks if check.file), "")
    root = f"{row.root}: " if row.root not in ("", ".") and not at else ""
    return f"{root}{row.address}" + (f" ({at})" if at else "")
