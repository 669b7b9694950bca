"""Databases are data stores (`DataStore`, data/kinds.py); this room has the readers of them, and no kind of its own."""

from __future__ import annotations

from typing import Any

KINDS: tuple[Any, ...] = ()
