"""Report formats: one module each, which the entry points in pyproject.toml name."""
