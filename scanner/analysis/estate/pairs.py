"""Regions, clouds and environments, two by two: what the one has, or passes, and the other does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assay.scanner.analysis.estate.kinds import CloudPair, Difference, EnvironmentPair, RegionPair
from assay.scanner.analysis.estate.recording import ELSEWHERE, UNKNOWN
from assay.scanner.analysis.estate.summary import Component, Scope, Sighting, Verdicts
from assay.scanner.analysis.estate.view import EstateView
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value

REGIONS, CLOUDS, ENVIRONMENTS = "estate.region-parity", "estate.cloud-parity", "estate.environment-guardrail-parity"
_OF_TIME = ("age_", "days_left", "days_since", "days_to")
"""Facts that change by themselves."""
_WORST = ("fail", "unknown", "error", "pass", "waived")
"""Of several verdicts of a control the one that counts. What somebody waived is none by itself."""
_NONE = "nothing"
_SELECT = "scan with the controls that are to be held against each other"


def region_pairs(view: EstateView) -> Iterator[RegionPair]:
    """The first region of each environment and cloud with each other one."""
    for scope in view.expected():
        regions = view.regions(scope)
        for other in regions[1:]:
            unseen = view.unseen(scope) or _not_both_regions(view, scope, regions[0], other)
            yield RegionPair(
                identity=view.identity(scope, f"{regions[0]} and {other}", unseen),
                differences=_of_regions(view, scope, regions[0], other),
            )


def _not_both_regions(view: EstateView, scope: Scope, *regions: str) -> Unknown | None:
    for region in regions:
        if not view.components(scope, region):
            return Unknown(f"nothing of {region} was seen", "scan it together with the other region", view.place(scope))
    return None


def _of_regions(view: EstateView, scope: Scope, first: str, other: str) -> Value[list[Difference]]:
    left, right = view.components(scope, first), view.components(scope, other)
    differences: list[Difference] = []
    elsewhere = view.components(scope, ELSEWHERE)
    for name in sorted(left.keys() | right.keys()):
        one, two = left.get(name), right.get(name)
        if one is not None and two is not None:
            differences += _perhaps(view, name, one, two, (first, other))
            differences += _of_facts(view, scope, name, one, two, (first, other))
        else:
            differences.append(_missing(view, scope, name, one, two, elsewhere.get(name), (first, other)))
    differences += _of_verdicts(view, REGIONS, _by_control(view, [scope], first), _by_control(view, [scope], other), (first, other))
    return Value(differences, (view.place(scope),))


def _perhaps(view: EstateView, name: str, one: Component, two: Component, regions: tuple[str, str]) -> Iterator[Difference]:
    """A difference where it is not known whether both are there. What hangs on the same is there in both or in neither."""
    if one.seen.doubt == two.seen.doubt:
        return
    doubtful = one.seen if one.seen.doubt else two.seen
    yield Difference(
        name=Value(name, doubtful.place),
        left=Value(one.seen.address),
        right=Value(two.seen.address),
        differs=Value(Unknown(doubtful.doubt, "scan the plan or the live account", doubtful.spot)),
        declared=view.declared(REGIONS, name, regions),
    )


def _missing(
    view: EstateView,
    scope: Scope,
    name: str,
    one: Component | None,
    two: Component | None,
    elsewhere: Component | None,
    regions: tuple[str, str],
) -> Difference:
    there = one or two
    assert there is not None
    lacking = regions[1] if two is None else regions[0]
    unlisted = view.unlisted(scope, regions, name.rpartition(" ")[2])
    present = unlisted or view.present(scope, lacking, None, elsewhere.seen if elsewhere else None, name)
    told = present.data if there.seen.doubt == "" else Unknown(there.seen.doubt, "scan the plan or the live account", there.seen.spot)
    return Difference(
        name=Value(name, there.seen.place),
        left=Value(one.seen.address if one else _NONE),
        right=Value(two.seen.address if two else _NONE),
        differs=Value(told if isinstance(told, Unknown) else True, (*there.seen.place, *present.seen)),
        declared=view.declared(REGIONS, name, regions),
    )


def _of_facts(view: EstateView, scope: Scope, name: str, one: Component, two: Component, regions: tuple[str, str]) -> Iterator[Difference]:
    for fact in sorted(one.facts.keys() & two.facts.keys()):
        left, right = one.facts[fact], two.facts[fact]
        if left == right or fact.partition(".")[2].startswith(_OF_TIME):
            continue
        is_open = any(not value or value.startswith(UNKNOWN) for value in (*left, *right))
        place = (*one.seen.place, *two.seen.place)
        why = Unknown(f"whether {fact} is the same in both regions", "scan the plan or the live account", two.seen.spot)
        what = f"{name}: {fact}"
        yield Difference(
            name=Value(what, place),
            left=Value(_said(left)),
            right=Value(_said(right)),
            differs=Value(why if is_open else True, place),
            declared=view.declared(REGIONS, what, regions),
        )


def _said(values: frozenset[str]) -> str:
    return ", ".join(sorted(value.removeprefix(UNKNOWN) or "not known" for value in values))


def cloud_pairs(view: EstateView) -> Iterator[CloudPair]:
    """The two clouds, in each environment that is to be on both."""
    for source in view.sources:
        for environment in view.estate.stacks:
            asked = view.estate.clouds_of(environment)
            if asked and len(asked) < 2:
                continue
            one, two = Scope(source, "aws", environment), Scope(source, "google", environment)
            if not asked and not (view.is_seen(one) and view.is_seen(two)):
                continue
            whole = Scope(source, "", environment)
            unseen = _not_both(view, one, two)
            yield CloudPair(
                identity=view.identity(whole, "AWS and Google Cloud", unseen),
                differences=_of_clouds(view, one, two),
            )


def _of_clouds(view: EstateView, one: Scope, two: Scope) -> Value[list[Difference]]:
    left, right = _by_control(view, [one]), _by_control(view, [two])
    differences = _of_verdicts(view, CLOUDS, left, right, ("aws", "google"))
    for control in sorted(left.keys() ^ right.keys()):
        verdict, seen = _worst(left.get(control) or right[control])
        if verdict != "pass":
            continue
        lacking = two if control in left else one
        absent = view.absent(lacking, "", f"what {control} asks of", [view.kinds.get(control, "")])
        differs = Value(True, seen.place) if absent.data is False else absent
        differences.append(
            _difference(view, CLOUDS, control, _verdict(left, control), _verdict(right, control), differs, ("aws", "google"))
        )
    return Value(differences, (view.place(one),))


def environment_pairs(view: EstateView) -> Iterator[EnvironmentPair]:
    """Production with each other environment, on each cloud that both are on."""
    production = view.estate.production
    for source in view.sources:
        for environment in view.estate.stacks:
            if environment in ("", production):
                continue
            clouds = view.estate.clouds_of(environment) or sorted({scope.cloud for scope in view.scopes})
            for cloud in clouds:
                upper, lower = Scope(source, cloud, production), Scope(source, cloud, environment)
                identity = view.identity(Scope(source, cloud, ""), f"{production} and {environment}", _not_both(view, upper, lower))
                yield EnvironmentPair(identity=identity, differences=_of_environments(view, upper, lower))


def _of_environments(view: EstateView, upper: Scope, lower: Scope) -> Value[list[Difference]]:
    left, right = _by_control(view, [upper]), _by_control(view, [lower])
    differences = [
        one
        for one in _of_verdicts(view, ENVIRONMENTS, left, right, (upper.environment, lower.environment))
        if one.right.data in ("fail", "error")
    ]
    return Value(differences, (view.place(lower),))


def _not_both(view: EstateView, *sides: Scope) -> Unknown | None:
    for scope in sides:
        if unseen := view.unseen(scope):
            return unseen
        if not any(known == scope for known, _, _ in view.summary.verdicts):
            return Unknown("no other control says anything of it", _SELECT, view.place(scope))
    return None


def _by_control(view: EstateView, scopes: Iterable[Scope], region: str | None = None) -> dict[str, Verdicts]:
    """What controls say of some scopes, in one region or in all."""
    wanted = set(scopes)
    verdicts_of: dict[str, Verdicts] = {}
    for (scope, control, place), verdicts in sorted(view.summary.verdicts.items(), key=lambda entry: entry[0]):
        if scope in wanted and region in (None, place):
            verdicts_of[control] = verdicts_of[control].with_(verdicts) if control in verdicts_of else verdicts
    return verdicts_of


def _worst(verdicts: Verdicts) -> tuple[str, Sighting]:
    return next((verdict, verdicts.by_verdict[verdict]) for verdict in _WORST if verdict in verdicts.by_verdict)


def _verdict(of: dict[str, Verdicts], control: str) -> str:
    return _worst(of[control])[0] if control in of else "not evaluated"


def _of_verdicts(
    view: EstateView, by: str, left: dict[str, Verdicts], right: dict[str, Verdicts], between: tuple[str, str]
) -> list[Difference]:
    """The controls that say something of both sides, and not the same."""
    differences: list[Difference] = []
    for control in sorted(left.keys() & right.keys()):
        (one, seen), (two, there) = _worst(left[control]), _worst(right[control])
        if "waived" in (one, two) or one == two:
            continue
        open_ = seen if one == "unknown" else there if two == "unknown" else None
        failing = seen if one == "fail" else there
        differs: Value[bool] = Value(True, failing.place)
        if open_ is not None:
            differs = Value(Unknown(f"what {control} says of {open_.address}", "settle that finding first", open_.spot))
        differences.append(_difference(view, by, control, one, two, differs, between))
    return differences


def _difference(
    view: EstateView, by: str, control: str, left: str, right: str, differs: Value[bool], between: tuple[str, str]
) -> Difference:
    return Difference(
        name=Value(control), left=Value(left), right=Value(right), differs=differs, declared=view.declared(by, control, between)
    )
