"""What programs do in a pipeline, by their command lines: scanners, builds, pushes, deployments, signatures.

Of scanners, when a finding makes them fail:
https://trivy.dev/latest/docs/configuration/others/#exit-code (0 unless told otherwise),
https://github.com/anchore/grype#gating-on-severity-of-vulnerabilities (only with --fail-on),
https://www.checkov.io/2.Basics/CLI%20Command%20Reference.html (unless --soft-fail),
https://docs.docker.com/reference/cli/docker/scout/cves/ (only with --exit-code),
https://docs.snyk.io/developer-tools/snyk-cli/commands/test (1 for vulnerabilities),
https://docs.kics.io/latest/results/#exit_status_code (unless --ignore-on-exit),
https://cloud.google.com/artifact-analysis/docs/ods-cloudbuild (a script looks at what gcloud lists).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from assay.scanner import lazy_re
from assay.scanner.facts.supply.pipelines.model import IMAGE, INFRASTRUCTURE
from assay.scanner.sources.raw import Unknown

ANY = "any"


class Doing(msgspec.Struct, frozen=True):
    """What a command line does."""

    does: str
    subject: str = ""
    fails: Any = True
    """Of a scanner: whether it fails where it finds something, True, False or Unknown."""
    why: str = ""
    by_script: bool = False
    """A script looks at what it tells, and fails itself."""


_WRAPPERS = frozenset(
    {"sudo", "time", "nohup", "exec", "command", "env", "npx", "nice", "timeout", "pnpm", "yarn", "uvx", "pipx", "poetry", "uv"}
)
_OF_WRAPPERS = frozenset({"run", "dlx", "exec", "--yes", "-y"})
_VALUED = {
    "sudo": ("-u", "--user", "-g", "--group", "-D", "--chdir"), "nice": ("-n",), "timeout": ("-k", "-s"), "env": ("-u", "-C"),
    "time": ("-f", "-o"),
    "run": ("--with", "--spec", "--python", "-p", "--extra", "--group"), "uvx": ("--with", "--from", "--python", "-p"),
    "npx": ("-p", "--package"), "dlx": ("-p", "--package"),
}  # fmt: skip
"""Options, of programs that only start another and of their subcommands, which take the next word."""
_OPENED = lazy_re.pattern(r"\$\{?\w|\$\(|\$\[\[|\$\{\{")


def doings(words: list[str], environment: Mapping[str, Any]) -> list[Doing]:
    """What a command line does. `environment`: variables that scanners read, as far as they are written."""
    words = unwrapped(words)
    if not words:
        return []
    program, rest = words[0].rpartition("/")[2].lower(), words[1:]
    if program in ("docker", "podman", "nerdctl") and rest[:1] == ["container"]:
        rest = rest[1:]
    if program in ("docker", "podman", "nerdctl", "buildah") and rest[:1] == ["run"]:
        image = _image_of_run(rest[1:])
        return doings([program_of_image(image[0]), *image[1:]], environment) if image else []
    scanner = _SCANNERS.get(program)
    if scanner is not None:
        doing = scanner(rest, environment)
        return [doing] if doing is not None else []
    return _released(program, rest)


def unwrapped(words: list[str]) -> list[str]:
    """A command line without programs that only start another."""
    while words and (words[0].rpartition("/")[2] in _WRAPPERS or "=" in words[0] or words[0] in _OF_WRAPPERS):
        started = words[0].rpartition("/")[2]
        words = words[1:]
        while words and words[0].startswith("-"):
            words = words[2 if words[0] in _VALUED.get(started, ()) else 1 :]
        if started == "timeout":
            words = words[1:]  # how long
    return words


_FLAGS_OF_RUN = lazy_re.pattern(
    r"-[itdPq]+|--(?:rm|privileged|init|interactive|tty|detach|read-only|publish-all|no-healthcheck|quiet|oom-kill-disable)"
)
"""Options of `docker run` that take no value: https://docs.docker.com/reference/cli/docker/container/run/"""


def _image_of_run(words: list[str]) -> list[str]:
    """The image of `docker run` with its arguments."""
    at = 0
    while at < len(words) and words[at].startswith("-"):
        takes = "=" not in words[at] and not _FLAGS_OF_RUN.fullmatch(words[at])
        at += 2 if takes else 1
    return words[at:]


def program_of_image(image: str) -> str:
    """The program that an image starts: `aquasec/trivy:0.67` is trivy."""
    name = re.split("[@:]", image.rpartition("/")[2], maxsplit=1)[0].lower()
    return _OF_IMAGES.get(name, name)


_OF_IMAGES = {
    "cloud-sdk": "gcloud",
    "google-cloud-cli": "gcloud",
    "snyk-cli": "snyk",
    "executor": "kaniko",
    "aws-cli": "aws",
    "kics": "kics",
}


# Scanners.


def option(words: list[str], *names: str) -> str | None:
    """The value of an option; None where it is not given."""
    for at, word in enumerate(words):
        name, sign, value = word.partition("=")
        if name in names:
            return value if sign else words[at + 1] if at + 1 < len(words) else ""
    return None


def code(value: Any, default: bool = False) -> Any:
    """Whether an exit code that is given for findings fails."""
    if value is None:
        return default
    if isinstance(value, Unknown):
        return value
    text = str(value).strip().strip("\"'")
    if _OPENED.search(text):
        return Unknown("which exit code the scanner gives", "write it where the scanner is called")
    return text not in ("", "0", "false")


def _trivy(words: list[str], environment: Mapping[str, Any]) -> Doing | None:
    plain = [word for word in words if not word.startswith("-")]
    kind = next((word for word in plain if word in _TRIVY), None)
    if kind is None:
        return None
    if option(words, "--config", "-c") is not None and option(words, "--exit-code") is None:
        return Doing("scan", _TRIVY[kind], Unknown("which exit code the configuration file of trivy gives", "give --exit-code 1"))
    given = option(words, "--exit-code")
    fails = code(given if given is not None else environment.get("TRIVY_EXIT_CODE"))
    scanners = option(words, "--scanners", "--security-checks") or ""
    subject = ANY if _TRIVY[kind] == IMAGE and "misconfig" in scanners and kind not in ("image", "i") else _TRIVY[kind]
    return Doing("scan", subject, fails, "trivy ends with 0 whatever it finds, unless --exit-code is given")


_TRIVY = {
    "image": IMAGE, "i": IMAGE, "fs": IMAGE, "filesystem": IMAGE, "rootfs": IMAGE, "repo": IMAGE, "repository": IMAGE,
    "sbom": IMAGE, "vm": IMAGE, "config": INFRASTRUCTURE, "conf": INFRASTRUCTURE,
}  # fmt: skip


def _grype(words: list[str], environment: Mapping[str, Any]) -> Doing | None:
    if words[:1] in (["db"], ["version"], ["config"]):
        return None
    given = option(words, "--fail-on", "-f")
    given = environment.get("GRYPE_FAIL_ON_SEVERITY") if given is None else given
    fails = given if isinstance(given, Unknown) else bool(given)
    return Doing("scan", IMAGE, fails, "grype ends with 0 whatever it finds, unless --fail-on is given")


def _snyk(words: list[str], environment: Mapping[str, Any]) -> Doing | None:
    plain = [word for word in words if not word.startswith("-")]
    if "test" not in plain:
        return None
    return Doing("scan", INFRASTRUCTURE if plain[:1] == ["iac"] else IMAGE)


def _checkov(words: list[str], environment: Mapping[str, Any]) -> Doing | None:
    if any(word in ("--version", "-v", "--help", "-h", "--list", "-l") for word in words):
        return None
    soft = any(word in ("--soft-fail", "-s") for word in words)
    return Doing("scan", INFRASTRUCTURE, not soft, "--soft-fail lets every finding pass")


def _plain(subject: str, command: str = "", soft: tuple[str, ...] = (), ignoring: str = "") -> Any:
    def scanner(words: list[str], environment: Mapping[str, Any]) -> Doing | None:
        if command and command not in words:
            return None
        if any(word in ("--version", "version", "--help", "-h") for word in words[:1]):
            return None
        flag = next((word for word in words if word.partition("=")[0] in soft and word.partition("=")[2] != "false"), None)
        ignored = option(words, ignoring) if ignoring else None
        tolerant = flag is not None or ignored in ("all", "results")
        return Doing("scan", subject, not tolerant, f"{flag or ignoring} lets every finding pass")

    return scanner


_SCANNERS = {
    "trivy": _trivy,
    "grype": _grype,
    "snyk": _snyk,
    "checkov": _checkov,
    "tfsec": _plain(INFRASTRUCTURE, soft=("--soft-fail", "-s")),
    "terrascan": _plain(INFRASTRUCTURE, command="scan"),
    "kics": _plain(INFRASTRUCTURE, command="scan", ignoring="--ignore-on-exit"),
    "cfn_nag_scan": _plain(INFRASTRUCTURE),
    "cfn_nag": _plain(INFRASTRUCTURE),
    "conftest": _plain(INFRASTRUCTURE, command="test", soft=("--no-fail",)),
    "cfn-guard": _plain(INFRASTRUCTURE, command="validate"),
    "assay": _plain(INFRASTRUCTURE, command="scan"),
    "osv-scanner": _plain(IMAGE),
    "wizcli": _plain(ANY),
    "twistcli": _plain(IMAGE, command="scan"),
}  # fmt: skip
MAY_SCAN = lazy_re.pattern(r"scan|trivy|grype|snyk|vuln|security|checkov|inspector|cve", re.IGNORECASE)
"""In the name of what is not seen: that may be a scanner."""


# Builds, pushes, deployments, signatures.


def _released(program: str, words: list[str]) -> list[Doing]:
    plain = [word for word in words if not word.startswith("-")]
    if program in ("docker", "podman", "buildah", "nerdctl"):
        return _docker(words, plain)
    if program == "gcloud":
        return _gcloud(words, plain)
    if program == "pack":
        return [] if plain[:1] != ["build"] else [_BUILD, _PUSH] if "--publish" in words else [_BUILD]
    if program in _JAVA:
        return [_BUILD, _PUSH] if any("jib" in word and word.rpartition(":")[2] in ("jib", "build") for word in plain) else []
    if program in ("kaniko", "executor"):
        return [_BUILD] if any(word.startswith("--no-push") and not word.endswith("false") for word in words) else [_BUILD, _PUSH]
    for command, does in _COMMANDS.get(program, ()):
        if plain[: len(command)] == list(command):
            return list(does)
    return []


_BUILD, _PUSH, _DEPLOY = Doing("build", IMAGE), Doing("push", IMAGE), Doing("deploy", IMAGE)
_CHANGE, _SIGN, _VERIFY = Doing("deploy", INFRASTRUCTURE), Doing("sign", IMAGE), Doing("verify", IMAGE)


def _told(program: str) -> Doing:
    return Doing("scan", IMAGE, False, f"{program} ends with 0 whatever was found", by_script=True)


_JAVA = frozenset({"mvn", "mvnw", "gradle", "gradlew"})


def _docker(words: list[str], plain: list[str]) -> list[Doing]:
    if plain[:2] in (["scout", "cves"], ["scout", "quickview"]):
        fails = any(word in ("--exit-code", "-e", "--exit-on") or word.startswith(("--exit-code=", "--exit-on=")) for word in words)
        return [Doing("scan", IMAGE, fails, "docker scout ends with 0 whatever it finds, unless --exit-code is given")]
    if "build" in plain[:3] or plain[:2] == ["buildx", "bake"] or plain[:1] == ["bud"]:
        pushes = any(word in ("--push", "--push=true") or (word.startswith("--output") and "push=true" in word) for word in words)
        registry = any(word in ("type=registry", "--output=type=registry", "-otype=registry") for word in words)
        return [_BUILD, _PUSH] if pushes or registry else [_BUILD]
    if plain[:1] == ["push"] or plain[:2] in (["compose", "push"], ["image", "push"], ["manifest", "push"], ["buildx", "imagetools"]):
        return [_PUSH] if plain[:3] != ["buildx", "imagetools", "inspect"] else []
    if plain[:2] in (["stack", "deploy"], ["service", "update"]):
        return [_DEPLOY]
    if plain[:2] == ["trust", "sign"]:
        return [_SIGN]
    return []


def _gcloud(words: list[str], plain: list[str]) -> list[Doing]:
    plain = [word for word in plain if word not in ("beta", "alpha")]
    for command, does in _GCLOUD:
        if plain[: len(command)] == list(command):
            return list(does)
    if plain[:2] == ["builds", "submit"]:
        return [_BUILD, _PUSH] if option(words, "--tag", "-t", "--pack") is not None else []
    return []


_GCLOUD: tuple[tuple[tuple[str, ...], tuple[Doing, ...]], ...] = (
    (("artifacts", "docker", "images", "scan"), (_told("gcloud"),)),
    (("artifacts", "docker", "images", "list-vulnerabilities"), (_told("gcloud"),)),
    (("run", "deploy"), (_DEPLOY,)), (("run", "services", "update"), (_DEPLOY,)), (("run", "services", "replace"), (_DEPLOY,)),
    (("run", "jobs", "deploy"), (_DEPLOY,)), (("run", "jobs", "update"), (_DEPLOY,)), (("run", "jobs", "replace"), (_DEPLOY,)),
    (("functions", "deploy"), (_DEPLOY,)), (("app", "deploy"), (_DEPLOY,)), (("deploy", "releases", "create"), (_DEPLOY,)),
    (("deployment-manager", "deployments", "create"), (_CHANGE,)), (("deployment-manager", "deployments", "update"), (_CHANGE,)),
    (("infra-manager", "deployments", "apply"), (_CHANGE,)),
    (("container", "binauthz", "attestations", "sign-and-create"), (_SIGN,)),
    (("container", "binauthz", "attestations", "create"), (_SIGN,)),
)  # fmt: skip
_COMMANDS: dict[str, tuple[tuple[tuple[str, ...], tuple[Doing, ...]], ...]] = {
    "aws": (
        (("ecs", "update-service"), (_DEPLOY,)), (("ecs", "create-service"), (_DEPLOY,)), (("ecs", "deploy"), (_DEPLOY,)),
        (("lambda", "update-function-code"), (_DEPLOY,)), (("lambda", "create-function"), (_DEPLOY,)),
        (("apprunner", "start-deployment"), (_DEPLOY,)),
        (("apprunner", "update-service"), (_DEPLOY,)), (("deploy", "create-deployment"), (_DEPLOY,)), (("deploy", "push"), (_DEPLOY,)),
        (("elasticbeanstalk", "update-environment"), (_DEPLOY,)), (("cloudformation", "deploy"), (_CHANGE,)),
        (("cloudformation", "create-stack"), (_CHANGE,)), (("cloudformation", "update-stack"), (_CHANGE,)),
        (("cloudformation", "execute-change-set"), (_CHANGE,)),
        (("ecr", "start-image-scan"), (_told("the AWS CLI"),)),
        (("ecr", "describe-image-scan-findings"), (_told("the AWS CLI"),)),
        (("inspector2", "list-findings"), (_told("the AWS CLI"),)),
    ),
    "sam": ((("deploy",), (_CHANGE,)), (("sync",), (_CHANGE,))),
    "cdk": ((("deploy",), (_CHANGE,)),),
    "aws-cdk": ((("deploy",), (_CHANGE,)),),
    "copilot": ((("deploy",), (_DEPLOY,)), (("svc", "deploy"), (_DEPLOY,)), (("job", "deploy"), (_DEPLOY,)),
                (("env", "deploy"), (_CHANGE,))),
    "eb": ((("deploy",), (_DEPLOY,)),),
    "serverless": ((("deploy",), (_DEPLOY,)),),
    "sls": ((("deploy",), (_DEPLOY,)),),
    "terraform": ((("apply",), (_CHANGE,)),),
    "tofu": ((("apply",), (_CHANGE,)),),
    "terragrunt": ((("apply",), (_CHANGE,)), (("run-all", "apply"), (_CHANGE,)), (("apply-all",), (_CHANGE,))),
    "pulumi": ((("up",), (_CHANGE,)), (("update",), (_CHANGE,))),
    "kubectl": ((("apply",), (_DEPLOY,)), (("set", "image"), (_DEPLOY,)), (("replace",), (_DEPLOY,)),
                (("rollout", "restart"), (_DEPLOY,))),
    "helm": ((("upgrade",), (_DEPLOY,)), (("install",), (_DEPLOY,))),
    "helmfile": ((("apply",), (_DEPLOY,)), (("sync",), (_DEPLOY,))),
    "firebase": ((("deploy",), (_DEPLOY,)),),
    "skaffold": ((("run",), (_BUILD, _PUSH, _DEPLOY)), (("deploy",), (_DEPLOY,)), (("build",), (_BUILD, _PUSH))),
    "skopeo": ((("copy",), (_PUSH,)), (("sync",), (_PUSH,))),
    "crane": ((("push",), (_PUSH,)), (("copy",), (_PUSH,)), (("append",), (_PUSH,))),
    "regctl": ((("image", "copy"), (_PUSH,)),),
    "oras": ((("push",), (_PUSH,)),),
    "ko": ((("build",), (_BUILD, _PUSH)), (("publish",), (_BUILD, _PUSH)), (("apply",), (_BUILD, _PUSH, _DEPLOY))),
    "cosign": ((("sign",), (_SIGN,)), (("attest",), (_SIGN,)), (("verify",), (_VERIFY,)), (("verify-attestation",), (_VERIFY,))),
    "notation": ((("sign",), (_SIGN,)), (("verify",), (_VERIFY,))),
}  # fmt: skip
