"""JSON, YAML, CSV, Base64 and digests."""

from __future__ import annotations

import base64
import binascii
import codecs
import functools
import hashlib
import io
import json
import re
import uuid
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.sources.documents import decode
from assay.scanner.sources.raw import Document, Made, Text, Unknown, document, references_in, unknown_inside
from assay.scanner.sources.terraform.functions.register import (
    Function,
    deep_unsettled,
    function,
    strict,
)
from assay.scanner.sources.terraform.literals import read_number
from assay.scanner.sources.terraform.operators import EvaluationError, finish, to_number, to_text, unsettled, why_unknown


@function("jsonencode")
def _jsonencode(raw: Any) -> Any:
    settled = finish(raw)
    return document(settled) if deep_unsettled(settled) else to_json(settled)


def to_json(plain: Any) -> str:
    """As Go writes it: with the characters escaped that mean something in HTML."""
    text = json.dumps(plain, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    return text.translate(_ESCAPED)


_ESCAPED = str.maketrans({character: f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"})


@function("jsondecode")
def _jsondecode(raw: Any) -> Any:
    if isinstance(raw, Document):
        return raw.content
    if isinstance(raw, Text) and not isinstance(content := decode(raw), Unknown):
        return content
    if unsettled(raw):
        return why_unknown(raw)
    return json.loads(to_text(raw), parse_int=_json_number, parse_float=_json_number, parse_constant=_no_constant)


def _json_number(text: str) -> Any:
    """A number of any length, as Terraform reads it; one that is too large to compute with is not known."""
    number = read_number(text)
    return Unknown("a number is too large to compute", "scan the plan") if number is None else number


def _no_constant(name: str) -> Any:
    raise EvaluationError(f"jsondecode(): {name} is not JSON")


@function("yamlencode")
def _yamlencode(raw: Any) -> Any:
    settled = finish(raw)
    if deep_unsettled(settled):
        return document(settled)  # text by its content, whatever its form
    import yaml

    return yaml.dump(settled, Dumper=_yaml_dumper(), sort_keys=True, allow_unicode=True, width=1 << 20)


@functools.cache
def _yaml_dumper() -> Any:
    """Texts in quotes, those of several lines as blocks, lists as far in as what they are in: as Terraform writes them."""
    import yaml

    def text(dumper: Any, data: str) -> Any:
        return dumper.represent_scalar("tag:yaml.org,2002:str", data, style="|" if "\n" in data else '"')

    dumper_class: Any = type("Dumper", (yaml.SafeDumper,), {"ignore_aliases": lambda self, data: True})
    dumper_class.add_representer(str, text)
    return dumper_class


_YAML_TAG = lazy_re.pattern(r"(?:^|[\s\[{,:-])!!\w", re.MULTILINE)


MAX_YAML = 200_000


SHORT_YAML = 16_384
"""Characters of a text whose content is kept: modules read the same small files for each of their instances."""


MAX_REPEATED = 16
"""How many times its own length a text may have where its aliases are written out."""


def _yamldecode(text: str) -> Any:
    if _YAML_TAG.search(text):
        return Unknown("yamldecode() of text with tags is not evaluated", "scan the plan")
    if len(text) > MAX_YAML:
        return Unknown(f"yamldecode() of text of more than {MAX_YAML:,} characters is not evaluated", "scan the plan")
    if not re.search(r"^[^\S\n]*[^\s#]", text, re.MULTILINE):
        raise EvaluationError("yamldecode(): there is no document")
    return _read_yaml_once(text) if len(text) <= SHORT_YAML else _read_yaml(text)


def _read_yaml(text: str) -> Any:
    import yaml

    try:
        loader = _yaml_loader()(text)
        node = loader.get_single_node()
        if _written_out(node, {}) > len(text) * MAX_REPEATED:
            return Unknown("yamldecode() of text whose aliases repeat too much is not evaluated", "scan the plan")
        content = None if node is None else loader.construct_document(node)
        return json.loads(json.dumps(content, allow_nan=False), parse_float=to_number)
    except NotImplementedError as error:
        return Unknown(f"yamldecode(): {error}", "scan the plan")
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        if "duplicate anchor" in str(error):  # which Terraform takes
            return Unknown("yamldecode() of text that gives an anchor twice is not evaluated", "scan the plan")
        raise EvaluationError(f"yamldecode(): {error}") from None


def _written_out(node: Any, sizes: dict[int, int | None]) -> int:
    """About how many characters a node has where each alias is written out: a few lines of them can stand for gigabytes."""
    if node is None or isinstance(node.value, str):
        return 1 if node is None else len(node.value) + 1
    if id(node) in sizes:
        size = sizes[id(node)]
        if size is None:
            raise ValueError("an anchor is referred to from inside what it names")
        return size
    sizes[id(node)] = None
    inner = node.value
    if inner and isinstance(inner[0], tuple):
        _check_merged(inner)
        inner = [part for pair in inner for part in pair]
    size = sizes[id(node)] = 1 + sum(_written_out(part, sizes) for part in inner)
    return size


def _check_merged(pairs: list[tuple[Any, Any]]) -> None:
    """Terraform lets what comes later win, a merged mapping too, and refuses a list of them, which OpenTofu takes."""
    if any(key.tag == "tag:yaml.org,2002:merge" and (place or value.id != "mapping") for place, (key, value) in enumerate(pairs)):
        raise NotImplementedError("a merge (<<) that is not of one mapping, before all keys, is not evaluated")


_read_yaml_once = functools.lru_cache(256)(_read_yaml)


@functools.cache
def _yaml_loader() -> Any:
    """Plain words mean what they mean to Terraform, which is neither quite YAML 1.1 nor 1.2."""
    import yaml

    base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast where PyYAML was built with libyaml
    loader_class: Any = type("Loader", (base,), {"yaml_implicit_resolvers": {}})
    for kind, pattern in (
        ("bool", r"y|Y|n|N|yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF"),
        ("null", r"~|null|Null|NULL|"),
        ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"),
        ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"),
        ("merge", r"<<"),
        ("timestamp", r"\d{4}-\d\d?-\d\d?(?:(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d.*)?"),
    ):
        loader_class.add_implicit_resolver(f"tag:yaml.org,2002:{kind}", re.compile(f"^(?:{pattern})$"), None)
    loader_class.add_constructor("tag:yaml.org,2002:int", lambda loader, node: _yaml_int(node.value))
    loader_class.add_constructor("tag:yaml.org,2002:float", lambda loader, node: float(node.value))
    loader_class.add_constructor("tag:yaml.org,2002:bool", lambda loader, node: node.value[0] in "yYtT" or node.value in ("on", "On", "ON"))
    loader_class.add_constructor("tag:yaml.org,2002:merge", lambda loader, node: node.value)
    loader_class.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: _yaml_time(node.value))
    return loader_class


def _yaml_int(text: str) -> int:
    base = {"0o": 8, "0x": 16}.get(text[:2], 10)
    return int(text if base == 10 else text[2:], base)


def _yaml_time(text: str) -> str:
    """A date becomes a time, the `2012-10-17` of a policy too; of times only the usual form is understood."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return f"{text}T00:00:00Z"
    if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text):
        return text
    raise NotImplementedError(f"the time {text} is in an unusual form")


def _encoded(text: str, encoding: str) -> str:
    try:
        return base64.b64encode(text.encode(_codec(encoding))).decode()
    except UnicodeEncodeError as error:
        raise EvaluationError(f"textencodebase64(): {error}") from None


def _decoded(text: str, encoding: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode(_codec(encoding))
    except (binascii.Error, UnicodeDecodeError) as error:
        raise EvaluationError(f"textdecodebase64(): {error}") from None


def _codec(encoding: str) -> str:
    """A character encoding by its IANA name: https://www.iana.org/assignments/character-sets"""
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        raise EvaluationError(f"{encoding!r} is no encoding") from None


_NAMESPACES = {"dns": uuid.NAMESPACE_DNS, "url": uuid.NAMESPACE_URL, "oid": uuid.NAMESPACE_OID, "x500": uuid.NAMESPACE_X500}


def _uuidv5(namespace: str, name: str) -> str:
    return str(uuid.uuid5(_NAMESPACES.get(namespace) or uuid.UUID(namespace), name))


def _base64decode(text: str) -> str:
    try:
        return base64.b64decode(text.replace("\r", "").replace("\n", ""), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise EvaluationError(f"base64decode(): {error}") from None


def _csvdecode(text: str) -> list[dict[str, str]]:
    import csv  # slow to import, and rarely used

    try:
        header, *rows = [row for row in csv.reader(io.StringIO(text), strict=True) if row]
    except csv.Error as error:
        raise EvaluationError(f"csvdecode(): {error}") from None
    if len(set(header)) != len(header):
        raise EvaluationError("csvdecode(): two columns have one name")
    return [dict(zip(header, row, strict=True)) for row in rows]


def _hash(name: str) -> Function:
    return lambda text: hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()


def _hash64(name: str) -> Function:
    return lambda text: base64.b64encode(hashlib.new(name, text.encode(), usedforsecurity=False).digest()).decode()


@function("base64encode")
def _base64encode(raw: Any) -> Any:
    settled = finish(raw)
    if isinstance(settled, (Text, Document)):
        why = why_unknown(unknown_inside(settled) or settled)
        return Made(why.reason, why.settles_it, why.location, tuple(references_in(settled)), settled)
    if deep_unsettled(settled):
        return why_unknown(settled)
    return base64.b64encode(to_text(settled).encode()).decode()


@function("base64gzip")
def _base64gzip(raw: Any) -> Any:
    """What it encodes, not the bytes: each version of Terraform may compress in its own way."""
    settled = finish(raw)
    if deep_unsettled(settled) and not isinstance(settled, (Text, Document)):
        return why_unknown(settled)
    reason = "which bytes base64gzip() makes hangs on the version of Terraform"
    inside = settled if isinstance(settled, (Text, Document)) else to_text(settled)
    return Made(reason, "scan the plan", of=tuple(references_in(settled)), inside=inside)


strict("yamldecode", _yamldecode, to_text)
strict("base64decode", _base64decode, to_text)
strict("csvdecode", _csvdecode, to_text)
strict("textencodebase64", _encoded, to_text)
strict("textdecodebase64", _decoded, to_text)
strict("uuidv5", _uuidv5, to_text)
for _digest in ("md5", "sha1", "sha256", "sha512"):
    strict(_digest, _hash(_digest), to_text)
for _digest in ("sha256", "sha512"):
    strict(f"base64{_digest}", _hash64(_digest), to_text)
