"""Other distributions add report formats, inputs and kinds by entry points, and nothing else has to know of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assay.scanner import plugins
from assay.scanner.results import formats
from tests.scans import FAILING, write

FORMAT = """
def render(report, context):
    return f"{len(report.results)} results\\n".encode()
"""
INPUT = """
import json

from assay.scanner.sources.discover import show
from assay.scanner.sources.coverage import Coverage
from assay.scanner.sources.interface import EVERYTHING, Collection, Item, Source
from assay.scanner.sources.inputs import Format, Input
from assay.scanner.sources.nodes import DataNode
from assay.scanner.sources.raw import Location
from assay.scanner.sources.values import Value

FILES = Format("tidy", "tidy_input", ((b"tidy-infrastructure/1",),), (b"{",))
TIDY = Input("tidy", {"tidy": "Tidy"}, formats=(FILES,))


class TidyItem(DataNode, Item):
    region = account = Value(None)
    template = None

    def __init__(self, type_, name, path, body):
        super().__init__(body, Location(path))
        self.type, self.address, self.root = type_, f"{type_}.{name}", path

    def attributes(self):
        return Value(self.data)

    def coexists(self, other):
        return True


def sources(paths, named, options):
    yield TidySource(paths)


class TidySource(Source):
    input = "tidy"

    def __init__(self, paths):
        self.paths = paths

    def collect(self, wanted=EVERYTHING):
        for path in self.paths:
            with open(path, encoding="utf-8") as opened:
                data = json.load(opened)
            coverage = Coverage()
            coverage.files.found = coverage.files.parsed = 1
            coverage.enter(show(path), "tidy", "judged")
            items = [TidyItem(kind, name, path, body) for kind, named in data["resources"].items() for name, body in named.items()]
            yield Collection(path, items, coverage)
"""
KINDS = "KINDS = ()\n"
READERS = """
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.keys.kinds import Key
from assay.scanner.facts.keys.kms import KeyAt, key

READERS = (Reader(Key, ("key",), key, KeyAt(name="name", rotates="rotates")),)
"""
ENTRIES = """
[assay.reports]
count = count_format
[assay.sources]
tidy = tidy_input:TIDY
[assay.facts]
tidy = tidy_keys
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(
        tmp_path_factory.mktemp("site"),
        {
            "count_format.py": FORMAT,
            "tidy_input.py": INPUT,
            "tidy_keys/__init__.py": "",
            "tidy_keys/kinds.py": KINDS,
            "tidy_keys/tidy.py": READERS,
            "tidy-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: tidy\nVersion: 1.0\n",
            "tidy-1.0.dist-info/entry_points.txt": ENTRIES,
        },
    )


def assay(site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "assay", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env={**os.environ, "PYTHONPATH": str(site)})


def test_a_format_is_there_by_its_name(site: Path, tmp_path: Path) -> None:
    ran = assay(site, "scan", str(write(tmp_path, {"main.tf": FAILING})), "--no-config", "-r", "count")
    assert (ran.returncode, ran.stderr) == (1, "")
    assert int(ran.stdout.split()[0]) > 3
    assert ", ".join(sorted([*formats.names(), "count"])) in " ".join(assay(site, "scan", "--help").stdout.split()).replace("- ", "-"), (
        "a line may end in a hyphen"
    )


def test_an_input_is_recognised_and_judged_by_the_same_rules(site: Path, tmp_path: Path) -> None:
    data = {"format": "tidy-infrastructure/1", "resources": {"key": {"k": {"name": "orders", "rotates": False}}, "other": {"x": {}}}}
    path = write(tmp_path, {"estate": json.dumps(data)})
    report = json.loads(assay(site, "scan", str(path), "--no-config", "--control", "keys.*", "-r", "json").stdout)
    assert {(result["resource"]["address"], result["verdict"]) for result in report["results"]} == {("key.k", "fail")}
    assert report["coverage"]["unsupported_types"] == {"other": 1}
    assert (report["coverage"]["tree"]["judged"], report["coverage"]["gaps"]) == (1, [])
    matrix = assay(site, "controls", "matrix").stdout
    assert "\nkeys.rotation-and-policy " in matrix and "Tidy\n" in matrix


def test_what_is_found_is_kept_until_something_is_installed(site: Path, tmp_path: Path) -> None:
    write(tmp_path, {"main.tf": FAILING})
    code = "import sys; from assay.scanner import plugins; print(sorted(plugins.installed('assay.reports')), 'importlib.metadata' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(site), "XDG_CACHE_HOME": str(tmp_path)}
    for expected in ("True", "False"):
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
        assert ran.stdout == f"{sorted([*formats.names(), 'count'])} {expected}\n"
    (site / "more-1.0.dist-info").mkdir()
    (site / "more-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: more\nVersion: 1.0\n", "utf-8")
    (site / "more-1.0.dist-info" / "entry_points.txt").write_text("[assay.reports]\nanother = count_format\n", "utf-8")
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert "'another'" in ran.stdout


def test_a_cache_that_cannot_be_read_is_made_again(tmp_path: Path) -> None:
    code = "from assay.scanner import plugins; print(len(plugins.installed('assay.reports')))"
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    for _ in range(2):
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
        assert ran.stdout.strip() == str(len(plugins.installed(plugins.REPORTS)))
        (kept,) = (tmp_path / "assay").glob("plugins-*")
        kept.write_bytes(b"\xff not msgpack")
