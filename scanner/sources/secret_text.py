"""Secrets in texts: what tokens, keys and passwords look like.

Every expression runs in linear time: repetitions are bounded, or begin after a mark that they do not hold.
"""

from __future__ import annotations

import math
import re
from collections import Counter

from assay.scanner import lazy_re

HIDDEN = "(redacted)"
"""Stands for a text that was left out."""
TOKENS = (
    ("an AWS access key", r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b"),
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    ("a private key", r"-----BEGIN[A-Z0-9 ]{0,40}PRIVATE KEY"),  # RFC 7468, also of OpenSSH, and in the JSON of service accounts
    ("a token of GitHub", r"\bgh[pousr]_[A-Za-z0-9]{30}|\bgithub_pat_[A-Za-z0-9_]{20}"),
    # https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/
    ("a token of GitLab", r"\bglpat-[\w-]{20}"),  # https://docs.gitlab.com/security/tokens/#token-prefixes
    ("a token of Slack", r"\bxox[a-z]-[A-Za-z0-9-]{10}|\bxapp-\d-[A-Z0-9]{8}|hooks\.slack\.com/(?:services|workflows)/\w"),
    # https://docs.slack.dev/authentication/tokens
    ("a key of Stripe", r"\b[sr]k_(?:live|test)_[A-Za-z0-9]{10}|\bwhsec_[A-Za-z0-9]{20}"),  # https://docs.stripe.com/keys
    ("an API key of an AI provider", r"\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{20}"),
    ("a key of Google", r"\bAIza[\w-]{35}|\bya29\.[\w-]{20}|\bGOCSPX-[\w-]{20}"),
    # https://cloud.google.com/docs/authentication/api-keys
    ("a JSON web token", r"\beyJ[\w-]{8,900}\.eyJ[\w-]{8}"),  # RFC 7519
    ("a token of npm", r"\bnpm_[A-Za-z0-9]{36}"),
    ("a token of PyPI", r"\bpypi-AgE[\w-]{20}"),
    ("a token of DigitalOcean", r"\bdop_v1_[a-f0-9]{64}"),
    ("a token of Vault", r"\bhv[sbr]\.[\w-]{24}"),
    ("a key of SendGrid", r"\bSG\.[\w-]{16,32}\.[\w-]{16}"),
    ("a token of Docker Hub", r"\bdckr_pat_[\w-]{20}"),
    ("a token of Shopify", r"\bshp(?:at|ss|ca)_[a-fA-F0-9]{32}"),
    ("a token of Databricks", r"\bdapi[a-f0-9]{32}"),
)
"""What a text is, by its form, to what it looks like; secret_detecting.py tells them apart."""
_TOKENS = "|".join(pattern for _, pattern in TOKENS)
_MARKS = (
    "AKIA", "ASIA", "PRIVATE KEY", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "xox", "xapp-", "hooks.slack.com",
    "k_live_", "k_test_", "whsec_", "sk-", "AIza", "ya29.", "GOCSPX-", "eyJ", "npm_", "pypi-AgE", "dop_v1_", "hvs.", "hvb.", "hvr.", "SG.",
    "dckr_pat_", "shpat_", "shpss_", "shpca_", "dapi",
)  # fmt: skip
"""One of them is in every token: most texts have none, which is quick to see."""
_find_token = re.compile(_TOKENS, re.ASCII).search
_TOKEN = lazy_re.pattern(rf"-----BEGIN[A-Z0-9 ]{{0,40}}PRIVATE KEY.*|(?:{_TOKENS})[\w.~+/=-]*", re.ASCII | re.DOTALL)
"""A token as a whole, and a private key to the end of the text."""
IN_URL = lazy_re.pattern(r"(?<=://)[^/?#\s:@]{0,256}:[^/?#\s@]{1,256}(?=@)", re.ASCII)
"""A name and a password: RFC 3986, 3.2.1."""
_NAMED = lazy_re.pattern(
    r"""(?:(?<=[\s;:,&?"'{(])|^)
    ((?:[\w-]{0,40}[_-])?(?:password|passwd|passphrase|pwd|secret|api[_-]?key|access[_-]?key|accountkey|sharedaccesskey|account_key
       |auth[_-]?token|token|signature|sig|x-amz-credential|client_secret)\ {0,4}(?:=(?!=)|:\ )\ {0,4})
    (?:"[^"]{1,4096}"|'[^']{1,4096}'|[^\s;,&"'<>=)\]}$]{3,4096})""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
"""`Password=…` of a connection string, `?token=…` of an address, `--password=…`."""
_QUERY = lazy_re.pattern(
    r"([?&;][\w-]{0,40}(?:password|passwd|pwd|secret|key|token|signature|sig|credential)=)[^\s&;\"'<>$]{3,4096}", re.IGNORECASE | re.ASCII
)
_SCHEME = lazy_re.pattern(r"\b((?:bearer|basic)\s{1,4})[A-Za-z0-9._~+/=-]{12,4096}", re.IGNORECASE | re.ASCII)
"""Of an Authorization header: RFC 7617, RFC 6750."""
_PASSWORD = lazy_re.pattern(r"passw|passphrase|\bpwd\b", re.IGNORECASE)
_SECRET_NAME = lazy_re.pattern(r"secret|private.?key|api.?key|access.?key|token|credential|auth", re.IGNORECASE)
_RANDOM, _LONG = 3.2, 16
# Bits of each character, of texts of at least so many: those of words are below, those of keys above.


def without_secrets(text: str) -> str:
    """The text without what looks like a secret: all of it where it holds a token or a key, else without the secret part."""
    if len(text) < _SHORTEST:
        return text
    text = without_tokens(text)
    return _NAMED.sub(rf"\1{HIDDEN}", text) if "=" in text or ": " in text else text


def without_tokens(text: str) -> str:
    """The text without what is a secret whatever it is called; also a line of code, in which `password = var.p` is none."""
    return HIDDEN if has_token(text) else _without_parts(text)


def lines_without_tokens(text: str) -> list[str]:
    """Each line of a text, as `without_tokens` says; that nothing is to be left out of the whole is quicker to see."""
    lines = text.split("\n")
    return lines if without_tokens(text) == text else [without_tokens(line) for line in lines]


def told_without_tokens(text: str) -> str:
    """A sentence of ours without the tokens that it quotes; the words around them stay."""
    return _without_parts(_TOKEN.sub(HIDDEN, text) if has_token(text) else text)


def has_token(text: str) -> bool:
    """Whether a token, a key or the like is in a text, by its form."""
    return any(mark in text for mark in _MARKS) and _find_token(text) is not None


def _without_parts(text: str) -> str:
    """The text without the secret parts of addresses and headers."""
    if "://" in text:
        text = IN_URL.sub(HIDDEN, text) if "@" in text else text
        text = _QUERY.sub(rf"\1{HIDDEN}", text) if "=" in text else text
    return _SCHEME.sub(rf"\1{HIDDEN}", text) if " " in text else text


_SHORTEST = 8


def is_secret_pair(name: str, value: str) -> bool:
    """Whether a value is secret by its name: a password whatever it is, anything else that is called so where it looks random."""
    if _PASSWORD.search(name):
        return bool(value)
    return len(value) >= _LONG and _SECRET_NAME.search(name) is not None and entropy(value) > _RANDOM and not _readable(value)


def _readable(value: str) -> bool:
    """Whether a text is words, or a name of a resource: letters of one case with marks between them."""
    return value.startswith(("arn:", "projects/", "//")) or not any(char.isdigit() for char in value)


def entropy(text: str) -> float:
    """Bits of each character by Shannon's formula."""
    size = len(text)
    return -sum(count / size * math.log2(count / size) for count in Counter(text).values())


_HEADER_TEST = lazy_re.pattern(
    r"""(request\.(?:headers|query|path)?(?:\[[^\]]{0,200}\])?(?:\.\w{1,30}\(\)){0,4}\s{0,8}
    (?:==|!=|\.(?:matches|contains|startsWith|endsWith)\()\s{0,8})
    ("[^"\n]{1,2000}"|'[^'\n]{1,2000}')""",
    re.VERBOSE,
)
_HEADER_TESTED = lazy_re.pattern(r"""("[^"\n]{1,2000}"|'[^'\n]{1,2000}')(\s{0,8}(?:==|!=)\s{0,8}request\.headers)""")
_ANYTHING = lazy_re.pattern(r"[.*+?^$|()\[\]\\/]*\Z")


def hidden_headers(expression: str) -> str:
    """A condition in CEL without the values that it compares headers with, which may be shared secrets: those of a load balancer's clients.

    https://cloud.google.com/armor/docs/rules-language-reference
    """
    if "headers" not in expression:
        return expression
    hidden = _HEADER_TEST.sub(lambda match: match[1] + _literal(match[2]) if "headers" in match[1] else match[0], expression)
    return _HEADER_TESTED.sub(lambda match: _literal(match[1]) + match[2], hidden)


def _literal(quoted: str) -> str:
    """A literal that tells nothing; one that matches anything stays, since it decides what the condition lets through."""
    return quoted if _ANYTHING.match(quoted[1:-1]) else f"{quoted[0]}redacted{quoted[0]}"
