"""Machines of Compute Engine that are made of an instance template."""

from __future__ import annotations

from typing import Any

from assay.scanner.sources.raw import Unknown

MACHINE = "compute.googleapis.com/Instance"
_LEFT_TO_TEMPLATES = (
    "networkInterfaces", "serviceAccounts", "disks", "bootDisk", "canIpForward",
    "shieldedInstanceConfig", "confidentialInstanceConfig",
)  # fmt: skip


def of_template(shaped: dict[str, Any], template: dict[str, Any] | None, why: Unknown) -> dict[str, Any]:
    """A machine with what its template gives: all that it does not write itself. `template`: None where that is declared elsewhere, of
    which `why` says that it decides.

    https://cloud.google.com/compute/docs/instances/create-vm-from-instance-template#creating_a_vm_from_an_instance_template_with_overrides
    """
    given = {} if template is None else {**template, **(inner if isinstance(inner := template.get("properties"), dict) else {})}
    for name in _LEFT_TO_TEMPLATES:
        if shaped.get(name) is None:
            shaped[name] = why if template is None else given.get(name)
    return {name: value for name, value in shaped.items() if value is not None}
