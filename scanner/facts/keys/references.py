"""What a resource names as its encryption key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assay.scanner.facts.keys import names
from assay.scanner.facts.keys.kinds import KeyRef
from assay.scanner.facts.spelling import Link
from assay.scanner.facts.view import View
from assay.scanner.override import override
from assay.scanner.sources.interface import Node
from assay.scanner.sources.raw import Exported, Reference, Text, Unknown, describe
from assay.scanner.sources.values import Value, all_of, any_of

OUTSIDE = Unknown("the key material comes from outside: whoever holds it rotates it", "attest the rotation of the imported key material")
_GOOGLE_DATA = (
    "google_kms_crypto_key", "google_kms_crypto_keys", "google_kms_crypto_key_version", "google_kms_crypto_key_versions",
    "google_kms_crypto_key_latest_version", "google_kms_key_handle",
)  # fmt: skip
_SETTLES = "give the key's ARN, or scan the live resource"
_STORES = ("data.ssm.", "data.secretsmanager.")
"""What templates have looked up where they are deployed: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html"""


class KeyLink(Link, frozen=True):
    """An attribute that names a key. What is known of that key differs by input: subclasses tell it."""

    def key(self, view: View, named: Value[Any] | None = None) -> Value[KeyRef | None]:
        """The key: None where none is named, Unknown where it cannot be told which. `named`: what is named, if not what stands there."""
        value = view[self] if named is None else named

        def read(data: Any) -> Any:
            if data is None or data in ("", []):
                return None
            # A list has one key for each region that the data is in, as Spanner takes them.
            facts = [self.facts(view, named) for named in (data if isinstance(data, list) else [data])]
            return KeyRef(
                id=Value(", ".join(describe(named) for named in data) if isinstance(data, list) else describe(data), value.seen),
                customer_managed=all_of([Value(customer_managed, value.seen) for customer_managed, _ in facts]),
                disabled=any_of([disabled for _, disabled in facts]),
            )

        return value.then(read)

    def facts(self, view: View, named: Any) -> tuple[bool | Unknown, Value[bool]]:
        """Whether the key that is named is the customer's own, and whether it is disabled."""
        raise NotImplementedError


class DeclaredKey(KeyLink, frozen=True):
    """In code: a reference to a key or an alias of the same code, or an ARN, id or alias as text."""

    targets: tuple[tuple[str, str], ...] = ()
    """Types of aliases, with the path to what each is an alias of."""
    switches: tuple[str, ...] = ()
    """Paths of keys where they are switched off."""
    by_name: Callable[[str | Text], bool | Unknown] = names.aws_key
    """What the text that names a key says of whose it is."""

    @override
    def facts(self, view: View, named: Any) -> tuple[bool | Unknown, Value[bool]]:
        return self._customer_managed(view, named), self._disabled(view, named)

    def _customer_managed(self, view: View, named: Any) -> bool | Unknown:
        if isinstance(named, Reference):
            return self._referred(view, named)
        if isinstance(named, (str, Text)):
            return self.by_name(named)
        return Unknown(f"{describe(named)} is no key", _SETTLES)

    def _referred(self, view: View, reference: Reference) -> bool | Unknown:
        if not reference.is_data:
            return reference.type in self.types or Unknown(f"whether {reference} is a customer-managed key", _SETTLES)
        if reference.type in _GOOGLE_DATA:
            return True  # Cloud KMS holds customer-managed keys only
        source = view.named(reference, self)
        named = [source[path].data for path in ("name", "key_id")] if source else []
        text = next((name for name in named if isinstance(name, (str, Text)) and name), None)
        if text is not None:
            return self.by_name(text)
        return Unknown(f"whether {reference} is a customer-managed key: its data source is read at plan time", _SETTLES)

    def _disabled(self, view: View, named: Any) -> Value[bool]:
        key = view.named(named, self) if isinstance(named, Reference) else None
        alias_of = dict(self.targets)
        if key is not None and key.item.type in alias_of:
            target = key.link(alias_of[key.item.type]).data
            key = view.named(target, self) if isinstance(target, Reference) and target.type not in alias_of else None
        return Value(False) if key is None else any_of([_off(key.item, path) for path in self.switches] or [Value(False)])


class AdmittingKey(DeclaredKey, frozen=True):
    """A key of which the policy has to let the service in: one that another stack or a parameter store gives is the customer's in any case.

    The policies of AWS's own keys cannot be changed: https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-key.
    A key that is disabled is refused: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_AssociateKmsKey.html
    """

    @override
    def key(self, view: View, named: Value[Any] | None = None) -> Value[KeyRef | None]:
        value = view[self] if named is None else named
        given = value.data
        if not (isinstance(given, Exported) and given.filled) and not (isinstance(given, Reference) and given.address.startswith(_STORES)):
            return super().key(view, named)
        own = KeyRef(
            id=Value(given.name if isinstance(given, Exported) else describe(given), value.seen),
            customer_managed=Value(True, value.seen),
            disabled=Value(False, value.seen),
        )
        return Value(own, value.seen)


def _off(key: Node, switch: str) -> Value[bool]:
    return key[switch].default(True).truth().negate()


def terraform_key(path: str) -> DeclaredKey:
    """KMS in Terraform: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kms_key"""
    keys = ("aws_kms_key", "aws_kms_replica_key", "aws_kms_external_key", "aws_kms_replica_external_key", "aws_kms_alias")
    looked_up = ("data.aws_kms_key", "data.aws_kms_alias")
    return DeclaredKey(path, (*keys, *looked_up), targets=(("aws_kms_alias", "target_key_id"),), switches=("is_enabled", "enabled"))


_TEMPLATE_KEYS = ("AWS::KMS::Key", "AWS::KMS::ReplicaKey", "AWS::KMS::Alias")
_TEMPLATE_ALIASES = (("AWS::KMS::Alias", "TargetKeyId"),)


def template_key(path: str) -> DeclaredKey:
    """KMS in CloudFormation."""
    return DeclaredKey(path, _TEMPLATE_KEYS, targets=_TEMPLATE_ALIASES, switches=("Enabled",))


def template_admitting_key(path: str) -> DeclaredKey:
    """The same of a service that the policy of the key has to let in."""
    return AdmittingKey(path, _TEMPLATE_KEYS, targets=_TEMPLATE_ALIASES, switches=("Enabled",))


def crypto_key(path: str) -> DeclaredKey:
    """Cloud KMS in Terraform, which has no switch for a key. A handle is one that Autokey makes: https://cloud.google.com/kms/docs/autokey-overview"""
    return DeclaredKey(path, ("google_kms_crypto_key", "google_kms_crypto_key_version", "google_kms_key_handle"), by_name=names.crypto_key)
