"""Whether a principal of a deny policy is a member of a binding, which are spelled in two ways.

https://cloud.google.com/iam/docs/principal-identifiers
"""

from __future__ import annotations

from typing import Any

from assay.scanner import lazy_re
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Reference, Text, Unknown, describe

_EVERYBODY = "principalSet://goog/public:all"
_ACCOUNT = lazy_re.pattern(r"principal://iam\.googleapis\.com/projects/[^/]+/serviceAccounts/(.+)")
_PUBLIC = ("allUsers", "allAuthenticatedUsers")
_TYPES = ("/type/ServiceAccount", "/type/ServiceAgent")
"""All service accounts of a project, a folder or an organisation."""
_REFERRED = "\0"


def is_among(view: View, principal: Any, member: Any, *, excepts: bool = False) -> bool | Unknown:
    """Whether a principal is, or has, a member of a binding.

    `excepts`: it is one that a rule excepts, who may be of those that a member stands for: a person of a group.
    """
    if isinstance(principal, Unknown):
        return principal
    if isinstance(member, Unknown):
        return True if principal == _EVERYBODY else member
    text, theirs = _text(principal), _text(member)
    if text == _EVERYBODY:
        return True
    if text.startswith("deleted:"):
        return False
    kind = theirs.partition(":")[0]
    if theirs in _PUBLIC or kind == "domain" or kind.startswith("project"):
        return _may(principal, member) if excepts else False
    if match := _ACCOUNT.fullmatch(text):
        return _same_account(view, principal, member, match[1]) if kind == "serviceAccount" else _of_group(principal, member, excepts)
    if text.startswith("principal://goog/subject/"):
        if kind != "user":
            return _of_group(principal, member, excepts)
        same = _same(text.rpartition("/")[2], theirs.partition(":")[2])
        return _may(principal, member) if same is None else same
    if text.startswith("principalSet://goog/group/"):
        return True if kind == "group" and _same(text.rpartition("/")[2], theirs.partition(":")[2]) is True else _may(principal, member)
    return _of_pool(text, theirs, principal, member, excepts)


def _of_group(principal: Any, member: Any, excepts: bool) -> bool | Unknown:
    """A person or an account that is named where the member is a group: the others of that are not denied, and it may be one of it."""
    return _may(principal, member) if excepts and _text(member).startswith(("group:", "principalSet:")) else False


def _of_pool(text: str, theirs: str, principal: Any, member: Any, excepts: bool) -> bool | Unknown:
    """An identity, or a set of these, of a workforce or workload identity pool; or of a customer, a project, an organisation."""
    if text == theirs:
        return True
    if text.endswith(_TYPES) and not theirs.startswith("serviceAccount:"):
        return _of_group(principal, member, excepts)
    pooled = "Pools/" in text
    if pooled and not theirs.startswith(("principal:", "principalSet:", "group:")):
        return False
    inner, outer = theirs.partition("://")[2], text[:-1].partition("://")[2]
    if text.endswith("/*") and inner.startswith(outer):
        return True
    told = _REFERRED not in text + theirs
    if pooled and told and theirs.startswith("principal:") and text.startswith("principal:"):
        return False
    if pooled and told and text.endswith("/*") and inner:
        return False  # of another pool
    if pooled and text.startswith("principal:") and not theirs.startswith("principal:"):
        return _of_group(principal, member, excepts)
    return _may(principal, member)


def _same_account(view: View, principal: Any, member: Any, email: str) -> bool | Unknown:
    """Whether two service accounts are one: by the resource that declares it, or by mail address."""
    ours, other = _reference(principal), _reference(member)
    if ours is not None and other is not None:
        return ours.address == other.address
    if ours is None and other is None:
        answer = _same(email, _text(member).partition(":")[2])
        return _may(principal, member) if answer is None else answer
    reference, text = (ours, _text(member).partition(":")[2]) if ours is not None else (other, email)
    item = view.items.at(reference.address) if reference is not None else None
    told = item["account_id"].data if item is not None else None
    if isinstance(told, str) and _REFERRED not in text and text.partition("@")[0] != told:
        return False
    project = item["project"].data if item is not None else None
    if isinstance(told, str) and isinstance(project, str) and _REFERRED not in text and ":" not in project:
        return text == f"{told}@{project}.iam.gserviceaccount.com"
    return _may(principal, member)


def _same(one: str, other: str) -> bool | None:
    """Whether two mail addresses are one; None where parts are not known."""
    if _REFERRED in one + other:
        return None if one != other else True
    return one.lower() == other.lower()


def _reference(raw: Any) -> Reference | None:
    parts = raw.parts if isinstance(raw, Text) else (raw,)
    return next((part for part in parts if isinstance(part, Reference)), None)


def _text(raw: Any) -> str:
    """As text, with a sign of its own for each part that is not known; a reference to what a service account is called is one of such."""
    if isinstance(raw, Reference):
        return f"serviceAccount:{_sign(raw)}" if raw.attribute == "member" else _sign(raw)
    if isinstance(raw, Text):
        if isinstance(raw.parts[0], Reference) and len(raw.parts) == 1:
            return _text(raw.parts[0])
        return "".join(part if isinstance(part, str) else _sign(part) for part in raw.parts)
    return str(raw)


def _sign(part: Any) -> str:
    """The same wherever the same part stands, and without a character that means something in a name."""
    return _REFERRED + repr(part).encode().hex()


def _may(principal: Any, member: Any) -> Unknown:
    return Unknown(f"whether {describe(member)} is among {describe(principal)}", "name it in the policy, or scan the live project")
