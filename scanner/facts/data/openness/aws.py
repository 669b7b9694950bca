"""What of AWS has a public address, or is shared with every account."""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts import policies
from assay.scanner.facts.data.openness.kinds import DataCopy, Way
from assay.scanner.facts.policies import Grant
from assay.scanner.facts.spelling import Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, all_of, any_of

ADDRESS = "a public address"
EVERYBODY = "all"
"""https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-share-snapshot-public.html"""


class AddressAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells whether a resource has a public address."""

    public: Annotated[Place, "ways"]
    unset: Annotated[Any, "ways"] = False
    """What that is where nothing is written: the default, or why that is not known."""
    word: Annotated[str, "ways"] = ""
    """What is written where it has one, of an input that has no flag for that."""


def address(view: View, at: AddressAt) -> DataCopy:
    """A resource with an address. What may use it is decided by the groups that it stands in, which are judged by themselves."""
    written = view[at.public].default(at.unset)
    public = written.equals(at.word) if at.word else written.truth()
    return DataCopy(identity=view.identity(view[at.name]), ways=view.says([Way(by=view.says(ADDRESS), public=public)]))


class DomainAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells who may use a search domain."""

    network: Annotated[Place, "ways.public"]
    """The subnets that it stands in."""
    users: Annotated[Place, "ways.public"]
    """Whether it asks clients for users of its own: fine-grained access control."""
    anonymous: Annotated[Place, "ways.public"]
    """Whether it serves those, too, who are no user."""
    policies: Annotated[tuple[Place, ...], "ways"]


def domain(view: View, at: DomainAt) -> DataCopy:
    """A search domain: outside of a network of yours it answers to the internet, which its policy or its users then keep out.

    https://docs.aws.amazon.com/opensearch-service/latest/developerguide/vpc.html,
    https://docs.aws.amazon.com/opensearch-service/latest/developerguide/fgac.html
    """
    asks = all_of([view[at.users].default(False).truth(), view[at.anonymous].default(False).truth().negate()])
    stands_inside = view[at.network].then(lambda subnets: None if subnets == [] else subnets).is_set()
    kept = any_of([stands_inside, asks])
    given = [grant for document in view.values(*at.policies) for grant in policies.aws_grants(document, view.account, kept).data]
    ways = [Way(by=grant.principal, public=grant.exposed) if isinstance(grant, Grant) else grant for grant in given]
    return DataCopy(identity=view.identity(view[at.name]), ways=view.says(ways))


class SharedAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells with whom a copy is shared."""

    accounts: Annotated[Place, "ways"] = ""
    """The accounts: a list, or one."""
    flag: Annotated[Place, "ways"] = ""
    """Or whether it is shared with everybody."""
    attributes: Annotated[tuple[str, str], "ways"] = ("", "")
    """Or a list of names and values, and the name that is meant."""


def shared(view: View, at: SharedAt) -> DataCopy:
    """A copy that can be shared with accounts, each a way of its own."""
    ways: list[Any] = []
    if at.flag:
        ways.append(Way(by=view.says("every account"), public=view[at.flag].default(False).truth()))
    entries = [view[at.accounts]] if at.accounts else []
    blocks, more = view.inner(at.attributes[0])
    entries += [block["AttributeValues"] for block in blocks if block["AttributeName"].data == at.attributes[1]]
    ways += [_account(account) for entry in entries for account in entry.elements()]
    return DataCopy(identity=view.identity(view[at.name]), ways=view.says([*ways, *([more] if more else [])]))


def _account(account: Value[Any]) -> Way:
    told = account.text().then(lambda text: "every account" if text == EVERYBODY else text)
    return Way(by=told, public=account.equals(EVERYBODY))


def listed_as_public(view: View, at: SharedAt) -> DataCopy:
    """What the account lists among what everybody can restore."""
    return DataCopy(identity=view.identity(view[at.name]), ways=view.says([Way(by=view.says("every account"), public=view.says(True))]))


OLD_DEFAULT = Unknown("the default differs by version of the provider: before 6.0, a cluster is public", "write publicly_accessible")
BY_NETWORK = Unknown(
    "without PubliclyAccessible it has a public address where its network has an internet gateway", "write PubliclyAccessible: false"
)
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html#cfn-rds-dbinstance-publiclyaccessible"""
