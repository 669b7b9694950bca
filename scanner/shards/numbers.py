"""Which shard a process judges: as the command line says it, or the system that runs many of the same process."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from assay.scanner.shards.errors import ShardError
from assay.scanner.shards.plan import MAX_SHARDS

AUTO = "auto"


class System(msgspec.Struct, frozen=True):
    """A system that numbers processes which are otherwise the same."""

    name: str
    index: str
    """The variable of the environment that says which one this is."""
    total: str
    """The variable that says how many there are."""
    first: int
    """The number of the first."""
    source: str


SYSTEMS = (
    System(
        "AWS Batch",
        "AWS_BATCH_JOB_ARRAY_INDEX",
        "AWS_BATCH_JOB_ARRAY_SIZE",
        0,
        "https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html",
    ),
    System(
        "Kubernetes",
        "JOB_COMPLETION_INDEX",
        "ASSAY_SHARDS",
        0,
        "https://kubernetes.io/docs/concepts/workloads/controllers/job/#completion-mode",
    ),
    System(
        "Cloud Run",
        "CLOUD_RUN_TASK_INDEX",
        "CLOUD_RUN_TASK_COUNT",
        0,
        "https://cloud.google.com/run/docs/container-contract#jobs-env-vars",
    ),
    System(
        "GitHub Actions",
        "ASSAY_JOB_INDEX",
        "ASSAY_JOB_TOTAL",
        0,
        "https://docs.github.com/en/actions/reference/workflows-and-actions/contexts#strategy-context",
    ),
    System("GitLab CI", "CI_NODE_INDEX", "CI_NODE_TOTAL", 1, "https://docs.gitlab.com/ci/variables/predefined_variables/"),
    System(
        "Azure Pipelines",
        "SYSTEM_JOBPOSITIONINPHASE",
        "SYSTEM_TOTALJOBSINPHASE",
        1,
        "https://learn.microsoft.com/en-us/azure/devops/pipelines/process/phases",
    ),
    System(
        "Buildkite",
        "BUILDKITE_PARALLEL_JOB",
        "BUILDKITE_PARALLEL_JOB_COUNT",
        0,
        "https://buildkite.com/docs/pipelines/configure/environment-variables",
    ),
)
"""Kubernetes says no total, and GitHub has expressions in place of variables: the job sets what is called ASSAY_… here."""


def parse(text: str, environment: Mapping[str, str], option: str = "--shard") -> tuple[int, int]:
    """Index from 0 and total of `3/8`, which counts from 1, or of `auto`, as an option was given. Raises ShardError."""
    if text == AUTO:
        return _told(environment, option)
    match = re.fullmatch(r"([0-9]{1,9})/([0-9]{1,9})", text)
    if match is None:
        raise ShardError(f"{option} {text}: give which one and of how many, as 3/8, or {AUTO}")
    return _checked(int(match[1]), int(match[2]), 1, f"{option} {text}")


def _told(environment: Mapping[str, str], option: str) -> tuple[int, int]:
    numbering = [system for system in SYSTEMS if environment.get(system.index)]
    if not numbering:
        known = ", ".join(system.index for system in SYSTEMS)
        raise ShardError(f"{option} auto: nothing numbers this process; one of {known} does, or give {option} I/N")
    if len(numbering) > 1:
        names = " and ".join(f"{system.name} ({system.index})" for system in numbering)
        raise ShardError(f"{option} auto: {names} number this process: give {option} I/N")
    (system,) = numbering
    total = environment.get(system.total)
    if not total:
        raise ShardError(f"{option} auto: {system.index} says which shard this is, and {system.total} does not say of how many: set it")
    try:
        return _checked(int(environment[system.index]), int(total), system.first, f"{option} auto ({system.index}, {system.total})")
    except ValueError:
        raise ShardError(f"{option} auto: {system.index} and {system.total} are no numbers") from None


def _checked(number: int, total: int, first: int, what: str) -> tuple[int, int]:
    if not 1 <= total <= MAX_SHARDS or not first <= number < first + total:
        raise ShardError(f"{what}: there is no {number} of {total}; they count from {first}, and there may be {MAX_SHARDS:,}")
    return number - first, total
