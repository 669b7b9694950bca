"""Bindings in Terraform. https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/google_project_iam"""

from __future__ import annotations

from assay.scanner.facts.accounts.users.google import BindingsAt, people
from assay.scanner.facts.accounts.users.kinds import UserAccess
from assay.scanner.facts.bindings import PARTS
from assay.scanner.facts.catalogue import Reader

_TYPES = tuple(f"google_{level}_iam_{part}" for level in ("project", "folder", "organization") for part in PARTS)
READERS = (Reader(UserAccess, _TYPES, people, BindingsAt(), always=False),)
