"""An environment of its own for checkov, which pins libraries that Assay uses in other versions (boto3 among forty)."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from assay.scanner.opinions.interface import OpinionError
from assay.scanner.opinions.running import installed

_REQUIREMENT = "checkov>=3.2"


def install(environment: Path, version: str | None = None) -> Path:
    """Make the environment anew with pip, from the package index that pip is configured for; the program in it. Raises OpinionError."""
    wanted = f"checkov=={version}" if version else _REQUIREMENT
    try:
        environment.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _run([sys.executable, "-m", "venv", "--clear", str(environment)], "the environment cannot be made")
        python = installed(environment).with_name("python.exe" if sys.platform == "win32" else "python")
        _run(
            [str(python), "-m", "pip", "install", "--no-input", "--quiet", "--disable-pip-version-check", wanted],
            f"pip cannot install {wanted}",
        )
    except BaseException as error:
        shutil.rmtree(environment, ignore_errors=True)  # half an environment would be found by the next scan
        if isinstance(error, OSError):
            raise OpinionError(f"{environment}: {error.strerror or error}") from None
        raise
    return installed(environment)


def _run(command: list[str], problem: str) -> None:
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)  # noqa: S603 -- our own arguments, no shell
    if ended.returncode:
        lines = ended.stderr.decode("utf-8", "replace").strip().splitlines()
        raise OpinionError(f"{problem}: {lines[-1] if lines else f'it ended with {ended.returncode}'}")
