"""HTTP APIs of API Gateway: which of their routes verify tokens.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control.html
"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.access.kinds import Route, UserEntry
from assay.scanner.facts.model import attestable
from assay.scanner.facts.spelling import Link, Place, Referrer, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, all_of, any_of

_CODE = attestable("whether the function that authorizes requests verifies their token is in its code")


class ApiAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the routes of an HTTP API. The defaults are the API's names."""

    protocol: Annotated[Place, "asks_users"] = "ProtocolType"
    target: Annotated[Place, "routes"] = "Target"
    """Of a quick create: an API with it has a route for everything, which nothing authorizes."""
    routes: Annotated[Referrer, "routes"]
    key: str = "RouteKey"
    authorization: Annotated[Place, "routes"] = "AuthorizationType"
    authorizer: Annotated[Link | None, "routes"] = None
    authorizer_type: str = "AuthorizerType"
    issuer: str = "JwtConfiguration.Issuer"


def api(view: View, at: ApiAt) -> UserEntry:
    """Reached from the internet: private integrations lead out of it, not in."""
    companions = view.referrers(at.routes)
    routes: list[Any] = [_route(route, at) for route in companions.views]
    quick = view[at.target].is_set()
    if quick.data is not False:
        nothing: Value[Any] = Value(False, quick.seen)
        name = view.says("$default")
        routes.append(Route(name=name, serves=quick, paths=Value([]), signs_in=nothing, issuer=Value(None), verifies_tokens=nothing))
    return UserEntry(
        identity=view.identity(view[at.name]),
        internet_facing=view.says(True),
        asks_users=view.says(False),
        routes=view.says(routes + ([companions.more] if companions.more else [])),
    )


def _route(owner: View, at: ApiAt) -> Route:
    """Without an authorization type a route is open: https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-routes.html"""
    route = owner.surely
    kind = route[at.authorization].default("NONE")
    jwt, custom = kind.equals("JWT"), kind.equals("CUSTOM")
    authorizer = route.target(at.authorizer) if at.authorizer else None
    if custom.data is True and authorizer is not None:  # in some inputs any authorizer makes a route CUSTOM
        jwt = authorizer.surely[at.authorizer_type].equals("JWT")
    verified = any_of([jwt, all_of([custom, Value(_CODE, custom.seen)])])
    elsewhere = _elsewhere(route) if jwt.data is not False else None
    issuer: Value[Any] = authorizer.surely[at.issuer].text() if authorizer is not None else route.says(elsewhere)
    return Route(
        name=route[at.key].text(),
        serves=owner.weighed(route.says(True), absence=False),
        paths=route.says([]),
        signs_in=owner.weighed(any_of([verified, kind.equals("AWS_IAM")]), absence=True),
        issuer=issuer,
        # Whoever signs requests with a key of AWS brings no token.
        verifies_tokens=owner.weighed(any_of([verified, kind.equals("AWS_IAM")]), absence=True),
    )


def _elsewhere(route: View) -> Unknown:
    reason = f"the authorizer of {route.item.address} is declared elsewhere"
    return Unknown(reason, "scan it together with this, or the live account", route.location)
