"""Cloud Run and Cloud Functions: who may call them.

https://cloud.google.com/run/docs/authenticating/public, https://cloud.google.com/run/docs/securing/ingress
"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.bindings import PUBLIC_MEMBERS, Binding, bindings
from assay.scanner.facts.compute.kinds import Caller, Invocable
from assay.scanner.facts.google_assets import named, short
from assay.scanner.facts.spelling import Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Text, Unknown, describe
from assay.scanner.sources.values import Value, all_of, any_of


class InvocableAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells who may call a service, a job or a function. The defaults are the API's names."""

    bindings: Annotated[Place, "callers"]
    ingress: Annotated[str, "callers"] = ""
    unchecked: Annotated[str, "callers"] = ""
    """Cloud Run does not ask who calls: the check of IAM is off."""
    address_disabled: Annotated[str, "callers"] = ""
    """It has no address of its own, so that a load balancer stands before it."""
    proxied: Annotated[str, "callers"] = ""
    """Identity-Aware Proxy asks who calls, at every way in."""
    annotations: Annotated[str, "callers"] = ""
    """Where the v1 API has all of these: https://cloud.google.com/run/docs/reference/rest/v1/namespaces.services"""
    admitted: Annotated[Place, "callers"] = ()
    """Who may pass Identity-Aware Proxy, by bindings."""


def invocable(view: View, at: InvocableAt) -> Invocable:
    """Anyone gets in where everybody may invoke it, or nobody is asked, and neither ingress nor Identity-Aware Proxy stands before it."""
    outside = _limited(view, at).negate()
    proxied = view.limits(_setting(view, at, at.proxied, "iap-enabled").default(False).truth())
    reached = all_of([outside, proxied.negate()])
    unchecked = view.limits(_setting(view, at, at.unchecked, "invoker-iam-disabled").default(False).truth())
    callers = _by_bindings(bindings(view, at.bindings), reached)
    if unchecked.data is not False:
        callers.append(_caller(Value("anyone", unchecked.seen), Value("no check of IAM", unchecked.seen), unchecked, reached))
    if at.admitted and proxied.data is not False:
        # Whoever passes the proxy is called in by its own identity: https://cloud.google.com/run/docs/securing/identity-aware-proxy-cloud-run
        callers += _by_bindings(bindings(view, at.admitted), all_of([outside, proxied]))
    return Invocable(
        identity=view.identity(short(view[at.name]).otherwise(named(view.item))),
        callers=view.says(callers),
    )


KEPT_OUT = (
    "internal", "internal-and-cloud-load-balancing", "INGRESS_TRAFFIC_INTERNAL_ONLY", "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
    "INGRESS_TRAFFIC_NONE", "ALLOW_INTERNAL_ONLY", "ALLOW_INTERNAL_AND_GCLB",
)  # fmt: skip


def _limited(view: View, at: InvocableAt) -> Value[bool]:
    """Whether its ingress keeps the internet out. Without a setting it does not; a job has none."""
    if not at.ingress:
        return view.says(False)
    ingress = _setting(view, at, at.ingress, "ingress").default("all").then(lambda setting: _keeps_out(view, setting))
    disabled = _setting(view, at, at.address_disabled, "default-url-disabled").default(False).truth()
    return any_of([view.limits(ingress), view.limits(disabled)])


def _keeps_out(view: View, setting: Any) -> Any:
    if isinstance(setting, str) and setting.endswith("UNSPECIFIED"):
        return Unknown(f"who may ask {view.item.address} is not said", "set its ingress", view.location)
    return Value(setting).equals(*KEPT_OUT).data


def _setting(view: View, at: InvocableAt, path: str, annotation: str) -> Value[Any]:
    """A setting, or the annotation that the v1 API has in its place."""
    written = view[path]
    if not at.annotations or not written.absent:
        return written
    name = f"run.googleapis.com/{annotation}"
    return view[at.annotations].then(lambda data: data.get(name) if isinstance(data, dict) else None)


def _by_bindings(granted: list[Binding | Unknown], reached: Value[bool]) -> list[Any]:
    """Each member that is bound, and an Unknown where there may be more."""
    return [binding if isinstance(binding, Unknown) else _bound(binding, reached) for binding in granted]


_CALLING = ("roles/run.invoker", "roles/run.servicesInvoker", "roles/cloudfunctions.invoker", "roles/iap.httpsResourceAccessor")
"""What these allow happens at the address of the service. Any other role is used at Google's API, which everybody reaches."""


def _bound(binding: Binding, reached: Value[bool]) -> Caller:
    who, role = Value.of(binding.member, binding.seen), Value.of(binding.role, binding.seen)
    public = who.equals(*PUBLIC_MEMBERS) if isinstance(binding.member, (str, Text, Unknown)) else Value(False, binding.seen)
    by_api = role.equals(*_CALLING).negate()
    return _caller(
        Value(describe(binding.member), binding.seen), Value(describe(binding.role), binding.seen), public, any_of([reached, by_api])
    )


def _caller(name: Value[Any], way: Value[Any], anyone: Value[bool], reached: Value[bool]) -> Caller:
    return Caller(name=name, way=way, anyone=anyone, exposed=all_of([anyone, reached]), any_account=Value(False, anyone.seen))
