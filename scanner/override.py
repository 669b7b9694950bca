"""The mark of a method that does what the method of its base class says; a docstring of its own says only what is special in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__all__ = ["override"]

if TYPE_CHECKING:
    from typing_extensions import override
else:

    def override(method: Any) -> Any:
        """`typing.override`, which comes with Python 3.12. Type checkers refuse it where no base class has the method."""
        return method
