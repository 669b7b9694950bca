"""The ledger of files balances: whatever a tree holds, each entry is judged, of another kind, left out by a rule, or unread with a gap."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assay.scanner.results import ledger
from assay.scanner.sources import formats
from assay.scanner.sources.coverage import Coverage, Gap
from assay.scanner.sources.discover import discover
from assay.scanner.sources.listing import Fate, FileListing, decisive, excluded
from tests.hostile.hidden_files import ASSET, DEPLOYMENT, HCL, JSON, MANIFEST, PLAN, YAML, Scanned
from tests.patience import SOON
from tests.scans import assay_process, write

NAMES = [
    "a",
    "b.tf",
    "c.yaml",
    "d.json",
    "e.tf.json",
    "f.tofu",
    "b.tofu",
    "g.md",
    "h.jinja",
    "terraform.tfvars",
    "x.tfstate",
    "manifest.json",
    ".i.yaml",
]
FOLDERS = ["", "infra", "infra/deep", ".hidden", "venv", "cdk.out", "node_modules/p"]
CONTENTS = [
    "",
    "text",
    "a: 1\n",
    "{",
    YAML,
    JSON,
    JSON + "}",
    HCL,
    HCL + "}",
    PLAN,
    MANIFEST,
    DEPLOYMENT,
    ASSET,
    YAML + "---\n" + MANIFEST,
    "\0",
    "\xff",
]
TARGETS = [".", "..", "infra", ".hidden", "venv", "/usr", "nowhere", "infra/c.yaml", ".hidden/c.yaml"]
TREES = st.tuples(
    st.dictionaries(st.tuples(st.sampled_from(FOLDERS), st.sampled_from(NAMES)), st.sampled_from(CONTENTS), max_size=12),
    st.dictionaries(st.sampled_from(["l", "m.yaml", "n.tf", "infra/up", ".o"]), st.sampled_from(TARGETS), max_size=3),
)


def entries(top: Path) -> set[str]:
    """What is below a directory, worked out another way: files, links, and the directories that are left out as a whole."""
    listed: set[str] = set()
    for directory, folders, files in os.walk(top):
        for name in list(folders):
            path = os.path.join(directory, name)
            if os.path.islink(path):
                listed.add(path)
            elif excluded(name):
                listed.add(path + "/")
        folders[:] = [name for name in folders if not excluded(name)]
        listed |= {os.path.join(directory, name) for name in files}
    return listed


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(TREES)
def test_the_ledger_of_any_tree_balances(tree: tuple[dict[tuple[str, str], str], dict[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        top = Path(os.path.realpath(folder))
        write(top, {os.path.join(*key): content.encode("latin-1") for key, content in tree[0].items()})
        for name, target in tree[1].items():
            if (top / name).parent.is_dir() and not os.path.lexists(top / name):
                (top / name).symlink_to(target)
        scanned = Scanned(top)
        files, counts = scanned.scan.files, scanned.report.coverage.tree
        assert counts.found == len(files) == counts.judged + counts.other + counts.excluded + counts.unread
        assert sum(counts.reasons.values()) == counts.other + counts.excluded
        expected = entries(top)
        followed = {file for file in files if file not in expected}  # below links to what is left out
        assert expected - files.keys() == {str(link) for link in map(top.joinpath, tree[1]) if str(link) not in files and link.is_dir()}
        assert all(any(file.startswith(f"{top / link}/") for link in tree[1]) for file in followed)
        scopes = {gap.scope for gap in scanned.report.coverage.gaps}
        for file, fate in files.items():
            assert fate.became != "unread" or ledger._covered(file, scopes), (file, fate, scopes)
        assert not any("says nothing of it" in gap.reason for gap in scanned.report.coverage.gaps)


def test_a_reader_that_says_nothing_of_a_file_is_a_gap() -> None:
    listing = FileListing(
        candidates={"a/t.yaml": ("cloudformation",), "a/u.yaml": ("cloudformation", "plan"), "b": ("plan",), "c": ("plan",)}
    )
    listing.settle("x/", Fate("excluded", "packages of npm"))
    said = Coverage(gaps=[Gap("b", "input_failed", "lost", "w")])
    said.enter("a/u.yaml", "plan", "judged")
    said.enter("c", "plan", "other", "no plan")
    fates, closing = ledger.close(listing, said)
    assert {file: fate.became for file, fate in fates.items()} == {
        "a/t.yaml": "unread",
        "a/u.yaml": "unread",
        "b": "unread",
        "c": "other",
        "x/": "excluded",
    }
    (gap,) = closing.gaps
    assert (gap.scope, gap.code) == ("a/t.yaml", "input_failed") and "1 more file" in gap.reason
    assert (closing.tree.found, closing.tree.unread, closing.tree.reasons) == (5, 3, {"no plan": 1, "packages of npm": 1})


def test_what_readers_say_merges_in_any_order() -> None:
    judged, other = Coverage(), Coverage()
    judged.enter("a", "plan", "judged")
    other.enter("a", "plan", "other", "no plan")
    other.enter("b", "plan", "unread", "damaged")
    assert Coverage.merged([judged, other]).fates == Coverage.merged([other, judged]).fates == {
        ("a", "plan"): Fate("judged", "plan"), ("b", "plan"): Fate("unread", "damaged")
    }  # fmt: skip
    assert decisive([Fate("other", "a"), Fate("unread", "b"), Fate("judged", "c")]) == Fate("unread", "b")


def test_verbose_lists_every_file_and_the_report_counts_them(tmp_path: Path) -> None:
    write(tmp_path, {"t.yaml": YAML, "x.md": "x", ".h/t.yaml": YAML, "bad\x1b[31m\n::error::.json": JSON + "}"})
    ran = assay_process("scan", str(tmp_path), "--no-config", "-v")
    listed = [
        line.replace(str(tmp_path), "")
        for line in ran.stderr.splitlines()
        if line.split(" ")[0] in ("judged", "other", "excluded", "unread")
    ]
    assert listed == [
        "excluded /.h/ (a directory whose name begins with a dot)",
        "unread   /bad\\x1b[31m\\n::error::.json (no template that can be read)",
        "judged   /t.yaml (cloudformation)",
        "other    /x.md (of no format that is read)",
    ]
    assert "4 below the targets: 1 judged, 1 of another kind, 1 left out by a rule (a directory whose name begins" in " ".join(
        ran.stdout.split()
    )


@pytest.mark.parametrize(
    "content",
    [b"a" * 2_000_000, b"!" * 2_000_000, b" " * 2_000_000, b"\\" * 2_000_000, b"#\n" * 1_000_000, b"'" * 2_000_000, b"!a%" * 700_000],
)
def test_recognising_takes_time_in_proportion_to_the_size(tmp_path: Path, content: bytes) -> None:
    # With expressions that backtrack these took minutes.
    write(tmp_path, {"x": content, "x.yaml": content + b"Resources AWS:: kind cnrm.cloud.google.com"})
    before = time.process_time()
    formats.recognise(str(tmp_path / "x"))
    formats.recognise(str(tmp_path / "x.yaml"))
    assert time.process_time() - before < SOON


def test_a_tree_of_other_files_is_walked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(20):
        write(tmp_path / str(number), {f"{at}.txt": "x" for at in range(20)})
    listed: list[str] = []
    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: listed.append(path) or scandir(path))
    discovered = discover([str(tmp_path)])
    assert len(listed) == len(set(listed)) == 21 and len(discovered.listing.settled) == 400
