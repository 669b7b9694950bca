"""Checks of other scanners, and the controls that name them as what asks the same."""

from __future__ import annotations

from collections.abc import Iterable

from assay.scanner.rules.model import Control


def normal(check: str) -> str:
    """An id as it is compared: Trivy's `AVD-AWS-0086` is the `AWS-0086` of its newer versions."""
    return check.strip().casefold().removeprefix("avd-")


def asking(check: str, controls: Iterable[Control]) -> dict[tuple[str, str], list[Control]]:
    """The controls that name a check, by the scanner and the id as they name it."""
    wanted, by_peer = normal(check), dict[tuple[str, str], list[Control]]()
    for control in controls:
        for scanner, checks in control.peers.items():
            for name in dict.fromkeys(checks):
                if normal(name) == wanted:
                    by_peer.setdefault((scanner, name), []).append(control)
    return by_peer


def checks(controls: Iterable[Control]) -> list[str]:
    """Every check that a control names."""
    return list(dict.fromkeys(name for control in controls for names in control.peers.values() for name in names))
