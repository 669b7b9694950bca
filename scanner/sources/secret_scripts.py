"""Secrets in commands of the shell: assignments, options and arguments."""

from __future__ import annotations

import bisect
import itertools
import re
from collections.abc import Iterator

from assay.scanner import lazy_re
from assay.scanner.sources.budget import Budget
from assay.scanner.sources.repository.shell import Command, Token, commands
from assay.scanner.sources.secret_detecting import DetectedSecret, by_form, detect, is_placeholder, is_reference

MAX_STEPS = 500_000
"""Of one script."""
_MOUNTED = "/run/secrets/"
_PAIR = lazy_re.pattern(r"(?:--?)?([A-Za-z_][\w.-]{0,100})[=:](.{1,4000})", re.DOTALL)
_LINE = lazy_re.pattern(r"(?m)^[ \t]{0,100}(?:export[ \t]{1,9})?([A-Za-z_][\w.-]{0,100})[ \t]{0,20}[=:][ \t]{0,20}(\S[^\n]{0,2000})$")
_NAME_SECRETS = ("gcloud", "docker", "podman")
"""Commands whose option `--secret` names one: https://cloud.google.com/sdk/gcloud/reference/secrets/versions/access"""
_USER = lazy_re.pattern(r"([\w.@-]{1,100}):(\S{3,400})")


def in_script(script: str) -> Iterator[tuple[str, DetectedSecret]]:
    """Every secret in a script: what names it, empty where only its form tells it, and its place in the script. Raises OverBudget."""
    forms = sorted(by_form(script), key=lambda secret: secret.start)
    yield from (("", secret) for secret in forms)
    yield from ((name, secret) for name, secret in _in_commands(script) if not _overlaps(secret, forms))


def in_settings(text: str) -> Iterator[tuple[str, DetectedSecret]]:
    """Every secret in a text of lines `NAME=value` or `name: value`, in the order of the lines."""
    forms = sorted(by_form(text), key=lambda secret: secret.start)
    yield from (("", secret) for secret in forms)
    for match in _LINE.finditer(text):
        told = detect(match[1], match[2].strip().strip("\"',"))
        if told is not None and not _overlaps(secret := DetectedSecret(told.kind, match.start(2), match.end(2), told.by_name), forms):
            yield match[1], secret


def _overlaps(secret: DetectedSecret, forms: list[DetectedSecret]) -> bool:
    at = bisect.bisect_left(forms, secret.end, key=lambda form: form.start) - 1
    return at >= 0 and forms[at].end > secret.start


def _in_commands(script: str) -> Iterator[tuple[str, DetectedSecret]]:
    for command in commands(script, Budget(steps=MAX_STEPS)):
        yield from _in_command(command)


def _in_command(command: Command) -> Iterator[tuple[str, DetectedSecret]]:
    for name, token in command.assignments:
        yield from _detected(name, token.text.partition("=")[2], token)
    if (password := _of_net_user(command)) is not None:
        yield from _detected("password", password.text, password)
    names_them = bool(command.words) and command.words[0].text.rpartition("/")[2] in _NAME_SECRETS
    for at, word in enumerate(command.words):
        if names_them and word.text.partition("=")[0] == "--secret":
            continue
        after = command.words[at + 1] if at + 1 < len(command.words) else None
        if match := _PAIR.fullmatch(word.text):
            yield from _detected(match[1], match[2], word)
        elif word.text.startswith("--") and after is not None and not after.text.startswith("-"):
            yield from _detected(word.text[2:], after.text, after)
        if word.text == "-p" and "login" in command.texts[:3] and after is not None:
            yield from _detected("password", after.text, after)
        if word.text in ("-u", "--user") and after is not None and _is_login(command, after.text):
            yield "", DetectedSecret("a password", after.start, after.end, by_name=True)


def _of_net_user(command: Command) -> Token | None:
    """The password that `net user NAME PASSWORD` gives a user of Windows; `*` asks for one, and `/…` is an option.

    https://learn.microsoft.com/en-us/previous-versions/windows/it-pro/windows-server-2012-r2-and-2012/cc771865(v=ws.11)
    """
    words = command.words
    at = next((at for at, word in enumerate(words[:3]) if word.text.lower() in _NET), len(words))  # `cmd.exe /c net user …`
    if len(words) < at + 4 or words[at + 1].text.lower() not in ("user", "users"):
        return None
    return None if words[at + 3].text.startswith(("/", "*", "%")) else words[at + 3]


_NET = ("net", "net.exe")


def written_secrets(script: str) -> Iterator[tuple[int, int]]:
    """The commands of a script that write a secret of the build into the layer, where none of them removes it again. Raises OverBudget.

    https://docs.docker.com/build/building/secrets/#secret-mounts
    """
    script_commands = commands(script, Budget(steps=MAX_STEPS)) if _MOUNTED in script else []
    lines = [(command, list(itertools.dropwhile(lambda word: word.startswith("--"), command.texts))) for command in script_commands]
    removed = {word for _, words in lines if words[:1] in (["rm"], ["shred"]) for word in words[1:]}
    for command, words in lines:
        sources = [word for word in words[1:] if word.startswith(_MOUNTED)]
        sources += [target for operator, target in command.redirects if operator == "<" and target.startswith(_MOUNTED)]
        targets = [target for operator, target in command.redirects if operator.startswith((">", "&>")) and not target.isdigit()]
        if words[:1] in (["cp"], ["install"], ["mv"]):
            targets += words[-1:]
        kept = [target for target in targets if target not in removed and not target.startswith(("/dev/", "/run/", "-"))]
        if sources and kept and words[0] in ("cat", "cp", "install", "mv", "base64", "tee"):
            yield command.start, command.end


def _is_login(command: Command, text: str) -> bool:
    """Whether a command logs in with a name and a password that are written there."""
    user = _USER.fullmatch(text)
    if user is None or is_reference(user[2]) or is_placeholder(user[2]):
        return False
    return command.words[0].text.rpartition("/")[2] in ("curl", "wget")


def _detected(name: str, value: str, token: Token) -> Iterator[tuple[str, DetectedSecret]]:
    secret = detect(name, value)
    if secret is not None:
        yield name, DetectedSecret(secret.kind, token.start, token.end, secret.by_name)
