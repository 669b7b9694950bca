"""Identities, what they may do and who may become them."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Part, Resource
from assay.scanner.facts.steps import Step


class Permission(Part):
    """One thing that an identity is allowed: a statement of a policy, an attached managed policy, a role of a binding."""

    known_by: ClassVar = ("name",)
    name: Fact[str]
    """What to call it in a message: actions and resources, the policy's name, the role."""
    wildcard: Fact[bool]
    """It allows every action, or every action of a service, on every resource; or a basic or administrator role at project
    level or above."""


class PermissionSet(Resource, kw_only=True):
    """What an identity may do: a role, user or group with all its policies, a policy that nothing in the code attaches, Google bindings."""

    permissions: Fact[list[Permission]]
    limited_by_boundary: Fact[bool]
    """A permissions boundary without wildcards limits it, whatever its policies say."""
    service_linked: Fact[bool]
    """The provider made it for itself and nobody can edit it."""


class Raise(Part):
    """One way by which an identity can get itself more than it has."""

    known_by: ClassVar = ("name",)
    name: Fact[str]
    """The action or the permission, and on what: `iam:PutRolePolicy on *`."""
    open: Fact[bool]
    """Nothing bounds it: neither a condition, nor a denial, nor a permissions boundary."""
    steps: Fact[list[Step]]
    """The way: the identity, the policy that it has, what the action is on."""


class Escalation(Resource, kw_only=True):
    """What an identity, or a policy by itself, may do to get more than it has. Bindings on a service account: who may act as it."""

    raises: Fact[list[Raise]]
    service_linked: Fact[bool]
    """The provider made it for itself and nobody can edit it."""


class Trust(Part):
    """Somebody who may take on an identity."""

    known_by: ClassVar = ("principal",)
    principal: Fact[str]
    scoped: Fact[bool]
    """It is a service, or one named identity; or a condition bounds who it can be."""


class TrustPolicy(Resource, kw_only=True):
    """Who may take on an identity: the trust policy of a role, the bindings on a service account. CI systems are a kind of their own."""

    trusts: Fact[list[Trust]]
    service_linked: Fact[bool]
    ci_only: Fact[bool]
    """It trusts CI systems only, which are judged as federation."""


KINDS = (PermissionSet, Escalation, TrustPolicy)
