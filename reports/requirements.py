"""Which sections of frameworks a control serves for a resource: a benchmark of one cloud says nothing of a resource in another."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

_CLOUDS = {"cis_aws_": "aws", "cis_gcp_": "google"}
"""Beginnings of the ids of frameworks that are for one cloud."""


def sections(frameworks: Mapping[str, Sequence[str]], clouds: Collection[str]) -> list[tuple[str, str]]:
    """(framework, section) of all that a control serves for resources in some clouds, in the order of the frameworks' ids."""
    served = [(name, ids) for name, ids in sorted(frameworks.items()) if _is_for(name, clouds)]
    return [(name, section) for name, ids in served for section in dict.fromkeys(ids)]


def _is_for(framework: str, clouds: Collection[str]) -> bool:
    only = next((cloud for start, cloud in _CLOUDS.items() if framework.startswith(start)), None)
    return only is None or only in clouds
