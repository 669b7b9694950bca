"""A PostgreSQL server of its own for tests, from what the machine has installed."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def programs() -> Path | None:
    """Where `initdb` and `postgres` are; Debian has them beside each other, out of PATH."""
    program = shutil.which("initdb")
    if program:
        return Path(program).parent
    return next((path.parent for path in sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)), None)


@contextlib.contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """The URL of an empty database, which is gone afterwards. It refuses to run as root, and listens on a socket alone."""
    as_user: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="assay-pg-") as home:
        if os.getuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(home, owner.pw_uid, owner.pw_gid)
            as_user = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        data, log = f"{home}/data", f"{home}/log"
        initialise = [str(folder / "initdb"), "-D", data, "-A", "trust", "-U", "assay", "-N", "--locale=C", "-E", "UTF8"]
        subprocess.run(initialise, check=True, capture_output=True, cwd=home, **as_user)
        control = [str(folder / "pg_ctl"), "-D", data, "-w"]
        options = f"-c listen_addresses='' -c unix_socket_directories={home} -c fsync=off"
        subprocess.run([*control, "-l", log, "-o", options, "start"], check=True, stdout=subprocess.DEVNULL, cwd=home, **as_user)
        try:
            yield f"postgresql://assay@/postgres?host={home}"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=True, stdout=subprocess.DEVNULL, cwd=home, **as_user)
