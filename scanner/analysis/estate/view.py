"""What the merged summaries tell, and what is not told by them."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence

from assay.scanner.analysis.estate.kinds import ESTATE
from assay.scanner.analysis.estate.summary import Component, Scope, Sighting, Summary
from assay.scanner.estate_options import EstateOptions
from assay.scanner.facts.model import BlockRef, Identity
from assay.scanner.globs import matches
from assay.scanner.sources.raw import Location, Unknown
from assay.scanner.sources.values import Value

EVERYWHERE = "any region"
"""The place of what a cloud has once for all regions."""
_COMPLETE = "scan all of it together, and say so: estate.complete in assay.yaml"
_NO_KINDS: dict[str, str] = {}


class EstateView:
    """A whole run, as the kinds of the estate see it."""

    def __init__(
        self,
        summary: Summary,
        estate: EstateOptions,
        paths: Sequence[str] = (),
        *,
        narrowed: bool = False,
        today: datetime.date | None = None,
        kinds: Mapping[str, str] = _NO_KINDS,
    ) -> None:
        """`paths`: what was named to be scanned. `narrowed`: only what changed was judged. `kinds`: controls to what they judge."""
        self.summary, self.estate, self.kinds = summary, estate, kinds
        self.today = today or datetime.datetime.now(datetime.UTC).date()
        self.scopes = summary.scopes()
        self._whole_code = "code" in estate.complete and not narrowed and any(_within(estate.directory, path) for path in paths)
        self._seen_in = {(scope, region) for scope, _, region in summary.components}
        self._components: dict[tuple[Scope, str], dict[str, Component]] = {}
        for (scope, name, region), component in summary.components.items():
            self._components.setdefault((scope, region), {})[name] = component

    @property
    def sources(self) -> list[str]:
        """Where what was seen comes from: code, live accounts, or both, which are held apart."""
        return sorted({scope.source for scope in self.scopes})

    def expected(self) -> Iterator[Scope]:
        """Every scope that should be there: what the configuration names, else what was seen."""
        for source in self.sources:
            for environment in self.estate.stacks:
                seen = [scope.cloud for scope in self.scopes if scope.source == source and scope.environment == environment]
                for cloud in self.estate.clouds_of(environment) or sorted(seen):
                    yield Scope(source, cloud, environment)

    def is_seen(self, scope: Scope) -> bool:
        """Whether anything of a scope was seen."""
        return scope in self.scopes

    def is_lower(self, scope: Scope) -> bool:
        """Whether it is an environment beside production."""
        return bool(self.estate.environments) and scope.environment != self.estate.production

    def unseen(self, scope: Scope) -> Unknown | None:
        """Why nothing can be said of a scope; None where something of it was seen."""
        if self.is_seen(scope):
            return None
        how = "in code" if scope.source == "code" else "live"
        of = f"of {scope.environment}" if scope.environment else ""
        where = " ".join(part for part in (of, _ON.get(scope.cloud, "")) if part)
        return Unknown(
            " ".join(part for part in ("nothing", where, "was seen", how) if part), "scan it together with the rest", self.place(scope)
        )

    def regions(self, scope: Scope) -> tuple[str, ...]:
        """The regions that the configuration gives a scope."""
        return self.estate.regions_of(scope.environment, scope.cloud)

    def components(self, scope: Scope, region: str) -> dict[str, Component]:
        """What stands in a region, by its part in the deployment."""
        return self._components.get((scope, region), {})

    def present(
        self, scope: Scope, region: str, sighting: Sighting | None, elsewhere: Sighting | None, what: str, kinds: Iterable[str] = ()
    ) -> Value[bool]:
        """Whether something of some kinds is in a region; `elsewhere`: it may have copies in regions that are not known."""
        if sighting is not None and not sighting.doubt:
            return Value(True, sighting.place)
        for doubtful in (sighting, elsewhere):
            if doubtful is not None:
                reason = doubtful.doubt or f"in which regions {doubtful.address} is"
                return Value(Unknown(reason, "scan the plan or the live account", doubtful.spot))
        return self.absent(scope, region, what, kinds)

    def absent(self, scope: Scope, region: str, what: str, kinds: Iterable[str] = ()) -> Value[bool]:
        """False for what was not seen, where all there is was; else not known."""
        told = self.place(scope)
        unasked = (self.summary.unasked.get((scope.source, scope.cloud, kind)) for kind in kinds)
        for seen in unasked:
            if seen is not None:
                return Value(Unknown(f"whether there is {what}: {seen.doubt}", "take the snapshot again with this control", told))
        if self._is_complete(scope, region):
            return Value(False, (told,))
        where = f" in {region}" if region and region != EVERYWHERE else ""
        return Value(Unknown(f"whether there is {what}{where}, which was not seen: not everything was", _COMPLETE, told))

    def unlisted(self, scope: Scope, regions: Iterable[str], type_: str) -> Value[bool] | None:
        """Why it is not known which resources of a type are in some regions, or what they are; None where all of that is told."""
        for region in regions:
            if (seen := self.summary.unasked.get((scope.source, scope.cloud, f"{region} {type_}"))) is not None:
                return Value(Unknown(seen.doubt, "grant the permission and audit again, or select by name", self.place(scope)))
        return None

    def place(self, scope: Scope) -> Location:
        """Where the configuration speaks of the estate; without one, what was scanned."""
        return Location(self.estate.file or scope.source, self.estate.line)

    def _is_complete(self, scope: Scope, region: str) -> bool:
        if scope.source == "code":
            return self._whole_code and not any(source == "code" for source, _ in self.summary.gaps)
        accounts = self.accounts_of(scope.environment, scope.cloud)
        seen = {account for known, account in self.summary.accounts if (known.source, known.cloud) == (scope.source, scope.cloud)}
        in_region = region in ("", EVERYWHERE) or (scope, region) in self._seen_in
        return scope.source in self.estate.complete and in_region and all(account in seen for account in accounts)

    def accounts_of(self, environment: str, cloud: str) -> list[str]:
        """The accounts of a cloud that the configuration gives an environment."""
        entry = self.estate.environments.get(environment)
        return [account for account in (entry.accounts if entry else ()) if account.isdigit() == (cloud == "aws")]

    def declared(self, control: str, what: str, between: Sequence[str]) -> Value[bool]:
        """Whether the configuration says that a difference is meant, on the day of the run."""
        expired: Value[bool] = Value(False)
        for one in self.estate.differences:
            fits = not one.between or any(matches(glob, name) for glob in one.between for name in between)
            if matches(one.control, control) and matches(one.what, what) and fits:
                seen = (Location(one.file, one.line),)
                if one.expires >= self.today:
                    return Value(True, seen)
                expired = Value(False, seen)
        return expired

    def identity(self, scope: Scope, name: str, unseen: Unknown | None = None) -> Identity:
        """What a resource of the estate is called. `unseen`: why nothing is known of it, which is one unknown verdict."""
        parts = [scope.cloud or ESTATE, *([scope.environment] if scope.environment else []), scope.source]
        address = f"{ESTATE}.{'.'.join(parts)}: {name}"
        file, line = self.estate.file, self.estate.line
        blocks = [BlockRef(address, file, line, line)] if file else []
        return Identity(
            id=address,
            name=title(scope, name),
            cloud=scope.cloud,
            account=None,
            region=None,
            address=address,
            root=ESTATE,
            blocks=blocks,
            type=ESTATE,
            unlisted=unseen,
        )


_ON = {"aws": "on AWS", "google": "on Google Cloud"}


def title(scope: Scope, name: str) -> str:
    """A name for a message: `cdn of prod on AWS, in code`."""
    environment = f" of {scope.environment}" if scope.environment else ""
    cloud = f" {_ON[scope.cloud]}" if scope.cloud else ""
    return f"{name}{environment}{cloud}, {'in code' if scope.source == 'code' else 'live'}"


def _within(inner: str, outer: str) -> bool:
    real, around = os.path.realpath(inner), os.path.realpath(outer)
    return real == around or real.startswith(os.path.join(around, ""))
