"""What a question is of: a resource with all who may do to it what is asked, and identities where what is asked about is not here.

Nothing but a question reads these kinds (`Options.asked`).
"""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Part, Resource
from assay.scanner.facts.steps import Step


class Caller(Part, kw_only=True):
    """Somebody who may, or becomes one who may."""

    known_by: ClassVar = ("name",)
    name: Fact[str]
    steps: Fact[list[Step]]
    """The way: whom it becomes and how, or by which action or role it may."""
    may: Fact[bool]


class Askable(Resource, kw_only=True):
    """A resource that can be asked about."""

    of_whole_account: ClassVar[bool] = True

    asked: Fact[bool]
    """It is called what the question says, and of the provider whose action that asks for."""
    takes: Fact[bool]
    """What is asked for is done to such a resource."""
    callers: Fact[list[Caller]]


class Asker(Resource, kw_only=True):
    """An identity of AWS, of which it can be asked what its policies let it do to something that is not of the input."""

    of_whole_account: ClassVar[bool] = True

    callers: Fact[list[Caller]]
    """What it is let do itself, by the statement that lets it."""


KINDS = (Askable, Asker)
