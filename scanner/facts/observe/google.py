"""Logs of backends of Google's load balancer. https://cloud.google.com/load-balancing/docs/https/https-logging-monitoring"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.google_assets import named
from assay.scanner.facts.observe.kinds import EdgeLog
from assay.scanner.facts.spelling import Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.values import all_of

_EXTERNAL = ("EXTERNAL", "EXTERNAL_MANAGED")


class BackendAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells whether a backend service logs. The defaults are the API's names."""

    name: Place = "name"
    scheme: Annotated[Place, "public"] = "loadBalancingScheme"
    enabled: Annotated[Place, "logged"] = "logConfig.enable"
    share: Annotated[Place, "logged"] = "logConfig.sampleRate"


def backend(view: View, at: BackendAt) -> EdgeLog:
    """Logs are off unless they are switched on, then every request is recorded unless a share is set.

    https://cloud.google.com/compute/docs/reference/rest/v1/backendServices
    """
    share: Any = view[at.share].default(1.0).number().then(lambda number: number > 0)
    return EdgeLog(
        identity=view.identity(named(view.item)),
        sort=view.says("backend"),
        public=view[at.scheme].default("EXTERNAL").equals(*_EXTERNAL),
        logged=all_of([view[at.enabled].default(False).truth(), share]),
    )
