"""Which runs of a CI system the conditions of a trust policy admit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assay.scanner.facts import patterns
from assay.scanner.facts.statements import Statement
from assay.scanner.facts.supply import claims
from assay.scanner.facts.supply.kinds import TokenSubject
from assay.scanner.facts.supply.web_identity import TokenClaim, claims_of
from assay.scanner.sources.raw import Unknown, describe
from assay.scanner.sources.values import Value


def audience(statement: Statement) -> bool | Unknown:
    """Whether the statement pins the audience of the token."""
    required = claims_of(statement)
    if isinstance(required, Unknown):
        return required
    pinned = [_all(claim, patterns.fixed) for claim in required if claim.name == "aud"]
    return True if True in pinned else next((one for one in pinned if isinstance(one, Unknown)), False)


def subjects(statement: Statement) -> list[TokenSubject | Unknown]:
    """The subjects that the statement admits: the values of one condition are ways in, the other conditions hold for each of them."""
    required = claims_of(statement)
    if isinstance(required, Unknown):
        return [required]
    told = [claim for claim in required if claim.name != "aud"]
    listed = next((claim for claim in told if claim.name == "sub"), None) or next(
        (claim for claim in told if claims.may_pin(claim.name)), None
    )
    if listed is None:
        return [TokenSubject(pattern=Value("*", statement.seen), scoped=Value(False, statement.seen))]
    others = [_worst(claim) for claim in told if claim is not listed]
    return [
        TokenSubject(pattern=Value(_pattern(listed, at), statement.seen), scoped=Value(_scoped(_one(listed, at), others), statement.seen))
        for at in range(len(listed.values))
    ]


def _pattern(claim: TokenClaim, at: int) -> str:
    value = describe(claim.values[at])
    return value if claim.name == "sub" else f"{claim.name} {value}"


def _one(claim: TokenClaim, at: int) -> TokenClaim:
    return TokenClaim(claim.name, claim.issuer, [claim.values[at]], [claim.patterns[at]])


def _worst(claim: TokenClaim) -> TokenClaim:
    """A condition by its widest value: any of them may be the one that holds."""
    wide = next((at for at, pattern in enumerate(claim.patterns) if not _may_say_something(claim.name, pattern)), None)
    partly = next((at for at, pattern in enumerate(claim.patterns) if patterns.OPEN in pattern), 0)
    return _one(claim, partly if wide is None else wide)


def _may_say_something(name: str, pattern: str) -> bool:
    """Whether a claim that is of a pattern tells the repository or the run, whatever the rest says."""
    return any(claims.says_something(told) for told in claims.supposed({name: pattern}))


def _scoped(subject: TokenClaim, others: list[TokenClaim]) -> bool | Unknown:
    """Whether a subject, with the other conditions, pins the repository and its branch, tag, environment or workflow."""
    told: dict[str, str] = {}
    for claim in (subject, *others):
        if claim.name not in told or claims.says_something({claim.name: claim.patterns[0]}):
            told[claim.name] = claim.patterns[0]
    if _without_open(told):
        return True
    why = next((claim.why(0) for claim in (subject, *others) if patterns.OPEN in claim.patterns[0]), None)
    if why and any(map(claims.pins_run, claims.supposed(told))):
        return why
    if any(map(claims.unread_subject, claims.supposed(told))):
        way = "write the subject in a format that the CI system publishes, or name the repository in a condition of its own"
        return why or Unknown(f"which repository and branch the subject {describe(subject.values[0])} is of", way)
    return False


def _without_open(told: dict[str, str]) -> bool:
    """Whether the claims that are known do it alone."""
    return claims.pins_run({name: pattern.replace(patterns.OPEN, patterns.ANY) for name, pattern in told.items()})


def _all(claim: TokenClaim, holds: Callable[[str], bool]) -> bool | Unknown:
    results: list[Any] = [patterns.settled(pattern, holds, claim.why(at)) for at, pattern in enumerate(claim.patterns)]
    return False if False in results else next((result for result in results if isinstance(result, Unknown)), True)
