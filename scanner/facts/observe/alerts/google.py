"""Alert policies of Cloud Monitoring. https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.google_assets import is_live, missing, named
from assay.scanner.facts.observe.alerts.kinds import Alert
from assay.scanner.facts.spelling import Link, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Reference, Unknown, unknown_inside
from assay.scanner.sources.values import Value, all_of, any_of

CHANNEL = "monitoring.googleapis.com/NotificationChannel"


class PolicyAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells of an alert policy. The defaults are the API's names."""

    name: str = "displayName"
    channels: Annotated[Link, "told"]
    enabled: Annotated[str, "enabled"] = "enabled"
    switch: Annotated[str, "told"] = "enabled"
    """Of a channel."""
    verified: Annotated[str, "told"] = "verificationStatus"
    """Of a channel; code does not know it."""
    invalid: Annotated[str, "told"] = "validity"
    """Set of a live policy that is invalid."""


def policy(view: View, at: PolicyAt) -> Alert:
    """A policy is on unless it says no. Nobody hears of one that is invalid, which an answer says: it raises nothing."""
    channels = view.link(at.channels)
    values = [_reaches(view, channel.data, at) for channel in channels.elements()]
    if channels.unknown:
        values.append(view.says(channels.unknown))
    name = view[at.name]
    return Alert(
        identity=view.identity(name if isinstance(name.data, str) else named(view.item)),
        sort=view.says("alert policy"),
        automatic=view.says(False),
        enabled=view[at.enabled].default(True).truth(),
        told=all_of([any_of([*values, view.says(False)]), *([view[at.invalid].is_set().negate()] if is_live(view.item) else [])]),
    )


def _reaches(view: View, channel: Any, at: PolicyAt) -> Value[bool]:
    """Whether a channel works: one that has to be verified and is not delivers nothing.

    https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.notificationChannels
    """
    if isinstance(channel, Unknown):
        return view.says(channel)
    known = view.named(channel, at.channels) if isinstance(channel, (Reference, str)) else None
    if known is None:
        return view.says(unknown_inside(channel) or missing(view.item, f"the channel {channel}", CHANNEL))
    surely = known.surely
    works = all_of([surely[at.switch].default(True).truth(), surely[at.verified].equals("UNVERIFIED").negate()])
    return known.weighed(works, absence=False)
