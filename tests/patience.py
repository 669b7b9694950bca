"""How long a test waits for what has to end."""

SOON = 60.0
"""Seconds, on a slow machine beside other work, that are ample for every input of these tests. Without its bound each of them takes hours, or all of the memory."""
