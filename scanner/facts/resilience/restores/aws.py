"""Restore testing of AWS Backup. https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.ages import days_ago
from assay.scanner.facts.data.backups.aws import hours
from assay.scanner.facts.model import attestable
from assay.scanner.facts.resilience.restores.kinds import RestoreTest
from assay.scanner.facts.spelling import Index, Place, Referrer, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Unlisted
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value

_FAULTY = ("FAILED", "TIMED_OUT")
"""Of a validation: https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-validation.html"""
_HOURS_A_DAY = 24


class TestingAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells of a plan of restore tests."""

    schedule: Annotated[Place, "interval_days"]
    selections: Annotated[str | Referrer, "selects"]
    ran: Annotated[Place, "age_days"] = ""
    """Of a live plan, when it ran last."""
    jobs: Annotated[str, "succeeded"] = ""
    """Its restores."""


class PlanAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells of a plan of backups, and of the tests beside it."""

    tests: Annotated[Index, "selects"]


def testing(view: View, at: TestingAt) -> RestoreTest:
    """A plan of restore tests, which tests what its selections name: https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-console.html"""
    if isinstance(at.selections, Referrer):
        selects = view.exists(at.selections)
    else:
        selections, more = view.inner(at.selections)
        selects = view.says(bool(selections) or more or False)
    return RestoreTest(
        identity=view.identity(view[at.name]),
        sort=view.says("restore testing plan"),
        selects=selects,
        interval_days=view[at.schedule].then(_days),
        age_days=_age(view, at),
        succeeded=_succeeded(view, at) if at.jobs else view.says(True),
    )


def plan(view: View, at: PlanAt) -> RestoreTest | None:
    """A plan of backups beside which no restore is tested; None where one is, which is judged by itself."""
    tests = [item for item in view.index(at.tests).get(None, ()) if not view.apart(item) and view.item.same_account(item) is not False]
    if any(not isinstance(item, Unlisted) for item in tests):
        return None
    unlisted = next((item.why for item in tests if isinstance(item, Unlisted)), None)
    why = unlisted or attestable(f"whether anybody tests that what {view.item.address} backs up can be restored", view.location)
    return RestoreTest(
        identity=view.identity(view[at.name]),
        sort=view.says("backup plan"),
        selects=view.says(why),
        interval_days=view.says(0.0),
        age_days=view.says(None),
        succeeded=view.says(True),
    )


def _days(schedule: Any) -> Any:
    period = hours(schedule)
    return round(period / _HOURS_A_DAY, 1) if isinstance(period, (int, float)) else period


def _age(view: View, at: TestingAt) -> Value[Any]:
    """Days from when it ran last to the answer. A plan that never ran tells nothing yet."""
    if not at.ran:
        return view.says(None)
    ran = view[at.ran]
    if ran.absent:
        return view.says(Unknown(f"{view.item.address} has not run yet", "audit again after its first run", view.location))
    return ran.then(lambda text: days_ago(view, text, f"when {view.item.address} ran last"))


def _succeeded(view: View, at: TestingAt) -> Value[bool]:
    """Whether the restores of the last day on which any ended were completed, and none of them was found faulty.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_RestoreJobsListMember.html
    """
    jobs, more = view.inner(at.jobs)
    ended = [(str(job["CompletionDate"].data)[:10], job) for job in jobs if isinstance(job["CompletionDate"].data, str)]
    last = [job for day, job in ended if day == max(day for day, _ in ended)]
    if not last:
        return view.says(more or Unknown(f"no restore of {view.item.address} has ended yet", "audit again after it ran", view.location))
    bad = any(job["Status"].data != "COMPLETED" or job["ValidationStatus"].data in _FAULTY for job in last)
    return view.says(False if bad else more or True)
