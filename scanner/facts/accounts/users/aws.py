"""Users of IAM. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_users.html"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Annotated, Any

from assay.scanner.facts.accounts.reported import KEYS, row_of, said
from assay.scanner.facts.accounts.users.kinds import UserAccess, UserKey
from assay.scanner.facts.spelling import Referrer, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Unlisted
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value


class UserAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells how a user signs in. The defaults of the last three are the API's names."""

    profile: Annotated[str | Referrer, "console"]
    """A block, or a resource of its own."""
    devices: Annotated[str, "second_factor"] = ""
    keys: Annotated[Referrer | None, "keys"] = None
    report: Annotated[Referrer | None, "console", "second_factor", "keys"] = None
    """Its line in the credential report of the account."""
    status: str = "Status"
    made: str = "CreateDate"
    used: str = ""


def user(view: View, at: UserAt) -> UserAccess:
    """A user has no password unless it is given one: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateLoginProfile.html"""
    passwords, more = view.inner(at.profile)
    devices, further = view.inner(at.devices)
    not_said = Unknown("which devices a user registers is in no code", "scan the live account", view.location)
    row = row_of(view.referrers(at.report).views) if at.report is not None else None
    name = view[at.name]
    identity = view.identity(name)
    return UserAccess(
        identity=identity,
        user=view.says(name.data if isinstance(name.data, str) else identity.name),
        console=said(bool(passwords), more, view, row, "password_enabled"),
        second_factor=said(bool(devices), further, view, row, "mfa_active") if at.devices else view.says(not_said),
        keys=view.says(list(_keys(view, at, row))),
        members=view.says([]),
    )


def _keys(view: View, at: UserAt, row: View | None) -> Iterator[UserKey | Unknown]:
    """A key that was never used has been idle since it was made.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKeyLastUsed.html
    """
    if at.keys is None:
        return
    companions = view.referrers(at.keys)
    unlisted = companions.more is not None or any(isinstance(key.item, Unlisted) for key in companions.views)
    if unlisted and row is not None:
        yield from _reported(row)
        return
    yield from [_key(key, at, row) for key in companions.views]
    if companions.more:
        yield companions.more


def _key(key: View, at: UserAt, row: View | None) -> UserKey:
    made, used = key[at.made], key[at.used]
    if used.unknown and row is not None:
        same = next((number for number in KEYS if _when(row[f"access_key_{number}_last_rotated"].data) == _when(made.data)), None)
        used = used if same is None else row[f"access_key_{same}_last_used_date"]
    return _told(key, made, key[at.status].default("Active").equals("Active"), used)


def _reported(row: View) -> Iterator[UserKey]:
    """The active keys of a report. When one was made it tells as when it was made or last changed."""
    for number in KEYS:
        active = row[f"access_key_{number}_active"]
        if active.data is True:
            yield _told(row, row[f"access_key_{number}_last_rotated"], active, row[f"access_key_{number}_last_used_date"])


def _told(view: View, made: Value[Any], active: Value[bool], used: Value[Any]) -> UserKey:
    age = made.then(lambda text: _days(text, view))
    return UserKey(
        made=made, active=active, age_days=age, idle_days=used.then(lambda text: age.data if text is None else _days(text, view))
    )


def _when(text: Any) -> datetime.datetime | None:
    try:
        return datetime.datetime.fromisoformat(str(text))
    except ValueError:
        return None


def _days(text: Any, key: View) -> int | Unknown:
    """Days from a time to when the account was asked."""
    try:
        return (datetime.datetime.fromisoformat(key.location.time) - datetime.datetime.fromisoformat(str(text))).days
    except (TypeError, ValueError):
        return Unknown(f"how old the key is: {text} cannot be read as a time", "audit again", key.location)
