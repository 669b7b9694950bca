"""Which secrets a task is handed at its start, by what its containers name.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.denials import is_open
from assay.scanner.facts.view import View
from assay.scanner.sources.documents import decode
from assay.scanner.sources.raw import Reference, Text, Unknown, describe

from .arns import Arns, reaches
from .ways import Run

SUFFIX = "\ue200" * 6
"""The characters that Secrets Manager puts behind a name: https://docs.aws.amazon.com/secretsmanager/latest/userguide/getting-started.html"""


def secrets_of(run: Run) -> list[Any]:
    """What the containers of a task name as their secrets; an Unknown where that is not known."""
    written = run.view[run.at.containers]
    content = decode(written.data)
    handed: list[Any] = []
    for one in content if isinstance(content, list) else [content]:
        if isinstance(one, Unknown):
            handed.append(one)
        secrets = _under(one, "secrets")
        for entry in secrets if isinstance(secrets, list) else [] if secrets is None else [secrets]:
            handed.append(_under(entry, "valuefrom") if isinstance(entry, dict) else entry)
    return handed


def _under(data: Any, key: str) -> Any:
    """What stands under a key, in whichever case."""
    return next((raw for name, raw in data.items() if name.lower() == key), None) if isinstance(data, dict) else None


def names_it(view: View, arns: list[str], forms: Arns, named: Any) -> bool | Unknown:
    """Whether a secret of a container is this one: by its ARN, with the key of a value behind it or not."""
    if isinstance(named, Unknown):
        return named
    if not isinstance(named, (str, Text, Reference)):
        return False
    text = forms.text(named)
    fields = text.split(":")
    if fields[0] != "arn":
        if not is_open(text[:1]) or _is_other(view, named):
            return False  # a parameter
        return Unknown(f"whether {describe(named)} is this secret", "scan the plan or the live account")
    answers = [reaches(":".join(fields[:7]), arn) for arn in arns]
    if True in answers or any(_with_suffix(":".join(fields[:7]), arn) for arn in arns):
        return True
    return Unknown(f"whether {describe(named)} is this secret", "scan the plan or the live account") if None in answers else False


def _is_other(view: View, named: Any) -> bool:
    """Whether what names a secret of a container begins with a reference to something that is no secret, such as a parameter."""
    first = named.parts[0] if isinstance(named, Text) else named
    item = view.items.at(first.address) if isinstance(first, Reference) else None
    return item is not None and "secretsmanager" not in item.type.lower()


def _with_suffix(text: str, arn: str) -> bool:
    """Whether an ARN is that of a secret of this name, with some six characters behind it."""
    return arn.endswith(SUFFIX) and reaches(text[:-6] + SUFFIX, arn) is True and text[-7:-6] == "-"
