"""What the text that names a key says of whose key it is.

AWS: https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id; its services own the aliases that begin with `alias/aws/`:
https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-key. Cloud KMS holds keys of customers only:
https://cloud.google.com/kms/docs/getting-resource-ids
"""

from __future__ import annotations

import re
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.sources.raw import Reference, Text, Unknown

_SETTLES = "give the key's ARN, or scan the live resource"
_OPEN, _REFERENCE = "\0", "\1"
"""Parts of a text that are not known: of any value, and an attribute of another resource."""
_PARTS = lazy_re.pattern(f"[{_OPEN}{_REFERENCE}]")
_SHOWN = "…"

_ID = lazy_re.pattern(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32}", re.IGNORECASE)
_ARN = lazy_re.pattern("arn:[^:]+:kms:(?:[^:]*:[^:]*|[^:]*[\0\1][^:]*):(.+)|[^:]*[\0\1][^:]*(?::[^:]*)*:((?:key|alias)/.+)")
_KEY_OF_ARN = lazy_re.pattern("key/[\\w\0\1-]+")
_ALIAS = lazy_re.pattern("alias/[\\w/\0\1-]+")
_CRYPTO_KEY = lazy_re.pattern(
    "(?:(?://|https://)cloudkms\\.googleapis\\.com/(?:v1/)?)?"
    "(?:projects/[^/]+/locations/[^/]+/keyRings/[^/]+|[^ ]*[\0\1][^ ]*)/cryptoKeys/[^/]+(?:/cryptoKeyVersions/[^/]+)?"
)


def aws_key(named: str | Text) -> bool | Unknown:
    """Whether the customer owns what names a KMS key: by id, alias or ARN. False of a key of one of AWS's services."""
    text = _text(named)
    arn = _ARN.fullmatch(text)
    name = (arn[1] or arn[2]) if arn else text
    if name.startswith(("alias/aws/", "aws/")):
        return False
    if _ID.fullmatch(text) or (arn and _KEY_OF_ARN.fullmatch(name)):
        return True
    if _ALIAS.fullmatch(name):
        fixed, open_, _ = name.removeprefix("alias/").partition(_OPEN)
        if not (open_ and "aws/".startswith(fixed)):
            return True
        return Unknown(f"whether {_shown(name)} is an alias of one of AWS's services, which begin with alias/aws/", _SETTLES)
    return _no_key(text, "the id, alias or ARN of a KMS key")


def crypto_key(named: str | Text) -> bool | Unknown:
    """Whether text names a Cloud KMS key, which a customer owns."""
    text = _text(named)
    return True if _CRYPTO_KEY.fullmatch(text) else _no_key(text, "the name of a Cloud KMS key: projects/…/cryptoKeys/…")


def _text(named: str | Text) -> str:
    parts: tuple[Any, ...] = named.parts if isinstance(named, Text) else (named,)
    return "".join(part if isinstance(part, str) else _REFERENCE if isinstance(part, Reference) else _OPEN for part in parts)


def _no_key(text: str, wanted: str) -> Unknown:
    if _PARTS.search(text):
        return Unknown(f"which key {_shown(text)} is", _SETTLES)
    return Unknown(f"{text} is not {wanted}", "correct it, or scan the live resource")


def _shown(text: str) -> str:
    return _PARTS.sub(_SHOWN, text)
