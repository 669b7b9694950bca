"""What goes with the only statement of a policy, since no provider takes a policy without one: the argument, the block or the resource that
the policy is all of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from assay.scanner.fix.edits import Edit, NoEdit
from assay.scanner.fix.files import Files
from assay.scanner.fix.hcl import HclFile
from assay.scanner.fix.hcl_nodes import children_of, labels_of, name_of, text_of
from assay.scanner.fix.hcl_objects import is_encoded
from assay.scanner.fix.hcl_statements import ATTACHMENTS
from assay.scanner.fix.templates import DeclaredResource, names, removed_of
from assay.scanner.fix.yaml_edits import YamlFile
from assay.scanner.fix.yaml_statements import AttachedPolicies, JsonStatement

STAYS = "where it is deployed already, the policy stays until somebody takes it off there"
"""Of a policy that is an argument of what it is for: without one, the provider leaves what is there, as of the argument `policy` of
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/secretsmanager_secret."""
NEEDED = "it is all that says who may take on {}: who it is instead is a decision"
_NEEDED = ("assume_role_policy", "AssumeRolePolicyDocument")
_REQUIRED = (("AWS::KMS::ReplicaKey", "KeyPolicy"),)
"""Properties without which CloudFormation refuses a resource
(https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-kms-replicakey.html)."""
_CARRIERS = re.compile(r"_policy$|Policy$")
"""Types of resources that are a policy, and nothing without it."""


class Emptied(NamedTuple):
    """What goes with a policy."""

    what: str
    """In words: `aws_sqs_queue_policy.exits`, `policy of aws_sqs_queue.exits`."""
    edits: list[Edit]
    block: str = ""
    """The name of the resource that goes; empty where one of its arguments does."""
    review: str = ""


def of_code(files: Files, file: HclFile, holder: Any) -> Emptied:
    """What goes with the argument that holds a policy, or with the block of its document. Raises Refused."""
    if holder.type == "attribute":
        value = text_of(holder.children[2])
        if not is_encoded(holder) and not value.startswith("<<"):
            raise NoEdit(f"nothing would be left of {name_of(holder)}")
        return _of_argument(files, file, holder)
    if name_of(holder) == "resource":
        return _of_resource(files, file, holder)
    address = f"data.{'.'.join(labels_of(holder))}"
    uses = [(beside, block) for beside in files.code_beside(file.file) for block in beside.blocks() if _mentions(block, address)]
    if len(uses) == 1:
        user, block = uses[0]
        written = re.compile(rf"{re.escape(address)}(\[[^\]]*\])?\.\w+")
        arguments = [argument for argument in _arguments(block) if written.fullmatch(text_of(argument.children[2]))]
        if len(arguments) == 1 and len(re.findall(re.escape(address), text_of(block))) == 1:
            outer = _of_argument(files, user, arguments[0])
            return outer._replace(edits=[*outer.edits, *file.remove_block(holder)])
    raise NoEdit(f"nothing would be left of {address}, which gives more than one policy")


def _of_argument(files: Files, file: HclFile, attribute: Any) -> Emptied:
    name, block = name_of(attribute), _block_around(attribute)
    top = block
    while (outer := _block_around(top)) is not None:
        top = outer
    address = ".".join(labels_of(top))
    if name in _NEEDED:
        raise NoEdit(NEEDED.format(address))
    if name_of(top) != "resource":
        raise NoEdit(f"nothing would be left of {name} of {address or name_of(top)}")
    if top is not block:
        if name_of(block) != "inline_policy":
            raise NoEdit(f"nothing would be left of {name_of(block)} of {address}")
        return Emptied(f"inline_policy of {address}", file.remove_nested(block))
    if not _CARRIERS.search(labels_of(top)[0]):
        return Emptied(f"{name} of {address}", file.remove(top, name), review=STAYS)
    return _of_resource(files, file, top)


def _of_resource(files: Files, file: HclFile, top: Any) -> Emptied:
    """What goes with a resource that is a policy: it, and what does nothing but attach it."""
    address = ".".join(labels_of(top))
    edits = file.remove_block(top)
    for beside, other in _users(files, file, top):
        label = ".".join([*([] if name_of(other) == "resource" else [name_of(other)]), *labels_of(other)])
        if not ATTACHMENTS.search((labels_of(other) or [""])[0]) or list(_users(files, beside, other)):
            raise NoEdit(f"nothing would be left of {address}, and {label} names it")
        edits += beside.remove_block(other)
    return Emptied(address, edits, address)


def _users(files: Files, file: HclFile, block: Any) -> Iterator[tuple[HclFile, Any]]:
    """The blocks of a directory that name one of them."""
    address = ".".join(labels_of(block))
    for beside in files.code_beside(file.file):
        for other in beside.blocks():
            if (beside.file, other.start_byte) != (file.file, block.start_byte) and _mentions(other, address):
                yield beside, other


def _block_around(node: Any) -> Any:
    node = node.parent
    while node is not None and node.type != "block":
        node = node.parent
    return node


def _mentions(block: Any, address: str) -> bool:
    return bool(re.search(rf"(?<![\w.-]){re.escape(address)}(?![\w-])", text_of(block)))


def _arguments(block: Any) -> Iterator[Any]:
    for child in children_of(block):
        if child.type == "attribute":
            yield child
        else:
            yield from _arguments(child)


def of_read_file(name: str) -> Emptied:
    """Nothing: what reads a file needs it. Raises Refused."""
    raise NoEdit(f"nothing would be left of {name}")


def of_template(
    file: YamlFile, input_: str, resources: list[DeclaredResource], resource: DeclaredResource, statement: JsonStatement
) -> Emptied:
    """What goes with a policy in a template. Raises Refused."""
    if isinstance(statement, AttachedPolicies):
        raise NoEdit(f"nothing would be left of {resource.label}")
    trail = statement.document()
    name, holder = trail[-1][0], trail[-2][1]
    if name in _NEEDED:
        raise NoEdit(NEEDED.format(resource.label))
    steps = [step for step, _ in trail]
    if "Policies" in steps:  # of a role, a user or a group: a list of policies with names
        at = steps.index("Policies")
        return Emptied(f"a policy of {resource.label}", file.remove_within(trail[at - 1][1], "Policies", [trail[at + 1][1]]))
    if name == "gcpIamPolicy":
        return Emptied(f"accessControl of {resource.label}", file.remove(resource.node, "accessControl"), review=STAYS)
    if _CARRIERS.search(resource.type):
        return of_resource(file, input_, resources, resource)
    if input_ != "cloudformation" or (resource.type, name) in _REQUIRED:
        raise NoEdit(f"nothing would be left of {name} of {resource.label}")
    return Emptied(f"{name} of {resource.label}", file.remove(holder, name), review=STAYS)


def of_resource(file: YamlFile, input_: str, resources: list[DeclaredResource], resource: DeclaredResource) -> Emptied:
    """A resource of a template as what goes. Raises Refused."""
    if user := next((other for other in resources if other is not resource and names(file, other, resource)), None):
        raise NoEdit(f"nothing would be left of {resource.label}, and {user.label} names it")
    return Emptied(resource.label, removed_of(file, resource, input_), resource.label)
