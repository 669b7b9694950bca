"""`assay completion`: what shells are given, and where it is put."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from assay.scanner.cli import cli

SHELLS = ("bash", "zsh", "fish")


def ran(*arguments: str, **environment: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["completion", *arguments], env=environment)
    return result.exit_code, result.output


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "ZDOTDIR"):
        monkeypatch.delenv(name, raising=False)
    place = tmp_path / "home of somebody's"
    place.mkdir()
    monkeypatch.setenv("HOME", str(place))
    return place


@pytest.mark.parametrize("shell", SHELLS)
def test_show_prints_the_script_of_a_shell(shell: str) -> None:
    exit_code, output = ran("show", shell)
    assert exit_code == 0
    assert f"_ASSAY_COMPLETE={shell}_complete" in output
    assert ran("show", SHELL=f"/usr/bin/{shell}")[1] == output


def test_a_shell_that_is_not_known_is_refused() -> None:
    exit_code, output = ran("install", SHELL="/bin/tcsh")
    assert exit_code == 2
    assert "SHELL is 'tcsh'; name a shell: bash, zsh, fish" in output


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_installing_twice_is_installing_once(shell: str, home: Path) -> None:
    settings = home / f".{shell}rc"
    settings.write_bytes(b"alias a=b \xff")
    assert ran("install", shell)[0] == 0
    once = settings.read_bytes()
    assert once.startswith(b"alias a=b \xff\n") and once.endswith(b"# assay completion\n")
    exit_code, output = ran("install", shell)
    assert exit_code == 0 and "reads it already" in output
    assert settings.read_bytes() == once
    script = home / ".local" / "share" / "assay" / f"completion.{shell}"
    assert script.read_text() == ran("show", shell)[1].removesuffix("\n")


def test_fish_finds_its_own(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "settings"))
    assert ran("install", "fish")[0] == 0
    assert "complete --no-files --command assay" in (home / "settings" / "fish" / "completions" / "assay.fish").read_text()


def test_a_home_that_cannot_be_written_is_said(home: Path) -> None:
    (home / ".local").write_text("a file")
    exit_code, output = ran("install", "bash")
    assert exit_code == 2
    assert "the completion could not be written" in output and "assay completion show" in output


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
def test_bash_completes_after_the_installation(home: Path, tmp_path: Path) -> None:
    (tmp_path / "assay").write_text(f'#!/bin/sh\nexec {sys.executable} -m assay "$@"\n')
    (tmp_path / "assay").chmod(0o755)
    assert ran("install", "bash")[0] == 0
    asked = 'source ~/.bashrc; COMP_WORDS=(assay sc); COMP_CWORD=1; _assay_completion assay; echo "${COMPREPLY[@]}"'
    path = os.pathsep.join([str(tmp_path), os.environ["PATH"]])
    environment = {"HOME": str(home), "PATH": path, "PYTHONPATH": os.pathsep.join(folder for folder in sys.path if folder)}
    done = subprocess.run(["bash", "-c", asked], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "scan", done.stderr


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("assay ex", ["explain"]),
        ("assay explain storage.enc", ["storage.encrypted-cmk"]),
        ("assay controls show keys.", ["keys.encryption-everywhere", "keys.rotation-and-policy", "keys.volumes-encrypted-by-default"]),
        ("assay scan --control data.p", ["data.pitr-enabled"]),
        ("assay scan -r con", ["concise"]),
        ("assay scan --fail-on c", ["critical"]),
        ("assay scan --profile re", ["reference"]),
        ("assay scan --framework cis_aws_", ["cis_aws_1_4", "cis_aws_5_0", "cis_aws_7_0"]),
        ("assay compare --framework hip", ["hipaa"]),
        ("assay controls coverage soc", ["soc2_tsc"]),
        ("assay scan --import tri", ["trivy", "tri"]),
    ],
)
def test_what_is_offered(words: str, expected: list[str], tmp_path: Path) -> None:
    """Also where a configuration in the working directory cannot be used: it is not read."""
    (tmp_path / "assay.yaml").write_text("nonsense: [")
    path = os.pathsep.join(folder for folder in sys.path if folder)
    count = len(words.split()) - 1
    environment = {"PYTHONPATH": path, "COMP_WORDS": words, "COMP_CWORD": str(count), "_ASSAY_COMPLETE": "bash_complete"}
    done = subprocess.run([sys.executable, "-m", "assay"], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert [line.partition(",")[2] for line in done.stdout.splitlines()] == expected
