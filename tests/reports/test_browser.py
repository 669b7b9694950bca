"""The HTML report in a real browser: its own style and script run under its policy, and nothing else does."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import samples

from assay.reports.html import render

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed (.ci/run installs it where it can)")


def shown(path: Path, scratch: Path) -> tuple[str, str]:
    """(the document after its script ran, what the browser had to say)."""
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-quic"]
    command = [
        str(CHROMIUM),
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        *quiet,
        f"--user-data-dir={scratch}",
        "--enable-logging=stderr",
    ]
    ran = subprocess.run(
        [*command, "--virtual-time-budget=3000", "--dump-dom", path.as_uri()], capture_output=True, text=True, timeout=90, check=True
    )
    console = "\n".join(line for line in ran.stderr.splitlines() if "CONSOLE" in line or "Refused" in line or "violates" in line)
    return ran.stdout, console


def test_the_filter_appears_and_nothing_is_refused(tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    report.write_bytes(render(samples.report(), samples.context()))
    document, console = shown(report, tmp_path / "profile")
    assert 'type="search"' in document and 'type="search"' not in report.read_text()
    assert console == ""


@pytest.mark.parametrize("text", [samples.HOSTILE[0], samples.HOSTILE[1], samples.HOSTILE[2]])
def test_hostile_names_run_nothing(tmp_path: Path, text: str) -> None:
    report = tmp_path / "report.html"
    hostile_report, context = samples.hostile(text.replace("window.__x=1", "document.title='owned'"))
    report.write_bytes(render(hostile_report, context))
    document, _ = shown(report, tmp_path / "profile")
    titles = re.findall(r"<title>(.*?)</title>", document, re.DOTALL)
    assert titles and not [title for title in titles if title.strip() == "owned"]


def test_the_browser_would_notice_a_script_that_the_policy_does_not_allow(tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    page = render(samples.report(), samples.context()).decode()
    report.write_text(page.replace("</main>", "</main><script>document.title='owned'</script>"))
    document, console = shown(report, tmp_path / "profile")
    assert "<title>owned" not in document
    assert "Content Security Policy" in console
