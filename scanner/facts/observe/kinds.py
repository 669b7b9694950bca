"""What is recorded of what happens."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Naming, Resource
from assay.scanner.sources.values import Value


class EdgeLog(Resource, kw_only=True):
    """What answers requests at the edge or stands before it, and whether it keeps a record of them: a load balancer, a CDN distribution, a
    web ACL, a stage of an API, a bucket, a backend of Google's load balancer."""

    # A distribution is called by its comment, and a stage within its API.
    naming: ClassVar = {"aws": Naming(families=frozenset({"balancer", "bucket"}))}

    sort: Fact[str]
    """In words: `load balancer`, `distribution`, `web ACL`, `stage`, `backend`, `bucket`."""
    public: Fact[bool]
    """Requests from outside of its network reach it; a web ACL always counts, a bucket where everyone may use it."""
    maybe_public: Fact[bool] = Value(False)
    """Of a bucket, that it is not known whether everyone may use it."""
    logged: Fact[bool]
    """Every request is recorded somewhere, of a web ACL what it decides; of a backend of Google's a share of them that is not 0."""


KINDS = (EdgeLog,)
