"""Who may read a secret of Secrets Manager: by policies of identities and its own, with its key, and in any number of steps.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/determine-acccess_examine-iam-policies.html,
https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, NamedTuple

import msgspec

from assay.scanner.facts.iam.becoming import OPENING, READING
from assay.scanner.facts.messaging.kinds import Parties
from assay.scanner.facts.model import Identity
from assay.scanner.facts.policies import of_other_account
from assay.scanner.facts.spelling import Another, Link, Place, Spelling
from assay.scanner.facts.statements import Statement, allowed_of, names_whole_account, statements
from assay.scanner.facts.steps import Step, step
from assay.scanner.facts.view import View
from assay.scanner.sources import numbers
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Unknown, describe
from assay.scanner.sources.values import Value, all_of, any_of

from . import organisation
from .arns import Arns, Form, reaches_named, spelled
from .decisions import Target, allowed, applicable, kept, left_by, on
from .endpoints import Asked, let_through
from .following import Reached, followed, merged, reached
from .granted import of_itself
from .handed import SUFFIX, names_it, secrets_of
from .key_use import Use, decrypts
from .kinds import ReadableSecret, SecretReader
from .meeting import Told, meets, narrowed
from .organisation import Limits
from .questioned import is_left_out
from .requests import Request
from .trusting import parties_of
from .ways import Run, Ways, arns_of, ways
from .whose import as_for, callers


class SecretAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells who may read a secret."""

    identities: Annotated[Another, "readers"]
    """Of `IdentityAt`, for each type of identities."""
    runs: Annotated[Another, "readers"]
    """Of `RunAt`, for each type of what runs code."""
    keys: Annotated[Another, "readers"]
    """Of `KeyAt`."""
    key: Annotated[Link, "readers"]
    policies: Annotated[Place, "readers"]
    replicas: Annotated[str, "readers"]
    replica_region: str = ""
    replica_key: Annotated[str, "readers"] = ""
    rotation: Annotated[Place, "readers"] = ()
    """What rotates it, by its ARN."""
    primary: Place = ""
    """The region of what it is a replica of, of an input that lists replicas too."""
    tags: Annotated[Place, "readers"] = ""
    endpoints: Annotated[Another | None, "readers"] = None
    """Of `EndpointsAt`."""
    organisation: Annotated[Another | None, "readers"] = None
    """Of `OrganisationAt`."""
    forms: Mapping[str, Form] = {}


class _Secret(NamedTuple):
    """What is asked about."""

    view: View
    at: SecretAt
    ways: Ways
    arns: list[str]
    told: Told
    denials: list[Statement]
    """Of its own policy."""
    forms: Arns
    end: list[Step]
    """The last step of every way."""


def secret(view: View, at: SecretAt) -> ReadableSecret | None:
    """A secret with its readers. A replica is judged with its primary, since it has the same policy."""
    primary = view[at.primary].data
    if isinstance(primary, str) and primary not in ("", view.item.region.data):
        return None
    who = view.identity(view[at.name])
    if is_left_out(view, who):
        return ReadableSecret(identity=who, readers=view.says([]))
    forms = arns_of(view, at.forms)
    all_ways = ways(view, at.identities.spelling, at.runs.spelling, forms, organisation.known(view, at.organisation, forms))
    own = [entry for document in view.values(at.policies) for entry in statements(document)]
    told = _told(view, at, who)
    written = [spelled(entry, forms) for entry in own if isinstance(entry, Statement) and entry.allows is not True]
    denials = [one for denial in written if (one := narrowed(denial, told)) is not None]
    end = [step(who.name, (view.location,))]
    asked = _Secret(view, at, all_ways, _names(view, at, forms), told, denials, forms, end)
    readers = [*_direct(asked), *_by_policy(asked, own, forms), *_at_launch(asked, forms)]
    unread = [entry for entry in own if isinstance(entry, Unknown)]
    doubts = [why for item, why in all_ways.holdings.doubts if view.item.same_account(item) is not False]
    doubts += [all_ways.unlisted[False]] if False in all_ways.unlisted else []  # a task that is handed it
    all_ = [_reader(one) for one in merged([*readers, *followed(view, all_ways, readers)])]
    if unread:  # what is not read may deny it
        all_ = [msgspec.structs.replace(one, reads=all_of([one.reads, Value(unread[0])])) for one in all_]
    return ReadableSecret(identity=who, readers=view.says([*all_, *unread, *doubts]))


def _reader(one: Reached) -> SecretReader:
    return SecretReader(identity=one.who, name=one.name, steps=Value(one.steps), reads=one.certain)


def _names(view: View, at: SecretAt, forms: Arns) -> list[str]:
    """Its ARNs, in each region where it has replicas, with and without what is put behind its name."""
    if view.item.address.startswith("arn:"):
        arns = [forms.text(view.item.address)]
    else:
        region = view.item.region.data
        made = forms.of(view.item.address, view.item.type, view[at.name].raw, region if isinstance(region, str) else None, view.account)
        arns = [made[0], *(f"{arn}-{SUFFIX}" for arn in made)]
    regions = _regions(view, at)
    if len(regions) == 1:
        return arns
    in_each = ([*arn.split(":")[:3], region if isinstance(region, str) else "*", *arn.split(":")[4:]] for arn in arns for region in regions)
    return list(dict.fromkeys(map(":".join, in_each)))


def _regions(view: View, at: SecretAt) -> list[Any]:
    """The regions that it is in; None for one that is not known."""
    blocks, more = view.inner(at.replicas)
    others = [block[at.replica_region].data for block in blocks] + ([None] if more else [])
    return [view.item.region.data, *(other if isinstance(other, str) else None for other in others)]


def _told(view: View, at: SecretAt, who: Identity) -> Told:
    tags = {f"{prefix}:resourcetag/{name.lower()}": [value] for name, value in who.tags.items() for prefix in ("aws", "secretsmanager")}
    closed = () if who.tags_open else ("aws:resourcetag/", "secretsmanager:resourcetag/")
    account = {"aws:resourceaccount": [view.account]} if view.account else {}
    rotated = [value for value in view.values(at.rotation) if not value.absent]
    by = [value.data for value in rotated if isinstance(value.data, str)]
    key = "secretsmanager:resource/allowrotationlambdaarn"
    rotation = {key: by} if len(by) == len(rotated) and by else {}
    regions = tuple(region if isinstance(region, str) else None for region in _regions(view, at))
    return Told({**tags, **account, **rotation}, (*closed, *(() if rotated else (key,))), regions=regions)


def _direct(asked: _Secret) -> Iterator[Reached]:
    """Those whose policies let them read it, and use its key; or write its policy, by which they let themselves."""
    target = [Target(frozenset({READING, OPENING}), asked.arns)]
    at = asked.at
    blocks = asked.view.inner(at.replicas)[0]
    named = [asked.view.link(at.key), *(block.link(at.replica_key) for block in blocks)]
    use = Use(asked.view, named, at.keys.spelling, _regions(asked.view, at), asked.ways)
    for holding in asked.ways.holdings.of(asked.arns, (READING, OPENING)):
        if asked.view.item.same_account(holding.item) is False:
            continue
        for action, value in allowed(asked.view, holding, target, asked.denials, asked.told):
            through = let_through(asked.view, at.endpoints, asked.denials, holding.who, Asked(action, asked.arns, asked.forms))
            reads = all_of([value, decrypts(use, holding), through])
            if reads.data is not False:
                by = "secretsmanager:GetSecretValue" if action == READING else "secretsmanager:PutResourcePolicy"
                reads = Value(reads.data, value.seen)
                yield reached(Parties(holding.who), holding.name, by, reads, holding.item, holding.item.address, asked.end)


def _by_policy(asked: _Secret, own: list[Statement | Unknown], forms: Arns) -> Iterator[Reached]:
    """Those whom its own policy lets. The account as a whole is let nothing by it that policies of identities do not let."""
    view = asked.view
    link = next((one.others for one in asked.at.identities.spelling if one.others is not None), None) or Link("", ())
    target = [Target(frozenset({READING, OPENING}), ["*"])]
    # The secret is what its policy is for.
    denials = [denial if denial.not_resource else msgspec.structs.replace(denial, resources=["*"]) for denial in asked.denials]
    for entry in own:
        if isinstance(entry, Unknown) or entry.allows is False or meets(entry, asked.told) is False:
            continue
        actions, more = allowed_of(entry, [READING, OPENING])
        doubt = next(
            (why for why in (meets(entry, asked.told), entry.allows, more if not actions else None) if isinstance(why, Unknown)), None
        )
        for kind, who in callers(entry, left_by(entry, denials, target, actions)):
            if kind == "AWS" and names_whole_account(who) and of_other_account(kind, who, view.account, entry).data is False:
                continue
            parties = parties_of(view, link, kind, who, entry)
            named = parties.principal if isinstance(parties.principal, Identity) else None
            mine = [one for denial in denials if (one := as_for(denial, named) if named else denial) is not None]
            item = view.items.at(named.address) if named else None
            limits = _limits(asked, kind, who, named if item else None, item)
            wide = msgspec.structs.replace(entry, resources=["*"], not_resource=False)
            given = on(target, wide, actions or frozenset({READING} if more else ()), [*mine, *limits.denials], limits.bounds, doubt)
            for action, value in given:
                may = value
                if named is not None:
                    through = let_through(view, asked.at.endpoints, denials, named, Asked(action, asked.arns, asked.forms))
                    may = Value(all_of([value, through]).data, value.seen)
                if may.data is False:
                    continue
                name: Value[Any] = Value(
                    "anyone" if kind == "*" or entry.not_principal else named.name if item and named else describe(who), entry.seen
                )
                key = item.address if item else str(name.data)
                by = f"the secret's own policy ({action.partition(':')[2]})"
                yield reached(parties, name, by, may, item, key, asked.end)


def _limits(asked: _Secret, kind: str, who: Any, named: Identity | None, item: Item | None) -> Limits:
    """What policies of the organisation take from a principal of its own policy, and what the principal's own deny it, wherever they name
    the secret in; and of a role what its boundary leaves.
    """
    request = Request(named, asked.told, asked.told.regions, service=kind == "Service")
    caller = organisation.caller_of(asked.view, who, named) if kind == "AWS" else None
    limits = asked.ways.organisation.limits(request, caller, asked.view.item)
    itself = of_itself(asked.view, asked.at.identities.spelling, asked.forms, item)
    mine = [one for denial in itself.denials if (one := as_for(denial, named) if named else denial) is not None]
    mine = [one for denial in mine if (one := narrowed(denial, asked.told)) is not None]
    denials = [_about(asked, entry) for entry in (*limits.denials, *mine)]
    bounding = [*limits.bounds, *(applicable(bound, asked.told) for bound in itself.bounds)]
    bounds = [[_about(asked, entry) if isinstance(entry, Statement) else entry for entry in bound] for bound in bounding]
    return Limits([entry for entry in denials if entry is not None], [[entry for entry in bound if entry] for bound in bounds])


def _about(asked: _Secret, entry: Statement) -> Statement | None:
    """A statement as it is for the secret, whatever that is called; None where it is not for it."""
    answer = reaches_named(entry, asked.arns)
    if answer is False:
        return None
    effect = answer if isinstance(answer, Unknown) else entry.allows
    return msgspec.structs.replace(entry, resources=["*"], not_resource=False, allows=effect)


def _at_launch(asked: _Secret, forms: Arns) -> Iterator[Reached]:
    """Tasks that are handed it at their start: their execution role reads it for them.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
    """
    for run in asked.ways.runs:
        if not run.at.containers or asked.view.item.same_account(run.view.item) is False:
            continue
        # Read once for each task, however many secrets there are.
        named: list[Any] = numbers.kept(asked.view.items.answers, ("access.handed", run.view.item), functools.partial(secrets_of, run))
        handed = [names_it(asked.view, asked.arns, forms, text) for text in named]
        given = any_of([*(Value(answer) for answer in handed), Value(False)])
        given = given if given.data is False else all_of([given, _is_left(asked, run)])
        if given.data is not False:
            doubt = None if asked.view.item.coexists(run.view.item) else run.view.item.template
            reads: Value[Any] = Value(doubt or given.data, (run.view.location,))
            who = run.view.identity(run.name)
            name: Value[Any] = Value(who.name, reads.seen)
            yield reached(Parties(who), name, "it is handed to it at its start", reads, None, run.view.item.address, asked.end)


def _is_left(asked: _Secret, run: Run) -> Value[bool]:
    """Whether the organisation leaves it to the role that reads it for a task, whichever role that is."""
    limits = asked.ways.organisation.limits(Request(None, asked.told, asked.told.regions), run.view.item, asked.view.item)
    reading = Statement("", True, [], False, [READING], False, ["*"], False, [], (run.view.location,))
    return kept(READING, asked.arns, reading, limits.denials, limits.bounds)
