"""Where bindings of Terraform stand: on a key, its ring, a service account, a project, a folder, the organisation; and what encloses what.

https://cloud.google.com/iam/docs/resource-hierarchy-access-control
"""

from __future__ import annotations

from typing import Any

import msgspec

from assay.scanner.facts.spelling import Link
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Reference, Unknown

OWNERS = {
    "google_kms_crypto_key": "crypto_key_id",
    "google_kms_key_ring": "key_ring_id",
    "google_service_account": "service_account_id",
    "google_project": "project",
    "google_folder": "folder",
    "google_organization": "org_id",
}
"""What bindings stand on to the attribute by which their resources name it."""
KEY, RING, ACCOUNT, PROJECT, FOLDER, ORGANIZATION = OWNERS
_WITHIN = {KEY: ("key_ring", RING), RING: ("project", PROJECT), ACCOUNT: ("project", PROJECT)}
DECLARED = Link("", (KEY, RING, ACCOUNT, PROJECT, FOLDER))
_DECLARED, _OPEN = "\1", "\2"
"""Before the address of a resource of the code, and before a name that may be any: of a variable, of what a data source looks up."""
_PROVIDER = f"{_OPEN}provider"
"""The project of the provider configuration, where nothing names one."""


class Standing(msgspec.Struct, frozen=True):
    """Where a binding stands."""

    sort: str
    names: dict[str, str]
    """What it stands on and in to what that is called; empty where that is not known."""


def standing(view: View, item: Item) -> Standing:
    """Where the bindings of an item stand, seen by another or by itself."""
    sort = item.type.rpartition("_iam_")[0]
    names: dict[str, str] = {}
    _follow(view, sort, item.link(OWNERS[sort]).data, item, names)
    return Standing(sort, names)


def _follow(view: View, sort: str, target: Any, by: Item, names: dict[str, str]) -> None:
    """Enter what something is called, and what that is in, as far as the code says it."""
    declared = view.named(target, DECLARED) if isinstance(target, Reference) else None
    if sort == PROJECT:
        names[sort] = _project(target, declared, by)
        return
    names[sort] = _called(target)
    if sort not in _WITHIN:
        return
    attribute, outer = _WITHIN[sort]
    if declared is not None:
        _follow(view, outer, declared.item.link(attribute).data, declared.item, names)
    elif isinstance(target, str):
        _of_text(sort, target, names)
    else:
        names |= dict.fromkeys((outer, PROJECT), "")


def _project(target: Any, declared: View | None, by: Item) -> str:
    if declared is not None and isinstance(text := declared["project_id"].data, str):
        return text
    if target is None:
        account = by.account.data
        return account if isinstance(account, str) else _PROVIDER
    return _called(target).removeprefix("projects/")


def _called(target: Any) -> str:
    """A name that is the same for the same; empty where there is none."""
    if isinstance(target, Reference):
        return f"{_OPEN if target.is_data else _DECLARED}{target.address}"
    if isinstance(target, str):
        return target.removeprefix("folders/").removeprefix("organizations/")
    text = spelled(target)
    return f"{_OPEN}{text}" if text else ""


def _of_text(sort: str, text: str, names: dict[str, str]) -> None:
    """`projects/p/locations/l/keyRings/r/cryptoKeys/k`, or the same as `p/l/r/k`; `projects/p/serviceAccounts/email`."""
    parts = text.split("/")
    if "projects" in parts[:1]:
        parts = parts[1::2]
    project = parts[0] if len(parts) > 1 and parts[0] != "-" else ""
    names[PROJECT] = project
    if sort == KEY:
        names[KEY], names[RING] = "/".join(parts), "/".join(parts[:3]) if len(parts) == 4 else ""
    elif sort == RING:
        names[RING] = "/".join(parts)


def encloses(outer: Standing, inner: Standing) -> bool | Unknown:
    """Whether what one stands on is what the other stands on, or encloses it."""
    name, own = outer.names.get(outer.sort, ""), inner.names.get(outer.sort)
    if own is None:
        if outer.sort not in (FOLDER, ORGANIZATION) or inner.sort == ORGANIZATION:
            return False
        return Unknown(f"whether {outer.sort.removeprefix('google_')} {name} encloses it", "scan the live organisation")
    if name and name == own:
        return True
    if name and own and _sort(name) == _sort(own) != _OPEN:
        return False
    return Unknown(f"whether two bindings stand on the same {outer.sort.removeprefix('google_')}", "scan the plan or the live project")


def _sort(name: str) -> str:
    return name[0] if name.startswith((_DECLARED, _OPEN)) else ""
