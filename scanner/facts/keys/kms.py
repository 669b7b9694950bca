"""KMS: what its settings mean."""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts import policies
from assay.scanner.facts.keys.kinds import Key
from assay.scanner.facts.keys.references import OUTSIDE
from assay.scanner.facts.spelling import Fixed, Place, Referrer, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.values import Value, all_of, gather

# https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
USABLE = ("Enabled", "Creating", "Updating")


class KeyAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a KMS key."""

    manager: Place = ""
    """`CUSTOMER` or `AWS`; an input that has only keys of the customer does not tell it."""
    spec: Annotated[Place, "rotatable"] = ""
    usage: Annotated[Place, "rotatable"] = ""
    key_store: Annotated[Place, "rotatable"] = ""
    replica: Annotated[Place, "rotatable"] = ""
    """`REPLICA` or `PRIMARY` of a multi-Region key."""
    primary: Annotated[Place, "rotatable"] = ""
    """The ARN of the primary of a multi-Region key, which is its own where it is that, of an input that says so."""
    origin: Annotated[Place, "imported", "rotation_days"] = ""
    rotates: Annotated[Place, "rotation_days"] = ""
    period: Annotated[Place, "rotation_days"] = ""
    enabled: Place = Fixed(True)
    """A switch, or a live key's state."""
    policies: Annotated[Place, "grants"] = ""
    aliases: Referrer | str = ""


def key(view: View, at: KeyAt) -> Key | None:
    """Keys that AWS manages for its services are none of the customer's."""
    if view[at.manager].data == "AWS":
        return None
    # Only symmetric encryption keys in KMS rotate by themselves, a replica with its primary:
    # https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html,
    # https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-manage.html
    symmetric = view[at.spec].default("SYMMETRIC_DEFAULT").equals("SYMMETRIC_DEFAULT")
    encrypts = view[at.usage].default("ENCRYPT_DECRYPT").equals("ENCRYPT_DECRYPT")
    primary = view[at.primary].then(lambda arn: arn == view.item.address)
    if view[at.primary].absent:
        primary = view[at.replica].default("PRIMARY").equals("REPLICA").negate()
    # https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html: AWS_KMS makes the material unless it says otherwise
    imported = view[at.origin].default("AWS_KMS").equals("EXTERNAL")
    days = rotation_days(view[at.rotates], view[at.period])
    return Key(
        identity=view.identity(view.called(at.name)),
        rotatable=all_of([symmetric, encrypts, view[at.key_store].is_set().negate(), primary]),
        imported=imported,
        rotation_days=days_of_own(imported, days),
        enabled=view[at.enabled].default(True).then(_usable).truth(),
        grants=grants(view, at.policies),
        aliases=aliases(view, at.aliases),
    )


def aliases(view: View, join: Referrer | str) -> Value[list[Any]]:
    """The names that stand for a key. An alias is of its region: a key of several has the same id in each."""
    if not isinstance(join, Referrer):
        return Value([])
    region = view.item.region.data
    here = [alias for alias in view.referrers(join).views if alias.item.region.data in (None, region) or region is None]
    return Value([alias[join.path].data for alias in here])


def _usable(switch: Any) -> Any:
    """Whether a key can be used, by its switch or its state."""
    return switch in USABLE if isinstance(switch, str) and switch.lower() not in ("true", "false") else switch


def rotation_days(enabled: Value[Any], period: Value[Any]) -> Value[Any]:
    """Off unless it is set; 365 days unless a period is given: https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html"""
    days = period.default(365).number()
    on = enabled.default(False).truth()
    return Value.of(days.raw, on.seen) if on.data is True else on.then(lambda rotates: days.data if rotates else None)


def days_of_own(imported: Value[bool], days: Value[Any]) -> Value[Any]:
    """The days between rotations of a key whose material may come from outside."""
    if imported.data is False:
        return Value.of(days.raw, imported.seen)
    return imported.then(lambda outside: OUTSIDE if outside else days.data)


def grants(view: View, documents: Place) -> Value[list[Any]]:
    """What key policies grant.

    Without one, KMS writes one that lets the account itself: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    """
    return gather([policies.aws_grants(document, view.account) for document in view.values(documents)])
