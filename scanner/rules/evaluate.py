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

import msgspec

from scanner.facts.base import BlockRef, Identity, Part, Resource, identity
from scanner.results.model import Evidence, ResourceRef, Result, UnknownFact, Verdict, fingerprint
from scanner.rules import cel
from scanner.rules.load import CompiledAssertion, CompiledControl
from scanner.rules.schema import IDENTITY
from scanner.sources.interface import Item
from scanner.sources.values import Document, Location, Reference, Text, Unknown, Value, describe

_NAME = re.compile(r"\{([\w.]*)\}")
_SECRET_NAME = re.compile(
    r"(?:passw|passphrase|secret|private_key|api_?key|access_?key|token|credential|connection_string)(?![a-z_]*_(?:arn|id|name|version)\b)",
    re.IGNORECASE,
)
MAX_OBSERVED = 300


class Attributes(msgspec.Struct):
    """A resource that no kind models, for rules that name an input's own type: its attributes as the input gives them, else null."""

    identity: Any
    attributes: Value[Any]


class Judge:
    """One control, ready to run."""

    def __init__(self, compiled: CompiledControl, params: dict[str, Any]) -> None:
        self.compiled, self.control = compiled, compiled.control
        self._params = {cloud: {name: _for_cloud(value, cloud) for name, value in params.items()} for cloud in ("aws", "google")}
        environment = _environment("")
        self._when = environment.load(compiled.when) if compiled.when else None
        self._assertions = [(each, *_programs(each)) for each in compiled.assertions]
        self.reads = list(dict.fromkeys(path for each in compiled.assertions for path in each.reads))
        self.contents = {*compiled.when_contents, *(path for each in compiled.assertions for path in each.contents)}

    def judge(self, resource: Resource | Attributes, facts: dict[str, Any], scope: str) -> Iterator[Result]:
        """The verdicts on one resource: every failing and unknown assertion, or one result for the whole."""
        subject = _Subject(self, resource, facts, scope)
        if self._when is not None:
            applies, error = self._when.evaluate(subject.activation(self.compiled.when_contents))
            if applies is False:
                yield subject.result("not_applicable", "", self.control.title, "", self.compiled.when_reads, self.control.when)
                return
            if applies is None:
                result = subject.undecided(error, "when", "whether the control applies", "", self.compiled.when_reads, self.control.when)
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
        cloud = resource.identity.cloud
        self.params = judge._params["google" if cloud == "google" else "aws"]
        if isinstance(resource, Attributes):
            for path in (*judge.compiled.when_reads, *judge.reads):
                self.facts = _with_nulls(resource, self.facts, path) if path[0] not in IDENTITY else self.facts

    def activation(self, contents: list[cel.Path]) -> Any:
        """What an expression sees that asks for these contents."""
        return _environment("").activation({"resource": self._settled(contents), "params": self.params})

    def _settled(self, contents: list[cel.Path]) -> Any:
        facts = self.facts
        for path in contents:
            facts = _settled(self.resource, facts, path)
        return facts

    def assertion(self, at: int, each: CompiledAssertion, that: cel.Program, when: cel.Program | None, name: str) -> Iterator[Result]:
        if not each.each:
            yield from self._one(at, each, that, when, self.activation(each.contents), "", None)
            return
        held = _fact(self.resource, each.each)
        if isinstance(held.data, (Unknown, Reference, Text)):
            yield self.undecided("", str(at), each.text.message, "", [each.each], each.text.that)
            return
        resource = self._settled(each.contents)
        met: dict[str, int] = {}
        for element in held.data if isinstance(held.data, list) else () if held.data is None else (held.data,):
            facts = {} if isinstance(element, (Unknown, Reference, Text)) else _convert(element)
            key = _element_key(facts)
            met[key] = met.get(key, 0) + 1
            key += f"#{met[key]}" if met[key] > 1 else ""  # equal elements are findings of their own
            if not isinstance(facts, dict):
                problem = f"the rule raised: an element of {'.'.join(each.each)} has no attributes"
                yield self.result("error", str(at), problem, key, [each.each], each.text.that)
                continue
            for path in _below(each.reads, each.each) if isinstance(element, dict) else ():
                facts = _with_nulls(element, facts, path)
            for path in _below(each.contents, each.each):
                facts = _settled(element, facts, path)
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
            element=_element_name(element),
            resource=resource_ref(self.resource, evidence if element is not None else None),
            evidence=evidence,
            unknown=unknown or [],
        )

    def _held(self, path: tuple[str, ...], element: Any) -> list[tuple[str, Any]]:
        """(name, value) of a fact that was read; of all elements, or of the one that is judged."""
        each = next((each.each for each in self.judge.compiled.assertions if each.each and path[: len(each.each)] == each.each), None)
        if element is not None and each is not None and path[len(each) : len(each) + 1] == ("*",):
            return _walk(element, path[len(each) + 1 :], f"{'.'.join(each)}[]")
        return _walk(self.resource, path, "")

    def _evidence(self, reads: list[Any], expected: str, element: Any) -> list[Evidence]:
        found: list[Evidence] = []
        for path in reads:
            for name, value in self._held(tuple(path), element):
                if isinstance(value, Value) and not _is_parts(value.data):
                    location = value.seen[0] if value.seen else None
                    found.append(Evidence(name, _observed(name, value.data), expected, location))
        return list(dict.fromkeys(found))

    def _unknown(self, reads: list[Any], element: Any) -> list[UnknownFact]:
        if isinstance(element, Unknown):
            return [UnknownFact("an element", element.reason, element.settles_it, element.location)]
        found: list[UnknownFact] = []
        for path in reads:
            for name, value in self._held(tuple(path), element):
                data = value.data if isinstance(value, Value) else value
                content = tuple(path) in self.judge.contents
                causes = [_why_unknown(each, content) for each in (data if isinstance(data, list) else [data])]
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
                held = _walk(element, tuple(rest), "")
            elif first in ("name", "cloud", "region", "address"):
                return str(getattr(self.resource.identity, first))
            else:
                held = _walk(self.resource, (first, *rest), "")
            values = [value.data if isinstance(value, Value) else value for _, value in held]
            return ", ".join("(unknown)" if isinstance(value, Unknown) else _observed(match[1], value) for value in values) or "?"

        return _NAME.sub(put, text)


def _for_cloud(value: Any, cloud: str) -> Any:
    return value[cloud] if isinstance(value, dict) and value.keys() <= {"aws", "google"} and cloud in value else value


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
    )


def _within(place: Location, block: BlockRef) -> bool:
    return place.file == block.file and block.start_line is not None and block.start_line <= place.line <= (block.end_line or 0)


@functools.cache
def _fields(cls: Any) -> tuple[str, ...]:
    return tuple(field.name for field in msgspec.structs.fields(cls) if field.name != "identity")


def resource_facts(resource: Resource | Attributes) -> dict[str, Any]:
    """The map that rules read. Unknown facts are not in it."""
    named = {name: _named(resource.identity, name).data for name in IDENTITY}
    return {**{name: data for name, data in named.items() if not isinstance(data, Unknown)}, **to_cel(resource)}


def _named(who: Identity, name: str) -> Value[Any]:
    """A fact of an identity."""
    if name == "name" and who.unnamed is not None:
        return Value(who.unnamed)
    data = getattr(who, name)
    return Value(Unknown(f"the {name} is not known", "scan the live resource") if data is None else data)


def to_cel(part: Any) -> dict[str, Any]:
    built: dict[str, Any] = {}
    for name in _fields(part.__class__):
        converted = _convert(getattr(part, name))
        if not isinstance(converted, Unknown):
            built[name] = converted
    return built


def _convert(data: Any) -> Any:
    if isinstance(data, Value):
        data = data.data
    if data is None or isinstance(data, (str, bool, int, float, Unknown)):
        return data
    if isinstance(data, Part):
        return to_cel(data)
    if isinstance(data, list):
        # An element that is not known is an empty map: whatever is asked of it is an error, which is unknown.
        return [{} if isinstance(each, Unknown) else _convert(each) for each in data]
    if isinstance(data, dict):
        return {key: converted for key, each in data.items() if not isinstance(converted := _convert(each), Unknown)}
    if isinstance(data, (Reference, Text)):
        return str(data)
    return describe(data)


def _with_nulls(raw: Any, facts: Any, path: cel.Path) -> Any:
    """The map of a resource or element with null where nothing is written at a path."""
    raw = raw.data if isinstance(raw, Value) else raw
    if isinstance(raw, list) and isinstance(facts, list) and path[:1] == ("*",):
        return [_with_nulls(each, held, path[1:]) for each, held in zip(raw, facts, strict=True)]
    if not path or not isinstance(facts, dict) or isinstance(raw, Unknown):
        return facts
    written = raw.get(path[0]) if isinstance(raw, dict) else getattr(raw, path[0], None)
    if path[0] in facts:
        return {**facts, path[0]: _with_nulls(written, facts[path[0]], path[1:])}
    return {**facts, path[0]: None} if written is None else facts


_GONE: Any = object()


def _settled(raw: Any, facts: Any, path: cel.Path) -> Any:
    """The map of a resource or part without what is at a path, where its content is not known in full."""
    raw = raw.data if isinstance(raw, Value) else raw
    if isinstance(raw, (Reference, Text)) or (path in ((), ("*",)) and _partly_known(raw)):
        return _GONE
    if not path:
        return facts
    first, rest = path[0], path[1:]
    if first == "*" and isinstance(raw, list) and isinstance(facts, list):
        kept = [_settled(each, held, rest) for each, held in zip(raw, facts, strict=True)]
        return [{} if each is _GONE else each for each in kept]
    if not isinstance(facts, dict) or first not in facts:
        return facts
    held = _settled(raw.get(first) if isinstance(raw, dict) else getattr(raw, first, None), facts[first], rest)
    if held is facts[first]:
        return facts
    return {name: each for name, each in facts.items() if name != first} if held is _GONE else {**facts, first: held}


def _partly_known(raw: Any) -> bool:
    if isinstance(raw, Value):
        return _partly_known(raw.data)
    if isinstance(raw, (list, dict)):
        return any(_partly_known(each) for each in (raw.values() if isinstance(raw, dict) else raw))
    return isinstance(raw, (Unknown, Reference, Text))


def _why_unknown(data: Any, content: bool) -> Unknown | None:
    if isinstance(data, Unknown):
        return data
    return Value(data).text().unknown if content and isinstance(data, (Reference, Text)) else None


def _below(paths: list[cel.Path], each: cel.Path) -> list[cel.Path]:
    """Those of the paths that read an element of a list, from there."""
    own = (*each, "*")
    return [path[len(own) :] for path in paths if path[: len(own)] == own and len(path) > len(own)]


def _fact(resource: Any, path: tuple[str, ...]) -> Value[Any]:
    held = _walk(resource, path, "")
    value = held[0][1] if held else Value(None)
    return value if isinstance(value, Value) else Value(value)


def _walk(at: Any, path: tuple[str, ...], name: str) -> list[tuple[str, Any]]:
    """Every value at a path of facts below a resource or part; stops where one is unknown or absent."""
    data = at.data if isinstance(at, Value) else at
    if not path or isinstance(data, Unknown) or data is None:
        return [(name, at)]
    first, rest = path[0], path[1:]
    if first == "*":
        elements = data if isinstance(data, list) else []
        return [found for each in elements for found in _walk(each, rest, f"{name}[]")]
    if isinstance(data, dict):
        held = data.get(first)
        return _walk(
            held if isinstance(held, (Value, Unknown)) else Value(held, at.seen if isinstance(at, Value) else ()),
            rest,
            f"{name}.{first}" if name else first,
        )
    if hasattr(data, first):
        return _walk(getattr(data, first), rest, f"{name}.{first}" if name else first)
    return [(first, _named(data.identity, first))] if hasattr(data, "identity") and first in IDENTITY else []


def _is_parts(data: Any) -> bool:
    return isinstance(data, Part) or (isinstance(data, list) and any(isinstance(each, (Part, Unknown)) for each in data))


def _observed(name: str, data: Any) -> str:
    text = describe(_masked(name, data))
    return text if len(text) <= MAX_OBSERVED else text[: MAX_OBSERVED - 1] + "…"


def _masked(name: str, data: Any) -> Any:
    """The data without text that its name makes out to be secret."""
    if isinstance(data, Value):
        return _masked(name, data.data)
    if isinstance(data, dict):
        return {key: _masked(f"{name}.{key}", each) for key, each in data.items()}
    if isinstance(data, list):
        return [_masked(name, each) for each in data]
    return "(not shown)" if isinstance(data, (str, Text, Document)) and _SECRET_NAME.search(name) else data


def _element_key(facts: Any) -> str:
    return msgspec.json.encode(facts, order="deterministic").decode()


def _element_name(element: Any) -> str:
    """What tells an element from the others of its list: its first facts."""
    if element is None or isinstance(element, Unknown):
        return ""
    if not isinstance(element, Part):
        return _observed("", element)
    texts = [describe(getattr(element, name).data) for name in _fields(element.__class__) if not _is_parts(getattr(element, name).data)]
    return ", ".join(text for text in texts if text not in ("true", "false"))[:MAX_OBSERVED]


def raw_attributes(item: Item) -> Attributes:
    """A resource by its own attributes, each with its place, for rules on types that no kind models."""
    written = item.attributes()
    if isinstance(written.data, dict):
        placed = {name: (item[name], held) for name, held in written.data.items()}
        located: dict[str, Value[Any]] = {
            name: Value(own.data if isinstance(held, Unknown) else held, own.seen) for name, (own, held) in placed.items()
        }
        written = Value(located, written.seen)
    return Attributes(identity=identity(item, name=item["name"]), attributes=written)
