"""What other programs read of the project: an action, hooks, an image, a component; and the commands that the pages show."""

from __future__ import annotations

import datetime
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from assay.scanner.cli import cli
from tests.scans import FAILING, ROOT, write

BIN = Path(sys.executable).parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}
COMPONENT = ROOT / "docs" / "ci" / "gitlab" / "templates" / "assay.yml"
PAGES = (
    "README.md",
    "docs/adopting.md",
    "docs/ci.md",
    "docs/coming-from.md",
    "docs/history.md",
    "docs/reports.md",
    "docs/scale.md",
    "docs/second-opinion.md",
)


def tool(name: str, *arguments: str | Path) -> None:
    """A checker that must be content."""
    ran = subprocess.run([BIN / name, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_action_is_one_by_the_schema_of_actions() -> None:
    tool("check-jsonschema", "--builtin-schema", "vendor.github-actions", "action.yml")


def test_the_action_has_none_of_the_faults_that_attackers_use() -> None:
    tool("zizmor", "--offline", "--persona", "auditor", "action.yml")


def test_no_expression_stands_in_a_script_of_the_action() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


def test_what_the_action_uses_is_pinned_by_commit_and_hash() -> None:
    uses = [step["uses"] for step in ACTION["runs"]["steps"] if "uses" in step]
    assert uses and all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", use) for use in uses)
    assert all("--require-hashes" in line for line in STEPS["Install Assay"]["run"].splitlines() if " -r " in line)
    for text in ("docs/ci.md", ".ci/requirements.txt", ".ci/build-requirements.txt"):
        for use in re.findall(r"uses: (\S+)", (ROOT / text).read_text()):
            assert use == "OWNER/assay@COMMIT" or re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", use)


def test_the_locked_packages_are_those_that_the_project_needs() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    block = project[project.index("\ndependencies = [") : project.index("[project.optional-dependencies]")]
    locked = (ROOT / ".ci" / "requirements.txt").read_text()
    for name in re.findall(r'^  "([a-z0-9-]+)', block, re.MULTILINE):
        assert re.search(rf"^{name}==\S+ \\$", locked, re.MULTILINE), name
    build = (ROOT / ".ci" / "build-requirements.txt").read_text()
    for name in re.findall(r'"([a-z-]+)>', project[: project.index("[project]")]):
        assert re.search(rf"^{name}==\S+ \\$", build, re.MULTILINE), name


def git(tree: Path, *arguments: str) -> str:
    named = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@team.example", *arguments]
    return subprocess.run(named, cwd=tree, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one defect at its first commit, and one more now."""
    tree = write(tmp_path / "checkout", {"infra/main.tf": FAILING})
    git(tree, "init", "-q", "-b", "main")
    git(tree, "add", ".")
    git(tree, "commit", "-q", "-m", "first")
    write(tree, {"infra/more.tf": FAILING.replace('"b"', '"c"').replace("orders", "fills")})
    git(tree, "add", ".")
    git(tree, "commit", "-q", "-m", "second")
    return tree


class Runner:
    """What GitHub's runner does for a step with a script: its environment, and files for outputs and the summary."""

    def __init__(self, tree: Path) -> None:
        self.tree, self.temporary = tree, tree.parent / "runner"
        (self.temporary / "assay" / "venv" / "bin").mkdir(parents=True)
        self.assay = self.temporary / "assay" / "venv" / "bin" / "assay"
        self.assay.symlink_to(BIN / "assay")
        self.output, self.summary = self.temporary / "output", self.temporary / "summary"

    def run(self, step: str, **environment: str) -> subprocess.CompletedProcess[str]:
        given = {name: str(value) for name, value in STEPS[step].get("env", {}).items() if "${{" not in str(value)}
        known = {"RUNNER_TEMP": self.temporary, "GITHUB_OUTPUT": self.output, "GITHUB_STEP_SUMMARY": self.summary, "ASSAY": self.assay}
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS[step]["run"]], cwd=self.tree, capture_output=True, text=True,
            check=False, timeout=120, env={**os.environ, **given, **{name: str(value) for name, value in known.items()}, **environment},
        )  # fmt: skip

    def scan(self, **given: str) -> tuple[dict[str, str], str]:
        """The outputs and the log of the step that scans. Inputs have their defaults where they are not given."""
        defaults = {f"INPUT_{name.upper().replace('-', '_')}": value.get("default", "") for name, value in ACTION["inputs"].items()}
        event = {"BASE": "", "OF_PULL_REQUEST": "false", "HEAD_REPOSITORY": "", "THIS_REPOSITORY": "acme/infra"}
        ran = self.run("Scan", **{**defaults, "INPUT_PATHS": "infra", **event, **given})
        assert ran.returncode == 0, ran.stderr
        return dict(line.split("=", 1) for line in self.output.read_text().splitlines()), ran.stdout


def of_pull_request(tree: Path, head: str) -> dict[str, str]:
    return {"BASE": git(tree, "rev-parse", "HEAD~1"), "OF_PULL_REQUEST": "true", "HEAD_REPOSITORY": head}


def test_the_action_judges_a_pull_request_beside_its_base(repository: Path) -> None:
    runner = Runner(repository)
    outputs, log = runner.scan(**of_pull_request(repository, "acme/infra"))
    assert outputs["exit-code"] == "1" and outputs["stranger"] == "false"
    assert all(Path(outputs[kind]).is_relative_to(runner.temporary) for kind in ("json", "sarif", "markdown"))
    annotations = [line for line in log.splitlines() if line.startswith("::error")]
    assert annotations and all("file=infra/more.tf" in line for line in annotations)
    assert runner.summary.read_text().startswith("<!-- assay -->")
    assert runner.run("Outcome", EXIT_CODE=outputs["exit-code"]).returncode == 1


def test_a_push_is_judged_whole(repository: Path) -> None:
    _, log = Runner(repository).scan()
    assert {"file=infra/main.tf", "file=infra/more.tf"} <= set(re.findall(r"file=[^,]+", log))


SOON = (datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=30)).isoformat()
ACCEPTED = f'# assay:waive storage.* until={SOON} reason="x" owner=x\n'


@pytest.mark.parametrize("head", ["stranger/infra", ""])
def test_a_stranger_configures_and_waives_nothing(head: str, repository: Path) -> None:
    loose = {"assay.yaml": "fail_on: never\n", "infra/more.tf": ACCEPTED + (repository / "infra/more.tf").read_text()}
    write(repository, loose)
    runner = Runner(repository)
    outputs, _ = runner.scan(**of_pull_request(repository, "acme/infra"), INPUT_ARGUMENTS="--allow-config-changes")
    assert (outputs["exit-code"], outputs["stranger"]) == ("0", "false"), "people of the repository may"
    outputs, _ = runner.scan(**of_pull_request(repository, head))
    assert (outputs["exit-code"], outputs["stranger"]) == ("1", "true")
    outputs, _ = runner.scan(**of_pull_request(repository, head), INPUT_CONFIG="assay.yaml")
    assert outputs["exit-code"] == "1", "a configuration that lets more through than at the base is a finding"


HOSTILE = ["$(touch pwned)", "`touch pwned`", '"; touch pwned; "', "-r\ntext=pwned", "--config=none"]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    "name", ["INPUT_PATHS", "INPUT_SINCE", "INPUT_CONFIG", "INPUT_BASELINE", "INPUT_FAIL_ON", "INPUT_INLINE", "BASE", "HEAD_REPOSITORY"]
)
def test_no_input_of_the_action_is_a_command(name: str, text: str, repository: Path) -> None:
    runner = Runner(repository)
    runner.assay.unlink()
    runner.assay.write_text('#!/bin/sh\nprintf "%s\\n" "$@" > "$RUNNER_TEMP/given"\n')
    runner.assay.chmod(0o755)
    defaults = {
        "INPUT_PATHS": "infra",
        "INPUT_SINCE": "auto",
        "INPUT_CONFIG": "auto",
        "INPUT_INLINE": "auto",
        "INPUT_BASELINE": "",
        "INPUT_GUARDRAILS": "",
    }
    event = {
        "INPUT_FAIL_ON": "",
        "INPUT_ARGUMENTS": "",
        "BASE": "",
        "OF_PULL_REQUEST": "true",
        "HEAD_REPOSITORY": "a/b",
        "THIS_REPOSITORY": "a/b",
    }
    runner.run("Scan", **{**defaults, **event, name: text})
    assert not list(repository.rglob("pwned"))
    given = (runner.temporary / "given").read_text().splitlines() if (runner.temporary / "given").exists() else []
    assert [line for line in given if line.startswith("-r")] in ([], ["-r"] * 5, ["-r"] * 6) and given.count("--") <= 1
    if name == "INPUT_PATHS" and given:
        assert given[given.index("--") + 1 :] == text.split("\n"), "what is a path stays one"


def test_modules_of_the_checkout_are_not_imported_while_the_action_installs_itself() -> None:
    script, step = STEPS["Install Assay"]["run"], STEPS["Install Assay"]
    assert step["working-directory"] == "${{ runner.temp }}"
    assert all(" -I " in line for line in script.splitlines() if "python" in line and " -m " in line)


GH = """#!/bin/sh
printf '%s\\n' "$*" >> "$RUNNER_TEMP/asked"
case "$*" in *--paginate*) cat "$RUNNER_TEMP/known";; esac
"""


@pytest.mark.parametrize(
    ("known", "method"), [("", "POST repos/acme/infra/issues/7/comments"), ("31\n44\n", "PATCH repos/acme/infra/issues/comments/31")]
)
def test_the_comment_is_written_once_and_then_replaced(known: str, method: str, repository: Path) -> None:
    runner = Runner(repository)
    write(runner.temporary, {"gh/gh": GH, "known": known, "assay.md": "<!-- assay -->\n"})
    (runner.temporary / "gh" / "gh").chmod(0o755)
    ran = runner.run(
        "Comment on the pull request", PATH=f"{runner.temporary / 'gh'}:{os.environ['PATH']}", COMMENT=str(runner.temporary / "assay.md"),
        COMMENTS="repos/acme/infra/issues/7/comments", COMMENT_URL="repos/acme/infra/issues/comments", GH_TOKEN="x",
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    asked = (runner.temporary / "asked").read_text().splitlines()
    assert len(asked) == 2 and method in asked[1] and f"body=@{runner.temporary / 'assay.md'}" in asked[1]
    assert '.user.type == "Bot"' in asked[0]


KEYS = 'resource "aws_kms_key" "NAME" {\n  description = "NAME"\n}\n'


def test_fixes_are_suggested_once_in_the_lines_of_the_pull_request(repository: Path) -> None:
    write(repository, {"infra/keys.tf": KEYS.replace("NAME", "a") + "\n" + KEYS.replace("NAME", "b")})
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "third")
    runner = Runner(repository)
    head = git(repository, "rev-parse", "HEAD")
    given = {"INPUT_SUGGEST": "true", "INPUT_ARGUMENTS": "--control=keys.rotation-and-policy", "HEAD": head}
    outputs, _ = runner.scan(**of_pull_request(repository, "acme/infra"), **given)
    lines = Path(outputs["suggestions"]).read_text().splitlines()
    first = json.loads(lines[0])
    mark = first["body"].split(" ")[1].removeprefix("assay:fix:")
    assert len(lines) == 2 and "```suggestion" in first["body"] and "Fixes, each judged before" in runner.summary.read_text()
    posting = GH.replace("esac", '*reviews*) cat > "$RUNNER_TEMP/posted";; esac')
    write(runner.temporary, {"gh/gh": posting, "known": f"{mark}\n"})
    (runner.temporary / "gh" / "gh").chmod(0o755)
    path = f"{runner.temporary / 'gh'}:{os.environ['PATH']}"
    environment = {"PATH": path, "SUGGESTIONS": outputs["suggestions"], "PULL": "repos/acme/infra/pulls/7", "HEAD": head, "GH_TOKEN": "x"}
    ran = runner.run("Suggest fixes", **environment)
    assert ran.returncode == 0, ran.stderr
    review = json.loads((runner.temporary / "posted").read_text())
    assert (review["event"], review["commit_id"], review["comments"]) == ("COMMENT", head, [json.loads(lines[1])])
    asked = (runner.temporary / "asked").read_text().splitlines()
    assert ".line != null" in asked[0] and "POST repos/acme/infra/pulls/7/reviews" in asked[1]


def test_the_comment_and_the_upload_are_not_for_strangers() -> None:
    for name in ("Results for code scanning", "Comment on the pull request", "Suggest fixes"):
        assert "steps.scan.outputs.stranger == 'false'" in STEPS[name]["if"]


def test_the_hooks_are_valid_and_their_commands_work(repository: Path) -> None:
    tool("pre-commit", "validate-manifest", ".pre-commit-hooks.yaml")
    for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text()):
        files = ["infra/main.tf", "infra/more.tf"] if hook.get("pass_filenames", True) else []
        command = [str(BIN / "assay"), *hook["entry"].split()[1:], *hook["args"], *files]
        ran = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False, timeout=120)
        assert ran.returncode == 1 and "aws_s3_bucket.c" in ran.stdout, hook["id"]


def test_no_name_of_a_file_is_an_option_of_a_hook(repository: Path) -> None:
    write(repository, {"--config=x.tf": "fail_on: never\n", "--fail-on=never.tf": FAILING})
    [hook] = [hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text()) if hook.get("pass_filenames", True)]
    for name in ("--config=x.tf", "--fail-on=never.tf"):
        command = [str(BIN / "assay"), *hook["entry"].split()[1:], *hook["args"], "infra/main.tf", name]
        ran = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False, timeout=120)
        assert ran.returncode == 1 and "in force: assay" not in ran.stdout and "fail_on never" not in ran.stdout


def test_the_dockerfile_keeps_the_rules() -> None:
    tool("hadolint", "Dockerfile")
    text = (ROOT / "Dockerfile").read_text()
    bases = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    assert len(bases) == 2 and all(re.fullmatch(r"python:3\.\d+-slim@sha256:[0-9a-f]{64}", base) for base in bases)
    final = text[text.rindex("\nFROM ") :]
    assert re.search(r"^USER [1-9]\d*:\d+$", final, re.MULTILINE) and "pip" not in final and "COPY . " not in final
    assert "VOLUME" not in final and "ADD " not in text and 'ENTRYPOINT ["/opt/assay/bin/assay"]' in final
    copied = set(re.findall(r"^!(\S+)", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    assert {"scanner", "reports", "policies", "pyproject.toml", "hatch_build.py", "README.md", "LICENSE"} <= copied


def has_docker() -> bool:
    program = shutil.which("docker")
    return program is not None and subprocess.run([program, "info"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not has_docker(), reason="no container engine on this machine: the Dockerfile is linted")
def test_the_image_runs_with_nothing_but_the_code(repository: Path) -> None:
    subprocess.run(["docker", "build", "-q", "-t", "assay-test", ROOT], check=True, timeout=600)
    restricted = ["--rm", "--network", "none", "--read-only", "--cap-drop", "ALL", "-v", f"{repository}:/work:ro", "assay-test"]
    ran = subprocess.run(
        ["docker", "run", *restricted, "scan", "--config", "none", "--since", "HEAD~1", "."], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1 and "aws_s3_bucket.c" in ran.stdout, ran.stderr


def test_nothing_is_written_where_nothing_can_be(repository: Path) -> None:
    """As in the image: no home, no cache, Python in its safe mode."""
    environment = {"PATH": os.environ["PATH"], "HOME": "/proc/none", "PYTHONSAFEPATH": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    ran = subprocess.run([BIN / "assay", "scan", "infra"], cwd=repository, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 1 and "aws_s3_bucket.c" in ran.stdout and ran.stderr == ""


def component() -> tuple[dict[str, Any], dict[str, Any]]:
    spec, job = yaml.safe_load_all(COMPONENT.read_text())
    return spec["spec"]["inputs"], job


def test_the_component_is_a_job_of_gitlab(tmp_path: Path) -> None:
    _, text = COMPONENT.read_text().split("\n---\n")
    inputs, _ = component()
    for name, value in inputs.items():
        text = text.replace(f"$[[ inputs.{name} ]]", str(value.get("default") or "x"))
    tool("check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", write(tmp_path, {"job.yml": text}) / "job.yml")


def test_inputs_of_the_component_reach_no_script() -> None:
    inputs, jobs = component()
    [job] = jobs.values()
    assert "$[[" not in "".join(job["script"])
    assert set(re.findall(r"inputs\.([\w-]+)", COMPONENT.read_text())) == set(inputs)


@pytest.mark.parametrize(("source", "code"), [("1", 0), ("2", 1)])
def test_the_component_trusts_no_fork(source: str, code: int, repository: Path) -> None:
    write(repository, {"infra/more.tf": FAILING.replace('"b"', '"c"').replace("orders", "fills") + "# changed\n"})
    write(repository, {"assay.yaml": "fail_on: never\n"})
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "third")
    base = git(repository, "rev-parse", "HEAD~2")
    _, jobs = component()
    [job] = jobs.values()
    environment = {
        **os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "CI_MERGE_REQUEST_IID": "4", "CI_MERGE_REQUEST_PROJECT_ID": "1", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": source,
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": base, "ASSAY_PATHS": "infra", "ASSAY_FAIL_ON": "low", "ASSAY_CONFIG": "auto", "ASSAY_BASELINE": "", "ASSAY_GUARDRAILS": "",
    }  # fmt: skip
    ran = subprocess.run(
        ["sh", "-ec", job["script"][0]], cwd=repository, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert ran.returncode == 1, "the option wins over the file, and what the file lets through is a finding"
    assert ("in force: assay.yaml" in ran.stdout) == (source == "1")
    for kind in ("gl-code-quality-report.json", "gl-sast-report.json", "assay-junit.xml"):
        assert (repository / kind).stat().st_size > 0


# Pages.


def transcripts() -> Any:
    specification = importlib.util.spec_from_file_location("transcripts", ROOT / "docs" / "transcripts.py")
    assert specification and specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.mark.long
@pytest.mark.parametrize("name", ["adopting", "coming-from", "diff", "history", "query", "scale", "second-opinion", "writing-a-rule"])
def test_what_a_page_shows_is_what_is_printed(name: str) -> None:
    page = (ROOT / "docs" / f"{name}.md").read_text("utf-8")
    assert transcripts().ran(page) == page, f"run: python docs/transcripts.py docs/{name}.md"


def shown_commands() -> list[str]:
    """Every `assay …` that a page shows in a block or in the text, without what a shell does with it."""
    commands = []
    for name in PAGES:
        text = (ROOT / name).read_text("utf-8")
        commands += re.findall(r"(?:^|[`$&{] ?|run: |script: |then )(assay (?!scanner)[a-z]+(?: [^`\n|>]*)?)", text, re.MULTILINE)
    return sorted({re.split(r" #|;| &&|\s\|\|| \| ", command)[0].strip() for command in commands})


def known(words: list[str]) -> tuple[click.Command, list[str]]:
    command: click.Command = cli
    while words and isinstance(command, click.Group):
        subcommand = command.get_command(click.Context(command), words[0])
        if subcommand is None:
            break
        command, words = subcommand, words[1:]
    return command, words


def faults(text: str) -> list[str]:
    """What a command line names that is not there."""
    command, rest = known(text.split()[1:])
    if command is cli:
        return [f"{text}: no such command"]
    options = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)} | {"-h", "--help", "--"}
    return [f"{text}: {word}" for word in rest if word.startswith("-") and word != "-" and word.split("=")[0].rstrip(".,:)") not in options]


def test_commands_that_pages_show_exist() -> None:
    commands = shown_commands()
    assert len(commands) > 30
    assert [fault for command in commands for fault in faults(command)] == []


def test_commands_and_options_that_messages_name_exist() -> None:
    """In every text of the code: `assay COMMAND`, and `--option`."""
    options = {name for command in every(cli) for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)} | {
        "--help",
        "--version",
    }
    unknown: list[str] = []
    for path in sorted(ROOT.glob("scanner/**/*.py")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if not re.search(r"""["'].*["']""", line):
                continue
            unknown += [
                f"{path.name}:{number}: {option}"
                for option in re.findall(r"(?<![\w-])--[a-z][a-z-]+\b", line)
                if option not in options | FOREIGN
            ]
    assert unknown == []


OF_PIPELINES = {
    "--mount", "--secret", "--build-arg", "--list", "--security-checks", "--scanners", "--publish", "--yes", "--push", "--no-push", "--exit-on",
    "--soft-fail", "--exit-code", "--pack", "--ignore-on-exit", "--tag", "--no-fail", "--group", "--chdir", "--with", "--spec", "--python",
    "--extra", "--from", "--package",
}  # fmt: skip
"""Options of the tools whose commands pipelines have."""
FOREIGN = OF_PIPELINES | {
    "--user",
    "--clear",
    "--disable-pip-version-check",
    "--force-reinstall",
    "--no-input",
    "--batch",
    "--end-of-options",
    "--format",
    "--full-name",
    "--full-tree",
    "--git-path",
    "--is-ancestor",
    "--name-only",
    "--no-replace-objects",
    "--short",
    "--show-toplevel",
    "--unshallow",
    "--verify",
    "--compact",
    "--content-type",
    "--directory",
    "--download-external-modules",
    "--file",
    "--framework",
    "--parameter-overrides",
    "--password",
    "--read-mask",
    "--skip-download",
    "--template-stage",
}
"""Options of other programs."""


PLANS = ROOT / "fixtures" / "controls" / "storage" / "versioning-enabled" / "plan"


def recipe(beginning: str, directory: Path) -> str:
    """A command of docs/ci.md, with the files of the server in a directory."""
    text = (ROOT / "docs" / "ci.md").read_text("utf-8")
    [line] = [line for line in text.splitlines() if beginning in line]
    write(directory, {"assay.yaml": "fail_on: high\n", "guardrails.yaml": "fail_on: high\n"})
    return re.sub("/etc/(atlantis|assay)", str(directory), line[line.index(beginning) :])


@pytest.mark.parametrize(("verdict", "word"), [("fail", "fail"), ("pass", "passed")])
def test_atlantis_reads_the_outcome(verdict: str, word: str, tmp_path: Path) -> None:
    """It looks for the letters `fail` in what a check prints."""
    plan = PLANS / f"aws-{verdict}.json"
    command = recipe('assay scan "$SHOWFILE"', tmp_path / "server")
    environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "SHOWFILE": str(plan)}
    tree = write(tmp_path / "tree", {"main.tf": ""})
    control = command.replace("-r concise", "-r concise --control storage.versioning-enabled")
    ran = subprocess.run(["sh", "-c", control], cwd=tree, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert ran.returncode == 0 and ran.stdout.startswith(f"{word}\n"), ran.stdout + ran.stderr
    assert ("fail" in ran.stdout) == (verdict == "fail")


def test_spacelift_fails_the_run_and_keeps_the_report(tmp_path: Path) -> None:
    plan = PLANS / "aws-fail.json"
    tree = write(tmp_path / "tree", {"main.tf": "", "plan.json": plan.read_text()})
    environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"}
    for beginning, code in (("assay scan plan.json --source . --config", 1), ("{ assay scan plan.json -r json=assay.custom", 0)):
        command = recipe(beginning, tmp_path / "server")
        ran = subprocess.run(["sh", "-c", command], cwd=tree, env=environment, capture_output=True, text=True, check=False, timeout=120)
        assert ran.returncode == code, ran.stdout + ran.stderr
    assert (tree / "assay.custom.spacelift.json").read_text().startswith("{")


def test_commands_that_messages_name_exist() -> None:
    unknown = []
    for path in sorted([*ROOT.glob("scanner/**/*.py"), *ROOT.glob("reports/**/*.py"), *ROOT.glob("policies/**/*.yaml")]):
        for command in re.findall(
            r"[`'\"]assay [a-z]+(?: [a-z]+)?|(?:run|with|see|use):? assay [a-z]+(?: [a-z]+)?", path.read_text("utf-8")
        ):
            words = command[command.index("assay") :]
            unknown += [f"{path.name}: {fault}" for fault in faults(words)]
    assert unknown == []


def every(command: click.Command) -> list[click.Command]:
    if not isinstance(command, click.Group):
        return [command]
    context = click.Context(command)
    return [
        command,
        *(below for name in command.list_commands(context) if (subcommand := command.get_command(context, name)) for below in every(subcommand)),
    ]


def test_a_python_without_the_cel_library_is_told_what_to_do(tmp_path: Path) -> None:
    broken = write(tmp_path, {"cel_expr_python/__init__.py": "raise ImportError('Error relocating cel.so: symbol not found')\n"})
    for arguments in (["scan", "."], ["compare", ".", "."], ["baseline", "-o", "x.json", "."]):
        ran = subprocess.run(
            [BIN / "assay", *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(broken)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 2 and ran.stdout == "" and len(ran.stderr.splitlines()) == 1
        assert "cel-expr-python cannot be loaded" in ran.stderr and "musl" in ran.stderr and "python:3.13-slim" in ran.stderr
