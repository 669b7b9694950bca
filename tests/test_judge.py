"""Judging a collection: a function whose value crosses processes, and whose parts merge in whatever groups."""

from __future__ import annotations

import concurrent.futures
import multiprocessing
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.scanner import targets
from assay.scanner.facts import catalogue as catalogues
from assay.scanner.facts import type_index
from assay.scanner.facts.catalogue import catalogue
from assay.scanner.facts.type_index import Looks
from assay.scanner.judge import Judged, Rules, judge
from assay.scanner.options import Options
from assay.scanner.results.tally import Tally
from assay.scanner.sources import inputs
from assay.scanner.sources.coverage import Blocks, CallCount, Coverage, FileCounts, Gap, LeftOut
from assay.scanner.sources.interface import Contributions, Source
from tests.scans import ROOT

CASES = {
    "terraform": "trade_streamer/gcp/terraform/environments/prod",
    "cloudformation": "controls/storage/encrypted-cmk/cloudformation",
    "aws": "controls/data/encrypted-cmk/aws",
    "google": "controls/secrets/rotation-enabled/assets",
    "plan": "trade_streamer/aws/plan/prod.json",
}


def judged(specification: bytes) -> bytes:
    """What a worker does: it gets the options and a source that has collected nothing, and gives what it judged."""
    options, source = pickle.loads(specification)
    rules, known = Rules(options), catalogue(*inputs.readers(source.input))
    return pickle.dumps([judge(collection, rules, known) for collection in source.collect(rules.wanted(known))])


def specified(path: Path) -> tuple[Options, list[Source]]:
    options = Options(paths=[str(path)])
    return options, list(targets.sources(options)[0]())


@pytest.fixture(scope="module")
def worker() -> concurrent.futures.Executor:
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool


@pytest.mark.parametrize("name", CASES)
def test_what_another_process_judges_is_what_this_one_does(name: str, worker: concurrent.futures.Executor) -> None:
    options, sources = specified(ROOT / "fixtures" / CASES[name])
    total = 0
    for source in sources:
        specification = pickle.dumps((options, source))
        theirs: list[Judged] = pickle.loads(worker.submit(judged, specification).result())
        own: list[Judged] = pickle.loads(judged(specification))
        assert [part.results for part in theirs] == [part.results for part in own]
        assert [part.coverage for part in theirs] == [part.coverage for part in own]
        assert [part.contributions.records.keys() for part in theirs] == [part.contributions.records.keys() for part in own]
        total += sum(len(part.results) for part in theirs)
    assert total


def test_collections_contribute_what_joins_across_projects_need() -> None:
    options, (source,) = specified(ROOT / "fixtures" / "controls" / "storage" / "encrypted-cmk" / "assets")
    parts: list[Judged] = pickle.loads(judged(pickle.dumps((options, source))))
    whole = Contributions.merged(part.contributions for part in parts)
    keys = [address for address in whole.records["google.key-states"] if isinstance(address, str)]
    assert keys and all("/cryptoKeys/" in address for address in keys)


_CALL = st.builds(
    CallCount, *[st.sampled_from(["a", "b"])] * 4, st.sampled_from(["answered", "denied"]), st.just(""), st.just("p"), st.integers(1, 9)
)
_NUMBERS = st.integers(0, 9)
_COVERAGE = st.builds(
    Coverage,
    st.builds(FileCounts, _NUMBERS, _NUMBERS, _NUMBERS),
    st.builds(Blocks, _NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS),
    st.dictionaries(st.sampled_from(["t", "u"]), _NUMBERS),
    st.lists(st.builds(Gap, st.sampled_from(["s", "t"]), st.just("parse_error"), st.just("r"), st.just("w"), st.integers(0, 2))),
    st.lists(_CALL),
    st.lists(st.builds(LeftOut, st.sampled_from(["aws:1", "aws:2"]), st.just("n"), st.just("r"))),
)


def _plain(coverage: Coverage) -> tuple[object, ...]:
    """A ledger whatever the order of its entries."""
    return (coverage.files, coverage.blocks, coverage.unsupported_types, set(coverage.gaps), set(coverage.calls), set(coverage.left_out))


@given(st.lists(_COVERAGE, max_size=5), st.integers(0, 5))
def test_ledgers_merge_in_whatever_groups_and_order(parts: list[Coverage], at: int) -> None:
    whole = Coverage.merged(parts)
    grouped = Coverage.merged([Coverage.merged(parts[at:]), Coverage.merged(parts[:at])])
    assert _plain(grouped) == _plain(whole)
    assert _plain(Coverage.merged([whole, Coverage()])) == _plain(whole)
    assert len(whole.gaps) == len(set(whole.gaps)) == len({gap for part in parts for gap in part.gaps})
    assert len(whole.left_out) == len({entry for part in parts for entry in part.left_out})
    assert sum(call.count for call in whole.calls) == sum(call.count for part in parts for call in part.calls)


_CONTRIBUTIONS = st.dictionaries(st.sampled_from("xy"), st.dictionaries(st.integers(0, 3), st.lists(st.integers(), min_size=1), min_size=1))


@given(st.lists(_CONTRIBUTIONS, max_size=5), st.integers(0, 5))
def test_contributions_merge_in_whatever_groups(parts: list[dict[str, dict[object, list[object]]]], at: int) -> None:
    given_parts = [Contributions(part) for part in parts]
    whole = Contributions.merged(given_parts)
    assert Contributions.merged([Contributions.merged(given_parts[:at]), Contributions.merged(given_parts[at:])]) == whole
    assert whole.records.keys() == {name for part in parts for name in part}


def test_a_tally_counts_what_it_was_given() -> None:
    options, (source,) = specified(ROOT / "fixtures" / CASES["cloudformation"])
    rules, known = Rules(options), catalogue(*inputs.readers(source.input))
    tally = Tally(rules.selected)
    results = []
    for collection in source.collect(rules.wanted(known)):
        part = judge(collection, rules, known)
        tally.take(part.results, part.coverage, part.resources)
        results += part.results
    assert sum(tally.verdicts.values()) == len(results) > 20
    outcome = next(outcome for outcome in tally.outcomes() if outcome.id == "storage.encrypted-cmk")
    assert outcome.verdict == "fail"
    assert outcome.resources == len({(r.resource.root, r.resource.address) for r in results if r.control == outcome.id})


MARKED = [marked for known in inputs.INPUTS for marked in known.of.items()]


@pytest.mark.parametrize(("module", "texts"), MARKED)
def test_readers_that_are_left_out_have_nothing_to_read(module: str, texts: tuple[str, ...]) -> None:
    """Where no type has one of the texts, none of theirs is there."""
    readers = catalogue(module).all_readers()
    assert readers
    types = {type_ for reader in readers for type_ in (*reader.types, *reader.joined)}
    assert {type_ for type_ in types if not any(text in type_ for text in texts)} == set()


def test_the_readers_of_a_cloud_are_loaded_where_it_is() -> None:
    assert [known.name for known in inputs.INPUTS if known.of] == ["terraform"]
    assert inputs.by_types("terraform") and inputs.by_types("plan") and not inputs.by_types("cloudformation")
    assert inputs.readers_of("plan", ["aws_s3_bucket", "random_id"]) == ("terraform_aws",)
    assert inputs.readers_of("terraform", ["data.google_project", "provider.aws"]) == ("terraform_aws", "terraform_gcp")
    assert inputs.readers_of("terraform", ["random_id"]) == ()


SCENES = sorted(
    path
    for control in sorted((ROOT / "fixtures/controls").glob("*/*/terraform"))
    for cloud in ("aws", "gcp")
    for path in sorted(control.glob(f"{cloud}-fail*"))[:1]
)


def test_readers_of_the_types_that_are_there_say_what_all_readers_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """With one failing case of each control on each cloud."""
    assert len(SCENES) > 150
    whole, sizes = catalogue(*inputs.readers("terraform")), set()
    for path in SCENES:
        options, sources = specified(path)
        rules = Rules(options)
        for collection in [collection for source in sources for collection in source.collect()]:
            monkeypatch.setattr(catalogues, "_GROWN", {})
            types = {item.type for item in (*collection.items, *collection.context)}
            some = catalogues.catalogue_for(inputs.readers("terraform"), types, rules.read_kinds)
            assert (some.types, some.joined) == (whole.types, whole.joined)
            few, all_ = judge(collection, rules, some), judge(collection, rules, whole)
            assert few.results == all_.results, path
            assert few.coverage.blocks == all_.coverage.blocks, path
            assert few.contributions.records.keys() == all_.contributions.records.keys(), path
            sizes.add(len(some.modules))
    assert max(sizes) < len(whole.modules) / 2


def test_what_readers_look_at_is_kept_until_a_module_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    module = tmp_path / "area" / "terraform_aws.py"
    module.parent.mkdir()
    module.write_text("READERS = ()\n")
    looks = {"area": [Looks("Bucket", frozenset({"aws_s3_bucket"}), frozenset({"aws_s3_bucket"}), frozenset())]}
    type_index.keep("terraform_aws", [str(tmp_path)], looks)
    assert type_index.kept("terraform_aws", [str(tmp_path)]) == looks
    assert type_index.kept("terraform_gcp", [str(tmp_path)]) is None
    module.write_text("READERS = []\n\n")
    type_index._state.cache_clear()
    assert type_index.kept("terraform_aws", [str(tmp_path)]) is None
