"""ARNs of policies and of resources in one form, so that they can be compared whatever an input knows of them.

What a reference names is one sign, the same wherever it is named; so is a part that is not known, which may be anything (denials.py).
The partition is that of the deployment, and so are a region and an account that are not known.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from assay.scanner import lazy_re
from assay.scanner.facts.denials import covers, is_open, loose, overlaps
from assay.scanner.facts.item_index import ItemIndex
from assay.scanner.facts.statements import Statement
from assay.scanner.sources.raw import Reference, Text, Unknown

_OPEN = 0xF0000
_MARK = "\ue100"
"""Around the number of what a reference names."""
_ELSE = "arn:aws:other:::"
"""The ARN of a resource of another type."""
_LOOSE = lazy_re.pattern(f"[*?{chr(_OPEN)}-\U000ffffd]")
_SUFFIX = lazy_re.pattern("-[^*/:-]{6}$")
"""What Secrets Manager puts behind a name, or a pattern of it: https://docs.aws.amazon.com/secretsmanager/latest/userguide/getting-started.html"""
POLICY_VARIABLE = lazy_re.pattern(r"\$\{[^}]*\}")
"""What IAM fills in with each request: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html"""
_FIELDS = lazy_re.pattern(f"[{chr(_OPEN)}-\U000ffffd]+")


class Form(msgspec.Struct, frozen=True):
    """How an ARN of a type is put together, and which attributes are that ARN; every other attribute is its name."""

    prefix: str
    """`arn:aws:s3:::`, `arn:aws:dynamodb:{region}:{account}:table/`."""
    arns: tuple[str, ...]
    names: tuple[str, ...]
    behind: str = ""
    """What stands behind the name in the ARN that an attribute gives: the revision of a task definition."""


class Arns:
    """The forms of one collection."""

    def __init__(self, items: ItemIndex, forms: Mapping[str, Form]) -> None:
        self._items, self._forms = items, forms
        self._signs: dict[str, str] = {}
        self._names: dict[str, str] = {}

    def text(self, raw: Any) -> str:
        """An ARN, a pattern of one or a name, as raw value."""
        text = "".join(self._part(part) for part in (raw.parts if isinstance(raw, Text) else (raw,)))
        fields = text.split(":", 5)
        if fields[0] != "arn" or len(fields) < 6:
            return text
        region, account = (_FIELDS.sub("*", field) for field in fields[3:5])
        return ":".join(("arn", "aws", fields[2], region, account, fields[5]))

    def name(self, address: str) -> str:
        """The sign of a resource."""
        return self._names.setdefault(address, f"{_MARK}{len(self._names)}{_MARK}")

    def of(self, address: str, type_: str, name: Any, region: str | None, account: str | None) -> list[str]:
        """The ARNs of a resource: by its sign, and by its name as far as that is known."""
        form = self._forms[type_]
        prefix = form.prefix.format(region=region or "*", account=account or "*")
        called = self.text(name) if isinstance(name, (str, Text)) else ""
        return [prefix + text for text in dict.fromkeys((self.name(address), called)) if text]

    def _part(self, part: Any) -> str:
        if isinstance(part, str):
            return POLICY_VARIABLE.sub(lambda match: self._sign(match[0]), part)
        if isinstance(part, Reference) and (text := self._referred(part)):
            return text
        return self._sign(repr(part))

    def _sign(self, part: str) -> str:
        """What stands for a part that is not known, the same wherever that is written."""
        return self._signs.setdefault(part, chr(_OPEN + len(self._signs)))

    def _referred(self, reference: Reference) -> str:
        item = self._items.at(reference.address)
        form = self._forms.get(item.type) if item is not None else None
        arn = reference.attribute in ("arn", "Arn")
        if form is None:
            return _ELSE if arn and item is not None and not reference.is_data else ""
        if reference.attribute in form.arns:
            return form.prefix.format(region="*", account="*") + self.name(reference.address) + form.behind
        return self.name(reference.address) if reference.attribute in form.names else ""


def key_of(arn: str) -> tuple[str, str] | None:
    """The service and the name of a bucket, a table, a role or a secret; None of a pattern that may be for several."""
    fields = arn.split(":", 5)
    if len(fields) < 6:
        return None
    if fields[2] == "secretsmanager":
        name = _SUFFIX.sub("", fields[5].removeprefix("secret:"))
    else:
        path = fields[5].split("/")
        name = path[0] if fields[2] == "s3" else path[1] if len(path) > 1 else ""
    return None if not name or _LOOSE.search(fields[2] + name) else (fields[2], name)


def reaches(pattern: str, arn: str) -> bool | None:
    """Whether a pattern is for something of what an ARN, which may have wildcards, stands for; None where it may be."""
    if not _may_begin_alike(pattern, arn):
        return False  # most pairs
    if pattern == "*" or covers(pattern, arn):
        return True
    # Field by field: the wildcard of a region is none for what comes behind it.
    ours, theirs = pattern.split(":", 5), arn.split(":", 5)
    if len(ours) < 6 or len(theirs) < 6:
        ours, theirs = [pattern], [arn]
    if not all(overlaps(loose(one), loose(other)) for one, other in zip(ours, theirs, strict=True)):
        return False
    # Whatever is not known of the pattern, all that it stands for is of the ARN.
    inside = all(covers(other, loose(one)) for one, other in zip(ours, theirs, strict=True))
    return None if is_open(pattern + arn) and not inside else True


def _may_begin_alike(one: str, other: str) -> bool:
    first, second = _fixed(one), _fixed(other)
    return first.startswith(second) or second.startswith(first)


@functools.lru_cache(4096)
def _fixed(pattern: str) -> str:
    """What stands before the first wildcard, or part that is not known."""
    return _LOOSE.split(pattern, maxsplit=1)[0]


def statement_reaches(statement: Statement, arn: str) -> bool | Unknown:
    """Whether a statement, of which the resources are in this form, is for something of what an ARN stands for."""
    if statement.not_resource:
        excepted = [covers(pattern, arn) or (reaches(pattern, arn) is None and None) for pattern in statement.resources]
        return not_told(statement) if None in excepted and True not in excepted else True not in excepted
    reached = [reaches(pattern, arn) for pattern in statement.resources]
    return True if True in reached else not_told(statement) if None in reached else False


def reaches_named(statement: Statement, arns: Iterable[str]) -> bool | Unknown:
    """Whether a statement is for something that has several ARNs: one by each of its names. One that is excepted by any of them is."""
    answers = [statement_reaches(statement, arn) for arn in arns]
    if (statement.not_resource and False in answers) or not answers:
        return False
    doubt = next((answer for answer in answers if isinstance(answer, Unknown)), None)
    if statement.not_resource:
        return doubt or True
    return True if True in answers else doubt or False


def not_told(statement: Statement) -> Unknown:
    """Why it is not known what a statement is for."""
    place = statement.seen[0] if statement.seen else None
    return Unknown("which resources a statement is for, of which names are not known", "scan the plan or the live account", place)


def spelled(statement: Statement, arns: Arns) -> Statement:
    """A statement with its resources in this form."""
    return msgspec.structs.replace(statement, resources=[arns.text(resource) for resource in statement.resources or ["*"]])
