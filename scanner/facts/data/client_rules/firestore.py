"""Rulesets of Firebase, and the releases that put them in force.

https://firebase.google.com/docs/reference/rules/rest/v1/projects.rulesets, …/projects.releases
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Annotated, Any

from assay.scanner.facts.data.client_rules.kinds import Access, ClientRules
from assay.scanner.facts.data.client_rules.rules import SERVICE, Rule, rules, services
from assay.scanner.facts.data.client_rules.syntax import UNTOLD, parse
from assay.scanner.facts.data.client_rules.words import SyntaxProblem
from assay.scanner.facts.google_assets import is_live, missing, named
from assay.scanner.facts.spelling import Index, Link, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Reference, Text, Unknown, references_in, unknown_inside
from assay.scanner.sources.values import Value

_WRITES = {"write", "create", "update", "delete"}


class RulesAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the rules of a ruleset."""

    files: str
    content: str
    services: str = ""
    """The services that it has rules for, where the provider says so."""


class ReleaseAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells which ruleset a release puts in force."""

    ruleset: Annotated[Link, "accesses"]
    rules: Annotated[RulesAt, "accesses"]


def release(view: View, at: ReleaseAt) -> ClientRules | None:
    """A release with the rules that it puts in force; None where it is for no database, or the rules are for other services alone.

    A ruleset is made anew whenever its rules change, and has no name that lasts.
    """
    in_force = view[at.name].then(_is_firestore) if at.name else view["name"].then(_is_firestore)
    if in_force.data is False:
        return None
    name = view[at.name] if at.name else view["name"].then(_without_project)
    target = view.link(at.ruleset).data
    rules_of = [ruleset_view for reference in references_in(target) if (ruleset_view := view.named(reference, at.ruleset)) is not None]
    if len(rules_of) != 1:
        why = unknown_inside(target) or missing(view.item, "the ruleset", at.ruleset.types[0])
        return ClientRules(identity=view.identity(name), in_force=in_force, accesses=view.says([why]))
    accesses = _accesses(rules_of[0], at.rules)
    if accesses is None and in_force.data is not True:
        return None
    return ClientRules(identity=view.identity(name, rules_of[0].item), in_force=in_force, accesses=view.says(accesses or []))


def _without_project(name: Any) -> Any:
    return name.partition("/releases/")[2] or name if isinstance(name, str) else name


def _is_firestore(name: Any) -> bool | Unknown:
    """Whether a release is for a database of Firestore: `cloud.firestore`, `cloud.firestore/DATABASE`. Others are for buckets or nothing.

    https://cloud.google.com/sdk/gcloud/reference/alpha/firebase/security-rules/release
    """
    known = _without_project(name.prefix if isinstance(name, Text) else name)
    if known == SERVICE or (isinstance(known, str) and known.startswith(f"{SERVICE}/")):
        return True
    if isinstance(known, str) and not (isinstance(name, Text) and f"{SERVICE}/".startswith(known)):
        return False
    return unknown_inside(name) or Unknown(f"the name {name} is known after apply", "scan the plan, or the live project")


class RulesetAt(RulesAt, frozen=True, eq=False, kw_only=True):
    """Where an input tells of a ruleset that no release here names."""

    releases: Index
    """Ruleset to its releases (see `releases`)."""


def ruleset(view: View, at: RulesetAt) -> ClientRules | None:
    """A ruleset that no release here names; None where one does, or where all releases of the project are here.

    Of code, another stack may release it.
    """
    known = view.index(at.releases)
    perhaps = known.get(None, ())
    if known.get(view.item.address) or (known and not perhaps and is_live(view.item)):
        return None
    accesses = _accesses(view, at)
    if accesses is None:
        return None
    why = missing(view.item, "a release", at.releases.types[0])
    if perhaps:
        reason = f"whether {perhaps[0].address} puts {view.item.address} in force"
        why = Unknown(reason, "scan the plan, or the live project", perhaps[0].location())
    name = view[at.name] if at.name else named(view.item)
    return ClientRules(identity=view.identity(name), in_force=view.says(why), accesses=view.says(accesses))


def releases(paths: dict[str, str]) -> Index:
    """Ruleset to the items that release it; under None those of which it is not known which they release.

    `paths`: types to where they name the ruleset.
    """

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        target = item.link(paths[item.type]).data
        for reference in references_in(target):
            yield reference.address, item
        if unknown_inside(target):
            yield None, item

    return Index(tuple(paths), records)


# Rules.


def _accesses(view: View, at: RulesAt) -> list[Any] | None:
    """What the files of a ruleset allow, with an Unknown for what cannot be read; None where none of them is for Firestore."""
    told = view[at.services].data if at.services else None
    if isinstance(told, list) and SERVICE not in told:
        return None
    files, more = view.inner(at.files)
    accesses: list[Any] = [more] if more else []
    silent = bool(files) and more is None
    for file in files:
        content = file[at.content]
        read = [accesses_in(option, content, view) for option in content.options or (content.data,)]
        silent = silent and all(one is None for one in read)
        listed = [access for one in read for access in one or ()]
        if content.options and any(isinstance(access, Unknown) or access.open.data is not False for access in listed):
            listed = [content.unknown]  # one of a few sources, of which not all are closed
        accesses += listed
    if not files and more is None:
        way = "read it with the Firebase Rules API: projects.rulesets.get"
        accesses.append(Unknown(f"the source of {view.item.address} is not in this input", way, view.location))
    return None if silent else accesses


def accesses_in(content: Any, value: Value[Any], view: View) -> list[Any] | None:
    """What a file allows; None where it has no rules for Firestore."""
    if isinstance(content, Unknown):
        return [content]
    text, why = _with_marks(content)
    if text is None:
        return [Unknown(f"the rules of {view.item.address} are not text", "correct the content of the file", view.location)]
    try:
        source = parse(text)
    except SyntaxProblem as problem:
        seen = value.seen_at_line(text, problem.line)
        return [why or Unknown(f"the rules cannot be read {problem}", "correct the rules", next(iter(seen), None))]
    if not services(source):
        return None if why is None else [why]
    return [_access(rule, why, value, text) for rule in rules(source)]


def _with_marks(content: Any) -> tuple[str | None, Unknown | None]:
    """Text with a mark for each part that is not known, and why that is not; None for what is no text."""
    parts = content.parts if isinstance(content, Text) else (content,)
    if not all(isinstance(part, (str, Unknown, Reference)) for part in parts) or isinstance(content, Reference):
        return None, None
    if any(UNTOLD in part for part in parts if isinstance(part, str)):
        return None, None
    text = "".join(part if isinstance(part, str) else UNTOLD for part in parts)
    if not isinstance(content, Text):
        return text, None
    named = next(part for part in parts if not isinstance(part, str))
    return text, content.unknown or Unknown(f"the value of {named} is known after apply", "scan the live project")


def _access(rule: Rule, why: Unknown | None, value: Value[Any], text: str) -> Access:
    seen = value.seen_at_line(text, rule.line)
    outcome = rule.outcome
    holds: Any = outcome.holds
    if holds is None:
        reason = f"whether the condition at line {rule.line} of the rules asks who is signed in"
        holds = why or Unknown(reason, "declare the functions that it calls in the rules", next(iter(seen), None))
    extent = "at any time" if outcome.always else "for a time" if outcome.timed else "where a condition on something else holds"
    return Access(
        path=Value(rule.path.replace(UNTOLD, "…"), seen),
        methods=Value(", ".join(rule.methods), seen),
        reads_only=Value(_WRITES.isdisjoint(rule.methods), seen),
        open=Value(holds, seen),
        extent=Value(extent, seen),
    )
