"""Addresses of Terraform code, as findings have them."""

from __future__ import annotations

import os
import re

from assay.scanner.results.model import Result

MODULES = re.compile(r"^(?:module\.[\w-]+(?:\[[^\]]*\])?\.)+")
"""The modules at the front of an address."""


def type_of(address: str) -> str:
    """The type in an address: `aws_kms_key` of `module.keys.aws_kms_key.main["a"]`."""
    return MODULES.sub("", address).split(".")[0]


def label(address: str) -> str:
    """What every instance of a block has in its address, whichever modules call it."""
    return MODULES.sub("", address).split("[")[0]


def modules_of(finding: Result, file: str) -> str:
    """The modules in the addresses of what a finding was read from in the directory of a file, each with a dot behind it."""
    directory = os.path.dirname(file)
    paths = [MODULES.match(ref.address) for ref in finding.resource.blocks if os.path.dirname(ref.file) == directory]
    return paths[0][0] if paths and paths[0] else ""
