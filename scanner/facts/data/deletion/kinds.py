"""What keeps a resource from being deleted by one call."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Part, Resource


class GuardedCopy(Part):
    """A copy of a resource that can be deleted by itself."""

    known_by: ClassVar = ("region",)
    region: Fact[str]
    protected: Fact[bool]
    """The provider refuses to delete it while its protection is on."""


class DeletionGuard(Resource, kw_only=True):
    """A table, database, load balancer or directory of users that can be protected against deletion.

    DynamoDB table, database or cluster of RDS, Aurora, DocumentDB and Neptune, load balancer, Cognito user pool; Firestore database,
    Cloud SQL instance, Spanner database, Bigtable table.
    """

    copies: Fact[list[GuardedCopy]]
    """The resource itself, and its copies in other regions where these are not resources of their own in this input."""


KINDS = (DeletionGuard,)
