"""Variables that the Serverless Framework writes into the parts of a template before CloudFormation sees them: `${self:custom.domain}`.

CloudFormation itself takes `${…}` outside of `Fn::Sub` for text, and no name in one has a single colon.
https://www.serverless.com/framework/docs/guides/variables
"""

from __future__ import annotations

from typing import Any

from assay.scanner import lazy_re
from assay.scanner.sources.cloudformation.texts import TOO_LONG
from assay.scanner.sources.raw import Given, Text

# Of `aws`, `s3` and `ssm` there are variables of IAM policies, too; shells write `${env:-default}`, PowerShell `${env:TEMP}`.
_START = lazy_re.pattern(r"\$\{(?:(?:self|opt|sls|param|cf)(?:\([\w.-]*\))?:[A-Za-z_]|file\(|strToBool\(|env:[A-Za-z_])")
_NAME = lazy_re.pattern(r"(?:(?:self|opt|sls|param|cf|env)(?:\([\w.-]*\))?:[A-Za-z_]|file\(|strToBool\()")


_MAX_PIECES = 20_000


def with_variables(text: str) -> Any:
    """A text with its variables as what is not known: `str`, `Text`, or one variable alone."""
    if "${" not in text:
        return text
    script = "\n" in text
    pieces: list[Any] = []
    at = start = 0
    while match := _START.search(text, start):
        if len(pieces) > _MAX_PIECES:
            return TOO_LONG
        start = match.end()
        if script and text.startswith("env", match.start() + 2):
            continue
        end = _end(text, match.start() + 1)
        pieces += [text[at : match.start()], variable(text[match.start() + 2 : end - 1])]
        at = start = end
    pieces = [piece for piece in [*pieces, text[at:]] if piece != ""]
    return pieces[0] if len(pieces) == 1 else Text(tuple(pieces)) if pieces else text


def variable(name: str) -> Given:
    """What a variable stands for, by what is written between its braces."""
    shown = name.strip()[:100]
    reason = f"the Serverless Framework fills ${{{shown}}} in"
    return Given(reason, "scan what it deploys (serverless package)", name=f"variable {name.strip()}")


def is_variable(name: str) -> bool:
    """Whether what stands between the braces of a placeholder is such a variable."""
    return _NAME.match(name) is not None


def _end(text: str, brace: int) -> int:
    """Where the braces end that are opened at a place; without an end, where the text does."""
    depth = 0
    for at in range(brace, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 0:
            return at + 1
    return len(text) + 1
