"""What is known of the root user. https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.accounts.reported import KEYS, ROOT, flag, row_of
from assay.scanner.facts.accounts.root.kinds import RootKeys, RootUser
from assay.scanner.facts.spelling import Beside, Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Reference, Unknown
from assay.scanner.sources.values import Value, any_of

_NAMES = ("root", "<root_account>", "<root-account>")
"""How tools call the root user, in the place of a user's name: that of credential reports among them."""
_NOT_SAID = Unknown("whether the root user has credentials: the answer does not say it", "audit again with a newer version of boto3")


class SummaryAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where the answer about an account tells of its root user: numbers that are 0 or 1."""

    mfa: Annotated[Place, "second_factor"]
    password: Annotated[Place, "credentials"]
    keys: Annotated[Place, "credentials"]
    report: Annotated[Beside | None, "second_factor", "credentials"] = None
    """The credential report of the account."""


def root_user(view: View, at: SummaryAt) -> RootUser:
    """Of a member account whose root credentials were deleted by its organisation, nobody can sign in as root; it has no MFA either.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html#id_root-user-access-management
    """
    second_factor = _flag(view[at.mfa])
    credentials = any_of([_flag(view[at.password]), _flag(view[at.keys])])
    return RootUser(
        identity=view.identity(view.item.account),
        second_factor=flag(_row(view, at.report), "mfa_active", second_factor) if second_factor.unknown else second_factor,
        credentials=_by_report(view, at.report, credentials),
    )


def _row(view: View, report: Beside | None) -> View | None:
    """The line of the root user in the credential report."""
    rows = view.beside(report) if report is not None else []
    return row_of([row for row in rows if row["user"].data == ROOT])


def _by_report(view: View, report: Beside | None, known: Value[bool]) -> Value[bool]:
    """Whether it has credentials, or keys: an active key is one, and of others, and of a password, the report tells nothing of root."""
    row = _row(view, report) if known.unknown else None
    active = [flag(row, f"access_key_{number}_active", known) for number in KEYS]
    return next((one for one in active if one.data is True), known)


class KeysAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where the answer about an account tells whether its root user has access keys."""

    keys: Annotated[Place, "present"]
    report: Annotated[Beside | None, "present"] = None


def root_keys(view: View, at: KeysAt) -> RootKeys:
    """An active or an inactive key: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html"""
    return RootKeys(identity=view.identity(view.item.account), present=_by_report(view, at.report, _flag(view[at.keys])))


def _flag(value: Value[Any]) -> Value[bool]:
    return value.default(_NOT_SAID).then(lambda number: number != 0)


class AccessKeyAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where code tells whose an access key is."""

    user: Annotated[str, "present"]


def access_key(view: View, at: AccessKeyAt) -> RootKeys:
    """An access key of code, which is of a user: for one that is called root, code keeps it in its state, whoever that is."""
    user = view.link(at.user)
    nobody = Unknown("whose the access key is: no user is written", "name its user", view.location)
    whose = view.says(False) if isinstance(user.data, Reference) else user.default(nobody).text().then(lambda name: name.lower() in _NAMES)
    return RootKeys(identity=view.identity(view[at.user]), present=whose)
