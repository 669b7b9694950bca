"""Access keys of users of IAM. https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKeyMetadata.html"""

from __future__ import annotations

from typing import Annotated

from assay.scanner.facts.iam.credentials.kinds import StaticCredential
from assay.scanner.facts.spelling import Place, Spelling
from assay.scanner.facts.view import View


class AccessKeyAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells of an access key. The defaults are the API's names."""

    name: Place = "UserName"
    status: Annotated[Place, "active"] = "Status"


def access_key(view: View, at: AccessKeyAt) -> StaticCredential:
    """A key is made active: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html. One that is inactive or has
    expired cannot be used: https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html
    """
    identity = view.identity(view[at.name])
    return StaticCredential(
        identity=identity,
        sort=view.says("access key"),
        owner=view.says(identity.name),
        active=view[at.status].default("Active").equals("Active"),
    )
