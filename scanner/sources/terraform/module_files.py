"""Which files of a directory are a module, and what their blocks are together.

Terraform reads `.tf` and `.tf.json`. OpenTofu also reads `.tofu` and `.tofu.json`, and then leaves out the file of the same name with
Terraform's ending (https://opentofu.org/docs/language/files/). Override files change blocks of the others
(https://developer.hashicorp.com/terraform/language/files/override).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from assay.scanner.sources.coverage import Gap
from assay.scanner.sources.raw import Location
from assay.scanner.sources.terraform import files, tree
from assay.scanner.sources.terraform.blocks import Argument, Block

TERRAFORM, OPENTOFU = "Terraform", "OpenTofu"
_ALTERNATIVES = {".tf": ".tofu", ".tf.json": ".tofu.json"}
_UNIQUE = ("resource", "data", "ephemeral", "variable", "output", "module", "provider", "check")
"""Types of blocks of which a module has one with the same labels."""
_LABELS = {"resource": 2, "data": 2, "ephemeral": 2, "variable": 1, "output": 1, "module": 1, "provider": 1, "check": 1, "action": 2,
           "terraform": 0, "locals": 0, "moved": 0, "removed": 0, "import": 0}  # fmt: skip
"""Types of blocks to how many labels they have: `configFileSchema` in
https://github.com/hashicorp/terraform/blob/main/internal/configs/parser_config.go"""


def of_terraform(names: Iterable[str]) -> list[str]:
    """Of the names of files of code, those that Terraform reads. A directory of files for OpenTofu alone is no module to it: those are
    what there is."""
    code = sorted(names)
    return [name for name in code if not _is_tofu(name)] or code


def of_opentofu(names: Iterable[str]) -> list[str]:
    """Of the names of files of code, those that OpenTofu reads."""
    code = sorted(names)
    return [name for name in code if _alternative(name) not in code]


READ_BY: dict[str, Callable[[Iterable[str]], list[str]]] = {OPENTOFU: of_opentofu, TERRAFORM: of_terraform}


def _is_tofu(name: str) -> bool:
    return name.endswith(tuple(_ALTERNATIVES.values()))


def _alternative(name: str) -> str | None:
    """The file that OpenTofu reads in place of one with Terraform's ending."""
    for ending in (".tf.json", ".tf"):
        if name.endswith(ending):
            return name.removesuffix(ending) + _ALTERNATIVES[ending]
    return None


def is_override(name: str) -> bool:
    """Whether a file of this name changes blocks of the others."""
    stem = name.removesuffix(".json").rpartition(".")[0]
    return stem == "override" or stem.endswith("_override")


def together(blocks: list[Block], overrides: list[Block]) -> tuple[list[Block], list[Gap]]:
    """The blocks of a module, and gaps for what Terraform refuses in them: all the same is judged."""
    merged, gaps = list(blocks), list[Gap]()
    by_key: dict[tuple[object, ...], list[Block]] = {}
    owners: dict[str, list[Block]] = {}
    for block in merged if overrides else ():
        by_key.setdefault(_key(block), []).append(block)
        for name in block.arguments if block.type == "locals" else ():
            owners.setdefault(name, []).append(block)
    for override in overrides:
        same = by_key.get(_key(override), [])
        if override.type == "locals":
            gaps += _override_locals(merged, owners, override)
        elif same:
            for block in same:
                block.override(override)
        elif override.type != "terraform":
            # A provider configuration that is not written is an empty one, which can be overridden.
            if override.type != "provider" or override.expression("alias") is not None:
                gaps.append(_refused(override.location().file, override.location().line, f"{_named(override)} overrides nothing"))
            merged.append(override)
            by_key.setdefault(_key(override), []).append(override)
    return merged, gaps + list(_repeated(merged))


def _override_locals(blocks: list[Block], owners: dict[str, list[Block]], override: Block) -> list[Gap]:
    """`owners`: the blocks that have each name, to which those of the override are added."""
    gaps: list[Gap] = []
    for name, argument in override.arguments.items():
        for owner in owners.get(name, ()):
            owner.arguments[name] = argument
        if name not in owners:
            for own in override.arguments:
                owners.setdefault(own, []).append(override)
            gaps.append(_refused(argument.location.file, argument.location.line, f"local.{name} overrides nothing"))
            blocks.append(override)
    return gaps


def _repeated(blocks: list[Block]) -> Iterable[Gap]:
    """Gaps for what is declared twice. Of resources and modules both are judged; of values, either counts."""
    first: dict[tuple[object, ...], Block] = {}
    names: dict[str, Argument] = {}
    for block in blocks:
        if block.type == "locals":
            for name, argument in block.arguments.items():
                before = names.setdefault(name, argument)
                if before is not argument:
                    yield _refused(argument.location.file, argument.location.line, f"local.{name} is declared twice")
                    argument.follow(before)
        elif block.type in _UNIQUE and (other := first.setdefault(_key(block), block)) is not block:
            place = block.location()
            yield _refused(place.file, place.line, f"{_named(block)} is declared twice, before in {other.location()}")
            if block.type in ("variable", "output"):
                _either(other, block)


def _either(first: Block, second: Block) -> None:
    """Let either block count, where references mean the first."""
    for name, argument in second.arguments.items():
        if name in first.arguments:
            argument.follow(first.arguments[name])
        first.arguments[name] = argument


def _refused(file: str, line: int, what: str) -> Gap:
    return files.refused(Location(file, line), what, "remove one of the blocks, or correct its name")


def well_formed(blocks: list[Block]) -> tuple[list[Block], list[Gap]]:
    """The blocks that have the labels of their type, and gaps for what Terraform refuses in types and labels."""
    formed: list[Block] = []
    gaps: list[Gap] = []
    for block in blocks:
        wrong = _wrong(block)
        if wrong:
            gaps.append(files.refused(block.location(), wrong, "correct the block"))
        if len(block.labels) == _LABELS.get(block.type, len(block.labels)):
            formed.append(block)
    return formed, gaps


def _wrong(block: Block) -> str:
    expected = _LABELS.get(block.type)
    if expected is None:
        return f'"{block.type}" is no type of block'
    if len(block.labels) != expected:
        return f"a {block.type} block has {expected} labels and this one {len(block.labels)}"
    named = next((label for label in block.labels if not label.replace("-", "_").isidentifier()), None)
    return "" if named is None else f'"{named}" is no name'


def _key(block: Block) -> tuple[object, ...]:
    """What tells a block from others of its module."""
    alias = block.expression("alias") if block.type == "provider" else None
    return block.type, block.labels, alias.value if isinstance(alias, tree.Literal) else None


def _named(block: Block) -> str:
    """The address of a block, for a message."""
    names = {"resource": block.labels, "variable": ("var", *block.labels)}.get(block.type, (block.type, *block.labels))
    return ".".join(names)
