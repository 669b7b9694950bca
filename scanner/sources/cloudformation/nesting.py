"""Where the templates of nested stacks and stack sets are kept: beside the template that names them, or where their addresses end."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from typing import Any

from assay.scanner.sources.cloudformation.intrinsics import is_function
from assay.scanner.sources.cloudformation.template import Template, TemplateResource

Loader = Callable[[str], Template | None]
_OPEN = "\0"
"""What stands in an address for a part that only a deployment knows."""
_PART = re.compile(r"\$\{([^${}]*)\}")
_MAX_DEPTH = 8
_COMPONENTS = 4
"""Of an address, from its end: more tell nothing apart."""
_ABOVE = 6
"""How many directories above its own an address may begin at."""


def nested_path(template: Template, resource: TemplateResource, load: Loader) -> str | None:
    """The file of the template of a nested stack or stack set: a relative TemplateURL, the CDK's asset, or what an address ends in.

    The CDK writes the address of an asset as a function. A text is what is deployed, whatever the metadata says. A file that a relative
    path names need not exist.
    """
    metadata, url = resource.body.get("Metadata"), template_url(resource)
    asset = metadata.get("aws:asset:path") if isinstance(metadata, dict) else None
    url = asset if isinstance(asset, str) and not isinstance(url, str) else url
    if not isinstance(url, str) or "://" in url:
        return next((path for path in _uploaded(template, url) if _takes(load(path), resource)), None)
    if not url or os.path.isabs(url) or _OPEN in url:
        return None
    return os.path.normpath(os.path.join(template.directory, url))


def template_url(resource: TemplateResource) -> Any:
    """The TemplateURL of a nested stack or stack set as it is written."""
    properties = resource.body.get("Properties")
    return properties.get("TemplateURL") if isinstance(properties, dict) else None


def _uploaded(template: Template, url: Any) -> Iterator[str]:
    """The files that may be what is kept under an address, the likeliest first.

    Templates are uploaded in the folders that they have in a repository, below a bucket and a prefix that parameters give:
    `https://${Bucket}.s3.amazonaws.com/${Prefix}templates/network.yaml`. So the end of the address is looked for in the directory of
    the template and above it; a name alone, beside the template.
    """
    tail = _tail(_address(url, 0))
    for length in range(len(tail), 0, -1):
        for above in range(_ABOVE + 1 if length > 1 else 1):
            path = os.path.normpath(os.path.join(template.directory, *[os.pardir] * above, *tail[-length:]))
            if path != os.path.normpath(template.path):
                yield path


def _tail(address: str) -> list[str]:
    """The last components of an address of which nothing is open; none where it is a path, and no address."""
    before, _, tail = address.rpartition(_OPEN)
    if not before and not address.startswith(_OPEN):
        if "://" not in address:
            return []
        tail = address.partition("://")[2].partition("/")[2]
    elif "://" not in before and not address.startswith(_OPEN):
        return []
    components = tail.split("/")[-_COMPONENTS:]
    for at, component in reversed(list(enumerate(components))):
        if component in ("", os.curdir, os.pardir) or "?" in component or "\\" in component:
            return components[at + 1 :]
    return components


def _address(raw: Any, depth: int) -> str:
    """The text of an address with a mark for each part that is open."""
    if isinstance(raw, str):
        return raw
    if not isinstance(raw, dict) or len(raw) != 1 or depth == _MAX_DEPTH:
        return _OPEN
    ((function, argument),) = raw.items()
    if function == "Fn::Sub":
        text = argument[0] if isinstance(argument, list) and argument else argument
        return _PART.sub(_OPEN, text) if isinstance(text, str) else _OPEN
    if function == "Fn::Join" and isinstance(argument, list) and len(argument) == 2 and isinstance(argument[1], list):
        parts = [_address(part, depth + 1) for part in argument[1]]
        return argument[0].join(parts) if isinstance(argument[0], str) else _OPEN
    if function == "Fn::If" and isinstance(argument, list) and len(argument) == 3:
        return _both(*(_tail(_address(branch, depth + 1)) for branch in argument[1:]))
    return _OPEN


def _both(one: list[str], other: list[str]) -> str:
    """An address that ends in what two of them end in."""
    length = 0
    for first, second in zip(reversed(one), reversed(other), strict=False):
        if first != second:
            break
        length += 1
    return "/".join([_OPEN, *one[len(one) - length :]])


def _takes(template: Template | None, resource: TemplateResource) -> bool:
    """Whether a template can be deployed with the parameters that a resource gives: all of them are its own, and none is missing."""
    given = _given(resource)
    if template is None or given is None:
        return False
    needed = {name for name, body in template.parameters.items() if not isinstance(body, dict) or "Default" not in body}
    return needed <= given <= template.parameters.keys()


def _given(resource: TemplateResource) -> set[str] | None:
    """The names of the parameters that a resource gives; None where they are not written out."""
    properties = resource.body.get("Properties")
    written = properties.get("Parameters") if isinstance(properties, dict) else None
    if written is None:
        return set()
    if isinstance(written, dict) and not is_function(written):
        return {str(name) for name in written}
    if isinstance(written, list) and all(isinstance(one, dict) and isinstance(one.get("ParameterKey"), str) for one in written):
        return {one["ParameterKey"] for one in written}
    return None
