"""Intrinsic functions: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html

Each takes its argument as it is written and gives raw values (sources/values.py). What is malformed or not known is Unknown.
"""

from __future__ import annotations

import base64
import ipaddress
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from assay.scanner import lazy_re
from assay.scanner.sources.budget import Budget
from assay.scanner.sources.cloudformation.serverless_variables import is_variable, variable, with_variables
from assay.scanner.sources.cloudformation.template import CORRECT
from assay.scanner.sources.cloudformation.texts import MAX_TEXT, TOO_LONG, joined, names_one, plain, split, weight
from assay.scanner.sources.raw import (
    Document,
    Either,
    Made,
    Open,
    Reference,
    Text,
    Unknown,
    because,
    describe,
    either,
    references_in,
    unknown_inside,
)

if TYPE_CHECKING:
    from assay.scanner.sources.cloudformation.scope import Scope

Function = Callable[["Scope", Any, bool], Any]


class _NoValue:
    """What `AWS::NoValue` gives: as if it were not written."""

    def __repr__(self) -> str:
        return "AWS::NoValue"


NO_VALUE: Any = _NoValue()


def is_function(raw: Any) -> bool:
    """Whether a map stands for a value that has to be computed."""
    if not isinstance(raw, dict):
        return False
    for key in raw:  # a loop, since this is asked at each step of each path
        if isinstance(key, str) and key[:4] == "Fn::":
            return True
    return len(raw) == 1 and "Ref" in raw


def is_ref(raw: Any) -> bool:
    """Whether data is a `Ref`."""
    return isinstance(raw, dict) and len(raw) == 1 and "Ref" in raw


def malformed(name: str) -> Unknown:
    """Why the value of a function that is not written as it has to be is not known."""
    return Unknown(f"{name} is not given what it takes", CORRECT)


_FROM_OTHERS = ("Fn::ImportValue", "Fn::GetStackOutput")
_SAME_VALUE = ("Ref", "Fn::If", "Fn::Sub", *_FROM_OTHERS)
"""Functions that can give the very value of a parameter; what others make of it has no name of its own."""


_MAKING = ("Fn::Sub", "Fn::Join", "Fn::Split", "Fn::Base64", "Fn::ToJsonString")
"""Functions that make a text or a list of their own."""


def call(scope: Scope, raw: dict[str, Any], link: bool) -> Any:
    """The value of a function. With `link`, what is derived from one resource is a Reference to it."""
    if len(raw) != 1:
        return Unknown(f"a function stands beside other keys: {', '.join(map(str, raw))[:80]}", CORRECT)
    ((name, argument),) = raw.items()
    function = _FUNCTIONS.get(name)
    if function is None:
        return Unknown(f"{name} is no function that is known here", "judge the live resource")
    budget = scope.stack.budget
    budget.step()
    value = function(scope, argument, link)
    if isinstance(value, (str, Text, list)) and name in _MAKING:
        budget.made(weight(value))
    if isinstance(value, Open) and name not in _SAME_VALUE:
        value = because(value)
    if link and isinstance(value, Unknown) and name not in _FROM_OTHERS:
        targets = list(dict.fromkeys(reference.address for reference in references_in(scope.loosely(argument)) if not reference.is_data))
        if len(targets) == 1:
            return Reference(targets[0])
    return value


def _ref(scope: Scope, argument: Any, link: bool) -> Any:
    return scope.ref(argument) if isinstance(argument, str) else malformed("Ref")


def _get_att(scope: Scope, argument: Any, link: bool) -> Any:
    parts = argument.split(".", 1) if isinstance(argument, str) else argument
    if not isinstance(parts, list) or len(parts) != 2 or not isinstance(parts[0], str):
        return malformed("Fn::GetAtt")
    attribute = scope.resolve(parts[1])
    return scope.attribute(parts[0], attribute) if isinstance(attribute, str) else malformed("Fn::GetAtt")


MAX_PARTS = 10_000
_PLACEHOLDER = lazy_re.pattern(r"\$\{([^{}]*)\}")


def _sub(scope: Scope, argument: Any, link: bool) -> Any:
    given: dict[str, Any] = {}
    if isinstance(argument, list) and len(argument) == 2 and isinstance(argument[1], dict):
        argument, given = argument
    if not isinstance(argument, str):
        return malformed("Fn::Sub")
    if argument.count("${") > MAX_PARTS:
        return TOO_LONG
    parts: list[Any] = []
    at = 0
    for match in _PLACEHOLDER.finditer(argument):
        parts.append(argument[at : match.start()])
        parts.append(_substituted(scope, match[1].strip(), given))
        at = match.end()
    return joined([*parts, argument[at:]])


def _substituted(scope: Scope, name: str, given: dict[str, Any]) -> Any:
    if name.startswith("!"):
        return f"${{{name[1:]}}}"
    if name in given:
        return _scalar(scope.resolve(given[name]))
    if is_variable(name):
        return variable(name)
    if "." in name and not name.startswith("AWS::"):
        return scope.attribute(*name.split(".", 1))
    return _scalar(scope.ref(name))


def _scalar(data: Any) -> Any:
    """A value for the inside of a text; a list joined as parameters of lists are."""
    if data is NO_VALUE or data is None:
        return Unknown("AWS::NoValue inside of a text", CORRECT)
    return joined(_between(",", data)) if isinstance(data, list) else data


def _between(separator: Any, elements: list[Any]) -> list[Any]:
    return [piece for at, element in enumerate(elements) for piece in ((separator, element) if at else (element,))]


def _join(scope: Scope, argument: Any, link: bool) -> Any:
    if not isinstance(argument, list) or len(argument) != 2:
        return malformed("Fn::Join")
    separator, elements = plain(scope.resolve(argument[0])), scope.resolve(argument[1])
    if isinstance(elements, (Unknown, Reference)):
        return _after(elements)
    if not isinstance(separator, str) or not isinstance(elements, list):
        return malformed("Fn::Join")
    return joined(_between(separator, elements))


def _after(data: Any) -> Unknown:
    """Of something computed from data that is not known."""
    unknown = unknown_inside(data)
    if unknown is not None:
        return unknown
    return Unknown(f"it is computed from {describe(data)[:80]}, which is known after deployment", "scan the live resource")


def _select(scope: Scope, argument: Any, link: bool) -> Any:
    if not isinstance(argument, list) or len(argument) != 2:
        return malformed("Fn::Select")
    at, elements = scope.resolve(argument[0]), scope.resolve(argument[1])
    if isinstance(elements, Either):
        return either(elements, *[_selected(at, option) for option in elements.options])
    return _selected(at, elements)


def _selected(at: Any, elements: Any) -> Any:
    if isinstance(elements, Unknown):
        return elements
    if isinstance(elements, Reference):
        # One of the values that a resource, or the list of availability zones, gives.
        return Reference(elements.address, f"{elements.attribute}.{plain(at)}".strip(".")) if plain(at) is not None else _after(elements)
    if not isinstance(elements, list):
        return malformed("Fn::Select")
    if isinstance(at, Unknown):
        return either(at, *elements) if elements else malformed("Fn::Select")
    try:
        number = int(plain(at))
    except (TypeError, ValueError):
        return malformed("Fn::Select")
    if any(isinstance(element, Either) and None in element.options for element in elements[: number + 1]):
        return _after(elements)
    return elements[number] if 0 <= number < len(elements) else Unknown(f"there is no element {number}", CORRECT)


_NEVER_IN_NAMES = (",", ";", "|", " ", ", ")
"""What separates names and ARNs of resources, and is in none of them."""


_URLS = {
    ("AWS::S3::Bucket", "WebsiteURL"): "http:",
    ("AWS::Lambda::Url", "FunctionUrl"): "https:",
    ("AWS::ApiGatewayV2::Api", "ApiEndpoint"): "https:",
}
"""Attributes that are the address of a host, which templates take for an origin: `!Select [2, !Split ["/", !GetAtt Site.WebsiteURL]]`."""


def _split(scope: Scope, argument: Any, link: bool) -> Any:
    if not isinstance(argument, list) or len(argument) != 2 or not isinstance(argument[0], str) or not argument[0]:
        return malformed("Fn::Split")
    text = plain(scope.resolve(argument[1]))
    if isinstance(text, str) and text.count(argument[0]) > MAX_PARTS:
        return TOO_LONG
    if isinstance(text, Either):
        return either(text, *[option.split(argument[0]) if isinstance(option, str) else because(text) for option in text.options])
    if isinstance(text, str):
        parts = text.split(argument[0])
        return scope.stack.sensitive.derived(parts) if scope.stack.sensitive.holds(text) else parts
    if isinstance(text, Text) and argument[0] in _NEVER_IN_NAMES and all(isinstance(part, str) or names_one(part) for part in text.parts):
        return split(text, argument[0])
    if isinstance(text, Reference) and argument[0] in ("/", "//") and (scheme := _URLS.get((text.type, text.attribute))):
        return [scheme, text] if argument[0] == "//" else [scheme, "", text]
    return _after(text) if isinstance(text, (Unknown, Text, Reference)) else malformed("Fn::Split")


def _find_in_map(scope: Scope, argument: Any, link: bool) -> Any:
    if not isinstance(argument, list) or len(argument) not in (3, 4):
        return malformed("Fn::FindInMap")
    # The default is an extension: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-findinmap-enhancements.html
    more = argument[3] if len(argument) == 4 and isinstance(argument[3], dict) else {}
    default = more.get("DefaultValue", NO_VALUE)
    keys = [plain(scope.resolve(key)) for key in argument[:3]]
    value = _looked_up(scope.template.mappings, keys, scope.stack.budget)
    if value is NO_VALUE:
        if default is not NO_VALUE:
            return scope.resolve(default)
        return Unknown(f"{'.'.join(map(describe, keys))[:80]} is in no mapping", CORRECT)
    return either(value, *value.options, scope.resolve(default)) if isinstance(value, Either) and default is not NO_VALUE else value


def _looked_up(data: Any, keys: list[Any], budget: Budget) -> Any:
    """The value at keys; one of all that a key which is not known may lead to."""
    for at, key in enumerate(keys):
        if isinstance(key, (Unknown, Text, Reference)):
            if not isinstance(data, dict) or not data:
                return NO_VALUE
            tried = [option for option in key.options if isinstance(option, str)] if isinstance(key, Either) else list(data)
            budget.step(len(tried))
            outcomes = (_looked_up(data.get(option), keys[at + 1 :], budget) for option in tried)
            reached = [value for value in outcomes if value is not NO_VALUE]
            return either(_after(key), *reached) if reached else NO_VALUE
        if not isinstance(data, dict) or not isinstance(key, str) or key not in data:
            return NO_VALUE
        data = data[key]
    if isinstance(data, str):
        return with_variables(data)
    return NO_VALUE if data is None else data


def _if(scope: Scope, argument: Any, link: bool) -> Any:
    if not isinstance(argument, list) or len(argument) != 3 or not isinstance(argument[0], str):
        return malformed("Fn::If")
    holds = scope.condition(argument[0])
    if isinstance(holds, Unknown):
        branches = [scope.resolve(branch, link) for branch in argument[1:]]
        return either(holds, *[None if branch is NO_VALUE else branch for branch in branches])
    return scope.resolve(argument[1 if holds else 2], link)


def _base64(scope: Scope, argument: Any, link: bool) -> Any:
    text = plain(scope.resolve(argument, link))
    if isinstance(text, Text):
        why = _after(text)
        return Made(why.reason, why.settles_it, why.location, tuple(references_in(text)), text)
    if not isinstance(text, str):
        return _after(text) if isinstance(text, (Unknown, Reference)) else malformed("Fn::Base64")
    if len(text) >= MAX_TEXT:
        return TOO_LONG
    encoded = base64.b64encode(text.encode("utf-8", "replace")).decode()
    return scope.stack.sensitive.derived(encoded) if scope.stack.sensitive.holds(text) else encoded


def _cidr(scope: Scope, argument: Any, link: bool) -> Any:
    if not isinstance(argument, list) or len(argument) not in (2, 3):
        return malformed("Fn::Cidr")
    block, count, *rest = [plain(scope.resolve(part)) for part in argument]
    for given in (block, count, *rest):
        if isinstance(given, (Unknown, Reference, Text)):
            return _after(given)
    try:
        network = ipaddress.ip_network(block)
        wanted, bits = int(count), int(rest[0]) if rest else (8 if network.version == 4 else 64)
        if not 1 <= wanted <= 256:
            return malformed("Fn::Cidr")
        subnets = network.subnets(new_prefix=network.max_prefixlen - bits)
        blocks = [str(next(subnets)) for _ in range(wanted)]
    except (ValueError, TypeError, StopIteration):
        return malformed("Fn::Cidr")
    return blocks


def _zones(scope: Scope, argument: Any, link: bool) -> Any:
    region = scope.resolve(argument) or scope.ref("AWS::Region")
    # Which they are differs from account to account, but each is one, and they differ from each other.
    return Reference(f"data.availability_zones.{region}" if isinstance(region, str) else "data.availability_zones.this")


def _import_value(scope: Scope, argument: Any, link: bool) -> Any:
    name = plain(scope.resolve(argument))
    return scope.stack.imported(name) if isinstance(name, (str, Text)) else _after(name)


def _stack_output(scope: Scope, argument: Any, link: bool) -> Any:
    if not isinstance(argument, dict):
        return malformed("Fn::GetStackOutput")
    name, output, region = (plain(scope.resolve(argument.get(key))) for key in ("StackName", "OutputName", "Region"))
    for given in (name, output, region):
        if isinstance(given, (Unknown, Text, Reference)):
            return _after(given)
    if not isinstance(name, str) or not isinstance(output, str):
        return malformed("Fn::GetStackOutput")
    return scope.stack.output_of(name, output, region if isinstance(region, str) else None)


def _to_json(scope: Scope, argument: Any, link: bool) -> Any:
    content = scope.resolve(argument)
    if not isinstance(content, (dict, list)):
        return _after(content) if isinstance(content, (Unknown, Reference)) else malformed("Fn::ToJsonString")
    if unknown_inside(content) or references_in(content):
        return Document(content)
    if weight(content) > MAX_TEXT:
        return TOO_LONG
    try:
        text = json.dumps(content, separators=(",", ":"))
    except (TypeError, ValueError):
        return Document(content)
    return text if len(text) < MAX_TEXT else TOO_LONG


def _length(scope: Scope, argument: Any, link: bool) -> Any:
    elements = scope.resolve(argument)
    if isinstance(elements, list) and not any(isinstance(element, Either) for element in elements):
        return len(elements)
    return _after(elements) if isinstance(elements, (Unknown, Reference, list)) else malformed("Fn::Length")


def _logical(scope: Scope, argument: Any, link: bool) -> Any:
    return Unknown("a condition stands where a value belongs", CORRECT)


def _transform(scope: Scope, argument: Any, link: bool) -> Any:
    name = argument.get("Name") if isinstance(argument, dict) else argument
    return Unknown(f"the macro {describe(name)[:60]} writes it", "scan the processed template (aws cloudformation get-template)")


_FUNCTIONS: dict[str, Function] = {
    "Ref": _ref,
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::FindInMap": _find_in_map,
    "Fn::If": _if,
    "Fn::Base64": _base64,
    "Fn::Cidr": _cidr,
    "Fn::GetAZs": _zones,
    "Fn::ImportValue": _import_value,
    "Fn::GetStackOutput": _stack_output,
    "Fn::ToJsonString": _to_json,
    "Fn::Length": _length,
    "Fn::Transform": _transform,
    **dict.fromkeys(("Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not"), _logical),
}
