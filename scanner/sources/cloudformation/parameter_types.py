"""What the types of parameters say of their values.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

from __future__ import annotations

from typing import Any

from assay.scanner.sources.cloudformation.texts import joined, names_one, plain, split
from assay.scanner.sources.raw import Either, Text, either


def is_filled(declared: dict[str, Any], type_: str) -> bool:
    """Whether whoever deploys has to give a parameter that has no default, and cannot give an empty text.

    A number and one of some values that are allowed are never empty. Values of types of AWS are those of things that are there already,
    but for the names and values of parameters of Systems Manager:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html
    """
    if type_ == "Number":
        return True  # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
    allowed = declared.get("AllowedValues")
    if isinstance(allowed, list) and allowed and all(isinstance(value, (str, int, float)) and value != "" for value in allowed):
        return True
    least = plain(declared.get("MinLength"))
    of_aws = type_.removeprefix("List<").startswith("AWS::") and "AWS::SSM::" not in type_
    return of_aws or (isinstance(least, str) and least.isdecimal() and int(least) > 0)


def _spaceless(text: str) -> str:
    """A text without the spaces that surround its commas."""
    return ",".join(part.strip() for part in text.split(",")) if "," in text else text


def typed(value: Any, type_: str) -> Any:
    """A parameter's value as its type has it: lists are given with commas."""
    if isinstance(value, Either):
        return either(value, *[typed(option, type_) for option in value.options])
    if "List" in type_:
        if isinstance(value, (str, int, float)):
            return [part.strip() for part in str(plain(value)).split(",")]
        if isinstance(value, Text):
            return split(Text(tuple(_spaceless(part) if isinstance(part, str) else part for part in value.parts)), ",")
        return [value] if names_one(value) and (not value.attribute or value.attribute.endswith(("Arn", "Id"))) else value
    if isinstance(value, list):
        return joined(piece for at, element in enumerate(value) for piece in ([",", element] if at else [element]))
    return plain(value) if not isinstance(value, (int, float)) or isinstance(value, bool) or type_ == "String" else value
