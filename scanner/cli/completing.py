"""What a shell offers to complete a word with: ids of controls, profiles and frameworks, formats. Only what is built in: nothing of the
working directory is read, which may be somebody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from click.shell_completion import CompletionItem


def controls(ctx: Any, param: Any, incomplete: str) -> list[CompletionItem]:
    """Built-in controls, by the beginning of the id or of what stands behind its area."""
    from click.shell_completion import CompletionItem

    builtin = [compiled.control for compiled in _rules().controls]
    return [CompletionItem(control.id, help=control.title) for control in builtin if control.id.startswith(incomplete)]


def profiles(ctx: Any, param: Any, incomplete: str) -> list[CompletionItem]:
    """Built-in profiles."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(id_, help=profile.title) for id_, profile in _rules().profiles.items() if id_.startswith(incomplete)]


def frameworks(ctx: Any, param: Any, incomplete: str) -> list[CompletionItem]:
    """Built-in frameworks."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(id_, help=known.title) for id_, known in _rules().frameworks.items() if id_.startswith(incomplete)]


def claims(formats: Iterable[str]) -> Callable[[Any, Any, str], list[CompletionItem]]:
    """Formats of results that were made elsewhere, and, as the word may be the second of the two, files."""

    def complete(ctx: Any, param: Any, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        return [*(CompletionItem(name) for name in formats if name.startswith(incomplete)), CompletionItem(incomplete, type="file")]

    return complete


def _rules() -> Any:
    from assay.scanner.rules.load import builtin_folder, load

    return load([builtin_folder()])
