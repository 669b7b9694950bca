"""Security headers of HTTP responses: what they say, and the response headers policies that AWS manages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.sources.raw import Text, Unknown, unknown_inside

HSTS = "strict-transport-security"
CSP = "content-security-policy"

# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html, as of November 2026.
# None of them sets a Content-Security-Policy, and all that set HSTS give it a year.
_SECURITY: Mapping[str, str] = {HSTS: "max-age=31536000"}
MANAGED_POLICIES: Mapping[str, Mapping[str, str]] = {
    "67f7725c-6f97-4210-82d7-5512b31e9d03": _SECURITY,  # SecurityHeadersPolicy
    "e61eb60c-9c35-4d20-a928-2b84e02af89c": _SECURITY,  # CORS-and-SecurityHeadersPolicy
    "eaab4381-ed33-4a86-88ca-d9558dc6cd63": _SECURITY,  # CORS-with-preflight-and-SecurityHeadersPolicy
    "60669652-455b-4ae9-85a4-c4c02393f86c": {},  # SimpleCORS
    "5cc3b908-e619-4b99-88e5-2cf7f45965bd": {},  # CORS-With-Preflight
}
"""Id of a managed response headers policy to the security headers that it sets, names in lower case."""
MANAGED_NAMES: Mapping[str, str] = {
    "managed-securityheaderspolicy": "67f7725c-6f97-4210-82d7-5512b31e9d03",
    "managed-cors-and-securityheaderspolicy": "e61eb60c-9c35-4d20-a928-2b84e02af89c",
    "managed-cors-with-preflight-and-securityheaderspolicy": "eaab4381-ed33-4a86-88ca-d9558dc6cd63",
    "managed-simplecors": "60669652-455b-4ae9-85a4-c4c02393f86c",
    "managed-cors-with-preflight": "5cc3b908-e619-4b99-88e5-2cf7f45965bd",
}
"""Name of a managed policy, in lower case as the API gives it, to its id."""


_OPEN = "\0"
"""Stands for a part of a text that is not known."""
_DOMAIN = "unknown.invalid"


def readable(data: Any) -> Any:
    """The value of a header, of which parts may not be known; None where there is none, Unknown of what is no text."""
    return data if data is None or isinstance(data, (str, Text, Unknown)) else not_known(data)


def written(header: str | Text) -> str:
    """A header as it is shown, with a word for each part that is not known."""
    return _joined(header, _DOMAIN)


def _joined(header: str | Text, for_unknown: str, for_reference: str = _DOMAIN) -> str:
    """What a reference gives once it is deployed is a domain or an id: it opens no policy that the rest closes."""
    if isinstance(header, str):
        return header
    return "".join(part if isinstance(part, str) else for_unknown if isinstance(part, Unknown) else for_reference for part in header.parts)


def not_known(data: Any) -> Unknown:
    """Why a header is not known of which a part is not."""
    return unknown_inside(data) or Unknown(f"what {data} is once it is deployed", "scan the plan or the live account")


def max_age(header: str | Text) -> int | Unknown | None:
    """The seconds that a Strict-Transport-Security header says; None where it is not valid, so that browsers take no notice of it.

    https://datatracker.ietf.org/doc/html/rfc6797#section-6.1: directives are separated by `;`, compare without case, may be quoted and
    stand once.
    """
    directives = [part.partition("=") for part in _joined(header, _OPEN, _OPEN).split(";") if part.strip()]
    names = [name.strip().lower() for name, _, _ in directives]
    if any(_may_be(name, "max-age") for name in names):  # the first, or a second, with which the header is not valid
        return not_known(header)
    if len(names) != len(set(names)) or "max-age" not in names:
        return None
    text = directives[names.index("max-age")][2].strip()
    if _OPEN in text:
        return not_known(header)
    text = text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
    return int(text) if re.fullmatch(r"[0-9]{1,15}", text) else None


def _may_be(name: str, wanted: str) -> bool:
    """Whether a name that is known in part may be another."""
    pieces = [re.escape(piece) for piece in name.split(_OPEN)]
    return len(pieces) > 1 and re.fullmatch(".*".join(pieces), wanted) is not None


def limits_scripts(header: str | Text) -> bool | Unknown:
    """Whether a Content-Security-Policy, or one of several in a list, limits where scripts come from.

    https://www.w3.org/TR/CSP3/#parse-serialized-policy-list: of directives of one name the first counts. A policy that lets scripts come
    from anywhere and stand in the page, without a nonce or a hash by which browsers would ignore that, limits nothing.
    """
    text = _joined(header, _OPEN)
    if _OPEN not in text:
        return any(map(_limits, text.split(",")))
    strict = any(_limits(_filled(policy, "script-src 'none'", "'nonce-'")) for policy in text.split(","))
    loose = any(_limits(_filled(policy, "script-src * 'unsafe-inline'", "* 'unsafe-inline'")) for policy in text.split(","))
    return strict if strict == loose else not_known(header)


def _filled(policy: str, directive: str, source: str) -> str:
    """A policy with what stands for directives and for sources that are not known; such a part of a word is one of its domain."""
    directives: list[str] = []
    for part in policy.split(";"):
        words = [word if word == _OPEN else word.replace(_OPEN, _DOMAIN) for word in part.split()]
        directives.append(" ".join((source if at else directive) if word == _OPEN else word for at, word in enumerate(words)))
    return ";".join(directives)


def _limits(policy: str) -> bool:
    directives: dict[str, list[str]] = {}
    for part in policy.split(";"):
        name, *words = part.lower().split() or [""]
        directives.setdefault(name, words)
    sources = directives.get("script-src", directives.get("default-src"))
    if sources is None:
        return False
    if any(source.startswith(("'nonce-", "'sha")) or source == "'strict-dynamic'" for source in sources):
        return True
    return not ("'unsafe-inline'" in sources and ("*" in sources or {"http:", "https:"} & set(sources)))


_NO_DOCUMENT = lazy_re.pattern(
    r"\.(?:avif|bmp|css|csv|eot|gif|gz|ico|jpe?g|m?js|json|map|md|mp[34]|og[gv]|otf|png|tar|tgz|tiff?|ttf|txt|wasm|wav|webm|webmanifest|webp"
    r"|woff2?|zip)$",
    re.IGNORECASE,
)


def may_be_document(pattern: str) -> bool:
    """Whether a path pattern may be that of a document; SVG and PDF may run scripts, too."""
    return _NO_DOCUMENT.search(pattern) is None
