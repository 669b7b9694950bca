"""Who may do what is asked to a resource of AWS: by policies of identities and its own, and by becoming one who may.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, NamedTuple

import msgspec

from assay.scanner.analysis.access.arns import Arns, Form, reaches
from assay.scanner.analysis.access.decisions import Target, region_of
from assay.scanner.analysis.access.delegation import delegated
from assay.scanner.analysis.access.following import Reached, followed, merged, reached
from assay.scanner.analysis.access.granted import Asking, Granted, Own, of_identities, of_policy
from assay.scanner.analysis.access.holdings import Holdings, holdings
from assay.scanner.analysis.access.key_grants import GrantsAt, grants
from assay.scanner.analysis.access.meeting import Told
from assay.scanner.analysis.access.organisation import Organisation
from assay.scanner.analysis.access.questioned import is_called
from assay.scanner.analysis.access.ways import Ways
from assay.scanner.facts.model import Identity
from assay.scanner.facts.spelling import Another, Many, Place, Spelling
from assay.scanner.facts.statements import Statement, statements
from assay.scanner.facts.steps import Step, step
from assay.scanner.facts.view import View
from assay.scanner.options import AccessQuestion
from assay.scanner.sources import numbers
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, all_of

from .actions import NOWHERE, is_google, is_of_no_resource, spelled, targets
from .kinds import Askable, Asker, Caller


class AskerAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells what identities may do."""

    identities: Annotated[Another, "callers"]
    """Of `IdentityAt`, for each type of identities."""
    runs: Annotated[Another, "callers"]
    """Of `RunAt`, for each type of what runs code."""
    organisation: Annotated[Another | None, "callers"] = None
    """Of `OrganisationAt`."""
    forms: Mapping[str, Form] = {}


class PermissionsAt(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Companions that are each a statement of a resource's own policy: permissions of functions and of event buses."""

    companions: Many
    principal: str
    action: str
    otherwise: str
    """The action of one that names none."""
    conditions: tuple[tuple[str, str, str], ...] = ()
    """Operator, key, and where its value is told."""
    condition: tuple[str, str, str] | None = None
    """Where its operator, its key and its value are told."""


class AskableAt(AskerAt, frozen=True, eq=False, kw_only=True):
    """Where an input tells the policy of a resource."""

    path: Place = ""
    """Before the name in its ARN: of roles and users."""
    policies: Annotated[Place, "callers"] = ()
    permissions: Annotated[PermissionsAt | None, "callers"] = None
    has_policy_for: str = ""
    """The service whose actions its own policy is for: `s3`, `sts` of roles; empty where it has none."""
    alone: bool = True
    """Its policy is for nothing but it: not so of buckets, whose policies name objects."""
    must_allow: bool = False
    """What policies of identities allow counts only where its own leaves it to them: keys, and who takes on a role."""
    grants: Annotated[GrantsAt | None, "callers"] = None
    """Of keys."""
    tags: Annotated[Place, "callers"] = ""
    """Of a live account, the calls that tell its tags."""


class _Known(NamedTuple):
    """What a collection tells of everybody, put together once for a question."""

    arns: Arns
    holdings: Holdings
    ways: Ways
    organisation: Organisation


def askable(view: View, at: AskableAt) -> Askable:
    """A resource with all who may do what is asked; nobody is looked for where it is not what is asked about."""
    who = view.identity(view[at.name])
    question = view.items.asked
    if question is None or is_google(question.action):
        return Askable(identity=who, asked=view.says(False), takes=view.says(False), callers=view.says([]))
    known = _known(view, at, question)
    names = _names(view, at, known.arns)
    inside = _inside(question.resource, names)
    on = targets(question.action, [name + (inside or "") for name in names])
    asked = inside is not None or (question.resource != "*" and is_called(question.resource, who, view))
    callers = list(_callers(view, at, known, question, on)) if asked and on else []
    return Askable(identity=who, asked=view.says(asked), takes=view.says(bool(on)), callers=view.says(callers))


def _inside(asked: str, names: list[str]) -> str | None:
    """What follows the ARN of a resource in the one that is asked about: `/2026/x.json` of an object; None where it is another."""
    if not asked.startswith("arn:"):
        return None
    for name in names:
        if reaches(name, asked) is True:
            return ""
        rest = asked.split(":", 5)[-1]
        own = name.split(":", 5)[-1]
        if rest.startswith(own) and rest[len(own) : len(own) + 1] in ("/", ":") and reaches(name + rest[len(own) :], asked):
            return rest[len(own) :]
    return None


def _known(view: View, at: AskerAt, question: AccessQuestion) -> _Known:
    def made() -> _Known:
        arns = Arns(view.items, at.forms)
        above = Organisation(view, () if at.organisation is None else at.organisation.spelling, arns)
        wanted = frozenset({question.action.lower()})
        all_holdings = holdings(view, at.identities.spelling, arns, wanted, above, any_action=True)
        return _Known(arns, all_holdings, Ways(view, at.identities.spelling, at.runs.spelling, arns, above), above)

    known: _Known = numbers.kept(view.items.answers, "analysis.access.asking", made)
    return known


def _names(view: View, at: AskableAt, arns: Arns) -> list[str]:
    """The ARNs of a resource, by each of its names."""
    if view.item.address.startswith("arn:"):
        return [arns.text(view.item.address)]
    region, name, path = view.item.region.data, view[at.name].raw, view[at.path].data
    if isinstance(name, str) and isinstance(path, str) and path.strip("/"):
        name = f"{path.strip('/')}/{name}"
    made = arns.of(view.item.address, view.item.type, name, region if isinstance(region, str) else None, view.account)
    if ":parameter/" not in made[0]:
        return made
    # The name of a parameter may begin with a slash, and what names it is then put behind `parameter` itself.
    return [*(arn.replace(":parameter//", ":parameter/") for arn in made), made[0].replace(":parameter/", ":parameter")]


def _told(view: View, action: str, who: Identity) -> Told:
    """What conditions find of a resource."""
    prefixes = [f"{service}:resourcetag/" for service in ("aws", action.lower().partition(":")[0])]
    tags: dict[str, list[str] | Unknown] = {f"{prefix}{name.lower()}": [value] for name, value in who.tags.items() for prefix in prefixes}
    account: dict[str, list[str] | Unknown] = {"aws:resourceaccount": [view.account]} if view.account else {}
    return Told({**tags, **account}, () if who.tags_open else tuple(prefixes), regions=region_of(view))


def _callers(view: View, at: AskableAt, known: _Known, question: AccessQuestion, on: list[Target]) -> Iterator[Any]:
    own = _own(view, at) if at.has_policy_for == question.action.lower().partition(":")[0] else Own([], at.alone)
    told = _told(view, question.action, view.identity(view[at.name]))
    asked = Asking(view, at.identities.spelling, known.arns, on, told, known.organisation, region_of(view))
    holding = known.holdings.of([arn for target in on for arn in target.arns], asked.actions)
    by_identity = list(of_identities(asked, holding, own.denials(known.arns)))
    if at.must_allow and at.has_policy_for == question.action.lower().partition(":")[0]:
        by_identity = [one for one in (_left_to(view, own, grantee, told) for grantee in by_identity) if one is not None]
    named = spelled(question.action) or question.action
    word = named.partition(":")[2]
    granted = grants(view, at.grants)
    by_grant = of_policy(asked, Own([*granted, *(entry for entry in own.written if _denies(entry))], own.alone))
    end = [step(view.identity(view[at.name]).name, (view.location,))]
    given = [*_reached(by_identity, named, end), *_reached(of_policy(asked, own), f"its own policy ({word})", end)]
    direct = merged([*given, *_reached(by_grant, f"a grant ({word})", end)])
    for one in merged([*direct, *followed(view, known.ways, direct)]):
        yield _caller(one, own.unread)
    yield from [*own.unread, *(entry for entry in granted if isinstance(entry, Unknown))]
    yield from [why for item, why in known.holdings.doubts if view.item.same_account(item) is not False]


def _denies(entry: Statement | Unknown) -> bool:
    return isinstance(entry, Statement) and entry.allows is False


def _left_to(view: View, own: Own, granted: Granted, told: Told) -> Granted | None:
    """What is left of what policies of an identity allow, where the resource's own policy has to leave it to them."""
    who = granted.who.principal
    if not isinstance(who, Identity):
        return granted
    left: list[tuple[str, Value[bool]]] = []
    for action, value in granted.given:
        may = all_of([value, delegated(view, own.written, who, action, told)])
        left += [(action, Value(may.data, value.seen))] if may.data is not False else []
    return granted._replace(given=left) if left else None


def _own(view: View, at: AskableAt) -> Own:
    """Its own policy."""
    documents = view.values(at.policies)
    if at.permissions is not None:
        companions = view.referrers(at.permissions.companions)
        documents += [_permission(companion, at.permissions) for companion in companions.views]
        documents += [view.says(companions.more)] if companions.more else []
    return Own([entry for document in documents for entry in statements(document)], at.alone)


def _permission(companion: View, at: PermissionsAt) -> Value[Any]:
    """A companion as a document. https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html,
    https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutPermission.html"""
    if companion.doubt is not None:
        return companion.says(companion.doubt)
    principal, action = companion[at.principal], companion[at.action].default(at.otherwise)
    service = isinstance(principal.data, str) and principal.data.endswith(".amazonaws.com")
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": "*" if principal.data == "*" else {"Service" if service else "AWS": principal.raw},
        "Action": action.raw,
        "Resource": "*",
    }
    asked = [(operator, key, companion[place]) for operator, key, place in at.conditions]
    conditions: Any = {operator: {key: value.raw} for operator, key, value in asked if not value.absent}
    if at.condition is not None:
        operator, key, value = (companion[place] for place in at.condition)
        conditions = conditions if operator.absent else operator.unknown or key.unknown or {operator.data: {key.data: value.raw}}
    return companion.says({"Statement": [{**statement, "Condition": conditions} if conditions else statement]})


def _reached(granted: Iterable[Granted], by: str, end: list[Step]) -> Iterator[Reached]:
    for grantee in granted:
        for _, value in grantee.given:
            yield reached(grantee.who, grantee.name, by, value, grantee.item, grantee.key, end)


def _caller(one: Reached, unread: list[Unknown]) -> Caller:
    may = one.certain if not unread else Value(all_of([one.certain, Value(unread[0])]).data, one.certain.seen)
    return Caller(name=one.name, steps=Value(one.steps), may=may)


def asker(view: View, at: AskerAt) -> Asker:
    """Everybody who is let do it to what a question names by an ARN, or to everything; the first identity stands for what that is."""
    question = view.items.asked
    who = view.identity(view.called(at.name))
    if question is None or is_google(question.action) or not (question.resource == "*" or question.resource.startswith("arn:")):
        return Asker(identity=who, callers=view.says([]))
    first = numbers.kept(view.items.answers, "analysis.access.asking.first", lambda: view.item.address)
    return Asker(identity=who, callers=view.says(list(_anywhere(view, at, question)) if first == view.item.address else []))


def _anywhere(view: View, at: AskerAt, question: AccessQuestion) -> Iterator[Any]:
    known = _known(view, at, question)
    asked = Asking(view, at.identities.spelling, known.arns, _anything(question, known.arns), None, known.organisation, (None,))
    holding = known.holdings.with_any(asked.actions)
    end = [step(question.resource)]
    direct = merged(_reached(of_identities(asked, holding, []), spelled(question.action) or question.action, end))
    service = question.action.lower().partition(":")[0]
    unseen = [_unseen(question)] if service in MUST_ALLOW or (service in HAVE_POLICIES and question.resource != "*") else []
    for one in merged([*direct, *followed(view, known.ways, direct)]):
        yield _caller(one, unseen)
    yield from unseen
    yield from [why for _, why in known.holdings.doubts]


MUST_ALLOW = ("kms", "sts")
HAVE_POLICIES = (
    *MUST_ALLOW, "s3", "secretsmanager", "sqs", "sns", "lambda", "ecr", "ecr-public", "dynamodb", "kinesis", "events", "es", "glue",
    "backup", "elasticfilesystem", "execute-api", "codeartifact", "codebuild", "acm-pca", "schemas", "ssm", "vpc-lattice", "s3express",
    "s3tables", "s3-outposts", "iot", "logs", "ses", "signer", "serverlessrepo", "bedrock", "cloudtrail", "rekognition",
)  # fmt: skip
"""Services whose resources may have policies of their own:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html"""


def _unseen(question: AccessQuestion) -> Unknown:
    what = "the keys and roles themselves" if question.resource == "*" else question.resource
    return Unknown(f"what the policy of {what} says: it is not of this input", "scan it together with this, and ask for it by its name")


def _anything(question: AccessQuestion, arns: Arns) -> list[Target]:
    actions = frozenset({question.action.lower()})
    if is_of_no_resource(question.action):
        return [Target(actions, [NOWHERE])]
    if question.resource == "*":
        return [Target(actions, ["*"])]
    return targets(question.action, [arns.text(question.resource)])
