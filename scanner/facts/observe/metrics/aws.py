"""Container Insights of ECS clusters.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-container-insights.html
"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.observe.metrics.kinds import MetricSource
from assay.scanner.facts.spelling import Beside, Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value

SETTING = "containerInsights"
_ON = ("enabled", "enhanced")


class ClusterAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells whether a cluster has Container Insights."""

    settings: Annotated[str, "measured"]
    """Its settings, and where each has its name and value."""
    setting: str = "name"
    value: str = "value"
    default: Annotated[Beside | None, "measured"] = None
    """Settings that the account has for new clusters of a region."""
    unset: str | None = None
    """What a cluster without the setting has, where the input tells all of them."""
    state: Annotated[Place, "measured"] = ""


def cluster(view: View, at: ClusterAt) -> MetricSource | None:
    """Its own setting, else what the account has for new clusters.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html
    """
    if at.state and view[at.state].equals("INACTIVE", "DEPROVISIONING").data is True:
        return None
    name = view.called(at.name).then(lambda text: text.rpartition("/")[2] if isinstance(text, str) else text)
    return MetricSource(identity=view.identity(name), sort=view.says("cluster"), measured=_own(view, at))


def _own(view: View, at: ClusterAt) -> Value[bool]:
    blocks, more = view.inner(at.settings)
    for block in blocks:
        named = block[at.setting].equals(SETTING)
        if named.data is True:
            return block[at.value].equals(*_ON)
        if named.unknown:
            return Value(named.unknown, named.seen)
    if more is not None:
        return view.says(more)
    if at.unset is not None:
        return view.says(at.unset in _ON)
    return _of_account(view, at)


def _of_account(view: View, at: ClusterAt) -> Value[bool]:
    for other in view.beside(at.default) if at.default else ():
        if view.apart(other.item) or other.surely[at.setting].equals(SETTING).data is False:
            continue
        value: Value[Any] = other.surely[at.value].equals(*_ON)
        return other.weighed(value, absence=False) if other.doubt is not None else value
    why = f"whether {view.item.address} has Container Insights hangs on the setting {SETTING} of the account"
    return view.says(Unknown(why, "set it in the cluster, or scan the live account", view.location))
