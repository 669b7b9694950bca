"""Addresses that are admitted, in a form that a rule can compare with the ranges of users."""

from __future__ import annotations

import ipaddress
from typing import Any

from assay.scanner.facts.access.admission.kinds import AdmittedSource
from assay.scanner.sources.raw import Unknown, describe
from assay.scanner.sources.values import Value

EVERYBODY = "every address"
_JOINED = Unknown("whether the ranges of users hold all of it together", "write the ranges of user_vpn_cidrs as they are admitted")
_WIDEST = {4: 9, 6: 17}
"""Ranges that are wider belong to no company's users."""


def everybody(seen: Any = ()) -> AdmittedSource:
    """All addresses there are."""
    return _source(Value(EVERYBODY, seen), [], [])


def of_range(value: Value[Any]) -> AdmittedSource | Unknown:
    """A range of addresses, or one address, as an input writes it."""
    if value.unknown:
        return value.unknown
    try:
        network: Any = ipaddress.ip_network(str(value.data).strip(), strict=False)
    except ValueError:
        return Unknown(f"whose addresses {describe(value.data)[:80]} are", "scan the plan or the live resource")
    within = [str(network.supernet(new_prefix=length)) for length in range(network.prefixlen, -1, -1)]
    wide = network.prefixlen < _WIDEST[network.version] or network.prefixlen == network.max_prefixlen
    halves = [] if wide else [_pattern(half) for half in network.subnets()]
    return _source(Value(str(network), value.seen), within, halves)


def narrowed(source: AdmittedSource, why: Unknown) -> AdmittedSource:
    """The same where further conditions may admit part of it alone."""
    return AdmittedSource(
        source=source.source, within=source.within, halves=source.halves, joined=source.joined, narrowed=Value(why, source.source.seen)
    )


def _source(name: Value[Any], within: list[str], halves: list[str]) -> AdmittedSource:
    seen = name.seen
    return AdmittedSource(
        source=name, within=Value(within, seen), halves=Value(halves, seen), joined=Value(_JOINED, seen), narrowed=Value(False, seen)
    )


def _pattern(network: Any) -> str:
    """A regular expression for the ranges within one. Of IPv6 it may be for more than these, never for fewer."""
    if network.version == 6:
        groups = network.network_address.exploded.split(":")[: network.prefixlen // 16]
        whole = [format(int(group, 16), "x") for group in groups]
        kept = whole[: whole.index("0")] if "0" in whole else whole
        return "(?i)^" + "".join(f"{group}:" for group in kept)
    octets = str(network.network_address).split(".")
    whole_octets, bits = divmod(network.prefixlen, 8)
    start = "".join(rf"{octet}\." for octet in octets[:whole_octets]) if whole_octets < 4 else r"\.".join(octets)
    if not bits:
        return f"^{start}" + ("/" if whole_octets == 4 else "")
    first = int(octets[whole_octets])
    some = "|".join(str(octet) for octet in range(first, first + 2 ** (8 - bits)))
    return rf"^{start}({some})[./]"
