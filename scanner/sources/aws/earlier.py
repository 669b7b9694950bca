"""An earlier snapshot that an audit goes by (`--since`): whether it may, and what it answered, account by account.

Nothing is taken from it here: whether an answer is still so is for AWS Config to say (unchanged.py).
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from typing import IO, Any

import msgspec

from assay.scanner import __version__, lazy_re
from assay.scanner.sources import snapshot
from assay.scanner.sources.aws import records
from assay.scanner.sources.aws.covered import COVERED
from assay.scanner.sources.aws.items import ItemRecord
from assay.scanner.sources.aws.resume import asked_as_much
from assay.scanner.sources.discover import show
from assay.scanner.sources.live import EarlierError

Key = tuple[str, str, str]
"""Type, id and region of a resource."""
_NUMBERS = lazy_re.pattern(r"\d+")
_ANEW = "audit once without --since"


class EarlierAccount(msgspec.Struct):
    """What an earlier snapshot has of one account: the resources about which a call is covered."""

    caller: str
    """The ARN that its calls were made as."""
    resources: dict[Key, ItemRecord] = {}


class EarlierSnapshot:
    """An earlier snapshot, its accounts in files of `folder` until they are asked for."""

    def __init__(self, path: str, folder: str) -> None:
        """Raises OSError, and EarlierError for what is no snapshot to its end."""
        self._folder = tempfile.mkdtemp(dir=folder)
        self._callers: dict[str, str] = {}
        self.digest = ""
        """Of what is before its last line."""
        try:
            self._read(path)
        except (snapshot.CutOff, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise EarlierError(f"--since {show(path)}: it is no snapshot to its end; {_ANEW}") from error

    @property
    def accounts(self) -> frozenset[str]:
        """Those that it has."""
        return frozenset(self._callers)

    def of(self, account: str) -> EarlierAccount | None:
        """What it has of an account. A resource that it has twice tells nothing: which is which is not known."""
        if account not in self._callers:
            return None
        earlier, twice = EarlierAccount(self._callers[account]), set[Key]()
        with open(self._file(account), "rb") as lines:
            for line in lines:
                record = records.decode(line)
                assert isinstance(record, ItemRecord)
                key = (record.type, record.id, record.region)
                if key in earlier.resources:
                    twice.add(key)
                earlier.resources[key] = record
        for key in twice:
            del earlier.resources[key]
        return earlier

    def _file(self, account: str) -> str:
        """By its number in the snapshot: names of accounts come from a file, and none becomes a path."""
        return os.path.join(self._folder, str(list(self._callers).index(account)))

    def _read(self, path: str) -> None:
        opened: IO[bytes] | None = None
        try:
            for line in snapshot.lines(path):
                record = records.decode(line)
                if isinstance(record, records.AccountRecord):
                    if opened:
                        opened.close()
                    self._callers.setdefault(record.account, record.caller)
                    opened = open(self._file(record.account), "ab")  # noqa: SIM115
                elif isinstance(record, ItemRecord) and opened and _is_covered(record):
                    opened.write(line)
                elif isinstance(record, records.EndRecord):
                    self.digest = record.digest
        finally:
            if opened:
                opened.close()


def _is_covered(record: ItemRecord) -> bool:
    return any(answer.operation in COVERED for answer in record.answers.values())


def why_refused(path: str, scope: Mapping[str, Any]) -> str:
    """Why an audit may not go by a snapshot, with the way out; empty where it may. `scope` is what is asked for now. Raises OSError."""
    header = snapshot.read_header(path)
    if header is None or header.get("cloud") != "aws":
        return "it is no snapshot of AWS accounts that this version reads"
    if _version(str(header.get("tool"))) > _version(__version__):
        return f"it was taken by {str(header.get('tool'))[:60]}, which is newer than this version; audit with that one"
    if not asked_as_much(path, scope):
        return f"it was asked for less, or for other regions: its controls, services and regions have to be those of this audit; {_ANEW}"
    return _damage(path)


def is_of_this_version(path: str) -> bool:
    """Whether this version asked what a snapshot answers: an older one may have asked for something else by the same call."""
    return _version(str((snapshot.read_header(path) or {}).get("tool"))) == _version(__version__)


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(number[:9]) for number in _NUMBERS.findall(text)[:3])


def _damage(path: str) -> str:
    """What is wrong with the lines of a snapshot, by the digest in its last one; empty where nothing is."""
    digest, last = hashlib.sha256(), b""
    try:
        for line in snapshot.lines(path):
            digest.update(last)
            last = line
        end = records.decode(last)
    except (snapshot.CutOff, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return f"it ends in the middle; go on with it by --resume, or {_ANEW}"
    if not isinstance(end, records.EndRecord):
        return f"it ends in the middle; go on with it by --resume, or {_ANEW}"
    if not end.digest:
        return f"its last line has no digest: an older version took it; {_ANEW}"
    return "" if end.digest == digest.hexdigest() else f"it was altered since it was taken: its digest is another; {_ANEW}"
