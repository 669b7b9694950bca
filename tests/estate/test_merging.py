"""Whatever a run is cut into, and in whatever order its parts come, the estate is judged alike."""

from __future__ import annotations

import functools
import random
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.scanner.analysis.estate.summary import Component, Scope, Sighting, Store, Summary, Verdicts
from assay.scanner.estate import judged_estate
from assay.scanner.estate_options import Environment, EstateOptions, Records
from assay.scanner.judge import Rules
from assay.scanner.options import Options

ESTATE = EstateOptions(
    clouds=("aws", "google"),
    regions={"aws": ("us-east-1", "us-west-2"), "google": ("us-central1", "us-east4")},
    environments={"prod": Environment(accounts=("111122223333",)), "dev": Environment(accounts=("444455556666",))},
    production="prod",
    complete=frozenset({"code", "live"}),
    records={"orders": Records(("orders",), 365)},
)
SCOPES = st.builds(Scope, st.sampled_from(("code", "live")), st.sampled_from(("aws", "google")), st.sampled_from(("prod", "dev", "")))
REGIONS = st.sampled_from(("us-east-1", "us-west-2", "us-central1", "us-east4", "", "*"))
SIGHTINGS = st.builds(
    Sighting, st.sampled_from(("a", "b", "c")), st.sampled_from(("m.tf", "n.tf")), st.integers(0, 3), st.sampled_from(("", "why", "or"))
)
CONTROLS = st.sampled_from(("storage.bucket-not-public", "keys.rotation-and-policy", "messaging.queue-encrypted-cmk"))
VERDICTS = st.dictionaries(st.sampled_from(("pass", "fail", "unknown", "waived")), SIGHTINGS, min_size=1, max_size=3)
FACTS = st.dictionaries(st.sampled_from(("Bucket.versioned", "Key.enabled")), st.frozensets(st.sampled_from(("True", "False", ""))))
SUMMARIES = st.builds(
    Summary,
    tiers=st.dictionaries(st.tuples(SCOPES, st.sampled_from(("queue", "lb", "ui_service", "waf")), REGIONS), SIGHTINGS, max_size=4),
    components=st.dictionaries(
        st.tuples(SCOPES, st.sampled_from(("ui", "queue")), REGIONS), st.builds(Component, SIGHTINGS, FACTS), max_size=4
    ),
    verdicts=st.dictionaries(st.tuples(SCOPES, CONTROLS, REGIONS), st.builds(Verdicts, VERDICTS), max_size=4),
    accounts=st.dictionaries(st.tuples(SCOPES, st.sampled_from(("111122223333", "444455556666", ""))), SIGHTINGS, max_size=3),
    trusts=st.dictionaries(
        st.tuples(SCOPES, st.just("111122223333"), st.sampled_from(("444455556666", "777788889999", ""))), SIGHTINGS, max_size=2
    ),
    gaps=st.dictionaries(st.tuples(st.sampled_from(("code", "live")), st.just("x")), SIGHTINGS, max_size=1),
    unasked=st.dictionaries(
        st.tuples(st.just("live"), st.just("aws"), st.sampled_from(("MessageStore", "Workload"))), SIGHTINGS, max_size=1
    ),
    stores=st.dictionaries(
        st.tuples(SCOPES, st.sampled_from(("orders", "?")), st.just("b")),
        st.builds(Store, SIGHTINGS, st.frozensets(st.sampled_from((30, 400, None, "not known")), min_size=1)),
        max_size=2,
    ),
)


@functools.cache
def rules() -> Rules:
    return Rules(Options(paths=["."], controls=["estate.*", "resilience.two-stack-regions"], estate=ESTATE))


def said(summary: Summary) -> bytes:
    """Everything that is said of an estate, as a report would have it."""
    taking = rules().estate
    assert taking is not None
    taking.summary = summary
    results = judged_estate(rules(), Options(paths=["."], estate=ESTATE)).results
    return msgspec.json.encode(sorted(results, key=lambda result: (result.control, result.resource.address, result.element)))


def copied(parts: list[Summary]) -> list[Summary]:
    return [msgspec.structs.replace(part, **{name: dict(getattr(part, name)) for name in part.__struct_fields__}) for part in parts]


@settings(max_examples=60, deadline=None)
@given(st.lists(SUMMARIES, min_size=1, max_size=6), st.randoms(use_true_random=False), st.data())
def test_any_grouping_and_order_say_the_same(parts: list[Summary], shuffle: random.Random, data: Any) -> None:
    expected = said(Summary.merged(copied(parts)))
    shuffled = copied(parts)
    shuffle.shuffle(shuffled)
    cut = data.draw(st.integers(0, len(shuffled)))
    groups = [Summary.merged(group) for group in (shuffled[:cut], shuffled[cut:])]
    assert said(Summary.merged(groups)) == expected
    assert said(Summary.merged(reversed(groups))) == expected


@settings(max_examples=60, deadline=None)
@given(SUMMARIES, SUMMARIES)
def test_a_part_is_not_changed_by_what_it_is_merged_with(one: Summary, other: Summary) -> None:
    before = msgspec.msgpack.encode([sorted(map(repr, getattr(one, name).items())) for name in one.__struct_fields__])
    Summary.merged([other, one])
    after = msgspec.msgpack.encode([sorted(map(repr, getattr(one, name).items())) for name in one.__struct_fields__])
    assert before == after
