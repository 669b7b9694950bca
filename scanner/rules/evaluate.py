"""Judges resources by compiled rules.

Facts become the map that CEL sees; unknown ones are left out, so that CEL's own error handling (`&&`, `||`, `all` and `exists` absorb an
error that another operand decides) is Kleene logic. An error that survives because of a missing key is the verdict `unknown`.
Text such as `"${aws_kms_key.k.arn}/x"` is known not to be null, so it is there for `!= null` and left out where its content is asked for.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from assay.scanner.facts.model import ATTEST, CLOUDS, Part, Resource
from assay.scanner.rules import cel, options, statements, trace, view
from assay.scanner.rules.agreement import agreed
from assay.scanner.rules.judgement import Evidence, Judgement, Step, UnknownFact, Verdict
from assay.scanner.rules.load import CompiledControl
from assay.scanner.rules.questions import Question, ReadyAssertion
from assay.scanner.rules.schema import IDENTITY
from assay.scanner.rules.statements import Statements
from assay.scanner.rules.subject import Subject, environment, program
from assay.scanner.sources.raw import Reference, Text, Unknown
from assay.scanner.sources.values import Value

_FACTS_TOLD, _SHORT = 3, 60
"""How many facts a message names, and how many characters each of them has at most; all of them are in the evidence."""


class Judges:
    """Controls, ready to run, by the kind (or the input's own type) that they apply to."""

    def __init__(self, controls: Iterable[tuple[CompiledControl, dict[str, Any]]], stated: Statements | None = None) -> None:
        """`controls` come with the values of their params; `stated` is what people state of those that no input shows."""
        self._stated = stated or Statements()
        self._controls: dict[str, list[tuple[CompiledControl, dict[str, Any]]]] = {}
        for compiled, params in controls:
            self._controls.setdefault(compiled.source_type or compiled.kind, []).append((compiled, params))
        self._panels: dict[str, list[_Panel]] = {}

    @property
    def applies_to(self) -> set[str]:
        """The names of kinds, and the input's own types, that any of the controls judges."""
        return set(self._controls)

    def judge(self, name: str, resource: Resource | view.Attributes) -> Iterator[Judgement]:
        """The verdicts of all controls that apply to what has this name: every failing and unknown assertion, or one for the whole."""
        if name not in self._controls:
            return
        if name not in self._panels:
            self._panels[name] = _panels([Judge(compiled, params, self._stated) for compiled, params in self._controls[name]])
        for panel in self._panels[name]:
            subject = panel.subject(resource)
            for judge in panel.judges:
                judgements = judge.judge(subject)
                if resource.identity.in_each is not None and any(judgement.verdict == "unknown" for judgement in judgements):
                    ways = resource.identity.in_each()
                    judgements = agreed(judgements, [judge.judge(panel.subject(way)) if way is not None else [] for way in ways])
                yield from judgements


def _panels(judges: list[Judge]) -> list[_Panel]:
    """Judges of a kind share what they see. Nulls that one rule asks for in the attributes of a type are not there for another."""
    return [_Panel([judge]) for judge in judges] if judges[0].compiled.source_type else [_Panel(judges)]


class _Panel:
    """Controls that see one map of a resource."""

    def __init__(self, judges: list[Judge]) -> None:
        self.judges = judges
        reads = list(dict.fromkeys(path for judge in judges for path in judge.reads))
        self._shape = view.shape_of(reads, {path for judge in judges for path in judge.contents})
        self._nulls = [path for path in reads if path[0] not in IDENTITY] if judges[0].compiled.source_type else []

    def subject(self, resource: Resource | view.Attributes) -> Subject:
        return Subject(resource, self._shape, self._nulls)


class Judge:
    """One control, ready to run."""

    def __init__(self, compiled: CompiledControl, params: dict[str, Any], stated: Statements) -> None:
        self.compiled, self.control, self.stated = compiled, compiled.control, stated
        of_clouds = {cloud: {name: _for_cloud(value, cloud) for name, value in params.items()} for cloud in (*CLOUDS, "")}
        # What is not configured is not there, as a fact that is not known is not.
        self.params = {cloud: {name: value for name, value in given.items() if value is not None} for cloud, given in of_clouds.items()}
        self.unset = {cloud: [name for name, value in given.items() if value is None] for cloud, given in of_clouds.items()}
        self.assertions = [ReadyAssertion(number, assertion) for number, assertion in enumerate(compiled.assertions)]
        reads = list(dict.fromkeys(path for assertion in compiled.assertions for path in assertion.reads))
        self.reads = [*compiled.when_reads, *reads]
        whole = [*compiled.when_contents, *(path for assertion in compiled.assertions for path in assertion.contents)]
        self.contents = list(dict.fromkeys(whole))
        self.takes_params = "params" in self.control.when
        self.any_takes_params = self.takes_params or any(assertion.takes_params for assertion in self.assertions)
        self.holds = Question("", " and ".join(assertion.text.that for assertion in compiled.assertions), reads)
        self.excludes = Question("", self.control.when, compiled.when_reads)
        self.applies = Question("when", self.control.when, compiled.when_reads)

    @functools.cached_property
    def when(self) -> cel.Program | None:
        """The condition under which the control applies; None where it always does."""
        return program(self.compiled.when) if self.compiled.when else None

    @functools.cached_property
    def outcome(self) -> cel.Program | None:
        """What `CompiledControl.outcome` says; None where there is none."""
        return program(self.compiled.outcome) if self.compiled.outcome else None

    def judge(self, subject: Subject) -> list[Judgement]:
        """The verdicts on one resource: every failing and unknown assertion, or one for the whole."""
        judgements = self._by_facts(subject)
        return self._by_statement(judgements, subject) if self.control.attested else judgements

    def _by_statement(self, judgements: list[Judgement], subject: Subject) -> list[Judgement]:
        """The verdicts where what no input shows is as somebody states."""
        unsettled = [judgement for judgement in judgements if statements.is_open(judgement)]
        if not unsettled:
            return judgements
        answer = self.stated.of(self.control.id, subject.resource.identity)
        if isinstance(answer, str):
            return [statements.unstated(judgement, answer) if judgement in unsettled else judgement for judgement in judgements]
        if not answer.holds:
            return [statements.refuted(judgement, answer) if judgement in unsettled else judgement for judgement in judgements]
        rest = [judgement for judgement in judgements if judgement not in unsettled]
        whole = _Hearing(self, subject).judgement(self.holds, "pass", f"{self.control.title}: as {answer.owner} states")
        return rest or [msgspec.structs.replace(whole, evidence=statements.told(whole, answer))]

    def _by_facts(self, subject: Subject) -> list[Judgement]:
        who, hearing = subject.resource.identity, _Hearing(self, subject)
        if who.unlisted is not None:
            return [hearing.not_listed(who.unlisted)]
        holds, said = self.outcome.evaluate(hearing.activation(self.contents, self.any_takes_params)) if self.outcome else (None, "")
        if holds:
            return [hearing.judgement(self.holds, "pass", self.control.title)]
        if self.when is not None and said == cel.NOT_APPLICABLE:
            return [hearing.not_applicable(self.excludes)]
        if self.when is not None and holds is None:
            applies, error = self.when.evaluate(hearing.activation(self.compiled.when_contents, self.takes_params))
            if applies is False:
                return [hearing.not_applicable(self.excludes)]
            if applies is None:
                undecided = hearing.undecided(self.applies, error, "the control applies")
                return self._of_this_code([undecided], hearing) if who.elsewhere is not None else [undecided]
        findings = [judgement for assertion in self.assertions for judgement in hearing.findings(assertion)]
        if not self.assertions:
            findings = [hearing.not_shown()]
        if findings:
            return self._of_this_code(findings, hearing) if who.elsewhere is not None else findings
        return [hearing.judgement(self.holds, "pass", self.control.title)]

    def _of_this_code(self, judgements: list[Judgement], hearing: _Hearing) -> list[Judgement]:
        """Of a resource that is declared elsewhere, only what is said of it here is a matter of this code.

        Without verdicts that are unknown for no other reason than that it is declared elsewhere. Where nothing is left, what is
        attached to it here (a grant, a copy) passes by itself.
        """
        why = hearing.subject.resource.identity.elsewhere
        own = [judgement for judgement in judgements if not _is_for(judgement, why)]
        if own:
            return own
        findings = (judgement for assertion in self.assertions for judgement in hearing.findings(assertion))
        if not all(_is_for(judgement, why) for judgement in findings):
            return judgements  # it is not known whether the control applies, and it matters
        if any(hearing.holds_of_an_element(assertion) for assertion in self.assertions):
            return [hearing.judgement(self.holds, "pass", f"{self.control.title}: as far as it is declared here")]
        return []


def _is_for(judgement: Judgement, why: Unknown | None) -> bool:
    """Whether a verdict is unknown for one reason alone."""
    unknown = judgement.verdict == "unknown" and judgement.unknown
    return bool(unknown) and all(why is not None and fact.reason == why.reason for fact in judgement.unknown)


class _Hearing:
    """One control on one resource."""

    __slots__ = ("judge", "params", "subject")

    def __init__(self, judge: Judge, subject: Subject) -> None:
        self.judge, self.subject = judge, subject
        self.params = judge.params[subject.resource.identity.cloud]

    def activation(self, contents: list[cel.Path], takes_params: bool) -> Any:
        return self.subject.activation(contents, self.params if takes_params else None)

    def findings(self, assertion: ReadyAssertion) -> Iterable[Judgement]:
        """What an assertion finds: nothing where it holds."""
        if not assertion.list:
            return self._findings(assertion, self.activation(assertion.contents, assertion.takes_params), "", None)
        elements = self.subject.fact(assertion.list).data
        if elements is None or elements == []:
            return ()
        if isinstance(elements, (Unknown, Reference, Text)):
            return (self.undecided(assertion.is_list, "", self._message(assertion, None)),)
        if isinstance(elements, list):
            assert assertion.of_all is not None
            holds, _ = assertion.of_all.evaluate(self.activation(assertion.contents, assertion.takes_params))
            return () if holds else self._findings_of_elements(assertion, elements)
        return self._findings_of_elements(assertion, [elements])

    def holds_of_an_element(self, assertion: ReadyAssertion) -> bool:
        """Whether an assertion counts for, and holds of, an element of its list that is known."""
        elements = self.subject.fact(assertion.list).data if assertion.list else None
        known = [element for element in elements if isinstance(element, Part)] if isinstance(elements, list) else []
        counted = (element for element in known if assertion.when is None or self._is(assertion.when, assertion, element))
        return any(not list(self._findings_of_elements(assertion, [element])) for element in counted)

    def _is(self, condition: cel.Program, assertion: ReadyAssertion, element: Part) -> bool:
        """Whether a condition of an assertion is true of an element."""
        facts = view.convert(element)
        activation = self._activation_of(assertion, element, facts, self.subject.facts(assertion.contents))
        return condition.evaluate(activation)[0] is True

    def _findings_of_elements(self, assertion: ReadyAssertion, elements: list[Any]) -> Iterator[Judgement]:
        resource = self.subject.facts(assertion.contents)
        if assertion.beside is not None:  # what each element is judged with is converted each time
            resource = {name: resource[name] for name in assertion.beside if name in resource}
        count: dict[str, int] = {}
        told: dict[str, list[UnknownFact]] = {}
        for element in elements:
            facts = {} if isinstance(element, (Unknown, Reference, Text)) else view.convert(element)
            alike = key = trace.element_key(element)
            count[key] = count.get(key, 0) + 1
            key += f"#{count[key]}" if count[key] > 1 else ""  # equal elements are findings of their own
            if not isinstance(facts, dict):
                problem = f"the rule raised: an element of {'.'.join(assertion.list)} has no attributes"
                yield self.judgement(assertion.is_list.about(key, None), "error", problem)
                continue
            activation = self._activation_of(assertion, element, facts, resource)
            for finding in self._findings(assertion, activation, key, element):
                if finding.verdict != "unknown" or told.get(alike) != finding.unknown:
                    yield finding  # nobody could tell another unknown from the one before, and one answer settles both
                told[alike] = finding.unknown

    def _findings(self, assertion: ReadyAssertion, activation: Any, key: str, element: Any) -> Iterable[Judgement]:
        """One finding or none, on the resource itself or on an element."""
        if assertion.when is not None:
            applies, error = assertion.when.evaluate(activation)
            if applies is False:
                return ()
            if applies is None:
                if assertion.that.evaluate(activation)[0] is True:
                    return ()  # whether it counts or not, it holds
                agreed = self._agreed(assertion, element)
                if agreed is None:
                    return (self.undecided(assertion.counts.about(key, element), error, self._message(assertion, element)),)
                return () if agreed else (self.judgement(assertion.holds.about(key, element), "fail", self._message(assertion, element)),)
        holds, error = assertion.that.evaluate(activation)
        holds = self._agreed(assertion, element) if holds is None else holds
        if holds:
            return ()
        question, message = assertion.holds.about(key, element), self._message(assertion, element)
        return (self.undecided(question, error, message) if holds is None else self.judgement(question, "fail", message),)

    def _agreed(self, assertion: ReadyAssertion, element: Any) -> bool | None:
        """What an assertion says whichever of their options the facts have; None where that differs, or is not known."""
        of_resource = [path for path in assertion.holds.reads if not self._in_list(assertion, path)]
        resources = options.combinations(self.subject.resource, of_resource)
        elements = options.combinations(element, assertion.element_reads)
        if not 1 < len(resources) * len(elements) <= options.MAX_COMBINATIONS:
            return None
        said: set[bool | None] = set()
        for resource in resources:
            hearing = _Hearing(self.judge, self.subject.instead(resource))
            for part in elements:
                said.add(hearing._says(assertion, part))
                if len(said) > 1 or None in said:
                    return None
        return said.pop()

    @staticmethod
    def _in_list(assertion: ReadyAssertion, path: cel.Path) -> bool:
        return bool(assertion.list) and path[: len(assertion.list)] == assertion.list

    def _says(self, assertion: ReadyAssertion, element: Any) -> bool | None:
        """Whether an assertion holds, of an element where it is about those of a list; None where that is not known."""
        if assertion.list:
            facts = view.convert(element)
            if not isinstance(element, Part) or not isinstance(facts, dict):
                return None
            activation = self._activation_of(assertion, element, facts, self.subject.facts(assertion.contents))
        else:
            activation = self.activation(assertion.contents, assertion.takes_params)
        applies = True if assertion.when is None else assertion.when.evaluate(activation)[0]
        holds = True if applies is False else assertion.that.evaluate(activation)[0]
        return holds if applies is not None or holds else None

    def _activation_of(self, assertion: ReadyAssertion, element: Any, facts: dict[str, Any], resource: dict[str, Any]) -> Any:
        """What an expression on an element sees; `facts` and `resource` are the maps of both."""
        for path in assertion.element_reads if isinstance(element, dict) else ():
            facts = view.with_nulls(element, facts, path)
        for path in assertion.element_contents:
            facts = view.settled(element, facts, path)
        return environment(assertion.name).activation({"resource": resource, "params": self.params, assertion.name: facts})

    def _message(self, assertion: ReadyAssertion, element: Any) -> str:
        return trace.filled_in(assertion.text.message, self.subject.resource, self.params, assertion.name, element)

    def undecided(self, question: Question, error: str, message: str) -> Judgement:
        """Unknown where an unknown fact is behind the error, else an error of the rule."""
        unknown = self._unknown(question)
        missing = cel.missing_key(error)
        unset = [name for name in self.judge.unset[self.subject.resource.identity.cloud] if f"params.{name}" in question.expected]
        if missing is not None and (missing in unset or (unset and not unknown)):
            told = [
                UnknownFact(f"params.{name}", f"the param {name} is not set", f"set {name} under params in assay.yaml", None)
                for name in unset
            ]
            return self.judgement(question, "unknown", self._not_known(message), told)
        if unknown and (missing is not None or not error):
            behind = [fact for fact in unknown if fact.fact.rpartition(".")[2] == missing] or unknown
            return self.judgement(question, "unknown", self._not_known(message), behind)
        return self.judgement(question, "error", f"the rule raised: {error or 'no unknown fact explains it'}")

    def _not_known(self, message: str) -> str:
        """What is asked, of the message of a failure; of one that would tell too little of it, by the title of the control.

        Of a control that asks one thing, the title says as much as a message does that cannot name what it is about.
        """
        nameless = message.startswith(trace.NOT_KNOWN) and len(self.judge.assertions) == 1
        if message.count(trace.NOT_KNOWN) < 2 and not nameless:
            return f"not known whether {message}"
        return f"not known of {self.subject.resource.identity.name}: {self.judge.control.title}"

    def not_applicable(self, question: Question) -> Judgement:
        """The verdict where the condition of the control is false, with the facts that make it so."""
        judgement = self.judgement(question, "not_applicable", "")
        told = [f"{fact.fact} is {fact.observed}" for fact in judgement.evidence if len(fact.observed) <= _SHORT][:_FACTS_TOLD]
        behind = f" ({', '.join(told)})" if told else ""
        return msgspec.structs.replace(judgement, message=f"the control applies only where {' '.join(question.expected.split())}{behind}")

    def not_listed(self, why: Unknown) -> Judgement:
        """The one verdict on resources of which not even the number is known."""
        resource = self.subject.resource
        more = "" if isinstance(resource, Resource) and resource.of_estate else "there may be more of them: "
        message = f"not known: {more}{resource.identity.name}"
        unknown = [UnknownFact("an element", why.reason, why.settles_it, why.location)]
        return self.judgement(Question("", self.judge.control.title, []), "unknown", message, unknown)

    def not_shown(self) -> Judgement:
        """The verdict of a control that no input shows."""
        unknown = [UnknownFact("the control", "no input shows it", ATTEST, None)]
        return self.judgement(self.judge.holds, "unknown", f"not known: {self.judge.control.title}", unknown)

    def judgement(self, question: Question, verdict: Verdict, message: str, unknown: Iterable[UnknownFact] = ()) -> Judgement:
        who = self.subject.resource.identity
        if who.perhaps is not None and verdict == "fail":
            why = who.perhaps
            verdict, message = "unknown", f"not known whether {message}"
            unknown = [UnknownFact(f"whether it is a {type(self.subject.resource).__name__}", why.reason, why.settles_it, why.location)]
        if who.template is not None and verdict in ("fail", "unknown"):
            message += f" (how many of these there are is not known: {who.template.reason})"
        if who.elsewhere is not None and verdict == "fail":
            message += f" ({who.elsewhere.reason}, and what may limit this there is not seen)"
        element = trace.element_name(question.element)
        evidence = self._evidence(question, verdict)
        steps = self._steps(question) if verdict in ("fail", "unknown") else []
        return Judgement(self.judge.control, verdict, message, question.assertion, question.key, element, evidence, list(unknown), steps)

    def _steps(self, question: Question) -> list[Step]:
        """The way that a finding stands on, as far as it is known."""
        told = self._walk(question, question.steps) if question.steps else []
        return [made for _, value in told if isinstance(value, Value) and isinstance(value.data, list) for made in trace.way(value.data)]

    def _evidence(self, question: Question, verdict: Verdict) -> list[Evidence]:
        observations: dict[trace.Observation, None] = {}
        for path in question.reads:
            of_element = question.is_of_element(path)
            met = trace.observations(self._walk(question, path)) if of_element else self.subject.observations(path)
            observations.update(dict.fromkeys(met))
        told = [Evidence(fact, observed, question.expected, location) for fact, observed, location in observations]
        if verdict not in ("pass", "fail"):
            return told
        beside = (seen for path in self.judge.compiled.evidence for seen in self.subject.observations(path) if seen not in observations)
        return [*told, *(Evidence(fact, observed, "", location) for fact, observed, location in beside)]

    def _unknown(self, question: Question) -> list[UnknownFact]:
        """What of the facts in question is not known."""
        if isinstance(question.element, (Unknown, Reference, Text)):
            why = trace.why_unknown(question.element, content=True)
            return [UnknownFact("an element", why.reason, why.settles_it, why.location)] if why is not None else []
        contents = self.judge.contents
        unknown = [fact for path in question.reads for fact in trace.unknown_facts(self._walk(question, path), path in contents)]
        return list(dict.fromkeys(unknown))

    def _walk(self, question: Question, path: cel.Path) -> list[tuple[str, Any]]:
        """(name, value) of a fact that was read: of all elements of a list, or of the one in question."""
        if question.is_of_element(path):
            return trace.walk(question.element, path[len(question.list) + 1 :], f"{'.'.join(question.list)}[]")
        return self.subject.walk(path)


def _for_cloud(value: Any, cloud: str) -> Any:
    return value[cloud] if isinstance(value, dict) and cloud in value and value.keys() <= CLOUDS else value
