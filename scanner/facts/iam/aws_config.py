"""Identities and policies of IAM in AWS Config, with their documents encoded as in a URL.

https://github.com/awslabs/aws-config-resource-schema, `AWS::IAM::Role`; https://docs.aws.amazon.com/IAM/latest/APIReference/API_PolicyVersion.html.
Of passwords, devices and access keys there is nothing.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import msgspec

from assay.scanner.sources.aws.recorded import AUDIT, ConfigurationItem, Recorded
from assay.scanner.sources.raw import Unknown


def _document(text: Any) -> Any:
    """A policy document; what cannot be read of one is Unknown."""
    if not isinstance(text, str):
        return text
    try:
        return msgspec.json.decode(unquote(text))
    except (msgspec.DecodeError, RecursionError):
        return Unknown("a policy document in AWS Config is no JSON", AUDIT)


def _with_documents(item: ConfigurationItem, lists: dict[str, str], *texts: str) -> Any:
    """What is configured, with the documents in lists (each name to that of the document in an element) and at names decoded."""
    fields = item.fields("PermissionsBoundary", "Description", "RoleLastUsed", "PasswordLastUsed")
    for name in texts:
        fields[name] = _document(fields.get(name))
    for name, inner in lists.items():
        elements = fields.get(name)
        if isinstance(elements, list):
            for element in elements:
                element[inner] = _document(element.get(inner, _NO_DOCUMENT)) if _has(element, inner) else _NO_DOCUMENT
            fields[name] = elements
        elif elements is None:
            fields[name] = _NO_DOCUMENT
    return fields


_NO_DOCUMENT = Unknown("AWS Config has no document of a policy", AUDIT)


def _has(element: Any, name: str) -> bool:
    return element.get(name) is not None


def _role(item: ConfigurationItem) -> Any:
    return _with_documents(item, {"RolePolicyList": "PolicyDocument"}, "AssumeRolePolicyDocument")


ROLE = Recorded("AWS::IAM::Role", _role)
USER = Recorded("AWS::IAM::User", lambda item: _with_documents(item, {"UserPolicyList": "PolicyDocument"}))
GROUP = Recorded("AWS::IAM::Group", lambda item: _with_documents(item, {"GroupPolicyList": "PolicyDocument"}))
POLICY = Recorded("AWS::IAM::Policy", lambda item: _with_documents(item, {"PolicyVersionList": "Document"}))
