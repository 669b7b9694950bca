"""Templates of the Serverless Application Model as people keep them, made ready for the translator.

The translator takes what `sam package` writes: addresses in S3 in place of local files, and values for every parameter. Neither says
anything of the resources that are judged, so that the addresses are filled in as `sam validate` does, and names that have no value, or one
that is not to be shown, are marked before the translation and written back after it.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-cli-command-reference-sam-package.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_URI = "s3://packaged-by-sam/local"
_IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/packaged-by-sam:latest"
# What may name a local file: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification.html
_LOCAL = {
    "AWS::Serverless::LayerVersion": "ContentUri",
    "AWS::Serverless::Api": "DefinitionUri",
    "AWS::Serverless::HttpApi": "DefinitionUri",
    "AWS::Serverless::StateMachine": "DefinitionUri",
}
_GLOBALS = {"LayerVersion": "ContentUri", "Api": "DefinitionUri", "HttpApi": "DefinitionUri", "StateMachine": "DefinitionUri"}
_PSEUDO = ("AWS::Region", "AWS::Partition", "AWS::AccountId", "AWS::StackName", "AWS::StackId", "AWS::URLSuffix", "AWS::NotificationARNs")


def packaged(data: dict[str, Any]) -> None:
    """Put addresses in S3 where local files, or nothing yet, stand for code, layers and definitions. Changes `data`.

    What an API deploys is called by its definition, not by the time, also where it is to be deployed always: names stay from run to run.
    """
    defaults = data.get("Globals")
    _map(defaults, "Api").pop("AlwaysDeploy", None)
    function = _map(defaults, "Function")
    package = function.get("PackageType")
    function.pop("CodeUri", None)
    function.pop("ImageUri", None)
    for section, key in _GLOBALS.items():
        _fill(_map(defaults, section), key)
    for body in data["Resources"].values():
        properties = _map(body, "Properties")
        type_ = body.get("Type") if isinstance(body, dict) else None
        if type_ == "AWS::Serverless::Function":
            body["Properties"] = properties
            _code(properties, properties.get("PackageType", package), inline="InlineCode" in function)
        elif isinstance(type_, str) and type_ in _LOCAL:
            properties.pop("AlwaysDeploy", None)
            _fill(properties, _LOCAL[type_])


def _map(data: Any, key: str) -> dict[str, Any]:
    inner = data.get(key) if isinstance(data, dict) else None
    return inner if isinstance(inner, dict) else {}


def _code(properties: dict[str, Any], package: Any, *, inline: bool) -> None:
    """The code of a function: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html"""
    if package == "Image":
        properties.pop("CodeUri", None)
        properties["ImageUri"] = _IMAGE
    elif inline or "InlineCode" in properties:
        properties.pop("CodeUri", None)
    else:
        properties["CodeUri"] = properties.get("CodeUri", _URI)
        _fill(properties, "CodeUri")


def _fill(properties: dict[str, Any], key: str) -> None:
    written = properties.get(key)
    if written is None or (isinstance(written, dict) and written.get("Bucket") and written.get("Key")):
        return
    if not (isinstance(written, str) and re.fullmatch(r"s3://[^/]+/.+", written)):
        properties[key] = _URI


class PlaceholderTexts:
    """Text for each name that stands in for its value while a template is translated."""

    def __init__(self, data: Any, names: Iterable[str]) -> None:
        """`names` of parameters; pseudo parameters are marked too."""
        stem, text = "AssayMark", repr(data)
        while stem in text:
            stem += "X"
        self._names = [*_PSEUDO, *names]
        self.by_name = {name: f"{stem}{number}End" for number, name in enumerate(self._names)}
        self._pattern = re.compile(rf"{stem}(\d+)End")

    def restored(self, data: Any) -> Any:
        """The data with every mark as a reference to its name again."""
        if isinstance(data, list):
            return [self.restored(element) for element in data]
        if isinstance(data, dict):
            return {key: self._of_sub(value) if key == "Fn::Sub" else self.restored(value) for key, value in data.items()}
        if not isinstance(data, str) or not (match := self._pattern.search(data)):
            return data
        if match[0] == data:
            return {"Ref": self._names[int(match[1])]}
        return {"Fn::Sub": self._placed(data.replace("${", "${!"))}

    def _of_sub(self, argument: Any) -> Any:
        if isinstance(argument, str):
            return self._placed(argument)
        if isinstance(argument, list) and argument and isinstance(argument[0], str):
            return [self._placed(argument[0]), *map(self.restored, argument[1:])]
        return self.restored(argument)

    def _placed(self, text: str) -> str:
        return self._pattern.sub(lambda match: f"${{{self._names[int(match[1])]}}}", text)
