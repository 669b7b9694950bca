"""What the tests of fixes run with."""

from __future__ import annotations

import shutil

import pytest


@pytest.fixture(scope="session")
def terraform() -> bool:
    """Whether this machine has the terraform program."""
    return shutil.which("terraform") is not None
