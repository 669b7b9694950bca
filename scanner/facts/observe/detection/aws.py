"""GuardDuty, which looks for threats in each region for itself.

https://docs.aws.amazon.com/guardduty/latest/ug/what-is-guardduty.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import msgspec

from assay.scanner.facts.model import Part
from assay.scanner.facts.observe.detection.kinds import DetectionFeature, ThreatDetection
from assay.scanner.facts.spelling import Index, Many, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Unlisted
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, all_of, any_of

# https://docs.aws.amazon.com/guardduty/latest/APIReference/API_DetectorFeatureConfiguration.html; which of them a new detector has where
# nothing is said of them is told by API_CreateDetector.html beside it. The monitoring of EKS alone excludes that of all that runs.
_ON = ("S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "EBS_MALWARE_PROTECTION", "RDS_LOGIN_EVENTS", "LAMBDA_NETWORK_LOGS")
_OFF = ("EKS_RUNTIME_MONITORING", "RUNTIME_MONITORING")
_AGENTS = ("EKS_ADDON_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT", "EC2_AGENT_MANAGEMENT")
_ENABLED = "ENABLED"


class FeaturesAt(msgspec.Struct, frozen=True):
    """Where an input tells of features. The defaults are the API's names."""

    features: str | Many = "Features"
    name: str = "Name"
    status: str = "Status"
    more: str = "AdditionalConfiguration"
    sources: tuple[tuple[str, str], ...] = ()
    """Features to the flags that told of them before there were features."""


class DetectorAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where code tells of a detector."""

    enable: Annotated[str, "on"]
    features: Annotated[FeaturesAt, "features"]


class RegionAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where a region of a live account tells of its detector."""

    detectors: Annotated[Index, "*"]
    status: Annotated[str, "*"]
    features: Annotated[FeaturesAt, "features"]


def detector(view: View, at: DetectorAt) -> ThreatDetection:
    """A detector of code is enabled unless it says no:
    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/guardduty_detector
    """
    on = view[at.enable].default(True).truth()
    return _service(view, "detector", view.says(None), on, _features(view, at.features, whole=False))


def region(view: View, at: RegionAt) -> ThreatDetection:
    """A region of a live account; it has one detector at most, which may be suspended:
    https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_suspend-disable.html
    """
    items = [item for item in view.index(at.detectors).get(None, ()) if not view.apart(item)]
    detectors = [view.of(item) for item in items if not isinstance(item, Unlisted)]
    doubts = [view.says(item.why) for item in items if isinstance(item, Unlisted)]
    on = any_of([*(one[at.status].equals(_ENABLED) for one in detectors), *doubts, view.says(False)])
    features = [feature for one in detectors for feature in _features(one, at.features, whole=True)]
    return _service(view, "region", view.item.region, on, features)


def _features(view: View, at: FeaturesAt, *, whole: bool) -> list[Part]:
    """Every feature of a detector. `whole`: what it does not say is off."""
    said = _Said(view, at, whole)
    features = {name: said.feature(name) for name in (*_ON, *_OFF)}
    for name in _AGENTS:
        parents = _OFF if name == "EKS_ADDON_MANAGEMENT" else _OFF[1:]
        features[name] = any_of([all_of([features[parent], said.agent(parent, name)]) for parent in parents])
    for name in said.names:  # what is newer than these lists
        if name not in features:
            features[name] = said.feature(name)
    return [DetectionFeature(name=view.says(name), on=on) for name, on in features.items()]


class _Said:
    """What an input says of the features of a detector."""

    def __init__(self, view: View, at: FeaturesAt, whole: bool) -> None:
        self.view, self.at, self.whole = view, at, whole
        if isinstance(at.features, str):
            self.written, self.more = view.inner(at.features)
        else:
            companions = view.referrers(at.features)
            self.written, self.more = companions.views, companions.more

    @property
    def names(self) -> list[str]:
        names = [one.surely[self.at.name].data for one in self.written]
        return [name for name in names if isinstance(name, str)]

    def feature(self, name: str) -> Value[bool]:
        """Whether a feature is on."""
        flag = next((path for feature, path in self.at.sources if feature == name), "")
        unsaid = self.view[flag].truth() if not self.view[flag].absent else self._unsaid(name)
        return self._decided(name, lambda one: one[self.at.status].equals(_ENABLED), unsaid)

    def agent(self, parent: str, name: str) -> Value[bool]:
        """Whether GuardDuty manages an agent. Where a feature is written and its agents are not, they are left to others:
        https://docs.aws.amazon.com/guardduty/latest/ug/how-does-runtime-monitoring-work.html
        """

        def managed(one: View) -> Value[bool]:
            blocks, doubt = one.inner(self.at.more)
            on = [all_of([block[self.at.name].equals(name), block[self.at.status].equals(_ENABLED)]) for block in blocks]
            return any_of([*on, one.says(doubt or False)])

        return self._decided(parent, managed, self._unsaid(name))

    def _decided(self, name: str, says: Callable[[View], Value[bool]], unsaid: Value[bool]) -> Value[bool]:
        """What the blocks for a feature say, else what is so where nothing is said; Unknown where these differ and it may be either."""
        meant = [(one, one.surely[self.at.name].equals(name)) for one in self.written]
        certain = [says(one) for one, for_it in meant if for_it.data is True and one.doubt is None]
        if certain:
            return all_of(certain)
        for one, for_it in meant:
            if for_it.data is not False:
                value = says(one.surely)
                if value.data is not unsaid.data:
                    return Value(one.doubt or for_it.unknown, value.seen)
        return unsaid if self.more is None else self.view.says(self.more)

    def _unsaid(self, name: str) -> Value[bool]:
        """A feature of which this input says nothing. The administrator of an organisation may switch it on for its members."""
        if self.whole or name in _ON:
            return self.view.says(not self.whole)
        why = f"whether {name} is on: this code does not say, and another or the administrator of the organisation may"
        return self.view.says(Unknown(why, f"set {name} beside the detector, or scan the live account", self.view.location))


def _service(view: View, sort: str, name: Value[Any], on: Value[bool], features: list[Part]) -> ThreatDetection:
    nothing = on.data is False
    return ThreatDetection(
        identity=view.identity(name),
        sort=view.says(sort),
        on=on,
        features=view.says([] if nothing else features),
        mirrored=view.says(True),
        severe=view.says(True),
        complete=view.says(True),
        regions=view.says([]),
    )
