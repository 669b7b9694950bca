"""The edition for an audit as PDF: the HTML report, printed by the Chromium that is installed. No library draws these pages as quickly.

The page is printed without its scripts, by a browser that has a profile of its own, which is removed, and that resolves no name: the page
asks for nothing, and could not. Every page has its number and the id of the run, by the style of the page (CSS Paged Media,
https://www.w3.org/TR/css-page-3/#margin-boxes, which Chromium knows since version 131).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import msgspec

from assay.reports import html
from assay.scanner import lazy_re
from assay.scanner.results.formats import Context, FormatError
from assay.scanner.results.model import Report

VARIABLE = "ASSAY_CHROMIUM"
"""Names the browser in the environment, where it is not on the PATH."""
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "microsoft-edge-stable")
_APPLICATIONS = ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium")
_OLDEST = 131
_SECONDS = 600
_WITHOUT = (
    "--headless", "--disable-gpu", "--disable-extensions", "--disable-sync", "--disable-background-networking",
    "--disable-component-update", "--disable-dev-shm-usage", "--no-first-run", "--no-pdf-header-footer",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)  # fmt: skip
_DATE = lazy_re.pattern(rb"\(D:[0-9]{14}([^)]*)\)")


class NoBrowser(FormatError):
    """Nothing prints the page: says what to install."""


def ready() -> None:
    """Raises NoBrowser where no report can be made: before a run, rather than after it."""
    browser()


def browser() -> str:
    """The browser that prints. Raises NoBrowser."""
    named = os.environ.get(VARIABLE)
    if named:
        if os.path.isfile(named) and os.access(named, os.X_OK):
            return named
        raise NoBrowser(f"{VARIABLE} is {named}, which is no program; name Chromium or Chrome")
    # Relative entries of PATH could lead into what is scanned.
    path = os.pathsep.join(entry for entry in os.environ.get("PATH", os.defpath).split(os.pathsep) if os.path.isabs(entry))
    programs = [program for name in _NAMES if (program := shutil.which(name, path=path))]
    programs += [program for program in _APPLICATIONS if os.access(program, os.X_OK)]
    if not programs:
        way = f"install Chromium or Chrome, or name it by {VARIABLE}; or write -r html=FILE and print that from a browser"
        raise NoBrowser(f"the pdf report is printed by Chromium, and there is none on the PATH: {way}")
    return programs[0]


def render(report: Report, context: Context) -> bytes:
    """The PDF. Raises NoBrowser where nothing can print it."""
    return printed(html.page(report, msgspec.structs.replace(context, auditor=True), printed=True), report.run.finished)


def printed(page: bytes, at: str) -> bytes:
    """A page as PDF, made `at` (RFC 3339), so that the same page is the same file. Raises NoBrowser."""
    program = browser()
    with tempfile.TemporaryDirectory(prefix="assay-pdf-") as folder:
        source, target = Path(folder, "report.html"), Path(folder, "report.pdf")
        source.write_bytes(page)
        # As root, as in a container, the sandbox of Chromium cannot start; the page is our own, and runs nothing.
        root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        command = [program, *_WITHOUT, *root, f"--user-data-dir={folder}/profile", f"--print-to-pdf={target}", source.as_uri()]
        try:
            ran = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False, stdin=subprocess.DEVNULL)  # noqa: S603
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NoBrowser(f"{program} did not print the pdf report: {error}; write -r html=FILE and print that") from None
        content = target.read_bytes() if target.exists() else b""
        if not content.startswith(b"%PDF-"):
            said = (ran.stderr.decode("utf-8", "replace").strip().splitlines() or [f"it ended with {ran.returncode}"])[-1]
            raise NoBrowser(f"{program} did not print the pdf report: {said:.300}; it has to be version {_OLDEST} or later")
    return _dated(content, at)


def _dated(content: bytes, at: str) -> bytes:
    """The same with the time of the run for that of printing; of the same length, since a PDF counts its bytes."""
    digits = re.sub(r"[^0-9]", "", at)[:14].ljust(14, "0").encode()
    return _DATE.sub(lambda match: b"(D:" + digits + match[1] + b")", content)
