"""The ledger of a collection: what was found in it, and what became of it."""

from __future__ import annotations

from collections.abc import Collection as Types
from collections.abc import Iterable, Sequence

import msgspec

from assay.scanner.sources.coverage import Blocks, Coverage, Gap
from assay.scanner.sources.interface import Collection, Item
from assay.scanner.sources.listing import Fate, Fates, FileListing, FilesBelow, decisive
from assay.scanner.words import many


def enter(collection: Collection, read: Types[str], joined: Types[str]) -> Coverage:
    """The ledger of a collection by what its source entered and by its items.

    `read` are the types that are read as resources, `joined` those that are read for what they say of others.
    """
    theirs = collection.coverage
    counted, unsupported = _count(collection.items, read, joined)
    coverage = Coverage(blocks=counted, unsupported_types=unsupported)
    return Coverage.merged([msgspec.structs.replace(theirs, gaps=list(dict.fromkeys(theirs.gaps))), coverage])


def failed(coverage: Coverage, item: Item, error: Exception) -> None:
    """Enter a resource that could not be read: it is under a gap, not evaluated."""
    seen = item.location()
    reason = f"{item.address} could not be read ({type(error).__name__}: {error})"
    gap = Gap(seen.file, "input_failed", reason[:500], "simplify it, or report this with the code", seen.line)
    if gap not in coverage.gaps:
        coverage.gaps.append(gap)
        coverage.blocks.evaluated -= 1 if item.template is None else 0


_PLACES, _OF_A_KIND = 3, 5
"""Places of one gap, and different gaps of one code in one source, that people are told; the JSON report has all."""
_SENTENCES = 200
"""That people are told of all gaps together."""
_AT_ONCE = frozenset({"module_missing"})
"""Codes of gaps that are settled together: one `terraform init` fetches all modules of a directory, so that one sentence tells of them."""


def told(gaps: Iterable[Gap]) -> list[str]:
    """Gaps as sentences for people: what several places have in common is said once, and of many of a kind in one source the first few."""
    places: dict[tuple[str, str, str], dict[str, str]] = {}
    for gap in gaps:
        shown = f"{gap.scope}:{gap.line}" if gap.line else gap.scope
        places.setdefault((gap.code, gap.reason, gap.settles_it), {}).setdefault(shown, gap.scope)
    sentences = _told_at_once({key: places.pop(key) for key in list(places) if key[0] in _AT_ONCE})
    of_kind: dict[tuple[str, str], int] = {}
    for (code, reason, settles_it), seen in places.items():
        source = next(iter(seen.values()))
        of_kind[source, code] = of_kind.get((source, code), 0) + 1
        if of_kind[source, code] <= _OF_A_KIND:
            sentences.append(f"{_places(list(seen))}: {reason}; {settles_it}")
    more_of_kind = {key: number - _OF_A_KIND for key, number in of_kind.items() if number > _OF_A_KIND}
    sentences += [
        f"{source}: {many(number, 'more gap')} of the kind {code}; the json report has all"
        for (source, code), number in more_of_kind.items()
    ]
    more = len(sentences) - _SENTENCES
    return sentences[:_SENTENCES] + ([f"and {many(more, 'more sentence')} on gaps; the json report has all"] if more > 0 else [])


def _told_at_once(places: dict[tuple[str, str, str], dict[str, str]]) -> list[str]:
    """A sentence for each way out, of gaps by code, reason and way out with their places."""
    by_way: dict[tuple[str, str], list[tuple[str, list[str]]]] = {}
    for (code, reason, settles_it), seen in places.items():
        by_way.setdefault((code, settles_it), []).append((reason, list(seen)))
    sentences = []
    for (_, settles_it), alike in by_way.items():
        reason, first = alike[0]
        others = [place for _, more in alike[1:] for place in more]
        like_it = f" (and {len(others)} more, the next at {others[0]})" if others else ""
        sentences.append(f"{_places(first)}: {reason}{like_it}; {settles_it}")
    return sentences


def _places(seen: Sequence[str]) -> str:
    more = len(seen) - _PLACES
    return ", ".join(seen[:_PLACES]) + (f" and {many(more, 'more place')}" if more > 0 else "")


_NO_RESOURCES = ("data.", "provider.", "terraform_output", "terraform_variable", "terraform_local", "AWS::Template::", "deployment.")
"""Beginnings of types."""


def _count(items: Iterable[Item], read: Types[str], joined: Types[str]) -> tuple[Blocks, dict[str, int]]:
    """Resource blocks by what became of them, and the types that nothing reads; data sources, providers, outputs, variables are none."""
    blocks: dict[tuple[str, int, str], list[Item]] = {}
    for item in items:
        if not item.type.startswith(_NO_RESOURCES):
            seen = item.location()
            blocks.setdefault((seen.file, seen.line, item.block if seen.line else item.address), []).append(item)
    counted, unsupported = Blocks(found=len(blocks)), dict[str, int]()
    for instances in blocks.values():
        type_ = instances[0].type
        if type_ not in read and type_ not in joined:
            counted.unsupported += 1
            unsupported[type_] = unsupported.get(type_, 0) + 1
        elif any(item.template is not None for item in instances):
            counted.template += 1
        else:
            counted.evaluated += 1
            counted.joined += type_ not in read
    return counted, unsupported


NOTHING_FOLLOWS = "nothing that follows is read"
"""What is said where the reading is given up."""
_NAMED = "name code, a plan, a template, an asset export or a snapshot: README.md shows each"


def close(listing: FileListing, coverage: Coverage) -> tuple[dict[str, Fate], Coverage]:
    """What became of everything below the targets, and the counts of it, with gaps for what a run owes an answer.

    A file that was given to readers is what the least favourable of them says: unread, judged, of another kind. That none says anything is
    a gap, and so is a file that the user named and that is of no kind that is read.
    """
    fates = dict(listing.settled)
    silent: dict[str, list[str]] = {}
    closing = Coverage()
    is_cut = any(gap.code == "shard_missing" for gap in coverage.gaps)  # which says what to do
    for file, formats in listing.candidates.items():
        answers = _told(file, formats, coverage.fates or {})
        for format_ in set(formats) - {known for known, _ in answers}:
            if not is_cut:
                silent.setdefault(format_, []).append(file)
            why = "what is said of it is in a shard that is missing" if is_cut else f"its reader ({format_}) says nothing of it"
            answers.append((format_, Fate("unread", why)))
        fates[file] = fate = decisive(fate for _, fate in answers)
        if fate.became == "other" and file in listing.named:
            fates[file] = Fate("unread", fate.why)
            closing.gaps.append(Gap(file, "unsupported", f"of no kind that can be scanned: {fate.why}", _NAMED))
    for (file, _), fate in (coverage.fates or {}).items():
        if fate.became in ("judged", "unread") and file in listing.settled and fates[file].became == "other":
            fates[file] = fate  # another file names it: rules of Firestore under any name
    scopes = {gap.scope for gap in coverage.gaps}
    is_lost = any(gap.code == "input_failed" and NOTHING_FOLLOWS in gap.reason for gap in coverage.gaps)
    for format_, files in silent.items():
        if uncovered := [file for file in files if not _covered(file, scopes)]:
            more = f", and {many(len(uncovered) - 1, 'more file')}" if len(uncovered) > 1 else ""
            reason = f"was given to the reader of {format_}, which says nothing of it{more}"
            way = "report this as a defect"
            if is_lost:
                reason, way = f"is not read{more}, since the reading was given up before", "settle what is told of the input before it"
            closing.gaps.append(Gap(uncovered[0], "input_failed", reason, way))
    closing.tree = _counted(fates)
    return fates, closing


def join_parts(coverage: Coverage) -> Coverage:
    """Takes the accounts that the snapshots of a run left to each other for accounts of it. Gives gaps for those that no snapshot has.

    That an account was called says nothing: every part asks the management account for the list. What a part has, it has by the name that
    the list gives each account.
    """
    told = {*(named.scope for named in coverage.accounts), *(gap.scope for gap in coverage.gaps)}
    coverage.left_out = [left for left in coverage.left_out if not left.part or left.scope not in told]
    way = "scan the snapshot of that part beside these"
    return Coverage(
        gaps=[
            Gap(left.scope, "account_failed", f"the account is of part {left.part}, whose snapshot is not here", way)
            for left in coverage.left_out
            if left.part
        ]
    )


def _told(file: str, formats: Iterable[str], fates: Fates) -> list[tuple[str, Fate]]:
    return [(format_, fates[file, format_]) for format_ in formats if (file, format_) in fates]


def _covered(file: str, scopes: Types[str]) -> bool:
    """Whether a gap speaks of a file, or of a directory that it is in."""
    while file:
        if file in scopes:
            return True
        file = file.rpartition("/")[0]
    return "." in scopes


def _counted(fates: dict[str, Fate]) -> FilesBelow:
    tree = FilesBelow(found=len(fates))
    for fate in fates.values():
        setattr(tree, fate.became, getattr(tree, fate.became) + 1)
        if fate.became in ("other", "excluded"):
            tree.reasons[fate.why] = tree.reasons.get(fate.why, 0) + 1
    return tree
