"""Terraform plans: the JSON that `terraform show -json` writes (https://developer.hashicorp.com/terraform/internals/json-format).

`planned_values` say what will be, `resource_changes` which of it is not known yet, `configuration` what an unknown value refers to.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from assay.scanner.options import Options
from assay.scanner.sources.discover import show
from assay.scanner.sources.interface import EVERYTHING, Collection, Coverage, Gap, Item, Node, Source, Unread, Wanted
from assay.scanner.sources.nodes import as_nodes, step
from assay.scanner.sources.overlay import DISK, repository
from assay.scanner.sources.terraform import policy_documents
from assay.scanner.sources.values import (
    MAX_OPTIONS,
    SENSITIVE,
    Document,
    Either,
    Location,
    Reference,
    Unknown,
    Value,
    first_known,
    unknown_inside,
)

AFTER_APPLY = Unknown("known after apply", "scan the source beside the plan (--source DIR), or the live resource")
_KEYS = re.compile(r"\[[^\]]*\]")
_MODULE = re.compile(r"module\.((?:[^.\[]|\[[^\]]*\])+)\.")
_REFERENCE = re.compile(r"((?:data\.)?[\w-]+\.[\w-]+)((?:\[[^\]]*\])?)\.?(.*)")


MAX_BYTES = 500_000_000


def sources(paths: Sequence[str], named: set[str], options: Options) -> Iterator[Source]:
    """The plans among `paths`, each with the code that it was made from, where that was given."""
    for path in paths:
        try:
            if os.path.getsize(path) > MAX_BYTES:
                yield Unread(Gap(show(path), "parse_error", f"larger than {MAX_BYTES // 1_000_000} MB", "split the configuration"))
                continue
            with open(path, "rb") as opened:
                content = msgspec.json.decode(opened.read())
        except (OSError, ValueError, RecursionError) as error:
            yield Unread(Gap(show(path), "parse_error", f"not JSON: {error}", "write it with terraform show -json"))
            continue
        if is_plan(content):
            yield PlanSource(show(path), content, _code(content, options) if options.code else None)
        elif path in named:
            yield Unread(
                Gap(show(path), "unsupported", "JSON, but of no kind that can be scanned", "write the plan with terraform show -json")
            )


def _code(content: dict[str, Any], options: Options) -> Source:
    from assay.scanner.sources.terraform.hcl import TerraformSource

    given = content.get("variables")
    planned = {name: held.get("value") for name, held in given.items() if isinstance(held, dict)} if isinstance(given, dict) else {}
    assert options.code is not None
    overlay = options.overlay or DISK
    boundary = [repository(options.code, overlay) or options.code]
    return TerraformSource(
        [options.code],
        variables=options.variables,
        planned=planned,
        var_files=options.var_files,
        workspace=options.workspace,
        boundary=boundary,
        show=show,
        overlay=overlay,
    )


def is_plan(content: Any) -> bool:
    return isinstance(content, dict) and "format_version" in content and "planned_values" in content


class PlanSource(Source):
    """One plan. `code` gives the items of the source that it was made from, whose lines and structure the plan lacks."""

    input = "plan"

    def __init__(self, path: str, content: dict[str, Any], code: Source | None = None) -> None:
        self.path, self.content, self.code = path, content, code

    def collect(self, wanted: Wanted = EVERYTHING) -> Iterator[Collection]:
        coverage = Coverage()
        coverage.files.found = coverage.files.parsed = 1
        code: dict[str, Item] = {}
        for collection in self.code.collect(wanted) if self.code else ():
            code.update({item.address: item for item in collection.items})
            coverage.gaps += collection.coverage.gaps
        try:
            plan = Plan(self.path, self.content)
            items: list[Item] = [PlanItem(plan, each, code.get(each["address"])) for each in plan.resources()]
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            reason = f"the plan is not as `terraform show -json` writes it ({type(error).__name__}: {error})"
            coverage.gaps.append(Gap(self.path, "input_failed", reason, "write it again with terraform show -json"))
            items = []
        if self.content.get("errored"):
            coverage.gaps.append(
                Gap(self.path, "plan_errored", "terraform could not complete this plan", "correct the error and plan again")
            )
        yield Collection(self.path, items, coverage)


class Plan:
    """The parts of a plan, by address."""

    def __init__(self, path: str, content: dict[str, Any]) -> None:
        self.path = path
        self.configuration = content.get("configuration", {}).get("root_module", {})
        self.providers = content.get("configuration", {}).get("provider_config", {})
        self.variables = {name: held.get("value") for name, held in (content.get("variables") or {}).items()}
        self._changes = {change["address"]: change for change in content.get("resource_changes", [])}
        self._planned = content["planned_values"].get("root_module", {})
        self._prior = (content.get("prior_state") or {}).get("values", {}).get("root_module", {})
        self._by_configuration: dict[str, list[str]] = {}
        self._data: dict[str, dict[str, Any]] = {}
        for address, change in self._changes.items():
            if "delete" not in change["change"]["actions"] or "create" in change["change"]["actions"]:
                self._by_configuration.setdefault(_KEYS.sub("", address), []).append(address)
                if change.get("mode") == "data":
                    self._data[address] = merge(change["change"].get("after"), change["change"].get("after_unknown"), False)
        for each in _resources(self._prior):
            if each.get("mode") == "data":
                self._data.setdefault(each["address"], each.get("values") or {})
                self._by_configuration.setdefault(_KEYS.sub("", each["address"]), []).append(each["address"])

    def resources(self) -> Iterator[dict[str, Any]]:
        """Everything that will exist: address, type, and values with Unknown where they are not known."""
        for each in _resources(self._planned):
            if each.get("mode") == "managed":
                change = self._changes.get(each["address"], {}).get("change", {})
                values = merge(each.get("values"), change.get("after_unknown"), each.get("sensitive_values"))
                yield {**each, "values": values}

    def module_configuration(self, address: str) -> tuple[dict[str, Any], list[tuple[dict[str, Any], dict[str, Any]]], str]:
        """The configuration of the module of a resource, the calls that lead to it, and its address prefix."""
        configuration, calls, prefix = self.configuration, [], ""
        at = 0
        while match := _MODULE.match(address, at):
            part, at = match[1], match.end()
            call = configuration.get("module_calls", {}).get(_KEYS.sub("", part), {})
            calls.append((configuration, call))
            configuration = call.get("module", {})
            prefix += f"module.{part}."
        return configuration, calls, prefix

    def document(self, address: str) -> Any:
        """The policy that a data block will give, where its answer is not known yet."""
        data = self._data.get(address)
        build = policy_documents.BUILDERS.get(Reference(address).type)
        if data is None or build is None:
            return None
        known = data.get("json") or data.get("policy_data")
        return known if isinstance(known, str) else Document(build(_Values(data)))

    def targets(self, prefix: str, calls: list[Any], references: list[str], key: str) -> list[Reference]:
        """The resources that an expression's references lead to, through variables and module outputs."""
        found: dict[Reference, None] = {}
        # `aws_kms_key.k.arn` is always listed with `aws_kms_key.k`; only the latter alone means the whole resource.
        whole = {reference for reference in references if any(other.startswith((reference + ".", reference + "[")) for other in references)}
        for reference in references:
            if reference in whole:
                continue
            first, _, rest = reference.partition(".")
            if first == "var" and calls:
                _, call = calls[-1]
                inner = (call.get("expressions", {}).get(rest.split(".")[0].split("[")[0]) or {}).get("references", [])
                outer_prefix = prefix.rstrip(".").rpartition("module.")[0]
                found.update(dict.fromkeys(self.targets(outer_prefix, calls[:-1], inner, key)))
            elif first == "module" and "." in rest:
                found.update(dict.fromkeys(self._through_output(prefix, calls, reference, key)))
            elif first not in ("var", "local", "each", "count", "path", "terraform", "module", "self"):
                found.update(dict.fromkeys(self._instances(prefix, reference, key)))
        return list(found)

    def _through_output(self, prefix: str, calls: list[Any], reference: str, key: str) -> list[Reference]:
        name, _, output = reference.removeprefix("module.").partition(".")
        configuration = self.module_configuration(prefix + "x.y")[0]
        call = configuration.get("module_calls", {}).get(_KEYS.sub("", name), {})
        inner = (
            call.get("module", {})
            .get("outputs", {})
            .get(output.split(".")[0].split("[")[0], {})
            .get("expression", {})
            .get("references", [])
        )
        return self.targets(f"{prefix}module.{name}.", [*calls, (configuration, call)], inner, key)

    def _instances(self, prefix: str, reference: str, key: str) -> list[Reference]:
        """`aws_kms_key.k.arn` as instances: the one with the same key as the reader, else all of them."""
        match = _REFERENCE.match(reference)
        if not match:
            return []
        address = prefix + match[1] + match[2]
        if match[2]:
            return [Reference(address, match[3])]
        known = self._by_configuration.get(_KEYS.sub("", address), [])
        local = [each for each in known if each.startswith(prefix)] or known
        same = [each for each in local if key and each.endswith(key)]
        return [Reference(each, match[3]) for each in (same if len(same) == 1 else local)]


def _resources(module: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from module.get("resources", [])
    for child in module.get("child_modules", []):
        yield from _resources(child)


def merge(values: Any, unknown: Any, sensitive: Any) -> Any:
    """Values with Unknown in the places that are known after apply or sensitive."""
    if unknown is True:
        return AFTER_APPLY
    if sensitive is True and values is not None:
        return SENSITIVE
    if isinstance(values, dict) or isinstance(unknown, dict):
        held, hidden = unknown if isinstance(unknown, dict) else {}, sensitive if isinstance(sensitive, dict) else {}
        values = values if isinstance(values, dict) else {}
        names = [*values, *[name for name in held if name not in values]]
        return {name: merge(values.get(name), held.get(name), hidden.get(name)) for name in names}
    if isinstance(values, list):
        at = range(max(len(values), len(unknown) if isinstance(unknown, list) else 0))
        return [merge(_nth(values, each), _nth(unknown, each), _nth(sensitive, each)) for each in at]
    return values


def _nth(elements: Any, at: int) -> Any:
    return elements[at] if isinstance(elements, list) and at < len(elements) else None


class _Values:
    """Plan values of a data block in the form that the document builders read."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values

    def raw(self, name: str, link: bool = False) -> Any:
        return self.values.get(name)

    def nested(self, name: str) -> tuple[list[Any], Unknown | None]:
        held = self.values.get(name)
        if isinstance(held, Unknown):
            return [], held
        elements = held or []
        more = next((each for each in elements if isinstance(each, Unknown)), None)
        return [_Values(each) for each in elements if isinstance(each, dict)], more


_MALFORMED = (KeyError, IndexError, TypeError, AttributeError, ValueError, RecursionError)


def _malformed(error: Exception) -> Unknown:
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

    def __init__(self, plan: Plan, resource: dict[str, Any], code: Item | None) -> None:
        self.plan, self.values, self.code = plan, resource["values"], code
        self.type, self.address, self.root = resource["type"], resource["address"], plan.path
        if not isinstance(self.type, str) or not isinstance(self.address, str):
            raise TypeError("the type and the address of a resource are texts")
        self.template = None
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
        seen = self.code[name].seen if self.code else (self.location(),)
        return Value(data, seen)

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
        key = self.address[self.address.rfind("[") :] if self.address.endswith("]") else ""
        return self.plan.targets(prefix, calls, references, key)

    def _expressions(self) -> tuple[dict[str, Any] | None, list[Any], str]:
        """What the configuration writes for this resource (None where it is not in it), the calls that lead to it, its address prefix."""
        if self._context is None:
            configuration, calls, prefix = self.plan.module_configuration(self.address)
            local = _KEYS.sub("", self.address[len(prefix) :])
            own = next((each for each in configuration.get("resources", []) if each["address"] == local), None)
            self._for_each = (own or {}).get("for_each_expression", {}).get("references", [])
            self._context = (own.get("expressions", {}) if own else None, calls, prefix)
        return self._context

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
    def link(self, path: str) -> Value[Any]:
        targets = self._targets(path)
        if targets:
            return Value(targets[0] if len(targets) == 1 else targets, (self.location(),))
        return self[path]

    def location(self) -> Location:
        return self.code.location() if self.code else Location(self.plan.path)

    def document_place(self, path: str, inside: tuple[str | int, ...] = ()) -> Location:
        return self.code.document_place(path, inside) if self.code else self.location()

    @property
    @_guarded
    def region(self) -> Value[str]:
        own = first_known(self["region"], self["location"]) if self.type.startswith("google_") else self["region"]
        return own if not own.absent and own.unknown is None else self._provider("region")

    @property
    @_guarded
    def account(self) -> Value[str]:
        return self._provider("project") if self.type.startswith("google_") else Value(None)

    def _provider(self, name: str) -> Value[str]:
        configuration, _, prefix = self.plan.module_configuration(self.address)
        local = _KEYS.sub("", self.address[len(prefix) :])
        own: dict[str, Any] = next((each for each in configuration.get("resources", []) if each["address"] == local), {})
        key = own.get("provider_config_key", "")
        provider = self.plan.providers.get(key) or self.plan.providers.get(key.rpartition(":")[2]) or {}
        held = provider.get("expressions", {}).get(name, {})
        data = held.get("constant_value")
        if data is None and held.get("references", [""])[0].startswith("var."):
            data = self.plan.variables
            for part in held["references"][0].split(".")[1:]:
                data = step(data, part)
        return Value(data if isinstance(data, str) else None, (Location(self.plan.path),))

    def attributes(self) -> Value[dict[str, Any]]:
        return Value(self.values, (self.location(),))

    def coexists(self, other: Item) -> bool:
        return other.template is None


def _written(expressions: Any, names: list[str]) -> bool:
    """Whether the configuration has something at a path, in any of several blocks."""
    if not names:
        return True
    if isinstance(expressions, list):
        return any(_written(each, names) for each in expressions)
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
        return [found for each in expressions for found in _references(each, rest)]
    return _references(expressions.get(path[0]), path[1:]) if isinstance(expressions, dict) else []


class PlanNode(Node):
    """A nested block of a planned resource; paths stay those of the resource, so that unknown values find their references."""

    __slots__ = ("data", "item", "path")

    def __init__(self, item: PlanItem, path: str, data: dict[str, Any]) -> None:
        self.item, self.path, self.data = item, path, data

    def __getitem__(self, path: str) -> Value[Any]:
        return self.item[f"{self.path}.{path}"]

    def blocks(self, path: str) -> tuple[list[Node], Unknown | None]:
        name, _, rest = path.partition(".")
        held = step(self.data, name)
        if isinstance(held, Unknown):
            return [], held
        elements = held if isinstance(held, list) else [] if held is None else [held]
        below = f"{self.path}.{name}" if self.path else name
        nodes: list[Node] = [PlanNode(self.item, f"{below}.{at}", each) for at, each in enumerate(elements) if isinstance(each, dict)]
        more = as_nodes(held, self.location())[1]
        if not rest:
            return nodes, more
        inner: list[Node] = []
        for node in nodes:
            found, unknown = node.blocks(rest)
            inner, more = inner + found, more or unknown
        return inner, more

    def link(self, path: str) -> Value[Any]:
        return self.item.link(f"{self.path}.{path}")

    def location(self) -> Location:
        return self.item.location()
