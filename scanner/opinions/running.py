"""checkov as it is run beside a scan: which program, with which arguments.

What it scans may be hostile, and a configuration file in it could name a folder of Python code that checkov runs
(https://www.checkov.io/2.Basics/CLI%20Command%20Reference.html: `--external-checks-dir`). checkov looks for one in the directory that
follows an argument `-d` or `--directory`, in the working directory and in the home (checkov/common/util/config_utils.py): the directory
is named by `--directory=PATH` instead, and the other two are empty folders. A test runs checkov on such a tree.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from assay.scanner.opinions import checkov, process
from assay.scanner.opinions.interface import Claims, OpinionError

_ALWAYS = (
    *("--framework", "terraform", "--framework", "terraform_plan", "--framework", "cloudformation"),
    *("--output", "json", "--compact", "--skip-download", "--download-external-modules", "False"),
)
_SETTINGS = {
    "CKV_SKIP_PACKAGE_UPDATE_CHECK": "True",
    "CKV_GITHUB_CONFIG_FETCH_DATA": "False",
    "CKV_GITLAB_CONFIG_FETCH_DATA": "False",
    "LOG_LEVEL": "ERROR",
}
"""https://github.com/bridgecrewio/checkov/blob/main/checkov/common/util/env_vars_config.py"""
_CODES = (0, 1)
"""0: nothing fails; 1: something does (https://www.checkov.io/2.Basics/Hard%20and%20soft%20fail.html)."""
SOURCE = "checkov"


def home() -> Path:
    """Where `assay checkov install` makes checkov's own environment."""
    base = os.environ.get("XDG_DATA_HOME", "")
    # One that is relative is to be ignored: https://specifications.freedesktop.org/basedir-spec/latest/
    return Path(base if os.path.isabs(base) else os.path.join(os.path.expanduser("~"), ".local", "share"), "assay", "checkov")


def installed(environment: Path) -> Path:
    """The program in an environment."""
    return environment / "Scripts" / "checkov.exe" if sys.platform == "win32" else environment / "bin" / "checkov"


def program(named: str | None) -> str:
    """The program to run: the one that is named, else on PATH, else in its own environment. Raises OpinionError where there is none.

    Entries of PATH that are relative are left out: they could lead into what is scanned.
    """
    if named is not None:
        if not os.path.isfile(named) or not os.access(named, os.X_OK):
            raise OpinionError(f"--checkov {named}: this is no program that can be run")
        return os.path.abspath(named)
    if on_path := shutil.which("checkov", path=_path()):
        return on_path
    if os.access(installed(home()), os.X_OK):
        return str(installed(home()))
    raise OpinionError(
        f"checkov is not there: it is neither on PATH nor in {home()}; `assay checkov install` makes an environment of its own for it "
        "(from the package index, over the network), or name the program with --checkov PATH"
    )


def _path() -> str:
    """PATH without entries that are relative."""
    return os.pathsep.join(entry for entry in os.environ.get("PATH", os.defpath).split(os.pathsep) if os.path.isabs(entry))


def claims(program: str, paths: Sequence[str]) -> Claims:
    """What checkov says of paths. Where it fails on one, that is among the problems.

    Directories are scanned one by one, as checkov prints a document for each; files together.
    """
    there = [os.path.abspath(path) for path in paths]
    files = [path for path in there if os.path.isfile(path)]
    runs = [[f"--directory={path}"] for path in there if os.path.isdir(path)]
    runs += [[f"--file={path}" for path in files]] if files else []
    if not runs:
        return Claims(SOURCE, "", [], problems=["checkov reads files and directories, and none was named"])
    return _together([_once(program, arguments) for arguments in runs])


def _once(program: str, arguments: Sequence[str]) -> Claims:
    try:
        ended = process.run([program, *arguments, *_ALWAYS], {**_SETTINGS, "PATH": _path()})
        if ended.code not in _CODES:
            raise OpinionError(f"{program} ended with {ended.code}: {ended.messages or 'it says nothing of why'}")
        return checkov.read(ended.output, program)
    except OpinionError as error:
        return Claims(SOURCE, "", [], problems=[str(error)])


def _together(parts: Sequence[Claims]) -> Claims:
    said = [part for part in parts if part.claims]
    return msgspec.structs.replace(
        Claims(SOURCE, next((part.version for part in parts if part.version), ""), []),
        claims=[claim for part in parts for claim in part.claims],
        failures_only=bool(said) and all(part.failures_only for part in said),
        problems=[problem for part in parts for problem in part.problems],
    )
