"""Fixes that are proven before they are offered (docs/fixing.md). `propose.py` is what others use."""
