"""Resources of a plan as items. What the plan does not know is looked up in its configuration, and in the code beside it."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.override import override
from assay.scanner.sources.budget import OverBudget
from assay.scanner.sources.interface import Item, Node
from assay.scanner.sources.nodes import as_nodes, step
from assay.scanner.sources.raw import MAX_OPTIONS, Either, Location, Reference, Unknown, unknown_inside
from assay.scanner.sources.terraform import tags
from assay.scanner.sources.terraform.costs import TooMuch
from assay.scanner.sources.terraform.planned import AFTER_APPLY, PlanParts, own_key
from assay.scanner.sources.terraform.providers import LOGIN, ROLES
from assay.scanner.sources.values import Value, first_known, may_be_document

_DIGEST = lazy_re.pattern(r"[0-9a-f]{40}")
_MALFORMED = (KeyError, IndexError, TypeError, AttributeError, ValueError, RecursionError, OverBudget, TooMuch)


def _malformed(error: Exception) -> Unknown:
    if isinstance(error, (OverBudget, TooMuch)):
        return Unknown(f"what the plan refers to: {error}", "scan the code, or the live resource")
    reason = f"the plan is not as `terraform show -json` writes it ({type(error).__name__}: {error})"
    return Unknown(reason, "write it again with terraform show -json")


def _guarded(read: Callable[..., Value[Any]]) -> Callable[..., Value[Any]]:
    """Plans are read as they are asked for: what has another shape than it should is found only then."""

    @functools.wraps(read)
    def guarded(item: PlanItem, *arguments: Any) -> Value[Any]:
        try:
            return read(item, *arguments)
        except _MALFORMED as error:
            return Value(_malformed(error), (item.location(),))

    return guarded


class PlanItem(Item):
    """A resource that the plan says will exist."""

    __slots__ = ("_context", "_for_each", "address", "code", "plan", "root", "template", "type", "values")

    def __init__(self, plan: PlanParts, resource: dict[str, Any], code: Item | None) -> None:
        self.plan, self.values, self.code = plan, resource["values"], code
        self.type, self.address, self.root = resource["type"], resource["address"], plan.path
        if not isinstance(self.type, str) or not isinstance(self.address, str):
            raise TypeError("the type and the address of a resource are texts")
        self.template = resource.get("template")
        self._for_each: list[str] = []
        self._context: tuple[dict[str, Any] | None, list[Any], str] | None = None

    @_guarded
    def __getitem__(self, path: str) -> Value[Any]:
        data: Any = self.values
        for name in path.split("."):
            data = step(data, name)
        name = path.partition(".")[0]
        if isinstance(data, Unknown):
            data = None if data is AFTER_APPLY and self._left_out(path) else self._settled(path, data)
        elif path == "user_data" and isinstance(data, str) and _DIGEST.fullmatch(data):
            data = self._digested(path)
        if self.code is None:
            return Value.of(data, (self.location(),))
        in_code = self.code[name]
        value = Value.of(data, in_code.seen)
        if path == name and may_be_document(data):
            value.written = in_code.written
        return value

    def _digested(self, path: str) -> Any:
        """A text that the provider keeps as its digest alone, as it did with user data before version 6: as the configuration writes it."""
        written = (self._expressions()[0] or {}).get(path)
        constant = written.get("constant_value") if isinstance(written, dict) else None
        if isinstance(constant, str) or self.code is not None:
            return constant if isinstance(constant, str) or self.code is None else self.code[path].data
        return Unknown(f"the plan has a digest of {path} alone", AFTER_APPLY.settles_it, self.location())

    vague_links = True

    @override
    def given(self, path: str) -> Unknown | None:
        """By the variable of the root module that it leads to, where that has another value than its default."""
        try:
            expressions, calls, _ = self._expressions()
            name = self.plan.given(calls, _nearest_references(expressions, path.split(".")))
        except _MALFORMED as error:
            return _malformed(error)
        if not name:
            return None
        return Unknown(f"{path} was given to the plan by variable {name}", "scan the code, and the files of variables", self.location())

    def _left_out(self, path: str) -> bool:
        """Whether the configuration does not write an attribute that the plan calls unknown: the provider computes it.

        Dynamic blocks are not in the configuration either, but give elements with unknown parts instead of an unknown whole.
        """
        expressions = self._expressions()[0]
        names = [name for name in path.split(".") if not name.isdigit()]
        whole = self.values.get(names[0]) is AFTER_APPLY
        return expressions is not None and (whole or names[0] in expressions) and not _written(expressions, names)

    def _settled(self, path: str, unknown: Unknown) -> Any:
        """What is unknown in the plan, from the configuration or the code."""
        if unknown is not AFTER_APPLY:
            return unknown
        targets = self._targets(path)
        documents = [self.plan.document(target.address) for target in targets]
        if len(documents) == 1 and documents[0] is not None and not (self.code and unknown_inside(documents[0])):
            return documents[0]
        why = Unknown(f"{path} is {unknown.reason}", unknown.settles_it, self.location())
        if self.code and not re.search(r"\.\d", path):  # the order of blocks in a plan is not that of the code
            return self.code[path].data
        if not targets or path.endswith(("policy", "policy_data")):
            return why
        return targets[0] if len(targets) == 1 else Either(why.reason, why.settles_it, why.location, tuple(targets[:MAX_OPTIONS]))

    def _targets(self, path: str) -> list[Reference]:
        expressions, calls, prefix = self._expressions()
        references = _references(expressions, path.split("."))
        if any(reference.startswith("each.value") for reference in references):
            references = references + self._for_each
        return self.plan.targets(prefix, calls, references, own_key(self.address))

    def _expressions(self) -> tuple[dict[str, Any] | None, list[Any], str]:
        """What the configuration writes for this resource (None where it is not in it), the calls that lead to it, its address prefix."""
        if self._context is None:
            own, calls, prefix = self.plan.block(self.address)
            self._for_each = (own or {}).get("for_each_expression", {}).get("references", [])
            self._context = (own.get("expressions", {}) if own else None, calls, prefix)
        return self._context

    @override
    def blocks(self, path: str) -> tuple[list[Node], Unknown | None]:
        try:
            return self._blocks(path)
        except _MALFORMED as error:
            return [], _malformed(error)

    def _blocks(self, path: str) -> tuple[list[Node], Unknown | None]:
        first = path.partition(".")[0]
        if isinstance(self.values.get(first), Unknown):
            if self._left_out(first):
                return [], None
            return self.code.blocks(path) if self.code else ([], self.values[first])
        return PlanNode(self, "", self.values).blocks(path)

    @_guarded
    @override
    def link(self, path: str) -> Value[Any]:
        """What the whole of the attribute refers to in the configuration of the plan: a Reference, or a list of several."""
        targets = self._targets(path)
        if targets:
            return Value(targets[0] if len(targets) == 1 else targets, (self.location(),))
        return self[path]

    @override
    def location(self) -> Location:
        """The line in the code, where that was given, else the plan as a whole."""
        return self.code.location() if self.code else Location(self.plan.path)

    @property
    @override
    def tags(self) -> dict[str, str]:
        return tags.planned(self.values, self.type)

    @property
    @_guarded
    @override
    def region(self) -> Value[str]:
        """What it says itself, else what its provider is configured for."""
        own = first_known(self["region"], self["location"]) if self.type.startswith("google_") else self["region"]
        return own if not own.absent and own.unknown is None else self._provider("region")

    @property
    @_guarded
    @override
    def account(self) -> Value[str]:
        """On Google its project, else that of its provider; on AWS the one account that its provider allows."""
        if self.type.startswith("google_"):
            own = self["project"]
            return own if isinstance(own.data, str) else self._provider("project")
        allowed = self._arguments().get("allowed_account_ids", {}).get("constant_value")
        return Value(allowed[0] if isinstance(allowed, list) and len(allowed) == 1 else None, (Location(self.plan.path),))

    def same_account(self, other: Item) -> bool | None:
        """By the accounts that the provider configurations name, else by whether they log in alike."""
        known = isinstance(self.account.data, str) and isinstance(other.account.data, str)
        if known or not isinstance(other, PlanItem):
            return super().same_account(other)
        return True if _login(self._arguments()) == _login(other._arguments()) else None

    def _arguments(self) -> dict[str, Any]:
        """The expressions of the provider configuration that manages this resource."""
        key = (self.plan.block(self.address)[0] or {}).get("provider_config_key", "")
        provider = self.plan.providers.get(key) or self.plan.providers.get(key.rpartition(":")[2]) or {}
        expressions: dict[str, Any] = provider.get("expressions", {})
        return expressions

    def _provider(self, name: str) -> Value[str]:
        expression = self._arguments().get(name, {})
        data = expression.get("constant_value")
        if data is None and expression.get("references", [""])[0].startswith("var."):
            data = self.plan.variables
            for part in expression["references"][0].split(".")[1:]:
                data = step(data, part)
        return Value(data if isinstance(data, str) else None, (Location(self.plan.path),))

    @override
    def attributes(self) -> Value[dict[str, Any]]:
        return Value(self.values, (self.location(),))

    @override
    def coexists(self, other: Item) -> bool:
        return other.template is None


def _login(arguments: dict[str, Any]) -> dict[str, Any]:
    """What tells one login of a provider from another."""
    return {name: arguments[name] for name in (*LOGIN, *ROLES) if name in arguments}


def _written(expressions: Any, names: list[str]) -> bool:
    """Whether the configuration has something at a path, in any of several blocks."""
    if not names:
        return True
    if isinstance(expressions, list):
        return any(_written(block, names) for block in expressions)
    if not isinstance(expressions, dict):
        return True
    if "references" in expressions or "constant_value" in expressions:
        return True  # an expression for the whole: what is in it cannot be told
    return names[0] in expressions and _written(expressions[names[0]], names[1:])


def _references(expressions: Any, path: list[str]) -> list[str]:
    """The references at a path of the configuration. Of several blocks, those of all: their order is not that of the plan."""
    if not path:
        return list(expressions.get("references", [])) if isinstance(expressions, dict) else []
    if isinstance(expressions, list):
        rest = path[1:] if path[0].isdigit() else path
        return [reference for block in expressions for reference in _references(block, rest)]
    return _references(expressions.get(path[0]), path[1:]) if isinstance(expressions, dict) else []


def _nearest_references(expressions: Any, path: list[str]) -> list[str]:
    """The references at a path; of an element of a map, where the configuration has those of the whole alone, these."""
    ends = range(len(path), 0, -1)
    return next((references for end in ends if (references := _references(expressions, path[:end]))), [])


class PlanNode(Node):
    """A nested block of a planned resource; paths stay those of the resource, so that unknown values find their references."""

    __slots__ = ("data", "item", "path")

    def __init__(self, item: PlanItem, path: str, data: dict[str, Any]) -> None:
        self.item, self.path, self.data = item, path, data

    def __getitem__(self, path: str) -> Value[Any]:
        return self.item[f"{self.path}.{path}"]

    @override
    def blocks(self, path: str) -> tuple[list[Node], Unknown | None]:
        name, _, rest = path.partition(".")
        data = step(self.data, name)
        if isinstance(data, Unknown):
            return [], data
        elements = data if isinstance(data, list) else [] if data is None else [data]
        below = f"{self.path}.{name}" if self.path else name
        nodes: list[Node] = [
            PlanNode(self.item, f"{below}.{at}", element) for at, element in enumerate(elements) if isinstance(element, dict)
        ]
        more = as_nodes(data, self.location())[1]
        if not rest:
            return nodes, more
        inner: list[Node] = []
        for node in nodes:
            children, unknown = node.blocks(rest)
            inner, more = inner + children, more or unknown
        return inner, more

    @override
    def link(self, path: str) -> Value[Any]:
        """Of the whole resource, as a plan tells references of whole attributes."""
        return self.item.link(f"{self.path}.{path}")

    @override
    def location(self) -> Location:
        return self.item.location()
