"""What all kinds share: facts, parts, and what a resource is called.

A kind is a `Resource` whose fields are facts. A fact is a `Value`: data, `None` (known to be absent) or Unknown, with the places where it
was seen.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, TypeAlias, TypeVar

import msgspec

from assay.scanner.sources import marks
from assay.scanner.sources.interface import Item, Unlisted
from assay.scanner.sources.nodes import Elsewhere
from assay.scanner.sources.raw import Location, Unknown
from assay.scanner.sources.values import Value

T = TypeVar("T")
Fact: TypeAlias = Value[T]

CLOUDS = frozenset({"aws", "google"})
_OF_FILES = "repository."
_OF_GOOGLE = ("google_", "provider.google", "deployment.")
_OF_NO_CLOUD = frozenset({"provider.other", "terraform_output", "terraform_variable", "terraform_local"})
_OF_CLOUDS = {"repository.firestore-rules": "google", "repository.cloudbuild": "google", "repository.buildspec": "aws"}
"""Types of files that are of one cloud."""
ATTEST = "state it under attestations in assay.yaml, with an owner and a last day"
"""What settles that which no input shows, such as what an application does by itself."""


def attestable(reason: str, location: Location | None = None) -> Unknown:
    """What no input shows, whatever is scanned beside it: the statement of somebody who knows it settles it, and nothing else."""
    return Unknown(reason, ATTEST, location)


class BlockRef(msgspec.Struct, frozen=True):
    """A block of source code, or an entry of a plan (then without lines), that a resource was read from."""

    address: str
    file: str
    start_line: int | None
    end_line: int | None


class Mark(msgspec.Struct, frozen=True):
    """Text in a resource that speaks to Assay: metadata, an annotation or a tag whose name is `assay:waive`."""

    text: str
    """`assay:waive CONTROL until=YYYY-MM-DD reason="…"`."""
    file: str
    """The address of a live resource, which is in no file."""
    line: int


class Identity(msgspec.Struct, kw_only=True):
    """What a resource is called and where it stands."""

    id: str
    """The provider's name where it is known (ARN, full resource name), else the address in the source."""
    name: str
    cloud: str
    """`aws` or `google`; empty for a file that is of neither, or of both: a Dockerfile."""
    account: str | None
    region: str | None
    address: str
    root: str
    blocks: list[BlockRef]
    template: Unknown | None = None
    """Why the number of instances that this one stands for is not known."""
    elsewhere: Unknown | None = None
    """Why only a part of it is known: blocks of this code speak of it, but it is declared elsewhere."""
    unlisted: Unknown | None = None
    """Why it is not known which resources of a kind there are; this one stands for all of them."""
    perhaps: Unknown | None = None
    """Why it is not known whether it is a resource of its kind at all: what would be a failure is then unknown."""
    unnamed: Unknown | None = None
    """Why the provider's name is not known; `name` is then the label of the block."""
    type: str = ""
    """The input's own type name: `aws_s3_bucket`, `AWS::S3::Bucket`, `s3.bucket`, `storage.googleapis.com/Bucket`."""
    tags: dict[str, str] = {}
    """Tags or labels, as far as they are known."""
    tags_open: Unknown | None = None
    """Why it may have tags that are not in `tags`."""
    roles: list[str] | Unknown = []
    """What it is to the deployment, as the configuration says (roles.py)."""
    marks: list[Mark] = []
    """What the resource itself says of findings on it."""
    in_each: Callable[[], list[Any]] | None = None
    """Reads it with each number of its blocks where that is not told (sources/numbers.py): Resource, or None where it is none then."""


class Naming(msgspec.Struct, frozen=True):
    """How far the name that code gives a resource tells it from others of its type."""

    unique: bool = True
    """It does within an account and region; False for names that are descriptions, or that leave out what they stand within."""
    globally: bool = False
    """It does in all accounts and regions."""
    families: frozenset[str] = frozenset()
    """The families of types (`balancer`) of which this is so; empty for all that the kind has."""


class Resource(msgspec.Struct, kw_only=True):
    """Base of all kinds."""

    naming: ClassVar[Mapping[str, Naming]] = {}
    """By cloud, where names are not unique in their account and region."""
    of_whole_account: ClassVar[bool] = False
    """It is read when all regions of an account are known, since what it says hangs on all of them."""
    of_estate: ClassVar[bool] = False
    """No reader tells it: it is made of what all collections of a run say of the deployment as a whole (analysis/estate)."""
    compares: ClassVar[bool] = False
    """It holds the verdicts of other controls against each other, which are then judged whether they are selected or not."""
    identity: Identity

    @property
    def also_in(self) -> list[str] | None:
        """Further regions in which the provider shows it as a resource of its own; None where they are not known."""
        return []

    @property
    def also_named(self) -> list[str]:
        """Other names that the provider knows it by, in its account and region, as far as they are known: aliases."""
        return []

    def give_roles(self, roles_of: Callable[[Identity | Unknown], list[str] | Unknown]) -> None:
        """Gives it the roles that the configuration says, and with it whom its facts speak of."""
        self.identity.roles = roles_of(self.identity)
        read_again = self.identity.in_each
        if read_again is not None:  # what is read with each number of its blocks is the same resource

            def in_each() -> list[Any]:
                ways = read_again()
                for way in ways:
                    if way is not None:
                        way.give_roles(roles_of)
                return ways

            self.identity.in_each = in_each


class Part(msgspec.Struct, kw_only=True):
    """Base of what lists of facts hold."""

    known_by: ClassVar[tuple[str, ...]] = ()
    """The facts that tell it from others of its list, whatever else is known of it; empty for all that it has."""


_UNNAMED = Unknown("the name is the provider's choice", "scan the live resource")


def identity(item: Item, name: Value[Any], companions: Iterable[Item] = ()) -> Identity:
    """The identity of a resource. `name`: as the provider knows it. `companions`: items whose blocks belong to it too."""
    return named(unnamed(item), item, name, companions)


def named(base: Identity, item: Item, name: Value[Any], companions: Iterable[Item] = ()) -> Identity:
    """The identity of an item (`unnamed`) with a name, and the blocks of its companions."""
    made = copy.copy(base)
    blocks = [block_ref(companion) for companion in companions if companion.location().file]
    if blocks:
        made.blocks = list(dict.fromkeys([*base.blocks, *blocks]))
    if isinstance(name.data, str) and name.data:  # AWS answers with an empty text for what has no name
        made.name, made.unnamed = name.data, None
    else:
        made.name, made.unnamed = item.label, name.text().unknown or _UNNAMED
    return made


def unnamed(item: Item) -> Identity:
    """What an item is, whatever it is called."""
    region, account = item.region.data, item.account.data
    # Answers of an API are in the evidence; they are no blocks.
    blocks = [block_ref(item)] if not isinstance(item, Elsewhere) and item.location().file else []
    blocks += [BlockRef(label, seen.file, seen.line or None, seen.end_line or None) for label, seen in item.origins]
    tags = item.tags
    return Identity(
        id=item.address,
        name="",
        cloud=cloud_of(item.type),
        account=account if isinstance(account, str) else None,
        region=region if isinstance(region, str) else None,
        address=item.address,
        root=item.root,
        blocks=list(dict.fromkeys(blocks)),
        template=item.template,
        elsewhere=item.why if isinstance(item, Elsewhere) else None,
        unlisted=item.why if isinstance(item, Unlisted) else None,
        type=item.type,
        tags=dict(tags),
        tags_open=tags.open if isinstance(tags, marks.Tags) else None,
        marks=[Mark(text, place.file or item.address, place.line) for text, place in (*item.marks, *marks.in_tags(tags, item))],
    )


def cloud_of(type_: str) -> str:
    """`google_storage_bucket` and `storage.googleapis.com/Bucket` are Google's; of files of a repository most are of no cloud."""
    if type_.startswith(_OF_FILES):
        return _OF_CLOUDS.get(type_, "")
    if type_ in _OF_NO_CLOUD:
        return ""
    return "google" if type_.removeprefix("data.").startswith(_OF_GOOGLE) or ".googleapis.com/" in type_ else "aws"


def block_ref(item: Item) -> BlockRef:
    """Where an item is written; without lines where its place has none."""
    seen: Location = item.location()
    return BlockRef(item.address, seen.file, seen.line or None, seen.end_line or None)
