"""By which actions an identity of AWS gets more than it has.

It writes policies, makes credentials of somebody else, becomes another role, or has its code run as one. The paths are those of
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html ("privilege escalation") and of the catalogues at
https://pathfinding.cloud and https://github.com/RhinoSecurityLabs/AWS-IAM-Privilege-Escalation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from assay.scanner.facts.catalogue import Meaning, Reader
from assay.scanner.facts.condition_keys import named, of_resources
from assay.scanner.facts.denials import Spared, denied
from assay.scanner.facts.iam import aws
from assay.scanner.facts.iam.aws import PolicyAt, UnclaimedAt, called, is_attached, is_judged_here, is_unclaimed, service_linked
from assay.scanner.facts.iam.entitlements import Entitlements, PermissionsAt, Source, entitlements, statements_of
from assay.scanner.facts.iam.kinds import Escalation, Raise
from assay.scanner.facts.iam.permissions import Managed, every_resource
from assay.scanner.facts.iam.running.identities import after_slash
from assay.scanner.facts.model import Identity
from assay.scanner.facts.same import same_name
from assay.scanner.facts.statements import Statement, allowed_of, bounded_by, glob, marked
from assay.scanner.facts.steps import Step, step
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Location, Reference, Text, Unknown, describe
from assay.scanner.sources.values import Value, all_of, any_of

WRITING = (
    "iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:PutUserPolicy",
    "iam:AttachUserPolicy", "iam:PutGroupPolicy", "iam:AttachGroupPolicy", "iam:AddUserToGroup", "iam:UpdateAssumeRolePolicy",
    "iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile", "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteUserPermissionsBoundary",
)  # fmt: skip
"""On itself, on whoever a pattern is for, or on everybody."""
BECOMING = (
    "iam:PassRole", "sts:AssumeRole", "lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration", "ecs:ExecuteCommand",
    "ssm:SendCommand", "ssm:StartSession", "ec2-instance-connect:SendSSHPublicKey", "codebuild:StartBuild", "codebuild:StartBuildBatch",
    "glue:UpdateDevEndpoint", "glue:UpdateJob", "sagemaker:CreatePresignedNotebookInstanceUrl",
    "sagemaker:UpdateNotebookInstanceLifecycleConfig", "ec2:ReplaceIamInstanceProfileAssociation",
)  # fmt: skip
"""On every resource: whichever role there is, it can be had. One that is named may be meant for it."""
_SPELLED = {name.lower(): name for name in (*WRITING, *BECOMING)}
RAISING = frozenset(_SPELLED)
_WRITES = frozenset(name.lower() for name in WRITING)
_OF_USERS = frozenset({"iam:putuserpolicy", "iam:attachuserpolicy", "iam:deleteuserpermissionsboundary"})
"""They give a user more that does them to itself, as `${aws:username}`; a new key or password of its own does not."""
_OF_POLICIES = frozenset({"iam:createpolicyversion", "iam:setdefaultpolicyversion"})
"""They change a managed policy, and so what everyone is allowed who has it."""


def escalation(view: View, at: PermissionsAt) -> Escalation:
    """How an identity, or a policy by itself, gets more. Of an identity that is declared elsewhere, only what is here is judged."""
    has = entitlements(view, at)
    who = view.identity(called(view, at.name), *has.telling)
    own = [policy for source in has.sources for policy in _named(source, view, at)]
    itself = Itself(who, own, view.location)
    raises = [entry for source in has.sources for entry in _of_source(source, has, itself)]
    return Escalation(identity=who, raises=view.says([*_once(raises), *has.doubts]), service_linked=service_linked(view[at.path]))


class Itself(NamedTuple):
    """What a statement may be for that is enough: the identity, and the managed policies that it has."""

    who: Identity
    policies: list[tuple[str, Any]]
    """Each by the address of what declares it, or its ARN, with its name as raw value; None where that is not told."""
    declared: Location


def _named(source: Source, view: View, at: PermissionsAt) -> Iterator[tuple[str, Any]]:
    """A managed policy of an identity as others name it."""
    if source.policy is not None and source.policy.type in at.managed:
        yield source.policy.address, View(source.policy, view.items, view.declared)[at.managed[source.policy.type]].raw
    elif isinstance(source.arn, (str, Reference)):
        yield source.arn.address if isinstance(source.arn, Reference) else source.arn, None


def unattached(view: View, at: PolicyAt) -> Escalation | None:
    """A policy, or an attachment of one, unless it is judged with every identity that has it."""
    return None if is_judged_here(view, at) else escalation(view, at)


def attached(view: View, at: PolicyAt) -> Escalation | None:
    """An attachment of a policy; None where nobody gets it."""
    return unattached(view, at) if is_attached(view, at) else None


def unclaimed(view: View, at: UnclaimedAt) -> Escalation | None:
    """A policy for an identity that is not known."""
    return escalation(view, at) if is_unclaimed(view, at) else None


MEANINGS: Mapping[Meaning, Meaning] = {
    aws.permissions: escalation,
    aws.unattached: unattached,
    aws.attached: attached,
    aws.unclaimed: unclaimed,
}
"""What a reader of permissions does, to what one of this does with the same spelling."""


def beside(readers: Iterable[Reader], meanings: Mapping[Meaning, Meaning] = MEANINGS) -> Iterator[Reader]:
    """Some readers, each with one of escalation for the same types."""
    for reader in readers:
        yield reader
        if reader.meaning in meanings:
            yield Reader(Escalation, reader.types, meanings[reader.meaning], reader.spelling, always=False)


def _once(raises: Iterable[Raise | Unknown]) -> Iterator[Raise | Unknown]:
    """One for each name: what is certain before what is not."""
    named_: dict[str, Raise] = {}
    for entry in raises:
        if isinstance(entry, Unknown):
            yield entry
            continue
        name = str(entry.name.data)
        if name not in named_ or (named_[name].open.data is not True and entry.open.data is True):
            named_[name] = entry
    yield from named_.values()


def _of_source(source: Source, has: Entitlements, who: Itself) -> Iterator[Raise | Unknown]:
    told: set[str] = set()
    for entry in source.written:
        if isinstance(entry, Unknown):
            yield entry
        elif entry.allows is not False:
            opened = {action: _open(entry, action, doubt, has, who) for action, doubt in _raising(entry) if action not in told}
            weighed = {action: source.part.weighed(value, absence=False) for action, value in opened.items() if value.data is not False}
            if isinstance(source.says, Managed):  # of which the table tells `*`, and each action below it once more
                told.update(action for action, value in opened.items() if value.data is True)
            for name, open_ in _by_pattern(entry, weighed):
                way = _way(source, entry, name, who)
                yield Raise(name=Value(f"{name} on {_on(entry)}", entry.seen), open=open_, steps=Value(way))


def _way(source: Source, entry: Statement, name: str, who: Itself) -> list[Step]:
    """From an identity by its policy, where that is something of its own, to what an action is on."""
    end, start, policy = step(_on(entry)), (who.who.name, (who.declared,)), source.policy
    if policy is not None and policy.address != who.who.address:
        attached = step(policy.address, (policy.location(),), name, entry.seen)
    elif policy is None and isinstance(source.arn, (str, Reference)):
        attached = step(describe(source.arn), (), name, entry.seen)
    else:
        return [step(*start, name, entry.seen), end]
    return [step(*start, "its policy", (source.part.location,)), attached, end]


def _by_pattern(entry: Statement, raising: dict[str, Value[bool]]) -> Iterator[tuple[str, Value[bool]]]:
    """Actions as a statement has them: those that raise by one `iam:*` are one finding, since one edit mends them.

    That is so where all of them certainly raise, and where all are not known for one reason.
    """
    rest = dict(raising)
    for name, pattern in _patterns(entry):
        meant = {action: open_.data for action, open_ in rest.items() if pattern is None or pattern.fullmatch(action)}
        answer = True if True in meant.values() else next(iter(meant.values()), None)
        alike = [action for action, data in meant.items() if data == answer]
        if len(alike) > 1:
            yield name, rest[alike[0]]
            rest = {action: open_ for action, open_ in rest.items() if action not in alike}
    yield from ((_SPELLED[action], open_) for action, open_ in rest.items())


def _patterns(entry: Statement) -> list[tuple[str, re.Pattern[str] | None]]:
    """What a statement says of several actions at once, the widest first; without a pattern, of all that it is for."""
    if entry.not_action:
        return [(f"everything but {', '.join(map(describe, entry.actions))}", None)]
    wild = [action for action in entry.actions if isinstance(action, str) and ("*" in action or "?" in action)]
    return [(action, glob(action.lower())) for action in sorted(wild, key=len)]


def _raising(entry: Statement) -> Iterator[tuple[str, Unknown | None]]:
    """The actions of a statement that matter, and why one may not be among them."""
    known, more = allowed_of(entry, RAISING)
    for action in sorted(known):
        yield action, more if entry.not_action else None
    if not known and more is not None:
        yield "iam:passrole", more


def _on(entry: Statement) -> str:
    return ("everything but " if entry.not_resource else "") + (", ".join(describe(one) for one in entry.resources) or "its own resource")


def _open(entry: Statement, action: str, doubt: Unknown | None, has: Entitlements, who: Itself) -> Value[bool]:
    """Whether a statement lets an action raise, with all that limits it."""
    far = _reaches(entry, action, who)
    if far.data is False or (action == _COMMANDING and not _any_document(has)):
        return Value(False)
    narrow = msgspec.structs.replace(entry, actions=[action], not_action=False)
    parts = [
        Value(entry.allows), Value(doubt or True), far, bounded_by(entry, _bounds).negate(), denied(narrow, has.denials, _LEFT).negate(),
    ]  # fmt: skip
    if has.boundary is not None:
        within = [_within(limit, action, who) for limit in statements_of(has.boundary[1])]
        parts.append(any_of([*within, Value(False)]))
    return Value(all_of(parts).data, entry.seen)


_COMMANDING = "ssm:sendcommand"


def _any_document(has: Entitlements) -> bool:
    """Whether some document that commands may be sent by runs whatever it is given: any, or one of those of AWS for scripts.

    https://docs.aws.amazon.com/systems-manager/latest/userguide/run-command-setting-up.html
    """
    entries = [entry for source in has.sources for entry in source.written if isinstance(entry, Statement) and entry.allows is not False]
    resources = [one for entry in entries if allowed_of(entry, [_COMMANDING]) != (frozenset(), None) for one in entry.resources or ["*"]]
    return any(
        not isinstance(one, str) or one == "*" or ("document/" in one and (_is_pattern(one) or "document/AWS-Run" in one)) or _is_all(one)
        for one in resources
    )


def _is_all(resource: str) -> bool:
    return ":document" not in resource and ":instance" not in resource and every_resource(resource) is True


def _within(limit: Statement | Unknown, action: str, who: Itself) -> Value[bool]:
    """Whether a statement of a permissions boundary leaves an action as open as it is."""
    if isinstance(limit, Unknown):
        return Value(limit)
    actions, more = allowed_of(limit, [action])
    if limit.allows is False or (not actions and more is None):
        return Value(False)
    return all_of(
        [Value(limit.allows), Value(True if actions else more), _reaches(limit, action, who), bounded_by(limit, _bounds).negate()]
    )


def _reaches(entry: Statement, action: str, who: Itself) -> Value[bool]:
    """Whether what a statement is for is enough to raise by an action: everything, and of what writes, any pattern and itself."""
    if entry.not_resource or not entry.resources:
        return Value(True, entry.seen)
    meant = [one for one in entry.resources if _is_for(one, action)]
    far = any_of([*(Value.of(one).then(every_resource) for one in meant), Value(False)])
    if action in _WRITES:
        far = any_of([far, *(Value(_writes(one, action, who)) for one in meant)])
    return Value(far.data, entry.seen)


_OF_SERVICE = {"sts": ("iam",), "ssm": ("ssm", "ec2"), "ec2-instance-connect": ("ec2",)}
"""Services whose actions are for resources of others."""


def _is_for(resource: Any, action: str) -> bool:
    """Whether a resource of a statement may be one of an action: `arn:aws:s3:::*` is none of iam:PassRole."""
    text = marked(resource) if isinstance(resource, Text) else resource
    fields = text.split(":", 3) if isinstance(text, str) and text.startswith("arn:") else []
    service = fields[2] if len(fields) > 3 else ""
    of = action.partition(":")[0]
    return not service or any(sign in service for sign in "*?\0") or service in _OF_SERVICE.get(of, (of,))


def _writes(resource: Any, action: str, itself: Itself) -> bool | Unknown:
    """Whether a resource of a statement is a pattern of names, or the identity that the statement is for, or a policy that this has."""
    parts = resource.parts if isinstance(resource, Text) else (resource,)
    addresses = [part.address for part in parts if isinstance(part, Reference)]
    text = "".join(part if isinstance(part, str) else "x" for part in parts)
    if _is_pattern(text):
        return True
    if action in _OF_POLICIES:
        return _is_one_of(resource, addresses, text, itself.policies)
    name, who = text.rpartition("/")[2], itself.who
    own = (name == who.name and who.unnamed is None and ":iam:" in text) or (name.lower() == "${aws:username}" and action in _OF_USERS)
    return own or who.address in addresses


def _is_one_of(resource: Any, addresses: list[str], text: str, policies: list[tuple[str, Any]]) -> bool | Unknown:
    """Whether a resource of a statement is one of some policies, by a reference, its ARN or the name in that."""
    if any(address in (*addresses, text) for address, _ in policies):
        return True
    if addresses or ":policy/" not in text or "::aws:" in text:
        return False
    answers = [same_name(after_slash(resource), name) for _, name in policies if name is not None]
    return any_of([*(Value(answer) for answer in answers), Value(False)]).data  # type: ignore[no-any-return]


def _is_pattern(text: str) -> bool:
    """Whether a text stands for several names. A variable for whoever calls stands for that one: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html"""
    name = text.split(":", 5)[-1]
    return "*" in name.replace("${*}", "") or "?" in name.replace("${?}", "")


def _bounds(key: str) -> Any:
    """Condition keys that bound what is raised: to one policy, one service, one boundary, or resources by their tags."""
    return named if key in ("iam:policyarn", "iam:permissionsboundary", "iam:associatedresourcearn") else of_resources(key)


_LEFT = Spared(_bounds)
"""A denial counts where nothing is left, or only what is bounded: all but policies with a boundary."""
