"""Help of commands with many options, in sections: what most runs need comes first."""

from __future__ import annotations

import click

from assay.scanner.override import override

_SECTIONS = {
    "What is read": ("var_files", "variables", "workspace", "parameters", "parameter_files", "region", "account", "code"),
    "Which controls": ("controls", "frameworks", "profile", "policies"),
    "What counts": (
        "fail_on", "strict", "since", "baseline", "no_inline", "guardrails", "allow_config_changes", "allow_empty",
    ),
    "Reports": ("reports", "quiet", "verbose", "color", "no_color", "reader", "fixes", "review_diff"),
    "Configuration": ("config_file", "no_config"),
    "Night after night": ("history", "fail_on_new", "notify"),
    "Evidence": ("evidence", "evidence_key", "evidence_inputs"),
    "Other scanners": ("beside", "checkov", "imports", "everything"),
    "Size": ("jobs", "shard", "out", "cluster", "of", "limit_memory", "limit_seconds", "limit_download"),
}  # fmt: skip
"""What each section lists, by the names of parameters. `out` is the place of shards; of other commands it is what they write."""
_OWN, _REST = "Options", "Other"
_AT = {name: (title, at) for title, names in _SECTIONS.items() for at, name in enumerate(names)}


class Sectioned(click.Command):
    """A command whose help lists its own options first, and then those that it shares with others by what they are for."""

    @override
    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        sections: dict[str, list[tuple[int, tuple[str, str]]]] = {title: [] for title in (_OWN, *_SECTIONS, _REST)}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None and isinstance(parameter, click.Option):
                title, at = _section(parameter)
                sections[title].append((at, record))
        for title, records in sections.items():
            if records:
                with formatter.section(title):
                    formatter.write_dl([record for _, record in sorted(records, key=lambda entry: entry[0])])


def _section(parameter: click.Parameter) -> tuple[str, int]:
    name = parameter.name or ""
    if name == "debug" or "--help" in parameter.opts:
        return _REST, 0
    if name == "out" and parameter.opts != ["--out"]:
        return _OWN, 0
    return _AT.get(name, (_OWN, 0))
