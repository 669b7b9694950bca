"""What actions of GitHub do in a pipeline, by their inputs. Each page says what the default of an input is.

https://github.com/aquasecurity/trivy-action#inputs (`exit-code` 0), https://github.com/anchore/scan-action#inputs (`fail-build` true),
https://github.com/docker/scout-action#inputs (`exit-code` false),
https://github.com/bridgecrewio/checkov-action#inputs (`soft_fail` false),
https://github.com/snyk/actions, https://github.com/docker/build-push-action#inputs (`push` false)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.facts.supply.pipelines.commands import ANY, MAY_SCAN, Doing, code
from assay.scanner.facts.supply.pipelines.model import IMAGE, INFRASTRUCTURE
from assay.scanner.sources.raw import Unknown

Inputs = Mapping[str, Any]
EXPRESSION = lazy_re.pattern(r"\$\{\{")
_BUILD, _PUSH, _DEPLOY = Doing("build", IMAGE), Doing("push", IMAGE), Doing("deploy", IMAGE)
_CHANGE, _SIGN, _VERIFY = Doing("deploy", INFRASTRUCTURE), Doing("sign", IMAGE), Doing("verify", IMAGE)


def doings(action: str, given: Inputs, environment: Mapping[str, Any]) -> list[Doing]:
    """What an action does. `action`: its repository and path, in lower case, without a revision."""
    scanner = _SCANNERS.get(action)
    if scanner is not None:
        return [scanner(given, environment)]
    if action in _BUILDERS:
        return [_BUILD, _PUSH] if _pushes(given) else [_BUILD]
    if action in ("pulumi/actions",):
        return [_CHANGE] if _text(given.get("command")) in ("up", "update") or EXPRESSION.search(_text(given.get("command"))) else []
    return list(_DOINGS.get(action, ()))


def may_scan(action: str) -> bool:
    """Whether an action that is not known may be a scanner, by its name."""
    return MAY_SCAN.search(action.partition("/")[2]) is not None and not action.startswith(("github/codeql", "actions/"))


def flag(value: Any, default: bool) -> Any:
    """An input that is a flag; what an expression decides is Unknown."""
    if value is None or value == "":
        return default
    text = _text(value).strip().lower()
    if EXPRESSION.search(text):
        return Unknown("what an expression gives", "write the value")
    return text in ("true", "1", "yes")


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def _negated(value: Any) -> Any:
    return value if isinstance(value, Unknown) else not value


def _pushes(given: Inputs) -> bool:
    """Whether an image is pushed, in some run at least."""
    if flag(given.get("push"), default=False) is not False:
        return True
    outputs = f"{_text(given.get('outputs'))} {_text(given.get('set'))}"
    return "type=registry" in outputs or "push=true" in outputs


def _trivy(given: Inputs, environment: Mapping[str, Any]) -> Doing:
    kind = _text(given.get("scan-type")) or "image"
    scanners = _text(given.get("scanners"))
    subject = INFRASTRUCTURE if kind in ("config", "conf") else ANY if "misconfig" in scanners and kind != "image" else IMAGE
    value = given.get("exit-code")
    if value is None and given.get("trivy-config") is not None:
        return Doing("scan", subject, Unknown("which exit code the configuration file of trivy gives", "give exit-code: '1'"))
    fails = code(value if value is not None else environment.get("TRIVY_EXIT_CODE"))
    why = "its exit-code is 0" if value is not None else "its exit-code is 0 by default"
    return Doing("scan", subject, fails, f"{why}, so that findings do not fail it")


def _by_flag(subject: str, name: str, default: bool, negated: bool = False) -> Callable[[Inputs, Mapping[str, Any]], Doing]:
    def scanner(given: Inputs, environment: Mapping[str, Any]) -> Doing:
        value = flag(given.get(name), default)
        fails = _negated(value) if negated else value
        told = "not set" if given.get(name) is None else _text(given.get(name))
        return Doing("scan", subject, fails, f"{name} is {told}, so that findings do not fail it")

    return scanner


def _snyk(subject: str) -> Callable[[Inputs, Mapping[str, Any]], Doing]:
    def scanner(given: Inputs, environment: Mapping[str, Any]) -> Doing:
        command = _text(given.get("command")) or "test"
        return Doing("scan", subject, command != "monitor", "snyk monitor only reports")

    return scanner


def _kics(given: Inputs, environment: Mapping[str, Any]) -> Doing:
    ignored = _text(given.get("ignore_on_exit"))
    return Doing("scan", INFRASTRUCTURE, ignored not in ("all", "results"), f"ignore_on_exit is {ignored}")


def _inspector(given: Inputs, environment: Mapping[str, Any]) -> Doing:
    reason = "whether a later step fails where the thresholds are exceeded, which the action only tells"
    return Doing("scan", IMAGE, Unknown(reason, "let the step itself fail: a scanner with an exit code"))


_SCANNERS: dict[str, Callable[[Inputs, Mapping[str, Any]], Doing]] = {
    "aquasecurity/trivy-action": _trivy,
    "anchore/scan-action": _by_flag(IMAGE, "fail-build", default=True),
    "docker/scout-action": _by_flag(IMAGE, "exit-code", default=False),
    "bridgecrewio/checkov-action": _by_flag(INFRASTRUCTURE, "soft_fail", default=False, negated=True),
    "aquasecurity/tfsec-action": _by_flag(INFRASTRUCTURE, "soft_fail", default=False, negated=True),
    "tenable/terrascan-action": _by_flag(INFRASTRUCTURE, "only_warn", default=False, negated=True),
    "checkmarx/kics-github-action": _kics,
    "aws-actions/vulnerability-scan-github-action-for-amazon-inspector": _inspector,
    "snyk/actions/docker": _snyk(IMAGE),
    "snyk/actions/node": _snyk(IMAGE),
    "snyk/actions/python": _snyk(IMAGE),
    "snyk/actions/golang": _snyk(IMAGE),
    "snyk/actions/maven": _snyk(IMAGE),
    "snyk/actions/iac": _snyk(INFRASTRUCTURE),
    "stelligent/cfn_nag": lambda given, environment: Doing("scan", INFRASTRUCTURE),
}
_BUILDERS = frozenset(
    {"docker/build-push-action", "docker/bake-action", "depot/build-push-action", "depot/bake-action", "useblacksmith/build-push-action"}
)
_DOINGS: dict[str, tuple[Doing, ...]] = {
    "redhat-actions/buildah-build": (_BUILD,),
    "redhat-actions/push-to-registry": (_PUSH,),
    "mr-smithers-excellent/docker-build-push": (_BUILD, _PUSH),
    "elgohr/publish-docker-github-action": (_BUILD, _PUSH),
    "int128/kaniko-action": (_BUILD, _PUSH),
    "aws-actions/amazon-ecs-deploy-task-definition": (_DEPLOY,),
    "aws-actions/aws-lambda-deploy": (_DEPLOY,),
    "aws-actions/aws-cloudformation-github-deploy": (_CHANGE,),
    "google-github-actions/deploy-cloudrun": (_DEPLOY,),
    "google-github-actions/deploy-cloud-functions": (_DEPLOY,),
    "google-github-actions/deploy-appengine": (_DEPLOY,),
    "google-github-actions/create-cloud-deploy-release": (_DEPLOY,),
    "firebaseextended/action-hosting-deploy": (_DEPLOY,),
    "w9jds/firebase-action": (_DEPLOY,),
    "azure/k8s-deploy": (_DEPLOY,),
    "azure/k8s-bake": (),
    "dflook/terraform-apply": (_CHANGE,),
    "hashicorp/tfc-workflows-github/actions/apply-run": (_CHANGE,),
    "actions/attest-build-provenance": (_SIGN,),
    "notaryproject/notation-action/sign": (_SIGN,),
    "notaryproject/notation-action/verify": (_VERIFY,),
}
KNOWN = frozenset({*_SCANNERS, *_BUILDERS, *_DOINGS, "pulumi/actions"})
