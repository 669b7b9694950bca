"""Jobs of Cloud Scheduler, and push subscriptions of Pub/Sub: what they call, and as whom.

https://cloud.google.com/scheduler/docs/http-target-auth, https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from assay.scanner import lazy_re
from assay.scanner.facts.google_assets import missing
from assay.scanner.facts.messaging.parties import called
from assay.scanner.facts.messaging.triggers.called import closed
from assay.scanner.facts.messaging.triggers.kinds import Target, Trigger
from assay.scanner.facts.messaging.triggers.recurrence import rest_of_google, running
from assay.scanner.facts.moments import moment
from assay.scanner.facts.same import same_name
from assay.scanner.facts.spelling import Link, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Reference, Text, Unknown, describe, unknown_inside
from assay.scanner.sources.values import Value, any_of

NO_TOKEN = "without a token"  # noqa: S105 (words)
OAUTH_ELSEWHERE = "with an OAuth token, which is for Google's APIs alone"
OIDC_AT_GOOGLE = "with an OIDC token, which Google's APIs do not take"
DEFAULT_ACCOUNT, SAME_ACCOUNT = "as the default service account of the project", "as the service account that it runs as itself"
PAUSED, UPDATE_FAILED = "is paused", "is in no state to run, since its last update failed"
# https://cloud.google.com/scheduler/docs/reference/rest/v1/projects.locations.jobs#State
_RESTS = {"PAUSED": PAUSED, "DISABLED": PAUSED, "UPDATE_FAILED": UPDATE_FAILED}
# https://cloud.google.com/compute/docs/access/service-accounts#default_service_account
_DEFAULT = lazy_re.pattern(r".*(-compute@developer|@appspot)\.gserviceaccount\.com")
_DEFAULTS = ("google_compute_default_service_account", "google_app_engine_default_service_account")
SERVICES = ("google_cloud_run_v2_service", "google_cloud_run_service", "google_cloudfunctions2_function", "google_cloudfunctions_function")
_OPEN = "\0"


class TokenAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells what is called over HTTP and with which token, below a block."""

    url: str
    oidc: str
    oauth: str = ""
    account: str
    """The service account, below a token."""
    services: Link | None = None
    """Services that the URL may refer to."""
    service_accounts: tuple[str, ...] = ()
    """Of such a service, where it tells as which account it runs."""


class JobAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells of a job of Cloud Scheduler."""

    schedule: Annotated[str, "runs", "resting", "rest"]
    paused: Annotated[str, "runs", "resting", "rest"] = ""
    state: Annotated[str, "runs", "resting", "rest"] = ""
    http: Annotated[str, "targets", "targeted"]
    pubsub: Annotated[str, "targets", "targeted"]
    app_engine: Annotated[str, "targets", "targeted"]
    token: Annotated[TokenAt, "targets"]
    topic: Annotated[Link, "targets"]
    """Below `pubsub`."""
    status: Annotated[str, "failing"] = ""
    """Of a live job, the code of how its last attempt ended."""


def job(view: View, at: JobAt) -> Trigger:
    """A job. To Pub/Sub and to App Engine it speaks as the service agent of Cloud Scheduler, and needs no token.

    https://cloud.google.com/scheduler/docs/creating
    """
    https, more = view.inner(at.http)
    topics, more_topics = view.inner(at.pubsub)
    apps, more_apps = view.inner(at.app_engine)
    targets: list[Any] = [over_http(block, at.token) for block in https]
    targets += [_topic(block, at.topic) for block in topics]
    targets += [_told(block, block.says("App Engine"), Value(True), Value(True)) for block in apps]
    doubts = [why for doubt in (more, more_topics, more_apps) for why in closed(doubt)]
    now = moment((view.location,))
    paused = view[at.paused].default(False).truth().then(lambda on: PAUSED if on else "")
    state = view[at.state].default("ENABLED").text().then(lambda text: _RESTS.get(text.upper(), ""))
    status = view[at.status].number().then(lambda code: code not in (None, 0)) if at.status else view.says(False)
    return Trigger(
        identity=view.identity(called(view, at.name)),
        sort=view.says("schedule"),
        **running(view, paused, state, view[at.schedule].then(lambda text: rest_of_google(text, now))),
        targets=view.says([*targets, *doubts]),
        targeted=any_of([view.says(bool(targets)), *(view.says(why) for why in doubts)]),
        failing=status,
    )


class PushAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells of a subscription that may push."""

    push: Annotated[str, "targets", "targeted"]
    token: Annotated[TokenAt, "targets"]
    detached: Annotated[str, "sort"] = ""
    state: Annotated[str, "failing"] = ""
    """Of a live subscription, whether what it pushes to takes it."""


def push(view: View, at: PushAt) -> Trigger | None:
    """None for a subscription that is pulled from, and for one that is detached from its topic.

    https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.subscriptions#PushConfig
    """
    blocks, more = view.inner(at.push)
    endpoints = [(block, block[at.token.url]) for block in blocks]
    pushing = [(block, url) for block, url in endpoints if url.data not in (None, "")]
    if (not pushing and more is None) or view[at.detached].default(False).truth().data is True:
        return None
    identity = view.identity(called(view, at.name))
    open_ = more or next((url.unknown for _, url in pushing if url.unknown and None in url.options), None)
    if open_ is not None:
        identity.perhaps = Unknown(f"whether {view.item.address} pushes: {open_.reason}", open_.settles_it, view.location)
    state = view[at.state].equals("RESOURCE_ERROR") if at.state else view.says(False)
    return Trigger(
        identity=identity,
        sort=view.says("push subscription"),
        **running(view),
        targets=view.says([*(over_http(block, at.token) for block, _ in pushing), *closed(more)]),
        targeted=view.says(True),
        failing=state,
    )


def _told(block: View, name: Value[Any], there: Value[bool], identified: Value[bool], how: str = "") -> Target:
    return Target(name=name, there=there, identified=identified, how=block.says(None if identified.data is True else how))


def _topic(block: View, link: Link) -> Target:
    topic = block.link(link)

    def there(data: Any) -> bool | Unknown:
        if data in (None, "") or block.target(link) is not None:
            return data not in (None, "")
        declared = isinstance(data, Reference) and data.type.startswith("google_")
        return declared or unknown_inside(data) or missing(block.item, "the topic", link.types[0])

    return _told(block, _shown(block, topic), topic.then(there), Value(True))


def _shown(block: View, value: Value[Any]) -> Value[Any]:
    return block.says("something that is not known" if isinstance(value.data, Unknown) else describe(value.data))


def over_http(block: View, at: TokenAt) -> Target:
    """What is called at a URL. A token of OAuth lets whoever gets it use Google's APIs, so that these alone are to have it."""
    url = block.link(at.url)
    if isinstance(url.data, Reference) and url.data.address.startswith("//"):
        url = block[at.url]  # an asset refers to what an API's URL names
    there = url.then(lambda data: unknown_inside(data) or data not in (None, ""))
    oidc, oauth = _account(block, at, at.oidc), _account(block, at, at.oauth)
    has_oidc, has_oauth = (value.then(lambda data: data not in (None, "")) for value in (oidc, oauth))
    identified, how = any_of([has_oidc, has_oauth]), NO_TOKEN
    if at.oauth and identified.data is not False:
        of_google = url.then(lambda data: _is_google(block, data))
        if of_google.unknown:
            identified = Value(of_google.unknown, url.seen)
        elif has_oidc.data is False or has_oauth.data is False:
            identified = has_oauth if of_google.data else has_oidc
            how = OIDC_AT_GOOGLE if of_google.data else OAUTH_ELSEWHERE
    if identified.data is True:
        shared = _shared(block, at, url.data, oauth if has_oauth.data is True else oidc)
        identified, how = (Value(False, identified.seen), shared) if shared else (identified, how)
    return _told(block, _shown(block, url), there, identified, how)


def _account(block: View, at: TokenAt, path: str) -> Value[Any]:
    """The service account of a token; absent where there is no such token."""
    tokens, more = block.inner(path)
    return block.says(more) if more else tokens[0].link(at.account) if tokens else block.says(None)


def _is_google(block: View, url: Any) -> bool | Unknown:
    """Whether the host of a URL is one of Google's APIs. Services of Cloud Run, and functions, have hosts that are none."""
    parts = url.parts if isinstance(url, Text) else (url,)
    if isinstance(parts[0], Reference) and parts[0].type in SERVICES:
        return False
    text = "".join(part if isinstance(part, str) else _OPEN for part in parts)
    match = re.match(r"https?://(?:[^/?#@]*@)?([^/?#:]*)", text)
    host = match[1] if match else _OPEN
    tail = host.rpartition(_OPEN)[2]
    if host.endswith(".googleapis.com"):
        return True
    if _OPEN not in host or "." in tail.strip("."):
        return False
    reason = f"whether {describe(url)} is one of Google's APIs"
    return unknown_inside(url) or Unknown(reason, "write the host, or scan the live project", block.location)


def _shared(block: View, at: TokenAt, url: Any, account: Value[Any]) -> str:
    """How an identity is none of its own; empty where nothing says so."""
    data = account.data
    if (isinstance(data, Reference) and data.type in _DEFAULTS) or (isinstance(data, (str, Text)) and _DEFAULT.fullmatch(str(data))):
        return DEFAULT_ACCOUNT
    first = url.parts[0] if isinstance(url, Text) else url
    service = block.named(first, at.services) if at.services is not None and isinstance(first, Reference) else None
    for path in at.service_accounts if service is not None else ():
        own = service.link(path).data if service is not None else None
        if own is not None and not isinstance(own, Unknown) and same_name(own, data) is True:
            return SAME_ACCOUNT
    return ""
