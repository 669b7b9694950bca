"""Ranges of addresses that are harmless one by one, and together the internet or a whole network."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Any, NamedTuple

from assay.scanner.facts.network.kinds import Opening
from assay.scanner.facts.network.ranges import WHOLE, WIDE, range_of
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value

_MOST = 10_000
"""Pairs of traffic and pieces that are compared one by one; of more, every piece counts for any traffic."""


class _Piece(NamedTuple):
    told: Opening
    network: Any
    traffic: tuple[Value[Any], Value[Any], Value[Any]]
    doubt: Unknown | None
    """Why it may not be there, or not be for the traffic of others."""


def together(openings: Iterable[Opening], perhaps: Iterable[tuple[Opening, Unknown]] = ()) -> None:
    """Mark as the internet what is so together, however it is cut: `52.0.0.0/9` and `52.128.0.0/9`, for the same traffic.

    The same of private ranges that are a whole network together. `perhaps`: openings that may not be there, with the reason. What is so
    only with one of these, or with one for traffic that is not known, is unknown.
    """
    families: dict[tuple[bool, int], list[_Piece]] = {}
    for told, doubt in [*((told, None) for told in openings), *perhaps]:
        of = range_of(told.source.data) if told.world.data is False else None
        if of is not None:
            traffic = (told.protocol, told.from_port, told.to_port)
            piece = _Piece(told, of.network, traffic, doubt or next((part.unknown for part in traffic if part.unknown), None))
            families.setdefault((of.private, of.network.version), []).append(piece)
    for (private, version), pieces in families.items():
        if len(pieces) > 1:
            _mark(pieces, private, WHOLE[version] if private else WIDE[version])


def _mark(pieces: list[_Piece], private: bool, limit: int) -> None:
    groups: dict[tuple[Any, ...], list[_Piece]] = {}
    for piece in pieces:
        # What is not known of one rule is the same for all of its ranges.
        key = tuple(id(part) if part.unknown else part.data for part in piece.traffic)
        groups.setdefault((key, None if _is_open(piece) else id(piece.doubt)), []).append(piece)
    marked: set[int] = set()
    for group in groups.values():
        why = None if _is_open(group[0]) else group[0].doubt
        for piece in _wide(group, limit) if len(group) > 1 else ():
            _tell(piece, Value(why or True, piece.told.world.seen), private)
            marked.add(id(piece.told))
    doubtful = [piece for piece in pieces if piece.doubt is not None]
    few = len(groups) * len(doubtful) <= _MOST
    for group in groups.values() if few else [pieces] if doubtful else ():
        others = [piece for piece in doubtful if piece not in group and (not few or _may_share(piece, group[0]))]
        for piece in _wide([*group, *others], limit) if others or not few else ():
            if id(piece.told) not in marked:
                _tell(piece, Value((others or doubtful)[0].doubt, piece.told.world.seen), private)
                marked.add(id(piece.told))


def _is_open(piece: _Piece) -> bool:
    """Whether its traffic is not known."""
    return any(part.unknown for part in piece.traffic)


def _may_share(piece: _Piece, other: _Piece) -> bool:
    """Whether two pieces may be for the same traffic."""
    return all(_may_equal(one, two) for one, two in zip(piece.traffic, other.traffic, strict=True))


def _may_equal(one: Value[Any], two: Value[Any]) -> bool:
    sides = [side.options or () if side.unknown else (side.data,) for side in (one, two)]
    return not all(sides) or any(option in sides[1] for option in sides[0])


def _wide(pieces: list[_Piece], limit: int) -> list[_Piece]:
    """The pieces that are a part of something wide."""
    bits = pieces[0].network.max_prefixlen
    if sum(1 << (bits - piece.network.prefixlen) for piece in pieces) < 1 << (bits - limit):
        return []
    wide = [network for network in ipaddress.collapse_addresses(piece.network for piece in pieces) if network.prefixlen <= limit]
    return [piece for piece in pieces if any(piece.network.subnet_of(whole) for whole in wide)] if wide else []


def _tell(piece: _Piece, value: Value[Any], private: bool) -> None:
    told = piece.told
    no: Value[bool] = Value(False, value.seen)
    told.world, told.whole_network = (no, value) if private else (value, no)
