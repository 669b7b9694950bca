"""The catalogue for readers: a page for each control, and the table of controls and inputs. Both are Markdown."""

from __future__ import annotations

from pathlib import Path

from assay.scanner.facts.catalogue import catalogue
from assay.scanner.rules.load import CompiledControl

INPUTS = {
    "terraform_aws": ("Terraform, AWS", "terraform"),
    "terraform_gcp": ("Terraform, Google Cloud", "terraform"),
    "cloudformation": ("CloudFormation, CDK", "cloudformation"),
    "aws_api": ("AWS live", "aws"),
    "google_api": ("Google Cloud live and asset export", "google"),
}
"""Reader modules to the column they fill, and the input that a control's `judged` names. Plans have the readers of code."""

_SHARING = {
    "deployment_manager": ("Deployment Manager", "google_api"),
    "config_connector": ("Config Connector", "google_api"),
}
"""Inputs that are read by the readers of another one: their column, and whose readers."""

_FENCES = {"terraform": "hcl", "cloudformation": "yaml", "aws": "sh", "gcloud": "sh", "deployment_manager": "yaml"}
_TITLES = {
    "terraform": "Terraform",
    "cloudformation": "CloudFormation",
    "aws": "AWS CLI",
    "gcloud": "gcloud",
    "deployment_manager": "Deployment Manager",
}


def page(compiled: CompiledControl) -> str:
    """Everything about one control."""
    control = compiled.control
    applies = (
        control.applies_to
        if isinstance(control.applies_to, str)
        else ", ".join(f"{name} {type_}" for name, type_ in control.applies_to.items())
    )
    parts = [f"# {control.id}", "", control.title, "", f"- Severity: {control.severity}", f"- Applies to: {applies}" + _kind_text(compiled)]
    if control.params:
        parts.append("- Params: " + ", ".join(f"`{name}` = `{value}`" for name, value in control.params.items()))
    parts += [f"- Origin: {control.origin}", "", "## Why", "", control.why.strip(), "", "## Rule", ""]
    if control.when:
        parts.append(f"Judged where `{_line(control.when)}`; elsewhere not applicable.\n")
    for assertion in control.assertions:
        each = f"for each `{assertion.as_}` of `{assertion.each}`: " if assertion.each else ""
        when = f" (where `{_line(assertion.when)}`)" if assertion.when else ""
        parts.append(f"- {each}`{_line(assertion.that)}`{when}\n  otherwise: {_line(assertion.message)}")
    if control.judged:
        parts += ["", "## What an input cannot show", "", *[f"- {name}: {_line(reason)}" for name, reason in control.judged.items()]]
    parts += ["", "## Remediation", ""]
    for name, text in control.remediation.items():
        parts += [f"### {_TITLES.get(name, name)}", "", f"```{_FENCES.get(name, '')}", text.strip(), "```", ""]
    parts += _mappings("Frameworks", control.frameworks) + _mappings("Checks of other tools", control.peers)
    return "\n".join(parts).rstrip() + "\n"


def _kind_text(compiled: CompiledControl) -> str:
    kinds = catalogue().kinds
    text = (kinds[compiled.kind].__doc__ or "").split("\n\n")[0] if compiled.kind in kinds else ""
    return f" ({_line(text).rstrip('.')})" if text else ""


def _line(text: str) -> str:
    return " ".join(text.split())


def _mappings(title: str, held: dict[str, list[str]]) -> list[str]:
    return [f"## {title}", "", *[f"- {name}: {', '.join(ids)}" for name, ids in held.items()], ""] if held else []


def matrix(controls: list[CompiledControl]) -> str:
    """Which input judges which control."""
    known = catalogue(*INPUTS)
    columns = [(title, reader, name) for reader, (title, name) in INPUTS.items()]
    columns += [(title, reader, name) for name, (title, reader) in _SHARING.items()]
    titles = [title for title, _, _ in columns]
    rows = ["| Control | " + " | ".join(titles) + " |", "| --- |" + " --- |" * len(titles)]
    notes: list[str] = []
    for compiled in controls:
        control = compiled.control
        cells = []
        for _, reader, name in columns:
            present = bool(compiled.source_type) or reader in known.inputs_of(compiled.kind)
            cells.append(("in part" if name in control.judged else "in full") if present else "not at all")
        rows.append(f"| {control.id} | " + " | ".join(cells) + " |")
        notes += [f"- {control.id}, {name}: {_line(reason)}" for name, reason in control.judged.items()]
    return (
        "\n".join(
            [
                *rows,
                "",
                "A plan is judged by the readers of the code; what it cannot show is unknown until the code is given beside it.",
                "",
                *notes,
            ]
        )
        + "\n"
    )


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
    lines += ["", *[f"- [{each.control.id}]({each.control.id}.md): {each.control.title}" for each in controls], ""]
    index.write_text("\n".join(lines), encoding="utf-8")
    return [*written, index]
