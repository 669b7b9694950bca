"""HTTP APIs of API Gateway: which of their routes verify tokens.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control.html
"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.access.kinds import RequestRoute, UserEntry
from assay.scanner.facts.access.openapi import Operation, ReadScheme, Scheme, operations
from assay.scanner.facts.model import attestable
from assay.scanner.facts.spelling import Link, Place, Referrer, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.documents import decode_yaml
from assay.scanner.sources.raw import Location, Unknown, unknown_inside
from assay.scanner.sources.values import Value, all_of, any_of

_CODE = attestable("whether the function that authorizes requests verifies their token is in its code")


class ApiAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the routes of an HTTP API. The defaults are the API's names."""

    protocol: Annotated[Place, "asks_users"] = "ProtocolType"
    target: Annotated[Place, "routes"] = "Target"
    """Of a quick create: an API with it has a route for everything, which nothing authorizes."""
    document: Annotated[tuple[Place, ...], "routes"] = ()
    """OpenAPI documents, which have routes beside those that are declared one by one; a live API lists them all."""
    routes: Annotated[Referrer, "routes"]
    key: str = "RouteKey"
    authorization: Annotated[Place, "routes"] = "AuthorizationType"
    authorizer: Annotated[Link | None, "routes"] = None
    authorizer_type: str = "AuthorizerType"
    issuer: str = "JwtConfiguration.Issuer"


def api(view: View, at: ApiAt) -> UserEntry:
    """Reached from the internet: private integrations lead out of it, not in."""
    companions = view.referrers(at.routes)
    more = companions.more
    routes: list[Any] = [_route(route, at) for route in companions.views]
    connects = view[at.protocol].equals("WEBSOCKET")
    if connects.data is True:
        routes = _connections(view, routes, more)
    elif connects.unknown:  # only of an HTTP API does each route decide for itself: there they are of a method and a path
        told = [route for route, written in zip(routes, companions.views, strict=True) if _is_http(written[at.key].data)]
        reason = f"whether {view.item.address} is of an HTTP API, in which each route decides for itself: {connects.unknown.reason}"
        of_which = Unknown(reason, connects.unknown.settles_it, view.location)
        routes = told if len(told) == len(routes) else [*told, of_which]
    quick = view[at.target].is_set()
    if quick.data is not False:
        nothing: Value[Any] = Value(False, quick.seen)
        name = view.says("$default")
        routes.append(RequestRoute(name=name, serves=quick, paths=Value([]), signs_in=nothing, issuer=Value(None), verifies_tokens=nothing))
    return UserEntry(
        identity=view.identity(view[at.name]),
        internet_facing=view.says(True),
        asks_users=view.says(False),
        routes=view.says([*routes, *in_documents(view, [view[place] for place in at.document], _scheme), *([more] if more else [])]),
    )


def in_documents(view: View, documents: list[Value[Any]], read: ReadScheme) -> list[RequestRoute | Unknown]:
    """The routes in OpenAPI documents, and why there may be more: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-open-api.html"""
    routes: list[RequestRoute | Unknown] = []
    for document in documents:
        if view.elsewhere or document.absent or document.data == "":
            continue
        content = decode_yaml(document.data)
        for told in operations(content, read):
            if isinstance(told, Unknown):
                reason = f"the routes of {view.item.address} are in an OpenAPI document: {told.reason}"
                way = told.settles_it or "declare them one by one, or scan the live account"
                routes.append(Unknown(reason, way, document.seen[0] if document.seen else view.location))
            else:
                routes.append(_of_operation(told, document.seen_inside(content, told.place)))
    return routes


def _of_operation(told: Operation, seen: tuple[Location, ...]) -> RequestRoute:
    everything = told.path == "/$default"
    return RequestRoute(
        name=Value("$default" if everything else f"{told.method} {told.path}", seen),
        serves=Value(_serves(f"{told.method} {told.path}"), seen),
        paths=Value([] if everything else [told.path], seen),
        signs_in=Value(told.signs_in.data, seen),
        issuer=Value(told.issuer, seen),
        verifies_tokens=Value(told.verifies_tokens.data, seen),
    )


def _scheme(scheme: dict[str, Any]) -> Scheme:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authorizer.html"""
    authorizer = scheme.get("x-amazon-apigateway-authorizer")
    if scheme.get("x-amazon-apigateway-authtype") == "awsSigv4":  # who signs requests with a key of AWS brings no token
        return Scheme(True, True)
    if not isinstance(authorizer, dict):
        why = unknown_inside(authorizer)
        return Scheme(why or False, why or False)
    kind, jwt = authorizer.get("type"), authorizer.get("jwtConfiguration")
    if kind == "jwt":
        return Scheme(True, True, jwt.get("issuer") if isinstance(jwt, dict) else jwt)
    why = unknown_inside(kind) or (_CODE if kind == "request" else None)
    return Scheme(why or False, why or False)


def _connections(view: View, routes: list[RequestRoute], more: Unknown | None) -> list[Any]:
    """The routes of a WebSocket API that decide who may connect: messages are those of who has connected. Without one, everybody may.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-keys-connect-disconnect.html
    """
    deciding = [route for route in routes if route.name.equals("$connect").data is not False]
    if deciding or more or not routes:
        return list(deciding)
    nothing = view.says(False)
    return [
        RequestRoute(
            name=view.says("$connect"),
            serves=view.says(True),
            paths=view.says([]),
            signs_in=nothing,
            issuer=view.says(None),
            verifies_tokens=nothing,
        )
    ]


def _route(owner: View, at: ApiAt) -> RequestRoute:
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
    return RequestRoute(
        name=route[at.key].text(),
        serves=owner.weighed(route[at.key].then(_serves), absence=False),
        paths=route[at.key].then(_paths),
        signs_in=owner.weighed(any_of([verified, kind.equals("AWS_IAM")]), absence=True),
        issuer=issuer,
        # Whoever signs requests with a key of AWS brings no token.
        verifies_tokens=owner.weighed(any_of([verified, kind.equals("AWS_IAM")]), absence=True),
    )


def _is_http(key: Any) -> bool:
    """Routes of a WebSocket API are selected by a text of the message: https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-routes.html"""
    return isinstance(key, str) and " /" in key


def _serves(key: Any) -> bool:
    """A browser asks by OPTIONS, without a token, whether it may send a request; that asks for nothing else.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html, https://fetch.spec.whatwg.org/#cors-preflight-fetch
    """
    return not (isinstance(key, str) and key.startswith("OPTIONS "))


def _paths(key: Any) -> Any:
    """`GET /scans` is for one path, `$default` for every path."""
    return [key.partition(" ")[2]] if isinstance(key, str) and " " in key else []


def _elsewhere(route: View) -> Unknown:
    reason = f"the authorizer of {route.item.address} is declared elsewhere"
    return Unknown(reason, "scan it together with this, or the live account", route.location)
