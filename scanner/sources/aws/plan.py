"""What a run asks of an account: listings, and calls about each resource. live/aws.py makes it for the selected controls."""

from __future__ import annotations

import msgspec

from assay.scanner.sources.aws.calls import Call, Listing

ALWAYS = (
    Call("sts", "GetCallerIdentity"),  # allowed to everyone, whatever a policy says
    Call("ec2", "DescribeRegions"),
)
ROOTS, UNITS, MEMBERS = (
    Call("organizations", operation) for operation in ("ListRoots", "ListOrganizationalUnitsForParent", "ListAccountsForParent")
)
TREE = (ROOTS, UNITS, MEMBERS)
"""What tells in which organisational units accounts are."""
ORGANIZATION = (
    Call("organizations", "ListAccounts"),
    *TREE,
    Call("organizations", "ListTagsForResource"),
    Call("sts", "AssumeRole"),
)
RECORDERS, RECORDER_STATUS = Call("config", "DescribeConfigurationRecorders"), Call("config", "DescribeConfigurationRecorderStatus")
RECORDED, RECORDED_ITEMS = Call("config", "SelectResourceConfig", page_size=100), Call("config", "BatchGetResourceConfig")
CHANGES = (RECORDERS, RECORDER_STATUS, RECORDED, RECORDED_ITEMS)
"""What is asked of AWS Config where an audit goes by an earlier snapshot."""


class AccountPlan(msgspec.Struct, frozen=True):
    """The listings to go through, and for each type the calls to make for every resource."""

    listings: tuple[Listing, ...]
    details: dict[str, tuple[Call, ...]]
    left_out: tuple[Listing, ...] = ()
    """Listings that would be needed, of services that the user left out."""
    judged: frozenset[str] = frozenset()
    """The types that are judged by themselves; others only tell something of those."""

    def calls(self) -> list[Call]:
        """Every call once, by name."""
        calls = [listing.call for listing in self.listings] + [listing.locate for listing in self.listings if listing.locate]
        calls += [listing.prepared.call for listing in self.listings if listing.prepared]
        calls += [call for details in self.details.values() for call in details]
        return list({call.label: call for call in sorted(calls, key=lambda call: call.label)}.values())
