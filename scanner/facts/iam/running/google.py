"""As which service account services, jobs, functions and machines run.

https://cloud.google.com/run/docs/securing/service-identity, https://cloud.google.com/functions/docs/securing/function-identity,
https://cloud.google.com/compute/docs/access/service-accounts
"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner import lazy_re
from assay.scanner.facts.google_assets import named, short
from assay.scanner.facts.iam.running.identities import Called, Known, joined
from assay.scanner.facts.iam.running.kinds import RunsAs
from assay.scanner.facts.iam.running.shared import account, others
from assay.scanner.facts.spelling import Index, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Reference, Text, Unknown, because, describe
from assay.scanner.sources.values import Value, any_of

_DEFAULT = lazy_re.pattern(r".*(-compute@developer|@appspot)\.gserviceaccount\.com")
DEFAULTS = ("google_compute_default_service_account", "google_app_engine_default_service_account")


class RunAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells as which account something runs."""

    sort: str
    accounts: Annotated[tuple[str, ...], "runs_as", "default", "others"]
    """The first that is there counts."""
    index: Annotated[Index, "others"]
    """All that runs code (`running`)."""
    identities: Annotated[Index, "others", "default"]
    """The accounts that the input declares or looks up (`by_address`)."""


def runs(view: View, at: RunAt) -> RunsAs:
    """Without an account, the default one of Compute Engine, or of App Engine for a function of the first generation."""
    name = short(view.called(at.name)).otherwise(named(view.item)) if at.name else named(view.item)
    value = next((value for path in at.accounts if not (value := view.link(path)).absent), view.says(None))
    unset = value.absent or value.data == ""
    return RunsAs(
        identity=view.identity(name),
        sort=view.says(at.sort),
        runs_as=Value("the default service account", value.seen) if unset else account(value),
        default=Value(True, value.seen) if unset else value.then(lambda data: is_default(data, view.index(at.identities))),
        launches=view.says(False),
        others=view.says([]) if unset else others(view, at.index, at.identities, value),
    )


class MachineAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells as which accounts a machine runs."""

    sort: str
    blocks: Annotated[tuple[str, ...], "runs_as", "default"]
    email: str
    identities: Annotated[Index, "default"]
    """The accounts that the input declares or looks up (`by_address`)."""


def machine(view: View, at: MachineAt) -> RunsAs:
    """A machine has no identity where it names no account; a block without an address means the default one.

    Machines of one service may share an account. https://cloud.google.com/compute/docs/access/create-enable-service-accounts-for-instances
    """
    blocks, more = view.inner(*at.blocks)
    emails = [block.link(at.email) for block in blocks]
    known = view.index(at.identities)
    default = [
        Value(True, email.seen) if email.absent or email.data == "" else email.then(lambda data: is_default(data, known))
        for email in emails
    ]
    named_ = [email for email in emails if not email.absent]
    runs_as: Any = more or (None if not blocks else describe(named_[0].data) if named_ else "the default service account")
    return RunsAs(
        identity=view.identity(view[at.name]),
        sort=view.says(at.sort),
        runs_as=view.says(runs_as),
        default=any_of([*default, *([Value(more)] if more else []), view.says(False)]),
        launches=view.says(False),
        others=view.says([]),
    )


class NodesAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells as which account the nodes of a cluster run."""

    account: Annotated[str, "runs_as", "default"]
    made: Annotated[str, "*"] = ""
    """A flag without which the cluster makes no nodes of this sort."""
    identities: Annotated[Index, "default"]
    """The accounts that the input declares or looks up (`by_address`)."""


def nodes(view: View, at: NodesAt) -> RunsAs | None:
    """Nodes run as the default account of Compute Engine where none is named: whatever reaches the metadata server of a node is that.

    https://cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster#use_least_privilege_sa
    """
    made = view[at.made].default(False).truth() if at.made else view.says(True)
    if made.data is False:
        return None
    value = view.link(at.account)
    unset = value.absent or value.data == ""
    identity = view.identity(view[at.name] if at.name else named(view.item))
    identity.perhaps = made.unknown
    return RunsAs(
        identity=identity,
        sort=view.says("group of nodes"),
        runs_as=view.says("the default service account") if unset else account(value),
        default=view.says(True) if unset else value.then(lambda data: is_default(data, view.index(at.identities))),
        launches=view.says(False),
        others=view.says([]),
    )


def is_default(data: Any, known: Known) -> bool | Unknown:
    """Whether a service account is one of those that Google makes for whatever names none."""
    if isinstance(data, Reference):
        if data.type in DEFAULTS or not data.is_data:
            return data.type in DEFAULTS
        names = known.get(data.address)
        return _is_looked_up(names[0]) if names else False
    if isinstance(data, (str, Text)):
        return bool(_DEFAULT.fullmatch(str(data))) or data == "default"
    return Unknown(f"which service account {describe(data)} is", "scan the plan")


def _is_looked_up(called: Called) -> bool | Unknown:
    """The same of one that code looks up by its address, its name, or what it is called in its project."""
    if isinstance(called.name, Unknown):
        return because(called.name)
    named = [part for one in (called.name, "@", called.scope or "") for part in (one.parts if isinstance(one, Text) else (one,))]
    return is_default(joined(named), {})
