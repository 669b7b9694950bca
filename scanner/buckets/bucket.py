"""A bucket of S3, Google Cloud Storage, or what speaks their protocols, through obstore, which brings no client of a cloud.

Credentials come from the environment, as the clouds' own tools read them: https://developmentseed.org/obstore/latest/authentication/.
"""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Iterator
from typing import IO, Any, NamedTuple

from assay.scanner import lazy_re
from assay.scanner.buckets.errors import BucketError
from assay.scanner.override import override

CLOUDS = ("s3://", "gs://")
"""How a URL begins."""
_CHUNK = 8 << 20
_MOST = 5_000_000_000
"""Bytes of an object that is written by one request, which alone can say that nothing may be there: the limit of both clouds.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
"""


_REQUEST = lazy_re.pattern(r"Error performing \S+ \S+ in \S+ - ")
"""What the library says of a request, with the time that it took."""


class StoredObject(NamedTuple):
    """An object as a list tells it."""

    key: str
    """Behind the prefix of the Bucket."""
    size: int
    """Bytes."""
    version: str
    """What changes with its content: its ETag, else when it was written."""


class BucketFolder:
    """A bucket, or what is below a prefix of one. Whatever goes wrong is a BucketError that names the place."""

    def __init__(self, where: str) -> None:
        """Raises BucketError where it is none, or obstore is not installed."""
        self.where = where.rstrip("/")
        if not where.startswith(CLOUDS):
            raise BucketError(f"{where}: no bucket: name {' or '.join(cloud + 'BUCKET/PREFIX' for cloud in CLOUDS)}")
        try:
            import obstore
            from obstore.store import from_url
        except ImportError:
            raise BucketError(f"{where} needs obstore: pip install 'assay[remote]'") from None
        self._obstore: Any = obstore
        self._errors = (obstore.exceptions.BaseError, OSError, ValueError)
        self._exists: type[Exception] = obstore.exceptions.AlreadyExistsError
        self._absent = (obstore.exceptions.NotFoundError, FileNotFoundError)
        self._changed: type[Exception] = obstore.exceptions.PreconditionError
        try:
            self._store: Any = from_url(self.where)
        except self._errors as error:
            raise self._trouble(error) from None

    def _trouble(self, error: Exception, name: str = "", way: str = "") -> BucketError:
        """What went wrong, in one line; the library's text has the request and its answer in several."""
        first = _REQUEST.sub("", str(error).strip().split("\n", 1)[0].partition(": <?xml")[0])[:300]
        return BucketError(f"{self.where}{'/' * bool(name)}{name}: {first}{way}")

    def list(self) -> list[str]:
        """The names directly below the prefix."""
        try:
            listing = self._obstore.list_with_delimiter(self._store)
        except self._errors as error:
            raise self._trouble(error) from None
        return sorted(entry["path"].rpartition("/")[2] for entry in listing["objects"])

    def below(self, prefix: str) -> Iterator[StoredObject]:
        """All objects whose keys begin with the segments of a prefix, in no order, a page at a time."""
        try:
            for page in self._obstore.list(self._store, prefix or None, chunk_size=1000):
                yield from map(_stored, page)
        except self._errors as error:
            raise self._trouble(error, prefix, "; name a prefix without it" if "invalid path" in str(error) else "") from None

    def described(self, key: str) -> StoredObject | None:
        """The object with a key; None where there is none."""
        try:
            return _stored(self._obstore.head(self._store, key))
        except self._absent:
            return None
        except self._errors as error:
            raise self._trouble(error, key) from None

    def fetch(self, of: StoredObject, path: str, most: int | None = None, stopped: threading.Event | None = None) -> None:
        """Write the content of an object to a new file, or the first `most` bytes of it, unless it is stopped in between."""
        end = of.size if most is None else min(of.size, most)
        options: dict[str, Any] = {"if_match": of.version} if of.version.startswith('"') else {}
        if end < of.size:
            options["range"] = (0, end)
        with open(path, "xb", opener=_private) as file:
            try:
                for piece in self._obstore.get(self._store, of.key, options=options).stream(_CHUNK) if end else ():
                    if stopped is not None and stopped.is_set():
                        raise BucketError(f"{self.where}/{of.key}: the run was stopped while it was fetched")
                    file.write(piece)
                written = file.tell()
            except self._changed:
                written = -1
            except self._errors as error:
                raise self._trouble(error, of.key) from None
        if written != end:
            raise BucketError(f"{self.where}/{of.key}: it was changed while it was fetched: scan again, when nothing changes it")

    def read(self, name: str) -> IO[bytes]:
        """The content, in pieces as they are asked for."""
        try:
            pieces = self._obstore.get(self._store, name).stream(_CHUNK)
        except self._errors as error:
            raise self._trouble(error, name) from None
        return io.BufferedReader(_Pieces(iter(pieces), self._errors), _CHUNK)

    def put(self, name: str, path: str) -> bool:
        """By one request that is refused where the name is there: `If-None-Match: *`, and `x-goog-if-generation-match: 0`."""
        with open(path, "rb") as file:
            if file.seek(0, io.SEEK_END) > _MOST:
                raise BucketError(f"{self.where}/{name}: larger than {_MOST / 1e9:g} GB, which one request may write: judge in more shards")
            file.seek(0)
            try:
                self._obstore.put(self._store, name, file, mode="create", use_multipart=False)
            except self._exists:
                return False
            except self._errors as error:
                raise self._trouble(error, name) from None
            return True


def _stored(entry: Any) -> StoredObject:
    return StoredObject(entry["path"], entry["size"], entry["e_tag"] or f"{entry['last_modified']}")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class _Pieces(io.RawIOBase):
    """Pieces that come one after the other, as a file."""

    def __init__(self, pieces: Iterator[Any], errors: tuple[type[Exception], ...]) -> None:
        self._pieces, self._errors, self._left = pieces, errors, memoryview(b"")

    @override
    def readable(self) -> bool:
        return True

    @override
    def readinto(self, buffer: Any) -> int:
        while not self._left:
            try:
                piece = next(self._pieces, None)
            except self._errors as error:
                raise OSError(0, str(error).split("\n", 1)[0][:300]) from None
            if piece is None:
                return 0
            self._left = memoryview(bytes(piece))
        size = min(len(buffer), len(self._left))
        buffer[:size] = self._left[:size]
        self._left = self._left[size:]
        return size
