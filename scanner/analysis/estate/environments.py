"""Environments with their accounts, the records that have to be kept, and what live accounts have that no code makes."""

from __future__ import annotations

from collections.abc import Iterator

from assay.scanner.analysis.estate.kinds import (
    Environment,
    EnvironmentAccount,
    EnvironmentTrust,
    Keeper,
    ManagedAccount,
    RecordClass,
    ThrottleBudget,
)
from assay.scanner.analysis.estate.recording import ANY_ROLE, ANYBODY, KEEPING
from assay.scanner.analysis.estate.summary import Scope, Store
from assay.scanner.analysis.estate.view import EVERYWHERE, EstateView
from assay.scanner.facts.model import attestable
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value

_CONFIGURE = "name the environments with their accounts: estate.environments in assay.yaml"


def environments(view: EstateView) -> Iterator[Environment]:
    """Each environment on each cloud that it should be on, and what is of none."""
    for scope in view.expected():
        if view.estate.environments:
            yield _environment(view, scope)
        else:
            yield _unnamed(view, scope, "no environment is named", "environments")
    for scope in view.scopes if view.estate.environments else ():
        if scope.environment and view.estate.environments[scope.environment].shared:
            yield _environment(view, scope)
        elif not scope.environment:
            accounts = view.summary.accounts.items()
            # What stands above all accounts of an organisation is in none, nor in an environment.
            seen = [sighting for (where, account), sighting in accounts if where == scope and (account or scope.source == "code")]
            if seen:
                example = min(sighting.address for sighting in seen)
                yield _unnamed(view, scope, f"of which environment {example} is", "of no environment")


def _unnamed(view: EstateView, scope: Scope, reason: str, name: str) -> Environment:
    identity = view.identity(scope, name, Unknown(reason, _CONFIGURE, view.place(scope)))
    return Environment(identity=identity, production=Value(False), lower_exist=Value(False), accounts=Value([]), trusts=Value([]))


def _environment(view: EstateView, scope: Scope) -> Environment:
    production = scope.environment == view.estate.production
    accounts = _accounts_of(view, scope)
    unseen = None if accounts else Unknown(f"in which accounts {scope.environment} is", _CONFIGURE, view.place(scope))
    return Environment(
        identity=view.identity(scope, "environment", unseen),
        production=Value(production),
        lower_exist=Value(len(view.estate.stacks) > 1, (view.place(scope),)),
        accounts=_accounts(view, scope),
        trusts=Value(_trusts(view, scope) if production else [], (view.place(scope),)),
    )


def _accounts_of(view: EstateView, scope: Scope) -> list[str]:
    seen = [account for where, account in view.summary.accounts if where == scope and account]
    return sorted({*view.accounts_of(scope.environment, scope.cloud), *seen})


def _accounts(view: EstateView, scope: Scope) -> Value[list[EnvironmentAccount]]:
    others = [name for name in view.estate.environments if name != scope.environment]
    of_others = {name: set(_accounts_of(view, Scope(scope.source, scope.cloud, name))) for name in others}
    accounts = []
    for account in _accounts_of(view, scope):
        shared = ", ".join(name for name in others if account in of_others[name])
        seen = view.summary.accounts.get((scope, account))
        place = seen.place if seen else (view.place(scope),)
        accounts.append(EnvironmentAccount(name=Value(account, place), shared_with=Value(shared, place)))
    return Value(accounts, (view.place(scope),))


def _trusts(view: EstateView, scope: Scope) -> list[EnvironmentTrust]:
    """Those of other accounts who are let in; who is of none that is named may be anybody."""
    own = set(_accounts_of(view, scope))
    lower = {
        account: name
        for name in view.estate.stacks
        if name != scope.environment
        for account in _accounts_of(view, Scope(scope.source, scope.cloud, name))
    }
    trusts: list[EnvironmentTrust] = []
    for (where, _, principal), seen in sorted(view.summary.trusts.items(), key=lambda entry: entry[0]):
        if where != scope or principal in own:
            continue
        why = Unknown(f"of which account somebody is whom {seen.address} lets in", "scan the plan or the live account", seen.spot)
        trusts.append(
            EnvironmentTrust(
                name=Value(seen.address, seen.place),
                principal=Value("anyone" if principal == ANYBODY else f"account {principal}" if principal else why, seen.place),
                lower=Value(_lower(lower, principal) or ("" if principal else why), seen.place),
            )
        )
    return trusts


def _lower(environments_: dict[str, str], principal: str) -> str:
    """The lower environments that somebody is of, who may be everyone."""
    return ", ".join(sorted(set(environments_.values()))) if principal == ANYBODY else environments_.get(principal, "")


def records(view: EstateView) -> Iterator[RecordClass]:
    """The classes of records that the configuration names, where production is."""
    for scope in view.expected():
        if view.is_lower(scope) or not view.is_seen(scope):
            continue
        if not view.estate.records:
            yield _no_class(view, scope)
        for name, entry in view.estate.records.items():
            stores = [store for (where, role, _), store in sorted(view.summary.stores.items()) if where == scope and role in entry.roles]
            days: Value[int] = Value(entry.days, (view.place(scope),))
            if entry.days is None:
                days = Value(
                    Unknown(f"for how long {name} have to be kept", f"estate.records.{name}.days in assay.yaml", view.place(scope))
                )
            yield RecordClass(
                identity=view.identity(scope, name),
                record=Value(name),
                keepers=Value([_keeper(store) for store in stores], (view.place(scope),)),
                found=_is_kept(view, scope, name, stores),
                days=days,
                documented=Value(attestable(f"where it is written down how long {name} are kept", view.place(scope))),
            )


def _is_kept(view: EstateView, scope: Scope, name: str, stores: list[Store]) -> Value[bool]:
    """Whether there is a store of a class; where none is told to be it, one may be of which that is not known."""
    of_any = [store for (where, role, _), store in sorted(view.summary.stores.items()) if where == scope and role == ANY_ROLE]
    seen = min((store.seen for store in [*stores, *of_any]), key=lambda one: bool(one.doubt), default=None)
    return view.present(scope, EVERYWHERE, seen, None, f"anything that keeps {name}", KEEPING)


def _no_class(view: EstateView, scope: Scope) -> RecordClass:
    why = Unknown("which records have to be kept", "name them with their days: estate.records in assay.yaml", view.place(scope))
    nothing: Value[bool] = Value(False)
    return RecordClass(
        identity=view.identity(scope, "records", why),
        record=Value("records"),
        keepers=Value([]),
        found=nothing,
        days=Value(why),
        documented=nothing,
    )


def _keeper(store: Store) -> Keeper:
    """The shortest time counts; one that is not known may be shorter."""
    unknown = sorted(told for told in store.deleted if isinstance(told, str))
    times = [told for told in store.deleted if isinstance(told, (int, float))]
    after: float | Unknown | None = min(times, default=None)
    if unknown:
        after = Unknown(unknown[0], "scan the plan or the live account", store.seen.spot)
    return Keeper(name=Value(store.seen.address, store.seen.place), deleted_after=Value(after, store.seen.place))


def throttle_budgets(view: EstateView) -> Iterator[ThrottleBudget]:
    """The budget of production on each cloud."""
    for scope in view.expected():
        if view.is_seen(scope) and not view.is_lower(scope):
            yield ThrottleBudget(identity=view.identity(scope, "throttle budget"))


def managed_accounts(view: EstateView) -> Iterator[ManagedAccount]:
    """Each live account, which a scan does not hold against code."""
    for (scope, account), seen in sorted(view.summary.accounts.items(), key=lambda entry: entry[0]):
        if scope.source == "live" and account:
            why = Unknown("which code makes what is in it", "assay compare CODE LIVE", seen.spot)
            yield ManagedAccount(identity=view.identity(scope, account), compared=Value(why), drifts=Value([]))
