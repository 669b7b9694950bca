"""By what names tools find their files in a repository."""

from __future__ import annotations

import functools
import os
import re

DOCKERFILE, RULES, FIREBASE = "repository.dockerfile", "repository.firestore-rules", "repository.firebase"
NAMES = {
    # https://docs.docker.com/build/concepts/dockerfile/#filename, https://github.com/containers/common/blob/main/docs/Containerfile.5.md
    DOCKERFILE: r"(?:Dockerfile|Containerfile|dockerfile|containerfile)(?:\.(?!dockerignore$|md$|txt$|j2$|tmpl$|tpl$|erb$)[^/]{1,200})?"
    r"|[^/]{1,200}\.(?:[Dd]ockerfile|[Cc]ontainerfile)",
    RULES: r"[^/]{1,200}\.rules",
    FIREBASE: r"firebase\.json",  # https://firebase.google.com/docs/cli#the_firebasejson_file
}
"""Type of item to an expression over the name of the file."""
CALLED = re.compile("|".join(f"(?:{expression})" for expression in NAMES.values()))
"""Over the name of a file: whether it is one of these."""
_EACH = {type_: re.compile(expression) for type_, expression in NAMES.items()}


@functools.lru_cache(4096)
def type_of(path: str) -> str | None:
    """The type of what a file holds, by its name; None for any other file."""
    name = os.path.basename(path)
    return next((type_ for type_, expression in _EACH.items() if expression.fullmatch(name)), None)


def is_one(path: str) -> bool:
    """Whether a file is one that these readers look at, by its name alone."""
    return CALLED.fullmatch(os.path.basename(path)) is not None
