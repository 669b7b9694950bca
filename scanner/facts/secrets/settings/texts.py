"""Documents and texts that a resource shows as a whole: the definition of a state machine, what a build does, the source of a function."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assay.scanner.facts.secrets.settings.hiding import hide
from assay.scanner.facts.secrets.settings.places import Build, Code, Commands, Content, Stated
from assay.scanner.facts.secrets.settings.values import Answer, Linked, declared, flat, joined, script, shown
from assay.scanner.facts.view import View
from assay.scanner.sources.documents import decode_yaml
from assay.scanner.sources.raw import Location, Text, Unknown, because
from assay.scanner.sources.secret_detecting import by_form
from assay.scanner.sources.values import Value

Told = tuple[str, Answer, tuple[Location, ...]]
"""What is told of a text: what it is called, what it shows, and where it was seen."""


def content(view: View, source: Content) -> Iterator[Told | Unknown]:
    """What documents show; a whole that is not known may show anything."""
    blocks, more = view.inner(source.blocks) if source.blocks else ([view], None)
    for block in blocks:
        value = block[source.path]
        if value.data not in (None, "", {}, []):
            linked = Linked(None if view.item.vague_links else block.link(source.path).raw)
            yield source.label, shown("", value.raw, linked) or _open(value), value.seen
    if more is not None:
        yield more


def stated(view: View, source: Stated) -> Iterator[Told]:
    """Which secrets are written in documents, one or a list of them."""
    value = view.link(source.path)
    if value.data in (None, "", [], {}):
        return
    answers: list[Answer] = []
    for written in _listed(value.raw):
        content = decode_yaml(written) if isinstance(written, (str, Text)) else written
        answers.append(declared("", content if isinstance(content, (dict, list)) else written))
        hide(view, answers[-1], "", content, whole=False)
    yield source.label, _written_alone(joined(answers)), value.seen


def commands(view: View, source: Commands) -> Iterator[Told]:
    """Which secrets are written in commands."""
    blocks, _ = view.inner(source.blocks)
    for block in blocks:
        value = block[source.path]
        if value.data not in (None, "", []):
            yield source.label, _written_alone(script(value.raw, Linked(None))), value.seen


def _written_alone(answer: Answer) -> Answer:
    return () if isinstance(answer, Unknown) else answer


def build(view: View, source: Build) -> Iterator[Told]:
    """What a build shows. A buildspec may be the name of a file as well, which has no parts.

    https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
    """
    value = view[source.path]
    document = decode_yaml(value.raw) if value.data not in (None, "") else None
    if not isinstance(document, dict):
        if doubt := _open(value):
            yield source.label, doubt, value.seen
        return
    for name, raw in _mapping(_mapping(document.get("env")).get("variables")).items():
        yield f"{name} of {source.label}", shown(str(name), raw, Linked(raw)), value.seen
    for name, phase in _mapping(document.get("phases")).items():
        commands = [one for key in ("commands", "finally") for one in _listed(_mapping(phase).get(key))]
        yield f"{name} of {source.label}", joined([script(one, Linked(one)) for one in commands]), value.seen


def code(view: View, source: Code) -> Iterator[Told]:
    """What the source of a program shows."""
    value = view[source.path]
    text = flat(value.raw) if isinstance(value.raw, Text) else value.raw
    if isinstance(text, str) and text:
        yield source.label, tuple(dict.fromkeys(secret.kind for secret in by_form(text))), value.seen


def _open(value: Value[Any]) -> Answer:
    return because(value.data) if isinstance(value.data, Unknown) and not isinstance(value.raw, Text) else ()


def _mapping(data: Any) -> dict[Any, Any]:
    return data if isinstance(data, dict) else {}


def _listed(data: Any) -> list[Any]:
    return data if isinstance(data, list) else [] if data is None else [data]
