"""The edition for an audit as PDF, printed by the Chromium that is installed and read by pypdf."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pypdf
import pytest

from assay.reports import pdf
from tests.reports import samples
from tests.scans import FAILING, assay, write

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed (.ci/run installs it where it can)")


@pytest.fixture(scope="module")
def printed() -> bytes:
    return pdf.render(samples.compared(), samples.context())


@needs_chromium
def test_every_page_has_its_number_and_the_id_of_the_run(printed: bytes) -> None:
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(printed)).pages]
    run = samples.compared().run.id
    assert len(pages) > 3
    for number, text in enumerate(pages, 1):
        assert f"page {number} of {len(pages)}" in " ".join(text.split())
        assert run in text


@needs_chromium
def test_what_fails_and_what_passes_is_in_it_and_nothing_runs(printed: bytes) -> None:
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(printed)).pages)
    text = "".join(text.split())  # a name breaks where the line ends
    for result in samples.compared().results:
        assert "".join(result.resource.address.split()) in text
    assert "Signature" in text
    reader = pypdf.PdfReader(io.BytesIO(printed))  # by its objects: three letters stand in what is compressed by chance
    keys = {
        key for number in range(1, len(reader.xref[0]) + 1) if isinstance(content := reader.get_object(number), dict) for key in content
    }
    assert "/Type" in keys and not keys & {"/JavaScript", "/JS"}


@needs_chromium
def test_the_same_run_gives_the_same_bytes(printed: bytes) -> None:
    assert pdf.render(samples.compared(), samples.context()) == printed
    assert pypdf.PdfReader(io.BytesIO(printed)).metadata is not None


@needs_chromium
@pytest.mark.parametrize("text", [samples.HOSTILE[0], samples.HOSTILE[1]])
def test_hostile_names_are_printed_as_text(text: str) -> None:
    hostile_report, context = samples.hostile(text)
    pages = pypdf.PdfReader(io.BytesIO(pdf.render(hostile_report, context))).pages
    assert "window.__x=1" in "".join("".join(page.extract_text().split()) for page in pages)


def test_without_a_browser_nothing_is_judged_and_the_way_out_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(pdf.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", "relative:/nowhere")
    monkeypatch.setattr(pdf, "_APPLICATIONS", ())
    ran = assay("scan", write(tmp_path, {"main.tf": FAILING}), "-r", f"pdf={tmp_path / 'out.pdf'}")
    assert ran.exit_code == 2 and "install Chromium or Chrome" in ran.stderr and "-r html=FILE" in ran.stderr
    assert not (tmp_path / "out.pdf").exists()


@pytest.mark.parametrize("body", ["exit 3", "echo nothing", "head -c 20 /dev/zero > /dev/null"])
def test_a_browser_that_prints_nothing_costs_no_other_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    program = tmp_path / "chromium"
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)
    monkeypatch.setenv(pdf.VARIABLE, str(program))
    out = [tmp_path / "out.pdf", tmp_path / "out.json"]
    ran = assay("scan", write(tmp_path / "code", {"main.tf": FAILING}), "-r", f"pdf={out[0]}", "-r", f"json={out[1]}")
    assert ran.exit_code == 2 and "did not print the pdf report" in ran.stderr
    assert not out[0].exists() and out[1].stat().st_size
    monkeypatch.setenv(pdf.VARIABLE, str(tmp_path))
    assert "which is no program" in assay("scan", tmp_path / "code", "-r", f"pdf={out[0]}").stderr
