"""What the first names of an expression stand for: `var`, `local`, `path`, `module.m`. For resources: instances.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from assay.scanner.override import override
from assay.scanner.sources.raw import Unknown, at_least
from assay.scanner.sources.terraform.expansion import RestKey, first_open, keyed, of_open_key, stand_in_of
from assay.scanner.sources.terraform.operators import EvaluationError, Namespace, to_text, unsettled, why_unknown

if TYPE_CHECKING:
    from assay.scanner.sources.terraform.modules import Module


class Lookup(Namespace):
    """A namespace whose attributes are found by a function: `var`, `local`, `path`."""

    __slots__ = ("name", "resolve")

    def __init__(self, resolve: Callable[[str], Any], name: str = "it") -> None:
        self.resolve, self.name = resolve, name

    @override
    def attribute(self, name: str) -> Any:
        return self.resolve(name)

    @override
    def index(self, key: Any) -> Any:
        return why_unknown(key) if unsettled(key) else self.resolve(to_text(key))

    @override
    def elements(self) -> Any:
        """Unknown: such a name is no value as a whole."""
        return Unknown(f"{self.name} as a whole is not a value", "name an attribute of it, or correct the expression")

    finish = elements


class Calls(Namespace):
    """What `module.m` stands for in an expression."""

    __slots__ = ("called", "link", "name")

    def __init__(self, name: str, called: list[Module] | Unknown, link: bool) -> None:
        """`called`: the module instances, or why the code is not at hand."""
        self.name, self.called, self.link = name, called, link

    @override
    def attribute(self, name: str) -> Any:
        """The output of the one instance; where there are several, an instance by its key."""
        if isinstance(self.called, Unknown):
            return self.called
        if len(self.called) == 1 and (self.called[0].instance.key is None or self.called[0].instance.unexpanded):
            return self.called[0].output(name, self.link)
        return self.index(name)

    @override
    def index(self, key: Any) -> Any:
        """Raises EvaluationError where there is no such instance."""
        if isinstance(self.called, Unknown):
            return self.called
        if len(self.called) == 1 and self.called[0].instance.unexpanded:
            return OneCall(self.name, self.called[0].one_of(key), self.link)
        rest = stand_in_of([module.instance for module in self.called])
        if rest is not None and isinstance(key, RestKey):
            return OneCall(self.name, self.called[-1], self.link)
        if unsettled(key):
            same = of_open_key((module.instance for module in self.called), key)
            one = next((module for module in self.called if module.instance is same), None)
            return why_unknown(key) if one is None else OneCall(self.name, one, self.link)
        for module in self.called:
            if module.instance.key is not None and module.instance.open is None and to_text(module.instance.key) == to_text(key):
                return OneCall(self.name, module, self.link)
        if rest is not None:
            return OneCall(self.name, self.called[-1].one_of(key), self.link)
        if (open_ := first_open(module.instance for module in self.called)) is not None:
            return open_
        raise EvaluationError(f'module.{self.name} has no instance "{key}"')

    @override
    def elements(self) -> Any:
        if isinstance(self.called, Unknown):
            return self.called
        if len(self.called) == 1 and self.called[0].instance.unexpanded:
            return [OneCall(self.name, self.called[0], self.link)] if self.link else self.called[0].template
        rest = None if self.link else stand_in_of([module.instance for module in self.called])
        called = self.called if rest is None else self.called[:-1]
        wrapped = [(module.instance, OneCall(self.name, module, self.link)) for module in called]
        if any(isinstance(instance.key, str) for instance, _ in wrapped):
            return keyed(wrapped, rest)
        return at_least([call for _, call in wrapped], rest)

    @override
    def finish(self) -> Any:
        """Unknown: a module is no data."""
        return Unknown(f"module.{self.name} as a whole is not evaluated", "name the output")


class OneCall(Calls):
    """One instance of a module: `module.m["x"]`. Its outputs are read directly."""

    __slots__ = ("module",)

    def __init__(self, name: str, module: Module, link: bool) -> None:
        super().__init__(name, [module], link)
        self.module = module

    @override
    def attribute(self, name: str) -> Any:
        return self.module.output(name, self.link)

    @override
    def index(self, key: Any) -> Any:
        return why_unknown(key) if unsettled(key) else self.attribute(to_text(key))

    @override
    def elements(self) -> Any:
        return [self]
