"""Which ARNs an action of AWS is on, of a resource by its ARN: those of itself, or of what is in it.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from assay.scanner import lazy_re
from assay.scanner.analysis.access.decisions import Target
from assay.scanner.analysis.access.tables import Service, actions, google_roles

NOWHERE = "arn:aws:\ue300:::\ue300"
"""The ARN of what an action without a resource is on: only a policy for everything is for it."""
_VARIABLE = lazy_re.pattern(r"\$\{[^}]*\}")
_ALSO = {("logs", "log-group:"): ":*", ("es", "domain/"): "/*"}
"""What policies put behind ARNs of a form, or leave out:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html,
https://docs.aws.amazon.com/opensearch-service/latest/developerguide/ac.html"""


def is_google(action: str) -> bool:
    """Whether it is spelled as a permission of Google: `storage.objects.delete`, as opposed to `s3:DeleteObject`."""
    return ":" not in action


def problem(action: str) -> str:
    """Why an action cannot be asked for, and the way out; empty where it can."""
    if not {":", "."} & set(action):
        return f"{action} cannot be asked for; read and delete can, and what a provider spells: sqs:SendMessage, storage.objects.get"
    return _permission_problem(action) if is_google(action) else _action_problem(action)


def _permission_problem(action: str) -> str:
    table = google_roles()
    if action in table.permissions:
        return ""
    return f"no role of {table.as_of} holds a permission {action}{_meant(action, table.permissions)}"


def _action_problem(action: str) -> str:
    table = actions()
    prefix, _, name = action.partition(":")
    service = table.services.get(prefix.lower())
    if service is None:
        return f"AWS had no service {prefix} on {table.as_of}{_meant(prefix.lower(), table.services)}"
    if spelled(action) is None:
        near = _meant(name, service.actions, f"{prefix.lower()}:")
        return f"{prefix.lower()} had no action {name} on {table.as_of}{near}"
    return ""


def _meant(text: str, known: Iterable[str], prefix: str = "") -> str:
    names = list(known)
    folded = {name.lower(): name for name in names}
    near = difflib.get_close_matches(text.lower(), folded, n=3, cutoff=0.6)
    near = near or [name for name in folded if text.lower() in name][:3]
    return f"; did you mean {' or '.join(prefix + folded[name] for name in near)}?" if near else ""


def spelled(action: str) -> str | None:
    """An action as AWS spells it, whatever the case; None of one that it has not."""
    prefix, _, name = action.partition(":")
    service = actions().services.get(prefix.lower())
    known = next((one for one in service.actions if one.lower() == name.lower()), None) if service else None
    return f"{prefix.lower()}:{known}" if known else None


def _of(action: str) -> tuple[Service | None, list[str]]:
    prefix, _, name = action.lower().partition(":")
    service = actions().services.get(prefix)
    types = next((types for one, types in service.actions.items() if one.lower() == name), []) if service else []
    return service, types


def is_of_no_resource(action: str) -> bool:
    """Whether an action is on no single resource: only policies for everything allow it."""
    return not _of(action)[1]


def targets(action: str, arns: list[str]) -> list[Target]:
    """What an action is on, of a resource by its ARNs; nothing where it is not on such a resource."""
    service, types = _of(action)
    by_type = [list(_within(service.arns[name], arns)) for name in types if service and name in service.arns]
    return [Target(frozenset({action.lower()}), named) for named in by_type if named]


def _within(form: str, arns: list[str]) -> Iterator[str]:
    """The ARNs of a form within resources: `arn:aws:s3:::orders/*` of a bucket by the form of its objects."""
    fields = form.split(":", 5)
    before, *rest = _VARIABLE.split(fields[5], maxsplit=1)
    after = rest[0] if rest else ""
    lead = _VARIABLE.split(after, maxsplit=1)[0]
    for arn in arns:
        own = arn.split(":", 5)
        # The name of a parameter may bring the slash that stands before it.
        start = before.removesuffix("/") if own[2] == "ssm" else before
        if len(own) < 6 or own[2] != fields[2] or not own[5].startswith(start):
            continue
        name = own[5][len(start) :]
        if own[2] == "s3" and not after and "/" in name:
            continue  # an object is no bucket
        yield arn if not after or lead in name else arn + _VARIABLE.sub("*", after)
        also = _ALSO.get((own[2], before), "") if not after else ""
        if also and not name.endswith(also):
            yield arn + also
