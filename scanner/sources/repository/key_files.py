"""Files that hold keys or passwords, by their names, and by what is in them where they are at hand."""

from __future__ import annotations

import re

from assay.scanner import lazy_re
from assay.scanner.sources.secret_detecting import by_form, detect

_CERTAIN = (
    ("a file of settings with secrets", lazy_re.pattern(
        r"\.env(?:\.(?!example|sample|template|dist|defaults?|schema)[\w.-]{1,100})?", re.IGNORECASE)),
    ("a private key of SSH", lazy_re.pattern(r"id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?")),
    ("a private key", lazy_re.pattern(r"[\w.-]{0,200}\.(?:key|ppk|p8)|[\w.-]{0,200}\.pem", re.IGNORECASE)),
    ("a store of private keys", lazy_re.pattern(r"(?!.*trust)(?!cacerts)[\w.-]{0,200}\.(?:pfx|p12|jks|keystore|kdbx)", re.IGNORECASE)),
    ("credentials of a service account", lazy_re.pattern(
        r"(?:[\w.-]{0,100}[-_.])?(?:credentials|service[-_]?account(?:[-_]?key)?|client[-_]secrets?|gcp[-_]key|sa[-_]key)"
        r"(?:[-_.][\w.-]{0,100})?\.json|application_default_credentials\.json", re.IGNORECASE)),
    ("passwords of servers", lazy_re.pattern(
        r"\.netrc|_netrc|\.git-credentials|\.pgpass|\.my\.cnf|\.htpasswd|\.pypirc|\.dockercfg|\.boto|\.s3cfg")),
    ("a state of Terraform, which holds secrets", lazy_re.pattern(r"[\w.-]{0,200}\.tfstate(?:\.backup)?")),
)  # fmt: skip
_PERHAPS = (
    ("settings of a package registry", lazy_re.pattern(
        r"\.npmrc|\.yarnrc(?:\.yml)?|pip\.conf|nuget\.config|settings\.xml|auth\.json", re.IGNORECASE)),
    ("a file of secrets", lazy_re.pattern(
        r"(?:secrets?|passwords?|credentials)(?:\.[\w-]{1,40})?\.(?:ya?ml|json|properties|toml|ini|txt|env)", re.IGNORECASE)),
    ("access to a cluster", lazy_re.pattern(r"\.?kube_?config(?:\.ya?ml)?")),
)  # fmt: skip
_PUBLIC = lazy_re.pattern(
    r"(?:^|[-_.])(?:ca|cas|cert|certs|certificate|certificates|chain|fullchain|bundle|root|roots|public|pub|trust|intermediate)\d?(?=[-_.]|$)"
    r"|global-bundle|rds-|cacert",
    re.IGNORECASE,
)
_FOLDERS = {
    (".aws", "credentials"): "keys of AWS",
    (".docker", "config.json"): "passwords of registries",
    (".kube", "config"): "access to a cluster",
    (".ssh", ""): "keys of SSH",
    (".aws", ""): "keys of AWS",
    (".gnupg", ""): "keys of GnuPG",
    ("gcloud", "application_default_credentials.json"): "credentials of a service account",
}
"""A folder and a file in it, or the folder as a whole, to what they hold."""
MAX_BYTES = 1_000_000


def key_file(path: str) -> tuple[str, bool] | None:
    """What a file of this path holds, and whether that is certain by its name alone; None for any other file."""
    parts = [part for part in path.replace("\\", "/").split("/") if part not in ("", ".")]
    if not parts:
        return None
    name, folder = parts[-1], parts[-2] if len(parts) > 1 else ""
    for (within, file), kind in _FOLDERS.items():
        if (folder, name) == (within, file) or (name == within and not file):
            return kind, True
    if folder == ".ssh" and not name.endswith(".pub") and name not in ("known_hosts", "config", "authorized_keys"):
        return "a key of SSH", True
    for kind, expression in _CERTAIN:
        if expression.fullmatch(name):
            return None if kind == "a private key" and name.lower().endswith(".pem") and _PUBLIC.search(name) else (kind, True)
    return next(((kind, False) for kind, expression in _PERHAPS if expression.fullmatch(name)), None)


def secret_in(content: bytes) -> str | None:
    """What kind of secret a file holds by its content, lines of settings among it; None where it holds none."""
    text = content[:MAX_BYTES].decode("utf-8", "replace")
    secret = next(by_form(text), None)
    if secret is not None:
        return secret.kind
    for line in text.splitlines():
        name, sign, value = _setting(line)
        if sign and (told := detect(name, value)) is not None:
            return told.kind
    return None


_SETTING = lazy_re.pattern(r"""^\s{0,100}(?:export\s{1,9})?["']?([\w.-]{1,200})["']?\s{0,20}([=:])\s{0,20}(.{0,2000})$""")


def _setting(line: str) -> tuple[str, str, str]:
    match = _SETTING.match(line) if not line.lstrip().startswith(("#", ";", "//")) else None
    return (match[1], match[2], match[3].strip().rstrip(",").strip("\"'")) if match else ("", "", "")
