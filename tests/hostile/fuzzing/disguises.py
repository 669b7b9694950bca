"""Disguises: what the tool that deploys an input reads as the same, or refuses."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Callable
from typing import Any

from tests.hostile.fuzzing.cases import LINK, Files

_HCL, _YAML, _JSON = (".tf",), (".yaml", ".yml"), (".json", ".ndjson")
_MARK = "\ufeff"
"""A byte order mark, which stays the first character."""
Step = Callable[[Files, random.Random], Files | None]
"""None where there is nothing to disguise so."""


def _one(suffixes: tuple[str, ...], change: Callable[[str, random.Random], str | bytes | None]) -> Step:
    """A step that changes the text of one file."""

    def step(files: Files, chance: random.Random) -> Files | None:
        names = [name for name, content in files.items() if name.endswith(suffixes) and not content.startswith(LINK)]
        if not names:
            return None
        name = chance.choice(names)
        try:
            text = files[name].decode("utf-8")
        except UnicodeDecodeError:
            return None
        made = change(text.removeprefix(_MARK), chance)
        if made is None:
            return None
        return {**files, name: (_MARK * text.startswith(_MARK) + made).encode() if isinstance(made, str) else made}

    step.__name__ = change.__name__
    return step


def _some(pattern: str, replacement: Callable[[re.Match[str], random.Random], str]) -> Callable[[str, random.Random], str | None]:
    """Changes one of the places that match."""

    def change(text: str, chance: random.Random) -> str | None:
        places = list(re.finditer(pattern, text, re.MULTILINE))
        if not places:
            return None
        place = chance.choice(places)
        return text[: place.start()] + replacement(place, chance) + text[place.end() :]

    return change


def _escaped(text: str, chance: random.Random, form: str = "\\u{:04x}") -> str:
    at = chance.randrange(len(text))
    return text[:at] + form.format(ord(text[at])) + text[at + 1 :]


def comment(text: str, chance: random.Random) -> str:
    return chance.choice(("# AWS:: Resources\n", '# "assay-snapshot/1" format_version terraform_version planned_values\n', "\n\n")) + text


def comment_of_hcl(text: str, chance: random.Random) -> str:
    return chance.choice(("/* { */\n", "// resource {\n", "# <<EOT\n", "\n", "/**/ ")) + text


def byte_order_mark(text: str, chance: random.Random) -> bytes:
    return b"\xef\xbb\xbf" + text.encode()


def utf_16(text: str, chance: random.Random) -> bytes:
    return text.encode("utf-16")


def line_ends(text: str, chance: random.Random) -> str:
    return text.replace("\n", "\r\n")


def trailing(text: str, chance: random.Random) -> str:
    return text + chance.choice(("\n}\n", "\n\x00", "\n]", "\n\xff"))


def escaped_labels(text: str, chance: random.Random) -> str | None:
    label = _some(r'^(resource|data|module|variable)( +)"(\w+)"', lambda m, c: f'{m[1]}{m[2]}"{_escaped(m[3], c)}"')
    nested = _some(r'^( *dynamic +)"(\w+)"', lambda m, c: f'{m[1]}"{_escaped(m[2], c)}"')
    return chance.choice((label, label, nested))(text, chance)


def twice(text: str, chance: random.Random) -> str | None:
    """A block stands twice: Terraform refuses that."""
    return _some(r"^resource .*\n(?:.*\n)*?}\n", lambda m, c: m[0] + m[0])(text, chance)


def arguments_in_front(text: str, chance: random.Random) -> str | None:
    """White space and comments where nothing else may stand."""
    return _some(r"^( +)(\w+)( *)=( *)(?!<)", lambda m, c: f"{m[1]}{m[2]} /* = null */{m[3]}={m[4]}")(text, chance)


def escaped_keys_of_yaml(text: str, chance: random.Random) -> str | None:
    return _some(r"^( *(?:- )?)([A-Za-z]\w*)(?=:(?: |$))", lambda m, c: f'{m[1]}"{_escaped(m[2], c, chance.choice(FORMS))}"')(text, chance)


FORMS = ("\\u{:04x}", "\\x{:02x}", "\\U{:08x}")


def escaped_types_of_yaml(text: str, chance: random.Random) -> str | None:
    kind = r"^( *(?:- )?(?:Type|type|kind|apiVersion): )([A-Za-z][\w:./-]*)$"
    return _some(kind, lambda m, c: f'{m[1]}"{_escaped(m[2], c, c.choice(FORMS))}"')(text, chance)


def question_key(text: str, chance: random.Random) -> str | None:
    return _some(r"^([A-Za-z]\w*):$", lambda m, c: f"? {m[1]}\n:")(text, chance)


def document_mark(text: str, chance: random.Random) -> str | None:
    return None if text.startswith(("---", "%")) else chance.choice(("---\n", "%YAML 1.1\n---\n")) + text


def tagged(text: str, chance: random.Random) -> str | None:
    return _some(r"^(Resources|resources|spec|metadata):$", lambda m, c: f"!!str {m[1]}: !!map")(text, chance)


def escaped_strings(text: str, chance: random.Random) -> str | None:
    return _some(r'"([A-Za-z][^"\\\n]*)"', lambda m, c: f'"{_escaped(m[1], c)}"')(text, chance)


def repeated_key(text: str, chance: random.Random) -> str | None:
    """A key before which it stands already, with nothing in it: parsers differ in which of the two counts."""
    return _some(r'"([A-Za-z]\w*)": ?(?=[{\[])', lambda m, c: f'"{m[1]}": {c.choice(("{}", "[]", "null"))}, {m[0]}')(text, chance)


def repeated_key_of_yaml(text: str, chance: random.Random) -> str | None:
    """The same at the end of a file, where nothing is behind it that could be read as its value."""
    tops = re.findall(r"^([A-Za-z]\w*):", text, re.MULTILINE)
    return f"{text}\n{chance.choice(tops)}: {{}}\n" if tops and not text.startswith("{") else None


def other_spacing(text: str, chance: random.Random) -> str | None:
    """Whole JSON in another layout, key by key as it was."""
    try:
        document = json.loads(text, object_pairs_hook=_Pairs)
    except ValueError:
        return None
    return str(chance.choice((_dumped(document, ""), _dumped(document, "\n\t"))))


class _Pairs(list[Any]):
    """The members of an object, repeated ones too."""


def _dumped(value: Any, space: str) -> str:
    if isinstance(value, _Pairs):
        return "{" + ",".join(f"{space}{json.dumps(key)}{space}:{_dumped(inner, space)}" for key, inner in value) + "}"
    if isinstance(value, list):
        return "[" + ",".join(space + _dumped(inner, space) for inner in value) + "]"
    return json.dumps(value)


def marks(text: str, chance: random.Random) -> str | None:
    """A member of the outermost object that carries the words of other formats."""
    if not text.startswith("{") or "\n{" in text:
        return None
    words = (
        '"Metadata": {"format_version": "1.2", "terraform_version": "1", "planned_values": {}, "x": "\\"assay-snapshot/ asset_type //"},'
    )
    return "{" + words + text[1:]


def renamed(files: Files, chance: random.Random) -> Files | None:
    """Other names of the same kind of file."""
    name = chance.choice(list(files))
    folder, _, base = name.rpartition("/")
    stem, dot, suffix = base.rpartition(".")
    others = {
        "tf": ("#open.tf", "a b.tf", "ü.tf", "-.tf", f"{stem}.x.tf"),
        "yaml": (f"{stem}.yml", f"{stem}.x.yaml"),
        "json": (f"{stem}.x.json",),
        "ndjson": (f"{stem}.json", f"{stem}.x.ndjson", f"{stem}"),
    }.get(suffix)
    if not others or not dot or ".tf.json" in base or "override" in base or "manifest.json" in files:  # which names its templates
        return None
    new = f"{folder}/{chance.choice(others)}".removeprefix("/")
    return None if new in files else {(new if path == name else path): content for path, content in files.items()}


def behind_a_link(files: Files, chance: random.Random) -> Files:
    """Everything in a folder that begins with a dot, and a link to it."""
    return {**{f".kept/{path}": content for path, content in files.items()}, "infra": LINK + b".kept"}


def called(files: Files, chance: random.Random) -> Files | None:
    """Somebody calls the module, and makes none of it."""
    if not any(path.endswith(".tf") and "/" not in path for path in files) or any("backend" in path for path in files):
        return None
    caller = b'module "never" {\n  source = "../root"\n  count  = 0\n}\n'
    return {**{f"root/{path}": content for path, content in files.items()}, "examples/main.tf": caller}


def something_else(files: Files, chance: random.Random) -> Files:
    more = {
        "package.json": b'{"name": "x", "Resources": "none"}',
        "README.md": b"# AWS:: Resources\n",
        ".terraform/modules/modules.json": b'{"Modules": [{"Key": "m", "Source": "./x", "Dir": "."}]}',
        "values.yaml": b"image: {{ .Values.image }}\nResources: 1\n",
        "sub/other.tf": b'resource "aws_sqs_queue" "q" {\n  name = "q"\n}\n',
        "terraform.tfvars": b"# nothing\n",
    }
    name = chance.choice(list(more))
    return files if name in files else {**files, name: more[name]}


def packed(files: Files, chance: random.Random) -> Files | None:
    names = [name for name, content in files.items() if name.endswith(".ndjson") and not content.startswith(LINK)]
    return {**files, names[0]: gzip.compress(files[names[0]])} if names else None


REFUSED = {"utf_16", "trailing", "twice", "repeated_key", "repeated_key_of_yaml", "marks", "behind_a_link", "packed", "called"}
"""Steps after which a run may say that it is incomplete. The others change nothing: a gap after them is a wrong alarm."""
STEPS: tuple[Step, ...] = (
    _one(_HCL, comment_of_hcl), _one(_HCL, byte_order_mark), _one(_HCL, line_ends), _one(_HCL, trailing), _one(_HCL, escaped_labels),
    _one(_HCL, escaped_labels), _one(_HCL, twice), _one(_HCL, arguments_in_front), called, _one(_HCL, utf_16),
    _one(_YAML, comment), _one(_YAML, byte_order_mark), _one(_YAML, line_ends), _one(_YAML, trailing), _one(_YAML, escaped_keys_of_yaml),
    _one(_YAML, escaped_keys_of_yaml), _one(_YAML, escaped_types_of_yaml), _one(_YAML, question_key), _one(_YAML, document_mark),
    _one(_YAML, tagged), _one(_YAML, repeated_key_of_yaml), _one(_YAML, utf_16),
    _one(_JSON, escaped_strings), _one(_JSON, escaped_strings), _one(_JSON, repeated_key), _one(_JSON, other_spacing), _one(_JSON, marks),
    _one(_JSON, byte_order_mark), _one(_JSON, trailing), _one(_JSON, utf_16), packed,
    renamed, behind_a_link, something_else, something_else,
)  # fmt: skip


def disguise(files: Files, chance: random.Random) -> tuple[str, Files]:
    """The name of a step that can be taken, and the files after it."""
    for step in chance.sample(STEPS, len(STEPS)):
        if (made := step(files, chance)) is not None:
            return step.__name__, made
    return "nothing", files
