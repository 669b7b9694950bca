"""What tells that a name in code and a name in the cloud are of one thing.

A live resource has an ARN or a full resource name. Code has the name that its author chose, which is unique for some types only; a state
has what the provider answered. Types of different inputs are the same where their last words are: `aws_s3_bucket`, `AWS::S3::Bucket`,
`s3.bucket`.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable

import msgspec

from assay.scanner import lazy_re
from assay.scanner.facts.catalogue import catalogue
from assay.scanner.facts.model import Naming
from assay.scanner.results.model import ResourceRef

_WORDS = lazy_re.pattern(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")
_SAME = {"lb": "balancer", "alb": "balancer", "elb": "balancer"}
_SHOWN = 3
"""Resources that a reason names."""
_BINDING = lazy_re.pattern(r"_iam_(?:member|binding|policy|audit_config)$")
_OF_SCOPE = lazy_re.pattern(r"^google_project_iam_(?:member|binding|policy)$")
_SELF_LINK = lazy_re.pattern(r"^https?://(?:www|[a-z0-9-]+)\.googleapis\.com/(?:[a-z]+/)?(?:v\d\w*|beta|alpha)/(?P<path>.+)$")
_PROJECT = lazy_re.pattern(r"(?<=projects/)[^/]+")


@functools.cache
def family(type_: str) -> str:
    """The last word of a type's name: `bucket`, `table`, `role`."""
    words = _WORDS.findall(re.split(r"[./:]", type_)[-1])
    return _SAME.get(words[-1].lower(), words[-1].lower()) if words else ""


def same_type(one: ResourceRef, other: ResourceRef) -> bool:
    """Whether two resources of one kind can be one thing by what they are called."""
    if one.cloud != other.cloud or one.kind != other.kind:
        return False
    if is_binding(one.type) or is_binding(other.type):
        return True  # a binding stands for what it is on
    return not one.type or not other.type or family(one.type) == family(other.type)


def is_part(ref: ResourceRef) -> bool:
    """Whether it says something of a resource, and does not make it."""
    return ref.stands_for == "part" or is_binding(ref.type)


def is_binding(type_: str) -> bool:
    """Whether blocks of a type grant something on a resource that another block makes."""
    return _BINDING.search(type_) is not None


def tells_apart(ref: ResourceRef) -> bool:
    """Whether its name in code is known and tells it from others of its type, in its account and region."""
    naming = _naming(ref)
    if not ref.named or not ref.name or not naming.unique:
        return False
    return not naming.families or family(ref.type) in naming.families


def is_global(ref: ResourceRef) -> bool:
    """Whether its name alone is enough, whatever the account and the region."""
    return _naming(ref).globally


def _naming(ref: ResourceRef) -> Naming:
    kind = catalogue().kinds.get(ref.kind)
    return kind.naming.get(ref.cloud, Naming()) if kind else Naming()


def live_key(ref: ResourceRef) -> str:
    """The one spelling of a live resource's id."""
    return spelled(ref.id, ref.account or "")


def spelled(name: str, project: str = "") -> str:
    """The one spelling of an ARN, a full resource name, a self link or a relative name.

    Google's services and versions are left out of it, and a project stands by its id where that is given.
    """
    if name.startswith("arn:"):
        return name
    linked = _SELF_LINK.match(name)
    if linked:
        name = linked["path"]
    elif name.startswith("//"):
        name = name[2:].partition("/")[2]
    if name.startswith("projects/_/buckets/"):
        name = name.removeprefix("projects/_/buckets/")
    elif name.startswith("b/") and name.count("/") == 1:
        name = name[2:]  # the self link of a bucket
    return _PROJECT.sub(project, name, count=1) if project and name.startswith("projects/") else name


def scope_key(ref: ResourceRef) -> str | None:
    """The live id of the project that a binding of code is on, where its provider says which."""
    return f"projects/{ref.account}" if ref.account and _OF_SCOPE.match(ref.type) else None


def placed(ref: ResourceRef, arn: str) -> ResourceRef:
    """A resource of the code in the account and region that its ARN names."""
    fields = arn.split(":")
    if not arn.startswith("arn:") or len(fields) < 6:
        return ref
    return msgspec.structs.replace(ref, account=fields[4] or ref.account, region=fields[3] or ref.region)


def show(ref: ResourceRef) -> str:
    """A resource in messages."""
    return f"{ref.address} in {ref.root}" if ref.root else ref.address


def some(texts: Iterable[str], total: int) -> str:
    """The first few of `total` texts, for a reason."""
    more = total - _SHOWN
    return ", ".join(itertools.islice(texts, _SHOWN)) + (f" and {more} more" if more > 0 else "")
