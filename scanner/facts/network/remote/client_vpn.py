"""Client VPN: who may connect, and where they may go. https://docs.aws.amazon.com/vpn/latest/clientvpn-admin/what-is.html"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.network.ranges import is_world
from assay.scanner.facts.network.remote.kinds import Authorization, RemoteAccess
from assay.scanner.facts.spelling import Place, Referrer, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown, describe
from assay.scanner.sources.values import Value, any_of

# https://docs.aws.amazon.com/vpn/latest/clientvpn-admin/client-authentication.html
_STRONG = ("certificate-authentication", "federated-authentication")


class ClientVpnAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of an endpoint of Client VPN."""

    authentication: Annotated[str, "identified"]
    """Its ways to identify users, blocks, …"""
    authentication_type: Annotated[str, "identified"] = "Type"
    """… each with its type."""
    logged: Annotated[Place, "connections_logged"]
    rules: Annotated[Referrer, "authorizations"]
    """The rules that say where users may go, with these fields."""
    network: str
    everyone: str
    group: str


def client_vpn(view: View, at: ClientVpnAt) -> RemoteAccess:
    """Connections are not logged unless it says so, and nobody may go anywhere without a rule.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ConnectionLogOptions.html
    """
    ways, more = view.inner(at.authentication)
    types = [way[at.authentication_type] for way in ways]
    identified = any_of([*(type_.equals(*_STRONG) for type_ in types), *([view.says(more)] if more else [])])
    rules = view.referrers(at.rules)
    authorizations: list[Any] = [_authorization(rule, at) for rule in rules.views]
    return RemoteAccess(
        identity=view.identity(view[at.name]),
        openings=view.says([]),
        cluster=view.says(False),
        vpn=view.says(True),
        identified=Value(_directory(view), identified.seen) if identified.data is False and types else identified,
        connections_logged=view[at.logged].default(False).truth(),
        authorizations=view.says(authorizations + ([rules.more] if rules.more else [])),
    )


def _directory(view: View) -> Unknown:
    """Users of a directory have a password; the directory may ask for more."""
    reason = f"whether the directory that users of {view.item.address} are in asks for a second factor"
    return Unknown(reason, "identify users by certificates or at an identity provider", view.location)


def _authorization(view: View, at: ClientVpnAt) -> Authorization:
    rule = view.surely
    network = rule[at.network]
    return Authorization(
        network=Value(network.data if isinstance(network.data, (str, Unknown)) else describe(network.data), network.seen),
        group=rule[at.group],
        everyone=view.weighed(rule[at.everyone].default(False).truth(), absence=False),
        everything=network.then(is_world),
    )
