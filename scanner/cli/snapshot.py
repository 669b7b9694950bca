"""`assay snapshot`: see audit.py."""

from assay.scanner.cli.audit import snapshot_command as command

__all__ = ["command"]
