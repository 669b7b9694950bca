"""Writes the permissions below deploy/, as `--print-policy --since` and `--print-roles` print them. `--check` compares instead."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from assay.scanner.live import aws, google
from assay.scanner.rules.load import builtin_folder, load
from assay.scanner.sources.aws.permissions import permissions, policy
from assay.scanner.sources.aws.plan import CHANGES
from assay.scanner.sources.gcp.permissions import role

HERE = Path(__file__).parent
STACKSET, POLICY, ROLE = "aws/stackset.yaml", "aws/terraform/policy.json", "gcp/terraform/role.json"
BEGINS, ENDS = "                  # what assay audit aws --print-policy --since SNAPSHOT prints:\n", "                  # until here\n"
ORGANIZATION = "organizations/ORGANIZATION"


def build() -> dict[str, str]:
    """File, by its path below deploy/, to its text."""
    controls = load([builtin_folder()]).controls
    plan = aws.make_plan(controls)
    before, _, rest = (HERE / STACKSET).read_text(encoding="utf-8").partition(BEGINS)
    actions = "".join(f"                  - {action}\n" for action in permissions(plan, CHANGES))
    return {
        STACKSET: f"{before}{BEGINS}{actions}{ENDS}{rest.partition(ENDS)[2]}",
        POLICY: f"{json.dumps(policy(plan, beside=CHANGES), indent=2)}\n",
        ROLE: f"{json.dumps(role(google.make_plan(controls), ORGANIZATION, export=False), indent=2)}\n",
    }


def main() -> None:
    """Write what is stale, or with `--check` say what is."""
    fresh = build()
    stale = [name for name, text in fresh.items() if not (HERE / name).is_file() or (HERE / name).read_text(encoding="utf-8") != text]
    if "--check" in sys.argv[1:]:
        for name in stale:
            print(f"deploy/{name} has other permissions than Assay asks for; run make docs")
        sys.exit(1 if stale else 0)
    for name in stale:
        (HERE / name).write_text(fresh[name], encoding="utf-8")
    print(f"{len(stale)} files below deploy/ written")


if __name__ == "__main__":
    main()
