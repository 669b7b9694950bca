"""Attributes of a load balancer that CloudFormation and the API write as a list of keys and values."""

from __future__ import annotations

from typing import Any

from assay.scanner.sources.interface import Node

ATTRIBUTES = "LoadBalancerAttributes"


def attribute(balancer: Node, key: str) -> Any:
    """The raw value of one attribute: what it refers to where it is a reference, None where it is not set.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html
    """
    attributes, _ = balancer.blocks(ATTRIBUTES)
    return next((entry.link("Value").data for entry in attributes if entry["Key"].data == key), None)
