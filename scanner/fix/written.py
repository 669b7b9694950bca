"""Values of remedies as text of the Terraform language, in the style of `terraform fmt`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from assay.scanner.sources.terraform import tree


def expression_of(value: Any) -> str:
    """A value as an expression: text that is `${…}` as a whole is the expression in it."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(expression_of, value))}]"
    if isinstance(value, Mapping):
        return object_text(value)
    text = str(value).strip()
    if is_expression(text):
        return text[2:-1].strip()
    return json.dumps(text, ensure_ascii=False)


def object_text(value: Mapping[str, Any], spread: bool = False) -> str:
    """A map as an object, in one line or with a line for each member."""
    names = {name if name.isidentifier() else json.dumps(name): expression_of(inner) for name, inner in value.items()}
    if not spread:
        return f"{{ {', '.join(f'{name} = {text}' for name, text in names.items())} }}"
    return "\n".join(["{", *arguments(names, "  "), "}"])


def is_expression(text: str) -> bool:
    """Whether a text is one `${…}` as a whole."""
    return text.startswith("${") and text.endswith("}") and text.count("${") == 1


def is_blocks(value: Any) -> bool:
    """Whether a value is written as nested blocks: a map, or a list of maps."""
    return isinstance(value, Mapping) or (isinstance(value, list) and bool(value) and all(isinstance(item, Mapping) for item in value))


def is_plain(expression: Any) -> bool:
    """Whether an expression is written out, and names nothing that has a value elsewhere."""
    if isinstance(expression, (tree.List, tree.Object)):
        return all(is_plain(item) for item in expression.items)
    if isinstance(expression, tuple):
        return all(map(is_plain, expression))
    return isinstance(expression, tree.Literal)


def arguments(texts: Mapping[str, str], indent: str, width: int = 0) -> list[str]:
    """Lines of arguments whose `=` stand below each other, behind names of at most `width` characters; those of several lines come after
    them, each behind a blank line."""
    flat = {name: text for name, text in texts.items() if "\n" not in text}
    width = max([width, *map(len, flat)])
    lines = [f"{indent}{name:<{width}} = {text}" for name, text in flat.items()]
    for name, text in texts.items():
        if name not in flat:
            first, *rest = text.split("\n")
            lines += ["", f"{indent}{name} = {first}", *(f"{indent}{line}" if line else "" for line in rest)]
    return lines[1:] if lines and not lines[0] else lines


def block(name: str, content: Mapping[str, Any], indent: str) -> list[str]:
    """Lines of a nested block: arguments first, then what is nested in it."""
    flat = spelled_out(content)
    inner = indent + "  "
    lines = arguments({key: expression_of(value) for key, value in flat.items() if not is_blocks(value)}, inner)
    for key, value in flat.items():
        for item in (value if isinstance(value, list) else [value]) if is_blocks(value) else ():
            lines += ([""] if lines else []) + block(key, item, inner)
    return [f"{indent}{name} {{", *lines, f"{indent}}}"] if lines else [f"{indent}{name} {{}}"]


def spelled_out(content: Mapping[str, Any]) -> dict[str, Any]:
    """Content with paths (`a.b: c`) as maps in each other."""
    made: dict[str, Any] = {}
    for path, value in content.items():
        name, _, inner = path.partition(".")
        made[name] = {**made.get(name, {}), **spelled_out({inner: value})} if inner else value
    return made
