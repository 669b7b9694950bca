"""Which of the identities that an input names are one, however each is named: by reference, by an ARN, by an e-mail address.

A role is known by its name in its account, whatever its path: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html.
A service account is known by its id in its project: https://cloud.google.com/iam/docs/service-account-types#user-managed
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Any, Generic, NamedTuple, TypeVar

from assay.scanner import lazy_re
from assay.scanner.facts.same import same_name
from assay.scanner.facts.spelling import Index
from assay.scanner.facts.targets import spelled
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Either, Exported, Given, Reference, Text, Unknown, because, either, without_keys
from assay.scanner.sources.values import Value

T = TypeVar("T")


class Called(NamedTuple):
    """What tells an identity from others of its sort, as raw values."""

    name: Any
    """None of one whose provider makes up its name."""
    scope: Any = None
    """Its project; None where that is not known, and of a role: a service is given roles of its own account alone.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html"""
    account: str = ""
    """Of a role, its account; empty where that is not known."""
    elsewhere: bool = False
    """It is declared elsewhere, and may be called something else there."""


def declared_role(item: Item, name: Any) -> Called:
    """A role that the input declares."""
    return Called(name, account=item.account.data if isinstance(item.account.data, str) else "")


def by_address(types: Mapping[str, str], project: str = "") -> Index:
    """Identities by their addresses. `types`: type to the path of the name, `a|b` for the first that is there.

    `project`: of service accounts, where one names its project, if that is not the one of its provider.
    """

    def records(item: Item) -> Iterator[tuple[Hashable, Called]]:
        name = next((value for place in types[item.type].split("|") if not (value := item[place]).absent), Value(None)).raw
        if not project:
            yield item.address, declared_role(item, name)
            return
        called = told(name) or Called(name, item[project].otherwise(item.account).raw)
        # A reference in the full name of a template's resource is text by now.
        open_ = isinstance(called.scope, str) and "${" in called.scope
        yield item.address, called._replace(scope=None) if open_ else called

    return Index(tuple(types), records)


_MAIL = lazy_re.pattern(r"(.*?)\.iam\.gserviceaccount\.com")


def told(raw: Any) -> Called | None:
    """What the text of an ARN or of an e-mail address tells; None of other text."""
    parts = raw.parts if isinstance(raw, Text) else (raw,)
    first = parts[0] if isinstance(parts[0], str) else ""
    if first.startswith("arn:"):
        return _of_arn(parts)
    at = next((number for number, part in enumerate(parts) if isinstance(part, str) and "@" in part), None)
    if at is None:
        return None
    local, _, domain = parts[at].partition("@")
    return Called(after_slash(joined([*parts[:at], local])), _project((domain, *parts[at + 1 :])))


def _of_arn(parts: tuple[Any, ...]) -> Called | None:
    fields: list[list[Any]] = [[]]
    for part in parts:
        pieces = part.split(":", 5 - min(len(fields) - 1, 5)) if isinstance(part, str) else [part]
        fields[-1].append(pieces[0])
        fields += [[piece] for piece in pieces[1:]]
    if len(fields) != 6:
        return None
    account = joined(fields[4])
    return Called(after_slash(joined(fields[5])), None, account if isinstance(account, str) else "")


def after_slash(raw: Any) -> Any:
    """What stands behind the last slash of a raw text."""
    parts = raw.parts if isinstance(raw, Text) else (raw,)
    for number in range(len(parts) - 1, -1, -1):
        if isinstance(parts[number], str) and "/" in parts[number]:
            return joined([parts[number].rpartition("/")[2], *parts[number + 1 :]])
    return raw


def _project(domain: tuple[Any, ...]) -> Any:
    """The project of `trade-prod.iam.gserviceaccount.com`; other domains as they are."""
    if isinstance(domain[-1], str) and (match := _MAIL.fullmatch(domain[-1])):
        return joined([*domain[:-1], match[1]])
    return joined(list(domain))


def joined(parts: list[Any]) -> Any:
    """Parts of a text as one raw value."""
    kept = [part for part in parts if part != ""]
    if all(isinstance(part, str) for part in kept):
        return "".join(kept)
    return kept[0] if len(kept) == 1 else Text(tuple(kept))


Known = Mapping[Hashable, list[Called]]
"""The identities that an input declares, by their addresses (`by_address`)."""


def _one(raw: Any) -> str:
    """What names one identity; empty where none does, as where it is one of the instances of a block, and it is not known which."""
    text = spelled(raw)
    return "" if _ONE_OF in text else text


_ONE_OF = '["?"]'


class Identities(Generic[T]):
    """What has identities, by these. Put together once for a collection."""

    def __init__(self, entries: Iterable[tuple[Any, T]], known: Known) -> None:
        """`entries`: raw identities with what has each."""
        self._known = known
        self._having: dict[Hashable, list[T]] = {}
        self._raw: dict[Hashable, Any] = {}
        self._by_name: dict[str, list[Hashable]] = {}
        self._loose: list[Hashable] = []
        """Those whose names are not known as a whole."""
        for number, (raw, having) in enumerate(entries):
            key = _one(raw) or number
            self._having.setdefault(key, []).append(having)
            if key not in self._raw:
                self._raw[key] = raw
                called = _called(raw, self._known)
                if called is not None and isinstance(called.name, str):
                    self._by_name.setdefault(called.name, []).append(key)
                elif called is None or called.name is not None:
                    self._loose.append(key)

    def of(self, raw: Any) -> Iterator[tuple[T, bool | Unknown]]:
        """What has an identity, and what may have it, with the reason: certain ones first."""
        own, called = _one(raw), _called(raw, self._known)
        yield from ((having, True) for having in self._having.get(own, ()) if own)
        fixed = called is not None and (called.name is None or isinstance(called.name, str))
        others = [*self._by_name.get(str(called.name), ()), *self._loose] if fixed and called is not None else list(self._raw)
        answers = [(key, same_identity(raw, self._raw[key], self._known)) for key in others if key != own or not own]
        for key, same in sorted(answers, key=lambda answer: answer[1] is not True):
            if same is not False:
                yield from ((having, same) for having in self._having[key])


def same_identity(one: Any, other: Any, known: Known) -> bool | Unknown:
    """Whether two raw values name one identity; a variable is one with itself."""
    if isinstance(one, Either) or isinstance(other, Either):
        opened, rest = (one, other) if isinstance(one, Either) else (other, one)
        answer = either(because(opened), *[same_identity(option, rest, known) for option in opened.options])
        return because(answer) if isinstance(answer, Unknown) else bool(answer)
    if one is None or other is None:
        return False
    if (key := _one(one)) and key == _one(other):
        return True
    if isinstance(one, Reference) and isinstance(other, Reference) and not (one.is_data or other.is_data):
        return _of_one_block(one.address, other.address)
    first, second = _called(one, known), _called(other, known)
    if _is_apart(one, other, second) or _is_apart(other, one, first):
        return False
    if first is None or second is None:
        return _unsaid(one) or _unsaid(other) or False
    if first.account and second.account and first.account != second.account:
        return False
    return _alike(first, second)


def _is_apart(open_: Any, declared: Any, called: Called | None) -> bool:
    """Whether a value that is not known is certainly another identity than one that the input declares.

    What another stack exports is declared there, and what is given before anything is made has no name that the provider makes up.
    """
    if not isinstance(declared, Reference) or declared.is_data or called is None or called.elsewhere:
        return False
    return isinstance(open_, Exported) or (isinstance(open_, Given) and called.name is None)


def _called(raw: Any, known: Known) -> Called | None:
    """What an identity is called; None where nothing is known of that."""
    if isinstance(raw, Reference):
        names = known.get(raw.address)
        if names:
            return names[0]
        tail = raw.address.rpartition("/")[2]
        return told(tail) or Called(tail, elsewhere=True)
    called = told(raw)
    if called is not None and isinstance(called.name, Reference) and (names := known.get(called.name.address)):
        return called._replace(name=names[0].name)
    return called


def _alike(one: Called, other: Called) -> bool | Unknown:
    names = False if one.name is None or other.name is None else same_name(one.name, other.name)
    if names is False or (one.scope is None and other.scope is None and not (one.elsewhere or other.elsewhere)):
        return names
    if one.scope is None or other.scope is None:
        return Unknown(f"whether {other.name} is of the same project, or declared there by that name", "name it in one way")
    scopes = same_name(one.scope, other.scope)
    return scopes if scopes is False or names is True else names


def _unsaid(raw: Any) -> Unknown | None:
    """Why an identity may be any: nothing is known of how its text begins."""
    if isinstance(raw, Unknown):
        return because(raw)
    return because(raw.parts[0]) if isinstance(raw, Text) and isinstance(raw.parts[0], Unknown) else None


def _of_one_block(one: str, other: str) -> bool | Unknown:
    """Whether two resources are one: only where a resource stands for all instances of its block, or for one that is not known."""
    if any(open_ in address for open_ in ('["*"]', '["?"]') for address in (one, other)) and without_keys(one) == without_keys(other):
        return Unknown(f"whether {one} and {other} are one", "give the variable, or scan the plan")
    return False
