"""Terraform's JSON syntax, written by program from HCL: https://developer.hashicorp.com/terraform/language/syntax/json"""

from __future__ import annotations

from typing import Any

from assay.scanner.sources.terraform.blocks import Block

_LABELLED = ("resource", "data", "variable", "output", "module", "provider")
_PLAIN = ("type", "provider", "providers", "depends_on", "ignore_changes", "iterator")
"""Arguments whose value is no expression, or a list of what is none."""


def json_form(blocks: list[Block], source: bytes) -> dict[str, Any] | None:
    """The same blocks as an object; None where one has an expression that JSON cannot hold, such as a heredoc."""
    built: dict[str, Any] = {}
    for block in blocks:
        body = _body(block, source)
        if body is None:
            return None
        if block.type not in _LABELLED:
            built.setdefault(block.type, []).append(body)
            continue
        inner = built.setdefault(block.type, {})
        for label in block.labels[:-1]:
            inner = inner.setdefault(label, {})
        if block.labels[-1] in inner:  # several configurations of one provider
            inner[block.labels[-1]] = [*_listed(inner[block.labels[-1]]), body]
        else:
            inner[block.labels[-1]] = body
    return built


def _listed(data: Any) -> list[Any]:
    return data if isinstance(data, list) else [data]


def _body(block: Block, source: bytes) -> dict[str, Any] | None:
    body: dict[str, Any] = {}
    for name, argument in block.arguments.items():
        written = source[argument.location.start : argument.location.end].decode().partition("=")[2].strip()
        if "<<" in written or "#" in written or "//" in written.replace("://", ""):
            return None
        body[name] = written.strip('"') if name in _PLAIN and written[0] not in "[{" else _value(written)
        if name in _PLAIN and written[0] in "[{":
            return None
    for inner in block.blocks:
        content = _body(inner, source)
        if content is None:
            return None
        if inner.type == "dynamic":
            body.setdefault("dynamic", {}).setdefault(inner.labels[0], []).append(content)
        elif inner.type in ("content", "lifecycle"):
            body[inner.type] = content
        else:
            body.setdefault(inner.type, []).append(content)
    return body


def _value(written: str) -> Any:
    if written in ("true", "false"):
        return written == "true"
    return int(written) if written.isdigit() else f"${{{written}}}"
