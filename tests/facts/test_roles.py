"""Who has which role, as the configuration says it."""

from __future__ import annotations

import pytest
from msgspec import structs

from assay.scanner.facts.messaging.kinds import Parties
from assay.scanner.facts.model import Identity
from assay.scanner.facts.roles import Roles, covers, names_of
from assay.scanner.options import Selector
from assay.scanner.sources.raw import Unknown

WHY = Unknown("who that is", "say who")


def test_nobody_has_a_role_where_none_is_configured() -> None:
    assert Parties(WHY).roles(Roles().of) == [] and Parties(None, open=WHY).roles(Roles().of) == []


def test_whoever_is_not_known_may_have_any_role_that_is_configured() -> None:
    roles = Roles({"deploy": [Selector(resource="release-*")]})
    assert Parties(WHY).roles(roles.of) == WHY and Parties(None, open=WHY).roles(roles.of) == WHY
    assert Parties(None).roles(roles.of) == []


ROLE = Identity(
    id="arn:aws:iam::111122223333:role/release-web", name="release-web", cloud="aws", account=None, region=None,
    address="aws_iam_role.release", root="infra", blocks=[], type="aws_iam_role", tags={"team": "web"},
)  # fmt: skip


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        (Selector(), True),
        (Selector(resource="release-*"), True),
        (Selector(resource="aws_iam_role.release"), True),
        (Selector(resource="orders-*"), False),
        (Selector(type="aws_iam_role"), True),
        (Selector(type="aws_iam_user"), False),
        (Selector(resource="release-*", type="aws_iam_user"), False),
        (Selector(tags={"team": "w*"}), True),
        (Selector(tags={"team": "ops"}), False),
        (Selector(tags={"stage": "prod"}), False),
        (Selector(resource="orders-*", tags={"team": "web"}), False),
    ],
)
def test_a_selector_is_for_what_is_all_that_it_says(selector: Selector, expected: bool) -> None:
    assert covers(selector, ROLE, names_of(ROLE)) is expected


def test_tags_that_are_not_known_leave_open_only_what_they_may_say() -> None:
    perhaps = structs.replace(ROLE, tags_open=WHY)
    assert covers(Selector(tags={"stage": "prod"}), perhaps, names_of(perhaps)) == WHY
    assert covers(Selector(tags={"stage": "prod", "team": "ops"}), perhaps, names_of(perhaps)) is False
    assert covers(Selector(type="aws_iam_user", tags={"stage": "prod"}), perhaps, names_of(perhaps)) is False
