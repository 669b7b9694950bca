"""What a worker sends: pickled structs and values, one after the other, each behind its length.

Pickle is read with a loader that knows these alone: what a damaged or taken-over worker sends is data, and calls nothing. It keeps text
that stands in many results once, which a format without references does not: a fifth of the bytes, a third of the memory.
"""

from __future__ import annotations

import functools
import importlib
import io
import pickle
from collections.abc import Iterator
from typing import Any

import msgspec

from assay.scanner import plugins
from assay.scanner.sources.values import Value

_LENGTH = 8
_PLAIN: dict[tuple[str, str], Any] = {
    ("builtins", "set"): set,
    ("builtins", "frozenset"): frozenset,
    ("msgspec._core", "UNSET"): msgspec.UNSET,
}


class Damaged(Exception):
    """What came is nothing that a worker sends."""


class Failed(msgspec.Struct):
    """An exception that ended a worker's reading: how, in words."""

    reason: str


class GoesOnAlone(msgspec.Struct):
    """A worker found that the others may not know what belongs to whom: one of them has to do what is left (NotShared)."""


def encoded(message: Any) -> bytes:
    """A message, with its length."""
    content = pickle.dumps(message, 5)
    return len(content).to_bytes(_LENGTH, "big") + content


class _Structs(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _PLAIN:
            return _PLAIN[module, name]
        if module.partition(".")[0] in _packages():
            known = getattr(importlib.import_module(module), name, None)
            if isinstance(known, type) and issubclass(known, (msgspec.Struct, Value)):
                return known
        raise Damaged(f"{module}.{name} is no data of ours")


@functools.cache
def _packages() -> frozenset[str]:
    """Top packages whose structs may come: ours, and those of distributions that add inputs and kinds."""
    groups = (plugins.SOURCES, plugins.FACTS)
    return frozenset(
        {"assay", *(value.partition(".")[0].partition(":")[0] for group in groups for value in plugins.installed(group).values())}
    )


class Messages:
    """The messages in what has come of a stream so far."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self.size = 0
        """Bytes of the message that was given last."""

    def add(self, content: bytes) -> Iterator[Any]:
        """The messages that are whole with what has come. Raises Damaged."""
        self._bytes += content
        while len(self._bytes) >= _LENGTH:
            end = _LENGTH + int.from_bytes(self._bytes[:_LENGTH], "big")
            if len(self._bytes) < end:
                return
            framed, self.size = bytes(self._bytes[_LENGTH:end]), end
            del self._bytes[:end]  # before it is given: who takes one message need not ask for another
            try:
                message = _Structs(io.BytesIO(framed)).load()
            except (pickle.UnpicklingError, EOFError, AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
                raise Damaged(str(error)) from None
            yield message
