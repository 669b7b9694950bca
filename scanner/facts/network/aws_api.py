"""Security groups in the live account. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.base import Stack, identity, reads
from assay.scanner.facts.edge.aws_api import BALANCERS, LISTENER_NEEDS, load_balancer
from assay.scanner.facts.network.groups import only_redirect
from assay.scanner.facts.network.kinds import Ingress
from assay.scanner.facts.network.ranges import Span, closed, opening, protocol_name, unread
from assay.scanner.sources.aws.calls import Call, Listing, listing
from assay.scanner.sources.interface import Item, Node
from assay.scanner.sources.values import Unknown, Value

GROUPS = listing(
    Listing(
        "ec2.security_group",
        Call("ec2", "DescribeSecurityGroups", page_size=1000),
        entries="SecurityGroups",
        id="arn:{partition}:ec2:{region}:{account}:security-group/{GroupId}",
    )
)
# Whatever is in a group is so by its network interfaces.
INTERFACES = listing(
    Listing(
        "ec2.network_interface",
        Call("ec2", "DescribeNetworkInterfaces", page_size=1000),
        entries="NetworkInterfaces",
        id="arn:{partition}:ec2:{region}:{account}:network-interface/{NetworkInterfaceId}",
    )
)
PREFIX_LISTS = listing(
    Listing(
        "ec2.prefix_list",
        Call("ec2", "DescribeManagedPrefixLists", page_size=100),
        entries="PrefixLists",
        id="PrefixListArn",
        gone=("InvalidPrefixListID.NotFound",),
    )
)
# A list of another account's can be used here, and its entries be asked for only there.
ENTRIES = listing(
    Listing(
        "ec2.prefix_list_entry",
        Call("ec2", "GetManagedPrefixListEntries", (("PrefixListId", "PrefixListId"),), when=("OwnerId", "@account"), page_size=100),
        entries="Entries",
        id="{PrefixListId} {Cidr}",
        parent=PREFIX_LISTS.type,
        known=(("PrefixListId", "PrefixListId"),),
    )
)
_USERS = (INTERFACES.type, BALANCERS.type)


@reads(
    GROUPS.type,
    companions=(*_USERS, *LISTENER_NEEDS, PREFIX_LISTS.type, ENTRIES.type),
    needs={
        "openings": (PREFIX_LISTS.type, ENTRIES.type),
        "guards_load_balancer": _USERS,
        "http_only_redirects": (BALANCERS.type, *LISTENER_NEEDS),
    },
)
def security_group(item: Item, stack: Stack) -> Ingress:
    rules, more = item.blocks("IpPermissions")
    openings: list[Any] = [each for rule in rules for each in _openings(rule, stack)]
    return Ingress(
        identity=identity(item, name=item["GroupName"]),
        openings=Value([*openings, *([more] if more else [])], (item.location(),)),
        guards_load_balancer=_guards(item, stack),
        http_only_redirects=_http_only_redirects(item, stack),
    )


def _openings(rule: Node, stack: Stack) -> list[Any]:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html: without ports, all of them."""
    protocol = protocol_name(rule["IpProtocol"])
    ports = (rule["FromPort"].default(0), rule["ToPort"].default(65_535))
    found: list[Any] = []
    for path, field in (("IpRanges", "CidrIp"), ("Ipv6Ranges", "CidrIpv6")):
        ranges, more = rule.blocks(path)
        found += [opening(each[field].data, protocol, *ports, each[field].seen) for each in ranges] + ([more] if more else [])
    for group in rule.blocks("UserIdGroupPairs")[0]:
        found.append(closed(str(group["GroupId"].data), protocol, *ports, group["GroupId"].seen))
    for named in rule.blocks("PrefixListIds")[0]:
        found += _by_prefix_list(named["PrefixListId"], stack, (protocol, *ports))
    return found


def _by_prefix_list(named: Value[Any], stack: Stack, span: Span) -> list[Any]:
    """The ranges of a list of the customer's, which may be the whole internet; those of AWS's lists are its services'."""
    lists = stack.of(PREFIX_LISTS.type)
    held = next((each for each in lists if each["PrefixListId"].data == named.data), None)
    source = f"prefix list {named.data}"
    if held is None:
        unlisted = next((each["PrefixListId"].unknown for each in lists if each["PrefixListId"].unknown), None)
        why = unlisted or Unknown(f"what the {source} holds: it is not among those that were listed", "audit again")
        return [unread(source, why, *span, named.seen)]
    if held["OwnerId"].data == "AWS":
        return [closed(f"{source} ({held['PrefixListName'].data})", *span, held["OwnerId"].seen)]
    if held["OwnerId"].data != held.account.data:
        why = Unknown(f"what the {source} of account {held['OwnerId'].data} holds", "audit that account's list of entries")
        return [unread(source, why, *span, named.seen)]
    entries = stack.companions(held, ENTRIES.type, "PrefixListId", names=("PrefixListId",))
    found: list[Any] = [opening(each["Cidr"].data, *span, each["Cidr"].seen) for each in entries.nodes]
    return found + ([unread(source, entries.more, *span, named.seen)] if entries.more else [])


def _guards(item: Item, stack: Stack) -> Value[bool]:
    """Whether everything that is in the group now is a load balancer."""
    held = _members(stack)
    balancers, others = held.get(item["GroupId"].data, ([], []))
    if others:
        return Value(False, [other.location() for other in others[:1]])
    unlisted = next((each["Groups"].unknown for each in stack.of(INTERFACES.type) if each["Groups"].unknown), None)
    unlisted = unlisted or next(
        (each["SecurityGroups"].unknown for each in stack.of(BALANCERS.type) if each["SecurityGroups"].unknown), None
    )
    if unlisted:
        return Value(unlisted)
    if balancers:
        return Value(True, [balancer.location() for balancer in balancers[:1]])
    why = Unknown(
        f"nothing is in {item['GroupName'].data} now; what will be is not known", "delete the group, or attach it", item.location()
    )
    return Value(why, (item.location(),))


def _members(stack: Stack) -> dict[Any, tuple[list[Item], list[Item]]]:
    """Group id to the load balancers, and the interfaces of anything else, that are in the group. Built once for a region."""
    if "security group members" not in stack.cache:
        held: dict[Any, tuple[list[Item], list[Item]]] = {}
        for balancer in stack.of(BALANCERS.type):
            for group in balancer["SecurityGroups"].data or [] if balancer["SecurityGroups"].unknown is None else []:
                held.setdefault(group, ([], []))[0].append(balancer)
        for interface in stack.of(INTERFACES.type):
            for group in interface.blocks("Groups")[0]:
                held.setdefault(group["GroupId"].data, ([], []))[0 if _of_balancer(interface) else 1].append(interface)
        stack.cache["security group members"] = held
    found: dict[Any, tuple[list[Item], list[Item]]] = stack.cache["security group members"]
    return found


def _of_balancer(interface: Item) -> bool:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html: described as `ELB …`."""
    kind, description = interface["InterfaceType"].data, interface["Description"].data
    managed = interface["RequesterManaged"].data is True
    return kind in ("network_load_balancer", "gateway_load_balancer") or (managed and str(description).startswith("ELB "))


def _of_classic(interface: Item) -> bool:
    """Those of the newer load balancers are described as `ELB app/NAME/ID`, `ELB net/…` and `ELB gwy/…`."""
    description = str(interface["Description"].data)
    return description.startswith("ELB ") and not description.startswith(("ELB app/", "ELB net/", "ELB gwy/"))


def _http_only_redirects(item: Item, stack: Stack) -> Value[bool]:
    """Whether the load balancers in the group redirect whatever reaches them without TLS."""
    members = _members(stack).get(item["GroupId"].data, ([], []))[0]
    balancers = [load_balancer(each, stack) for each in members if each.type == BALANCERS.type]
    return only_redirect(balancers, classic=any(each.type == INTERFACES.type and _of_classic(each) for each in members))
