"""Which directories are root modules.

A directory is one that nobody calls; one that can be deployed by itself, whoever calls it as well: it has a backend, a provider
configuration, imports, values of variables (in a folder of its own too), a lock file or a state; and one whose calls do not make what it
holds: `count = 0`, a call in doubt, or examples and tests alone. One of which every variable has a default may be deployed as it stands,
unless its place says that it is a module. So no new caller takes a directory that is deployed out of what is judged.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping

from assay.scanner import lazy_re
from assay.scanner.sources.listing import excluded
from assay.scanner.sources.overlay import Overlay
from assay.scanner.sources.terraform import tree
from assay.scanner.sources.terraform.blocks import Block
from assay.scanner.sources.terraform.files import is_code

_ENDS = (".tfvars", ".tfvars.json", ".tfstate", ".tfbackend")
_NAMES = (".terraform", ".terraform.lock.hcl", "terraform.tfstate.d", "terragrunt.hcl", "terragrunt.stack.hcl")
"""What `terraform init`, `plan` and `apply` read and write beside the code of a root module, and of it alone:
https://developer.hashicorp.com/terraform/language/files/dependency-lock, …/language/backend, …/language/values/variables"""
_TRIALS = frozenset({"example", "examples", "sample", "samples", "demo", "demos", "test", "tests", "testing", "e2e", "fixture", "fixtures"})
_OF_ROOTS = ("backend", "cloud", "encryption")
"""Blocks in `terraform` that only a root module has: …/language/block/terraform, https://opentofu.org/docs/language/state/encryption/"""
_LOCAL = lazy_re.pattern(rb'"(?=(\.\.?[/\\][^"\n]*)")')
"""A text that begins as a local path, also inside of another."""
_LEVELS = 3
"""How deep below a directory its folders of values are looked for: `envs/eu/prod`."""
_PASSED = frozenset({"alias", "version"})


def local_source(block: Block) -> str | None:
    """The path that a module call names; None where it is another kind of source.

    `moduleSourceLocalPrefixes` in https://github.com/hashicorp/terraform/blob/main/internal/addrs/module_source.go
    """
    source = block.expression("source") if block.type == "module" else None
    if not isinstance(source, tree.Literal) or not isinstance(source.value, str):
        return None
    return local(source.value)


def local(source: str) -> str | None:
    """A local source as a path, None for a source of another kind."""
    slashed = source.replace("\\", "/")
    return slashed if slashed.startswith(("./", "../")) else None


def may_be_sources(text: bytes, name: str) -> set[str] | None:
    """The local sources that a file of code may have, by its text alone; None where an escape may stand for a letter of one."""
    if _has_escapes(text, name):
        return None
    calls = b"module" in text or b"component" in text
    sources = {source.decode(errors="replace") for source in _LOCAL.findall(text)} if calls else set[str]()
    return None if any("\\" in source for source in sources) else sources


def _has_escapes(text: bytes, name: str) -> bool:
    """Whether a letter, a dot or a slash may be written as an escape: https://developer.hashicorp.com/terraform/language/expressions/strings"""
    return (b"\\" in text) if name.endswith(".json") else (b"\\u" in text or b"\\U" in text)


def stands_alone(names: Iterable[str], blocks: Iterable[Block]) -> bool:
    """Whether a directory can be deployed by itself, by the names in it and its blocks."""
    return any(name in _NAMES or name.endswith(_ENDS) for name in names) or any(map(_configures, blocks))


def has_values_below(directory: str, overlay: Overlay) -> bool:
    """Whether folders of a directory that hold no code have values for it, as `env/prod.tfvars`: such are given by `-var-file`."""
    waiting = [(directory, 0)]
    while waiting:
        folder, level = waiting.pop()
        try:
            listed = overlay.listed(folder)
        except OSError:
            continue
        if level and any(map(is_code, listed.files)):
            continue  # another module, whose values they are
        if level and any(name.endswith(_ENDS) for name in (*listed.files, *listed.links)):
            return True
        inner = [name for name in listed.directories if name.lower() not in _TRIALS and excluded(name) is None]
        waiting += [(os.path.join(folder, name), level + 1) for name in inner if level < _LEVELS]
    return False


def needs_values(blocks: Iterable[Block]) -> bool:
    """Whether a module has a variable without a default, so that it is applied by a caller, or with values from elsewhere."""
    return any(block.type == "variable" and "default" not in block.arguments for block in blocks)


def takes_values(blocks: Iterable[Block]) -> bool:
    """Whether a module has variables, so that a caller may give it others than it has by itself."""
    return any(block.type == "variable" for block in blocks)


def _configures(block: Block) -> bool:
    """Whether a block is of a root module, as an import is. A provider block with nothing but an alias declares what callers pass:
    https://developer.hashicorp.com/terraform/language/import, …/language/modules/develop/providers
    """
    if block.type == "import":
        return True
    if block.type == "terraform":
        return any(inner in block.arguments or any(nested.type == inner for nested in block.blocks) for inner in _OF_ROOTS)
    if block.type != "provider":
        return False
    return "alias" not in block.arguments or bool(block.blocks) or not _PASSED.issuperset(block.arguments)


def is_trial(caller: str, called: str) -> bool:
    """Whether a caller is an example or a test of what it calls, by the names of the directories that only its path has."""
    own, other = os.path.abspath(caller).split(os.sep), os.path.abspath(called).split(os.sep)
    shared = next((at for at, (one, two) in enumerate(zip(own, other, strict=False)) if one != two), min(len(own), len(other)))
    return any(part.lower() in _TRIALS for part in own[shared:])


def is_example(path: str) -> bool:
    """Whether a path, relative to the top of its repository, is in a directory of examples or tests, by the names of its directories."""
    return any(part.lower() in _TRIALS for part in path.split("/"))


def is_within(root: str, called: str) -> bool:
    """Whether a module is laid out as a part of a root: below it, or below a directory of modules, as the root may be too."""
    own, path = os.path.abspath(root), os.path.abspath(called)
    return path == own or path.startswith(own.rstrip(os.sep) + os.sep) or is_among_modules(root, called)


def is_among_modules(root: str, called: str) -> bool:
    """Whether the place of a module says that it is one: in a directory of modules, as the root may be too."""
    own, path = os.path.abspath(root), os.path.abspath(called)
    if os.path.basename(os.path.dirname(path)).lower() in ("module", "modules"):
        return True
    shared = os.path.commonpath([own, path])
    return any("module" in part.lower() for part in os.path.relpath(path, shared).split(os.sep))


def in_order(directories: Mapping[str, str], calls: Callable[[str], Iterable[str]]) -> Iterator[str]:
    """Directories (normal path to path as given): those that nobody calls, then the rest, callers before what they call.

    Where they call each other in a circle, the first is the caller. `calls` gives the normal paths that one calls.
    """
    called = {path: {target for target in calls(directory) if target in directories} for path, directory in directories.items()}
    callers: dict[str, set[str]] = {path: set() for path in directories}
    for path, targets in called.items():
        for target in targets - {path}:
            callers[target].add(path)
    waiting = dict.fromkeys(sorted(directories, key=lambda path: bool(callers[path])))
    ready = [path for path in waiting if not callers[path]]
    while waiting:
        path = ready.pop(0) if ready else next(iter(waiting))
        if path not in waiting:
            continue
        del waiting[path]
        yield directories[path]
        for target in sorted(called[path]):
            callers[target].discard(path)
            if target in waiting and not callers[target]:
                ready.append(target)
