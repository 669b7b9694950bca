"""What a Dockerfile leaves of secrets in the image that it makes.

Every stage counts: https://docs.docker.com/build/building/secrets/. Build arguments and variables stay in the history of an image:
https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.facts.secrets.images.kinds import Exposure, ImageBuild
from assay.scanner.facts.spelling import Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Location, Unknown
from assay.scanner.sources.repository.item import DOCUMENT, FileItem
from assay.scanner.sources.secret_detecting import DetectedSecret, detect, says_secret
from assay.scanner.sources.secret_scripts import in_script, in_settings, written_secrets
from assay.scanner.sources.values import Value

_FRONTENDS = lazy_re.pattern(r"(?:docker\.io/)?docker/dockerfile(?:-upstream)?(?:[:@].*)?|")
"""What reads a Dockerfile as its reference says: https://docs.docker.com/build/buildkit/frontend/"""
MOST = 500
"""Exposures of one Dockerfile that are told."""
_VARIABLE = lazy_re.pattern(r"\$(?:\{(\w+)\}|(\w+))")
_BY_MOUNT = "hand it over as a secret of the build: RUN --mount=type=secret"
_RUN = ("RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK", "SHELL")
_WAYS = {"ENV": "sets", "ARG": "sets", "LABEL": "holds", "COPY": "brings in", "ADD": "brings in"}


class DockerfileAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where a Dockerfile tells what it does."""

    document: str


def dockerfile(view: View, at: DockerfileAt) -> ImageBuild:
    """An image by its Dockerfile."""
    content = view[at.document].data
    exposures: list[Any] = list(itertools.islice(_Dockerfile(view, content).exposures(), MOST))
    if len(exposures) == MOST:
        exposures.append(Unknown(f"what {view.item.address} holds beside {MOST} exposures", "mend these first", view.location))
    syntax = content["syntax"]
    if not _FRONTENDS.fullmatch(syntax):
        exposures.append(Unknown(f"what {syntax[:100]} makes of the Dockerfile", "name docker/dockerfile as its syntax", view.location))
    if content["problems"]:
        exposures.append(Unknown(f"{view.item.address} cannot be read to the end", "correct it", view.location))
    return ImageBuild(identity=view.identity(view.says(view.item.address)), exposures=view.says(exposures))


class _Dockerfile:
    def __init__(self, view: View, content: dict[str, Any]) -> None:
        assert isinstance(view.item, FileItem)
        self.item: FileItem = view.item
        self.instructions: list[dict[str, Any]] = content["instructions"]
        self.arguments: dict[str, str | None] = {}
        """Build arguments that were declared so far, with their defaults."""
        self.variables: dict[str, str | None] = {}
        """Variables that were set so far, with the text that each is given; None of a build argument without a default."""

    def exposures(self) -> Iterator[Exposure]:
        for number, made in enumerate(self.instructions):
            command = made["command"]
            if command in ("ENV", "ARG", "LABEL"):
                yield from self._pairs(number, made)
            elif command in _RUN:
                yield from self._script(number, made)
                yield from self._written(number, made)
            elif command in ("COPY", "ADD"):
                yield from self._copied(number, made)
            for at, heredoc in enumerate(made["heredocs"]):
                reader = in_script if command == "RUN" else in_settings
                for name, secret in reader(heredoc["text"]):
                    yield self._told(made, name, secret, ("heredocs", at), heredoc["text"], number)

    def _pairs(self, number: int, made: dict[str, Any]) -> Iterator[Exposure]:
        command = made["command"]
        for at, (name, value) in enumerate(made["pairs"]):
            place = ("instructions", number, "pairs", at)
            if command == "ARG" and (value is not None or name not in self.arguments):
                self.arguments[name] = value
            elif command == "ENV" and value is not None:
                self.variables[name] = self._given(value)
            secret = detect(name, value) if value else None
            if secret is not None and value is not None:
                yield self._exposure(f"{command} {name}", secret.kind, _WAYS[command], True, place, value[secret.start : secret.end])
            elif command == "ARG" and not value and says_secret(name):
                reason = f"what is passed for the build argument {name} stays in the history of the image"
                yield self._open(f"ARG {name}", reason, place)
            elif command == "ENV" and value and says_secret(name) and (variable := _VARIABLE.fullmatch(value.strip())):
                yield from self._of_argument(name, variable[1] or variable[2], place)

    def _given(self, value: str) -> str | None:
        """What a variable is given: where that is another variable or a build argument, the text of this."""
        match = _VARIABLE.fullmatch(value.strip())
        name = (match[1] or match[2]) if match else ""
        return self.variables.get(name, self.arguments.get(name, value))

    def _of_argument(self, name: str, argument: str, place: tuple[str | int, ...]) -> Iterator[Exposure]:
        """What a variable is that takes its value from a build argument, or from a variable, which goes before one of the same name."""
        if argument not in self.arguments and argument not in self.variables:
            return
        default = self.variables.get(argument, self.arguments.get(argument))
        if default and (secret := detect(name, default)) is not None:
            yield self._exposure(f"ENV {name}", secret.kind, "sets", True, place, default[secret.start : secret.end])
        elif not default and not says_secret(argument):  # else it is told where it is declared
            yield self._open(f"ENV {name}", f"what is passed for the build argument {argument} stays in the image", place)

    def _script(self, number: int, made: dict[str, Any]) -> Iterator[Exposure]:
        for name, secret in in_script(made["text"]):
            yield self._told(made, name, secret, ("text",), made["text"], number)

    def _written(self, number: int, made: dict[str, Any]) -> Iterator[Exposure]:
        texts = [(made["text"], ("text",)), *((heredoc["text"], ("heredocs", at)) for at, heredoc in enumerate(made["heredocs"]))]
        for text, inside in texts:
            for start, end in written_secrets(text):
                yield self._exposure("RUN", "a secret of the build", "writes", True, ("instructions", number, *inside, start, end))

    def _copied(self, number: int, made: dict[str, Any]) -> Iterator[Exposure]:
        command = made["command"]
        for copied in made["copied"]:
            name, kind, place = f"{command} {copied['name']}", copied["kind"], ("instructions", number, "words", copied["at"])
            if copied["holds"] or (copied["holds"] is None and copied["certain"]):
                yield self._exposure(name, kind, "brings in", True, place)
            elif copied["holds"] is None:
                reason = f"whether {copied['name']} holds a secret: it is not below what is scanned"
                yield self._open(name, reason, place, kind)
        for _, secret in in_script(made["text"]):
            yield self._told(made, "", secret, ("text",), made["text"], number)

    def _told(
        self, made: dict[str, Any], name: str, secret: DetectedSecret, inside: tuple[str | int, ...], text: str, number: int
    ) -> Exposure:
        command = made["command"]
        where = ("instructions", number, *inside, secret.start, secret.end)
        label = f"{command} {name}" if name else command
        return self._exposure(label, secret.kind, "writes", True, where, text[secret.start : secret.end])

    def _exposure(self, name: str, what: str, way: str, baked: Any, place: tuple[str | int, ...], secret: str = "") -> Exposure:
        if secret:
            self.item.sensitive.add(secret.partition("=")[2] or secret if by_assignment(secret) else secret)
        seen = (self.item.place(place), self.item.location())
        return Exposure(name=Value(name, seen), what=Value(what, seen), way=Value(way, seen), baked=Value(baked, seen))

    def _open(self, name: str, reason: str, place: tuple[str | int, ...], what: str = "a secret") -> Exposure:
        seen: Location = self.item.place(place)
        return self._exposure(name, what, "brings in" if name[:4] in ("COPY", "ADD ") else "sets", Unknown(reason, _BY_MOUNT, seen), place)


def by_assignment(text: str) -> bool:
    """Whether a text is `NAME=value`, of which the value is the secret."""
    return re.match(r"[A-Za-z_][\w.-]{0,100}=", text) is not None


AT = DockerfileAt(document=DOCUMENT)
