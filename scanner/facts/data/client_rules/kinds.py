"""What apps may do with a database themselves, past every server."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Part, Resource


class Access(Part):
    """What one rule allows."""

    known_by: ClassVar = ("path", "methods")
    path: Fact[str]
    """Of the documents: `/users/{user}`, `/{document=**}`."""
    methods: Fact[str]
    """As the rule names them: `read, write`."""
    reads_only: Fact[bool]
    open: Fact[bool]
    """Somebody who has not signed in can have it: its condition can hold without."""
    extent: Fact[str]
    """When, in words: `at any time`, `for a time`, `where a condition on something else holds`."""


class ClientRules(Resource, kw_only=True):
    """Security rules for Firestore, by which apps in browsers and on phones reach a database without a server: a release of them."""

    in_force: Fact[bool]
    """A release puts them in force for a database of Firestore."""
    accesses: Fact[list[Access]]
    """What its rules allow. What none allows is denied."""


KINDS = (ClientRules,)
