"""Cloud Run: what Binary Authorization asks of an image before it is deployed.

https://cloud.google.com/binary-authorization/docs/run/overview, https://cloud.google.com/binary-authorization/docs/policy-yaml-reference
"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.google_assets import missing, named, short
from assay.scanner.facts.spelling import Beside, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Text, Unknown, describe, unknown_inside
from assay.scanner.sources.values import Value, any_of

from .kinds import DeployCheck


class CloudRunAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells it of a service, a job or a worker pool."""

    sort: str
    default: Annotated[str, "checked"] = ""
    """It goes by the policy of its project."""
    own: Annotated[str, "checked", "enforced", "weakness"] = ""
    """It goes by a policy of its own."""
    breakglass: Annotated[str, "bypassed"] = ""
    annotations: Annotated[tuple[str, ...], "checked", "bypassed"] = ()
    """Where the v1 API has these: https://cloud.google.com/binary-authorization/docs/run/enabling-binauthz-cloud-run"""
    images: Annotated[tuple[str, ...], "enforced", "weakness"] = ()
    """Blocks of containers."""
    policies: Annotated[Beside, "enforced", "weakness"]
    project: str = ""
    """Where code names the project, of both."""
    rule: Annotated[str, "enforced", "weakness"]
    evaluation: str
    enforcement: str
    attestors: str
    exempt: Annotated[str, "enforced", "weakness"]
    pattern: str


_ANNOTATION = "run.googleapis.com/binary-authorization"


def cloud_run(view: View, at: CloudRunAt) -> DeployCheck:
    """Without a setting nothing is checked, whatever the policy of the project says."""
    default = any_of([view[at.default].default(False).truth(), _annotated(view, at, _ANNOTATION).then(lambda text: text == "default")])
    own = view[at.own].otherwise(_annotated(view, at, _ANNOTATION).then(lambda text: text if text != "default" else None))
    checked = any_of([default, own.then(lambda text: text not in (None, ""))])
    weakness = view.says("") if checked.data is False else _own(view, own) if default.data is False else _weakness(view, at)
    broken = any_of(
        [
            view[at.breakglass].then(lambda text: text not in (None, "")),
            _annotated(view, at, f"{_ANNOTATION}-breakglass").then(lambda text: text not in (None, "")),
        ]
    )
    name = view.called(at.name)
    return DeployCheck(
        identity=view.identity(named(view.item) if name.absent else short(name)),
        sort=view.says(at.sort),
        checked=checked,
        enforced=weakness.then(lambda words: words == ""),
        weakness=weakness,
        bypassed=broken,
    )


def _annotated(view: View, at: CloudRunAt, name: str) -> Value[Any]:
    value = view.says(None)
    for path in at.annotations:
        value = value.otherwise(view[path].then(lambda data: data.get(name) if isinstance(data, dict) else None))
    return value


def _own(view: View, own: Value[Any]) -> Value[Any]:
    reason = f"what the policy {describe(own.raw)} of {view.item.address} asks is not read"
    return Value(Unknown(reason, "look at that policy, or let it go by the policy of its project", view.location), own.seen)


def _weakness(view: View, at: CloudRunAt) -> Value[Any]:
    """What is weak about the policy of the project, of which there is one; empty where nothing is."""
    policies = [policy for policy in view.beside(at.policies) if not _elsewhere(view, policy, at.project)]
    if not policies:
        return view.says(
            missing(view.item, "the policy of Binary Authorization of the project", "binaryauthorization.googleapis.com/Policy")
        )
    told = [_of_policy(view, policy, at) for policy in policies]
    if len(told) > 1 and any(one.raw != told[0].raw for one in told):
        reason = f"which of several policies of Binary Authorization is of the project of {view.item.address}"
        return view.says(Unknown(reason, "let the code name their projects", view.location))
    return told[0]


def _elsewhere(view: View, policy: View, path: str) -> bool:
    ours, theirs = view[path].data, policy.surely[path].data
    return isinstance(ours, str) and isinstance(theirs, str) and ours != theirs


def _of_policy(view: View, policy: View, at: CloudRunAt) -> Value[Any]:
    if policy.doubt is not None:
        return view.says(policy.doubt)
    evaluation, enforcement = policy[f"{at.rule}.{at.evaluation}"], policy[f"{at.rule}.{at.enforcement}"]
    attestors = policy[f"{at.rule}.{at.attestors}"]
    seen = (*evaluation.seen, *enforcement.seen)
    for setting, wanted, words in (
        (evaluation, ("REQUIRE_ATTESTATION", "ALWAYS_DENY"), "the policy of its project lets every image run"),
        (enforcement, ("ENFORCED_BLOCK_AND_AUDIT_LOG",), "the policy of its project only logs what it would refuse"),
    ):
        kept = setting.equals(*wanted)
        if kept.data is False or setting.absent:
            return Value(words, seen)
        if kept.unknown:
            return Value(kept.unknown, seen)
    if evaluation.data == "REQUIRE_ATTESTATION" and attestors.data in (None, []):
        return Value("the policy of its project names no attestor", seen)
    return _exempt(view, policy, at, seen)


def _exempt(view: View, policy: View, at: CloudRunAt, seen: Any) -> Value[Any]:
    """Whether the policy lets images like those of the service run without any attestation."""
    blocks, more = policy.inner(at.exempt)
    patterns = [block[at.pattern] for block in blocks]
    containers, unlisted = view.inner(*at.images)
    images = [container.link("image").raw for container in containers]
    doubt: Unknown | None = more
    for pattern in patterns:
        for image in images:
            answer = _covers(pattern.raw, image)
            if answer is True:
                return Value(f"the policy of its project exempts {describe(pattern.raw)}", (*pattern.seen, *seen))
            doubt = doubt or (answer if isinstance(answer, Unknown) else None)
    if patterns and unlisted:
        doubt = doubt or unlisted
    return Value(doubt or "", seen)


def _covers(pattern: Any, image: Any) -> bool | Unknown:
    """Whether a pattern is for an image: `*` at its end stays in a folder, `**` does not.

    https://cloud.google.com/binary-authorization/docs/policy-yaml-reference#admissionwhitelistpatterns
    """
    if pattern in ("*", "**", "*/*", "*/**"):
        return True
    begins, whole = _known(image)
    if not isinstance(pattern, str):
        known, _ = _known(pattern)
        if known and begins and not begins.startswith(known[: len(begins)]):
            return False
        return unknown_inside(pattern) or Unknown(f"which images {describe(pattern)} exempts", "scan the plan or the live project")
    fixed = pattern.rstrip("*")
    if not begins.startswith(fixed[: len(begins)]) if not whole else not begins.startswith(fixed):
        return False
    if not whole:
        if len(begins) < len(fixed):
            return unknown_inside(image) or Unknown(f"whether {pattern} exempts {describe(image)}", "scan the plan or the live project")
        return pattern.endswith("**") or Unknown(f"whether {pattern} exempts {describe(image)}", "scan the plan or the live project")
    folder, sign, last = begins[len(fixed) :].partition("@")[0].rpartition("/")
    rest = f"{folder}{sign}{last.partition(':')[0]}"
    if pattern.endswith("**"):
        return True
    return "/" not in rest if pattern.endswith("*") else rest == ""


def _known(raw: Any) -> tuple[str, bool]:
    """The text at the beginning that is known, and whether that is all."""
    if isinstance(raw, str):
        return raw, True
    if isinstance(raw, Text) and isinstance(raw.parts[0], str):
        return raw.parts[0], False
    return "", False
