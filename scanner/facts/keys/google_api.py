"""Cloud KMS keys by their REST resource. https://cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys"""

from __future__ import annotations

from assay.scanner.facts.bindings import INHERITED, OWN, ROLES, SCOPES
from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.keys import google
from assay.scanner.facts.keys.kinds import Key
from assay.scanner.facts.spelling import Inherited, Link

READERS = (
    Reader(
        Key,
        (google.CRYPTO_KEY,),
        google.key,
        google.CryptoKeyAt(
            purpose="purpose",
            period="rotationPeriod",
            next="nextRotationTime",
            import_only="importOnly",
            levels=("versionTemplate.protectionLevel", "primary.protectionLevel"),
            enabled=google.own_usable,
            bindings=(OWN,),
            ring=Link("#parent", (google.KEY_RING,)),
            inherited=INHERITED,
            joins=(google.STATES, ROLES, Inherited(SCOPES)),
        ),
    ),
)
