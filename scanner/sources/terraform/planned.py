"""What a plan says, by address: values that will be, what refers to what, policies that a data block will give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.sources.budget import Budget
from assay.scanner.sources.raw import Document, Reference, Unknown
from assay.scanner.sources.sensitive import Sensitive
from assay.scanner.sources.terraform import equal_attributes, policy_documents
from assay.scanner.sources.terraform.providers import OF_PROVIDERS, provider_type

AFTER_APPLY = Unknown("known after apply", "scan the source beside the plan (--source DIR), or the live resource")
_MODULE = lazy_re.pattern(r"module\.((?:[^.\[]|\[[^\]]*\])+)\.")
_REFERENCE = lazy_re.pattern(r"((?:data\.)?[\w-]+\.[\w-]+)((?:\[[^\]]*\])?)\.?(.*)")


_STEP = lazy_re.pattern(r"[.\[]")
_MAX_REFERENCE = 2000
"""Characters."""
_SIZE = 100
"""Bytes of a Reference."""


def own_key(address: str) -> str:
    """The key of a resource instance with its brackets, empty where it has none."""
    return address[address.rfind("[") :] if address.endswith("]") else ""


def without_keys(address: str) -> str:
    """The address of the block of a resource instance: without the keys of `count` and `for_each`."""
    parts: list[str] = []
    at = 0
    while (start := address.find("[", at)) >= 0 and (end := address.find("]", start)) >= 0:
        parts.append(address[at:start])
        at = end + 1
    return "".join(parts) + address[at:]


class PlanParts:
    """The parts of a plan, by address."""

    def __init__(self, path: str, content: dict[str, Any], budget: Budget) -> None:
        """`budget`: what following references may cost, which lead through variables and outputs in any number."""
        self.path, self.budget = path, budget
        self.configuration = content.get("configuration", {}).get("root_module", {})
        self.providers = content.get("configuration", {}).get("provider_config", {})
        self.outputs = content["planned_values"].get("outputs") or {}
        self.variables = {name: entry.get("value") for name, entry in (content.get("variables") or {}).items()}
        self.sensitive = Sensitive()
        """What the plan marks as sensitive: it is there in plain text."""
        declared = self.configuration.get("variables") or {}
        for name, value in self.variables.items():
            self.sensitive.add(value) if (declared.get(name) or {}).get("sensitive") else self.sensitive.named(name, value)
        changes = [change for change in content.get("resource_changes") or [] if not change.get("deposed")]
        # A deposed object is what a replacement left behind; it has the address of the object that takes its place.
        self._changes = {change["address"]: change for change in changes}
        self._deferred = [(change, reason) for change, reason in _deferred(content) if change["address"] not in self._changes]
        self._planned = content["planned_values"].get("root_module", {})
        self._prior = (content.get("prior_state") or {}).get("values", {}).get("root_module", {})
        self._by_configuration: dict[str, list[str]] = {}
        self._by_key: dict[tuple[str, str], list[str]] = {}
        """Addresses by that of their block and their own key, with its brackets."""
        self._data: dict[str, dict[str, Any]] = {}
        self._blocks: dict[int, dict[str, dict[str, Any]]] = {}
        """Resources of the configuration of a module, by its identity, which `content` keeps."""
        for address, change in self._changes.items():
            if remains(change):
                self._enter(address)
                marked(change.get("change", {}).get("after"), change.get("change", {}).get("after_sensitive"), self.sensitive)
                marked(change.get("change", {}).get("before"), change.get("change", {}).get("before_sensitive"), self.sensitive)
                if change.get("mode") == "data":
                    self._data[address] = merge(change["change"].get("after"), change["change"].get("after_unknown"))
        for change, _ in self._deferred:
            self._enter(change["address"])
        for resource in _resources(self._prior):
            marked(resource.get("values"), resource.get("sensitive_values"), self.sensitive)
            if resource.get("mode") == "data":
                self._data.setdefault(resource["address"], resource.get("values") or {})
                self._enter(resource["address"])

    def _enter(self, address: str) -> None:
        block = without_keys(address)
        self._by_configuration.setdefault(block, []).append(address)
        self._by_key.setdefault((block, own_key(address)), []).append(address)

    def resources(self) -> Iterator[dict[str, Any]]:
        """Everything that will exist: address, type, and values with Unknown where they are not known."""
        for resource in _resources(self._planned):
            change = self._changes.get(resource["address"], {})
            if resource.get("mode") == "managed" and remains(change):
                marked(resource.get("values"), resource.get("sensitive_values"), self.sensitive)
                values = merge(resource.get("values"), change.get("change", {}).get("after_unknown"))
                yield {**resource, "values": values}
        for change, reason in self._deferred:
            after, unknown = change["change"].get("after"), change["change"].get("after_unknown")
            marked(after, change["change"].get("after_sensitive"), self.sensitive)
            yield {"type": change["type"], "address": change["address"], "values": merge(after, unknown), "template": reason}

    def provider_blocks(self) -> Iterator[dict[str, Any]]:
        """The configurations of providers, with the arguments that are written there as constants: others are not in a plan."""
        for provider in self.providers.values():
            written = provider.get("expressions") or {}
            values = {name: told["constant_value"] for name, told in written.items() if isinstance(told, dict) and "constant_value" in told}
            module, alias = provider.get("module_address"), provider.get("alias")
            address = ".".join(filter(None, (module, f"{OF_PROVIDERS}{provider['name']}", alias)))
            yield {"type": provider_type(provider["name"]), "address": address, "values": values}

    def module_configuration(self, address: str) -> tuple[dict[str, Any], list[tuple[dict[str, Any], dict[str, Any]]], str]:
        """The configuration of the module of a resource, the calls that lead to it, and its address prefix."""
        configuration, calls, prefix = self.configuration, [], ""
        at = 0
        while match := _MODULE.match(address, at):
            part, at = match[1], match.end()
            call = configuration.get("module_calls", {}).get(without_keys(part), {})
            calls.append((configuration, call))
            configuration = call.get("module", {})
            prefix += f"module.{part}."
        return configuration, calls, prefix

    def block(self, address: str) -> tuple[dict[str, Any] | None, list[Any], str]:
        """The configuration of a resource instance's block (None where it is not in it), the calls that lead to it, its address prefix."""
        configuration, calls, prefix = self.module_configuration(address)
        if id(configuration) not in self._blocks:
            listed = reversed(configuration.get("resources", []))
            self._blocks[id(configuration)] = {resource["address"]: resource for resource in listed}  # of several, the first
        return self._blocks[id(configuration)].get(without_keys(address[len(prefix) :])), calls, prefix

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
        targets: dict[Reference, None] = {}
        self.budget.step(1 + len(references))
        # `aws_kms_key.k.arn` is always listed with `aws_kms_key.k`; only the latter alone means the whole resource.
        whole = {other[: match.start()] for other in references if len(other) <= _MAX_REFERENCE for match in _STEP.finditer(other)}
        for reference in references:
            if reference in whole:
                continue
            first, _, rest = reference.partition(".")
            if first == "var" and calls:
                _, call = calls[-1]
                inner = (call.get("expressions", {}).get(rest.split(".")[0].split("[")[0]) or {}).get("references", [])
                outer_prefix = prefix.rstrip(".").rpartition("module.")[0]
                targets.update(dict.fromkeys(self.targets(outer_prefix, calls[:-1], inner, key)))
            elif first == "module" and "." in rest:
                targets.update(dict.fromkeys(self._through_output(prefix, calls, reference, key)))
            elif first not in ("var", "local", "each", "count", "path", "terraform", "module", "self"):
                targets.update(dict.fromkeys(self._instances(prefix, reference, key)))
        return list(targets)

    def given(self, calls: list[Any], references: list[str]) -> str:
        """The variable of the root module without a default, or with another value than that, that one of some references leads to."""
        for reference in references:
            self.budget.step()
            first, _, rest = reference.partition(".")
            name = _STEP.split(rest)[0]
            if first != "var" or not name:
                continue
            if calls:
                inner = (calls[-1][1].get("expressions", {}).get(name) or {}).get("references", [])
                if variable := self.given(calls[:-1], inner):
                    return variable
            elif (self.configuration.get("variables") or {}).get(name, {}).get("default") != self.variables.get(name):
                return name
        return ""

    def _through_output(self, prefix: str, calls: list[Any], reference: str, key: str) -> list[Reference]:
        name, _, output = reference.removeprefix("module.").partition(".")
        configuration = self.module_configuration(prefix + "x.y")[0]
        call = configuration.get("module_calls", {}).get(without_keys(name), {})
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
        type_ = match[1].rpartition(".")[0]
        attribute = equal_attributes.argument(type_, match[3])
        if match[2]:
            return [Reference(address, attribute)]
        same = [other for other in self._by_key.get((without_keys(address), key), ()) if key and other.startswith(prefix)]
        if len(same) == 1:
            return [Reference(same[0], attribute)]
        known = self._by_configuration.get(without_keys(address), [])
        self.budget.step(len(known))
        self.budget.made(_SIZE * len(known))
        local = [instance for instance in known if instance.startswith(prefix)] or known
        same = [instance for instance in local if key and instance.endswith(key)]
        return [Reference(instance, attribute) for instance in (same if len(same) == 1 else local)]


def remains(change: dict[str, Any]) -> bool:
    """Whether an object is still managed after a change.

    `forget` takes it out of the state (https://developer.hashicorp.com/terraform/language/block/removed); `planned_values` then go on
    listing its address, without values.
    """
    actions = change.get("change", {}).get("actions", [])
    return "create" in actions or not {"delete", "forget"} & set(actions)


def _deferred(content: dict[str, Any]) -> Iterator[tuple[dict[str, Any], Unknown | None]]:
    """Changes of resources that another plan will have, each with why it is not known how many of them there will be.

    https://developer.hashicorp.com/terraform/internals/json-format#plan-representation
    """
    listed = content.get("deferred_changes")
    for entry in listed if isinstance(listed, list) else ():
        change = entry.get("resource_change") if isinstance(entry, dict) else None
        if not isinstance(change, dict) or change.get("mode") != "managed" or "change" not in change or not remains(change):
            continue
        why = Unknown(f"how many of {change['address']} there are is left for later", "apply it and plan again")
        yield change, why if entry.get("reason") == "instance_count_unknown" else None


def _resources(module: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from module.get("resources", [])
    for child in module.get("child_modules", []):
        yield from _resources(child)


def merge(values: Any, unknown: Any) -> Any:
    """Values with Unknown in the places that are known after apply."""
    if unknown is True:
        return AFTER_APPLY
    if isinstance(values, dict) or isinstance(unknown, dict):
        pending = unknown if isinstance(unknown, dict) else {}
        values = values if isinstance(values, dict) else {}
        names = [*values, *[name for name in pending if name not in values]]
        return {name: merge(values.get(name), pending.get(name)) for name in names}
    if isinstance(values, list):
        at = range(max(len(values), len(unknown) if isinstance(unknown, list) else 0))
        return [merge(_nth(values, index), _nth(unknown, index)) for index in at]
    return values


def marked(values: Any, marks: Any, sensitive: Sensitive) -> None:
    """Take in the values that a tree of marks names: https://developer.hashicorp.com/terraform/internals/json-format#change-representation"""
    if marks is True:
        sensitive.add(values)
    elif isinstance(marks, dict) and isinstance(values, dict):
        for name, below in marks.items():
            marked(values.get(name), below, sensitive)
    elif isinstance(marks, list) and isinstance(values, list):
        for value, below in zip(values, marks, strict=False):
            marked(value, below, sensitive)


def _nth(elements: Any, at: int) -> Any:
    return elements[at] if isinstance(elements, list) and at < len(elements) else None


class _Values:
    """Plan values of a data block in the form that the document builders read."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values

    place = None
    """A plan has no places."""

    def raw(self, name: str, link: bool = False) -> Any:
        return self.values.get(name)

    def nested(self, name: str) -> tuple[list[Any], Unknown | None]:
        value = self.values.get(name)
        if isinstance(value, Unknown):
            return [], value
        elements = value or []
        more = next((element for element in elements if isinstance(element, Unknown)), None)
        return [_Values(element) for element in elements if isinstance(element, dict)], more
