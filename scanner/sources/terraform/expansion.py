"""Which instances a block has, by its `count`, `enabled` or `for_each`: those that certainly are, and one that stands for all others.

https://developer.hashicorp.com/terraform/language/meta-arguments/for_each
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from assay.scanner import lazy_re
from assay.scanner.sources.raw import AtLeast, Either, Open, Reference, Text, Unknown, at_least, because, either
from assay.scanner.sources.terraform import costs
from assay.scanner.sources.terraform.blocks import Block
from assay.scanner.sources.terraform.bodies import MAX_INSTANCES
from assay.scanner.sources.terraform.costs import TooMuch
from assay.scanner.sources.terraform.evaluate import evaluate
from assay.scanner.sources.terraform.operators import (
    FAILURES,
    EvaluationError,
    Set,
    finish,
    to_bool,
    to_text,
    to_whole,
    unsettled,
    why_unknown,
)

if TYPE_CHECKING:
    from assay.scanner.sources.terraform.modules import Module


class Instance:
    """One instance of a block with `count` or `for_each`.

    `unexpanded`: it stands for all instances of its block, whose number is not known; its key is then `*`. `template` says why it is not
    known that it exists, also where that is so of the module it is in. `open`: its key is not known as a whole; the place among such, and
    their number.
    """

    __slots__ = ("key", "names", "open", "template", "unexpanded")

    def __init__(
        self,
        key: Any,
        names: dict[str, Any],
        template: Unknown | None = None,
        unexpanded: bool = False,
        open_: tuple[int, int] | None = None,
    ) -> None:
        self.key, self.names, self.template, self.unexpanded, self.open = key, names, template, unexpanded, open_

    @property
    def suffix(self) -> str:
        """What follows the address of the resource: `[0]`, `["key"]`, or nothing."""
        if self.key is None:
            return ""
        return f"[{self.key}]" if isinstance(self.key, int) else f'["{self.key}"]'


class EachKey(Open, frozen=True):
    """`each.key` or `count.index` where one instance stands for all: it leads to the one that stands for all of another block."""


class RestKey(EachKey, frozen=True):
    """The same where one instance stands for all but those that are known: it leads to the one that stands for the rest of another."""


def one_of(stand_in: Instance, key: Any, single: bool) -> Instance:
    """The instance of a key among those that another stands for: itself, where the key is that of all or there is one at most."""
    if isinstance(key, EachKey) or single:
        return stand_in
    if unsettled(key):
        return Instance("?", stand_in.names, stand_in.template)
    each = {"key": key, "value": stand_in.names["each"]["value"]}
    return Instance(key, {"each": each, "count": {"index": key}}, stand_in.template)


def stand_in_of(instances: list[Instance]) -> Unknown | None:
    """Why there may be more than instances that are known, the last of which then stands for these."""
    return instances[-1].template if len(instances) > 1 and instances[-1].unexpanded else None


def is_single(block: Block, module: Module) -> bool:
    """Whether a block has one instance at most, though their number is not known: `count = var.create ? 1 : 0`."""
    count = block.expression("count")
    if count is None:
        return False
    try:
        raw = evaluate(count, module.scope(module.instance.names))
    except FAILURES:
        return False
    return isinstance(raw, Either) and all(option in (0, 1, "0", "1") for option in raw.options)


def expand(block: Block, module: Module) -> list[Instance]:
    """The instances of a block. Where their number is not known, those that certainly are, and one that stands for the rest."""
    count, for_each = block.expression("count"), block.expression("for_each")
    expression = for_each if count is None else count
    if expression is None:
        return _enabled(block, module)
    try:
        raw = evaluate(expression, module.scope(module.instance.names))
        instances, rest = _for_each(raw, module) if count is None else _counted(raw, module)
    except EvaluationError as error:
        instances, rest = [], Unknown(str(error), "correct the expression", block.location())
    return instances if rest is None else [*instances, unexpanded(rest, module, expression, RestKey if instances else EachKey)]


def _enabled(block: Block, module: Module) -> list[Instance]:
    """The one instance of a block without repetition, unless it is switched off."""
    expression = block.enabled
    if expression is None:
        return [Instance(None, {}, module.template)]
    try:
        enabled = to_bool(evaluate(expression, module.scope(module.instance.names)))
    except EvaluationError as error:
        enabled = Unknown(str(error), "correct the expression", block.location())
    if isinstance(enabled, Unknown):
        return [Instance(None, {}, because(enabled), unexpanded=True)]
    return [Instance(None, {}, module.template)] if enabled else []


def _counted(raw: Any, module: Module) -> tuple[list[Instance], Unknown | None]:
    """The instances by their number, and why there may be more."""
    rest = why_unknown(raw) if unsettled(raw) else None
    number = _least(raw) if rest else to_whole(raw)
    if number < 0:
        raise EvaluationError("count is negative")
    spend(module, number)
    return [Instance(at, {"count": {"index": at}}, module.template) for at in range(number)], rest


def _least(number: Any) -> int:
    """How many there are in any case, of a number that is not known."""
    if not isinstance(number, Either) or any(option is None or unsettled(option) for option in number.options):
        return 0
    return min(map(to_whole, number.options))


def _for_each(raw: Any, module: Module) -> tuple[list[Instance], Unknown | None]:
    """The instances of the elements that are known, and why there may be more."""
    elements = raw.elements() if hasattr(raw, "elements") else raw
    if elements is None:
        raise EvaluationError("for_each is null")
    known, rest = _known(elements)
    open_ = _open(elements)
    spend(module, len(known) + len(open_))
    instances = [Instance(key, {"each": {"key": key, "value": value}}, module.template) for key, value in known.items()]
    return [*instances, *_opened(open_, module)], None if open_ else rest


def _open(elements: Any) -> Sequence[tuple[Any, Any]]:
    """The elements whose keys are not known as a whole; each of a set is its own key."""
    if isinstance(elements, AtLeast):
        return elements.open
    return [(element, element) for element in elements if isinstance(element, (Text, Reference))] if isinstance(elements, Set) else ()


def _opened(elements: Sequence[tuple[Any, Any]], module: Module) -> Iterator[Instance]:
    """The instances of such elements, each with a key of its own, in which a part that is not known stands by its name."""
    met: dict[str, int] = {}
    for at, (key, value) in enumerate(elements):
        shown = shown_key(key)
        met[shown] = met.get(shown, 0) + 1
        number = f" ({met[shown]})" if met[shown] > 1 else ""
        yield Instance(f"{shown}{number}", {"each": {"key": key, "value": value}}, module.template, open_=(at, len(elements)))


def shown_key(key: Any) -> str:
    """A key that is not known as a whole: `${var.prefix}-orders`."""
    parts = key.parts if isinstance(key, Text) else (key,)
    shown = "".join(part if isinstance(part, str) else f"${{{_part_of_key(part)}}}" for part in parts)
    return _NO_KEY.sub("", shown)


def _part_of_key(part: Any) -> str:
    whole = finish(part)
    return str(whole) if isinstance(whole, Reference) else whole.name if isinstance(whole, Open) else "…"


_NO_KEY = lazy_re.pattern(r'["\[\]]')
"""What would end a key."""


def keyed(instances: Sequence[tuple[Instance, Any]], rest: Unknown | None) -> Any:
    """What instances stand for, each with what stands for it: a map by key. `rest`: why there may be more."""
    known = {instance.key: value for instance, value in instances if instance.open is None}
    open_ = tuple((instance.names["each"]["key"], value) for instance, value in instances if instance.open is not None)
    return at_least(known, rest or first_open([instance for instance, _ in instances]), () if rest else open_)


def first_open(instances: Iterable[Instance]) -> Unknown | None:
    """Why the key of an instance is not known, where there is such a one."""
    return next((why_unknown(one.names["each"]["key"]) for one in instances if one.open is not None), None)


def of_open_key(instances: Iterable[Instance], key: Any) -> Instance | None:
    """The instance with a key that is not known as a whole: that with the same, where each part of it has a name."""
    shown = shown_key(finish(key))
    return None if "…" in shown else next((one for one in instances if one.open is not None and one.key == shown), None)


def _known(elements: Any) -> tuple[dict[Any, Any], Unknown | None]:
    """Elements by their keys, as far as they are there in any case, and why there may be more."""
    if isinstance(elements, AtLeast):
        return _known(elements.content)[0], None if elements.open else elements.rest
    if isinstance(elements, Either):
        return _in_all(elements), why_unknown(elements)
    if unsettled(elements):
        return {}, why_unknown(elements)
    if isinstance(elements, list):
        told = (Text, Reference) if isinstance(elements, Set) else ()
        rest = next((why_unknown(element) for element in elements if unsettled(element) and not isinstance(element, told)), None)
        return {to_text(element): to_text(element) for element in elements if not unsettled(element)}, rest
    if not isinstance(elements, dict):
        raise EvaluationError(f"for_each is {finish(elements)!r:.60}")
    return elements, None


def _in_all(several: Either) -> dict[Any, Any]:
    """The elements whose keys are in each of several maps or sets, each with the one of its values."""
    first, *others = (_known(option)[0] if isinstance(option, (dict, list, AtLeast)) else {} for option in several.options)
    return {
        key: either(because(several), value, *(other[key] for other in others))
        for key, value in first.items()
        if all(key in other for other in others)
    }


def spend(module: Module, number: int) -> None:
    """Count instances that a root module makes. Raises TooMuch, OverBudget."""
    module.workspace.budget.step(number)
    module.workspace.budget.made(costs.RESOURCE * number)
    module.workspace.instances += number
    if module.workspace.instances > MAX_INSTANCES:
        raise TooMuch(f"more than {MAX_INSTANCES:,} instances")


def unexpanded(reason: Unknown, module: Module, expression: Any, key_of: type[EachKey] = EachKey) -> Instance:
    """The instance that stands for all. `expression` is the `count` or `for_each`: of a set, each element is its own key."""
    key = key_of(reason.reason, reason.settles_it, reason.location, f"each.key of {module.address}{expression!r}")
    value = key if module.gives_set(expression) else reason
    return Instance("*", {"each": {"key": key, "value": value}, "count": {"index": key}}, reason, unexpanded=True)


def linked_elements(block: Block, module: Module) -> Any:
    """The elements of `for_each` in which references to other resources stay references; None where there is none."""
    for_each = block.expression("for_each")
    if for_each is None:
        return None
    try:
        raw = evaluate(for_each, module.scope(module.instance.names, link=True))
    except FAILURES:
        return None
    elements = raw.elements() if hasattr(raw, "elements") else raw
    if isinstance(elements, AtLeast):
        open_ = {(at, len(elements.open)): value for at, (_, value) in enumerate(elements.open)}
        return {**elements.content, **open_} if open_ else elements.content
    return _in_all(elements) if isinstance(elements, Either) else elements
