"""What is stored of a file: nothing that reports do not show, and everything else in its place."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from assay.scanner.evidence.masking import Masking
from assay.scanner.sources.sensitive import Sensitive
from tests.evidence.folders import run
from tests.hostile.test_secrets_reports import CANARY, CODE, GROUP, LINES, spelled


@pytest.mark.parametrize("line", LINES)
def test_no_secret_of_any_form_is_stored(line: str) -> None:
    code = f'resource "x" "y" {{\n{LINES[line]}\n}}\n'
    kept = Masking(Sensitive()).shown(code.encode())
    assert kept is not None and CANARY.encode() not in kept
    assert [len(part) for part in kept.split(b"\n")] == [len(part) for part in code.encode().split(b"\n")], kept


@pytest.mark.parametrize("case", CODE)
def test_a_run_folder_holds_no_value_that_code_marks(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    declared, value = CODE[case]
    (tmp_path / "main.tf").write_text(declared + GROUP.replace("VALUE", value))
    monkeypatch.chdir(tmp_path)
    made = run(tmp_path / "out", "main.tf", "--no-config", "--control", "network.no-admin-ports-from-internet")
    with zipfile.ZipFile(made / "inputs.zip") as archive:
        contents = [archive.read(name) for name in archive.namelist()]
    contents += [path.read_bytes() for path in made.rglob("*") if path.is_file()]
    assert contents and not [text for text in spelled(CANARY) for content in contents if text.encode() in content]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('password = "hunter2hunter2"', 'password = "masked0xxxxxxx"'),
        ('password = "hunter2" # é, password = "hunter2"', None),
        ('a = module.secrets["hunter2-hunter2"].id', None),
        ("db_password: hunter2-plain # why\n", None),
        ('{"password": "hunter2", "token": "hunter2", "n": 1}', None),
        ('\ufeffpassword = "hunter2hunter2"', '\ufeffpassword = "masked0xxxxxxx"'),
    ],
)
def test_everything_else_stays_in_its_place(before: str, after: str | None) -> None:
    kept = Masking(Sensitive()).shown(before.encode())
    assert kept is not None and len(kept) == len(before.encode())
    if after is not None:
        assert kept.decode() == after


def test_the_same_text_is_the_same_everywhere_and_another_is_another() -> None:
    masking = Masking(Sensitive())
    first, second, third = (masking.shown(f'password = "{word}"'.encode()) for word in ("hunter2-a", "hunter2-a", "hunter2-b"))
    assert first == second != third


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", 'password = "hunter2"'.encode("utf-16"), b"\x1f\x8b\x00", b"a\0b", b"\x80\x81"])
def test_what_is_no_text_is_not_stored(content: bytes) -> None:
    assert Masking(Sensitive()).shown(content) is None
