"""Questions of who can do what, answered by what the rules in `rules/ask` find. Those of any action are in asked.py.

An answer is what such a rule says of one identity: certain, or not known and what would settle it.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from assay.scanner.results.model import Report, ResourceRef, Result, Step

RULES = Path(__file__).parent / "rules"
READS = ("secretsmanager:GetSecretValue", "secretmanager.versions.access")
ASKED = {"read": "ask.readers", "delete": "ask.erasers"}
"""Word for what is asked to the rule that answers for it."""
GRANTED = tuple(f"ask.granted-{kind}" for kind in ("bucket", "imagerepository", "key", "messagechannel", "secret"))
"""Rules of what resources of their own let somebody do."""
_OF_IDENTITIES = ("ask.permissions", "ask.raises")
_OF_RESOURCES = (*GRANTED, "ask.readers", "ask.erasers", "ask.allowed", "ask.anywhere")
"""Rules of which each element is somebody who may, and the way."""


class Answer(msgspec.Struct, frozen=True, order=True):
    """One identity that can, or may be able to."""

    resource: str
    """The address of what is asked about."""
    name: str
    principal: str
    way: str
    """The action, or the steps: `iam:PassRole to ecs-tasks.amazonaws.com, as order (secretsmanager:GetSecretValue)`."""
    certain: bool
    seen: list[str]
    """Places that decide it, as `main.tf:12`."""
    unknown: list[str]
    """Why it is not known, with what would settle it."""


def who_can(report: Report, control: str, resource: str) -> list[Answer]:
    """Everybody who can do what a rule asks to resources of a name, an address or a pattern of these."""
    return sorted(answers(result for result in report.results if result.control == control and _named(result.resource, resource)))


def what_can(report: Report, principal: str) -> list[Answer]:
    """What an identity is allowed by its policies, by bindings and by what resources say, how it gets more, and which secrets it reads."""
    stated = [result for result in report.results if result.control in _OF_IDENTITIES]
    own = [result for result in stated if _named(result.resource, principal)]
    known = frozenset(result.resource.address for result in own)
    others = [result for result in stated if result.resource.address not in known]
    bound = [result for result in others if _is_whom(result.element.rpartition(" for ")[2], principal, known)]
    given = [answer for answer in answers(_granted(report)) if _is_whom(answer.principal, principal, known)]
    reads = [answer for answer in answers(_of(report, "ask.readers")) if _is(answer.principal, principal)]
    told = [*sorted([*answers(own), *map(_of_binding, answers(bound))]), *sorted(given), *sorted(reads)]
    return list({(answer.resource, answer.principal, answer.way): answer for answer in told}.values())


def _of_binding(answer: Answer) -> Answer:
    """One with whom a binding is for, of what it says: `roles/datastore.user for serviceAccount:order@trade.iam.gserviceaccount.com`."""
    way, _, who = answer.way.rpartition(" for ")
    return msgspec.structs.replace(answer, principal=who, way=way)


def _granted(report: Report) -> Iterator[Result]:
    return (result for result in report.results if result.control in GRANTED)


def _is_whom(written: str, pattern: str, addresses: frozenset[str]) -> bool:
    """Whether what a policy or a binding names is somebody: by the whole of it, by its address, or by what follows the last mark."""
    address = next((written.removesuffix(end) for end in (".arn", ".member", ".email", ".Arn") if written.endswith(end)), written)
    names = (written, address, written.rpartition("/")[2], written.partition(":")[2])
    return bool(written) and (address in addresses or any(_is(name, pattern) for name in names if name))


def paths(report: Report, start: str, end: str) -> list[Answer]:
    """The ways of an identity to a secret or a store."""
    ends = (result for result in report.results if result.control in ("ask.readers", "ask.erasers") and _named(result.resource, end))
    return sorted(answer for answer in answers(ends) if _is(answer.principal, start))


def resources(report: Report, controls: Iterable[str], pattern: str) -> list[ResourceRef]:
    """What a name stands for among what some rules judged."""
    wanted = frozenset(controls)
    by_address = {result.resource.address: result.resource for result in report.results if result.control in wanted}
    return [resource for resource in by_address.values() if _named(resource, pattern)]


def _of(report: Report, control: str) -> Iterator[Result]:
    return (result for result in report.results if result.control == control)


def _named(resource: ResourceRef, pattern: str) -> bool:
    return any(_is(name, pattern) for name in (resource.name, resource.address, resource.id))


def _is(name: str, pattern: str) -> bool:
    return name == pattern or fnmatch.fnmatchcase(name, pattern.replace("[", "[[]"))


def answers(results: Iterable[Result]) -> Iterator[Answer]:
    """What rules say of identities, an answer for each."""
    for result in results:
        if result.verdict not in ("fail", "unknown"):
            continue
        who, way = _parts(result) if result.control in _OF_RESOURCES else ("", result.element)
        yield Answer(
            resource=result.resource.address,
            name=result.resource.name,
            principal=who or result.resource.name,
            way=way or "a way that is not known",
            certain=result.verdict == "fail",
            seen=list(dict.fromkeys(place for entry in result.evidence if (place := _place(entry.location)))),
            unknown=[f"{why.reason}; {why.settles_it}" for why in result.unknown],
        )


def _parts(result: Result) -> tuple[str, str]:
    """Whom an element of a list is, and the way: by its steps, or as `order, secretsmanager:GetSecretValue, [order-service]`."""
    if result.steps:
        return result.steps[0].what, _way(result.steps)
    who, _, rest = result.element.partition(", ")
    if not rest:
        return "somebody that is not seen", ""
    way, bracket, roles = rest.rpartition(", [")
    return who, way if bracket and roles.endswith("]") else rest


def _way(steps: list[Step]) -> str:
    """By what a way begins, and as whom it goes on."""
    on = [step for step in steps[1:] if step.by]
    return "".join([steps[0].by, *(f", as {step.what} ({step.by}" for step in on), ")" * len(on)])


def _place(location: object) -> str:
    file, line, operation = (getattr(location, name, None) for name in ("file", "line", "operation"))
    return f"{file}:{line}" if file and line else str(file or operation or "")
