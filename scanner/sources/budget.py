"""What reading one collection may cost: steps of evaluation, and bytes of the values that it makes."""

from __future__ import annotations

from collections.abc import Callable

MAX_STEPS = 2_000_000
MAX_SIZE = 256_000_000
"""Bytes. A value of Python takes several times its text, so that this stays well below the memory of a small machine."""


class OverBudget(Exception):
    """Reading a collection costs more than it may: the message says of what."""


class Budget:
    """What is left for one collection. Everything that its text makes grow spends from the same one: expressions, functions, loops, module
    instances, templates, includes, nested stacks.

    Some sources evaluate when rules ask. `tell` is called once, with the reason, when the budget is spent: the collection then has a gap.
    """

    __slots__ = ("size", "steps", "tell")

    def __init__(self, steps: int = MAX_STEPS, size: int = MAX_SIZE, tell: Callable[[str], None] | None = None) -> None:
        self.steps, self.size, self.tell = steps, size, tell

    def step(self, count: int = 1) -> None:
        """Spend steps. Raises OverBudget."""
        self.steps -= count
        if self.steps < 0:
            self._over("it takes too many steps to evaluate")

    def made(self, size: int) -> None:
        """Spend the bytes of a value that was made, a copy or a text included. Raises OverBudget."""
        self.size -= size
        if self.size < 0:
            self._over("its values take too much memory")

    def _over(self, reason: str) -> None:
        self.steps = self.size = -1  # spent is spent: nothing is begun any more
        if self.tell is not None:
            tell, self.tell = self.tell, None
            tell(reason)
        raise OverBudget(reason)
