"""Runs what a page shows: `python docs/transcripts.py docs/adopting.md` writes the page with what the commands say now, `--check` compares.

Of a page, in its order and in one empty directory:

- a fenced block whose language is followed by a path (```` ```yaml assay.yaml ````) becomes that file;
- a block ```` ```console ```` is a session: each line that begins with `$ ` is run by bash, and what stands below it is what it prints.

What a command names below `fixtures/`, and the page does not write itself, is copied from the repository.

Dates of the future in a page would be of the past one day: those of DATES are moved before a run, and moved back in what it prints.
"""

from __future__ import annotations

import datetime
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

DATES = {"2027-01-31": 60, "2027-01-01": 20}
"""A day that pages show to how many days from now it is when they are run."""
_BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMIT = re.compile(r"\b[0-9a-f]{40}\b")
_SECONDS = 120
_ROOT = Path(__file__).parent.parent
_FIXTURE = re.compile(r"(?<![\w/.])fixtures/[\w./-]+")


class Session:
    """Commands in one directory, with the `assay` of this Python and a git that knows nothing of its user."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        today = datetime.datetime.now(datetime.UTC).date()
        self._moved = {shown: (today + datetime.timedelta(days=days)).isoformat() for shown, days in DATES.items()}
        ada = (("NAME", "Ada"), ("EMAIL", "ada@team.example"))
        person = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in ada}
        cache = {name: os.environ[name] for name in ("XDG_CACHE_HOME",) if name in os.environ}
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        self._environment = {"PATH": path, "HOME": str(directory), "LC_ALL": "C.UTF-8", "GIT_CONFIG_NOSYSTEM": "1", **person, **cache}

    def write(self, name: str, text: str) -> None:
        """A file of the page."""
        path = self._directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self._now(text), encoding="utf-8")

    def run(self, command: str) -> str:
        """What a command prints, both streams in their order, as a page shows it."""
        for name in _FIXTURE.findall(command):
            self._copy(name)
        ran = subprocess.run(
            ["bash", "-c", self._now(command)], cwd=self._directory, env=self._environment, timeout=_SECONDS, check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
        )  # fmt: skip
        text = _COMMIT.sub("0" * 40, ran.stdout)
        for shown, moved in self._moved.items():
            text = text.replace(moved, shown)
        return "".join(f"{line.rstrip()}\n" for line in text.splitlines())

    def _copy(self, name: str) -> None:
        """A file or a directory of the repository, unless the page made it."""
        given, here = _ROOT / name, self._directory / name
        if here.exists() or not given.exists():
            return
        here.parent.mkdir(parents=True, exist_ok=True)
        if given.is_dir():
            shutil.copytree(given, here)
        else:
            shutil.copyfile(given, here)

    def _now(self, text: str) -> str:
        for shown, moved in self._moved.items():
            text = text.replace(shown, moved)
        return text


def ran(page: str) -> str:
    """A page with what its commands print now."""
    with tempfile.TemporaryDirectory() as directory:
        session = Session(Path(directory))
        return _BLOCK.sub(lambda block: _block(block, session), page)


def _block(block: re.Match[str], session: Session) -> str:
    language, path, text = block.groups()
    if path:
        session.write(path, text)
    if language != "console":
        return block[0]
    commands = [line for line in text.splitlines() if line.startswith("$ ")]
    return "```console\n" + "".join(f"{line}\n{session.run(line[2:])}" for line in commands) + "```"


def main() -> None:
    check, stale = "--check" in sys.argv[1:], False
    for path in (Path(name) for name in sys.argv[1:] if name != "--check"):
        page = path.read_text(encoding="utf-8")
        fresh = ran(page)
        stale |= fresh != page
        if check and fresh != page:
            print(f"{path} does not show what its commands print; run: python docs/transcripts.py {path}")
        elif not check:
            path.write_text(fresh, encoding="utf-8")
    sys.exit(1 if check and stale else 0)


if __name__ == "__main__":
    main()
