"""What an OpenAPI document says of who may call the operations of an API.

A requirement of an operation stands before that of the document, and each of its alternatives is enough:
https://spec.openapis.org/oas/v3.0.3#security-requirement-object
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from assay.scanner.sources.documents import decode_yaml
from assay.scanner.sources.raw import Text, Unknown, describe, unknown_inside
from assay.scanner.sources.values import Value, all_of, any_of

_ANY = "x-amazon-apigateway-any-method"
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", _ANY)
_WAY = "declare what is asked of each operation in the document"
_NOBODY = "NONE"
"""What the transform of SAM writes for an operation without an authorizer."""


class Scheme(msgspec.Struct, frozen=True):
    """What a security scheme asks of a request."""

    signs_in: bool | Unknown
    verifies_tokens: bool | Unknown
    issuer: Any = None


class Operation(msgspec.Struct, frozen=True):
    """A method of a path, and what is asked of its requests."""

    method: str
    path: str
    signs_in: Value[bool]
    verifies_tokens: Value[bool]
    issuer: Any

    @property
    def place(self) -> tuple[str, ...]:
        """Where the document has its path."""
        return ("paths", self.path)


ReadScheme = Callable[[dict[str, Any]], Scheme]
"""What a provider makes of a security scheme of a document."""


def operations(raw: Any, read: ReadScheme) -> list[Operation | Unknown]:
    """The operations of a document (an object, or text in JSON or YAML), and why there may be more."""
    document = decode_yaml(raw)
    paths = document.get("paths") if isinstance(document, dict) else None
    if not isinstance(paths, dict):
        doubt = unknown_inside(document if not isinstance(document, dict) else paths)
        return [doubt or Unknown("it has no paths that can be read", "give its text, or scan the live account")]
    schemes = _schemes(document)
    told: list[Operation | Unknown] = []
    for path, item in paths.items():
        told += _of_path(str(path), item, document, schemes, read)
    return told


def _schemes(document: dict[str, Any]) -> Any:
    """Of OpenAPI 2.0, and of 3."""
    components = document.get("components")
    if isinstance(components, Unknown):
        return components
    return document.get("securityDefinitions") or (components.get("securitySchemes") if isinstance(components, dict) else None) or {}


def _of_path(path: str, item: Any, document: dict[str, Any], schemes: Any, read: ReadScheme) -> Iterator[Operation | Unknown]:
    if not isinstance(item, dict) or "$ref" in item:
        yield unknown_inside(item) or Unknown(f"which operations {path} has", _WAY)
        return
    for method in _METHODS:
        if method not in item:
            continue
        operation = item[method]
        if not isinstance(operation, dict):
            yield unknown_inside(operation) or Unknown(f"what is asked of {method.upper()} {path}", _WAY)
            continue
        alternatives = [_together(one, schemes, read) for one in _alternatives(operation, document)]
        yield Operation(
            method="ANY" if method == _ANY else method.upper(),
            path=path,
            signs_in=all_of([Value(one.signs_in) for one in alternatives]),
            verifies_tokens=all_of([Value(one.verifies_tokens) for one in alternatives]),
            issuer=next((one.issuer for one in alternatives if one.issuer is not None), None),
        )


def _alternatives(operation: dict[str, Any], document: dict[str, Any]) -> list[Any]:
    """The requirements of an operation, each of which is enough; an empty one where there are none."""
    required = operation["security"] if "security" in operation else document.get("security")
    return (required if isinstance(required, list) else [required]) or [{}]


def _together(requirement: Any, schemes: Any, read: ReadScheme) -> Scheme:
    """What is asked by all schemes of a requirement together."""
    if requirement is None:
        return Scheme(False, False)
    why = unknown_inside(requirement) if not isinstance(requirement, dict) else None
    why = why or (schemes if isinstance(schemes, Unknown) else None)
    if why or not isinstance(requirement, dict) or not isinstance(schemes, dict):
        doubt = why or Unknown(f"what the requirement {describe(requirement)[:80]} asks", _WAY)
        return Scheme(doubt, doubt)
    asked = [_asked(name, schemes.get(name), read) for name in requirement]
    return Scheme(
        any_of([Value(False), *(Value(one.signs_in) for one in asked)]).data,
        any_of([Value(False), *(Value(one.verifies_tokens) for one in asked)]).data,
        next((one.issuer for one in asked if one.issuer is not None), None),
    )


def _asked(name: str, scheme: Any, read: ReadScheme) -> Scheme:
    if isinstance(scheme, dict):
        return read(scheme)
    if name == _NOBODY:
        return Scheme(False, False)
    doubt = unknown_inside(scheme) or Unknown(f"the security scheme {name} is not in the document", _WAY)
    return Scheme(doubt, doubt)


def of_google(scheme: dict[str, Any]) -> Scheme:
    """A key of an API says which project calls, and nothing of users.

    https://cloud.google.com/api-gateway/docs/authenticating-users-jwt, https://cloud.google.com/endpoints/docs/openapi/when-why-api-key
    """
    extension = scheme.get("x-google-auth")
    issuer = scheme.get("x-google-issuer") or (extension.get("issuer") if isinstance(extension, dict) else extension)
    verifies = issuer is not None and issuer != ""
    return Scheme(verifies, verifies, _text(issuer))


def _text(issuer: Any) -> Any:
    return issuer if isinstance(issuer, (str, Text, Unknown)) else None
