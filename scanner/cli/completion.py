"""`assay completion`: what makes a shell complete commands, options, ids of controls and formats.

The scripts are click's (https://click.palletsprojects.com/en/stable/shell-completion/): they ask `assay` itself what could come next.
"""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import click

from assay.scanner.cli import EXIT_USAGE, console
from assay.scanner.cli.suggesting import Suggesting

SHELLS = ("bash", "zsh", "fish")
_SHELL = click.Choice(SHELLS)
_VARIABLE = "_ASSAY_COMPLETE"
_MARK = "# assay completion"


@click.group("completion", cls=Suggesting)
def command() -> None:
    """Completion of commands, options, controls and formats in a shell."""


@command.command()
@click.argument("shell", type=_SHELL, required=False)
def show(shell: str | None) -> None:
    """Print the script for bash, zsh or fish; without a name, for the shell of this session."""
    click.echo(_script(shell or _own()))


@command.command()
@click.argument("shell", type=_SHELL, required=False)
def install(shell: str | None) -> None:
    """Write the script to where the shell finds it, once: it works in shells that are started from then on.

    For bash and zsh that is a file of its own, and a line in ~/.bashrc or ~/.zshrc that reads it; for fish, the folder of completions.
    Where it is there already, it is brought up to date.
    """
    shell = shell or _own()
    script = _script(shell)
    try:
        told = _install_fish(script) if shell == "fish" else _install_with_line(shell, script)
    except OSError as error:
        console.tell(f"assay: {error.filename}: the completion could not be written: {error.strerror}; assay completion show prints it")
        sys.exit(EXIT_USAGE)
    for line in told:
        console.show(console.one_line(line))


def _own() -> str:
    """The shell of the session. Ends the process, after saying why, where it is none of ours."""
    name = os.path.basename(os.environ.get("SHELL", "")).removesuffix(".exe")
    if name not in SHELLS:
        console.tell(f"assay: SHELL is {name!r}; name a shell: {', '.join(SHELLS)}")
        sys.exit(EXIT_USAGE)
    return name


def _script(shell: str) -> str:
    from click.shell_completion import get_completion_class

    from assay.scanner.cli import cli

    made = get_completion_class(shell)
    assert made is not None  # click has all of SHELLS
    completion = made(cli, {}, "assay", _VARIABLE)
    return completion.source_template % completion.source_vars()  # `source()` would run bash to ask for its version


def _install_fish(script: str) -> list[str]:
    """https://fishshell.com/docs/current/completions.html#where-to-put-completions"""
    path = _home("XDG_CONFIG_HOME", ".config") / "fish" / "completions" / "assay.fish"
    _write(path, script)
    return [f"{path} is written; new shells complete assay"]


def _install_with_line(shell: str, script: str) -> list[str]:
    path = _home("XDG_DATA_HOME", ".local/share") / "assay" / f"completion.{shell}"
    _write(path, script)
    settings = Path.home() / ".bashrc" if shell == "bash" else Path(os.environ.get("ZDOTDIR") or Path.home()) / ".zshrc"
    # zsh defines compdef, which the script calls, in compinit: https://zsh.sourceforge.io/Doc/Release/Completion-System.html
    before = "(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }; " if shell == "zsh" else ""
    line = f"{before}[ -r {shlex.quote(str(path))} ] && source {shlex.quote(str(path))}  {_MARK}"
    content = settings.read_bytes() if settings.exists() else b""
    if os.fsencode(line) in content.splitlines():
        return [f"{path} is written; {settings} reads it already"]
    with settings.open("ab") as opened:
        opened.write((b"" if not content or content.endswith(b"\n") else b"\n") + os.fsencode(line) + b"\n")
    return [f"{path} is written, and {settings} reads it; new shells complete assay", f"in this one: source {shlex.quote(str(path))}"]


def _home(variable: str, default: str) -> Path:
    """A folder of the XDG base directory specification; a relative path there is to be ignored."""
    given = os.environ.get(variable, "")
    return Path(given) if os.path.isabs(given) else Path.home() / default


def _write(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(script, encoding="utf-8")
