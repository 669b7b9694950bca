"""Who has which role, as the configuration says it."""

from __future__ import annotations

from assay.scanner.facts.messaging.kinds import Parties
from assay.scanner.facts.roles import Roles
from assay.scanner.options import Selector
from assay.scanner.sources.raw import Unknown

WHY = Unknown("who that is", "say who")


def test_nobody_has_a_role_where_none_is_configured() -> None:
    assert Parties(WHY).roles(Roles().of) == [] and Parties(None, open=WHY).roles(Roles().of) == []


def test_whoever_is_not_known_may_have_any_role_that_is_configured() -> None:
    roles = Roles({"deploy": [Selector(resource="release-*")]})
    assert Parties(WHY).roles(roles.of) == WHY and Parties(None, open=WHY).roles(roles.of) == WHY
    assert Parties(None).roles(roles.of) == []
