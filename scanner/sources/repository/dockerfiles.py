"""Dockerfiles as items. Of the files that they copy, those that hold keys by their names are looked into where they are in the tree.

Content: `instructions`, each with `command`, `stage`, `words`, `pairs`, `flags`, `heredocs`, `text`, `onbuild`, and of COPY and ADD
`copied`: the key files that it brings in, `name`, `kind`, and `holds`: whether there is a secret in it, None where it is not at hand.
`syntax`: the frontend that it names. A place has a path into that; of a part of `text` or of a heredoc, the path goes on with the
offsets of its beginning and its end.
"""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Iterator
from typing import Any

from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.discover import show
from assay.scanner.sources.lines import Lines
from assay.scanner.sources.raw import Location
from assay.scanner.sources.repository.dockerfile_syntax import Dockerfile, Instruction, parse
from assay.scanner.sources.repository.item import FileItem, Path
from assay.scanner.sources.repository.key_files import MAX_BYTES, key_file, secret_in
from assay.scanner.sources.repository.reading import ReadFile, RepositoryFiles
from assay.scanner.sources.sensitive import Sensitive

_MOST_PROBLEMS = 5


def read(path: str, type_: str, tree: RepositoryFiles) -> Iterator[ReadFile]:
    """What a Dockerfile holds. Raises OSError, Malformed, OverBudget."""
    file = show(path)
    text, lines = tree.text(path, file)
    parsed = parse(text, tree.budget)
    if not any(made.command == "FROM" for made in parsed.instructions):
        if not parsed.problems and not parsed.instructions:
            yield ReadFile(file, became="other", why="a Dockerfile without instructions")
            return
        parsed.problems.append(("has no FROM", 0))
    gaps = [
        Gap(file, "parse_error", f"{reason} of a Dockerfile", "correct it", lines.line(at))
        for reason, at in parsed.problems[:_MOST_PROBLEMS]
    ]
    sensitive = Sensitive()
    for made in parsed.instructions:
        for name, value in made.pairs:
            if value is not None:
                sensitive.named(name.text, value.text)
    item = FileItem(type_, file, _content(parsed, path, tree), _Places(parsed, text, lines).place, lines.location(0, len(text)), sensitive)
    yield ReadFile(
        file, [item], gaps, "unread" if gaps else "judged", "no Dockerfile that can be read to the end" if gaps else "", sensitive
    )


def _content(parsed: Dockerfile, path: str, tree: RepositoryFiles) -> dict[str, Any]:
    stages, names = -1, list[str]()
    instructions: list[dict[str, Any]] = []
    for made in parsed.instructions:
        texts = [word.text for word in made.words]
        if made.command == "FROM":
            stages += 1
            names.append(texts[2] if len(texts) > 2 and texts[1].upper() == "AS" else "")
        entry: dict[str, Any] = {
            "command": made.command,
            "stage": stages,
            "words": texts,
            "json": made.is_json,
            "pairs": [[name.text, value.text if value is not None else None] for name, value in made.pairs],
            "flags": [flag.text for flag in made.flags],
            "heredocs": [{"name": heredoc.name, "text": heredoc.text} for heredoc in made.heredocs],
            "text": made.text,
            "onbuild": made.onbuild,
        }
        if made.command in ("COPY", "ADD"):
            entry["copied"] = _copied(made, texts, path, tree)
        instructions.append(entry)
    return {"instructions": instructions, "stages": names, "syntax": parsed.directives.get("syntax", ""), "problems": len(parsed.problems)}


def _copied(made: Instruction, texts: list[str], path: str, tree: RepositoryFiles) -> list[dict[str, Any]]:
    """The key files that a COPY or ADD brings in: those that it names, and of a directory those right in it."""
    of_stage = any(flag.text.startswith("--from") for flag in made.flags)
    key_files: list[dict[str, Any]] = []
    for at, source in enumerate(texts[:-1]):
        if source.startswith(("<<", "http://", "https://", "git@")):
            continue
        told = key_file(source.replace("*", ""))
        if told is not None and "*" in source:  # of `*.pem` it is not known which of them there are
            told = told[0], told[1] and not told[0].startswith("a private key")
        if told is not None:
            key_files.append(
                {"name": source, "kind": told[0], "certain": told[1], "holds": None if of_stage else _holds(path, source, tree), "at": at}
            )
        elif not of_stage:
            key_files += _within(source, at, path, tree)
    return key_files


def _holds(path: str, source: str, tree: RepositoryFiles) -> bool | None:
    """Whether a file that is copied holds a secret; None where it is not in the tree.

    The context is the directory of the Dockerfile, or the top of the repository.
    """
    target = tree.beside(path, source.lstrip("/")) or tree.from_top(path, source)
    if target is None:
        return None
    try:
        content = tree.overlay.read(target, MAX_BYTES)
    except OSError:
        return None
    tree.budget.made(len(content))
    return secret_in(content) is not None or (b"\0" in content)


def _within(source: str, at: int, path: str, tree: RepositoryFiles) -> list[dict[str, Any]]:
    """Key files with secrets that are in a directory that is copied, and that .dockerignore does not leave out."""
    directory = os.path.normpath(os.path.join(os.path.dirname(path) or ".", source.lstrip("/")))
    if "*" in source or "$" in source or not tree.overlay.is_directory(directory) or not tree.holds(path, directory):
        return []
    key_files = []
    ignored = _ignored(path, tree)
    below = os.path.relpath(directory, os.path.dirname(path) or ".").replace(os.sep, "/")
    for name in sorted(tree.overlay.names(directory)):
        told = key_file(name)
        shown = name if below == "." else f"{below}/{name}"
        if told is not None and not _is_ignored(shown, ignored) and _holds(path, shown, tree):
            key_files.append({"name": shown, "kind": told[0], "certain": told[1], "holds": True, "at": at})
    return key_files


def _ignored(path: str, tree: RepositoryFiles) -> list[str]:
    """The patterns of the .dockerignore of a Dockerfile. https://docs.docker.com/build/concepts/context/#dockerignore-files"""
    for name in (f"{os.path.basename(path)}.dockerignore", ".dockerignore", ".containerignore"):
        target = tree.beside(path, name)
        if target is not None:
            try:
                text = tree.overlay.read(target, MAX_BYTES).decode("utf-8", "replace")
            except OSError:
                continue
            return [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")][:1000]
    return []


def _is_ignored(name: str, patterns: list[str]) -> bool:
    """The last pattern that fits decides; `!` takes back."""
    ignored = False
    for pattern in patterns:
        plain = pattern.removeprefix("!").strip("/")
        plain = plain.removeprefix("./")
        names = ["/".join(name.split("/")[:count]) for count in range(1, name.count("/") + 2)]
        if plain.startswith("**/"):
            plain = plain.removeprefix("**/")
            names += ["/".join(name.split("/")[count:]) for count in range(1, name.count("/") + 1)]
        if any(_fits(part, plain) for part in names):
            ignored = not pattern.startswith("!")
    return ignored


def _fits(name: str, pattern: str) -> bool:
    """Whether a pattern is for a path: `*` stays in a folder, `**` does not."""
    if "**" in pattern:
        return fnmatch.fnmatchcase(name, pattern)
    return name.count("/") == pattern.count("/") and all(map(fnmatch.fnmatchcase, name.split("/"), pattern.split("/")))


class _Places:
    def __init__(self, parsed: Dockerfile, text: str, lines: Lines) -> None:
        self.parsed, self.text, self.lines = parsed, text, lines

    def place(self, path: Path) -> Location:
        """The place of a path in the content; of the nearest around it."""
        instructions = self.parsed.instructions
        if len(path) < 2 or path[0] != "instructions" or not isinstance(path[1], int) or path[1] >= len(instructions):
            return self.lines.location(0, len(self.text))
        made = instructions[path[1]]
        return self.lines.location(*_span(made, path[2:]))


def _span(made: Instruction, path: Path) -> tuple[int, int]:
    numbers = [step for step in path if isinstance(step, int)]
    match path[:1], numbers:
        case ("pairs",), [at, *_] if at < len(made.pairs):
            name, value = made.pairs[at]
            return name.start, max(name.end, value.end if value is not None else 0)
        case ("words",), [at, *_] if at < len(made.words):
            return made.words[at].start, made.words[at].end
        case ("heredocs",), [at, start, end] if at < len(made.heredocs):
            return made.heredocs[at].start + start, made.heredocs[at].start + end
        case ("text",), [start, end] if end > start:
            return made.at(start), made.at(end - 1) + 1
    return made.start, made.end
