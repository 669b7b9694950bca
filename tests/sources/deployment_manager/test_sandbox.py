"""Templates of strangers end, stay in the sandbox, and guess nothing."""

from __future__ import annotations

import time
from typing import Any

import pytest

from assay.scanner.sources.budget import Budget
from assay.scanner.sources.deployment_manager.expand import worlds
from assay.scanner.sources.deployment_manager.limits import MAX_SIZE, Choices, OpenProperties
from assay.scanner.sources.deployment_manager.marks import ValueMarks, lines
from assay.scanner.sources.deployment_manager.sandbox import FAILURES, Sandbox, render
from assay.scanner.sources.raw import Reference, Text, Unknown
from tests.patience import SOON

PROJECT = Reference("env", "project")


def rendered(
    source: str, properties: Any = None, answers: tuple[bool, ...] = (), **others: str
) -> tuple[Any, Choices, list[tuple[int, int]]]:
    """(the text with values in the place of marks, what was asked, the origin of each line)."""
    marks, choices = ValueMarks(), Choices(answers)
    jinja = Sandbox({"t": source, **others}, marks, choices, Budget(400_000, MAX_SIZE))
    given = {} if properties is None else properties
    text, origins = lines(render(jinja, "t", {"properties": given, "env": {"name": "n", "project": marks.mark(PROJECT)}}))
    return marks.value(text), choices, origins


BOMBS = {
    "a range": "{% for i in range(10**9) %}x{% endfor %}",
    "loops in loops": "{% for i in range(9000) %}{% for j in range(9000) %}{{ i }}{% endfor %}{% endfor %}",
    "a multiplied text": "{{ 'a' * 10**9 }}",
    "a multiplied list": "{{ ['x' * 1000000] * 1000 }}",
    "a number": "{{ 10**10**10 }}",
    "a doubling text": "{% set n = namespace(x='ab') %}{% for i in range(99) %}{% set n.x = n.x ~ n.x %}{% endfor %}{{ n.x }}",
    "a doubling list": "{% set n = namespace(x=['a']) %}{% for i in range(99) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x }}",
    "a doubling comparison": "{% set n = namespace(x=['a']) %}{% for i in range(99) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x == n.x }}",
    "replacing": "{% set n = namespace(x='ab') %}{% for i in range(99) %}{% set n.x = n.x.replace('a', n.x) %}{% endfor %}",
    "a filter that replaces": "{{ ('x' * 1000000)|replace('x', 'y' * 1000) }}",
    "joining": "{{ ('x' * 100000)|join('y' * 100000)|length }}",
    "indenting": "{{ ('\\n' * 1000000)|indent(9999, true, true)|length }}",
    "a format with a width": "{{ '%1000000000d' % 1 }}",
    "another": "{{ '{:>1000000000}'.format(1) }}",
    "a width that is given": "{{ '{:>{}}'.format(1, 10**9) }}",
    "a format of many": "{{ ('{0}' * 10000).format('x' * 100000)|length }}",
    "including itself": "{% include 't' %}",
    "extending itself": "{% extends 't' %}",
    "importing itself": "{% import 't' as t %}{{ t.x }}",
    "a macro that calls itself twice": "{% macro a(n) %}{% if n > 0 %}{{ a(n-1) }}{{ a(n-1) }}{% endif %}{% endmacro %}{{ a(40) }}",
    "a recursive loop": "{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}",
    "brackets": "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "a long sum": "{{ " + "1+" * 50_000 + "1 }}",
    "deep blocks": "{% if 1 %}" * 3000 + "{% endif %}" * 3000,
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_ends(bomb: str) -> None:
    began = time.process_time()
    with pytest.raises(FAILURES):
        rendered(BOMBS[bomb])
    assert time.process_time() - began < SOON


def test_what_is_written_once_is_paid_for_once_wherever_a_loop_stands() -> None:
    def spent(source: str) -> int:
        budget = Budget(400_000, MAX_SIZE)
        render(Sandbox({"t": source}, ValueMarks(), Choices(()), budget), "t", {})
        return MAX_SIZE - budget.size

    loop, text = "{% for i in [1, 2] %}a{% endfor %}", "b" * 5_000
    assert spent(loop + text) == spent(text + loop) < spent(loop.replace("a", text))


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ ''|attr('__class__') }}",
        "{{ properties.__class__.__init__ }}",
        "{{ self.__init__.__globals__ }}",
        "{{ range.__self__ }}",
        "{{ namespace.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__.os.popen('true').read() }}",
        "{{ '{0.__class__}'.format(1) }}",
        "{{ ''.format.__globals__ }}",
        "{{ ''.encode.__self__ }}",
        "{{ [].append(1) }}",
        "{{ lipsum(9) }}",
        "{{ 'a'|center(9) }}",
    ],
)
def test_nothing_gets_out(source: str) -> None:
    with pytest.raises(FAILURES):
        rendered(source)


def test_what_is_not_set_is_unknown_where_it_is_written_and_false_where_it_is_asked() -> None:
    value, choices, _ = rendered("{{ properties['x'] }}")
    assert value == Unknown("the template writes x, which is not set", "set x for the template")
    value, choices, _ = rendered("{% if properties['x'] %}a{% else %}b{% endif %}{{ properties['y']|default('c') }}")
    assert (value, choices.made) == ("bc", {})


@pytest.mark.parametrize(("source", "text"), [("{{ 'ab' * 2 }}", "abab"), ("{{ 2 * 'ab' }}", "abab"), ("{{ ([1] * 3)|length }}", "3"), ("{{ 2 * 3 }}", "6")])
def test_texts_and_lists_are_repeated(source: str, text: str) -> None:
    assert rendered(source)[0] == text


def test_work_that_keeps_a_value_whole_goes_on() -> None:
    source = "{{ 'a-%s' % env.project }}/{{ '{}-b'.format(env['project']) }}/{{ env.project ~ '-c' }}/{{ ['d', env.project]|join('-') }}"
    value, choices, _ = rendered(source)
    assert str(value) == "a-${env.project}/${env.project}-b/${env.project}-c/d-${env.project}"
    assert choices.made == {}


@pytest.mark.parametrize(
    "source",
    [
        "{{ env.project[:3] }}",
        "{{ env.project|upper }}",
        "{{ env.project|first }}",
        "{{ env.project.split('-') }}",
        "{{ env.project|length }}",
        "{{ env.project|int }}",
        "{{ env.project|list|last }}",
        "{{ {'a': 1}[env.project] }}",
        "{{ properties.x.y }}",
    ],
)
def test_a_value_that_is_taken_apart_is_unknown(source: str) -> None:
    value, _, _ = rendered(source, OpenProperties())
    assert isinstance(value, Unknown) or (isinstance(value, Text) and value.unknown)


@pytest.mark.parametrize(
    ("source", "question"),
    [
        ("{% if env.project == 'p' %}yes{% else %}no{% endif %}", "env.project == p"),
        ("{% if env.project != 'p' %}no{% else %}yes{% endif %}", "env.project == p"),
        ("{% if ('a' ~ env.project) in ['ap'] %}yes{% else %}no{% endif %}", "a${env.project} in ['ap']"),
        ("{% if env.project.startswith('p') %}yes{% else %}no{% endif %}", "env.project startswith p"),
        ("{% if properties.x %}yes{% else %}no{% endif %}", "properties.x"),
        ("{{ 'yes' if properties.x else 'no' }}", "properties.x"),
        ("{% if not properties['x'] %}no{% else %}yes{% endif %}", "properties.x"),
        ("{% if properties.x and true %}yes{% else %}no{% endif %}", "properties.x"),
        ("{% if properties.x is defined %}yes{% else %}no{% endif %}", "properties.x is defined"),
        ("{% if 'x' in properties %}yes{% else %}no{% endif %}", "properties has x"),
        ("{% for each in properties.x %}yes{% else %}no{% endfor %}", "properties.x has elements"),
    ],
)
def test_a_decision_on_what_is_not_known_goes_both_ways(source: str, question: str) -> None:
    for answer, text in ((True, "yes"), (False, "no")):
        value, choices, _ = rendered(source, OpenProperties(), (answer,))
        assert (value, choices.made) == (text, {question: answer})


def test_all_answers_are_tried_once() -> None:
    source = "{% if properties.a %}{% if properties.b %}1{% else %}2{% endif %}{% else %}3{% endif %}"
    seen = []

    class Made:
        def __init__(self, choices: Choices) -> None:
            marks = ValueMarks()
            self.choices = choices
            seen.append(
                lines(render(Sandbox({"t": source}, marks, choices, Budget(400_000, MAX_SIZE)), "t", {"properties": OpenProperties()}))[0]
            )

    assert len(list(worlds(Made, 9))) == 3  # type: ignore[arg-type]
    assert seen == ["1", "2", "3"]


def test_lines_know_where_they_come_from() -> None:
    source = "a: 1\n{% for i in [1, 2] %}\nb{{ i }}: x\n{% endfor %}\n{% include 'u' %}\nc: 3\n"
    value, _, origins = rendered(source, None, (), u="d: 4\ne: 5\n")
    by_key = dict(zip(str(value).split("\n"), origins, strict=True))
    assert [by_key[text] for text in ("a: 1", "b1: x", "b2: x", "d: 4", "e: 5", "c: 3")] == [(0, 1), (0, 3), (0, 3), (1, 1), (1, 2), (0, 6)]
