"""Definitions of pipelines as items: workflows of GitHub, pipelines of GitLab, builds of Cloud Build and CodeBuild, with what they include.

Content: `document`, the file, and `files`: what it refers to in the same repository (reusable workflows, composite actions, included
files), by the name that it uses; `part` is true of a workflow that runs only as a part of others of its folder. A place has a path into
that; `("document", …, TEXT, start, end)` is a part of a text.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from typing import Any

from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.discover import show
from assay.scanner.sources.raw import Location
from assay.scanner.sources.repository.item import FileItem, Path
from assay.scanner.sources.repository.names import BUILDSPEC, CLOUDBUILD, GITHUB, GITLAB, type_of
from assay.scanner.sources.repository.reading import ReadFile, RepositoryFiles
from assay.scanner.sources.sensitive import Sensitive
from assay.scanner.sources.templates import json_text, yaml_text
from assay.scanner.sources.templates.syntax import Malformed, Parsed

TEXT = "#text"
MOST_FILES = 100
"""Files that one refers to, and these in turn."""
_KEYS = {GITHUB: ("jobs",), CLOUDBUILD: ("steps",), BUILDSPEC: ("phases", "batch"), GITLAB: ()}
"""One of them is in every such file."""


def read(path: str, type_: str, tree: RepositoryFiles) -> Iterator[ReadFile]:
    """What a file of a pipeline holds. Raises OSError, Malformed, OverBudget."""
    file = show(path)
    parsed = _parsed(path, tree)
    data = parsed.data
    if not isinstance(data, dict) or (_KEYS[type_] and not any(key in data for key in _KEYS[type_])):
        yield ReadFile(file, became="other", why="no definition of a pipeline")
        return
    gaps = [
        Gap(file, "duplicate_key", f"{name[:100]} is written twice in one map; the last one was read", "remove one of them", line)
        for name, line in parsed.duplicates[:20]
    ]
    files = _Files(path, tree, gaps)
    files.add(data, _NAMES[type_])
    sensitive = Sensitive()
    for document in (data, *(other.data for other in files.parsed.values())):
        sensitive.named_in(document)
    content: dict[str, Any] = {"document": data, "files": {name: other.data for name, other in files.parsed.items()}}
    if type_ == GITHUB and events(data) == {"workflow_call"}:
        content["part"] = path in _called_beside(path, tree)
    whole = parsed.place(())
    yield ReadFile(file, [FileItem(type_, file, content, _Places(parsed, files.parsed).place, whole, sensitive)], gaps, sensitive=sensitive)


def _parsed(path: str, tree: RepositoryFiles) -> Parsed:
    text, lines = tree.text(path, show(path))
    if text.lstrip().startswith("{") and path.endswith(".json"):
        return json_text.parse(text, lines)
    documents, error = yaml_text.parse_documents(text, lines)
    if error is not None:
        raise error
    if not documents:
        return Parsed(None, None, lines, [])
    parsed = documents[-1] if isinstance(documents[0].data, dict) and "spec" in documents[0].data else documents[0]
    tree.budget.step(text.count("\n") + 1)
    return parsed


def events(workflow: dict[str, Any]) -> set[str]:
    """What starts a workflow of GitHub. YAML 1.1 reads the key `on` as a flag; GitHub and our reader do not."""
    written = workflow.get("on")
    return set(map(str, written if isinstance(written, (dict, list)) else [written]))


def _called_beside(path: str, tree: RepositoryFiles) -> frozenset[str]:
    """The files of the folder of a workflow that other workflows of this run there have as jobs."""
    folder = os.path.dirname(path)
    if folder not in tree.called:
        called: set[str] = set()
        for other in sorted(tree.paths):
            if os.path.dirname(other) == folder and type_of(other) == GITHUB:
                with contextlib.suppress(OSError, Malformed):  # where it is read, a gap says so
                    named = [tree.from_top(other, file) for _, files in _of_github(_parsed(other, tree).data) for file in files]
                    called.update(target for target in named if target is not None and target != other)
        tree.called[folder] = frozenset(called)
    return tree.called[folder]


class _Files:
    """What a file refers to, and these in turn."""

    def __init__(self, path: str, tree: RepositoryFiles, gaps: list[Gap]) -> None:
        self.path, self.tree, self.gaps = path, tree, gaps
        self.parsed: dict[str, Parsed] = {}

    def add(self, data: Any, names: Callable[[Any], Iterator[tuple[str, tuple[str, ...]]]]) -> None:
        waiting = [data]
        while waiting:
            for name, files in names(waiting.pop()):
                target = next((path for file in files if (path := self.tree.from_top(self.path, file)) is not None), None)
                if name in self.parsed or target is None or len(self.parsed) >= MOST_FILES:
                    continue
                try:
                    self.parsed[name] = _parsed(target, self.tree)
                except (OSError, Malformed) as error:
                    self.gaps.append(Gap(show(target), "parse_error", str(error)[:300], "correct the file"))
                    continue
                waiting.append(self.parsed[name].data)


def _of_github(data: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Reusable workflows and composite actions of the same repository.

    https://docs.github.com/en/actions/how-tos/reuse-automations/reuse-workflows
    """
    jobs = data.get("jobs") if isinstance(data, dict) else None
    runs = data.get("runs") if isinstance(data, dict) else None
    holders = [*(jobs.values() if isinstance(jobs, dict) else ()), runs]
    for job in holders:
        if not isinstance(job, dict):
            continue
        steps = job.get("steps")
        for job_or_step in (job, *(steps if isinstance(steps, list) else ())):
            uses = job_or_step.get("uses") if isinstance(job_or_step, dict) else None
            if isinstance(uses, str) and uses.startswith("./"):
                folder = uses.rstrip("/")
                yield uses, (uses,) if uses.endswith((".yml", ".yaml")) else (f"{folder}/action.yml", f"{folder}/action.yaml")


def _of_gitlab(data: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Included files of the same repository. https://docs.gitlab.com/ci/yaml/includes/"""
    include = data.get("include") if isinstance(data, dict) else None
    for entry in include if isinstance(include, list) else [include]:
        local = entry.get("local") if isinstance(entry, dict) else entry
        if isinstance(local, str) and not local.startswith(("http://", "https://")):
            yield local, (local,)


def _of_none(data: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield from ()


_NAMES = {GITHUB: _of_github, GITLAB: _of_gitlab, CLOUDBUILD: _of_none, BUILDSPEC: _of_none}


class _Places:
    def __init__(self, document: Parsed, files: dict[str, Parsed]) -> None:
        self.document, self.files = document, files
        self._texts: dict[Path, tuple[str, list[int]] | None] = {}

    def place(self, path: Path) -> Location:
        """The place of a path in the content."""
        parsed, inside = self.document, path[1:]
        if path[:1] == ("files",) and len(path) > 1:
            parsed, inside = self.files[str(path[1])], path[2:]
        if TEXT in inside:
            at = inside.index(TEXT)
            return self._part(parsed, path[: len(path) - len(inside) + at], inside[:at], *inside[at + 1 :])
        return parsed.place(inside)

    def _part(self, parsed: Parsed, path: Path, inside: Path, start: Any, end: Any) -> Location:
        """A part of a text, where that is written line by line; else all of it."""
        if path not in self._texts:
            self._texts[path] = parsed.places.string(inside)
        written = self._texts[path]
        if written is None or end >= len(written[1]):
            return parsed.place(inside)
        location: Location = parsed.lines.location(written[1][start], written[1][end])
        return location
