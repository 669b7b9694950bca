"""Entry points of AWS, by the addresses that they admit."""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.access.admission.acl import AdmittingAclAt, Told, admitted
from assay.scanner.facts.access.admission.kinds import Admission, AdmittedSource
from assay.scanner.facts.access.admission.sources import everybody, narrowed, of_range
from assay.scanner.facts.edge.entry_points import EntryPointAt, attached_to, is_internal
from assay.scanner.facts.network.ranges import listed
from assay.scanner.facts.network.security_groups import group_openings
from assay.scanner.facts.spelling import Another, Index, Link, Referrer
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Reference, Unknown, describe
from assay.scanner.sources.values import Value, any_of


class AdmissionAt(EntryPointAt, frozen=True, eq=False, kw_only=True):
    """Where an input tells whom an entry point admits."""

    web_acl: Annotated[Link | None, "sources"] = None
    """The attribute that names the web ACL."""
    associations: Annotated[Index | None, "sources"] = None
    association: Annotated[Link | None, "sources"] = None
    """Where an association names the web ACL."""
    acl: Annotated[AdmittingAclAt, "sources"]
    """Of the web ACL."""
    groups: Annotated[Link | None, "openings", "only_from_cdn"] = None
    """The security groups of a load balancer: an attribute, and the types of groups."""
    groups_by_id: Annotated[Index | None, "openings", "only_from_cdn"] = None
    """Groups by their ids, where the attribute holds these."""
    rules: Annotated[Another | None, "openings", "only_from_cdn"] = None
    """A `GroupRulesAt`: the rules of a group."""
    policy: Annotated[str, "openings"] = ""
    """Of the API of a stage: its resource policy, …"""
    policies: Annotated[tuple[Referrer, ...], "openings"] = ()
    """… and those that are resources of their own."""
    policy_shown: bool = True


def admission(view: View, at: AdmissionAt) -> Admission:
    """Without a web ACL, an entry point admits everybody whom its security groups let through.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-update-security-groups.html
    """
    attached = attached_to(view, at)
    return Admission(
        identity=view.identity(view[at.name], *attached.items),
        internet_facing=is_internal(view, at).negate(),
        accepts_waf=view[at.type].default("application").equals("application"),
        only_from_cdn=_only_from_cdn(view, at),
        sources=view.says(_sources(view, at)),
        openings=view.says(_openings(view, at)),
    )


def stage_of_deployment(view: View, at: AdmissionAt) -> Admission | None:
    """A deployment that names a stage makes one."""
    return None if view[at.name].absent else admission(view, at)


def _sources(view: View, at: AdmissionAt) -> Told:
    attached = attached_to(view, at)
    owner, link = (attached.views[0], at.association) if attached.views else (view, at.web_acl)
    if owner.doubt or (not attached.views and attached.more):
        return [owner.doubt or attached.more]
    if link is None:
        return [everybody((view.location,))]
    named = owner.link(link)
    if named.absent or named.data == "":
        return [everybody(named.seen or (view.location,))]
    acl = owner.target(link)
    if acl is not None:
        return admitted(acl.surely, at.acl)
    reason = f"whom the web ACL of {view.item.address} admits: it is not in what was read"
    return [named.unknown or Unknown(reason, "scan the web ACL together with this, or the live account", view.location)]


def _openings(view: View, at: AdmissionAt) -> Told:
    """https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html: what any of the groups lets in comes in."""
    if at.groups is None or at.rules is None:
        return [_by_policy(view, at) or everybody((view.location,))]
    named = listed(view.node, at.groups.path, linked=True)
    if not named:
        reason = f"what the default security group, which {view.item.address} is in, lets through"
        return [Unknown(reason, "name its security groups", view.location)]
    return [told for name in named for told in _of_group(view, name, at)]


def _by_policy(view: View, at: AdmissionAt) -> Unknown | None:
    """Why the resource policy of the API of a stage may admit some addresses alone.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html
    """
    reason = f"which addresses the resource policy of the API of {view.item.address} admits is not read"
    why = Unknown(reason, "put a web ACL before the stage, or waive this", view.location)
    if not at.policy_shown:
        return why
    api = view.target(at.api) if at.api is not None and at.policy else None
    if api is None:
        return why if at.policy else None
    declared = any_of([api.surely[at.policy].is_set(), api.surely.referrers(*at.policies).exist])
    return None if declared.data is False else declared.unknown or why


_CDN = "com.amazonaws.global.cloudfront.origin-facing"
"""https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/LocationsOfEdgeServers.html#managed-prefix-list"""


def _only_from_cdn(view: View, at: AdmissionAt) -> Value[bool]:
    """Whether the security groups let CloudFront alone in: then whom it admits is said by the distribution before it."""
    if at.groups is None or at.rules is None:
        return view.says(False)
    groups = [_group(view, name, at) for name in listed(view.node, at.groups.path, linked=True)]
    if not groups or None in groups:
        return view.says(False)
    sources: list[bool] = []
    for group in groups:
        assert group is not None
        openings, more = group_openings(group.surely, at.rules.spelling)
        lists = _lists_of_cdn(group.surely, at.rules.spelling)
        named = [opening.source.data for opening in openings]
        sources += [f"({_CDN})" in str(name) or name in lists for name in named] + ([False] if more else [])
    return view.says(bool(sources) and all(sources))


def _lists_of_cdn(group: View, at: Any) -> set[str]:
    """What the openings are called that come of CloudFront's list, where that is looked up by its name."""
    rules = [*group.inner(*(place for place in at.rules if isinstance(place, str)))[0]]
    rules += group.referrers(*(place for place in at.rules if not isinstance(place, str))).views
    openings: set[str] = set()
    for rule in rules:
        for name in (name for path in at.prefix_lists.path.split("|") for name in listed(rule.node, path, linked=True)):
            prefix_list = rule.named(name.data, at.prefix_lists) if isinstance(name.data, Reference) else None
            if prefix_list is not None and prefix_list.item.type.startswith("data.") and prefix_list["name"].data == _CDN:
                openings.add(f"prefix list {describe(name.data)}")
    return openings


def _group(view: View, name: Value[Any], at: AdmissionAt) -> View | None:
    assert at.groups is not None
    if at.groups_by_id is not None and isinstance(name.data, str):
        return next((view.of(item) for item in view.index(at.groups_by_id).get(name.data, ())), None)
    return view.named(name.data, at.groups) if isinstance(name.data, Reference) else None


def _of_group(view: View, name: Value[Any], at: AdmissionAt) -> Told:
    assert at.rules is not None
    group = _group(view, name, at)
    if group is None:
        reason = f"what a security group of {view.item.address} lets through: it is not in what was read"
        return [name.unknown or Unknown(reason, "scan the group together with this, or the live account", view.location)]
    openings, more = group_openings(group.surely, at.rules.spelling)
    told: Told = []
    for opening in openings:
        if opening.world.data is True:
            told.append(everybody(opening.source.seen))
        elif opening.world.unknown:
            told.append(opening.world.unknown)
        else:
            source = of_range(opening.source)
            doubt = opening.inside.unknown
            told.append(narrowed(source, doubt) if doubt and isinstance(source, AdmittedSource) else source)
    return told + ([more] if more else [])
