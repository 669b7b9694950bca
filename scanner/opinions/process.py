"""Another scanner as a process of its own: in an empty folder, without our environment, within bounds of time, memory and output."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence

import msgspec

from assay.scanner.opinions.interface import OpinionError, shown

MAX_OUTPUT = 400_000_000
"""Bytes of results: checkov writes about 1 KB for each check of a resource."""
MAX_MEMORY = 8 << 30
MAX_SECONDS = 1_800.0
_KEPT = 4_000
"""Bytes of its messages that are read."""
_NOWHERE = "http://127.0.0.1:9"
"""The discard port: nothing listens there, so that a client which obeys its proxy reaches nothing
(https://www.iana.org/assignments/service-names-port-numbers)."""


class Ended(msgspec.Struct, frozen=True):
    """A process that ended by itself."""

    code: int
    output: bytes
    messages: str
    """The end of its standard error, in one line."""


def run(command: Sequence[str], settings: Mapping[str, str], seconds: float = MAX_SECONDS, most: int = MAX_OUTPUT) -> Ended:
    """Run a program to its end. Raises OpinionError where it cannot be started, or goes beyond its bounds.

    `settings` are its environment beside a home that is empty: no token, no key and no proxy of ours is in it. What it prints goes to
    files, which the kernel bounds.
    """
    name = os.path.basename(command[0])
    with tempfile.TemporaryDirectory(prefix="assay-") as folder:
        home = os.path.join(folder, "home")
        os.mkdir(home)
        with open(os.path.join(folder, "out"), "w+b") as output, open(os.path.join(folder, "messages"), "w+b") as messages:
            code = _wait(_started(command, _environment(home, settings), home, output, messages), seconds, most, name)
            if os.fstat(output.fileno()).st_size >= most:
                raise OpinionError(f"{name} wrote more than {most >> 20} MB of results; scan fewer paths at once")
            output.seek(0)
            messages.seek(max(0, os.fstat(messages.fileno()).st_size - _KEPT))
            return Ended(code, output.read(most), shown(messages.read(_KEPT).decode("utf-8", "replace")))


def _environment(home: str, settings: Mapping[str, str]) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "PATHEXT") if name in os.environ}  # without them Windows starts no Python
    proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"), _NOWHERE)
    return {
        **kept,
        **proxies,
        "PATH": os.defpath,
        "HOME": home,
        "USERPROFILE": home,
        "TMPDIR": home,
        "LC_ALL": "C.UTF-8",
        "PYTHONNOUSERSITE": "1",
        "PYTHONUTF8": "1",
        **settings,
    }


def _started(command: Sequence[str], environment: dict[str, str], home: str, output: object, messages: object) -> subprocess.Popen[bytes]:
    try:
        process = subprocess.Popen(  # noqa: S603 -- the program is the user's choice, and no shell reads the arguments
            list(command),
            cwd=home,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=messages,
            start_new_session=True,  # type: ignore[call-overload]
        )
    except (OSError, ValueError) as error:
        raise OpinionError(f"{command[0]} cannot be started: {getattr(error, 'strerror', None) or error}") from None
    return process  # type: ignore[no-any-return]


def _wait(process: subprocess.Popen[bytes], seconds: float, most: int, name: str) -> int:
    try:
        _bound(process.pid, most)
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        raise OpinionError(f"{name} did not end within {seconds:.0f} seconds; scan fewer paths at once") from None
    finally:
        _end(process)


def _bound(pid: int, most: int) -> None:
    """Limits of the kernel, where it can set them for another process (Linux)."""
    with contextlib.suppress(ImportError, AttributeError, OSError, ValueError):
        import resource

        resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, most))
        resource.prlimit(pid, resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))


def _end(process: subprocess.Popen[bytes]) -> None:
    """The process with all that it started."""
    with contextlib.suppress(OSError, AttributeError):
        os.killpg(process.pid, signal.SIGKILL)
    if process.poll() is None:
        process.kill()
        process.wait()
