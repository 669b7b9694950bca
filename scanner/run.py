"""The line from targets to results.

    from scanner.run import Options, Scan

    scan = Scan(Options(paths=["infra/"]))
    for result in scan:
        print(result.verdict, result.control, result.resource.address, result.message)
    report = scan.report()

A `Scan` is iterated once. What could not be read is in `scan.coverage`, not an exception; `RuleErrors`, `LookupError` (a control or profile
that is not there) and `ConfigurationError` are raised when it is made.
"""

from __future__ import annotations

import datetime
import hashlib
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from scanner import __version__
from scanner.facts import base
from scanner.results.model import VERDICTS, ControlOutcome, Report, Result, Run, Summary, Tool, worst
from scanner.rules import evaluate, load
from scanner.rules.load import CompiledControl
from scanner.sources.discover import discover, repository, show
from scanner.sources.interface import Blocks, Collection, Coverage, Gap, Item, Source
from scanner.sources.values import Unknown, Value

READER_MODULES = ("terraform_aws", "terraform_gcp")


class Options(msgspec.Struct, kw_only=True):
    """What to scan and by which rules."""

    paths: list[str]
    variables: dict[str, str] = {}
    """Values of root module variables, as on terraform's command line."""
    var_files: list[str] = []
    workspace: str = "default"
    code: str | None = None
    """The source that scanned plans were made from."""
    policies: list[str] = []
    """Folders of rules beside the built-in ones."""
    profile: str | None = None
    controls: list[str] = []
    """Ids or globs; empty for all of the profile."""
    params: dict[str, Any] = {}
    """Values for the params of all controls that have them."""
    control_params: dict[str, dict[str, Any]] = {}
    """Values for the params of one control."""
    arguments: list[str] = []


class Scan:
    """One run."""

    def __init__(self, options: Options) -> None:
        self.options = options
        base.load_readers()
        self.rules = load.load([load.builtin_folder(), *[Path(folder) for folder in options.policies]])
        self.selected = load.select(self.rules, options.controls, options.profile)
        self.coverage = Coverage()
        self.collection = ""
        """Name of the collection that is being judged, for progress."""
        self._started = _now()
        self._results: list[Result] = []
        self._resources: set[tuple[str, str, str]] = set()
        self._check_params()
        self._judges = {each.control.id: evaluate.Judge(each, self._params(each)) for each in self.selected}
        self._done = False

    def _params(self, compiled: CompiledControl) -> dict[str, Any]:
        """The params of a control with the configured values in their place."""
        params = compiled.control.params
        given = {**self.options.params, **self.options.control_params.get(compiled.control.id, {})}
        return {name: given.get(name, value) for name, value in params.items()}

    def _check_params(self) -> None:
        """A configured param that no control has is a mistake that would go unseen."""
        controls = self.rules.by_id()
        known = {name: value for control in controls.values() for name, value in control.params.items()}
        given = [("params", known, self.options.params)]
        for control, params in self.options.control_params.items():
            if control not in controls:
                raise LookupError(
                    f"controls: there is no control {control!r}; {load.nearest(control, controls) or 'see assay controls list'}"
                )
            given.append((f"controls.{control}.params", controls[control].params, params))
        for place, defaults, params in given:
            for name, value in params.items():
                if name not in defaults:
                    raise LookupError(
                        f"{place}: there is no param {name!r}; {load.nearest(name, defaults) or 'known: ' + ', '.join(defaults)}"
                    )
                if not _same_type(value, defaults[name]):
                    raise LookupError(f"{place}: {name} is {value!r}, but has to be like {defaults[name]!r}")

    @property
    def digest(self) -> str:
        """What was applied: the rules and the configured params."""
        params = (self.options.params, self.options.control_params)
        if not any(params):
            return self.rules.digest
        return hashlib.sha256(self.rules.digest.encode() + msgspec.json.encode(params, order="deterministic")).hexdigest()

    def __iter__(self) -> Iterator[Result]:
        base.load_readers(*READER_MODULES)
        for source in self._sources():
            for collection in source.collect():
                self.collection = collection.name
                try:
                    self._account(collection)
                    for result in self._judge(collection):
                        self._results.append(result)
                        yield result
                except (AttributeError, IndexError, KeyError, TypeError, ValueError, RecursionError) as error:
                    # Plans are read as far as rules ask for, so that a shape that no Terraform writes shows only here.
                    reason = f"could not be judged to the end ({type(error).__name__}: {error})"
                    way = "write the plan again with terraform show -json; if it is as Terraform writes it, report this as a defect"
                    self.coverage.gaps.append(Gap(show(collection.name), "input_failed", reason, way))
        self._done = True

    def _sources(self) -> Iterator[Source]:
        found = discover(self.options.paths)
        self.coverage.gaps += found.gaps
        if found.directories or found.files:
            yield self._terraform(found.directories, found.files, found.boundary)
        for path, content in found.plans:
            from scanner.sources.terraform.plan import PlanSource

            given = content.get("variables")
            variables = (
                {name: held.get("value") for name, held in given.items() if isinstance(held, dict)} if isinstance(given, dict) else {}
            )
            code = (
                self._terraform([self.options.code], [], [repository(self.options.code) or self.options.code], variables)
                if self.options.code
                else None
            )
            yield PlanSource(path, content, code)

    def _terraform(self, directories: list[str], files: list[str], boundary: list[str], planned: dict[str, Any] | None = None) -> Source:
        from scanner.sources.terraform.hcl import TerraformSource

        return TerraformSource(
            directories,
            files=files,
            variables=self.options.variables,
            planned=planned,
            var_files=self.options.var_files,
            workspace=self.options.workspace,
            boundary=boundary,
            show=show,
        )

    def _judge(self, collection: Collection) -> Iterator[Result]:
        stack = base.Stack(collection)
        by_kind: dict[str, list[evaluate.Judge]] = {}
        for compiled in self.selected:
            by_kind.setdefault(compiled.kind if not compiled.source_type else compiled.source_type, []).append(
                self._judges[compiled.control.id]
            )
        types = list(dict.fromkeys(item.type for item in collection.items))
        scope = _scope(collection.name)
        for resource in base.read_all(stack, types, set(by_kind), self._failed):
            yield from self._judged(resource, by_kind[type(resource).__name__], scope)
        for type_ in types:
            for item in stack.of(type_) if type_ in by_kind else ():
                yield from self._judged(_attributes(item), by_kind[type_], scope)

    def _judged(self, resource: Any, judges: list[evaluate.Judge], scope: str) -> Iterator[Result]:
        facts = evaluate.resource_facts(resource)
        self._resources.add((scope, resource.identity.address, resource.identity.id))
        for judge in judges:
            yield from judge.judge(resource, facts, scope)

    def _failed(self, item: Item, error: Exception) -> None:
        """Enter a resource that could not be read: it is under a gap, not evaluated."""
        seen = item.location()
        reason = f"{item.address} could not be read ({type(error).__name__}: {error})"
        gap = Gap(seen.file, "input_failed", reason[:500], "simplify it, or report this with the code", seen.line)
        if gap not in self.coverage.gaps:
            self.coverage.gaps.append(gap)
            self.coverage.blocks.evaluated -= 1 if item.template is None else 0

    def _account(self, collection: Collection) -> None:
        """Enter a collection in the ledger."""
        ours, theirs = self.coverage, collection.coverage
        ours.files.found += theirs.files.found
        ours.files.parsed += theirs.files.parsed
        ours.files.failed += theirs.files.failed
        ours.gaps += [gap for gap in theirs.gaps if gap not in ours.gaps]
        own = {each.source_type for each in self.rules.controls if each.source_type}
        counted = _count(collection.items, set(base.READERS) | base.COMPANIONS | own, ours.unsupported_types)
        ours.blocks.found += counted.found + theirs.blocks.found
        ours.blocks.evaluated += counted.evaluated + theirs.blocks.evaluated
        ours.blocks.unsupported += counted.unsupported + theirs.blocks.unsupported
        ours.blocks.template += counted.template

    @property
    def incomplete(self) -> bool:
        """Something could not be read or judged, or there was nothing to judge."""
        crashed = any(result.verdict == "error" for result in self._results)
        return crashed or bool(self.coverage.gaps) or not self.coverage.files.found

    def report(self) -> Report:
        """The whole run. Iterates what is left."""
        if not self._done:
            for _ in self:
                pass
        if not self.coverage.files.found and not self.coverage.gaps:
            self.coverage.gaps.append(Gap(", ".join(self.options.paths), "nothing_found", "nothing was found to scan", "name a path"))
        counts: dict[str, int] = dict.fromkeys(VERDICTS, 0)
        by_control: dict[str, list[Result]] = {each.control.id: [] for each in self.selected}
        for result in self._results:
            counts[result.verdict] += 1
            by_control[result.control].append(result)
        order = {each: at for at, each in enumerate(("critical", "high", "medium", "low"))}
        return Report(
            tool=Tool("assay", __version__, self.digest),
            run=Run(str(uuid.uuid4()), self._started, _now(), self.options.arguments, self.options.paths),
            summary=Summary(counts, len(self._resources), len(self.selected)),
            controls=[_outcome(each, by_control[each.control.id]) for each in self.selected],
            results=sorted(
                self._results,
                key=lambda each: (each.resource.root, order[each.severity], each.control, each.resource.address, each.element),
            ),
            coverage=self.coverage,
        )


def _same_type(value: Any, default: Any) -> bool:
    """Whether a configured value can stand for a default: alike, or by cloud."""
    values = list(value.values()) if isinstance(value, dict) and value.keys() <= {"aws", "google"} else [value]
    likes = list(default.values()) if isinstance(default, dict) and default.keys() <= {"aws", "google"} else [default]
    kinds: tuple[type, ...] = (int, float) if isinstance(likes[0], (int, float)) and not isinstance(likes[0], bool) else (type(likes[0]),)
    return all(isinstance(each, kinds) and isinstance(each, bool) is isinstance(likes[0], bool) for each in values)


def _outcome(compiled: CompiledControl, results: list[Result]) -> ControlOutcome:
    control = compiled.control
    resources = {(result.resource.root, result.resource.address) for result in results}
    return ControlOutcome(control.id, control.title, control.severity, worst(result.verdict for result in results), len(resources))


def _attributes(item: Item) -> evaluate.Attributes:
    written = item.attributes()
    if isinstance(written.data, dict):
        placed = {name: (item[name], held) for name, held in written.data.items()}
        located: dict[str, Value[Any]] = {
            name: Value(own.data if isinstance(held, Unknown) else held, own.seen) for name, (own, held) in placed.items()
        }
        written = Value(located, written.seen)
    return evaluate.Attributes(identity=base.identity(item, name=item["name"]), attributes=written)


def _count(items: list[Item], read: set[str], unsupported: dict[str, int]) -> Blocks:
    """Resource blocks by what became of them; data blocks are no resources."""
    blocks: dict[tuple[str, int, str], list[Item]] = {}
    for item in items:
        if not item.type.startswith("data."):
            seen = item.location()
            blocks.setdefault((seen.file, seen.line, "" if seen.line else item.address), []).append(item)
    counted = Blocks(found=len(blocks))
    for held in blocks.values():
        if held[0].type not in read:
            counted.unsupported += 1
            unsupported[held[0].type] = unsupported.get(held[0].type, 0) + 1
        elif any(item.template is not None for item in held):
            counted.template += 1
        else:
            counted.evaluated += 1
    return counted


def _scope(name: str) -> str:
    """What an address is relative to, in a form that does not depend on where the command was started."""
    top = repository(name) or repository(".")
    path = Path(name).resolve()
    if top is not None and path.is_relative_to(top):
        return path.relative_to(top).as_posix()
    return name


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


__all__ = ["Options", "Scan"]
