"""Backends of Google's load balancer with Identity-Aware Proxy, and Identity Platform.

https://cloud.google.com/iap/docs/concepts-overview, https://cloud.google.com/identity-platform/docs/reference/rest/v2/Config
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Annotated, Any

from assay.scanner.facts.access.kinds import Directory, Member, RequestRoute, UserEntry
from assay.scanner.facts.bindings import Binding, bindings, companion_bindings
from assay.scanner.facts.google_assets import is_live, missing
from assay.scanner.facts.model import attestable
from assay.scanner.facts.spelling import Beside, Fixed, Index, Link, Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Reference, Unknown, describe, references_in
from assay.scanner.sources.values import Value, agreed, all_of, any_of, first_known

_IN_APP = attestable("whether the service verifies the signed header of Identity-Aware Proxy on each request is in its code")
_PROVIDER = attestable("whether Workspace asks every user for a second factor is a setting of Workspace")
_GROUP = attestable("a group may have members of other domains: its members are in the directory of Workspace")
_POOL = attestable("which accounts a pool of identities, or a role of a project, stands for is a setting of its provider")
_TRIGGER = attestable("whether the function that is asked before users sign up or in checks the domain of the account is in its code")
_OWN_PROVIDER = attestable("whose accounts the identity provider lets in is a setting of that provider")
_NO_PROVIDERS = Unknown("which identity providers users may come from is not in this input", "scan the code")
_NOT_SAID = Unknown("whether Identity-Aware Proxy is on is not written", "write enabled beside oauth2ClientId")
_EXTERNAL, _HTTP = ("EXTERNAL", "EXTERNAL_MANAGED"), ("HTTP", "HTTPS", "HTTP2", "H2C", "GRPC")
_SECOND_FACTORS = ("SECURE_KEY", "ENROLLED_SECOND_FACTORS")
"""Methods of reauthentication that take one: https://cloud.google.com/iap/docs/reference/rest/v1/ReauthSettings"""
# https://cloud.google.com/iap/docs/managing-access
_PERMISSION = "iap.webServiceVersions.accessViaIAP"
_ACCESSOR = "roles/iap.httpsResourceAccessor"
PUBLIC = ("allUsers", "allAuthenticatedUsers")


class BackendAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of a backend service. The defaults are the API's names."""

    name: Place = "name"
    scheme: Annotated[Place, "internet_facing"] = "loadBalancingScheme"
    protocol: Annotated[Place, "asks_users"] = "protocol"
    proxy: Annotated[str, "routes"] = "iap"
    enabled: Annotated[Place, "routes"] = "iap.enabled"
    enabled_by_default: Fixed = Fixed(False)
    """What a block without a word about it means: once it had none."""
    backends: Annotated[str, "routes"] = "backends"
    group: Annotated[Link, "routes"]
    """Of a backend."""
    service: Annotated[str, "routes"] = "cloudRun.service"
    """Of an endpoint group."""
    services: Annotated[Index, "routes"]
    """Services of Cloud Run that sign users in themselves (`services`)."""
    settings: Annotated[Index | None, "domains", "federated_second_factor"] = None
    """Settings of Identity-Aware Proxy (`settings`)."""
    members: Annotated[Place, "members"] = ()
    """Bindings of the backend; empty where the input has none."""
    wide: Annotated[tuple[Beside, ...], "members"] = ()
    """Bindings for everything behind Identity-Aware Proxy in the project."""
    custom: Annotated[Link | None, "members"] = None
    """The role of such a binding, where it is one of the owner's."""


def backend(view: View, at: BackendAt) -> UserEntry:
    """External, and for HTTP, unless it says otherwise: https://cloud.google.com/compute/docs/reference/rest/v1/backendServices"""
    signs_in = any_of([_proxied(view, at), _by_services(view, at)])
    serves = view.says(True)
    in_app: Value[Any] = Value(_IN_APP, signs_in.seen)
    name, paths, issuer = view.says("every request"), view.says([]), view.says(None)
    route = RequestRoute(name=name, serves=serves, paths=paths, signs_in=signs_in, issuer=issuer, verifies_tokens=in_app)
    return UserEntry(
        identity=view.identity(view[at.name]),
        internet_facing=view[at.scheme].default("EXTERNAL").equals(*_EXTERNAL),
        asks_users=view[at.protocol].default("HTTP").equals(*_HTTP),
        routes=view["routes"] if view.elsewhere else view.says([route]),
    )


def proxied(view: View, at: BackendAt) -> Directory | None:
    """A backend whose users Google signs in: one that is declared elsewhere has members only if it is."""
    enabled = view.says(True) if view.elsewhere else _proxied(view, at)
    if enabled.data is False:
        return None
    name = view[at.name].data
    keys = [view.item.address, *([name] if isinstance(name, str) else [])]
    settings = [view.of(item) for key in keys for item in view.index(at.settings).get(key, ())] if at.settings else []
    domains = _domains(view, settings)
    who = view.identity(view[at.name])
    who.perhaps = enabled.unknown
    return Directory(
        identity=who,
        own_users=view.says(False),
        second_factor=view.says("OFF"),
        federates=enabled,
        federated_second_factor=view[at.enabled] if view.elsewhere else _second_factor(settings, enabled),
        open_sign_up=view.says(False),
        restricts_domains=view.says(True),  # by members and domains, which are judged one by one
        members=view.says(_members(view, at, bool(domains.data) and domains.unknown is None)),
        domains=domains,
    )


def _proxied(view: View, at: BackendAt) -> Value[bool]:
    written, more = view.inner(at.proxy)
    if not written and more is None:
        return view.says(False)
    enabled = view[at.enabled]
    if enabled.absent and not at.enabled_by_default.data and not is_live(view.item):
        return view.says(_NOT_SAID)  # where Config Connector leaves it out, the block alone means yes, of the API it means no
    return enabled.default(at.enabled_by_default.data).truth()


def _by_services(view: View, at: BackendAt) -> Value[bool]:
    """Cloud Run can sign users in itself: https://cloud.google.com/run/docs/securing/identity-aware-proxy-cloud-run"""
    backends, more = view.inner(at.backends)
    if more is not None:
        return view.says(more)
    enabled = [_by_group(view, backend, at) for backend in backends]
    return all_of(enabled) if enabled else view.says(False)


def _by_group(view: View, backend: View, at: BackendAt) -> Value[bool]:
    group = backend.target(at.group)
    if group is None:
        return view.says(_elsewhere(view, backend[at.group.path], at.group))
    named = group.link(at.service)
    if named.unknown or named.absent:  # without a service of Cloud Run, the group is of something else
        return view.says(named.unknown or False)
    key = named.data.address if isinstance(named.data, Reference) else str(named.data)
    if records := view.index(at.services).get(key):
        several = Unknown(f"which of several services {key} is behind {view.item.address}", "give them names of their own", view.location)
        return Value.of(agreed(several, [enabled.raw for enabled in records]), named.seen)
    return view.says(missing(view.item, f"the service {describe(named.data)}", at.services.types[0]))


def _elsewhere(view: View, named: Value[Any], link: Link) -> Unknown | bool:
    """False where a backend is no endpoint group, so that no service of Cloud Run is behind it."""
    target = named.data
    is_group = target.type in link.types if isinstance(target, Reference) else "/networkEndpointGroups/" in str(target)
    if named.unknown or is_group:
        return named.unknown or missing(view.item, f"the endpoint group {describe(target)}", link.types[0])
    return False


def services(path: str, *types: str) -> Index:
    """Whether services of Cloud Run sign users in, by their address and their name."""

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        enabled = item[path].default(False).truth()
        name = item["name"].data
        for key in dict.fromkeys((item.address, *([name.rpartition("/")[2]] if isinstance(name, str) else ()))):
            yield key, enabled

    return Index(types, records)


def settings(*types: str) -> Index:
    """Settings of Identity-Aware Proxy by the address and the name of the backend service that they are for.

    https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/iap_settings
    """

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        named = item.link("name").data
        yield from ((reference.address, item) for reference in references_in(named))
        if isinstance(named, str) and "/services/" in named:
            yield named.rpartition("/")[2], item

    return Index(types, records)


def _second_factor(settings: list[View], enabled: Value[Any]) -> Value[Any]:
    """Reauthentication with a second factor that is always asked for is one."""
    for one in settings:
        reauth = "access_settings.reauth_settings"
        method, policy = one[f"{reauth}.method"].equals(*_SECOND_FACTORS), one[f"{reauth}.policy_type"].equals("MINIMUM")
        asked = all_of([method, policy])
        if asked.data is not False:
            return asked
    return Value(_PROVIDER, enabled.seen)


def _domains(view: View, settings: list[View]) -> Value[Any]:
    """https://cloud.google.com/iap/docs/reference/rest/v1/AccessSettings#AllowedDomainsSettings"""
    for one in settings:
        allowed = "access_settings.allowed_domains_settings"
        enabled = one[f"{allowed}.enable"].default(False).truth()
        if enabled.unknown:
            return Value(enabled.data, enabled.seen)
        if enabled.data:
            return one[f"{allowed}.domains"].default([])
    return view.says([])


def _members(view: View, at: BackendAt, limited: bool) -> list[Any]:
    """`limited`: a setting refuses accounts of other domains, whoever is in a group."""
    if at.members == ():
        return [Unknown("who may come in is not in this input", "scan the code, or ask gcloud iap web get-iam-policy", view.location)]
    members = [_admitted(binding, None, limited) for binding in bindings(view, at.members)]
    for join in at.wide:
        for owner in view.beside(join):
            if not _of_other_role(owner, at):
                members += [_admitted(binding, owner.doubt, limited) for binding in companion_bindings(join.type, owner)]
    return [member for member in members if member is not None]


def _of_other_role(owner: View, at: BackendAt) -> bool:
    """Whoever has another role, known or not, does not come in by it; a role of the owner's may hold the permission."""
    role = owner["role"]
    custom = owner.target(at.custom) if at.custom is not None and not isinstance(role.data, str) else None
    if custom is None:
        return not role.absent and role.equals(_ACCESSOR).data is False
    permissions = custom.surely["permissions"].data
    return isinstance(permissions, list) and all(isinstance(name, str) and name != _PERMISSION for name in permissions)


def _admitted(binding: Binding | Unknown, doubt: Unknown | None, limited: bool) -> Member | Unknown | None:
    """Whom a binding lets in; None where it is of another role. `doubt`: why it may be of another project, or not exist."""
    if isinstance(binding, Unknown):
        return binding
    accessor = Value.of(binding.role).equals(_ACCESSOR)
    if accessor.data is False:
        return None
    unknown = accessor.unknown or doubt or (binding.member if isinstance(binding.member, Unknown) else None)
    return unknown or _member(Value.of(binding.member, binding.seen), limited)


def _member(name: Value[Any], limited: bool) -> Member:
    def domain(text: str) -> Any:
        kind, _, rest = text.partition(":")
        if kind == "group" and not limited:
            return _GROUP
        if kind not in ("user", "serviceAccount", "group", "domain"):
            return _POOL  # the subject of a pool may read alice@example.com: nobody but the provider of the pool says whose it is
        return rest.rpartition("@")[2].lower()

    return Member(name=name, public=name.equals(*PUBLIC), domain=name.text().then(domain))


class PlatformAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells the facts of Identity Platform. The defaults are the API's names."""

    state: Annotated[Place, "second_factor"] = "mfa.state"
    email: Annotated[Place, "own_users"] = "signIn.email.enabled"
    phone: Annotated[Place, "own_users", "second_factor"] = "signIn.phoneNumber.enabled"
    anonymous: Annotated[Place, "own_users", "second_factor"] = "signIn.anonymous.enabled"
    disabled: Annotated[Place, "open_sign_up", "restricts_domains"] = "client.permissions.disabledUserSignup"
    triggers: Annotated[Place, "open_sign_up", "restricts_domains"] = "blockingFunctions.triggers"
    """Functions that may refuse a user before they sign up, or sign in."""
    anybody: Annotated[Beside | None, "federates", "restricts_domains"] = None
    """Identity providers where everybody can have an account."""
    providers: Annotated[tuple[Beside, ...], "federates", "restricts_domains"] = ()
    """Those of an organisation."""


_STATES = {"MANDATORY": "ON", "ENABLED": "OPTIONAL", "DISABLED": "OFF", "STATE_UNSPECIFIED": "OFF"}


def platform(view: View, at: PlatformAt) -> Directory:
    """Users sign up by themselves unless that is disabled; no second factor is asked of who signs in by phone, or as nobody.

    https://cloud.google.com/identity-platform/docs/concepts-manage-users, https://cloud.google.com/identity-platform/docs/web/mfa
    """
    state = view[at.state].default("DISABLED").then(lambda name: _STATES.get(str(name).upper(), "OFF"))
    single = any_of([view[at.phone].default(False).truth(), view[at.anonymous].default(False).truth()])
    disabled = view[at.disabled].default(False).truth()
    guarded = view[at.triggers].is_set()
    anybody = _enabled(view, at.anybody)
    federates = any_of([anybody, *[_enabled(view, join) for join in at.providers]])
    trusted = anybody.negate() if anybody.data is not False else Value(_OWN_PROVIDER, federates.seen)
    asked: Value[Any] | None = Value(_TRIGGER, guarded.seen) if guarded.data is True else None
    return Directory(
        identity=view.identity(view.called(at.name)) if at.name else view.identity(view.says("Identity Platform")),
        own_users=any_of([view[at.email].default(False).truth(), single]),
        second_factor=state
        if state.equals("ON").data is False
        else first_known(single.then(lambda known: "OFF" if known else None), state),
        federates=federates,
        federated_second_factor=any_of([state.equals("ON"), Value(_PROVIDER, state.seen)]),
        open_sign_up=all_of([disabled.negate(), asked or guarded.negate()]),
        restricts_domains=any_of([disabled, asked or trusted]),
        members=view.says([]),
        domains=view.says([]),
    )


def _enabled(view: View, join: Beside | None) -> Value[Any]:
    """Whether an identity provider is set up, and not disabled."""
    if join is None:
        return view.says(_NO_PROVIDERS)
    return any_of([owner.weighed(owner.surely["enabled"].default(True).truth(), absence=False) for owner in view.beside(join)])
