"""Dockerfiles are read as BuildKit reads them, and what they hold stays out of every report."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from assay.scanner.run import Options, Scan
from assay.scanner.sources.budget import Budget, OverBudget
from assay.scanner.sources.repository import source
from assay.scanner.sources.repository.dockerfile_syntax import parse
from assay.scanner.sources.repository.names import DOCKERFILE, type_of
from tests.hostile.test_secrets_reports import CANARY, reports
from tests.patience import SOON
from tests.scans import judge, verdicts, write

CONTROL = "secrets.none-in-images"


@pytest.mark.parametrize(
    "name",
    [
        "Dockerfile", "Containerfile", "dockerfile", "Dockerfile.worker", "Dockerfile.prod", "api.Dockerfile", "api.dockerfile",
        "Dockerfile-arm64", "Dockerfile_dev", "dockerfile-env-dir",
    ],
)
def test_names(name: str) -> None:
    assert type_of(f"a/{name}") == DOCKERFILE


@pytest.mark.parametrize(
    "name",
    [
        "Dockerfile.dockerignore", "Dockerfile.md", "Dockerfile.j2", "MyDockerfile", "docker-compose.yml", "dockerfiles", "dockerfile-parser.js",
        "dockerfile_lint.py", "Dockerfile-arm64.dockerignore", "Dockerfile-arm64.j2", "Dockerfile2",
    ],
)
def test_other_names(name: str) -> None:
    assert type_of(f"a/{name}") != DOCKERFILE


TEXT = """# escape=`
# syntax=docker/dockerfile:1

FROM --platform=$BUILDPLATFORM node:22 AS build
RUN --mount=type=cache,target=/x <<EOF bash
ARG NO=1
EOF
COPY a `
  # a comment

  b "c d" /
ENV A=1 B="x y" C=a` b D='$x'
ENV OLD some value
ARG X
onbuild run echo é && `
   echo there
COPY ["a b", "c"]
COPY <<"E1" <<-E2 /x/
one
E1
\ttwo
\tE2
"""


def test_instructions() -> None:
    file = parse(TEXT, Budget())
    assert file.directives == {"escape": "`", "syntax": "docker/dockerfile:1"} and file.problems == []
    # What the parser of BuildKit gives, by the library `dockerfile` 3.4.0; of `ENV` with the quotes undone
    assert [(made.command, [word.text for word in made.words]) for made in file.instructions] == [
        ("FROM", ["node:22", "AS", "build"]),
        ("RUN", ["<<EOF", "bash"]),
        ("COPY", ["a", "b", "c d", "/"]),
        ("ENV", ["A=1", "B=x y", "C=a b", "D=$x"]),
        ("ENV", ["OLD", "some", "value"]),
        ("ARG", ["X"]),
        ("RUN", ["echo", "é", "&&", "echo", "there"]),
        ("COPY", ["a b", "c"]),
        ("COPY", ["<<E1", "<<-E2", "/x/"]),
    ]
    run, copied = file.instructions[1], file.instructions[8]
    assert [(heredoc.name, heredoc.text) for heredoc in run.heredocs] == [("EOF", "ARG NO=1\n")]
    assert [(heredoc.name, heredoc.text, heredoc.expanded) for heredoc in copied.heredocs] == [
        ("E1", "one\n", False),
        ("E2", "\ttwo\n", True),
    ]
    old = file.instructions[4].pairs[0]
    assert old[0].text == "OLD" and old[1] is not None and old[1].text == "some value"
    for made in file.instructions:
        for word in made.words:
            assert TEXT[word.start : word.end].strip("\"'").replace("`", "") == word.text or word.text.startswith(("<<", "B=", "D="))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_places_are_those_of_the_bytes(end: str, mark: str, tmp_path: Path) -> None:
    text = "# für alle\nFROM alpine\nRUN é && \\\n  export DB_PASSWORD=correct-horse\nRUN <<X\nDB_PASSWORD=correct-horse\nX\n"
    path = write(tmp_path, {"Dockerfile": (mark + text.replace("\n", end)).encode()}) / "Dockerfile"
    written = set()
    for result in judge(tmp_path, CONTROL):
        seen = next(item.location for item in result.evidence if item.location is not None and item.location.line > 1)
        written.add((seen.line, path.read_bytes()[seen.start : seen.end].decode()))
    assert written == {(4, "DB_PASSWORD=correct-horse"), (6, "DB_PASSWORD=correct-horse")}


@pytest.mark.parametrize(
    ("text", "code"),
    [("FROM a\nWAT b\n", "parse_error"), ("{}\n", "parse_error"), ("RUN a\n", "parse_error"), (b"FROM a\n\xff", "parse_error"), ("FROM a\n" + "# x\n" * 600_000, "parse_error")],
)  # fmt: skip
def test_what_is_no_dockerfile_is_a_gap(text: str | bytes, code: str, tmp_path: Path) -> None:
    scan = Scan(Options(paths=[str(write(tmp_path, {"Dockerfile": text}))], controls=[CONTROL], allow_empty=True))
    assert {result.verdict for result in scan} <= {"unknown"}
    assert {gap.code for gap in scan.coverage.gaps} == {code} and scan.coverage.tree.unread == 1


def test_an_empty_file_is_of_no_concern(tmp_path: Path) -> None:
    scan = Scan(Options(paths=[str(write(tmp_path, {"Dockerfile": "# nothing\n"}))], controls=[CONTROL], allow_empty=True))
    assert list(scan) == [] and scan.coverage.gaps == [] and scan.coverage.tree.other == 1


def test_a_file_that_is_named_is_judged(tmp_path: Path) -> None:
    write(tmp_path, {"Dockerfile": "FROM a\nENV DB_PASSWORD=correct-horse\n", "b/Dockerfile": "FROM a\n"})
    assert verdicts(tmp_path / "Dockerfile", CONTROL) == {"Dockerfile": "fail"}


def test_a_link_out_of_the_tree_and_a_pipe_are_gaps(tmp_path: Path) -> None:
    write(tmp_path, {"in/main.txt": "", "out/Dockerfile": "FROM a\n"})
    os.symlink("../out/Dockerfile", tmp_path / "in" / "Dockerfile")
    os.mkfifo(tmp_path / "in" / "Dockerfile.pipe")
    scan = Scan(Options(paths=[str(tmp_path / "in")], controls=[CONTROL], allow_empty=True))
    assert list(scan) == [] and {gap.code for gap in scan.coverage.gaps} == {"link_not_followed", "parse_error"}


def test_what_is_copied_from_outside_of_the_tree_is_not_read(tmp_path: Path) -> None:
    write(tmp_path, {"out/.npmrc": "registry=https://x\n", "in/Dockerfile": "FROM a\nCOPY ../out/.npmrc /\nCOPY .. /\n"})
    assert verdicts(tmp_path / "in", CONTROL) == {"Dockerfile": "unknown"}


def of_image(folder: Path, command: str, files: dict[str, str | bytes] | None = None) -> str:
    (verdict,) = verdicts(write(folder, {"Dockerfile": f"FROM alpine:3.22\n{command}\n", **(files or {})}), CONTROL).values()
    return verdict


@pytest.mark.parametrize(
    ("command", "verdict"),
    [
        ("cp /run/secrets/npmrc /root/.npmrc", "fail"),
        ("install -m 600 /run/secrets/npmrc /root/.npmrc", "fail"),
        ("mv /run/secrets/npmrc /root/.npmrc", "fail"),
        ("cp /run/secrets/npmrc /root/.npmrc && npm ci && rm /root/.npmrc", "pass"),
        ("cp /run/secrets/npmrc /dev/shm/npmrc", "pass"),
        ("cat /run/secrets/npmrc | npm login", "pass"),
        ("npm ci --userconfig /run/secrets/npmrc /app", "pass"),
    ],
)
def test_a_secret_of_the_build_that_a_command_copies_stays_in_the_layer(command: str, verdict: str, tmp_path: Path) -> None:
    assert of_image(tmp_path, f"RUN --mount=type=secret,id=npmrc {command}") == verdict


@pytest.mark.parametrize(
    ("ignored", "verdict"),
    [
        ("", "fail"), ("**/.env", "pass"), ("**/app/.env", "pass"), ("app/.env", "pass"), ("app", "pass"), ("**/app", "pass"), (".env", "fail"),
        ("**/.env\n!app/.env", "fail"), ("**/other/.env", "fail"), ("app/*", "pass"), ("*/.env", "pass"),
    ],
)  # fmt: skip
def test_what_a_dockerignore_leaves_out(ignored: str, verdict: str, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"app/.env": "DB_PASSWORD=kT9vQ2mX7bRw\n", ".dockerignore": f"{ignored}\n"}
    assert of_image(tmp_path, "COPY app /app", files) == verdict


def test_what_is_copied_is_paid_for_with_the_dockerfile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"Dockerfile": "FROM a\n" + "COPY .env /app/\n" * 20, ".env": "A=1\n" * 50_000})
    assert Scan(Options(paths=[str(tmp_path)], controls=[CONTROL])).report().coverage.gaps == []
    monkeypatch.setattr(source, "Budget", lambda: Budget(size=1_000_000))
    (gap,) = Scan(Options(paths=[str(tmp_path)], controls=[CONTROL], allow_empty=True)).report().coverage.gaps
    assert "too much memory" in gap.reason


def test_a_file_that_costs_too_much_costs_only_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "Budget", lambda: Budget(size=1_000_000))
    files: dict[str, str | bytes] = {"a/Dockerfile": "FROM a\n" + "COPY .env /app/\n" * 20, "a/.env": "A=1\n" * 50_000}
    report = Scan(Options(paths=[str(write(tmp_path, {**files, "b/Dockerfile": SECRETS}))], controls=[CONTROL])).report()
    assert [os.path.basename(os.path.dirname(gap.scope)) for gap in report.coverage.gaps] == ["a"]
    assert {
        os.path.basename(result.resource.root.removesuffix("/Dockerfile")) for result in report.results if result.verdict == "fail"
    } == {"b"}


SECRETS = """FROM alpine AS build
ARG BROKER_API_KEY=VALUE1x
ENV DB_PASSWORD=VALUE \\
    OTHER="VALUE"
LABEL session_token=VALUE1x9
RUN export API_PASSWORD='VALUE' && curl -u deploy:VALUE https://x && echo "DB_PASSWORD=VALUE" >> .env
RUN psql postgres://u:VALUE@db.example.com/x
RUN <<EOF
MASTER_PASSWORD="VALUE"
EOF
COPY <<EOF /app/.env
DB_PASSWORD: VALUE
EOF
CMD ["app", "--password", "VALUE", "--db-password=VALUE"]
"""


def test_secrets_stand_in_no_report(tmp_path: Path) -> None:
    write(tmp_path, {"Dockerfile": SECRETS.replace("VALUE", CANARY)})
    made = reports(tmp_path, controls=(CONTROL,))
    assert json.loads(made["json"])["summary"]["verdicts"]["fail"] >= 10
    assert [name for name, report in made.items() if CANARY in report] == []


def test_any_file_ends(tmp_path: Path) -> None:
    begun = time.process_time()
    for text in (
        "FROM a\nRUN " + "$(" * 100_000,
        "FROM a\nRUN " + "a && \\\n" * 100_000,
        "FROM a\nENV " + "A=1 " * 100_000,
        "FROM a\nRUN <<A" + " <<A" * 20_000,
        "FROM a\nCOPY [" + '"a", ' * 100_000,
        "FROM a\nRUN " + "`" * 100_001,
        "FROM a\nRUN " + "PASSWORD=" * 20_000,
        "\\\n" * 300_000,
    ):
        try:
            parse(text, Budget())
        except OverBudget:
            continue
        list(Scan(Options(paths=[str(write(tmp_path, {"Dockerfile": text}))], controls=[CONTROL], allow_empty=True)))
    assert time.process_time() - begun < SOON
