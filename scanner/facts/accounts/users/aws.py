"""Users of IAM. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_users.html"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Annotated, Any

from assay.scanner.facts.accounts.users.kinds import UserAccess, UserKey
from assay.scanner.facts.spelling import Referrer, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown


class UserAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells how a user signs in. The defaults of the last three are the API's names."""

    profile: Annotated[str | Referrer, "console"]
    """A block, or a resource of its own."""
    devices: Annotated[str, "second_factor"] = ""
    keys: Annotated[Referrer | None, "keys"] = None
    status: str = "Status"
    made: str = "CreateDate"
    used: str = ""


def user(view: View, at: UserAt) -> UserAccess:
    """A user has no password unless it is given one: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateLoginProfile.html"""
    passwords, more = view.inner(at.profile)
    devices, further = view.inner(at.devices)
    not_said = Unknown("which devices a user registers is in no code", "scan the live account", view.location)
    name = view[at.name]
    identity = view.identity(name)
    return UserAccess(
        identity=identity,
        user=view.says(name.data if isinstance(name.data, str) else identity.name),
        console=view.says(True if passwords else more or False),
        second_factor=view.says(True if devices else further or False) if at.devices else view.says(not_said),
        keys=view.says(list(_keys(view, at))),
        members=view.says([]),
    )


def _keys(view: View, at: UserAt) -> Iterator[UserKey | Unknown]:
    """A key that was never used has been idle since it was made.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKeyLastUsed.html
    """
    if at.keys is None:
        return
    companions = view.referrers(at.keys)
    yield from [_key(key, at) for key in companions.views]
    if companions.more:
        yield companions.more


def _key(key: View, at: UserAt) -> UserKey:
    age = key[at.made].then(lambda text: _days(text, key))
    return UserKey(
        made=key[at.made],
        active=key[at.status].default("Active").equals("Active"),
        age_days=age,
        idle_days=key[at.used].then(lambda text: age.data if text is None else _days(text, key)),
    )


def _days(text: Any, key: View) -> int | Unknown:
    """Days from a time to when the account was asked."""
    try:
        return (datetime.datetime.fromisoformat(key.location.time) - datetime.datetime.fromisoformat(str(text))).days
    except (TypeError, ValueError):
        return Unknown(f"how old the key is: {text} cannot be read as a time", "audit again", key.location)
