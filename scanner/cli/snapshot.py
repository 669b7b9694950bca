"""`assay snapshot`: see audit.py."""

from scanner.cli.audit import snapshot_command as command

__all__ = ["command"]
