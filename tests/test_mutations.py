"""Every control can fail: a change of the reference deployment makes it, and it alone, fail (fixtures/trade_streamer/mutations)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assay.scanner.globs import matches
from assay.scanner.rules.load import builtin_folder, load
from assay.scanner.sources.terraform.files import read_blocks
from assay.scanner.sources.terraform.kept import KEPT
from fixtures.mutations import (
    DEPLOYMENT,
    Change,
    Mutation,
    Setting,
    address,
    before,
    declared,
    failures,
    groups,
    judged,
    setting,
    terraform,
)

GROUPS = groups()
ATTESTED_ALONE = {compiled.control.id for compiled in load([builtin_folder()]).controls if not compiled.control.assertions}
"""Controls that no code makes fail."""
ONE_CLOUD = {
    "resilience.replication-lag": {"aws"},  # Firestore is never late
    "resilience.restore-tested": {"aws"},  # no service of Google tests restores
    "audit.all-logs-exported": {"google"},
    "data.firestore-rules-closed": {"google"},
    "iam.duties-separated": {"google"},
    "data.no-public-address": {"google"},
    "network.vpc-service-controls": {"google"},
    "access.jwt-validated": {"aws"},
    "access.user-network-allowlist": {"google"},
    "compute.container-hardening": {"aws"},
    "storage.tls-only-policy": {"aws"},
    "accounts.no-root-access-keys": {"aws"},
    "audit.object-events-recorded": {"aws"},  # of Google, audit.api-trail-enabled asks for it
    "iam.users-through-groups": {"aws"},  # Google has no users of its own
    "observe.container-metrics": {"aws"},  # Cloud Run sends metrics by itself
    "observe.sensitive-fields-masked": {"aws"},  # Cloud Logging masks nothing by itself
    "observe.tracing-enabled": {"aws"},  # what code does not enable may be enabled elsewhere
    "keys.volumes-encrypted-by-default": {"aws"},  # Google encrypts every disk
    "accounts.root-mfa": set(),
    "estate.iac-managed": set(),
}
"""Controls on what one cloud alone has, or that the code of one alone can make fail: of Google, a service verifies tokens in its code; on
AWS, users of the reference deployment may come from anywhere; Cloud Run has no switches for its containers;
the APIs of Google take HTTPS alone; Google has no root user, and code says nothing of how that of an account signs in; code by itself
cannot differ from the cloud."""


@pytest.fixture(scope="module", autouse=True)
def kept() -> Iterator[None]:
    """The files that a change leaves as they are were parsed before."""
    KEPT.keep(20_000_000)
    yield
    KEPT.keep(0)


@pytest.mark.parametrize("group", GROUPS, ids=["+".join(control for control, _ in group) for group in GROUPS])
def test_a_change_makes_one_control_fail(group: list[tuple[str, Mutation]]) -> None:
    """Changes that can be told apart are judged together; where they meet after all, each by itself."""
    if len(group) > 1 and not problems(group):
        return
    assert [problem for mutated in group for problem in problems([mutated])] == []


def problems(group: list[tuple[str, Mutation]]) -> list[str]:
    """What is not as the mutations say it: other controls or resources fail, or the failure does not lead to the change."""
    within = setting(*group[0])
    failed_before, gaps = before(within)
    results, gaps_after = judged(within, [mutation for _, mutation in group])
    new = failures(results) - failed_before
    told = [f"{gap}: the changed code is not Terraform any more" for gap in set(gaps_after) - set(gaps)]
    expected = {name for control, mutation in group for name in (control, *mutation.also)}
    told += [f"{name} fails too: {where} {element}" for name, where, element in sorted(new) if name not in expected]
    failed = {name for name, _, _ in new}
    told += [f"{name} does not fail" for name in sorted(expected - failed)]
    for control, mutation in group:
        addresses = {where for name, where, _ in new if name == control}
        told += [f"{control}: {where} fails too" for where in sorted(addresses) if not any(matches(glob, where) for glob in mutation.fails)]
        told += [f"{control}: {glob} does not fail" for glob in mutation.fails if not any(matches(glob, where) for where in addresses)]
        if not within.estate and not any(change.delete for change in mutation.changes):
            failing = [result for result in results if result.verdict == "fail" and result.control == control]
            if not any(_names(mutation, result) for result in failing):
                told.append(f"{control}: no failure names the changed block")
    return told


def _names(mutation: Mutation, result: object) -> bool:
    """Whether a result speaks of the block that was changed: as one that its resource was read from, or in its evidence."""
    if any(change.replace for change in mutation.changes):
        return any(part.file.endswith(mutation.file) for part in result.resource.blocks)  # type: ignore[attr-defined]
    places = [
        (change.file, block.location())
        for change in mutation.changes
        for block in read_blocks(mutation.files()[str(terraform(mutation.cloud) / change.file)], change.file, change.file)[0]
        if address(block) == change.block or (not change.block and address(block) in _added(change))
    ]
    spans = [(part.file, part.start_line or 0, part.end_line or 0) for part in result.resource.blocks]  # type: ignore[attr-defined]
    spans += [(fact.location.file, fact.location.line, fact.location.end_line or fact.location.line)
              for fact in result.evidence if fact.location is not None]  # type: ignore[attr-defined]  # fmt: skip
    return any(
        file.endswith(name) and start <= place.end_line and place.line <= end for file, start, end in spans for name, place in places
    )


def _added(change: Change) -> list[str]:
    return [address(block) for block in read_blocks(change.add.encode(), change.file, change.file)[0]]


def test_every_control_has_a_mutation_in_each_cloud() -> None:
    controls = {compiled.control.id for compiled in load([builtin_folder()]).controls} - ATTESTED_ALONE
    missing = {
        (control, cloud)
        for control in controls
        for cloud in ONE_CLOUD.get(control, {"aws", "google"})
        if not any(mutation.cloud == cloud for mutation in declared().get(control, []))
    }
    assert not missing
    assert declared().keys() <= controls


def test_nothing_fails_in_the_reference_deployment() -> None:
    assert DEPLOYMENT.is_dir()
    for cloud in ("aws", "google"):
        failed, _ = before(Setting(cloud))
        assert not failed
