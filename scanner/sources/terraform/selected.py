"""Which workspace is selected (`terraform.workspace`), where nobody says it.

Code is judged as a fresh apply of it: in the workspace `default`. But workspaces are selected by a command, a variable of the environment
or a file of the working directory, and no code shows which there are: https://developer.hashicorp.com/terraform/cli/workspaces. So where
code asks for the name it is judged a second time, with a name that is not known, and what is found either way counts. Of the integration
with HCP Terraform one name may be fixed, by which others are refused: https://developer.hashicorp.com/terraform/cli/cloud/settings

Code that looks up the name in a map without `default` is refused there: what it makes with a name that is not known is all that it makes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.sources.raw import Open
from assay.scanner.sources.terraform import tree
from assay.scanner.sources.terraform.blocks import Argument, Block
from assay.scanner.sources.terraform.evaluate import Scope, evaluate
from assay.scanner.sources.terraform.operators import FAILURES

DEFAULT = "default"
IS_DEFAULT = f'terraform.workspace == "{DEFAULT}"'
"""What holds where a workspace is selected that nobody named, as a finding says it."""
_ASKED = lazy_re.pattern(rb"\bworkspace\b")
ANY = Open("which workspace is selected is not known", "pass --workspace NAME", name="terraform.workspace")


def names(said: str | None, blocks: Sequence[Block], asking: Iterable[bool]) -> list[Any]:
    """The names to judge a root module with.

    `said` is the one that the user gives, `blocks` are those of the root module; `asking` tells of each of its modules whether it may ask
    for the name.
    """
    if said is not None:
        return [said]
    fixed = _fixed(blocks)
    if fixed is not None:
        return [fixed]
    return [DEFAULT, ANY] if any(asking) else [DEFAULT]


def asks(source: bytes) -> bool:
    """Whether a file may ask for the name: the word is there, or an escape of JSON that may stand for a letter of it."""
    return _ASKED.search(source) is not None or (b"\\u" in source and source.lstrip()[:1] in (b"{", b"["))


def _fixed(blocks: Sequence[Block]) -> str | None:
    """The name of the one workspace that code may be applied in."""
    settings = [block for block in blocks if block.type == "terraform"]
    clouds = [inner for block in settings for inner in block.blocks if inner.type == "cloud"]
    others = [inner for block in settings for inner in block.blocks if inner.type == "backend"]
    chosen = [inner for cloud in clouds for inner in cloud.blocks if inner.type == "workspaces"]
    if len(clouds) != 1 or len(chosen) != 1 or others:
        return None
    name = chosen[0].expression("name")
    return name.value if isinstance(name, tree.Literal) and isinstance(name.value, str) and name.value else None


_NAME = tree.Attribute(tree.Name("terraform"), "workspace")
_SURE = ("locals", "resource", "data", "module", "output")
"""Types of blocks whose arguments Terraform asks for, where the block is there; of a provider it does where something uses that."""
_COUNTED = ("count", "for_each")


def refuses_default(blocks: Sequence[Block], scope: Scope) -> bool:
    """Whether Terraform refuses a root module in the workspace `default`: it surely asks a map that has no such element for it."""
    written = {name: argument for block in blocks if block.type == "locals" for name, argument in block.arguments.items()}
    asked = (argument.expression for block in blocks if block.type in _SURE for argument in _asked(block))
    return any(_lacks_default(of, scope) for expression in asked for of in _by_name(expression, written))


def _asked(block: Block) -> Iterable[Argument]:
    """The arguments that Terraform surely asks for: of a block that may not be there, those that say whether it is."""
    counted = [block.arguments[name] for name in _COUNTED if name in block.arguments]
    return counted if counted or block.enabled is not None else _arguments(block)


def _arguments(block: Block) -> Iterator[Argument]:
    yield from block.arguments.values()
    for inner in block.blocks:
        if inner.type != "dynamic":
            yield from _arguments(inner)


def _lacks_default(expression: Any, scope: Scope) -> bool:
    with contextlib.suppress(*FAILURES):
        elements = evaluate(expression, scope)
        return isinstance(elements, dict) and DEFAULT not in elements
    return False


def _by_name(expression: Any, written: Mapping[str, Argument]) -> Iterator[Any]:
    """What is surely asked for its element of the name, wherever that stands in an expression."""
    pending = [expression]
    while pending:
        match pending.pop():
            case tree.Index(of, key):
                if _is_name(key, written):
                    yield of
                pending += [of, key]
            case tree.Call("try" | "can"):
                continue
            case tree.Call("lookup", (of, key)) if _is_name(key, written):
                yield of
            case tree.Call(_, arguments):
                pending += arguments
            case tree.Binary("&&" | "||", asked) | tree.Conditional(asked) | tree.For(_, asked) | tree.Attribute(asked) | tree.Splat(asked):
                pending.append(asked)
            case tree.Binary(_, left, right):
                pending += [left, right]
            case tree.Unary(_, operand):
                pending.append(operand)
            case tree.Template(parts) | tree.List(parts):
                pending += parts
            case tree.Object(items):
                pending += [value for _, value in items]


def _is_name(key: Any, written: Mapping[str, Argument]) -> bool:
    """Whether an expression is the name, or a local value that is."""
    for _ in range(len(written) + 1):
        if not (isinstance(key, tree.Attribute) and key.of == tree.Name("local") and key.name in written):
            break
        key = written[key.name].expression
    return bool(key == _NAME)
