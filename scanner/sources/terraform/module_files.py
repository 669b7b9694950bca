"""Which files of a directory are a module, and what their blocks are together.

Terraform reads `.tf` and `.tf.json`. OpenTofu also reads `.tofu` and `.tofu.json`, and then leaves out the file of the same name with
Terraform's ending (https://opentofu.org/docs/language/files/). Override files change blocks of the others
(https://developer.hashicorp.com/terraform/language/files/override).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

from assay.scanner.sources.interface import Gap
from assay.scanner.sources.overlay import Overlay
from assay.scanner.sources.terraform import tree
from assay.scanner.sources.terraform.blocks import Block
from assay.scanner.sources.terraform.files import FileError, is_code, read_bytes

TERRAFORM, OPENTOFU = "Terraform", "OpenTofu"
_ALTERNATIVES = {".tf": ".tofu", ".tf.json": ".tofu.json"}
_UNIQUE = ("resource", "data", "ephemeral", "variable", "output", "module", "provider", "check")
"""Types of blocks of which a module has one with the same labels."""
_LOCKS = {b'"registry.opentofu.org/': OPENTOFU, b'"registry.terraform.io/': TERRAFORM}
_VERSIONS = {".opentofu-version": OPENTOFU, ".terraform-version": TERRAFORM}
_MAX_LOCK = 1_000_000


def of_terraform(names: Iterable[str]) -> list[str]:
    """The files that Terraform reads. A directory of files for OpenTofu alone is no module to it: those are what there is."""
    code = sorted(filter(is_code, names))
    return [name for name in code if not _is_tofu(name)] or code


def of_opentofu(names: Iterable[str]) -> list[str]:
    """The files that OpenTofu reads."""
    code = sorted(filter(is_code, names))
    return [name for name in code if _alternative(name) not in code]


READ_BY: dict[str, Callable[[Iterable[str]], list[str]]] = {OPENTOFU: of_opentofu, TERRAFORM: of_terraform}


def programs(directory: str, overlay: Overlay) -> list[str]:
    """The programs that may apply a root module: the one that its lock file or a version file names, else both."""
    try:
        lock = read_bytes(os.path.join(directory, ".terraform.lock.hcl"), overlay, _MAX_LOCK)
    except FileError:
        lock = b""
    named = [program for mark, program in _LOCKS.items() if mark in lock]
    named = named or [program for name, program in _VERSIONS.items() if overlay.is_file(os.path.join(directory, name))]
    return named if len(named) == 1 else list(READ_BY)


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
    for override in overrides:
        same = [block for block in merged if _key(block) == _key(override)]
        if override.type == "locals":
            gaps += _override_locals(merged, override)
        elif same:
            for block in same:
                block.override(override)
        elif override.type != "terraform":
            # A provider configuration that is not written is an empty one, which can be overridden.
            if override.type != "provider" or override.expression("alias") is not None:
                gaps.append(_refused(override.location().file, override.location().line, f"{_named(override)} overrides nothing"))
            merged.append(override)
    return merged, gaps + list(_repeated(merged))


def _override_locals(blocks: list[Block], override: Block) -> list[Gap]:
    gaps: list[Gap] = []
    for name, argument in override.arguments.items():
        owners = [block for block in blocks if block.type == "locals" and name in block.arguments]
        for owner in owners:
            owner.arguments[name] = argument
        if not owners:
            gaps.append(_refused(argument.location.file, argument.location.line, f"local.{name} overrides nothing"))
            blocks.append(override)
    return gaps


def _repeated(blocks: list[Block]) -> Iterable[Gap]:
    first: dict[tuple[object, ...], Block] = {}
    names: set[str] = set()
    for block in blocks:
        if block.type == "locals":
            for name in block.arguments:
                if name in names:
                    place = block.location(name)
                    yield _refused(place.file, place.line, f"local.{name} is declared twice")
                names.add(name)
        elif block.type in _UNIQUE and (other := first.setdefault(_key(block), block)) is not block:
            place = block.location()
            yield _refused(place.file, place.line, f"{_named(block)} is declared twice, before in {other.location()}")


def _refused(file: str, line: int, what: str) -> Gap:
    return Gap(file, "refused_block", f"{what}, which Terraform refuses", "remove one of the blocks, or correct its name", line)


def _key(block: Block) -> tuple[object, ...]:
    """What tells a block from others of its module."""
    alias = block.expression("alias") if block.type == "provider" else None
    return block.type, block.labels, alias.value if isinstance(alias, tree.Literal) else None


def _named(block: Block) -> str:
    """The address of a block, for a message."""
    names = {"resource": block.labels, "variable": ("var", *block.labels)}.get(block.type, (block.type, *block.labels))
    return ".".join(names)
