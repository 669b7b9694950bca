"""Judges resources by compiled rules.

Facts become the map that CEL sees; unknown ones are left out, so that CEL's own error handling (`&&`, `||`, `all` and `exists` absorb an
error that another operand decides) is Kleene logic. An error that survives because of a missing key is the verdict `unknown`.
Text such as `"${aws_kms_key.k.arn}/x"` is known not to be null, so it is there for `!= null` and left out where its content is asked for.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any

from assay.scanner.facts.model import CLOUDS, BlockRef, Identity, Resource
from assay.scanner.results.model import Evidence, ResourceRef, Result, StandsFor, UnknownFact, Verdict, fingerprint
from assay.scanner.rules import cel
from assay.scanner.rules.load import CompiledAssertion, CompiledControl
from assay.scanner.rules.schema import IDENTITY
from assay.scanner.rules.view import (
    Attributes,
    below,
    convert,
    element_key,
    element_name,
    fact,
    is_parts,
    observed,
    settled,
    walk,
    why_unknown,
    with_nulls,
)
from assay.scanner.sources.values import Location, Reference, Text, Unknown, Value, describe

_NAME = re.compile(r"\{([\w.]*)\}")


class Judge:
    """One control, ready to run."""

    def __init__(self, compiled: CompiledControl, params: dict[str, Any]) -> None:
        self.compiled, self.control = compiled, compiled.control
        self._params = {cloud: {name: _for_cloud(value, cloud) for name, value in params.items()} for cloud in CLOUDS}
        environment = _environment("")
        self._when = environment.load(compiled.when) if compiled.when else None
        self._assertions = [(each, *_programs(each)) for each in compiled.assertions]
        self.reads = list(dict.fromkeys(path for each in compiled.assertions for path in each.reads))
        self.contents = {*compiled.when_contents, *(path for each in compiled.assertions for path in each.contents)}

    def judge(self, resource: Resource | Attributes, facts: dict[str, Any], scope: str) -> Iterator[Result]:
        """The verdicts on one resource: every failing and unknown assertion, or one result for the whole."""
        subject = _Subject(self, resource, facts, scope)
        if resource.identity.unlisted is not None:
            yield subject.not_listed(resource.identity.unlisted)
            return
        if self._when is not None:
            applies, error = self._when.evaluate(subject.activation(self.compiled.when_contents))
            if applies is False:
                yield subject.result("not_applicable", "", self.control.title, "", self.compiled.when_reads, self.control.when)
                return
            if applies is None:
                result = subject.undecided(error, "when", "the control applies", "", self.compiled.when_reads, self.control.when)
                yield from [] if _only_elsewhere(result, resource.identity) else [result]
                return
        found = [result for at, held in enumerate(self._assertions) for result in subject.assertion(at, *held)]
        if found:
            # Of a resource that is declared elsewhere, only what is said of it here is a matter of this code.
            yield from [result for result in found if not _only_elsewhere(result, resource.identity)]
            return
        expected = " and ".join(each.text.that for each in self.compiled.assertions)
        yield subject.result("pass", "", self.control.title, "", self.reads, expected)


def _only_elsewhere(result: Result, who: Identity) -> bool:
    """Whether a verdict is unknown for no other reason than that the resource is declared elsewhere."""
    if who.elsewhere is None or result.verdict != "unknown":
        return False
    return bool(result.unknown) and all(unknown.reason == who.elsewhere.reason for unknown in result.unknown)


class _Subject:
    """One resource under one control."""

    def __init__(self, judge: Judge, resource: Resource | Attributes, facts: dict[str, Any], scope: str) -> None:
        self.judge, self.resource, self.facts, self.scope = judge, resource, facts, scope
        self.params = judge._params[resource.identity.cloud]
        if isinstance(resource, Attributes):
            for path in (*judge.compiled.when_reads, *judge.reads):
                self.facts = with_nulls(resource, self.facts, path) if path[0] not in IDENTITY else self.facts

    def activation(self, contents: list[cel.Path]) -> Any:
        """What an expression sees that asks for these contents."""
        return _environment("").activation({"resource": self.settled(contents), "params": self.params})

    def settled(self, contents: list[cel.Path]) -> Any:
        facts = self.facts
        for path in contents:
            facts = settled(self.resource, facts, path)
        return facts

    def assertion(self, at: int, each: CompiledAssertion, that: cel.Program, when: cel.Program | None, name: str) -> Iterator[Result]:
        if not each.each:
            yield from self._one(at, each, that, when, self.activation(each.contents), "", None)
            return
        held = fact(self.resource, each.each)
        if isinstance(held.data, (Unknown, Reference, Text)):
            yield self.undecided("", str(at), each.text.message, "", [each.each], each.text.that)
            return
        resource = self.settled(each.contents)
        met: dict[str, int] = {}
        for element in held.data if isinstance(held.data, list) else () if held.data is None else (held.data,):
            facts = {} if isinstance(element, (Unknown, Reference, Text)) else convert(element)
            key = element_key(facts)
            met[key] = met.get(key, 0) + 1
            key += f"#{met[key]}" if met[key] > 1 else ""  # equal elements are findings of their own
            if not isinstance(facts, dict):
                problem = f"the rule raised: an element of {'.'.join(each.each)} has no attributes"
                yield self.result("error", str(at), problem, key, [each.each], each.text.that)
                continue
            for path in below(each.reads, each.each) if isinstance(element, dict) else ():
                facts = with_nulls(element, facts, path)
            for path in below(each.contents, each.each):
                facts = settled(element, facts, path)
            activation = _environment(name).activation({"resource": resource, "params": self.params, name: facts})
            yield from self._one(at, each, that, when, activation, key, element)

    def _one(
        self, at: int, each: CompiledAssertion, that: cel.Program, when: cel.Program | None, activation: Any, key: str, element: Any
    ) -> Iterator[Result]:
        if when is not None:
            applies, error = when.evaluate(activation)
            if applies is False:
                return
            if applies is None and that.evaluate(activation)[0] is True:
                return  # whether it counts or not, it holds
            if applies is None:
                yield self.undecided(error, str(at), each.text.message, key, each.reads, each.text.when, element)
                return
        holds, error = that.evaluate(activation)
        if holds is None:
            yield self.undecided(error, str(at), each.text.message, key, each.reads, each.text.that, element)
        elif not holds:
            yield self.result(
                "fail", str(at), self._message(each.text.message, each.text.as_, element), key, each.reads, each.text.that, element
            )

    def undecided(self, error: str, assertion: str, message: str, key: str, reads: list[Any], expected: str, element: Any = None) -> Result:
        """Unknown where an unknown fact is behind the error, else an error of the rule."""
        unknown = self._unknown(reads, element)
        missing = cel.missing_key(error)
        if unknown and (missing is not None or not error):
            behind = [fact for fact in unknown if fact.fact.rpartition(".")[2] == missing] or unknown
            name = next((each.text.as_ for each in self.judge.compiled.assertions if each.text.message == message), "")
            text = self._message(message, name, element)
            return self.result("unknown", assertion, f"not known whether {text}", key, reads, expected, element, behind)
        return self.result("error", assertion, f"the rule raised: {error or 'no unknown fact explains it'}", key, reads, expected, element)

    def not_listed(self, why: Unknown) -> Result:
        """The one verdict on resources of which not even the number is known."""
        message = f"not known: there may be more of them: {self.resource.identity.name}"
        unknown = [UnknownFact("an element", why.reason, why.settles_it, why.location)]
        return self.result("unknown", "", message, "", [], self.judge.control.title, unknown=unknown)

    def result(self, verdict: Verdict, assertion: str, message: str, key: str, reads: list[Any], expected: str, element: Any = None,
               unknown: list[UnknownFact] | None = None) -> Result:  # fmt: skip
        control, who = self.judge.control, self.resource.identity
        if who.template is not None and verdict in ("fail", "unknown"):
            message += f" (how many of these there are is not known: {who.template.reason})"
        evidence = self._evidence(reads, expected, element)
        return Result(
            control=control.id,
            title=control.title,
            severity=control.severity,
            verdict=verdict,
            fingerprint=fingerprint(control.id, assertion, who.cloud, self.scope, who.id, key),
            message=message,
            element=element_name(element),
            resource=resource_ref(self.resource, evidence if element is not None else None),
            evidence=evidence,
            unknown=unknown or [],
        )

    def _held(self, path: tuple[str, ...], element: Any) -> list[tuple[str, Any]]:
        """(name, value) of a fact that was read; of all elements, or of the one that is judged."""
        each = next((each.each for each in self.judge.compiled.assertions if each.each and path[: len(each.each)] == each.each), None)
        if element is not None and each is not None and path[len(each) : len(each) + 1] == ("*",):
            return walk(element, path[len(each) + 1 :], f"{'.'.join(each)}[]")
        return walk(self.resource, path, "")

    def _evidence(self, reads: list[Any], expected: str, element: Any) -> list[Evidence]:
        found: list[Evidence] = []
        for path in reads:
            for name, value in self._held(tuple(path), element):
                if isinstance(value, Value) and not is_parts(value.data):
                    location = value.seen[0] if value.seen else None
                    found.append(Evidence(name, observed(name, value.data), expected, location))
        return list(dict.fromkeys(found))

    def _unknown(self, reads: list[Any], element: Any) -> list[UnknownFact]:
        if isinstance(element, Unknown):
            return [UnknownFact("an element", element.reason, element.settles_it, element.location)]
        found: list[UnknownFact] = []
        for path in reads:
            for name, value in self._held(tuple(path), element):
                data = value.data if isinstance(value, Value) else value
                content = tuple(path) in self.judge.contents
                causes = [why_unknown(each, content) for each in (data if isinstance(data, list) else [data])]
                for unknown in filter(None, causes):
                    location = unknown.location or (value.seen[0] if isinstance(value, Value) and value.seen else None)
                    found.append(UnknownFact(name, unknown.reason, unknown.settles_it, location))
        return list(dict.fromkeys(found))

    def _message(self, text: str, name: str, element: Any) -> str:
        def put(match: re.Match[str]) -> str:
            first, *rest = match[1].split(".")
            if first == "params":
                return describe(self.params.get(rest[0]))
            if first == name and element is not None:
                held = walk(element, tuple(rest), "")
            elif first in ("name", "cloud", "region", "address"):
                return str(getattr(self.resource.identity, first))
            else:
                held = walk(self.resource, (first, *rest), "")
            values = [value.data if isinstance(value, Value) else value for _, value in held]
            return ", ".join("(unknown)" if isinstance(value, Unknown) else observed(match[1], value) for value in values) or "?"

        return _NAME.sub(put, text)


def _for_cloud(value: Any, cloud: str) -> Any:
    return value[cloud] if isinstance(value, dict) and cloud in value and value.keys() <= CLOUDS else value


@functools.cache
def _environment(name: str) -> cel.Environment:
    return cel.Environment((name,) if name else ())


def _programs(each: CompiledAssertion) -> tuple[cel.Program, cel.Program | None, str]:
    name = each.text.as_ if each.each else ""
    environment = _environment(name)
    return environment.load(each.that), environment.load(each.when) if each.when else None, name


def resource_ref(resource: Resource | Attributes, seen: list[Evidence] | None = None) -> ResourceRef:
    """The resource of a result; for an element, with only those of its blocks that the evidence was seen in, beside its own."""
    who = resource.identity
    blocks = who.blocks
    if seen is not None:
        places = [each.location for each in seen if each.location and each.location.line]
        contributed = [block for block in blocks if block.address == who.address or any(_within(place, block) for place in places)]
        blocks = contributed if any(block.address != who.address for block in contributed) or len(blocks) == 1 else blocks
    kind = type(resource).__name__ if isinstance(resource, Resource) else "Resource"
    return ResourceRef(
        id=who.id,
        kind=kind,
        name=who.name,
        cloud=who.cloud,
        account=who.account,
        region=who.region,
        address=who.address,
        root=who.root,
        blocks=blocks,
        type=who.type,
        named=who.unnamed is None and who.unlisted is None,
        stands_for=_stands_for(who),
        also_in=resource.also_in if isinstance(resource, Resource) else [],
    )


def _stands_for(who: Identity) -> StandsFor:
    if who.unlisted is not None:
        return "unlisted"
    return "part" if who.elsewhere is not None else "instances" if who.template is not None else "itself"


def _within(place: Location, block: BlockRef) -> bool:
    return place.file == block.file and block.start_line is not None and block.start_line <= place.line <= (block.end_line or 0)
