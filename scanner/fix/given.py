"""Where the values of arguments in Terraform code are given: in a variable or a local of the module, or in what calls the module."""

from __future__ import annotations

import os
import re
from typing import Any

from assay.scanner.facts.model import BlockRef
from assay.scanner.fix.addresses import MODULES
from assay.scanner.fix.edits import Edit, NoEdit
from assay.scanner.fix.files import Files
from assay.scanner.fix.hcl import HclFile
from assay.scanner.fix.hcl_change import Indirect
from assay.scanner.fix.hcl_nodes import labels_of, name_of
from assay.scanner.results.model import Result
from assay.scanner.sources.terraform import tree

_INDEX = re.compile(r"\[[^\]]*\]")
_MOST_STEPS = 8
"""Variables and locals that give each other's values."""


def edits_where_given(indirect: list[tuple[BlockRef, Indirect]], finding: Result, files: Files) -> tuple[list[Edit], list[str]] | None:
    """Edits where the values are given, and what gives them; None where one of them is given by nothing that can be edited."""
    edits: list[Edit] = []
    names: list[str] = []
    for ref, one in indirect:
        modules = MODULES.match(ref.address)
        path = _INDEX.sub("", modules[0].rstrip(".")) if modules else ""
        try:
            made, name = _where_given(one.expression, one.value, path, ref.file, finding, files, _MOST_STEPS)
        except NoEdit:
            return None
        edits += made
        names.append(name)
    return edits, list(dict.fromkeys(names))


def _where_given(expression: Any, value: Any, module: str, file: str, finding: Result, files: Files, steps: int) -> tuple[list[Edit], str]:
    """Edits after which a variable or a local has a value, and what is edited. `module`: the path of the module that names it."""
    if not (isinstance(expression, tree.Attribute) and isinstance(expression.of, tree.Name)) or steps == 0:
        raise NoEdit("its value is an expression")
    kind, name = expression.of.name, expression.name
    if kind == "local":
        return _set_in(_declared(files, file, "locals", name), name, value, module, finding, files, steps)
    if kind != "var":
        raise NoEdit("its value is an attribute of another resource")
    if isinstance(value, str) and value.startswith("${"):
        raise NoEdit("what it refers to is not known where its value is given")
    if module:
        outer = module.rpartition(".module.")[0]
        call = _call(module, finding.resource.root, files)
        return _set_in(call, name, value, outer, finding, files, steps, f"{name} of {module}")
    holder = _declared(files, file, "variable", name)
    if not holder[0].argument(holder[1], "default"):
        raise NoEdit(f"var.{name} has no default: its value comes from who applies the code")
    return _set_in(holder, "default", value, module, finding, files, steps, f"the default of var.{name}")


def _call(module: str, root: str, files: Files) -> tuple[HclFile, Any]:
    """The block that calls a module, by the path of its names and the directory of the root module."""
    directory = root
    *outer, name = [step for step in module.split(".") if step != "module"]
    for step in outer:
        file, block = _declared(files, f"{directory}/main.tf", "module", step)
        source = file.argument(block, "source").strip('"')
        if not source.startswith("."):
            raise NoEdit(f"its value comes from what calls {module}, whose code was fetched")
        directory = os.path.normpath(os.path.join(directory, source))
    return _declared(files, f"{directory}/main.tf", "module", name)


def _set_in(
    holder: tuple[HclFile, Any], name: str, value: Any, module: str, finding: Result, files: Files, steps: int, title: str = ""
) -> tuple[list[Edit], str]:
    file, block = holder
    edits, indirect = file.set(block, {name: value})
    for one in indirect:
        made, title = _where_given(one.expression, value, module, file.file, finding, files, steps - 1)
        edits += made
    return edits, title or f"local.{name}"


def _declared(files: Files, file: str, type_: str, name: str) -> tuple[HclFile, Any]:
    """The block of the directory of a file that declares a variable, calls a module, or has a local."""
    for beside in files.code_beside(file):
        for block in beside.blocks():
            if name_of(block) != type_:
                continue
            if beside.argument(block, name) if type_ == "locals" else labels_of(block) == [name]:
                return beside, block
    raise NoEdit(f"{name} is not declared beside it")
