"""Deployments of Terraform Stacks, which give the variables of a stack their values.

https://developer.hashicorp.com/terraform/language/block/stack/tfdeploy/deployment
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from assay.scanner.sources.budget import Budget
from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.terraform import stacks
from assay.scanner.sources.terraform.blocks import Block
from assay.scanner.sources.terraform.files import FileError, read_content
from assay.scanner.sources.terraform.local_values import LocalValues, named
from assay.scanner.sources.terraform.operators import EXCEEDED, words
from assay.scanner.sources.terraform.workspace import Workspace

_MOST = 12
"""Deployments of a stack that are told apart."""


class Deployment(msgspec.Struct, frozen=True):
    """One way in which a stack is deployed."""

    name: str
    inputs: dict[str, Any]
    """Raw values of variables."""
    rest: Unknown | None = None
    """Why other variables may be given, too."""

    def of(self, variables: Iterable[Block]) -> dict[str, Any]:
        """The raw values of variables."""
        names = [block.labels[0] for block in variables]
        return {name: named(name, self.inputs.get(name, self.rest)) for name in names if name in self.inputs or self.rest is not None}


class Deployments:
    """How stacks are deployed, each read once."""

    def __init__(self, content: Callable[[str], bytes], workspace: Callable[[Budget], Workspace], show: Callable[[str], str]) -> None:
        """`content` of a file, raises FileError; `workspace`: what functions that read files are evaluated with."""
        self._content, self._workspace, self._show = content, workspace, show
        self._known: dict[str, tuple[list[Deployment], list[Gap]]] = {}

    def of(self, directory: str, paths: Iterable[str]) -> tuple[list[Deployment], list[Gap]]:
        """What the deployment files of a stack say, and what of them cannot be read."""
        if directory not in self._known:
            blocks: list[Block] = []
            gaps: list[Gap] = []
            for path in paths:
                try:
                    blocks += read_content(self._content(path), self._show(path))[1]
                except FileError as error:
                    gaps.append(Gap(self._show(path), "parse_error", str(error), "correct the file", error.line))
            self._known[directory] = self._told(blocks, directory, gaps), gaps
        return self._known[directory]

    def _told(self, blocks: list[Block], directory: str, gaps: list[Gap]) -> list[Deployment]:
        """The deployments. Where there are more than are told apart, or some cannot be read, one of which nothing is known stands for
        these."""
        written = [block for block in blocks if block.type == "deployment" and block.labels]
        if len(written) > _MOST:
            return [_any(f"the stack has more than {_MOST} deployments")]
        workspace = self._workspace(Budget())
        values = LocalValues(blocks, _outside, workspace.functions(directory), workspace.budget, stacks.WAY)
        try:
            told = [Deployment(block.labels[0], *values.parts(block.expression("inputs"))) for block in written]
        except EXCEEDED as error:
            return [_any(words(error))]
        return [*told, _any("a deployment file could not be read")] if gaps else told


def _any(reason: str) -> Deployment:
    return Deployment("any other", {}, Unknown(reason, stacks.WAY))


def _outside(name: str) -> Unknown:
    """What a name stands for that is no local value: tokens, stores, other stacks."""
    return Unknown(f"{name} of a deployment is known when it runs", stacks.WAY)
