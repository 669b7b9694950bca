"""What other distributions add: report formats, sources and kinds, found by entry points.

https://packaging.python.org/en/latest/specifications/entry-points/
"""

from __future__ import annotations

import functools
import importlib.metadata


@functools.cache
def values(group: str) -> tuple[str, ...]:
    """The values of the entry points of a group, `package.module` or `package.module:name`, in the order of their names."""
    return tuple(point.value for point in sorted(importlib.metadata.entry_points(group=group), key=lambda point: point.name))
