"""How the folders of a checkout become the package `assay`.

In a wheel they are put there. For an editable install the same layout is made of links in `build/editable`, which Python, mypy and
editors follow like any directory: new modules are there at once.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LAYOUT = {
    "__init__.py": "scanner/api.py",
    "__main__.py": "scanner/__main__.py",
    "py.typed": "scanner/py.typed",
    "scanner": "scanner",
    "reports": "reports",
    "policies": "policies",
}
"""What is in the package to where it is in the checkout."""


class Layout(BuildHookInterface):  # type: ignore[type-arg]
    """Puts the folders where the package has them, or links to them."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it builds: says what goes into the wheel."""
        root = Path(self.root)
        if version == "editable":
            link(root)
        else:
            build_data["force_include"] = {str(root / source): f"assay/{name}" for name, source in LAYOUT.items()}


def link(root: Path) -> None:
    """Make the links; those of an earlier install are replaced."""
    package = root / "build" / "editable" / "assay"
    package.mkdir(parents=True, exist_ok=True)
    for name, source in LAYOUT.items():
        place = package / name
        place.unlink(missing_ok=True)
        place.symlink_to(os.path.relpath(root / source, package), target_is_directory=(root / source).is_dir())
