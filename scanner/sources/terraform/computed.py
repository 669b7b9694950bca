"""Attributes of data sources that are made of code and files alone: the text of a template, of a file, of the parts of a cloud-init.

https://registry.terraform.io/providers/hashicorp/template/latest/docs/data-sources/file,
https://registry.terraform.io/providers/hashicorp/local/latest/docs/data-sources/file and
https://registry.terraform.io/providers/hashicorp/cloudinit/latest/docs/data-sources/config
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from assay.scanner.sources.terraform.bodies import Body
from assay.scanner.sources.terraform.operators import REFUSALS, EvaluationError, join_text, spread

Functions = Mapping[str, Callable[..., Any]]
"""Those of Terraform, by name."""


def _template(body: Body, functions: Functions) -> Any:
    template = body.raw("template")
    if template is None:
        return None
    try:
        return spread(functions["templatestring"], template, _map(body, "vars"))
    except REFUSALS as error:
        raise EvaluationError(f"the template {error}") from None


def _map(body: Body, name: str) -> Any:
    """What a map holds: an argument, or a block as Terraform 0.11 took it (https://developer.hashicorp.com/terraform/language/v1.1.x/upgrade-guides/0-12)."""
    given = body.raw(name)
    if given is not None:
        return given
    blocks, _ = body.nested(name)
    return {key: block.raw(key) for block in blocks for key in block.block.arguments}


def _content(body: Body, functions: Functions) -> Any:
    try:
        return spread(functions["file"], body.raw("filename"))
    except EvaluationError:
        return None  # it may be written by then


def _parts(body: Body, _: Functions) -> Any:
    """The parts as they are written, one after the other: what a machine makes of them, packed or not."""
    parts, more = body.nested("part")
    contents = [part.raw("content") for part in parts] + ([more] if more else [])
    return spread(lambda *texts: join_text([piece for text in texts for piece in (text, "\n")]), *contents)


ATTRIBUTES: dict[tuple[str, str], Callable[[Body, Functions], Any]] = {
    ("template_file", "rendered"): _template,
    ("local_file", "content"): _content,
    ("local_sensitive_file", "content"): _content,
    ("template_cloudinit_config", "rendered"): _parts,
    ("cloudinit_config", "rendered"): _parts,
}
"""Type of a data source, and attribute, to what gives it: None where the code does not after all. They raise EvaluationError where the
provider would refuse it."""
