"""Files of security rules of Firebase are found by their names, or by the firebase.json that names them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assay.scanner.run import Options, Scan
from tests.scans import assay, judge, verdicts, write
from tests.test_since import commit, git

CONTROL = "data.firestore-rules-closed"
OPEN = """rules_version = '2';
// für alle, naïvely
service cloud.firestore {
  match /databases/{database}/documents {
    match /{document=**} { /* é */ allow read: if true; }
  }
}
"""
CLOSED = OPEN.replace("if true", "if false")


def became(path: Path, file: str) -> tuple[str, str]:
    scan = Scan(Options(paths=[str(path)], controls=[CONTROL], allow_empty=True))
    scan.report()
    fate = next(fate for name, fate in scan.files.items() if name.endswith(file))
    return fate.became, fate.why


def test_places_are_those_of_the_bytes(tmp_path: Path) -> None:
    for mark in (b"", b"\xef\xbb\xbf"):
        path = write(tmp_path, {"firestore.rules": mark + OPEN.encode()}) / "firestore.rules"
        [result] = judge(tmp_path, CONTROL)
        seen = next(evidence.location for evidence in result.evidence if evidence.location is not None)
        assert (result.verdict, seen.line, seen.column) == ("fail", 5, 5)
        assert path.read_bytes()[seen.start : seen.end].decode() == "match /{document=**} { /* é */ allow read: if true; }"


def test_line_ends_of_windows_change_nothing(tmp_path: Path) -> None:
    write(tmp_path, {"firestore.rules": OPEN.replace("\n", "\r\n")})
    [result] = judge(tmp_path, CONTROL)
    assert result.verdict == "fail" and next(item.location.line for item in result.evidence if item.location) == 5


def test_what_firebase_json_names_is_judged_whatever_it_is_called(tmp_path: Path) -> None:
    write(tmp_path, {"app/firebase.json": '{"firestore": {"rules": "conf/live"}}', "app/conf/live": OPEN, "app/old.rules": OPEN})
    assert verdicts(tmp_path, CONTROL) == {"live": "fail", "old.rules": "unknown"}
    assert became(tmp_path, "conf/live") == ("judged", "repository")


def test_rules_above_which_no_firebase_json_stands_are_in_force_by_their_name(tmp_path: Path) -> None:
    write(tmp_path, {"firestore.rules": OPEN, "other.rules": OPEN, "closed.rules": CLOSED})
    assert verdicts(tmp_path, CONTROL) == {"firestore.rules": "fail", "other.rules": "unknown", "closed.rules": "pass"}


def test_rules_of_other_programs_are_of_no_concern(tmp_path: Path) -> None:
    write(tmp_path, {"99-usb.rules": 'SUBSYSTEM=="usb", MODE="0666"\n', "storage.rules": "service firebase.storage {}\n", "a.rules": ""})
    assert verdicts(tmp_path, CONTROL, allow_empty=True) == {}
    assert became(tmp_path, "99-usb.rules")[0] == "other"


def test_a_comment_hides_no_rules(tmp_path: Path) -> None:
    write(tmp_path, {"app.rules": OPEN.replace("service cloud.firestore", "service /* x */ cloud . /**/ firestore")})
    assert verdicts(tmp_path, CONTROL)["app.rules"] != "pass"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ('{"firestore": {"rules": "gone.rules"}}', "not_found"),
        ('{"firestore": {"rules": "../../../etc/passwd"}}', "not_found"),
        ('{"firestore": ', "parse_error"),
        ("[" * 100_000, "parse_error"),
    ],
)
def test_what_firebase_json_does_not_lead_to_is_a_gap(content: str, code: str, tmp_path: Path) -> None:
    write(tmp_path, {"firebase.json": content})
    scan = Scan(Options(paths=[str(tmp_path)], controls=[CONTROL], allow_empty=True))
    assert list(scan) == []
    assert [gap.code for gap in scan.coverage.gaps] == [code]


def test_a_firebase_json_with_comments_or_nothing_of_firestore(tmp_path: Path) -> None:
    write(
        tmp_path, {"a/firebase.json": '{"firestore": {"rules": "r.txt"} /* "x */}', "a/r.txt": OPEN, "b/firebase.json": '{"hosting": {}}'}
    )
    assert verdicts(tmp_path, CONTROL) == {"r.txt": "fail"}
    assert became(tmp_path, "b/firebase.json")[0] == "other"


def test_a_link_out_of_the_repository_is_not_read(tmp_path: Path) -> None:
    write(tmp_path, {"out/rules.txt": OPEN, "in/firebase.json": '{"firestore": {"rules": "rules.txt"}}'})
    os.symlink("../out/rules.txt", tmp_path / "in" / "rules.txt")
    scan = Scan(Options(paths=[str(tmp_path / "in")], controls=[CONTROL], allow_empty=True))
    assert list(scan) == [] and "not_found" in {gap.code for gap in scan.coverage.gaps}


def test_a_file_that_is_named_is_judged_alone(tmp_path: Path) -> None:
    write(tmp_path, {"a/firestore.rules": OPEN, "b/firestore.rules": OPEN})
    assert len(judge(tmp_path / "a" / "firestore.rules", CONTROL)) == 1


def test_since_a_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"a/firestore.rules": OPEN, "b/firestore.rules": CLOSED})
    git("init", "-q", "-b", "main", ".")
    commit()
    arguments = ("scan", ".", "--since", "HEAD", "--control", CONTROL)
    assert assay(*arguments).exit_code == 0
    write(tmp_path, {"b/firestore.rules": "// more\n" + OPEN})
    ran = assay(*arguments, "-r", "concise")
    assert ran.exit_code == 1 and "b/firestore.rules:6" in ran.stdout
