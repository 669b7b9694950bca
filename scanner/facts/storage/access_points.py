"""Access points of S3: ways to a bucket with a policy and a public access block of their own.

S3 applies the most restrictive of the blocks of the access point, the bucket and the account:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-bpa-settings.html. Of one that is bound to a VPC, it rejects every
request from elsewhere: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-vpc.html
"""

from __future__ import annotations

from typing import Any

import msgspec

from assay.scanner.facts import policies
from assay.scanner.facts.spelling import Link, Many
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Unlisted
from assay.scanner.sources.values import Value, any_of


class PointAt(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Where an input tells of the access points of a bucket, or of policies of access points that are resources of their own."""

    points: Many
    policy: str
    point: Link | None = None
    """Of a policy that is a resource of its own, the access point that it names."""
    restricts: str = ""
    """RestrictPublicBuckets of the access point's own block."""
    block: str = ""
    """That block."""
    restricts_by_default: bool = False
    """Whether a flag that is left out of a block is on."""
    vpc: str = ""
    """The VPC that the access point is bound to."""


def grants(view: View, at: PointAt, restricted: Value[Any]) -> list[Value[Any]]:
    """What the policies of a bucket's access points grant. `restricted`: the bucket or the account takes the effect of public ones away."""
    companions = view.referrers(at.points)
    listed = [_granted(view, point, at, restricted) for point in companions.views]
    # Of a bucket that is declared elsewhere, others may be there.
    return [*listed, *([view.says(companions.more)] if companions.more else [])]


def _granted(view: View, companion: View, at: PointAt, restricted: Value[Any]) -> Value[Any]:
    if isinstance(companion.item, Unlisted):
        return companion.says(companion.item.why)
    point = companion if at.point is None else companion.target(at.point)
    # A policy of an access point that is declared elsewhere is judged for what it is.
    own = [] if point is None else [_restricts(point.surely, at), point.surely[at.vpc].is_set()]
    blocked = any_of([restricted, *own])
    return policies.aws_grants(companion[at.policy], view.account, blocked)


def _restricts(point: View, at: PointAt) -> Value[Any]:
    """All flags are on unless the access point is made with others.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-bpa-settings.html
    """
    block = point.exists(at.block)
    flag = point[at.restricts].default(at.restricts_by_default).truth()
    return block.then(lambda declared: flag.data if declared else True)
