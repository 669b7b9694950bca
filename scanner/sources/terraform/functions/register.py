"""How functions are registered: `function` keeps what is unknown inside collections, `strict` needs plain data."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import msgspec

from assay.scanner.sources.budget import Budget
from assay.scanner.sources.raw import MAX_OPTIONS, Document, Reference, Text, Unknown, because, unknown_inside
from assay.scanner.sources.terraform import costs
from assay.scanner.sources.terraform.exact import Near
from assay.scanner.sources.terraform.operators import EvaluationError, Set, finish, to_text, unify, unsettled, why_unknown

Function = Callable[..., Any]
FUNCTIONS: dict[str, Function] = {}


class Cost(msgspec.Struct, frozen=True):
    """What a call of a function spends."""

    walks: bool = True
    """It goes through all of its arguments, not only through their first level."""
    times: int = 1
    """How much more than a copy it does with each part of its arguments."""
    per_argument: int = 0
    """Steps for each of its arguments, however small."""
    fresh: bool = False
    """The parts of its result are new, not those of its arguments."""
    matches: bool = False
    """The first arguments are a pattern and a text, which takes the product of their lengths (https://github.com/google/re2/wiki/WhyRE2)."""
    picks: bool = False
    """It gives one of the parts of its first argument: those that a key may lead to which is not known are compared with each other."""

    def before(self, arguments: list[Any], budget: Budget) -> None:
        """Spend what a call needs for its arguments. Raises OverBudget."""
        budget.step(self.per_argument * len(arguments))
        for argument in arguments if self.times else ():
            if self.walks:
                costs.walk(argument, budget, self.times)
            else:
                costs.copy(argument, budget)
        if self.picks and len(arguments) > 1 and unsettled(arguments[1]):
            costs.walk(arguments[0], budget, MAX_OPTIONS)
        if self.matches and len(arguments) > 1:
            budget.step(costs.weight(arguments[0])[1] * costs.weight(arguments[1])[1] // _MATCHED_A_STEP)

    def after(self, result: Any, budget: Budget) -> None:
        """Spend what the result takes. Raises OverBudget."""
        if self.fresh:
            costs.all_made(result, budget)
        else:
            costs.made(result, budget)


_MATCHED_A_STEP = 500
"""Characters of a pattern times those of a text."""
_SHARES, _AT_ONCE = Cost(walks=False), Cost(times=0)
_MAKES, _SLOW = Cost(fresh=True), Cost(times=8)
COSTS: dict[str, Cost] = {
    **dict.fromkeys(("element", "one", "coalescelist", "sensitive", "nonsensitive", "ephemeralasnull"), _AT_ONCE),
    **dict.fromkeys(("tostring", "tonumber", "tobool", "file", "fileexists", "templatefile", "templatestring"), _AT_ONCE),
    **dict.fromkeys(("merge", "concat", "length", "keys", "values", "slice", "reverse", "coalesce", "tolist", "tomap"), _SHARES),
    **dict.fromkeys(("setproduct", "chunklist", "csvdecode", "transpose", "split", "fileset"), _MAKES),
    **dict.fromkeys(("strrev", "substr", "title", "trim", "urlencode", "textencodebase64", "textdecodebase64"), _SLOW),
    **dict.fromkeys(("regex", "regexall"), Cost(fresh=True, matches=True)),
    **dict.fromkeys(("cidrsubnet", "cidrhost", "cidrnetmask", "cidrsubnets"), Cost(fresh=True, per_argument=20)),
    **dict.fromkeys(("contains", "distinct", "toset", "setunion", "setintersection", "setsubtract", "index", "compact"), Cost(times=2)),
    "lookup": Cost(times=0, picks=True),
    "format": Cost(times=4, per_argument=2),
    "formatlist": Cost(times=16, fresh=True),
    "replace": Cost(matches=True),
    "jsonencode": Cost(times=4),
    "jsondecode": Cost(times=4, fresh=True),
    "yamlencode": Cost(times=200, per_argument=200),
    "yamldecode": Cost(times=16, per_argument=50, fresh=True),
}
"""By the name of a function; others go through all of their arguments once."""


def function(name: str) -> Callable[[Function], Function]:
    """Register a function of the language under its name."""

    def register(function: Function) -> Function:
        FUNCTIONS[name] = function
        return function

    return register


def strict(name: str, function: Function, *kinds: Callable[[Any], Any]) -> None:
    """`kinds` convert the parameters as Terraform does (a number where text is wanted, and so on); the last is also for all that follow."""

    @functools.wraps(function)
    def guarded(*arguments: Any) -> Any:
        settled = [finish(argument) for argument in arguments]
        for argument in settled:
            if not isinstance(argument, Near) and deep_unsettled(argument):
                why = why_unknown(unknown_inside(argument) or argument)
                return because(why) if name.removeprefix("base64").startswith(_DIGESTS) else why
        return function(*[kinds[min(at, len(kinds) - 1)](argument) for at, argument in enumerate(settled)])

    FUNCTIONS[name] = guarded


_DIGESTS = ("sha", "md5", "bcrypt", "uuid", "filesha", "filemd5")
"""Functions whose results tell nothing of what they were made of."""


def deep_unsettled(raw: Any) -> bool:
    """Whether a value, or anything inside of it, is not settled."""
    if isinstance(raw, dict):
        raw = list(raw.values())
    if isinstance(raw, list):
        return any(deep_unsettled(element) for element in raw)
    return isinstance(raw, (Unknown, Reference, Text, Document, Near))


def open_collection(*collections: Any) -> Unknown | None:
    """Why a collection cannot be told as a whole."""
    return next((why_unknown(collection) for collection in collections if unsettled(collection)), None)


def as_list(raw: Any) -> list[Any]:
    """A list or set. What is not one is refused, so that `try()` goes on as in Terraform."""
    if not isinstance(raw, list):
        raise EvaluationError("a list is required")
    return raw


def as_ordered(raw: Any) -> list[Any]:
    """A list, whose elements have an order. Raises EvaluationError for a set and for what is none."""
    if isinstance(raw, Set):
        raise EvaluationError("a list is required, and a set has no order")
    return as_list(raw)


def as_unified(raw: Any) -> list[Any]:
    """A list or set with elements of one type, as Terraform converts them. Raises EvaluationError."""
    return unify(as_list(raw))


def as_texts(raw: Any) -> list[str]:
    """A list or set of texts. Raises EvaluationError."""
    return [to_text(element) for element in as_list(raw)]


def as_map(raw: Any) -> dict[str, Any]:
    """A map or object. Raises EvaluationError for what is none."""
    if not isinstance(raw, dict):
        raise EvaluationError("a map is required")
    return raw
