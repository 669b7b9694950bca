"""Default VPCs and default security groups of AWS."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Annotated, Any

from assay.scanner.facts.network.defaults.kinds import NetworkDefaults
from assay.scanner.facts.network.looked_up import LookedUpAt, in_default_network
from assay.scanner.facts.network.ranges import listed
from assay.scanner.facts.spelling import Index, Place, Referrer, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Unknown, references_in
from assay.scanner.sources.values import Value, all_of, any_of


class VpcAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells of a VPC and its default security group."""

    default: Annotated[Place, "in_default_network"] = ""
    users: Annotated[Referrer | None, "used"] = None
    """What is in it; where an input cannot list that, code that declares a default VPC uses it."""
    groups: Annotated[tuple[Referrer, ...], "group_open"] = ()
    """Security groups that may be its default one; in code, those that take it over."""
    group_name: Annotated[str, "group_open"] = ""
    rules: Annotated[tuple[str, ...], "group_open"] = ()
    """Of such a group; of one that is taken over they are said of itself."""
    emptied: Annotated[Index | None, "group_open"] = None
    """VPC to what empties its default group (`emptied_by`)."""
    filled: Annotated[Index | None, "group_open"] = None
    """VPC to rules of its default group (`filled_by`)."""


def vpc(view: View, at: VpcAt) -> NetworkDefaults:
    """A new default security group lets everything of itself in and everything out.

    https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
    """
    return NetworkDefaults(
        identity=view.identity(view[at.name]),
        in_default_network=view[at.default].default(False).truth(),
        used=view.referrers(at.users).exist if at.users else view.says(True),
        legacy=view.says(False),
        group_open=_by_template(view, at) if at.emptied else _listed(view, at) if at.rules else view.referrers(*at.groups).exist.negate(),
    )


def _listed(view: View, at: VpcAt) -> Value[bool]:
    groups = view.referrers(*at.groups)
    own = [group for group in groups.views if group[at.group_name].data == "default"]
    if not own:
        gone = Unknown("whether its default security group has rules: it was not read", "include it in the audit", view.location)
        return view.says(groups.more or gone)
    return any_of([_has_rules(group, at.rules) for group in own])


def _has_rules(group: View, places: tuple[str | Referrer, ...]) -> Value[bool]:
    blocks, more = group.inner(*places)
    return group.says(True if blocks else more or False)


def _by_template(view: View, at: VpcAt) -> Value[bool]:
    """A template cannot take the default group over; the CDK empties it with a resource of its own."""
    assert at.emptied is not None and at.filled is not None
    if view.item.address in view.index(at.filled):
        return view.says(True)
    if view.item.address in view.index(at.emptied):
        return view.says(False)
    reason = "whether its default security group has rules: CloudFormation cannot take it over"
    return view.says(Unknown(reason, "scan the live account, or have the CDK empty it (restrictDefaultSecurityGroup)", view.location))


def of_default_group(path: str, *types: str) -> Index:
    """VPC to items that name its default security group: `!GetAtt Network.DefaultSecurityGroup`."""

    def records(item: Item) -> Iterator[tuple[Hashable, Any]]:
        for reference in references_in(item.link(path).raw):
            if reference.attribute == "DefaultSecurityGroup":
                yield reference.address, item

    return Index(types, records)


class DefaultGroupAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where code tells of a default security group that it takes over."""

    rules: Annotated[tuple[str | Referrer, ...], "group_open"]


def default_group(view: View, at: DefaultGroupAt) -> NetworkDefaults:
    """Taken over without rules, a group loses those it had.

    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/default_security_group
    """
    return NetworkDefaults(
        identity=view.identity(view[at.name]),
        in_default_network=view.says(False),
        used=view.says(False),
        legacy=view.says(False),
        group_open=_has_rules(view, at.rules),
    )


def taken_over(view: View, at: Spelling) -> NetworkDefaults:
    """A part of a default VPC that code takes over."""
    return NetworkDefaults(
        identity=view.identity(view[at.name]),
        in_default_network=view.says(True),
        used=view.says(True),
        legacy=view.says(False),
        group_open=view.says(False),
    )


class PlacedAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where code tells in which subnets something is, or in which VPC."""

    looked_up: Annotated[LookedUpAt | None, "in_default_network"] = None
    subnets: Annotated[tuple[str, ...], "in_default_network"] = ()
    """As `listed` takes them."""


class InstanceAt(PlacedAt, frozen=True, eq=False, kw_only=True):
    """The same of an instance."""

    placed_by: Annotated[tuple[str, ...], "in_default_network"]
    """Without any of these it is in no subnet that is named."""


def instance(view: View, at: InstanceAt) -> NetworkDefaults | None:
    """Without a subnet an instance is started in the default VPC.

    https://docs.aws.amazon.com/vpc/latest/userguide/work-with-default-vpc.html. None of one that is in another.
    """
    named: list[Value[Any]] = []
    for path in at.placed_by:
        blocks, more = view.inner(path)
        named += [view.link(path).is_set(), view.says(True if blocks else more or False)]
    return _in_default(view, at, any_of([all_of([value.negate() for value in named]), _looked_up(view, at)]))


def placed(view: View, at: PlacedAt) -> NetworkDefaults | None:
    """What stands in subnets of the default VPC that code looks up; None where it does not."""
    return _in_default(view, at, _looked_up(view, at))


def _looked_up(view: View, at: PlacedAt) -> Value[bool]:
    if at.looked_up is None:
        return view.says(False)
    named = [target for path in at.subnets for target in listed(view.node, path, linked=True)]
    return any_of([in_default_network(view, at.looked_up, target) for target in named])


def _in_default(view: View, at: Spelling, default: Value[bool]) -> NetworkDefaults | None:
    if default.data is False:
        return None
    return NetworkDefaults(
        identity=view.identity(view[at.name]),
        in_default_network=default,
        used=view.says(True),
        legacy=view.says(False),
        group_open=view.says(False),
    )
