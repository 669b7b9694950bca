"""The catalogue for readers: a page for each control, and the table of controls and inputs. Both are Markdown."""

from __future__ import annotations

import functools
from pathlib import Path

from assay.scanner.facts.catalogue import Catalogue, catalogue
from assay.scanner.rules.load import CompiledControl
from assay.scanner.rules.model import Control, Remedy
from assay.scanner.sources import inputs


def subject(compiled: CompiledControl) -> str:
    """What a control applies to: its kind with what that is, or types of inputs."""
    control = compiled.control
    if isinstance(control.applies_to, str):
        return control.applies_to + _kind_text(compiled)
    return ", ".join(f"{name} {type_}" for name, type_ in control.applies_to.items())


def asked(compiled: CompiledControl) -> list[str]:
    """The rule of a control in sentences with CEL."""
    control = compiled.control
    told = [f"Judged where `{_line(control.when)}`; elsewhere not applicable."] if control.when else []
    told += [f"{rule}; otherwise: {message}" for rule, message in _assertions(control)]
    return [*told, *([_stated(control)] if control.attested else [])]


def _stated(control: Control) -> str:
    return f"What no input shows is as somebody states under attestations in assay.yaml: {_line(control.attested)}"


def _assertions(control: Control) -> list[tuple[str, str]]:
    """What is asserted, and what is said where it does not hold."""
    told = []
    for assertion in control.assertions:
        elements = f"for each `{assertion.as_}` of `{assertion.each}`: " if assertion.each else ""
        when = f" (where `{_line(assertion.when)}`)" if assertion.when else ""
        told.append((f"{elements}`{_line(assertion.that)}`{when}", _line(assertion.message)))
    return told


def remedies(control: Control) -> list[tuple[str, str, str]]:
    """How a control is mended: the title of each input, its name among remedies, and the text."""
    titles = {input_.remedy: input_.remedy_title for input_ in inputs.table()}
    return [(titles.get(name, name), name, text.strip()) for name, text in control.remediation.items()]


def page(compiled: CompiledControl) -> str:
    """The page of one control, as Markdown."""
    control = compiled.control
    parts = [f"# {control.id}", "", control.title, "", f"- Severity: {control.severity}", f"- Applies to: {subject(compiled)}"]
    if control.params:
        parts.append("- Params: " + ", ".join(f"`{name}` = `{value}`" for name, value in control.params.items()))
    parts += [f"- Origin: {control.origin}", "", "## Why", "", control.why.strip(), "", "## Rule", ""]
    if control.when:
        parts.append(f"Judged where `{_line(control.when)}`; elsewhere not applicable.\n")
    parts += [f"- {rule}\n  otherwise: {message}" for rule, message in _assertions(control)]
    if control.attested:
        parts.append(f"- {_stated(control)}")
    if control.judged:
        parts += ["", "## What an input cannot show", "", *[f"- {name}: {_line(reason)}" for name, reason in control.judged.items()]]
    parts += ["", "## Remediation", ""]
    fences = {input_.remedy: input_.fence for input_ in inputs.table()}
    for title, name, text in remedies(control):
        parts += [f"### {title}", "", f"```{fences.get(name, '')}", text, "```", ""]
    parts += _fixes(control)
    parts += _mappings("Frameworks", control.frameworks) + _mappings("Checks of other tools", control.peers)
    return "\n".join(parts).rstrip() + "\n"


def _fixes(control: Control) -> list[str]:
    """What `assay fix` edits, by input."""
    titles = {input_.name: input_.remedy_title for input_ in inputs.table()}
    lines = []
    for name, fix in control.fix.items():
        told = fix if isinstance(fix, str) else "; ".join(map(_remedy, fix))
        lines.append(f"- {titles[name] or name}: {_line(told)}")
    return ["## Fix", "", "What `assay fix` edits; each edit is proven before it is offered.", "", *lines, ""] if lines else []


def _remedy(remedy: Remedy) -> str:
    if remedy.decision:
        return f"else {_line(remedy.decision)}"
    edited = "the statement of a policy" if remedy.revoke else f"`{remedy.on}`"
    return edited + (f" (with `--unsafe`: {_line(remedy.review)})" if remedy.review else "")


def fixed_in(control: Control) -> list[str]:
    """The inputs that have edits for a control: `Terraform, AWS`, `CloudFormation`."""
    titles = []
    for input_ in inputs.table():
        fix = control.fix.get(input_.name, "")
        remedies = [] if isinstance(fix, str) else fix
        edited = [remedy.on.split("_")[0] for remedy in remedies if remedy.on]
        for reader, title in input_.columns.items():
            of_policies = any(remedy.revoke for remedy in remedies) and reader in _known().inputs_of(str(control.applies_to))
            if of_policies or any(mark in type_ for type_ in edited for mark in input_.of.get(reader, ("",))):
                titles.append(title)
    return titles


def _kind_text(compiled: CompiledControl) -> str:
    kinds = catalogue().kinds
    text = (kinds[compiled.kind].__doc__ or "").split("\n\n")[0] if compiled.kind in kinds else ""
    return f" ({_line(text).rstrip('.')})" if text else ""


def _line(text: str) -> str:
    return " ".join(text.split())


def _mappings(title: str, mappings: dict[str, list[str]]) -> list[str]:
    return [f"## {title}", "", *[f"- {name}: {', '.join(ids)}" for name, ids in mappings.items()], ""] if mappings else []


FULL, PART, NONE = "in full", "in part", "not at all"


def _columns() -> list[tuple[str, str, str]]:
    """The title, the module of readers and the input of each column of the table."""
    return [(title, reader, input_.name) for input_ in inputs.table() for reader, title in input_.columns.items()]


def shown_by(compiled: CompiledControl) -> list[tuple[str, str, str]]:
    """How far each input judges a control: title, input, and one of FULL, PART and NONE."""
    known = _known()
    told = []
    for title, reader, name in _columns():
        of_estate = compiled.kind in known.kinds and known.kinds[compiled.kind].of_estate
        present = bool(compiled.source_type) or of_estate or reader in known.inputs_of(compiled.kind)
        reason = compiled.control.judged.get(name)
        # Readers of Google's REST resources serve several inputs, of which one may not have the type.
        absent = not present or (reason is not None and reason.startswith(NONE))
        told.append((title, name, NONE if absent else FULL if reason is None else PART))
    return told


@functools.cache
def _known() -> Catalogue:
    return catalogue(*inputs.code_readers(), *inputs.live_readers())


def matrix(controls: list[CompiledControl]) -> str:
    """The table of which input judges which control, as Markdown, with the reasons of what an input shows in part only."""
    titles = [title for title, _, _ in _columns()]
    rows = ["| Control | " + " | ".join([*titles, "Fixes"]) + " |", "| --- |" + " --- |" * (len(titles) + 1)]
    notes: list[str] = []
    for compiled in controls:
        control = compiled.control
        rows.append(
            f"| {control.id} | " + " | ".join([*(extent for _, _, extent in shown_by(compiled)), "; ".join(fixed_in(control))]) + " |"
        )
        notes += [f"- {control.id}, {name}: {_line(reason)}" for name, reason in control.judged.items()]
    return "\n".join([*rows, "", OF_PLANS, "", *notes]) + "\n"


OF_PLANS = "A plan is judged by the readers of the code; what it cannot show is unknown until the code is given beside it."


def write_pages(controls: list[CompiledControl], folder: Path) -> list[Path]:
    """Write one page for each control and the table; gives the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for compiled in controls:
        path = folder / f"{compiled.control.id}.md"
        path.write_text(page(compiled), encoding="utf-8")
        written.append(path)
    index = folder / "README.md"
    lines = ["# Controls", "", "Generated by `make docs` from `policies/`.", "", matrix(controls)]
    lines += ["", *[f"- [{compiled.control.id}]({compiled.control.id}.md): {compiled.control.title}" for compiled in controls], ""]
    index.write_text("\n".join(lines), encoding="utf-8")
    return [*written, index]
