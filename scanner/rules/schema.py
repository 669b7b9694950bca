"""What facts there are: the fields of kinds and of the parts in their lists, from their annotations."""

from __future__ import annotations

import functools
import types
import typing
from typing import Any

from assay.scanner.facts.model import Part, Resource
from assay.scanner.sources.values import Value

# What a rule may say of any resource beside its facts.
IDENTITY = {"name": str, "cloud": str, "region": str, "account": str, "address": str, "roles": list[str]}


@functools.cache
def facts(cls: type) -> dict[str, Any]:
    """Fact name to its type, with `Fact[…]` and `| None` taken off."""
    hints = typing.get_type_hints(cls)
    own = {name: _plain(hint) for name, hint in hints.items() if name != "identity"}
    return {**IDENTITY, **own} if issubclass(cls, Resource) else own


def _plain(hint: Any) -> Any:
    if typing.get_origin(hint) is Value:
        hint = typing.get_args(hint)[0]
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        hint = next(member for member in typing.get_args(hint) if member is not type(None))
    return hint


def is_part(hint: Any) -> bool:
    """Whether the type of a fact is a part, which has facts of its own."""
    return isinstance(hint, type) and issubclass(hint, Part)


def resolve(kind: type[Resource], path: tuple[str, ...]) -> tuple[Any, str]:
    """(type, problem) of a path of facts below a kind; a problem names the nearest fact."""
    at: Any = kind
    for name in path:
        if name == "*":
            if typing.get_origin(at) is not list:
                return None, "is not a list"
            at = typing.get_args(at)[0]
            continue
        if not isinstance(at, type) or not issubclass(at, (Part, Resource)):
            return None, f"{_name(at)} has no facts"
        known = facts(at)
        if name not in known:
            import difflib  # slow to import, and used for mistakes only

            near = difflib.get_close_matches(name, known, 1)
            hint = f", did you mean {near[0]}?" if near else f"; it has {', '.join(sorted(known))}"
            return None, f"{at.__name__} has no fact {name!r}{hint}"
        at = known[name]
    return at, ""


def _name(hint: Any) -> str:
    return getattr(hint, "__name__", str(hint))
