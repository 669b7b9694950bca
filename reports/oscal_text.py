"""Words of OSCAL 1.2.1 that its documents share: identifiers, properties, and text as its datatypes want it.

https://pages.nist.gov/OSCAL/reference/1.2.1/ and https://pages.nist.gov/metaschema/specification/datatypes/. An empty array is not valid,
a token begins with a letter, and a string neither begins nor ends with a space.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from assay.reports.findings import line
from assay.reports.json_report import encoded
from assay.reports.judged import stable_id
from assay.reports.markdown_text import block, span
from assay.reports.sarif_rules import Object
from assay.scanner import lazy_re

VERSION = "1.2.1"
NAMESPACE = "https://assay.example/ns/oscal"
"""Of our properties. It names them, and nothing is there to be read."""
_STRING, _MARKUP = 2_000, 4_000
_TOKEN = lazy_re.pattern(r"[A-Za-z_][A-Za-z0-9._-]*")
_NIST = lazy_re.pattern(r"([A-Z]{2})-(\d+)(?:\((\d+)\))?")


def oscal_id(*parts: str) -> str:
    """The UUID of a part of a document: the same for the same thing in every run."""
    return stable_id("oscal", *parts)


def token(text: str) -> str:
    """An identifier. What is one already stays; of others, what may not be in one is replaced, and a digest keeps them apart."""
    if _TOKEN.fullmatch(text) and len(text) <= 200:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:12]
    return f"_{re.sub('[^A-Za-z0-9._-]+', '_', text[:100]).strip('_')}_{digest}"


def section_id(framework: str, section: str) -> str:
    """The identifier of a section. Those of NIST SP 800-53 are those of NIST's catalog: AC-2(1) is ac-2.1
    (https://github.com/usnistgov/oscal-content); others have the framework before them, since a token begins with no digit."""
    nist = _NIST.fullmatch(section) if framework.startswith("nist_800_53") else None
    if nist:
        return f"{nist[1].lower()}-{nist[2]}" + (f".{nist[3]}" if nist[3] else "")
    return token(f"{framework}_{section.replace('(', '.').replace(')', '')}")


def statement_id(control: str) -> str:
    """The identifier of the statement of a control, as NIST's catalogs make it."""
    return f"{control}_smt"


def string(text: str) -> str:
    """A text in one line: the datatype `string`."""
    return line(text, _STRING).strip() or "(empty)"


def markup_line(text: str) -> str:
    """What others wrote as Markdown in one line, in which it becomes no markup."""
    return span(text, 400)


def markup(text: str) -> str:
    """What others wrote as Markdown in several lines, in which it becomes no markup."""
    return block(text, _MARKUP) if "\n" in text.strip() else span(text, _MARKUP)


def prop(name: str, value: object, **more: str) -> Object:
    """A property in our namespace."""
    return {"name": name, "ns": NAMESPACE, "value": string(str(value)), **more}


def props(values: Mapping[str, object]) -> list[Object]:
    """Properties for the values that are there."""
    return [prop(name, value) for name, value in values.items() if value not in ("", None)]


def without_empty(made: Mapping[str, Any]) -> Object:
    """An object without what is empty: OSCAL has no empty arrays."""
    return {name: value for name, value in made.items() if value or value == 0}


def in_parts(head: Mapping[str, Any], lists: Mapping[str, Iterable[Object]], inner: Mapping[str, Iterable[bytes]] = {}) -> Iterator[bytes]:
    """A JSON object as it is written: first what is at hand, which is not empty, then objects that come in parts themselves, then lists
    element by element. A list without elements is left out."""
    yield encoded(head)[:-1]
    for name, parts in inner.items():
        yield b',"%s":' % name.encode()
        yield from parts
    for name, elements in lists.items():
        before = b',"%s":[' % name.encode()
        end = b""
        for element in elements:
            yield before + encoded(element)
            before, end = b",\n", b"]"
        yield end
    yield b"}"
