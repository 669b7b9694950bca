"""Machines of Google that are made of an instance template: `google_compute_instance_from_template`.

What they do not write, their template gives:
https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/compute_instance_from_template
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assay.scanner.override import override
from assay.scanner.sources.terraform import tree
from assay.scanner.sources.terraform.blocks import Argument, Block
from assay.scanner.sources.terraform.document_places import Opened
from assay.scanner.sources.values import WrittenDocument

MACHINE = "google_compute_instance_from_template"
_TEMPLATES = frozenset({"google_compute_instance_template", "google_compute_region_instance_template"})
_SOURCE = "source_instance_template"
_NAMES = frozenset({"id", "self_link", "self_link_unique"})
_GIVEN = ("network_interface", "service_account", "can_ip_forward", "shielded_instance_config", "confidential_instance_config")


class _Elsewhere(Argument):
    """What a template says that is not in the module."""

    __slots__ = ("_source", "name")

    def __init__(self, source: Argument, name: str) -> None:
        super().__init__(source.text, None)
        self._source, self.name = source, name

    @property
    @override
    def at(self) -> Any:
        return self._source.at

    @property
    @override
    def expression(self) -> Any:
        return tree.Attribute(tree.Attribute(tree.Name("google_compute_instance_template"), "elsewhere"), self.name)

    @override
    def document(self, opened: Opened) -> WrittenDocument:
        return self._source.document(opened)


def of_template(block: Block, find: Callable[[tuple[str, ...]], Block | None]) -> Block:
    """The block of a machine with what its template gives. `find` gives a resource of the module by its labels.

    What a template says that stands elsewhere, or that there are several of, is not known.
    """
    source = block.arguments.get(_SOURCE)
    left = [name for name in _GIVEN if name not in block.arguments and not any(block.nested(name))]
    if source is None or not left:
        return block
    template = find(_named(source.expression))
    if template is None or not {"count", "for_each"}.isdisjoint(template.arguments):
        return block.with_content({name: _Elsewhere(source, name) for name in left}, [])
    given = {name: argument for name, argument in template.arguments.items() if name in left}
    return block.with_content(given, [inner for name in left for inner in template.nested(name)])


def _named(source: Any) -> tuple[str, ...]:
    """The labels of the template that a source refers to, as `google_compute_instance_template.t.self_link`; none of another source."""
    match source:
        case tree.Attribute(tree.Attribute(tree.Name(type_), name), attribute) if type_ in _TEMPLATES and attribute in _NAMES:
            return type_, name
    return ()
