"""Whether a value is a secret that stands there in plain text."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from typing import Any, NamedTuple

from assay.scanner import lazy_re
from assay.scanner.facts.secrets.settings.references import maybe_secret, secret_of
from assay.scanner.sources.nodes import step
from assay.scanner.sources.raw import Document, Either, Encoded, Made, Open, Reference, Text, Unknown, because, references_in
from assay.scanner.sources.secret_detecting import by_form, is_placeholder, is_reference, says_secret
from assay.scanner.sources.secret_settings import Kinds, RedactedSecret, document, of_arguments, of_script, of_value

_FILLED_IN = lazy_re.pattern(r"\{\{resolve:|\$\(ref\.")
_OPEN = "${x}"
"""Stands for a part of a text that is not known."""

Answer = Kinds | Unknown
"""Kinds of secrets, or why it is not known whether there is one."""


class Linked(NamedTuple):
    """A value in which what refers to another resource is a Reference."""

    data: Any

    def below(self, key: str) -> Linked:
        """What is under a key; the value itself where it refers to something as a whole."""
        return self if isinstance(self.data, (Unknown, Reference)) else Linked(step(self.data, key))

    @property
    def secrets(self) -> Kinds:
        """The secrets of other resources that it is made of."""
        return tuple(dict.fromkeys(what for reference in made_of(self.data) if (what := secret_of(reference))))


def shown(name: str, raw: Any, linked: Linked) -> Answer:
    """What a setting shows to whoever may describe its resource: what it holds itself, and what it takes from others."""
    if isinstance(linked.data, Either):  # its options are those of `raw`, with references
        return agreed(linked.data, lambda option: shown(name, option, Linked(option)))
    there = agreed(linked.data, lambda option: _shown_kinds(name, option))
    # What another resource is configured with is judged there: the name of a secret is none, wherever it is put.
    refers = isinstance(linked.data, (Reference, Text, Document, Made))
    own = there if refers else agreed(raw, lambda option: _shown_kinds(name, option))
    kinds = joined([linked.secrets, *(answer for answer in (own, there) if not isinstance(answer, Unknown))])
    if kinds:
        return kinds
    if says_secret(name):
        holder = next((reference for reference in made_of(linked.data) if maybe_secret(reference)), None)
        if holder is not None:
            return (f"the value of {holder.address}",)
    return own if isinstance(linked.data, Unknown) or isinstance(there, Unknown) else ()


def _shown_kinds(name: str, raw: Any) -> Answer:
    if raw is None or isinstance(raw, bool):
        return ()
    if isinstance(raw, RedactedSecret):
        return raw.kinds
    if isinstance(raw, (Made, Reference)):
        return ()
    if isinstance(raw, Unknown):
        marked = isinstance(raw, Open) and raw.marked
        return because(raw) if marked or says_secret(name) else ()
    if isinstance(raw, Text):
        return _of_text(name, raw)
    if isinstance(raw, Document):
        return _shown_kinds(name, raw.content)
    if isinstance(raw, (dict, list)):
        return _of_data(name, raw)
    return of_value(name, raw)


def _of_text(name: str, text: Text) -> Answer:
    known = flat(text)
    kinds = of_value(name, known) or _encoded(text)
    if kinds or text.unknown is None or not says_secret(name) or (text.prefix and is_reference(text.prefix)):
        return kinds
    return text.unknown


def flat(text: Text) -> str:
    """The known parts of a text, with a mark for each that is not known."""
    return "".join(part if isinstance(part, str) else _OPEN for part in text.parts)


def _encoded(text: Text) -> Answer:
    """What the documents hold that a text has in it: `${jsonencode({…})}`."""
    return joined([_shown_kinds("", part.content) for part in text.parts if isinstance(part, Encoded)])


def _of_data(name: str, data: Any) -> Answer:
    """What a document holds, by the names in it."""
    return joined([agreed(below, functools.partial(_shown_kinds, key)) for key, below in pairs(name, data)])


def pairs(name: str, data: dict[str, Any] | list[Any]) -> list[tuple[str, Any]]:
    """What is in a document, each with its name."""
    if isinstance(data, list):
        return [(name, element) for element in data]
    if "remoteRef" in data:  # of an ExternalSecret: https://external-secrets.io/latest/api/externalsecret/
        return [(str(key), below) for key, below in data.items() if key != "secretKey"]
    told = data.get("name", data.get("Name"))
    value = data.get("value", data.get("Value"))
    if isinstance(told, str) and value is not None:
        return [(told, value)]
    return [(str(key), below) for key, below in data.items()]


def joined(answers: list[Answer]) -> Answer:
    """What several values hold together."""
    kinds = tuple(dict.fromkeys(kind for answer in answers if not isinstance(answer, Unknown) for kind in answer))
    return kinds or next((answer for answer in answers if isinstance(answer, Unknown)), ())


def agreed(raw: Any, told: Callable[[Any], Answer]) -> Answer:
    """What all options of a value hold; where some do and some do not, that is not known."""
    if not isinstance(raw, Either):
        return told(raw)
    answers = [told(option) for option in raw.options]
    if all(answer and not isinstance(answer, Unknown) for answer in answers):
        return joined(answers)
    return because(raw) if any(answers) else ()


def made_of(linked: Any) -> list[Reference]:
    """The attributes of other resources that a value is made of, whichever way."""
    if isinstance(linked, Made):
        return [*linked.of, *made_of(linked.inside)]
    if isinstance(linked, (list, dict)):
        return [reference for below in (linked.values() if isinstance(linked, dict) else linked) for reference in made_of(below)]
    if isinstance(linked, Text):
        return [reference for part in linked.parts for reference in made_of(part)]
    if isinstance(linked, Document):
        return made_of(linked.content)
    if isinstance(linked, Either):  # a secret in one of them may be there
        return []
    return references_in(linked)


def script(raw: Any, linked: Linked) -> Answer:
    """What a script shows, such as the user data of a machine."""
    if isinstance(linked.data, Either):
        return agreed(linked.data, lambda option: script(option, Linked(option)))
    if isinstance(raw, list):  # lines of one
        return joined([script(line, Linked(step(linked.data, str(at)))) for at, line in enumerate(raw)])
    own = agreed(linked.data if isinstance(linked.data, (Made, Text)) else raw, _in_script)
    return joined([linked.secrets, own])


def _in_script(raw: Any) -> Answer:
    if isinstance(raw, Made):
        return _in_script(raw.inside) if raw.inside is not None else because(raw)
    if isinstance(raw, RedactedSecret):
        return raw.kinds
    if isinstance(raw, Unknown):
        return because(raw)
    if isinstance(raw, Document):
        return _shown_kinds("", raw.content)
    if isinstance(raw, Text):
        return of_script(flat(raw)) or _encoded(raw) or _open_in_script(raw)
    return of_script(raw) if isinstance(raw, str) else ()


_ASSIGNED = lazy_re.pattern(r"([\w.-]{1,100})[\"']?\s{0,9}[=:]\s{0,9}[\"']?\Z")


def _open_in_script(text: Text) -> Answer:
    """A part that is not known where the text before it says that it is a secret: `DB_PASSWORD=${var.password}`."""
    before = ""
    for part in text.parts:
        if isinstance(part, Unknown) and (match := _ASSIGNED.search(before[-150:])) and says_secret(match[1]):
            return because(part)
        before = before + part if isinstance(part, str) else _OPEN
    return ()


def arguments(raw: Any, linked: Linked) -> Answer:
    """What the arguments of a command show."""
    if isinstance(linked.data, Either):
        return agreed(linked.data, lambda option: arguments(option, Linked(option)))
    return joined([linked.secrets, agreed(raw, _in_arguments)])


def _in_arguments(raw: Any) -> Answer:
    words = raw if isinstance(raw, list) else [] if raw is None else [raw]
    if told := next((word for word in words if isinstance(word, RedactedSecret)), None):
        return told.kinds
    own = of_arguments([flat(word) if isinstance(word, Text) else word if isinstance(word, str) else _OPEN for word in words])
    options = [
        agreed(word, functools.partial(_after, before)) for before, word in itertools.pairwise(["", *words]) if isinstance(word, Either)
    ]
    return joined(
        [
            own,
            *options,
            *(answer for word in words if isinstance(word, Text) for answer in (_encoded(word), _open_in_script(word))),
            _open_argument(words),
        ]
    )


def _after(before: Any, word: Any) -> Answer:
    return _in_arguments([before, word])


def _open_argument(words: list[Any]) -> Answer:
    """An argument that is not known, after an option that takes a secret."""
    for before, word in itertools.pairwise(["", *words]):
        if isinstance(word, Unknown) and isinstance(before, str) and before.startswith("-") and says_secret(before.lstrip("-")):
            return because(word)
    return ()


def written(raw: Any, late: bool, placeholders: bool) -> Answer:
    """What is written where a secret belongs, as of code: a value that is given, made or looked up elsewhere is not written there.

    `raw`: with references. `late`: an argument that neither plans nor states keep. `placeholders`: what stands for a value that is put
    there later is none, as in a store of secrets; a database takes it for its password.
    """
    if isinstance(raw, Either):  # each is written, whichever it will be
        return joined([written(option, late, placeholders) for option in raw.options])
    if raw is None or isinstance(raw, (bool, Made, Reference)) or raw == "":
        return ()
    if isinstance(raw, Unknown):
        return because(raw) if _open(raw) and not late else ()
    if isinstance(raw, Document):
        content = raw.content
        return _written_document(content, late) if isinstance(content, (dict, list)) else written(content, late, placeholders)
    if isinstance(raw, dict):
        return _written_document(raw, late)
    if isinstance(raw, list):
        return joined([written(element, late, placeholders) for element in raw])
    if isinstance(raw, Text):
        return of_value("", flat(raw)) or next((because(part) for part in raw.parts if _open(part) and not late), ())
    text = str(raw)
    content = document(text)
    if content is not None:
        return _written_document(content, late)
    if _FILLED_IN.match(text) or (placeholders and is_placeholder(text)):
        return ()
    secret = next(by_form(text), None)
    return (secret.kind if secret is not None else "a secret",)


def declared(name: str, raw: Any) -> Answer:
    """What code writes under a name that says whether it is a secret: the default of a variable, what an output gives.

    `raw`: with references. A value that is made or looked up elsewhere is not written there, nor is one that whoever deploys gives.
    """
    if isinstance(raw, Either):  # each is written, whichever it will be
        return joined([declared(name, option) for option in raw.options])
    if raw is None or isinstance(raw, (bool, Made, Reference)):
        return ()
    if isinstance(raw, Unknown):
        return because(raw) if _open(raw) and says_secret(name) else ()
    if isinstance(raw, Document):
        return declared(name, raw.content)
    if isinstance(raw, (dict, list)):
        return joined([declared(key, below) for key, below in pairs(name, raw)])
    if isinstance(raw, Text):
        kinds = of_value(name, flat(raw)) or _encoded(raw)
        unsettled = (because(part) for part in raw.parts if _open(part)) if says_secret(name) else iter(())
        return kinds or (() if is_reference(raw.prefix) else next(unsettled, ()))
    return of_value(name, raw)


def given_out(name: str, raw: Any, linked: Linked) -> Answer:
    """What an output shows to whoever may describe a stack. A dynamic reference is resolved in properties of resources, and not there.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
    """
    resolved = any(reference.is_data for reference in made_of(linked.data))
    return declared(name, linked.data) if resolved else shown(name, raw, linked)


def _open(raw: Any) -> bool:
    """Whether a value may be written somewhere: it is neither made of other resources nor marked as what whoever deploys gives."""
    return isinstance(raw, Unknown) and not isinstance(raw, Made) and not (isinstance(raw, Open) and raw.marked)


def _written_document(data: Any, late: bool) -> Answer:
    """A document in a store of secrets: what its names call secret is written there as a literal, or comes from elsewhere."""
    if isinstance(data, list):
        return joined([_written_document(element, late) for element in data])
    if not isinstance(data, dict):
        return _shown_kinds("", data) if isinstance(data, (str, Text)) else ()
    answers: list[Answer] = []
    for key, below in data.items():
        if isinstance(below, (dict, list)):
            answers.append(_written_document(below, late))
        elif says_secret(str(key)):
            answers.append(written(below, late, placeholders=True))
        elif not isinstance(below, (Unknown, Reference)):
            answers.append(_shown_kinds(str(key), below))
    return joined(answers)
