"""Signatures, digests and the chain, by run folders that somebody changed."""

from __future__ import annotations

import base64
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from tests.evidence.folders import CONTROLS, evidence, run, tree
from tests.scans import assay


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a key, and with three signed runs in `out`."""
    top = tmp_path_factory.mktemp("signed")
    before = os.getcwd()
    os.chdir(tree(top / "repo"))
    try:
        assert evidence("keygen", top / "key")[0] == 0
        for _ in range(3):
            run(top / "out", "infra", "--evidence-key", top / "key", *CONTROLS)
    finally:
        os.chdir(before)
    return top


@pytest.fixture
def runs(signed: Path, tmp_path: Path) -> list[Path]:
    shutil.copytree(signed / "out", tmp_path / "out")
    return sorted((tmp_path / "out").iterdir())


def test_what_is_as_it_was_passes(signed: Path, runs: list[Path]) -> None:
    code, told = evidence("verify", runs[0].parent, "--key", f"{signed}/key.pub")
    assert code == 0 and told.count("signed by") == 3 and told.endswith("OK: as it was written\n")
    assert evidence("verify", runs[1], "--key", f"{signed}/key.pub")[0] == 0


def test_a_private_key_is_for_its_owner_and_is_never_overwritten(signed: Path, tmp_path: Path) -> None:
    assert (signed / "key").stat().st_mode & 0o777 == 0o600
    code, told = evidence("keygen", signed / "key")
    assert code == 2 and "never overwritten" in told
    code, told = evidence("keygen", tmp_path / "other")
    assert code == 0 and "PRIVATE" not in told


def test_no_message_quotes_a_key(signed: Path, tmp_path: Path, runs: list[Path]) -> None:
    private = (signed / "key").read_text().splitlines()[1]
    (tmp_path / "broken").write_text((signed / "key").read_text().replace("END", "EN"))
    for arguments in (("sign", runs[0], "--key", tmp_path / "broken"), ("verify", runs[0], "--key", signed / "key")):
        code, told = evidence(*arguments)
        assert code == 2 and private not in told


def test_the_envelope_is_dsse_over_an_in_toto_statement(signed: Path, runs: list[Path]) -> None:
    """By the words of the two specifications, and the library alone."""
    envelope = json.loads((runs[0] / "manifest.dsse.json").read_bytes())
    payload = base64.b64decode(envelope["payload"])
    kind = envelope["payloadType"]
    assert kind == "application/vnd.in-toto+json"
    text = f"DSSEv1 {len(kind)} {kind} {len(payload)} ".encode() + payload
    load_pem_public_key((signed / "key.pub").read_bytes()).verify(base64.b64decode(envelope["signatures"][0]["sig"]), text)  # type: ignore[union-attr,call-arg,arg-type]
    says = json.loads(payload)
    assert says["_type"] == "https://in-toto.io/Statement/v1"
    assert says["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1"
    assert [subject["name"] for subject in says["subject"]] == ["manifest.json"]
    predicate = says["predicate"]
    assert predicate["result"] == "FAILED" and "storage.versioning-enabled" in predicate["failedTests"]
    assert predicate["configuration"][0]["name"] == "configuration/01-assay.yaml"


def test_signatures_add_up(signed: Path, runs: list[Path], tmp_path: Path) -> None:
    evidence("keygen", tmp_path / "reviewer")
    assert evidence("sign", runs[0], "--key", tmp_path / "reviewer")[0] == 0
    for key in (signed / "key.pub", tmp_path / "reviewer.pub"):
        assert evidence("verify", runs[0], "--key", key)[0] == 0


def test_a_signature_by_an_unknown_key_is_no_pass(runs: list[Path], tmp_path: Path) -> None:
    evidence("keygen", tmp_path / "other")
    code, told = evidence("verify", runs[0], "--key", tmp_path / "other.pub")
    assert code == 3 and "none of the keys that are given" in told
    assert evidence("verify", runs[0])[0] == 3
    (runs[0] / "manifest.dsse.json").unlink()
    code, told = evidence("verify", runs[0], "--key", tmp_path / "other.pub")
    assert code == 3 and "nobody signed it" in told
    assert evidence("verify", runs[0], "--unsigned")[0] == 0


def changed(path: str) -> Callable[[Path], None]:
    def change(made: Path) -> None:
        content = bytearray((made / path).read_bytes())
        content[len(content) // 2] ^= 1
        (made / path).write_bytes(content)

    return change


def edited(name: str, edit: Callable[[Any], Any]) -> Callable[[Path], None]:
    def change(made: Path) -> None:
        data = json.loads((made / name).read_bytes())
        (made / name).write_text(json.dumps(edit(data)))

    return change


def _renamed(path: str) -> Callable[[Any], Any]:
    return lambda data: {**data, "files": [{**data["files"][0], "path": path}, *data["files"][1:]]}


def _link(made: Path, name: str, target: str) -> None:
    (made / name).unlink()
    (made / name).symlink_to(target)


CHANGES: dict[str, tuple[Callable[[Path], Any], str]] = {
    "a byte of a report": (changed("reports/results.html"), "reports/results.html"),
    "a byte of the results": (changed("reports/results.json"), "reports/results.json"),
    "a byte of the inputs": (changed("inputs.zip"), "inputs.zip"),
    "a report is gone": (lambda made: (made / "reports" / "results.html").unlink(), "missing   "),
    "a file is added": (lambda made: (made / "reports" / "more.html").write_text("x"), "added     "),
    "a hidden file is added": (lambda made: (made / ".more").write_text("x"), "added     "),
    "a link is added": (lambda made: (made / "more").symlink_to("/etc"), "added     "),
    "a link in the place of a file": (
        lambda made: _link(made, "inputs.zip", "/etc/passwd"),
        "it is a link, which is not followed; it was not read",
    ),
    "a link in the place of a folder": (
        lambda made: (shutil.move(made / "reports", made.parent / "r"), (made / "reports").symlink_to(made.parent / "r")),
        "it is a link",
    ),
    "a pipe in the place of a file": (lambda made: ((made / "inputs.zip").unlink(), os.mkfifo(made / "inputs.zip")), "not a regular file"),
    "a huge file": (lambda made: os.truncate(made / "inputs.zip", 1 << 40), "it has 1,099,511,627,776 bytes"),
    "the manifest is of another run": (edited("manifest.json", lambda data: {**data, "exit_code": 0}), "of another manifest"),
    "the manifest is cut": (lambda made: os.truncate(made / "manifest.json", 100), "nothing can be checked"),
    "the manifest is gone": (lambda made: (made / "manifest.json").unlink(), "nothing can be checked"),
    "the manifest is a link": (lambda made: _link(made, "manifest.json", "/etc/passwd"), "nothing can be checked"),
    "the manifest is deep": (lambda made: (made / "manifest.json").write_text("[" * 100_000), "nothing can be checked"),
    "the manifest leads out": (edited("manifest.json", _renamed("../../../../etc/passwd")), "leads out of the run folder; it was not read"),
    "the manifest names an absolute path": (
        edited("manifest.json", _renamed("/etc/passwd")),
        "leads out of the run folder; it was not read",
    ),
    "the manifest names a nul": (edited("manifest.json", _renamed("a\0b")), "leads out of the run folder"),
    "the manifest names a file twice": (
        edited("manifest.json", lambda data: {**data, "files": [*data["files"], data["files"][0]]}),
        "2 times",
    ),
    "the manifest names itself": (edited("manifest.json", _renamed("manifest.json")), "no entry as assay writes it"),
    "the signatures are cut": (lambda made: os.truncate(made / "manifest.dsse.json", 100), "no DSSE envelope"),
    "the signature is another": (
        edited("manifest.dsse.json", lambda data: {**data, "signatures": [{**data["signatures"][0], "sig": "AAAA"}]}),
        "is not: it, or what it is of, was changed",
    ),
    "the statement is another": (
        edited(
            "manifest.dsse.json",
            lambda data: {**data, "payload": base64.b64encode(base64.b64decode(data["payload"]).replace(b"FAILED", b"PASSED")).decode()},
        ),
        "is not: it, or what it is of, was changed",
    ),
    "the signatures are a link": (lambda made: _link(made, "manifest.dsse.json", "/etc/passwd"), "it was not read"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_named(signed: Path, runs: list[Path], change: str) -> None:
    make, told = CHANGES[change]
    make(runs[0])
    code, said = evidence("verify", runs[0], "--key", f"{signed}/key.pub")
    assert code == 1 and told in said and said.endswith("FAIL: not as it was written\n")
    assert "root:" not in said


def test_a_run_before_that_was_changed_breaks_the_chain(signed: Path, runs: list[Path]) -> None:
    edited("manifest.json", lambda data: {**data, "exit_code": 0})(runs[0])
    code, told = evidence("verify", runs[1], "--key", f"{signed}/key.pub")
    assert code == 1 and "is not the one that it follows" in told


def test_a_run_that_is_taken_out_leaves_a_hole(signed: Path, runs: list[Path]) -> None:
    shutil.rmtree(runs[1])
    code, told = evidence("verify", runs[0].parent, "--key", f"{signed}/key.pub")
    assert code == 3 and f"the run before it, {runs[1].name}, is not beside it" in told


def test_a_chain_does_not_fork_and_has_one_beginning(signed: Path, runs: list[Path]) -> None:
    edited("manifest.json", lambda data: {**data, "previous": json.loads((runs[1] / "manifest.json").read_bytes())["previous"]})(runs[2])
    assert "the chain forks" in evidence("verify", runs[0].parent, "--unsigned")[1]
    edited("manifest.json", lambda data: {**data, "previous": None})(runs[2])
    code, told = evidence("verify", runs[0].parent, "--unsigned")
    assert code == 1 and "a second run that says that it is the first" in told


@pytest.mark.parametrize("folder", ["../../etc", "/etc", "x\ny", "20270131T093000Z-1f0c9a52/../.."])
def test_the_run_before_is_looked_for_beside_it_alone(runs: list[Path], folder: str) -> None:
    edited("manifest.json", lambda data: {**data, "previous": {"folder": folder, "manifest": "0" * 64}})(runs[2])
    code, told = evidence("verify", runs[2], "--unsigned")
    assert code == 1 and "which is no name of a run folder" in told


def test_nobody_signs_what_is_not_as_the_manifest_says(signed: Path, runs: list[Path]) -> None:
    changed("reports/results.html")(runs[0])
    code, told = evidence("sign", runs[0], "--key", signed / "key")
    assert code == 2 and "not what the manifest says" in told


def test_wrong_usage(signed: Path, tmp_path: Path, runs: list[Path]) -> None:
    assert evidence("verify", tmp_path / "repo")[0] == 2
    (tmp_path / "empty").mkdir()
    assert evidence("verify", tmp_path / "empty")[0] == 2
    assert evidence("verify", runs[0], "--key", signed / "key.pub", "--unsigned")[0] == 2
    assert assay("evidence", "nothing").exit_code == 2
