"""Object Lifecycle Management of Cloud Storage. https://cloud.google.com/storage/docs/lifecycle"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.google_assets import named
from assay.scanner.facts.spelling import Place, Spelling
from assay.scanner.facts.storage.lifecycle.kinds import BucketLifecycle
from assay.scanner.facts.storage.lifecycle.rules import Step, lifecycle, said
from assay.scanner.facts.view import View
from assay.scanner.sources.values import Value, all_of, any_of

ARCHIVES = ("COLDLINE", "ARCHIVE")
"""NEARLINE is no archive: https://cloud.google.com/storage/docs/storage-classes"""
_BY_AUTOCLASS = 90
"""Days until Autoclass makes an object COLDLINE that nobody reads, if it goes on to ARCHIVE: https://cloud.google.com/storage/docs/autoclass#transitions"""
_DAY = 86400
_SOME = ("matchesPrefix", "matchesSuffix", "customTimeBefore", "daysSinceCustomTime")
"""Conditions that some of the objects meet alone."""
_NOT_NEW = ("createdBefore", "numNewerVersions", "noncurrentTimeBefore", "daysSinceNoncurrentTime")
"""Those that no object meets which is current and made from now on."""
CONDITIONS = ("age", "isLive", "withState", "matchesStorageClass", *_SOME, *_NOT_NEW)
"""https://cloud.google.com/storage/docs/lifecycle#conditions; `withState` of Terraform and Config Connector is `isLive`."""


class LifecycleAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the lifecycle of a bucket."""

    rules: Annotated[str, "archived_after", "archived_perhaps", "deleted_after"]
    storage_class: Annotated[Place, "archived_after"]
    action_class: Annotated[str, "archived_after", "archived_perhaps"]
    conditions: Annotated[dict[str, str], "archived_after", "archived_perhaps", "deleted_after"]
    autoclass: Annotated[Place, "archived_after"]
    terminal: Annotated[Place, "archived_after"]
    retention: Annotated[Place, "deleted_after"]
    """The period of its retention policy, in seconds."""


def bucket(view: View, at: LifecycleAt) -> BucketLifecycle:
    """Without a rule objects stay in the class that they were written to, unless Autoclass is on. Several kinds ask for it."""
    return view.once(_bucket, at)


def _bucket(view: View, at: LifecycleAt) -> BucketLifecycle:
    rules, more = view.inner(at.rules)
    default = view[at.storage_class].default("STANDARD")
    automatic = all_of([view[at.autoclass].truth(), view[at.terminal].default("NEARLINE").equals("ARCHIVE")])
    everywhere: Value[bool] = Value(False)
    archives = [
        Step(default.equals(*ARCHIVES), everywhere, Value(0, default.seen)),
        Step(automatic, everywhere, Value(_BY_AUTOCLASS, automatic.seen)),
        *(_step(rule, at, default, archive=True) for rule in rules),
    ]
    kept = view[at.retention].number().default(0)
    deletes = [_kept_until(_step(rule, at, default, archive=False), kept) for rule in rules]
    identity = view.identity(view[at.name] if at.name else named(view.item))
    return lifecycle(view, identity, archives, deletes, more)


def _step(rule: View, at: LifecycleAt, default: Value[Any], *, archive: bool) -> Step:
    conditions = {name: rule[path] for name, path in at.conditions.items()}
    kind = rule["action.type"]
    does = all_of([kind.equals("SetStorageClass"), rule[at.action_class].equals(*ARCHIVES)]) if archive else kind.equals("Delete")
    gone = [said(conditions[name]) for name in _NOT_NEW]
    noncurrent = any_of([conditions["isLive"].equals(False, "false"), conditions["withState"].equals("ARCHIVED"), *gone])
    limited = any_of([*(said(conditions[name]) for name in _SOME), _other_class(conditions["matchesStorageClass"], default)])
    does = all_of([does, noncurrent.negate()])
    return Step(does, Value(limited.data, limited.seen or (rule.location,)), conditions["age"].number().default(0))


def _kept_until(step: Step, kept: Value[Any]) -> Step:
    """Nothing is deleted before its retention ends: https://cloud.google.com/storage/docs/lifecycle#delete"""
    days = Value(kept.unknown, kept.seen) if kept.unknown else step.days.then(lambda age: max(age, kept.data // _DAY))
    return step._replace(days=days)


def _other_class(classes: Value[Any], default: Value[Any]) -> Value[bool]:
    """Whether a rule is not for the class that objects are written to by default."""
    if classes.data in (None, [], ""):
        return Value(False)
    return any_of([element.equals(default.data) if isinstance(default.data, str) else default for element in classes.elements()]).negate()
