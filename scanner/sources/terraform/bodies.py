"""A block in a scope: its attributes evaluated, its nested blocks with `dynamic` ones unfolded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from assay.scanner.override import override
from assay.scanner.sources import numbers
from assay.scanner.sources.raw import AtLeast, Either, Location, Unknown
from assay.scanner.sources.terraform import costs, tree
from assay.scanner.sources.terraform.blocks import Block
from assay.scanner.sources.terraform.evaluate import Scope, evaluate
from assay.scanner.sources.terraform.operators import FAILURES, Namespace, finish, pairs_of, to_text, unsettled, why_unknown, words
from assay.scanner.sources.values import Value

MAX_INSTANCES = 20_000


class Body:
    """The attributes and nested blocks of a block in a scope, unfolded. `owner` tells it from the same block of other resources."""

    __slots__ = ("_unfolded", "_values", "block", "kept", "owner", "scope")

    def __init__(self, block: Block, scope: Scope, owner: str = "") -> None:
        self.block, self.scope, self.owner = block, scope, owner
        self.kept: dict[tuple[str, bool], Value[Any]] = {}
        """What paths of attributes gave until now: readers of several kinds ask for the same."""
        self._values: dict[tuple[str, bool], Any] = {}
        self._unfolded: dict[Block, Unfolded] = {}

    @property
    def place(self) -> Callable[[], Location]:
        """Gives where the block is written."""
        return self.block.location

    def raw(self, name: str, link: bool = False) -> Any:
        """The value of an attribute, None where it is not written."""
        try:
            return costs.asked(self._evaluated(name, link), self.scope.budget)
        except FAILURES as error:
            return self._failed(name, error)

    def told(self, name: str) -> Any:
        """The same of an attribute that no fact is made of, which costs less."""
        return self._evaluated(name, False)

    def _evaluated(self, name: str, link: bool) -> Any:
        key = name, link or self.scope.link
        if key not in self._values:
            expression = self.block.expression(name)
            if expression is None:
                return None
            try:
                raw = costs.limited(evaluate(expression, self.scope.linking() if link else self.scope), self.scope.budget)
                self._values[key] = costs.limited(finish(raw), self.scope.budget)
            except FAILURES as error:
                self._values[key] = self._failed(name, error)
        return self._values[key]

    def _failed(self, name: str, error: Exception) -> Unknown:
        reason = f"{name} could not be evaluated: {words(error)}"
        return Unknown(reason, "correct the expression or scan the plan", self.block.location(name))

    def nested(self, name: str) -> tuple[list[Body], Unknown | None]:
        """The nested blocks of a type in order, and why there may be others."""
        return self._gathered(name, self._unfold)

    def numbered(self, name: str) -> tuple[list[Body], Unknown | None]:
        """The same for a resource that is read with each number of the blocks that nobody tells (numbers.py)."""
        return self._gathered(name, self._unfold_in_turn)

    def _gathered(self, name: str, unfold: Callable[[Block], Unfolded]) -> tuple[list[Body], Unknown | None]:
        bodies: list[Body] = []
        more: Unknown | None = None
        for block in self.block.nested(name):
            unfolded, others = unfold(block)
            bodies += unfolded
            more = more or others
        return bodies, more

    def _unfold(self, block: Block) -> Unfolded:
        if block not in self._unfolded:
            self._unfolded[block] = self._repeated(block) if block.type == "dynamic" else ([Body(block, self.scope, self.owner)], None)
        return self._unfolded[block]

    def _repeated(self, block: Block) -> Unfolded:
        if _content(block) is None:
            return [], Unknown(f"the dynamic {block.labels[0]} block has no content", "correct the block", block.location())
        for_each = block.expression("for_each")
        if for_each is None:
            return [], Unknown(f"the dynamic {block.labels[0]} block has no for_each", "correct the block", block.location())
        place = block.location("for_each")
        try:
            elements = self._elements(for_each)
        except FAILURES as error:
            return [], Unknown(f"for_each could not be evaluated: {words(error)}", "correct the expression", place)
        rest: Unknown | None = None
        if unsettled(elements) and not (isinstance(elements, AtLeast) and elements.open):
            reason = why_unknown(elements)
            rest = Unknown(f"how many {block.labels[0]} blocks there are: {reason.reason}", reason.settles_it, place)
            if not isinstance(elements, AtLeast):
                return [], rest
        pairs = pairs_of(elements)
        if pairs is None:
            return [], Unknown(f"for_each is {elements!r:.60}", "correct the expression", place)
        if len(pairs) > MAX_INSTANCES:
            return [], Unknown(f"there are more than {MAX_INSTANCES:,} {block.labels[0]} blocks", "scan the plan", place)
        return self._bodies(block, pairs), rest

    def _elements(self, for_each: Any) -> Any:
        """What a block is repeated for. Raises FAILURES."""
        raw = evaluate(for_each, self.scope)
        elements = raw.elements() if hasattr(raw, "elements") else raw
        costs.copy(elements, self.scope.budget)
        self.scope.budget.made(costs.BODY * len(elements) if isinstance(elements, (list, dict)) else 0)
        return elements

    def _unfold_in_turn(self, block: Block) -> Unfolded:
        unfolded, more = self._unfold(block)
        key = block.location(), self.owner
        if more is not None and numbers.is_chosen(key) and (choices := self._choices(block)):
            return self._bodies(block, choices[numbers.choice(key, len(choices))]), None
        return unfolded, more

    def _choices(self, block: Block) -> list[list[tuple[Any, Any]]]:
        """What a block may be repeated for where that is open: the keys and values of each case; nothing where it is not open."""
        for_each = block.expression("for_each")
        try:
            elements = None if for_each is None or _content(block) is None else self._elements(for_each)
        except FAILURES:
            return []
        if not unsettled(elements) or (isinstance(elements, AtLeast) and elements.open):
            return []
        if isinstance(elements, Either):
            pairs = [pairs_of(option) for option in elements.options]
            if all(known is not None and len(known) <= MAX_INSTANCES for known in pairs):
                return [known for known in pairs if known is not None]
        known = pairs_of(elements) if isinstance(elements, AtLeast) else None
        one = (why_unknown(elements), why_unknown(elements))
        return [[*(known or []), *more] for more in ([], [one], [one, one])]

    def _bodies(self, block: Block, pairs: list[tuple[Any, Any]]) -> list[Body]:
        """A dynamic block repeated for some keys and values."""
        content = _content(block)
        assert content is not None
        iterator = block.expression("iterator")
        if isinstance(iterator, tree.Literal):  # in JSON names are texts
            iterator = tree.Name(str(iterator.value))
        name = iterator.name if isinstance(iterator, tree.Name) else block.labels[0]
        return [
            Body(content, self.scope.with_names({name: {"key": key, "value": value}}), f"{self.owner}.{name}[{at}]")
            for at, (key, value) in enumerate(pairs)
        ]


Unfolded: TypeAlias = tuple[list[Body], Unknown | None]
"""What the blocks of one in the code are, and why there may be others."""


def _content(block: Block) -> Block | None:
    return next((inner for inner in block.blocks if inner.type == "content"), None)


class Nested(Namespace):
    """A nested block as another block reads it through a reference: `aws_instance.i.root_block_device[0]`."""

    __slots__ = ("address", "body")

    def __init__(self, address: str, body: Body) -> None:
        self.address, self.body = address, body

    def attribute(self, name: str) -> Any:
        """What is written; what is not, the provider may set."""
        if name in self.body.block.arguments:
            return self.body.raw(name)
        inner = through_reference(self.body, name, self.address)
        return _left(f"{self.address}.{name}", self.body) if inner is None else inner

    @override
    def index(self, key: Any) -> Any:
        """An attribute by its name in brackets."""
        return why_unknown(key) if unsettled(key) else self.attribute(to_text(key))

    @override
    def elements(self) -> Any:
        return _left(self.address, self.body)

    @override
    def finish(self) -> Any:
        return contents(self.body)


def through_reference(body: Body, name: str, address: str) -> Any:
    """The nested blocks of a type as a reference gives them, None where there is none of them."""
    bodies, more = body.nested(name)
    return more or [Nested(f"{address}.{name}", inner) for inner in bodies] or None


def _left(address: str, body: Body) -> Unknown:
    return Unknown(f"{address} is decided by the provider", "scan the plan or the live resource", body.block.location())


_META = ("count", "for_each", "provider", "depends_on")


def contents(body: Body) -> dict[str, Any]:
    """All attributes of a block and of the blocks inside; a block type is a list, as in the provider's schema."""
    built: dict[str, Any] = {name: body.raw(name) for name in body.block.arguments if name not in _META}
    types = [block.labels[0] if block.type == "dynamic" and block.labels else block.type for block in body.block.blocks]
    for type_ in dict.fromkeys(types):
        bodies, more = body.nested(type_)
        built[type_] = [contents(inner) for inner in bodies] + ([more] if more else [])
    return built
