"""Values of remedies as text of YAML and JSON, in block style or in one line, and functions of CloudFormation in their short forms."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from assay.scanner.fix.yaml_tree import EACH, YamlNode


def plain(value: Any) -> Any:
    """A value as it is written where nothing is there yet: `a[]: b` is a list with that element."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    return {name.removesuffix(EACH): [plain(inner)] if name.endswith(EACH) else plain(inner) for name, inner in value.items()}


def nested(value: Any) -> Any:
    """Maps with paths (`a.b: c`) in them as maps in each other."""
    if isinstance(value, list):
        return [nested(item) for item in value]
    if not isinstance(value, Mapping) or is_function(value):
        return value
    made: dict[str, Any] = {}
    for path, inner in value.items():
        name, _, rest = path.partition(".")
        below = nested({rest: inner} if rest else inner)
        made[name] = {**made[name], **below} if name in made and isinstance(below, dict) else below
    return made


_FUNCTIONS = ("Ref", "Condition")


def is_function(value: Any) -> bool:
    """Whether data is a function of CloudFormation in its long form."""
    return isinstance(value, Mapping) and len(value) == 1 and (next(iter(value)) in _FUNCTIONS or next(iter(value)).startswith("Fn::"))


def function_of(node: YamlNode) -> bool:
    """Whether a node is written as a function, in either form."""
    if node.tag.startswith("!"):
        return True
    return node.kind == "map" and len(node.items) == 1 and is_function({_key(node): None})


def parameter_of(node: YamlNode) -> str:
    """The name in `!Ref NAME`; empty for everything else."""
    if node.kind == "scalar" and node.tag == "!Ref":
        return str(node.data[0])
    if node.kind == "map" and len(node.items) == 1 and _key(node) == "Ref" and node.items[0][1].kind == "scalar":
        return str(node.items[0][1].data[0])
    return ""


def _key(node: YamlNode) -> str:
    key = node.items[0][0]
    return str(key.data[0]) if key is not None and key.kind == "scalar" else ""


_QUOTED = {"y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", ""}


def scalar_text(value: Any) -> str:
    """A scalar in YAML: in quotes where it would be read as another value."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if not isinstance(value, str):
        return str(value)
    plain = value.replace("-", "a").replace("_", "a").replace(".", "a").replace("/", "a").replace(":", "a").isalnum()
    numeric = value.replace(".", "").replace("-", "").replace(":", "").replace("_", "").isdigit()
    if plain and not numeric and value.lower() not in _QUOTED and value[0].isalnum() and not value.endswith(":"):
        return value
    return json.dumps(value, ensure_ascii=False)


def flow_text(value: Any, is_json: bool) -> str:
    """A value in one line."""
    if is_json:
        return json.dumps(value, ensure_ascii=False)
    if short := _short(value):
        return short
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar_text(name)}: {flow_text(inner, False)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow_text(inner, False) for inner in value) + "]"
    return scalar_text(value)


def _short(value: Any) -> str:
    """A function with one text in its short form; empty for everything else."""
    if not is_function(value):
        return ""
    name, inner = next(iter(value.items()))
    if name == "Fn::GetAtt" and isinstance(inner, list):
        inner = ".".join(map(str, inner))
    return f"!{name.removeprefix('Fn::')} {scalar_text(inner)}" if isinstance(inner, str) else ""


def json_text(value: Any, pad: int, step: int) -> str:
    """A value in several lines of JSON, of which the first is behind its key."""
    text = json.dumps(value, indent=step, ensure_ascii=False)
    return text.replace("\n", "\n" + " " * pad)


def block_lines(content: Mapping[str, Any], pad: int) -> list[str]:
    """A map as lines of YAML in block style."""
    lines: list[str] = []
    for name, value in content.items():
        head = f"{' ' * pad}{scalar_text(name)}:"
        if isinstance(value, Mapping) and value and not _short(value):
            lines += [head, *block_lines(value, pad + 2)]
        elif isinstance(value, list) and value:
            lines += [head, *list_lines(value, pad + 2)]
        else:
            lines.append(f"{head} {flow_text(value, False)}")
    return lines


def list_lines(values: Sequence[Any], pad: int) -> list[str]:
    """A list as lines of YAML in block style."""
    lines: list[str] = []
    for value in values:
        if isinstance(value, Mapping) and value and not _short(value):
            inner = block_lines(value, pad + 2)
            lines += [" " * pad + "- " + inner[0].lstrip(), *inner[1:]]
        else:
            lines.append(f"{' ' * pad}- {flow_text(value, False)}")
    return lines
