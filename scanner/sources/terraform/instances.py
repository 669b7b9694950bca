"""Resource and data blocks with their instances, and what references to them give."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from assay.scanner.override import override
from assay.scanner.sources.marks import tags_of
from assay.scanner.sources.raw import Reference, Unknown, at_least, document
from assay.scanner.sources.terraform import computed, costs, equal_attributes, policy_documents, remote_state, tags
from assay.scanner.sources.terraform.blocks import Block
from assay.scanner.sources.terraform.bodies import Body, through_reference
from assay.scanner.sources.terraform.configurations import Configuration, answer, service_name
from assay.scanner.sources.terraform.evaluate import Scope, evaluate
from assay.scanner.sources.terraform.expansion import (
    Instance,
    RestKey,
    expand,
    first_open,
    is_single,
    keyed,
    linked_elements,
    of_open_key,
    one_of,
    stand_in_of,
    unexpanded,
)
from assay.scanner.sources.terraform.named import OneCall
from assay.scanner.sources.terraform.operators import (
    FAILURES,
    EvaluationError,
    Namespace,
    brief,
    finish,
    to_text,
    unsettled,
    why_unknown,
)
from assay.scanner.sources.terraform.provided import IDENTITY, is_identity
from assay.scanner.sources.terraform.providers import provider_key

if TYPE_CHECKING:
    from assay.scanner.sources.terraform.modules import Module


def linked_names(instance: Instance, linked: Any) -> dict[str, Any]:
    """What `each` and `count` mean in an instance, by the `linked_elements` of its block."""
    names = instance.names
    key = instance.key if instance.open is None else instance.open
    if isinstance(linked, dict) and key in linked:
        return {**names, "each": {"key": names["each"]["key"] if instance.open else key, "value": linked[key]}}
    if isinstance(linked, list) and len(linked) == 1 and instance.unexpanded and isinstance(linked[0], (OneInstance, OneCall)):
        return {**names, "each": {"key": names["each"]["key"], "value": linked[0]}}
    return names


class ResourceBlock:
    """A resource or data block in one module."""

    __slots__ = ("_by_key", "_instances", "_memo", "block", "module")

    def __init__(self, module: Module, block: Block) -> None:
        self.module, self.block = module, block
        self._instances: list[Instance] | None = None
        self._by_key: dict[str, Instance] | None = None
        self._memo: dict[tuple[Any, str, bool], Any] = {}

    @property
    def address(self) -> str:
        """The absolute address, of all its instances: `module.a.data.aws_vpc.v`."""
        prefix = "data." if self.block.type == "data" else ""
        return f"{self.module.address}{prefix}{'.'.join(self.block.labels)}"

    @property
    def type(self) -> str:
        """The type; of a data source it begins with `data.`."""
        return ("data." if self.block.type == "data" else "") + self.block.labels[0]

    @property
    def instances(self) -> list[Instance]:
        """Its instances; one that stands for any number where it is not known how many there are."""
        if self._instances is None:
            self._instances = [unexpanded(Unknown(f"{self.address} refers to itself", "break the cycle"), self.module, self.address)]
            self._instances = expand(self.block, self.module)
        return self._instances

    @property
    def by_key(self) -> dict[str, Instance]:
        """The instances by the texts of their keys."""
        if self._by_key is None:
            keyed = (instance for instance in reversed(self.instances) if instance.key is not None and instance.open is None)
            self._by_key = {to_text(instance.key): instance for instance in keyed}
        return self._by_key

    def scope(self, instance: Instance, link: bool = False) -> Scope:
        """What the expressions of an instance are evaluated in."""
        return self.module.scope(linked_names(instance, self._linked()) if link else instance.names, link)

    def _linked(self) -> Any:
        if ("", "", True) not in self._memo:
            self._memo["", "", True] = linked_elements(self.block, self.module)
        return self._memo["", "", True]

    def attribute(self, instance: Instance, name: str, link: bool) -> Any:
        """An attribute of an instance as another block reads it."""
        address = self.address + instance.suffix
        name = equal_attributes.argument(self.type, name)
        if self.block.type == "data" and name in ("json", "minified_json", "policy_data"):
            return self._document(instance, address, name)
        if self.block.type == "data" and (told := self._made(instance, address, name)) is not None:
            return told
        if name == "outputs" and self.type == f"data.{remote_state.TYPE}":
            told = remote_state.outputs(self, instance, address, link)
            if told is not None:
                return told
        if link:
            return Reference(address, name)
        if (expression := self.block.expression(name)) is None:
            return self._computed(instance, address, name)
        key = (instance.key, name, link)
        if key not in self._memo:
            self._memo[key] = Unknown(f"{address}.{name} refers to itself", "break the cycle")
            self._memo[key] = costs.limited(evaluate(expression, self.scope(instance)), self.module.workspace.budget)
            if (self.type, name) in _SECRET_ARGUMENTS:
                self.module.workspace.sensitive.add(self._memo[key])
            self.module.workspace.sensitive.named(name, self._memo[key])
        if self._memo[key] is None and (self.block.type == "data" or name in IDENTITY):  # as if it were not written
            return self._computed(instance, address, name)
        return self._memo[key]

    @property
    def configuration(self) -> Configuration | None:
        """The provider configuration that manages it, None where there is none in the code."""
        key = provider_key(self.block.expression("provider")) or (self.block.labels[0].partition("_")[0],)
        return self.module.configuration(*key)

    @property
    def default_tags(self) -> dict[str, str]:
        """What its provider adds to the tags of its instances, as far as that is known. Evaluated once for each provider block."""
        configuration, workspace = self.configuration, self.module.workspace
        if configuration is None:
            return {}
        key = (configuration.block, configuration.module.address)
        if key not in workspace.default_tags:
            try:
                workspace.default_tags[key] = tags_of(costs.limited(tags.added_by(configuration), workspace.budget))
            except FAILURES:
                workspace.default_tags[key] = {}
        return workspace.default_tags[key]

    def _computed(self, instance: Instance, address: str, name: str) -> Any:
        if self.block.type == "data" and (configuration := self.configuration) is not None:
            usual = self.module.configuration(self.block.labels[0].partition("_")[0])
            told = answer(self.block.labels[0], name, configuration, usual, self.block.location())
            if told is not None:
                return told
        if (self.type, name) == ("data.aws_vpc_endpoint_service", "service_name"):
            told = service_name(Body(self.block, self.scope(instance)).raw("service"), self.configuration)
            if told is not None:
                return told
        nested = through_reference(Body(self.block, self.scope(instance)), name, address)
        if nested is not None:
            return nested
        if self.block.type == "data" or is_identity(self.type, name):
            return Reference(address, name)
        return Unknown(f"{address}.{name} is decided by the provider", "scan the plan or the live resource", self.block.location())

    def _made(self, instance: Instance, address: str, name: str) -> Any:
        """What code and files give, None where they do not."""
        build = computed.ATTRIBUTES.get((self.block.labels[0], name))
        if build is None:
            return None
        functions, budget = self.module.functions, self.module.workspace.budget
        return self._once(instance, address, name, lambda body: costs.limited(build(body, functions), budget))

    def _document(self, instance: Instance, address: str, name: str) -> Any:
        build = policy_documents.BUILDERS.get(self.block.labels[0])
        if build is None:
            return Reference(address, name)
        budget = self.module.workspace.budget
        return self._once(instance, address, name, lambda body: document(costs.limited(build(body), budget)))

    def _once(self, instance: Instance, address: str, name: str, build: Callable[[Body], Any]) -> Any:
        key = (instance.key, name, False)
        if key not in self._memo:
            self._memo[key] = Unknown(f"{address} refers to itself", "break the cycle")
            self._memo[key] = build(Body(self.block, self.scope(instance)))
        return self._memo[key]


_SECRET_ARGUMENTS = frozenset(
    {
        ("aws_ssm_parameter", "value"),
        ("aws_secretsmanager_secret_version", "secret_string"),
        ("aws_secretsmanager_secret_version", "secret_binary"),
        ("google_secret_manager_secret_version", "secret_data"),
        ("google_secret_manager_regional_secret_version", "secret_data"),
    }
)
"""Arguments that the providers mark as sensitive, beside those that are called so.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ssm_parameter
https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/secret_manager_secret_version
"""


class Instances(Namespace):
    """What `aws_s3_bucket.b` stands for in an expression."""

    __slots__ = ("link", "resource")

    def __init__(self, resource: ResourceBlock, link: bool) -> None:
        self.resource, self.link = resource, link

    def _wrapped(self, instance: Instance) -> Instances:
        return OneInstance(self.resource, instance, self.link)

    @override
    def attribute(self, name: str) -> Any:
        """Of the one instance; where there are several, what follows the dot is a key."""
        instances = self.resource.instances
        if len(instances) == 1 and (instances[0].key is None or instances[0].unexpanded):
            return self.resource.attribute(instances[0], name, self.link)
        return self.index(name)

    @override
    def index(self, key: Any) -> Any:
        """Raises EvaluationError where there is no such instance."""
        instances = self.resource.instances
        if len(instances) == 1 and instances[0].unexpanded:
            return self._wrapped(one_of(instances[0], key, is_single(self.resource.block, self.resource.module)))
        if isinstance(key, RestKey) and stand_in_of(instances):
            return self._wrapped(instances[-1])
        if unsettled(key):
            same = of_open_key(instances, key)
            return why_unknown(key) if same is None else self._wrapped(same)
        if len(instances) == 1 and instances[0].key is None:
            return self.attribute(to_text(key))
        instance = self.resource.by_key.get(to_text(key))
        if instance is None and stand_in_of(instances):
            instance = one_of(instances[-1], key, False)
        if instance is None and (open_ := first_open(instances)) is not None:
            return open_
        if instance is None:
            raise EvaluationError(f"{self.resource.address} has no instance {brief(key)}")
        return self._wrapped(instance)

    @override
    def elements(self) -> Any:
        """A map by key with `for_each`, else a list. Where their number is not known, Unknown, or with `link` the one for all."""
        instances = self.resource.instances
        self.resource.module.workspace.budget.step(len(instances) // 4)
        if len(instances) == 1 and instances[0].unexpanded and not self.link:
            return instances[0].template
        rest = None if self.link else stand_in_of(instances)
        if rest is not None:
            instances = instances[:-1]
        if instances and isinstance(instances[0].key, str) and not instances[0].unexpanded:
            return keyed([(instance, self._wrapped(instance)) for instance in instances], rest)
        if not instances and self.resource.block.expression("for_each") is not None:
            return {}
        return at_least([self._wrapped(instance) for instance in instances], rest)

    @override
    def finish(self) -> Any:
        instances = self.resource.instances
        if len(instances) == 1 and (instances[0].key is None or instances[0].unexpanded):
            return Reference(self.resource.address + instances[0].suffix)
        return finish(self.elements())


class OneInstance(Instances):
    """One instance: `aws_s3_bucket.b["x"]`."""

    __slots__ = ("instance",)

    def __init__(self, resource: ResourceBlock, instance: Instance, link: bool) -> None:
        super().__init__(resource, link)
        self.instance = instance

    @override
    def attribute(self, name: str) -> Any:
        return self.resource.attribute(self.instance, name, self.link)

    @override
    def index(self, key: Any) -> Any:
        return why_unknown(key) if unsettled(key) else self.attribute(to_text(key))

    @override
    def elements(self) -> Any:
        return [self]

    @override
    def finish(self) -> Any:
        return Reference(self.resource.address + self.instance.suffix)
