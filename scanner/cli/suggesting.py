"""Groups of commands that say which one may be meant where there is none of a name."""

from __future__ import annotations

import click

from assay.scanner.override import override


class Suggesting(click.Group):
    """A group of commands."""

    @override
    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        names = self.list_commands(ctx)
        if args and args[0] not in names:
            import difflib  # slow to import, and used for mistakes only

            near = difflib.get_close_matches(args[0], names, 1)
            ctx.fail(f"there is no command {args[0]!r}" + (f"; did you mean {near[0]}?" if near else f"; commands are {', '.join(names)}"))
        return super().resolve_command(ctx, args)
