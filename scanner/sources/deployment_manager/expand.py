"""The resources of a deployment: its configuration, with templates rendered into what they make."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from assay.scanner.sources.budget import Budget
from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.deployment_manager import declarations, files, limits, sandbox, types
from assay.scanner.sources.deployment_manager.files import TEMPLATES, Sheet
from assay.scanner.sources.deployment_manager.marks import ValueMarks, lines
from assay.scanner.sources.discover import show
from assay.scanner.sources.lines import Lines
from assay.scanner.sources.raw import Location, Reference, Unknown, describe
from assay.scanner.sources.templates.syntax import Malformed, Parsed, Path

MAX_DEPTH = 20
MAX_TEMPLATES = 500
"""How often templates are rendered for one deployment."""
MAX_RESOURCES = 20_000
_MAX_GAPS = 1_000
_CORRECT = "correct the template"
_NEVER = "Python templates are programs, which are never run: scan the live project, or write the template in Jinja"
_ENV = ("deployment", "project", "project_number", "current_time", "username")


class ResourceEntry(msgspec.Struct):
    """One resource as it is written, with templates resolved."""

    name: str
    type: str
    raw: dict[str, Any]
    sheet: Sheet
    path: Path
    origins: tuple[tuple[str, Location], ...] = ()
    outputs: dict[str, Any] | None = None
    """Of a template: what it gives to references."""

    @property
    def properties(self) -> Any:
        """What it sets, as it is written; None where it sets nothing."""
        return self.raw.get("properties")

    def place(self, below: Path = ()) -> Location:
        """Where a part of it is written: `below` is a path in its object."""
        return self.sheet.place((*self.path, *below))


class Expansion:
    """One configuration under one set of choices."""

    def __init__(self, path: str, project: Any, readable: files.ReadableFiles, choices: limits.Choices, budget: Budget) -> None:
        self.path, self.readable, self.choices, self.budget = path, readable, choices, budget
        self.marks = ValueMarks()
        self.env = {name: Reference("env", name) for name in _ENV} | {"project": project}
        self.entries: list[ResourceEntry] = []
        self.templates: dict[str, ResourceEntry] = {}
        self.gaps: dict[Gap, None] = {}
        self.written: list[declarations.NamedValue] = []
        """Outputs, and defaults of properties."""
        self.used: list[str] = []
        """Files of templates that were read."""
        self.uses: dict[str, bool] = {}
        """Files of templates that were rendered for a resource to whether a use gives no property another value than its default."""
        self.included: set[str] = set()
        """Files of templates that others include."""
        self._imports: dict[str, str] = {}
        """Names that are imported to their files."""
        self._texts: dict[str, str] = {}
        self._sources: dict[str, str] = {}
        self._jinja = sandbox.Sandbox(self._sources, self.marks, choices, budget)
        self._inside: list[str] = []
        """Files of the templates that are being rendered, one inside of the other."""
        self._rendered_count = 0

    def configuration(self, sheet: Sheet) -> None:
        """Expand what a configuration imports and lists."""
        self._import(sheet.data.get("imports"), os.path.dirname(self.path))
        self.written += declarations.outputs(sheet, "")
        self._resources(sheet.data, sheet, (), 0)

    def template(self) -> None:
        """A template that no configuration uses, with properties of which only the defaults are known."""
        name = os.path.basename(self.path)
        self._imports[name] = self.path
        entry = ResourceEntry(name.partition(".")[0], name, {}, _NOWHERE, ())
        self._template(entry, self.path, 0, Location(file=show(self.path)), limits.OpenProperties())

    def _gap(self, code: str, reason: str, settles_it: str, at: Location) -> None:
        if len(self.gaps) < _MAX_GAPS:
            self.gaps[Gap(at.file or show(self.path), code, reason, settles_it, at.line)] = None

    def _import(self, listed: Any, directory: str) -> None:
        for name, path in files.imports(listed):
            if name not in self._imports and "://" not in path:
                self._imports[name] = os.path.normpath(os.path.join(directory, path))

    def _resources(self, data: Any, sheet: Sheet, origins: tuple[tuple[str, Location], ...], depth: int) -> None:
        listed = data.get("resources") if isinstance(data, dict) else None
        if isinstance(listed, Unknown):
            self._gap("input_failed", f"which resources there are: {listed.reason}", listed.settles_it, sheet.place(("resources",)))
        for at, raw in enumerate(listed if isinstance(listed, list) else []):
            path: Path = ("resources", at)
            kind = raw.get("type", raw.get("action")) if isinstance(raw, dict) else None
            if not isinstance(kind, str):
                self._gap("input_failed", "a resource without a type that is known", _CORRECT, sheet.place(path))
                continue
            if len(self.entries) >= MAX_RESOURCES:
                self._gap("input_failed", f"more than {MAX_RESOURCES} resources", "scan the deployment in parts", sheet.place(path))
                return
            name = raw.get("name")
            entry = ResourceEntry(name if isinstance(name, str) else describe(name), kind, raw, sheet, path, origins)
            self._resource(entry, depth)

    def _resource(self, entry: ResourceEntry, depth: int) -> None:
        file = self._imports.get(entry.type)
        if file is None and entry.type.endswith((".py", *TEMPLATES)):
            file = os.path.normpath(os.path.join(os.path.dirname(self.path), entry.type))
        if file is not None:
            self._template(entry, file, depth, entry.place(), None)
        elif types.spelled(entry.type) is None:
            what = "a composite type or a type provider of a project" if "/" in entry.type else "no type of Google's"
            reason = f"{entry.name} is of type {entry.type}: {what}"
            self._gap("template_unsupported", reason, "scan what it makes in the live project", entry.place())
        elif "type" not in entry.raw and types.changes(entry.type):
            reason = f"{entry.name} calls {entry.type}: what it makes or changes is not judged"
            self._gap("template_unsupported", reason, "declare the resource with a type, or scan the live project", entry.place())
        else:
            self.entries.append(entry)

    def _template(self, entry: ResourceEntry, file: str, depth: int, seen: Location, open_: limits.OpenProperties | None) -> None:
        if file.endswith(".py"):
            self._gap("template_unsupported", f"{entry.type} of {entry.name} is not expanded", _NEVER, seen)
            return
        self._rendered_count += 1
        if depth >= MAX_DEPTH or file in self._inside or self._rendered_count > MAX_TEMPLATES:
            what = "is inside of itself" if file in self._inside else "is one template too many, or nested too deeply"
            self._gap("input_failed", f"{entry.type} {what}", _CORRECT, seen)
            return
        try:
            sheet = self._rendered(entry, file, seen, open_)
        except OSError as error:
            self._gap("module_missing", f"the template {entry.type} cannot be read ({error.strerror})", "scan it together with this", seen)
            return
        except (Malformed, *sandbox.FAILURES) as error:
            line = getattr(error, "line", 0) or getattr(error, "lineno", 0) or 0
            reason = f"the template {entry.type} could not be rendered ({type(error).__name__}: {error})"
            self._gap("input_failed", " ".join(reason.split())[:400], _CORRECT, Location(file=show(file), line=line))
            return
        for name, line in sheet.parsed.duplicates:
            at, number = sheet.origin(line) if sheet.origin else (show(file), line)
            reason = f"{name} is written twice in one map; the last one was read"
            self._gap("duplicate_key", reason, "remove one of them", Location(file=at, line=number))
        self.templates.setdefault(entry.name, entry)
        given = list(declarations.outputs(sheet, entry.name))
        entry.outputs = {output.name: output.value for output in given}
        self.written += given
        own = () if entry.sheet is _NOWHERE else ((f"{entry.type}.{entry.name}", seen),)
        self._inside.append(file)
        self._resources(sheet.data, sheet, (*entry.origins, *own)[:3], depth + 1)
        self._inside.pop()

    def _rendered(self, entry: ResourceEntry, file: str, seen: Location, open_: limits.OpenProperties | None) -> Sheet:
        text = self._text(file)
        schema = self.readable.schema(file)
        described = schema.data if schema is not None and isinstance(schema.data, dict) else {}
        if schema is not None and file not in self.uses:
            self.written += declarations.defaults(schema, entry.type)
        self._import(described.get("imports"), os.path.dirname(file))
        self._sources |= {entry.type: text} | self._included()
        given = entry.properties
        if given is not None and not isinstance(given, dict):
            why = given if isinstance(given, Unknown) else Unknown(f"the properties of {entry.name} are no map", "correct them")
            raise Malformed(f"{why.reason}; {why.settles_it}")
        filled = files.with_defaults(described, given or {})
        self.uses[file] = self.uses.get(file, False) or files.is_default(described, given or {})
        properties = self.marks.hide(filled) if open_ is None else limits.OpenProperties(self.marks.hide(filled))
        env = self.marks.hide(self.env) | {"name": self.marks.text(entry.raw.get("name") or entry.name), "type": entry.type}
        values = {
            "properties": properties,
            "env": env,
            "imports": {name: source for name, source in self._sources.items() if name != entry.type},
        }
        rendered, origins = lines(sandbox.render(self._jinja, entry.type, values))
        self.included |= {self._imports[name] for name in self._jinja.names if name in self._imports and name != entry.type}
        shown = [show(self._imports.get(name, file)) for name in self._jinja.names]
        sheet = files.rendered_sheet(rendered, origins, shown, (seen.file, seen.line))
        sheet.parsed.data = self.marks.show(sheet.parsed.data)
        return sheet

    def _included(self) -> dict[str, str]:
        """What templates may include or write out, by name."""
        sources: dict[str, str] = {}
        size = 0
        for name, path in self._imports.items():
            try:
                sources[name] = self._text(path)
            except (Malformed, OSError):
                continue
            size += len(sources[name])
            if size > 10 * files.MAX_TEMPLATE:
                raise Malformed("its imports are too large")
        return sources

    def _text(self, path: str) -> str:
        if path not in self._texts:
            self._texts[path] = self.readable.text(path)
            if path.endswith(TEMPLATES):
                self.used.append(path)
        return self._texts[path]


class _Nothing:
    def span(self, path: Path) -> tuple[int, int]:
        return 0, 0


_NOWHERE = Sheet(Parsed(None, _Nothing(), Lines("", ""), []), lambda line: ("", 0))


def worlds(expand: Callable[[limits.Choices], Expansion], limit: int) -> Iterator[Expansion]:
    """An expansion for each combination of answers, up to a limit; one more than that is not made."""
    given: tuple[bool, ...] = ()
    for _ in range(limit + 1):
        expansion = expand(limits.Choices(given))
        yield expansion
        made = list(expansion.choices.made.values())
        while made and made[-1] is False:
            made.pop()
        if not made:
            return
        given = (*made[:-1], False)
