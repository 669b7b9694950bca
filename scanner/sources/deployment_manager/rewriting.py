"""Templates as Jinja2 parses them, with everything that decides, repeats or concatenates sent through the sandbox."""

from __future__ import annotations

from typing import Any

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

from assay.scanner.override import override
from assay.scanner.sources.deployment_manager.limits import ValueTooLarge
from assay.scanner.sources.deployment_manager.marks import END, LINE

_MAX_NESTING = 120


class Rewriter(NodeTransformer):
    """Sends conditions, comparisons, loops and concatenation through the sandbox, and marks where lines come from."""

    def __init__(self, file: int) -> None:
        self.file = file
        self.depth = 0
        self.inside = 0
        self.repeated = 0

    @override
    def visit(self, node: nodes.Node, *args: Any, **kwargs: Any) -> Any:
        """Raises TooMuch where the template is nested too deeply."""
        self.depth += 1
        if self.depth > _MAX_NESTING:
            raise ValueTooLarge("it is nested too deeply")
        try:
            return super().visit(node, *args, **kwargs)
        finally:
            self.depth -= 1

    def _through(self, name: str, node: Any, *args: nodes.Expr) -> nodes.Filter:
        return nodes.Filter(node, name, list(args), [], None, None, lineno=node.lineno)

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:  # noqa: N802 - names of the visitor
        """A comparison asks the sandbox, which may not know an operand."""
        self.generic_visit(node)
        pairs: list[nodes.Expr] = []
        for operand in node.ops:
            pairs += [nodes.Const(operand.op, lineno=node.lineno), operand.expr]
        return self._through("_compare", node.expr, *pairs)

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        """Texts are joined by the sandbox, which counts what that makes."""
        self.generic_visit(node)
        return self._through("_concat", node.nodes[0], *node.nodes[1:])

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:  # noqa: N802
        """A part of a list or text is taken by the sandbox; an element is, in any case."""
        self.generic_visit(node)
        if not isinstance(node.arg, nodes.Slice):
            return node
        bounds = [bound or nodes.Const(None, lineno=node.lineno) for bound in (node.arg.start, node.arg.stop, node.arg.step)]
        return self._through("_slice", node.node, *bounds)

    def _tested(self, node: Any) -> Any:
        self.generic_visit(node)
        if node.test is not None:
            node.test = self._through("_truth", node.test)
        return node

    visit_If = visit_CondExpr = _tested  # noqa: N815

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802
        """A loop asks the sandbox for each turn, which may not know how many there are. Raises TooMuch where it calls itself."""
        self.repeated += 1
        self._tested(node)
        self.repeated -= 1
        if node.recursive:
            raise ValueTooLarge("a recursive loop is not computed")
        node.iter = self._through("_each", node.iter)
        return node

    def _operands(self, node: Any) -> Any:
        self.generic_visit(node)
        node.left, node.right = self._through("_truth", node.left), self._through("_truth", node.right)
        return node

    visit_And = visit_Or = _operands  # noqa: N815

    def visit_Not(self, node: nodes.Not) -> nodes.Node:  # noqa: N802
        """What is negated is decided by the sandbox."""
        self.generic_visit(node)
        node.node = self._through("_truth", node.node)
        return node

    def _captured(self, node: Any) -> Any:
        """What is rendered into a value has no lines of its own."""
        self.inside += 1
        self._again(node)
        self.inside -= 1
        return node

    def _again(self, node: Any) -> Any:
        """What may be rendered any number of times."""
        self.repeated += 1
        self.generic_visit(node)
        self.repeated -= 1
        return node

    visit_Block = _again  # noqa: N815
    visit_Macro = visit_CallBlock = visit_FilterBlock = visit_AssignBlock = _captured  # noqa: N815

    def visit_TemplateData(self, node: nodes.TemplateData) -> nodes.Node:  # noqa: N802
        """Every line of a template carries its number."""
        if not self.inside:
            first, *others = node.data.split("\n")
            marked = [self._line(node.lineno) + first] + [self._line(node.lineno + at) + line for at, line in enumerate(others, 1)]
            node.data = "\n".join(marked)
        return node

    def visit_Output(self, node: nodes.Output) -> nodes.Node:  # noqa: N802
        """What is written once is paid for with the template, else each time that it is rendered, constants too."""
        self.generic_visit(node)
        if self.repeated:
            node.nodes = [self._through("_again", child) for child in node.nodes]
        return node

    def _line(self, line: int) -> str:
        return f"{LINE}{self.file}:{line}{END}"
