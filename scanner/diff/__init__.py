"""Two runs beside each other: what changed between them (docs/diff.md)."""
