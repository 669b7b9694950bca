"""Make the pictures of docs/evidence.md with the Chromium that is installed, from a scan of the demo and of a recorded account.

    python docs/pictures.py            # make them anew
    python docs/pictures.py --check    # whether they are of the templates, the script and the fixtures as these are now

What a picture is of is told by a digest of what it is made from (docs/pictures/made-from.json). Pixels are not compared: they differ from
machine to machine with its fonts. Controls change often and a picture shows few of them, so that they are no part of the digest.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

TOP = Path(__file__).resolve().parents[1]
FOLDER = TOP / "docs" / "pictures"
MADE_FROM = FOLDER / "made-from.json"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
CODE = TOP / "fixtures" / "demo" / "main.tf"
ACCOUNT = TOP / "fixtures" / "controls" / "storage" / "bucket-not-public" / "aws" / "aws-fail-document.ndjson"


class Picture(NamedTuple):
    """What is drawn of which page."""

    of: Path
    """What is scanned for it."""
    selector: str
    """The element; of several the first."""
    width: int = 1000
    height: int = 0
    """Pixels from the top of the element; 0 for all of it."""
    click: str = ""


PICTURES = {
    "cover": Picture(CODE, ".cover"),
    "first-screen": Picture(CODE, "header", height=760),
    "framework": Picture(CODE, "#frameworks", height=420, click="section[aria-labelledby=frameworks] summary"),
    "finding": Picture(CODE, "article.fail"),
    "answer": Picture(ACCOUNT, "article.fail", click="article.fail details.answer summary"),
    "table": Picture(CODE, "#table", height=560),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        wrong = list(stale())
        print("\n".join(wrong))
        return int(bool(wrong))
    draw(FOLDER)
    MADE_FROM.write_text(json.dumps({name: digest(picture) for name, picture in PICTURES.items()}, indent=2) + "\n")
    return 0


def stale() -> Iterator[str]:
    """What is missing, left over, or made from something else than there is now."""
    known = json.loads(MADE_FROM.read_text()) if MADE_FROM.exists() else {}
    for name, picture in PICTURES.items():
        if not (FOLDER / f"{name}.png").exists():
            yield f"docs/pictures/{name}.png is missing: make pictures"
        elif known.get(name) != digest(picture):
            yield f"docs/pictures/{name}.png is of an earlier page: make pictures, and look at it"
    there = {path.stem for path in FOLDER.glob("*.png")}
    yield from (f"docs/pictures/{name}.png is not made by docs/pictures.py" for name in sorted(there - PICTURES.keys()))


def digest(picture: Picture) -> str:
    """Of what a picture is made from: the templates, this script, what is scanned."""
    whole = hashlib.sha256()
    for path in (*sorted((TOP / "reports" / "templates").rglob("*")), Path(__file__), picture.of):
        if path.is_file():
            whole.update(f"{path.relative_to(TOP)}\0".encode() + path.read_bytes() + b"\0")
    return whole.hexdigest()


def page(of: Path) -> bytes:
    """The report of a scan, with the times and the id of none."""
    from assay import Options, Scan
    from assay.reports import html
    from assay.scanner.cli import output
    from assay.scanner.cli.excerpts import Excerpts
    from assay.scanner.results.formats import Context
    from assay.scanner.results.model import Revision

    name = str(of.relative_to(TOP))
    scan = Scan(Options(paths=[name], arguments=["scan", name, "--evidence", "evidence/"]))
    report = scan.report()
    revision = Revision(targets=[name], commit="4be7" * 10, branch="main", changed=0, added=0, removed=0)
    run = msgspec.structs.replace(
        report.run, id="1f0c9a52-5d0b-4c43-9a55-0d0f5b6f7a11", started="2027-01-31T09:30:00.000Z", finished="2027-01-31T09:30:01.480Z",
        revisions=[revision],
    )  # fmt: skip
    rules = scan.rules.set
    source = Excerpts([name], scan.sensitive).lines
    context = Context(
        controls=rules.by_id(), frameworks=rules.frameworks, source=source, answers=output.answers_of(scan), auditor=True
    )  # fmt: skip
    return html.render(msgspec.structs.replace(report, run=run), context)


def draw(folder: Path) -> None:
    """Write every picture into a folder."""
    import os

    from playwright.sync_api import sync_playwright

    os.chdir(TOP)  # files are named as in a checkout
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for of in dict.fromkeys(picture.of for picture in PICTURES.values()):
            file = Path(made, f"{of.stem}.html")
            file.write_bytes(page(of))
            for name, picture in PICTURES.items():
                if picture.of == of:
                    one(browser, file, picture, folder / f"{name}.png")
        browser.close()


def one(browser: Any, file: Path, picture: Picture, target: Path) -> None:
    opened = browser.new_page(viewport={"width": picture.width, "height": 900}, color_scheme="light")
    opened.goto(file.as_uri())
    for _ in range(200):
        if opened.evaluate("document.getElementById('table').dataset.ready || ''"):
            break
        opened.wait_for_timeout(50)
    opened.evaluate("document.querySelector('nav').style.position = 'static'")  # else it stands in every picture
    if picture.click:
        opened.locator(picture.click).first.click()
    box = opened.locator(picture.selector).first.evaluate(
        "(element) => { const at = element.getBoundingClientRect(); return [at.x + scrollX, at.y + scrollY, at.width, at.height]; }"
    )
    clip = {"x": max(0, box[0] - 8), "y": max(0, box[1] - 8), "width": box[2] + 16, "height": (picture.height or box[3]) + 16}
    opened.screenshot(path=target, clip=clip, full_page=True, animations="disabled")
    opened.close()


if __name__ == "__main__":
    sys.path.insert(0, str(TOP))
    sys.exit(main())
