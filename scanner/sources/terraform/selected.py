"""Which workspace is selected (`terraform.workspace`), where nobody says it.

Code is judged as a fresh apply of it: in the workspace `default`. But workspaces are selected by a command, a variable of the environment
or a file of the working directory, and no code shows which there are: https://developer.hashicorp.com/terraform/cli/workspaces. So where
code asks for the name it is judged a second time, with a name that is not known, and what is found either way counts. Of the integration
with HCP Terraform one name may be fixed, by which others are refused: https://developer.hashicorp.com/terraform/cli/cloud/settings
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.sources.raw import Open
from assay.scanner.sources.terraform import tree
from assay.scanner.sources.terraform.blocks import Block

DEFAULT = "default"
IS_DEFAULT = f'terraform.workspace == "{DEFAULT}"'
"""What holds where a workspace is selected that nobody named, as a finding says it."""
_ASKED = lazy_re.pattern(rb"\bworkspace\b")
_ANY = Open("which workspace is selected is not known", "pass --workspace NAME", name="terraform.workspace")


def names(said: str | None, blocks: Sequence[Block], asking: Iterable[bool]) -> list[Any]:
    """The names to judge a root module with.

    `said` is the one that the user gives, `blocks` are those of the root module; `asking` tells of each of its modules whether it may ask
    for the name.
    """
    if said is not None:
        return [said]
    fixed = _fixed(blocks)
    if fixed is not None:
        return [fixed]
    return [DEFAULT, _ANY] if any(asking) else [DEFAULT]


def asks(source: bytes) -> bool:
    """Whether a file may ask for the name: the word is there, or an escape of JSON that may stand for a letter of it."""
    return _ASKED.search(source) is not None or (b"\\u" in source and source.lstrip()[:1] in (b"{", b"["))


def _fixed(blocks: Sequence[Block]) -> str | None:
    """The name of the one workspace that code may be applied in."""
    settings = [block for block in blocks if block.type == "terraform"]
    clouds = [inner for block in settings for inner in block.blocks if inner.type == "cloud"]
    others = [inner for block in settings for inner in block.blocks if inner.type == "backend"]
    chosen = [inner for cloud in clouds for inner in cloud.blocks if inner.type == "workspaces"]
    if len(clouds) != 1 or len(chosen) != 1 or others:
        return None
    name = chosen[0].expression("name")
    return name.value if isinstance(name, tree.Literal) and isinstance(name.value, str) and name.value else None
