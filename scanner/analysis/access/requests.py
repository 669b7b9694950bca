"""What conditions of policies of an organisation find of a request: who asks, for what, and from where.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from assay.scanner.facts.model import Identity
from assay.scanner.facts.statements import Condition, Statement, means_everyone
from assay.scanner.sources.raw import Reference, Unknown

from .meeting import Told, narrowed
from .whose import as_for, of_people

_CHOSEN = ("aws:securetransport", "aws:useragent", "aws:referer", "secretsmanager:versionstage", "secretsmanager:versionid")
"""What whoever asks chooses: a denial by it takes nothing from them."""
_OF_SERVICES = ("aws:sourceaccount", "aws:sourcearn", "aws:sourceorg", "aws:principalservicename")
"""Keys that are only there where a service of AWS asks by itself."""
_REGION = "aws:requestedregion"
_ORGANISATION = ("aws:principalorgid", "aws:resourceorgid")
_OWN = "o-own"


class Request(msgspec.Struct, frozen=True):
    """Who asks for what."""

    who: Identity | None
    """None for somebody of whom the input tells nothing."""
    told: Told
    """Of what is asked for."""
    regions: tuple[str | None, ...] = ()
    """Those that it may be asked for in, None for one that is not known; empty where whoever asks chooses."""
    organisation: str | None = None
    member: bool = False
    """Whoever asks is of the account's organisation, whatever its id."""
    service: bool = False
    """It is a service of AWS that asks."""

    def of(self, organisation: str | None, member: bool) -> Request:
        """The same, of an organisation."""
        return msgspec.structs.replace(self, organisation=organisation, member=member)


def as_asked(statement: Statement, request: Request, binds: bool | Unknown) -> Statement | None:
    """A statement as it is for a request; None where it is not for it. Where a condition cannot be told, neither is its effect."""
    one = as_for(statement, request.who) if request.who is not None else _for_others(statement, request)
    if one is None:
        return None
    if isinstance(one.conditions, Unknown):
        return _open(one, one.conditions)
    denies = statement.allows is not True
    if denies and any(_is_chosen(condition, request) for condition in one.conditions):
        return None
    conditions = [condition for condition in one.conditions if not _is_chosen(condition, request)]
    one = msgspec.structs.replace(one, conditions=[_own_organisation(condition) for condition in conditions])
    # It denies where it does in each of the regions.
    by_region = [narrowed(one, _told(request, region, one)) for region in request.regions or (None,)]
    left = [entry for entry in by_region if entry is not None]
    if not left or (denies and len(left) < len(by_region)):
        return None
    doubts = [entry for entry in left if isinstance(entry.allows, Unknown) or entry.conditions]
    one = doubts[0] if doubts else left[0]
    if one.conditions:
        keys = ", ".join(condition.key for condition in one.conditions) if isinstance(one.conditions, list) else "a condition"
        place = one.seen[0] if one.seen else None
        return _open(one, Unknown(f"whether {keys} is what a policy of the organisation asks", "scan the live account", place))
    if isinstance(binds, Unknown):
        return _open(one, binds)
    return one


def _open(statement: Statement, why: Unknown) -> Statement:
    return msgspec.structs.replace(statement, allows=why, conditions=[])


def _is_chosen(condition: Condition, request: Request) -> bool:
    return condition.key in _CHOSEN or (condition.key == _REGION and not request.regions)


def _for_others(statement: Statement, request: Request) -> Statement | None:
    """A statement for somebody of whom no more is known than that the policy of a resource names them."""
    everyone = not statement.principals or any(kind == "*" or means_everyone(who) for kind, who in statement.principals)
    left = statement.conditions
    if isinstance(left, list):
        said = [of_people(condition) for condition in left]
        if (not request.service) in [answer is False for answer in said if answer is not None]:
            return None
        left = [condition for condition, answer in zip(left, said, strict=True) if answer is None]
    why = Unknown("whether a policy of the organisation is for somebody of whom nothing is seen", "scan the live account")
    sure = everyone and not statement.not_principal
    effect = statement.allows if sure else why
    return msgspec.structs.replace(statement, allows=effect, principals=[], not_principal=False, conditions=left)


def _own_organisation(condition: Condition) -> Condition:
    """The organisation that code refers to is its own."""
    if condition.key not in _ORGANISATION:
        return condition
    values = [_OWN if isinstance(value, Reference) and "organization" in value.type.lower() else value for value in condition.values]
    return Condition(condition.operator, condition.key, values)


def _told(request: Request, region: str | None, statement: Statement) -> Told:
    who, told = request.who, request.told
    values: dict[str, list[str] | Unknown] = {**told.values, "aws:viaawsservice": ["false"]}
    if region is not None:
        values[_REGION] = [region]
    if who is not None and who.account:
        values["aws:principalaccount"] = [who.account]
    if who is not None:
        values |= {f"aws:principaltag/{name.lower()}": [value] for name, value in who.tags.items()}
    if request.member:
        values |= {key: _organisation(request, statement, key) for key in _ORGANISATION}
    absent = told.absent if request.service else (*told.absent, *_OF_SERVICES)
    closed = ("aws:principaltag/",) if who is not None and not who.tags_open else ()
    return msgspec.structs.replace(told, values=values, absent=(*absent, *closed))


def _organisation(request: Request, statement: Statement, key: str) -> list[str] | Unknown:
    """Its id; where that is not told, whatever id is written may be it."""
    conditions: Iterable[Condition] = statement.conditions if isinstance(statement.conditions, list) else ()
    written = [value for condition in conditions if condition.key == key for value in condition.values]
    if request.organisation is not None:
        return [request.organisation]
    if all(value == _OWN for value in written):
        return [_OWN]
    place = statement.seen[0] if statement.seen else None
    return Unknown(f"whether {key} of a condition is the organisation itself", "scan the live account", place)
