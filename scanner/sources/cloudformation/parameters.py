"""Values of parameters that the user gives: in files, in the three forms that tools write, and on the command line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from assay.scanner.sources.cloudformation.texts import plain
from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.discover import show
from assay.scanner.sources.encodings import utf8
from assay.scanner.sources.overlay import Overlay

_FORMS = 'write [{"ParameterKey": …, "ParameterValue": …}], {"Parameters": {…}} or {"NAME": "VALUE"}'


def given(files: Sequence[str], values: dict[str, str], overlay: Overlay) -> tuple[dict[str, Any], list[Gap]]:
    """Values by name, a later file before an earlier one and single values before files; and the files that could not be read."""
    file_values: dict[str, Any] = {}
    gaps: list[Gap] = []
    for path in files:
        try:
            content = msgspec.json.decode(utf8(overlay.read(path, 10_000_000)))
            file_values.update(_read(content))
        except (OSError, ValueError, RecursionError) as error:
            gaps.append(Gap(show(path), "parse_error", f"no file of parameters: {error}", _FORMS))
    return {**file_values, **values}, gaps


def unused(name: str, declared: Iterable[str]) -> Gap:
    """The gap of a parameter that is given and that nothing declares: a slip of the pen, by which another keeps its default."""
    import difflib

    near = difflib.get_close_matches(name, sorted(declared), 1)
    way = f"did you mean {near[0]}?" if near else "correct the name, or leave it out"
    return Gap(f"--parameter {name}", "variable_unused", f'no template that was scanned declares a parameter "{name}"', way)


def _read(content: Any) -> dict[str, Any]:
    """Raises ValueError where it has none of the forms."""
    if isinstance(content, list):  # aws cloudformation create-stack --parameters file://…
        read: dict[str, Any] = {}
        for entry in content:
            if isinstance(entry, str) and "=" in entry:  # aws cloudformation deploy --parameter-overrides file://…
                name, _, value = entry.partition("=")
                read[name] = value
            elif isinstance(entry, dict) and isinstance(entry.get("ParameterKey"), str):
                if "ParameterValue" in entry:
                    read[entry["ParameterKey"]] = _value(entry["ParameterValue"])
            else:
                raise ValueError("an entry is no parameter")
        return read
    if isinstance(content, dict):  # CodePipeline's template configuration has Parameters beside Tags and StackPolicy
        values = content["Parameters"] if isinstance(content.get("Parameters"), dict) else content
        return {name: _value(value) for name, value in values.items() if not isinstance(value, dict)}
    raise ValueError("neither a list nor an object")


def _value(value: Any) -> Any:
    return ",".join(str(plain(element)) for element in value) if isinstance(value, list) else plain(value)
