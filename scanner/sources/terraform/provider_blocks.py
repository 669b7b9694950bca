"""Configurations of providers as items: what logs in, and with what."""

from __future__ import annotations

from assay.scanner.override import override
from assay.scanner.sources.terraform import tree
from assay.scanner.sources.terraform.configurations import Configuration
from assay.scanner.sources.terraform.instances import ResourceBlock
from assay.scanner.sources.terraform.providers import OF_PROVIDERS, provider_type


class ProviderBlock(ResourceBlock):
    """A `provider` block.

    https://developer.hashicorp.com/terraform/language/providers/configuration
    """

    __slots__ = ()

    @property
    @override
    def address(self) -> str:
        """With its alias, where that is written out."""
        alias = self.block.expression("alias")
        name = f".{alias.value}" if isinstance(alias, tree.Literal) and isinstance(alias.value, str) else ""
        return f"{self.module.address}{OF_PROVIDERS}{self.block.labels[0]}{name}"

    @property
    @override
    def type(self) -> str:
        return provider_type(self.block.labels[0])

    @property
    @override
    def configuration(self) -> Configuration:
        return Configuration(self.block, self.module)
