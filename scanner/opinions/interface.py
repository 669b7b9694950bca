"""What every other scanner's results come to, whatever their format."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec

from assay.scanner.errors import AssayError
from assay.scanner.results.opinion import TheirVerdict
from assay.scanner.sources.encodings import utf8
from assay.scanner.sources.secret_text import without_secrets
from assay.scanner.words import many

T = TypeVar("T")
MAX_CLAIMS = 500_000
"""Results of one scanner that are compared."""
MAX_TEXT, MAX_PROBLEMS = 400, 20
MAX_NAME = 4_096
"""Characters of a name of a resource or a file that are read: one that is longer is cut, and then names nothing that a run judges."""


class OpinionError(AssayError, ValueError):
    """Another scanner that is not there, or results that cannot be read: says which, why, and the way out."""


class Claim(msgspec.Struct, frozen=True):
    """What another scanner says of one resource by one of its checks."""

    check: str
    verdict: TheirVerdict
    reason: str
    resource: str = ""
    """Its name of the resource: an address in code, an ARN."""
    names: tuple[str, ...] = ()
    """Further names of the resource."""
    file: str = ""
    """Absolute, or relative to what it scanned."""
    line: int = 0
    """From 1; 0 where it names none."""
    end_line: int = 0
    callers: tuple[str, ...] = ()
    """Files whose code calls the module that the resource is in."""
    account: str = ""
    region: str = ""
    cloud: str = ""
    """`aws` or `google`, where it speaks of everything of a cloud that is in `file`, or below it where that is a directory."""


class Claims(msgspec.Struct, frozen=True):
    """All that a scanner says."""

    scanner: str
    """In lower case, as the peers of controls name it."""
    version: str
    claims: list[Claim]
    failures_only: bool = False
    problems: list[str] = []
    base: str = ""
    """The directory that relative files are relative to, as far as the results say so."""


def decoded(content: bytes, shape: Any, file: str, what: str) -> Any:
    """JSON as a value of a type. Raises OpinionError for what is no such thing; text that is nested without end is none."""
    try:
        return msgspec.json.decode(utf8(content), type=shape)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise OpinionError(f"{file}: these are no results of {what}: {error}") from None


def collected(scanner: str, version: str, claims: Iterable[Claim], *, failures_only: bool = False, problems: Iterable[str] = (),
              base: str = "") -> Claims:  # fmt: skip
    """Claims within their bounds, with texts that a report may show."""
    kept: list[Claim] = []
    left_out = 0
    for claim in claims:
        if len(kept) < MAX_CLAIMS:
            first, last = max(claim.line, 0), max(claim.end_line, 0)
            resource, file, callers = claim.resource[:MAX_NAME], claim.file[:MAX_NAME], tuple(name[:MAX_NAME] for name in claim.callers)
            kept.append(
                msgspec.structs.replace(
                    claim, reason=shown(claim.reason), resource=resource, file=file, callers=callers, line=first, end_line=last
                )
            )
        else:
            left_out += 1
    told = [shown(problem) for problem in problems]
    if len(told) > MAX_PROBLEMS:
        told = [*told[:MAX_PROBLEMS], f"and {many(len(told) - MAX_PROBLEMS, 'more problem')}"]
    if left_out:
        told.append(f"{many(left_out, 'result')} beyond the first {MAX_CLAIMS:,} are not compared")
    return Claims(scanner, shown(version), kept, failures_only, told, base)


def shown(text: str) -> str:
    """A text of another scanner as a report may show it: in one line, short, without secrets."""
    return _shown(text[: 4 * MAX_TEXT])


@functools.lru_cache(10_000)
def _shown(text: str) -> str:
    """A check says the same of many resources."""
    line = " ".join(text.split())
    return without_secrets(line if len(line) <= MAX_TEXT else f"{line[:MAX_TEXT]} …")
