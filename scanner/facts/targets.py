"""What items name by one of their attributes: the other side of a join."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Exported, Given, Open, Reference, Text, Unknown, unknown_inside, without_keys

if TYPE_CHECKING:
    from assay.scanner.facts.item_index import ItemIndex

_ALL = '["*"]'
"""The key of an item that stands for all instances of its block."""


class Unattached(Unknown, frozen=True):
    """Why nothing is known of what a companion belongs to: it does not say."""


class Targets:
    """Items by what one of their attributes names: one resource, or each of a list."""

    def __init__(
        self, known: ItemIndex, items: Iterable[Item], path: str, stand_ins: Mapping[str, Any], belong: bool, unsaid: str = ""
    ) -> None:
        """`stand_ins`: addresses that are named in place of what they stand for. `belong`: whether each item belongs to what it names, so
        that one that names nothing, which providers refuse, may belong to anything. `unsaid`: what is meant by one that names nothing.
        """
        self._known = known
        self.by_address: dict[str, list[Item]] = {}
        self.by_text: dict[str, list[Item]] = {}
        self.all: list[tuple[Item, list[Any]]] = []
        """Each with what it names, and what that stands for."""
        self.unclaimed: list[tuple[Item, Unknown]] = []
        """Those that may name anything, and why."""
        self.open_names: dict[int, set[str]] = {}
        """Items by identity to the names of what they name, of which no more is known."""
        self.named_by: dict[int, set[tuple[str, str]]] = {}
        """Why they may name anything, by identity, to the types and attributes of the references that lead there: the name of a resource is
        that of no other of its type, though it is not known."""
        self.given: dict[int, str] = {}
        """Why they may name anything, by identity, to the attribute that names it, where whoever deploys gives its value."""
        self._by_block: dict[str, list[tuple[Item, str]]] = {}
        """Items by the block of what they name, with its address: keys of instances left out."""
        self._claimed: dict[int, set[str]] = {}
        """Items by identity to the types of the resources that they name by reference."""
        for item in items:
            data = next((data for alternative in path.split("|") if (data := item.link(alternative).data) is not None), None)
            if data is None and unsaid:
                data = unsaid
            elif data is None and belong:
                data = Unattached(f"{item.address} has no {path.replace('|', ' or ')}", "say what it belongs to", item.location())
            for target in self._told_apart(item, path, data) if isinstance(data, list) else [data]:
                self._add(item, stand_ins.get(target.address, target) if isinstance(target, Reference) else target, path)

    def _told_apart(self, item: Item, path: str, targets: list[Any]) -> list[Any]:
        """Of several resources of which one is named (in a plan), those that have the text that is there, if any is known to have it."""
        text = next((data for alternative in path.split("|") if (data := item[alternative].data) is not None), None)
        if not isinstance(text, str):
            return targets
        named = [target for target in targets if isinstance(target, Reference) and self._text(target) == text]
        return named or targets

    def _text(self, target: Reference) -> Any:
        item = self._known.at(target.address)
        return item[target.attribute].data if item is not None and target.attribute else None

    def _add(self, item: Item, target: Any, path: str) -> None:
        if isinstance(target, Text) and isinstance(target.parts[0], Reference) and _qualified(target):
            target = target.parts[0]  # "${aws_lambda_function.f.arn}:*"
        chain = self._known.standing_for(target)
        if isinstance(target, Reference) and len(chain) == 1 and isinstance(text := item[path.partition("|")[0]].data, str):
            chain += [text] if text != target.address else []  # a plan has the text of much that it does not follow
        self.all.append((item, chain))
        passed: set[tuple[str, str]] = set()
        for step in chain:
            if isinstance(step, Reference):
                passed.add((step.type, step.attribute))
                self.by_address.setdefault(step.address, []).append(item)
                self._by_block.setdefault(without_keys(step.address), []).append((item, step.address))
                self._claimed.setdefault(id(item), set()).add(step.type)
                continue
            if name := spelled(step):
                self.by_text.setdefault(name, []).append(item)
            why = unknown_inside(step) if isinstance(step, Unknown) or not name else None
            if why is not None and not isinstance(step, Exported):
                if name:
                    self.open_names.setdefault(id(item), set()).add(name)
                reason = f"{item.address} may belong to it: {path} is not known ({why.reason})"
                self.unclaimed.append((item, Unknown(reason, why.settles_it, item.location())))
                self.named_by[id(self.unclaimed[-1][1])] = passed
                if isinstance(step, Given):
                    self.given[id(self.unclaimed[-1][1])] = written(item, path)

    def one_of(self, item: Item) -> Unknown | None:
        """Why something may name one of the instances that an item stands for, since their number is not known."""
        if item.template is None or _ALL not in item.address:
            return None
        named = self._by_block.get(without_keys(item.address), ())
        other = next((other for other, address in named if address != item.address and self._known.at(address) is None), None)
        if other is None:
            return None
        reason = f"{other.address} names one of {item.address}: {item.template.reason}"
        return Unknown(reason, item.template.settles_it, other.location())

    def naming(self, target: Any, by: Item) -> list[Item]:
        """Those that name what `target` names, which is declared elsewhere; where that has no name, what names it there alone.

        Two names that are not known for one reason may well be two: the elements of a parameter's list.
        """
        if not spelled(target):
            return [item for item, _ in self.all if item is by]
        if isinstance(target, Unknown):
            return [item for item, chain in self.all if chain[-1] == target]
        return [*self.by_address.get(spelled(target), ()), *self.by_text.get(spelled(target), ())]

    def called(self, item: Item, path: str) -> list[Item]:
        """Those that name what `item` has at a path: its own name, or something that it belongs to."""
        text = called(item, path)
        if text is None:
            return []
        # Another resource of this type may have the same name, in another region.
        by_text = [other for other in self.by_text.get(text, ()) if item.type not in self._claimed.get(id(other), ())]
        return [*self.by_address.get(text, ()), *by_text]


def written(item: Item, path: str) -> str:
    """Of alternatives, the first that is there."""
    return next((alternative for alternative in path.split("|") if item[alternative].data is not None), "")


def _qualified(text: Text) -> bool:
    """Whether what follows a reference names a part or a version of what it refers to, rather than making another name of it."""
    return len(text.parts) == 1 or (isinstance(text.parts[1], str) and text.parts[1].startswith((":", "/")))


def called(item: Item, path: str) -> str | None:
    """The address of the resource that an item names at a path, or the text there."""
    linked = item.link(path).data
    return spelled(linked if isinstance(linked, Reference) else item[path].data) or None


def spelled(target: Any) -> str:
    """What is named, as one text: an address, a text, or the name of an open value; empty where none is known."""
    if isinstance(target, Reference):
        return target.address
    if isinstance(target, Open):
        return OPEN + target.name if target.name else ""
    if isinstance(target, Text):
        # Parts that are not known and have no name may be anything: two texts of them are not one name.
        pieces = [
            f"${{{part}}}" if isinstance(part, Reference) else part if isinstance(part, str) else spelled(part) for part in target.parts
        ]
        return "".join(pieces) if all(pieces) else ""
    return target if isinstance(target, str) else ""


OPEN = "\0"
"""Before the name of a value that has no other text."""
