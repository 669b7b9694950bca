"""What a parameter of a configuration store holds: by its value where an input tells it, else by its name.

A parameter is called by a path, of which the last part says what its value is: `/trade/prod/database-password`.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from assay.scanner import lazy_re
from assay.scanner.facts.google_assets import is_live, short
from assay.scanner.facts.secrets.parameters.kinds import ConfigParameter
from assay.scanner.facts.secrets.settings.entries import Entry
from assay.scanner.facts.secrets.settings.hiding import hide
from assay.scanner.facts.secrets.settings.kinds import Setting
from assay.scanner.facts.secrets.settings.settings import setting
from assay.scanner.facts.secrets.settings.values import Answer, Linked, flat, joined
from assay.scanner.facts.spelling import Link, Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Location, Text, Unknown
from assay.scanner.sources.secret_detecting import LONGEST, is_placeholder, kind_by_name, says_secret
from assay.scanner.sources.secret_scripts import in_settings
from assay.scanner.sources.secret_settings import document, plain_script
from assay.scanner.sources.values import Value


class ParameterAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells of a parameter of Parameter Store."""

    type: Annotated[Place, "secure"] = ""
    """Of an input that can make a SecureString."""
    values: Annotated[tuple[str, ...], "values"] = ()
    """Where its value may stand; nowhere of an input that does not show it."""
    late: Annotated[Place, "values"] = ""
    """What is set where it is written and a plan does not keep it."""
    form: Annotated[Place, "values"] = ""
    """The data type, which says of some values that they are none of secrets."""


class VersionAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells of a version of a parameter of Parameter Manager."""

    parameter: Link | None = None
    """The parameter that it is of, where that is not in the version's own name."""
    version: str = ""
    value: str
    label: str
    encoded: bool = False
    """The value is in base64."""


def parameter(view: View, at: ParameterAt) -> ConfigParameter:
    """A parameter of Parameter Store: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Parameter.html"""
    name = view[at.name]
    subjects = _subjects(name) if not name.absent else (_of_logical_id(view.item.address),)
    settings = _written(view, subjects, at.values) if at.values else [_unread(view, subjects, _is_image(view, at))]
    if not settings and not view[at.late].absent:
        why = Unknown("a value that is only written stands in no plan", "scan the code", view.location)
        settings = [setting("value", why, (view.location,))]
    return ConfigParameter(identity=view.identity(name), secure=view[at.type].equals("SecureString"), values=view.says(settings))


def version(view: View, at: VersionAt) -> ConfigParameter:
    """A version of a parameter: https://cloud.google.com/secret-manager/parameter-manager/docs/reference/rest/v1/projects.locations.parameters.versions"""
    named, number = _names_of_version(view, at)
    value = view[at.value]
    if is_live(view.item) and (value.absent or value.unknown):  # the inventory shows no payload, or a snapshot keeps none
        settings = [_unread(view, _subjects(named))]
    else:
        settings = _written(view, _subjects(named), (at.value,), at.label, at.encoded)
    known = isinstance(named.data, str) and isinstance(number.data, str)
    name = Value(f"{named.data}/{number.data}", (*named.seen, *number.seen)) if known else number
    return ConfigParameter(identity=view.identity(name), secure=view.says(False), values=view.says(settings))


def _names_of_version(view: View, at: VersionAt) -> tuple[Value[Any], Value[Any]]:
    """What the parameter of a version is called, and the version itself."""
    if at.parameter is None:
        full = view[at.name].then(lambda name: name if "/" in str(name) else view.item.address)
        return full.then(lambda name: str(name).rpartition("/versions/")[0].rpartition("/")[2]), short(full)
    target = view.target(at.parameter)
    named = target["parameter_id"] if target is not None else short(view[at.parameter])
    return named, view[at.version]


def _is_image(view: View, at: ParameterAt) -> bool:
    """Whether Parameter Store has checked that the value is the id of an image.

    https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-ec2-aliases.html
    """
    return view[at.form].equals("aws:ec2:image").data is True


# By the name alone.

_STAGES = frozenset(
    ("prod", "production", "stage", "staging", "dev", "development", "test", "qa", "uat", "live", "value", "default", "${x}")
)
"""Ends of paths that say for which stage a value is, and not what it is."""
_PASSWORDS = lazy_re.pattern(r"(?:passw(?:or)?d|passphrase)s?\Z", re.IGNORECASE)
"""What stands before the end of a path where that says whose password it is: `/trade/database/password/master`."""
_HASH = lazy_re.pattern(r"[0-9A-F]{8}\Z")
_PARAMETER = lazy_re.pattern(r"(?:ssm)?param(?:eter)?\Z", re.IGNORECASE)


def _subjects(name: Value[Any]) -> tuple[str, ...]:
    """The part of a name that says what the value is, of each name that it may have; one that is empty where that is not known."""
    return tuple(dict.fromkeys(_subject(option) for option in name.options or (name.data,)))


def _subject(name: Any) -> str:
    text = flat(name) if isinstance(name, Text) else name if isinstance(name, str) else ""
    parts = [part for part in text.split("/") if part]
    while len(parts) > 1 and parts[-1].lower() in _STAGES:
        parts.pop()
    if len(parts) > 1 and _PASSWORDS.search(parts[-2]):
        return "-".join(parts[-2:])
    return parts[-1] if parts else ""


def _of_logical_id(address: str) -> str:
    """What CloudFormation calls a parameter without a name, after its logical id, to which CDK adds a hash.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html
    """
    return _PARAMETER.sub("", _HASH.sub("", address.rpartition(".")[2].rpartition("/")[2]))


def _unread(view: View, subjects: tuple[str, ...], image: bool = False) -> Setting:
    """What a parameter holds whose value is not shown, by its name."""
    kinds = tuple(dict.fromkeys(kind_by_name(subject) for subject in subjects))
    reason = "its name may be that of a secret" if any(map(says_secret, subjects)) else "its name says nothing of a secret"
    answer: Answer = Unknown(f"values of parameters are not read, and {reason}", "scan the code that writes it", view.location)
    if all(kinds):
        answer = tuple(f"what its name calls {kind}" for kind in kinds)
    return setting("value", () if image else answer, (view.location,))


# By the value.


def _written(view: View, subjects: tuple[str, ...], paths: tuple[str, ...], label: str = "", encoded: bool = False) -> list[Setting]:
    """What a parameter holds by its value, which stands at one of some paths.

    In a plan, arguments that are not written are known after apply: one of which something is known tells more.
    """
    ranked: list[tuple[int, Setting]] = []
    for path in paths:
        value, linked = view[path], view.link(path).raw
        if value.absent and linked is None:
            continue
        seen = value.seen or (view.location,)
        answer = _shown_kinds(subjects, value.raw, linked, seen, encoded)
        hide(view, answer, "", value.raw)
        is_open = isinstance(value.raw, Unknown) and isinstance(linked, Unknown)
        rank = 2 if is_open else 1 if isinstance(answer, Unknown) or not answer else 0
        ranked.append((rank, setting(label or path, answer, seen)))
    return [min(ranked, key=lambda one: one[0])[1]] if ranked else []


def _shown_kinds(subjects: tuple[str, ...], raw: Any, linked: Any, seen: tuple[Location, ...], encoded: bool) -> Answer:
    if encoded:
        raw, linked = (plain_script(data) if isinstance(data, str) else data for data in (raw, linked))
    answer = joined([Entry(subjects, "", raw, Linked(linked), seen).answer(), _in_lines(raw)])
    if not answer and isinstance(raw, str) and is_placeholder(raw.strip()) and any(map(kind_by_name, subjects)):
        return Unknown(
            "a placeholder stands where its name says that a secret is put later", "keep the secret in the secret store", seen[0]
        )
    return answer


def _in_lines(raw: Any) -> Answer:
    """What a text of settings holds, such as a parameter in YAML: by the name of each line."""
    text = flat(raw) if isinstance(raw, Text) else raw if isinstance(raw, str) else ""
    return tuple(dict.fromkeys(secret.kind for _, secret in in_settings(text[:LONGEST]))) if document(text) is None else ()
