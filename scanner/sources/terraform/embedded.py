"""Resources that deploy what is written in another language: a template of CloudFormation, a manifest. It is not judged with them.

Where the text is that of a file of the tree, the file is judged by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from assay.scanner import lazy_re
from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.terraform import tree
from assay.scanner.sources.terraform.items import ResourceItem

_TEMPLATES = {
    "aws_cloudformation_stack": ("template_body", "a template of CloudFormation"),
    "aws_cloudformation_stack_set": ("template_body", "a template of CloudFormation"),
    "aws_cloudcontrolapi_resource": ("desired_state", "a resource of CloudFormation"),
    "google_deployment_manager_deployment": ("target", "a configuration of Deployment Manager"),
}
"""Type to the argument with what is deployed, and what that is. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/…"""
_MANIFESTS = {"kubectl_manifest": ("yaml_body", "yaml_body"), "kubernetes_manifest": ("manifest", "manifest.apiVersion")}
"""Type to the argument, and the path at which its API is told."""
_CONNECTOR = lazy_re.pattern(r"\.cnrm\.cloud\.google\.com/v\d")


def gaps(items: Iterable[ResourceItem]) -> Iterator[Gap]:
    """A gap for each such block."""
    for item in items:
        if item.type in _TEMPLATES:
            argument, what = _TEMPLATES[item.type]
        elif item.type in _MANIFESTS and isinstance(text := item[_MANIFESTS[item.type][1]].data, str) and _CONNECTOR.search(text):
            argument, what = _MANIFESTS[item.type][0], "a manifest of Config Connector"
        else:
            continue
        if not _is_file(item.resource.block.expression(argument)):
            place = item.resource.block.location()
            reason = f"{item.type}.{item.resource.block.labels[1]} deploys {what}, which is not judged with it"
            yield Gap(place.file, "template_unsupported", reason, "keep it in a file of its own, or scan what it deploys", place.line)


def _is_file(expression: object) -> bool:
    """Whether the text is that of a file, and not in a directory that is left out."""
    if isinstance(expression, tree.Call) and expression.function == "yamldecode" and expression.arguments:
        return _is_file(expression.arguments[0])
    if not isinstance(expression, tree.Call) or expression.function != "file" or not expression.arguments:
        return False
    named = expression.arguments[0]
    parts = [named.value] if isinstance(named, tree.Literal) else named.parts if isinstance(named, tree.Template) else []
    return bool(parts) and not any(isinstance(part, str) and re.search(r"(?:^|/)\.[^./]", part) for part in parts)
