"""APIs of Google's API Gateway: what the OpenAPI document of a configuration asks of requests.

https://cloud.google.com/api-gateway/docs/authenticating-users-jwt, https://cloud.google.com/api-gateway/docs/grpc-overview
"""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any

from assay.scanner.facts.access.apis import in_documents
from assay.scanner.facts.access.kinds import UserEntry
from assay.scanner.facts.access.openapi import of_google
from assay.scanner.facts.google_assets import is_live, named
from assay.scanner.facts.spelling import Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Made, Unknown
from assay.scanner.sources.values import Value


class ApiConfigAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the documents of a configuration. The defaults are the API's names."""

    name: Place = ""
    """What code calls it; an asset has its name in its address."""
    documents: Annotated[str, "routes"] = "openapiDocuments"
    contents: str = "document.contents"
    """Of one of these, in base64."""
    services: Annotated[Place, "routes"] = "grpcServices"


def api_config(view: View, at: ApiConfigAt) -> UserEntry:
    """A gateway is reached from the internet, and lets through what the document of its configuration asks for."""
    documents, more = view.inner(at.documents)
    routes = in_documents(view, [_text(document[at.contents]) for document in documents], of_google)
    services = view[at.services].is_set()
    if services.data is not False:
        reason = f"what {view.item.address} asks of requests is in the configuration of its gRPC service"
        routes.append(services.unknown or Unknown(reason, "look at its authentication rules", view.location))
    elif not documents and more is None and is_live(view.item):
        reason = f"the OpenAPI document of {view.item.address} is not in the inventory"
        routes.append(Unknown(reason, "scan the code that declares it", view.location))
    return UserEntry(
        identity=view.identity(view.called(at.name) if at.name else named(view.item)),
        internet_facing=view.says(True),
        asks_users=view.says(False),
        routes=view.says([*routes, *([more] if more else [])]),
    )


def _text(contents: Value[Any]) -> Value[Any]:
    """The text of a document that is given in base64, of which parts may not be known."""
    if isinstance(contents.data, Made) and contents.data.inside is not None:
        return Value(contents.data.inside, contents.seen)
    return contents.then(_decoded)


def _decoded(text: Any) -> Any:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError, TypeError):
        return Unknown("its contents are no text in base64", "encode the document (filebase64)")
