"""IP addresses and file paths."""

from __future__ import annotations

import ipaddress
import posixpath
import re
from typing import Any

from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.terraform.functions.register import (
    strict,
)
from assay.scanner.sources.terraform.operators import EvaluationError, brief, to_text, to_whole

_MAX_ADDRESS = 200
"""Characters, zeros in front of numbers counted."""


def _network(prefix: str) -> Any:
    if "/" not in prefix or len(prefix) > _MAX_ADDRESS:
        raise EvaluationError(f"{brief(prefix)} is no address with a prefix length")
    return ipaddress.ip_network(re.sub(r"(?<![\d:a-fA-F])0+(?=\d+\.|\d+/)", "", prefix), strict=False)


def _cidrsubnet(prefix: str, bits: int, number: int) -> str | Unknown:
    if bits < 0 or number < 0 or prefix.lower().startswith("::ffff:"):
        return Unknown("cidrsubnet() with such arguments is not evaluated", "scan the plan")
    network = _network(prefix)
    size = network.prefixlen + bits
    if size > network.max_prefixlen or number >= 2**bits:
        raise EvaluationError("cidrsubnet(): the subnet does not fit")
    return str(ipaddress.ip_network((int(network.network_address) + (number << (network.max_prefixlen - size)), size)))


def _cidrsubnets(prefix: Any, *bits: Any) -> list[str]:
    network = _network(to_text(prefix))
    at, end, subnets = int(network.network_address), int(network.broadcast_address) + 1, []
    for newbits in bits:
        size = network.prefixlen + to_whole(newbits)
        if not network.prefixlen < size <= network.max_prefixlen:
            raise EvaluationError("cidrsubnets(): a prefix is extended by at least one bit, and not beyond the address")
        step = 1 << (network.max_prefixlen - size)
        at = -(-at // step) * step
        if at + step > end:
            raise EvaluationError("cidrsubnets(): the subnets do not fit")
        subnets.append(str(ipaddress.ip_network((at, size))))
        at += step
    return subnets


def _cidrhost(prefix: str, number: int) -> str:
    network = _network(prefix)
    if not -network.num_addresses <= number < network.num_addresses:
        raise EvaluationError("cidrhost(): there is no such host")
    return str(network.network_address + number if number >= 0 else network.broadcast_address + number + 1)


def _cidrnetmask(prefix: str) -> str:
    network = _network(prefix)
    if network.version != 4:
        raise EvaluationError("cidrnetmask(): IPv6 has no netmasks")
    return str(network.netmask)


def _elsewhere(name: str) -> Unknown:
    return Unknown(f"{name}() depends on where terraform runs", "scan the plan")


def _dirname(path: str) -> str:
    return posixpath.normpath(posixpath.dirname(path) or ".")


def _basename(path: str) -> str:
    return posixpath.basename(path.rstrip("/")) or ("/" if path else ".")


strict("cidrsubnet", _cidrsubnet, to_text, to_whole)
strict("cidrsubnets", _cidrsubnets, lambda raw: raw)
strict("cidrhost", _cidrhost, to_text, to_whole)
strict("cidrnetmask", _cidrnetmask, to_text)
strict("basename", _basename, to_text)
strict("dirname", _dirname, to_text)
strict("abspath", lambda path: _elsewhere("abspath") if not path.startswith("/") else posixpath.normpath(path), to_text)
strict("pathexpand", lambda path: _elsewhere("pathexpand") if path.startswith("~") else path, to_text)
