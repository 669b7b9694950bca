"""Reads Firebase Security Rules: https://firebase.google.com/docs/rules/rules-language,
https://firebase.google.com/docs/firestore/security/rules-structure

Text may have parts that are not known, each of them one UNTOLD. Within a string or a path nothing hangs on them; an expression with such a
part as an operand is not known as a whole, since operators may come with it. What Google's parser lets pass here and there is let pass: a
semicolon that is missing before the next statement, a condition without `if`.
"""

from __future__ import annotations

import functools
import re

from assay.scanner import lazy_re
from assay.scanner.facts.data.client_rules.tree import (
    Allow,
    Block,
    Call,
    Choice,
    Comparison,
    Computed,
    Constant,
    Expression,
    Function,
    Listed,
    Logic,
    Match,
    Member,
    Name,
    Not,
    Segment,
    Service,
    Source,
    Untold,
)
from assay.scanner.facts.data.client_rules.words import SyntaxProblem, Words

UNTOLD = "\ue000"
LONGEST = 262_144
"""Characters; no ruleset is longer than 256 KB: https://firebase.google.com/docs/firestore/quotas#security_rules"""
MOST_LINKS = 100
"""Of one chain: `a.b.c`, `a == b == c`, `!!!a`."""
METHODS = ("read", "write", "get", "list", "create", "update", "delete")

_NUMBER = lazy_re.pattern(r"0[xX][0-9a-fA-F]{1,16}|[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_STRING = lazy_re.pattern(r"""[bBrR]?('(?:[^'\\\n]|\\[^\n])*'|"(?:[^"\\\n]|\\[^\n])*")""")
_WILDCARD = lazy_re.pattern(r"\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*(?:=\s*(\*\*?)\s*)?\}")
_LITERAL = lazy_re.pattern(r"""(?:[^\s/{}()\[\];,:'"$=&|!<>?]|\([^\s/{}()\[\];,:'"$=&|!<>?]*\))+""")
_LEVELS = (("||",), ("&&",), ("==", "!="), ("in", "is"), ("<=", ">=", "<", ">"), ("+", "-"), ("*", "/", "%"))
"""Operators by how tightly they bind, the loosest first: https://firebase.google.com/docs/rules/rules-language#building_conditions"""


@functools.lru_cache(64)
def parse(text: str) -> Source:
    """The tree of a file of rules. Raises SyntaxProblem."""
    if len(text) > LONGEST:
        raise SyntaxProblem(f"more than {LONGEST} characters", 1)
    return _Parser(text).source()


class _Parser(Words):
    untold = False
    """An operand was not known since this was last reset."""

    # Statements.

    def source(self) -> Source:
        version, functions, services = "1", list[Function](), list[Service]()
        while self.at < len(self.text):
            if self.sign("rules_version"):
                self.expect("=")
                string = self.matched(_STRING)
                if string is None:
                    raise self.problem("a version")
                version = string[1][1:-1]
                self.sign(";")
            elif self.sign("function"):
                functions.append(self.function())
            elif self.sign("service"):
                names = [self.word("the name of a service")]
                while self.sign("."):
                    names.append(self.word("the name of a service"))
                services.append(Service(".".join(names), self.block()))
            else:
                raise self.problem("service")
        return Source(version, tuple(functions), tuple(services))

    def block(self) -> Block:
        functions, allows, matches = list[Function](), list[Allow](), list[Match]()
        self.within()
        self.expect("{")
        while not self.sign("}"):
            line = self.line()
            if self.sign("function"):
                functions.append(self.function())
            elif self.sign("match"):
                matches.append(Match(self.path(), self.block()))
            elif self.sign("allow"):
                allows.append(self.allow(line))
            elif not self.sign(";"):
                raise self.problem("allow, match, function or }")
        self.depth -= 1
        return Block(tuple(functions), tuple(allows), tuple(matches))

    def path(self) -> tuple[Segment, ...]:
        """The path of a match: segments without space between them and the slashes."""
        segments = list[Segment]()
        while self.text.startswith("/", self.at):
            self.at += 1
            wildcard = _WILDCARD.match(self.text, self.at)
            match = wildcard or _LITERAL.match(self.text, self.at)
            if match is None:
                break
            self.at = match.end()
            variable, recursive = (wildcard[1], wildcard[2] == "**") if wildcard else ("", False)
            segments.append(Segment(match[0], variable, recursive, UNTOLD in match[0]))
            if len(segments) > MOST_LINKS:
                raise SyntaxProblem("a path that is too long", self.line())
        else:
            if not segments:
                raise self.problem("a path")
        self.skip()
        return tuple(segments)

    def allow(self, line: int) -> Allow:
        methods = [self.method()]
        while self.sign(","):
            methods.append(self.method())
        condition: Expression = Constant(True)  # `allow read;`
        if self.sign(":"):
            self.sign("if")
            condition = self.whole()
        self.end_of_statement()
        return Allow(tuple(dict.fromkeys(methods)), condition, line)

    def method(self) -> str:
        before = self.at
        method = self.word("a method")
        if method not in METHODS:
            self.at = before
            raise self.problem("a method")
        return method

    def end_of_statement(self) -> None:
        if not self.sign(";") and not re.match(r"\}|(?:allow|match|function|let|return)\b|$", self.text[self.at : self.at + 10]):
            raise self.problem("a semicolon")

    def function(self) -> Function:
        name = self.word("the name of a function")
        parameters, bindings = list[str](), list[tuple[str, Expression]]()
        self.expect("(")
        while not self.sign(")"):
            parameters.append(self.word("a parameter"))
            if not self.sign(",") and not self.text.startswith(")", self.at):
                raise self.problem(")")
        self.expect("{")
        while self.sign("let"):
            variable = self.word("a name")
            self.expect("=")
            bindings.append((variable, self.whole()))
            self.end_of_statement()
        self.expect("return")
        result = self.whole()
        self.sign(";")
        self.expect("}")
        return Function(name, tuple(parameters), tuple(bindings), result)

    # Expressions.

    def whole(self) -> Expression:
        """An expression with all its parts; Untold where one of them is."""
        self.untold = False
        expression = self.expression()
        return Untold() if self.untold else expression

    def expression(self) -> Expression:
        self.within()
        expression = self.operation(0)
        if self.sign("?"):
            then = self.expression()
            self.expect(":")
            expression = Choice(expression, then, self.expression())
        self.depth -= 1
        return expression

    def operation(self, loosest: int) -> Expression:
        """Operands with the operators of a level and of those that bind tighter."""
        expression = self.unary()
        for level in range(len(_LEVELS) - 1, loosest - 1, -1):
            operands, operators = [expression], list[str]()
            while operator := self.operator(level):
                operators.append(operator)
                operands.append(self.operation(level + 1))
            expression = self.joined(level, operators, operands)
        return expression

    def joined(self, level: int, operators: list[str], operands: list[Expression]) -> Expression:
        """Operands with operators of one level between them."""
        if not operators:
            return operands[0]
        if level < 2:
            return Logic(operators[0], tuple(operands))
        if level > 4:
            return Computed(tuple(operands))
        if len(operators) > MOST_LINKS:
            raise SyntaxProblem("too many operators in a row", self.line())
        expression = operands[0]
        for operator, operand in zip(operators, operands[1:], strict=True):
            expression = Comparison(operator, expression, operand)
        return expression

    def operator(self, level: int) -> str:
        """An operator of a level; a comment that is not closed is none."""
        return "" if self.text.startswith("/*", self.at) else self.sign(*_LEVELS[level])

    def unary(self) -> Expression:
        signs = list[str]()
        while sign := "" if self.text.startswith("!=", self.at) else self.sign("!", "-"):
            signs.append(sign)
            if len(signs) > MOST_LINKS:
                raise SyntaxProblem("too many operators in a row", self.line())
        expression = self.postfix()
        for sign in reversed(signs):
            expression = Not(expression) if sign == "!" else Computed((expression,))
        return expression

    def postfix(self) -> Expression:
        expression = self.operand()
        for _ in range(MOST_LINKS):
            if self.sign("."):
                name = self.word("the name of a field")
                expression = Call(expression, name, self.elements(")")) if self.sign("(") else Member(expression, name)
            elif self.sign("["):
                expression = self.index(expression)
            else:
                return expression
        raise SyntaxProblem("too many fields in a row", self.line())

    def index(self, operand: Expression) -> Expression:
        """`operand[i]`, `operand[i:j]`, of which the bracket is passed."""
        index = self.expression()
        if self.sign(":"):
            index = Computed((index, self.expression()))
        self.expect("]")
        if isinstance(index, Constant) and isinstance(index.value, str) and UNTOLD not in index.value:
            return Member(operand, index.value)
        return Computed((operand, index), anything=True)

    def elements(self, end: str) -> tuple[Expression, ...]:
        """Expressions between commas up to a closing sign, which is passed."""
        elements = list[Expression]()
        while not self.sign(end):
            elements.append(self.expression())
            if not self.sign(",") and not self.text.startswith(end, self.at):
                raise self.problem(end)
        return tuple(elements)

    def operand(self) -> Expression:
        if self.sign(UNTOLD):
            self.untold = True
            return Untold()
        if self.sign("("):
            expression = self.expression()
            self.expect(")")
            return expression
        if self.sign("["):
            return Listed(self.elements("]"))
        if self.sign("{"):
            return self.map()
        if self.text.startswith("/", self.at) and not self.text.startswith("/*", self.at):
            return self.path_value()
        if string := self.matched(_STRING):
            return Constant(string[1][1:-1])
        if number := self.matched(_NUMBER):
            return Constant(float(int(number[0], 16)) if number[0][:2] in ("0x", "0X") else float(number[0]))
        name = self.word("a value")
        if name in _CONSTANTS:
            return _CONSTANTS[name]
        return Call(None, name, self.elements(")")) if self.sign("(") else Name(name)

    def map(self) -> Expression:
        """`{'key': value}`, of which the brace is passed."""
        operands = list[Expression]()
        while not self.sign("}"):
            operands.append(self.expression())
            self.expect(":")
            operands.append(self.expression())
            if not self.sign(",") and not self.text.startswith("}", self.at):
                raise self.problem("}")
        return Computed(tuple(operands))

    def path_value(self) -> Expression:
        """`/databases/$(database)/documents/users/$(request.auth.uid)`."""
        operands = list[Expression]()
        while self.text.startswith("/", self.at) and not self.text.startswith(("//", "/*"), self.at):
            self.at += 1
            while True:
                if self.text.startswith("$(", self.at):
                    self.at += 2
                    self.skip()
                    operands.append(self.expression())
                    if not self.text.startswith(")", self.at):
                        raise self.problem(")")
                    self.at += 1
                elif literal := _LITERAL.match(self.text, self.at):
                    self.at = literal.end()
                else:
                    break
        self.skip()
        return Computed(tuple(operands))


_CONSTANTS = {"true": Constant(True), "false": Constant(False), "null": Constant(None)}
