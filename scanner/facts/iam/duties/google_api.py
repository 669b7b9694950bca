"""Duties over service accounts and keys by the policies of REST resources.

https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts, https://cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings
"""

from __future__ import annotations

from assay.scanner.facts.bindings import SCOPES
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.iam.duties.google import PolicyAt, policy
from assay.scanner.facts.iam.duties.kinds import DutySplit
from assay.scanner.facts.keys.google import CRYPTO_KEY, KEY_RING
from assay.scanner.facts.spelling import Inherited, Link

_ABOVE = Inherited(SCOPES)
_STATE = "lifecycleState|state"
_PROJECT, *_HIGHER = SCOPES

READERS = (
    Reader(DutySplit, (_PROJECT,), policy, PolicyAt(title="projectId", state=_STATE, always=True, joins=(_ABOVE,)), always=False),
    Reader(DutySplit, tuple(_HIGHER), policy, PolicyAt(title="displayName", state=_STATE, joins=(_ABOVE,)), always=False),
    Reader(DutySplit, ("iam.googleapis.com/ServiceAccount",), policy, PolicyAt(title="email", joins=(_ABOVE,)), always=False),
    Reader(DutySplit, (KEY_RING,), policy, PolicyAt(joins=(_ABOVE,)), always=False),
    Reader(DutySplit, (CRYPTO_KEY,), policy, PolicyAt(ring=Link("#parent", (KEY_RING,)), joins=(_ABOVE,)), always=False),
)
