"""YAML with the line of every value, so that an error can name it."""

from __future__ import annotations

from typing import Any

import yaml

Path = tuple[str | int, ...]
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(text: str) -> tuple[Any, dict[Path, int]]:
    """The data of one document and the 1-based line of each path in it. Raises yaml.YAMLError; a repeated key, and an alias, is one."""
    loader = _LOADER(text)
    try:
        node = loader.get_single_node()
        lines: dict[Path, int] = {}
        return (_data(loader, node, (), lines, set()) if node else None), lines
    finally:
        loader.dispose()


def _data(loader: Any, node: yaml.Node, path: Path, lines: dict[Path, int], met: set[int]) -> Any:
    if id(node) in met:  # a few aliases can stand for more than any memory holds
        raise yaml.MarkedYAMLError(problem="aliases are not supported", problem_mark=node.start_mark)
    met.add(id(node))
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        built: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in built:
                raise yaml.MarkedYAMLError(problem=f"the key {key!r} stands twice", problem_mark=key_node.start_mark)
            built[key] = _data(loader, value_node, (*path, key), lines, met)
            lines[(*path, key)] = key_node.start_mark.line + 1
        return built
    if isinstance(node, yaml.SequenceNode):
        return [_data(loader, element_node, (*path, at), lines, met) for at, element_node in enumerate(node.value)]
    return loader.construct_object(node)
