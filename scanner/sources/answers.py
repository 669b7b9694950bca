"""What a cloud answered, found again in a snapshot for the evidence of a finding: the part of an answer that is about its resource.

Nothing of it is kept while a run judges: who shows a few findings of many reads the snapshot once more, for these alone. What may be secret
was left out when the snapshot was taken, and is left out here again, since a snapshot may come from anybody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from assay.scanner.sources import snapshot
from assay.scanner.sources.redaction import redacted
from assay.scanner.sources.secret_text import without_secrets

MAX_LINES, MAX_TEXT = 80, 3000
"""Of one answer that is shown."""
_NONE = msgspec.Raw()
_MALFORMED = (msgspec.MsgspecError, ValueError, RecursionError)


class AnswerKey(NamedTuple):
    """Which answer is looked for: what a result's resource and a location of its evidence say."""

    root: str
    """`aws:ACCOUNT`, or what an asset inventory was asked for."""
    address: str
    operation: str
    time: str


class _Answer(msgspec.Struct):
    operation: str = ""
    time: str = ""
    data: msgspec.Raw = _NONE


class _Resource(msgspec.Struct):
    data: msgspec.Raw = _NONE


class _Record(msgspec.Struct):
    """What is needed of the records of both clouds (aws/items.py, gcp/source.py)."""

    record: str = ""
    type: str = ""
    id: str = ""
    account: str = ""
    operation: str = ""
    time: str = ""
    content: str = ""
    listed: msgspec.Raw = _NONE
    answers: dict[str, _Answer] = {}
    name: str = ""
    assetType: str = ""  # noqa: N815
    updateTime: str = ""  # noqa: N815
    resource: _Resource | None = None
    iamPolicy: msgspec.Raw = _NONE  # noqa: N815


def find(paths: Iterable[str], asked: Collection[AnswerKey]) -> dict[AnswerKey, str]:
    """The answers that snapshots among `paths` hold, as JSON of a few lines; what is not found, or could be of several, is left out."""
    answers: dict[AnswerKey, str] = {}
    if asked:
        for path in paths:
            header = snapshot.read_header(path)
            if header is not None:
                _Search(asked, answers).read(path)
    return answers


class _Search:
    """One pass over a snapshot."""

    def __init__(self, asked: Collection[AnswerKey], answers: dict[AnswerKey, str]) -> None:
        self._asked, self._answers = frozenset(asked), answers
        self._named = {key.address for key in asked}
        self._others: dict[tuple[str, str, str], list[tuple[str, msgspec.Raw]]] = {(key.root, key.operation, key.time): [] for key in asked}
        self._operations: dict[str, tuple[str, str]] = {}
        self._assets: dict[str, list[_Record]] = {}

    def read(self, path: str) -> None:
        decoder = msgspec.json.Decoder(_Record)
        try:
            for line in snapshot.lines(path):
                try:
                    record = decoder.decode(line)
                except _MALFORMED:
                    continue
                if record.record == "item":
                    self._item(record)
                elif record.record == "listed":
                    self._operations[record.content] = (record.operation, record.time)
                elif record.record == "asset" and record.name in self._named:
                    self._assets.setdefault(record.name, []).append(record)
        except (snapshot.CutOff, OSError):
            pass  # what is not found is not shown; the run has a gap
        for key in (key for key in self._asked if key.address in self._assets):
            self._asset(key)
        self._one_of_its_kind()

    def _item(self, record: _Record) -> None:
        root = f"aws:{record.account}"
        parts = [(record.type, record.operation, record.time, record.listed)]
        parts += [(name, answer.operation, answer.time, answer.data) for name, answer in record.answers.items()]
        for name, operation, time, raw in parts:
            key = AnswerKey(root, record.id, operation, time)
            if key in self._asked:
                self._enter(key, name, raw)
            elif (candidates := self._others.get((root, operation, time))) is not None and len(candidates) < 2:
                candidates.append((name, raw))

    def _asset(self, key: AnswerKey) -> None:
        """What an inventory says of an asset at a time: which call listed what stands behind the assets."""
        parts: dict[str, msgspec.Raw] = {}
        for record in self._assets[key.address]:
            for content, name, raw in (
                ("RESOURCE", "resource", record.resource.data if record.resource else _NONE),
                ("IAM_POLICY", "iamPolicy", record.iamPolicy),
            ):
                operation, time = self._operations.get(content, ("", ""))
                if raw and operation == key.operation and key.time in (record.updateTime, time):
                    parts[name] = raw
        if parts:
            whole = parts.get("resource") if len(parts) == 1 else None
            self._enter(key, self._assets[key.address][0].assetType, whole or msgspec.Raw(msgspec.json.encode(parts)))

    def _one_of_its_kind(self) -> None:
        """Where a fact was told by the answer about another resource, as the account, and there is one such answer alone."""
        for key in self._asked - self._answers.keys():
            candidates = self._others[key.root, key.operation, key.time]
            if len(candidates) == 1:
                self._enter(key, *candidates[0])

    def _enter(self, key: AnswerKey, name: str, raw: msgspec.Raw) -> None:
        text = shown(raw, name)
        if text:
            self._answers[key] = text


def shown(raw: bytes | msgspec.Raw, name: str) -> str:
    """An answer as JSON of a few lines, without what may be secret; empty where there is none. `name`: of the operation, or the type."""
    if not raw or bytes(raw) in (b"null", b"{}"):
        return ""
    try:
        data = _unfolded(redacted(msgspec.json.decode(raw), name))
        text = without_secrets(msgspec.json.format(msgspec.json.encode(data), indent=2).decode())
    except _MALFORMED:
        return ""
    lines, kept = text.splitlines(), list[str]()
    for line in lines[:MAX_LINES]:
        if sum(map(len, kept)) + len(line) > MAX_TEXT:
            break
        kept.append(line)
    left = len(lines) - len(kept)
    return "\n".join([*kept, f"… {left} more lines in the snapshot"] if left else kept)


def _unfolded(data: Any) -> Any:
    """The same with JSON that stands in texts, as policies do, as what it says."""
    if isinstance(data, Mapping):
        return {key: _unfolded(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_unfolded(element) for element in data]
    if isinstance(data, str) and data.startswith("{"):
        try:
            return _unfolded(msgspec.json.decode(data))
        except _MALFORMED:
            return data
    return data
