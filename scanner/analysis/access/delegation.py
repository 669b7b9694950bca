"""Policies that have to allow what identities are allowed, or leave it to these: of keys and of roles.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html
"""

from __future__ import annotations

import msgspec

from assay.scanner.facts.model import Identity
from assay.scanner.facts.policies import of_other_account
from assay.scanner.facts.statements import Statement, allowed_of, names_whole_account
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, all_of, any_of

from .meeting import Told, meets
from .whose import names


def given_by(view: View, entry: Statement | Unknown, who: Identity, action: str, told: Told) -> tuple[Value[bool], Value[bool]]:
    """Whether a statement of such a policy lets an identity itself, and whether it leaves that to the policies of the account.

    `view`: the key or the role.
    """
    if isinstance(entry, Unknown):
        return Value(entry), Value(entry)
    actions, more = allowed_of(entry, [action])
    if entry.allows is False or (not actions and more is None):
        return Value(False), Value(False)
    met = all_of([Value(entry.allows), Value(meets(entry, told)), Value(True if actions else more)])
    own = [(kind, who) for kind, who in entry.principals if not (kind == "AWS" and names_whole_account(who))]
    whole = [of_other_account(kind, who, view.account, entry).negate() for kind, who in entry.principals if (kind, who) not in own]
    asks: Value[bool] = Value(names(msgspec.structs.replace(entry, principals=[], not_principal=False), who))
    direct: Value[bool] = Value(names(msgspec.structs.replace(entry, principals=own), who) if own else False)
    return all_of([met, direct]), all_of([met, asks, any_of([*whole, Value(False)])])


def delegated(view: View, written: list[Statement | Unknown], who: Identity, action: str, told: Told) -> Value[bool]:
    """Whether a policy leaves it to the policies of an identity; one that is not written is AWS's own, which does."""
    return any_of([*(given_by(view, entry, who, action, told)[1] for entry in written), Value(not written)])
