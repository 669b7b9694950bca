"""Security groups in the live account. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

import msgspec

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.edge.aws_api import BALANCER, BALANCERS, CLASSIC, CLASSIC_BALANCERS
from assay.scanner.facts.indexes import by_text
from assay.scanner.facts.network import aws_config
from assay.scanner.facts.network.kinds import Ingress, Opening
from assay.scanner.facts.network.prefix_lists import PrefixLists
from assay.scanner.facts.network.ranges import Span, listed, opening
from assay.scanner.facts.network.security_groups import GroupMember, GroupRulesAt, SecurityGroupAt, Sort, security_group
from assay.scanner.facts.spelling import Another, Fixed, Index, Referrer
from assay.scanner.facts.view import View
from assay.scanner.override import override
from assay.scanner.sources.aws.calls import Call, Listing
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Unknown, describe
from assay.scanner.sources.values import Value


def of_ec2(type_: str, entries: str, resource: str, page_size: int = 1000, **more: Any) -> Listing:
    """What EC2 lists by `DescribeENTRIES`. `resource`: the end of its ARN, made of an entry's fields."""
    call = Call("ec2", f"Describe{entries}", page_size=page_size)
    return Listing(f"ec2.{type_}", call, entries=entries, id=f"arn:{{partition}}:ec2:{{region}}:{{account}}:{resource}", **more)


GROUPS = of_ec2("security_group", "SecurityGroups", "security-group/{GroupId}", recorded=aws_config.SECURITY_GROUP)
# Whatever is in a group is so by its network interfaces.
INTERFACES = of_ec2("network_interface", "NetworkInterfaces", "network-interface/{NetworkInterfaceId}", recorded=aws_config.INTERFACE)
PREFIX_LISTS = Listing(
    "ec2.prefix_list",
    Call("ec2", "DescribeManagedPrefixLists", page_size=100),
    entries="PrefixLists",
    id="PrefixListArn",
    gone=("InvalidPrefixListID.NotFound",),
)
# A list of another account's can be used here, and its entries be asked for only there.
ENTRIES = Listing(
    "ec2.prefix_list_entry",
    Call("ec2", "GetManagedPrefixListEntries", (("PrefixListId", "PrefixListId"),), when=("OwnerId", "@account"), page_size=100),
    entries="Entries",
    id="{PrefixListId} {Cidr}",
    parent=PREFIX_LISTS.type,
    known=(("PrefixListId", "PrefixListId"),),
)
LISTINGS = (GROUPS, INTERFACES, PREFIX_LISTS, ENTRIES)


class LiveLists(PrefixLists, frozen=True):
    """In an answer: lists by their ids."""

    by_id: Index = by_text("PrefixListId", PREFIX_LISTS.type)

    @override
    def of(self, rule: View, name: Value[Any], span: Span) -> list[Opening]:
        """A list of AWS is not the world; what one of another account holds is Unknown, and so is one that was not listed."""
        by_id = rule.index(self.by_id)
        source: Value[str] = Value(f"prefix list {describe(name.data)}", name.seen)
        if str(name.data) not in by_id:
            unlisted = next(iter(by_id.get(None, ())), None)
            why = unlisted or Unknown(f"what the {source.data} holds: it is not among those that were listed", "audit again")
            return [opening(source, span, why)]
        prefix_list = rule.of(by_id[str(name.data)][0], names=("PrefixListId",))
        owner = prefix_list["OwnerId"]
        if owner.data == "AWS":
            return [opening(Value(f"{source.data} ({prefix_list['PrefixListName'].data})", owner.seen), span, world=False)]
        if owner.data != prefix_list.account:
            why = Unknown(f"what the {source.data} of account {owner.data} holds", "audit that account's list of entries")
            return [opening(source, span, why)]
        return self.of_entries(prefix_list, source, span)


_BALANCERS = {BALANCERS.type: Sort.BALANCER, CLASSIC_BALANCERS.type: Sort.CLASSIC}


def _members(item: Item) -> Iterator[tuple[Hashable, Any]]:
    """Load balancers, and the interfaces of anything."""
    for group in listed(item, "SecurityGroups" if item.type in _BALANCERS else "Groups[].GroupId"):
        yield (None, group.unknown) if group.unknown else (str(group.data), GroupMember(item, _BALANCERS.get(item.type) or _sort(item)))


def _sort(interface: Item) -> Sort:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html: described as `ELB …`.

    Those of the newer load balancers are described as `ELB app/NAME/ID`, `ELB net/…` and `ELB gwy/…`.
    """
    description = str(interface["Description"].data)
    managed = description.startswith("ELB ") and interface["RequesterManaged"].data is True
    if managed and not description.startswith(("ELB app/", "ELB net/", "ELB gwy/")):
        return Sort.CLASSIC_INTERFACE
    newer = interface["InterfaceType"].data in ("network_load_balancer", "gateway_load_balancer")
    return Sort.INTERFACE if managed or newer else Sort.OTHER


GROUP_RULES = GroupRulesAt(
    name="GroupName",
    rules=("IpPermissions",),
    # Without ports, all of them: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
    from_port=("FromPort", Fixed(0)),
    to_port=("ToPort", Fixed(65_535)),
    ranges=("IpRanges[].CidrIp", "Ipv6Ranges[].CidrIpv6"),
    sources=("UserIdGroupPairs[].GroupId",),
    prefix_lists=LiveLists("PrefixListIds[].PrefixListId", (), cidr="Cidr", separate=Referrer(ENTRIES.type, "PrefixListId")),
)
GROUP = SecurityGroupAt(
    **msgspec.structs.asdict(GROUP_RULES),
    id="GroupId",
    members=Index((INTERFACES.type, *_BALANCERS), _members),
    unused=("nothing is in {name} now; what will be is not known", "delete the group, or attach it"),
    balancer=Another(BALANCER),
    classic=Another(CLASSIC),
)

READERS = (
    Reader(
        Ingress,
        (GROUPS.type,),
        security_group,
        GROUP,
    ),
)
