"""Spellings: what follows from them, and that a meaning sees what its spelling declares and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pytest

from assay.scanner.facts.catalogue import Reader, catalogue
from assay.scanner.facts.item_index import ItemIndex
from assay.scanner.facts.keys.kinds import Key
from assay.scanner.facts.reading import read_all
from assay.scanner.facts.spelling import (
    Another,
    Beside,
    Contribution,
    Fixed,
    Index,
    Link,
    Many,
    Namesakes,
    One,
    Place,
    Referrer,
    Spelling,
    joins_of,
)
from assay.scanner.facts.view import DeclaredJoins, Undeclared, View
from assay.scanner.options import Options
from assay.scanner.sources import inputs
from assay.scanner.sources.aws.calls import Call, Listing
from assay.scanner.sources.cloudformation.source import CloudFormationSource
from assay.scanner.sources.interface import Collection, Unlisted
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.terraform.hcl import TerraformSource
from tests.scans import write

POLICY = One("aws_kms_key_policy", "key_id", "policy")
GRANTS = Many("aws_kms_grant", "key_id")
ALIASES = Referrer("aws_kms_alias", "target_key_id", "name")
BUCKET = Link("tags.bucket", ("aws_s3_bucket",))


class At(Spelling, frozen=True, eq=False, kw_only=True):
    """Joins of every sort."""

    policy: Place = ("policy", POLICY)
    grants: Many = GRANTS
    aliases: Referrer = ALIASES
    bucket: Link = BUCKET
    usage: Place = Fixed("ENCRYPT_DECRYPT")
    text: str = "description|tags.title"


AT = At(names=("key_id",))
CODE = """
variable "n" {}
resource "aws_kms_key" "k" {
  key_id      = "1234"
  description = "orders"
  tags        = { bucket = aws_s3_bucket.b.id, title = "t" }
}
resource "aws_kms_key" "bare" { tags = { title = "t" } }
resource "aws_s3_bucket" "b" { bucket = "b" }
resource "aws_kms_key_policy" "p" {
  key_id = aws_kms_key.k.id
  policy = "{}"
}
resource "aws_kms_grant" "by_id" {
  key_id = "1234"
  name   = "by id"
}
resource "aws_kms_grant" "unknown" {
  key_id = var.n
  name   = "of whom"
}
resource "aws_kms_grant" "maybe" {
  count  = var.n
  key_id = aws_kms_key.bare.id
  name   = "maybe"
}
resource "aws_kms_alias" "a" {
  name          = "alias/orders"
  target_key_id = aws_kms_key.k.id
}
"""


def collected(folder: Path, code: str) -> Collection:
    (collection,) = TerraformSource([str(write(folder, {"main.tf": code}))], boundary=[str(folder)]).collect()
    return collection


def view(folder: Path, address: str, code: str = CODE, spelling: Spelling = AT) -> View:
    stack = ItemIndex(collected(folder, code))
    item = stack.at(address)
    assert item is not None
    return View(item, stack, DeclaredJoins((join, None) for join in joins_of(spelling)), spelling.names)


def test_a_place_is_a_path_a_companion_something_fixed_or_the_first_of_several(tmp_path: Path) -> None:
    key, bare = view(tmp_path, "aws_kms_key.k"), view(tmp_path, "aws_kms_key.bare")
    assert key[AT.text].data == "orders" and bare[AT.text].data == "t"
    assert key[""].data is None and key[""].seen == (key.location,)
    assert key[AT.usage].data == "ENCRYPT_DECRYPT"
    assert key[AT.policy].data == "{}" and key[AT.policy].seen[0].line == 12
    assert bare[AT.policy].data is None
    assert [value.data for value in key.values(AT.policy)] == [None, "{}"]
    assert key.called(("tags.nothing", "description")).data == "orders"


def test_companions_are_found_by_reference_or_name_and_may_be_more_than_those(tmp_path: Path) -> None:
    key = view(tmp_path, "aws_kms_key.k")
    grants = key.referrers(GRANTS)
    assert [item.address for item in grants.items] == ["aws_kms_grant.by_id"]
    assert grants.more is not None and "aws_kms_grant.unknown may belong to it" in grants.more.reason
    assert grants.exist.data is True
    assert key.referrers(POLICY).more is None  # the provider allows one, and there it is
    assert key.referrers(ALIASES)["name"].data == "alias/orders"


def test_what_may_not_exist_is_in_doubt(tmp_path: Path) -> None:
    (grant, *_) = view(tmp_path, "aws_kms_key.bare").referrers(GRANTS).views
    assert isinstance(grant["name"].data, Unknown) and "whether aws_kms_grant.maybe" in grant["name"].data.reason
    assert grant.surely["name"].data == "maybe"
    assert grant.weighed(grant.surely.says(False), absence=False).data is False
    assert grant.weighed(grant.surely.says(True), absence=False).unknown is grant.doubt


def test_a_link_leads_to_resources_of_its_types_alone(tmp_path: Path) -> None:
    key = view(tmp_path, "aws_kms_key.k")
    bucket = key.target(BUCKET)
    assert bucket is not None and bucket["bucket"].data == "b"
    other = Link("tags.bucket", ("aws_sqs_queue",))
    assert view(tmp_path, "aws_kms_key.k", spelling=Spelling(joins=(other,))).target(other) is None


def test_the_identity_has_the_blocks_of_companions_and_not_of_what_only_names_it(tmp_path: Path) -> None:
    key = view(tmp_path, "aws_kms_key.k")
    blocks = [block.address for block in key.identity(key.called("description")).blocks]
    assert blocks == ["aws_kms_key.k", "aws_kms_key_policy.p", "aws_kms_grant.by_id"]


@pytest.mark.parametrize(
    "join", [POLICY, Many("aws_kms_key_policy", "key_id", "policy"), Referrer("aws_lb", "a"), BUCKET, Beside("x"), Namesakes("name")]
)
def test_a_join_that_is_not_declared_is_refused(join: object, tmp_path: Path) -> None:
    key = view(tmp_path, "aws_kms_key.k", spelling=Spelling())
    ways = {
        One: key.referrers,
        Many: key.referrers,
        Referrer: key.referrers,
        Link: key.target,
        Beside: key.beside,
        Namesakes: key.namesakes,
    }
    with pytest.raises(Undeclared, match="is not in the spelling of its reader"):
        ways[type(join)](join)  # type: ignore[index, operator]
    with pytest.raises(Undeclared):
        key.index(Index(("aws_kms_alias",), lambda item: []))


def test_an_index_is_made_once(tmp_path: Path) -> None:
    made: list[str] = []

    def records(item: object) -> list[tuple[str, str]]:
        made.append(str(item))
        return [("all", item.address)]  # type: ignore[attr-defined]

    index = Index(("aws_kms_grant",), records)
    key = view(tmp_path, "aws_kms_key.k", spelling=Spelling(joins=(index,)))
    assert key.index(index)["all"] == ["aws_kms_grant.by_id", "aws_kms_grant.unknown", 'aws_kms_grant.maybe["*"]']
    assert key.index(index) is key.index(index)
    assert len(made) == 3


PROVIDERS = """
provider "aws" { region = "us-east-1" }
provider "aws" {
  alias  = "west"
  region = "us-west-2"
}
provider "aws" {
  alias   = "other"
  profile = "other"
}
provider "aws" {
  alias               = "known"
  allowed_account_ids = ["222222222222"]
}
resource "aws_secretsmanager_secret" "s" { name = "s" }
resource "aws_secretsmanager_secret" "west" {
  provider = aws.west
  name     = "s"
}
resource "aws_secretsmanager_secret" "other" {
  provider = aws.other
  name     = "s"
}
resource "aws_s3_account_public_access_block" "mine" {}
resource "aws_s3_account_public_access_block" "known" { provider = aws.known }
resource "aws_s3_account_public_access_block" "of_another" { account_id = "333333333333" }
"""


def test_joins_keep_to_the_account(tmp_path: Path) -> None:
    block = Beside("aws_s3_account_public_access_block", account="account_id")
    same_name = Namesakes("name")
    secret = view(tmp_path, "aws_secretsmanager_secret.s", PROVIDERS, Spelling(joins=(block, same_name)))
    doubts = {other.item.address.rpartition(".")[2]: other.doubt for other in secret.namesakes(same_name)}
    assert doubts["west"] is None  # the same login in another region
    assert doubts["other"] is not None and "whether aws_secretsmanager_secret.other is of the same account" in doubts["other"].reason
    beside = {other.item.address.rpartition(".")[2]: other.doubt for other in secret.beside(block)}
    assert beside["mine"] is None
    assert beside["known"] is not None


def test_an_account_that_is_known_to_be_another_does_not_count(tmp_path: Path) -> None:
    code = PROVIDERS.replace('provider "aws" { region', 'provider "aws" {\n  allowed_account_ids = ["111111111111"]\n  region', 1).replace(
        'region = "us-east-1" }', 'region = "us-east-1"\n}', 1
    )
    block = Beside("aws_s3_account_public_access_block", account="account_id")
    secret = view(tmp_path, "aws_secretsmanager_secret.s", code, Spelling(joins=(block,)))
    assert [other.item.address for other in secret.beside(block)] == ["aws_s3_account_public_access_block.mine"]


class LiveAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Fields that tell one fact, several, or all."""

    enabled: Place = "describe_key.Enabled"
    rotation: Annotated[Place, "rotation_days", "imported"] = "get_key_rotation_status.Days|describe_key.Origin"
    manager: Place = "list_resource_tags.Tags"
    policy: Annotated[One, "grants"] = One("kms.policy", "KeyId", calls=("get_key_policy",))


def test_the_calls_that_a_fact_needs_follow_from_the_spelling() -> None:
    calls = {name: Call("kms", name) for name in ("DescribeKey", "GetKeyRotationStatus", "ListResourceTags", "GetKeyPolicy")}
    details = tuple(calls[name] for name in ("DescribeKey", "GetKeyRotationStatus", "ListResourceTags"))
    listings = {
        "kms.key": Listing("kms.key", Call("kms", "ListKeys"), "Keys", "KeyArn", details=details),
        "kms.policy": Listing("kms.policy", Call("kms", "ListKeyPolicies"), "Names", "x", details=(calls["GetKeyPolicy"],)),
    }
    needs = Reader(Key, ("kms.key",), lambda view, at: None, LiveAt()).needs(listings)
    assert needs["enabled"] == {calls["DescribeKey"]}
    assert needs["rotation_days"] == needs["imported"] == {calls["GetKeyRotationStatus"], calls["DescribeKey"]}
    assert needs["grants"] == {"kms.policy", ("kms.policy", calls["GetKeyPolicy"])}
    assert needs["*"] >= {calls["ListResourceTags"]}


def test_every_companion_can_be_read_alone_once_for_each_owner(tmp_path: Path) -> None:
    code = """
resource "aws_iam_role_policy" "r" {
  role   = "deploy"
  policy = "{}"
}
resource "aws_iam_role_policy" "again" {
  role   = "deploy"
  policy = "{}"
}
resource "aws_iam_user_policy" "u" {
  user   = "deploy"
  policy = "{}"
}
"""
    known = catalogue(*inputs.readers("terraform"))
    failed: list[Exception] = []
    read = read_all(known, ItemIndex(collected(tmp_path, code)), [], {"PermissionSet"}, lambda item, error: failed.append(error))
    assert sorted(resource.identity.address for resource in read) == ["aws_iam_role_policy.r", "aws_iam_user_policy.u"]
    assert failed == []


@pytest.mark.parametrize("name", [entry.name for entry in inputs.table()])
def test_what_readers_join_is_read(name: str) -> None:
    known = catalogue(*inputs.readers(name))
    for reader in known.all_readers():
        assert reader.joined <= known.joined
        if name == "aws":
            assert reader.joined <= set(known.listings)
            reader.needs(known.listings)
    contributions = [join for join in known.contributions if isinstance(join, Contribution)]
    assert len({join.name for join in contributions}) == len(contributions)


class OfAlias(Spelling, frozen=True, eq=False, kw_only=True):
    """A resource whose meaning reads keys too."""

    used: Many = Many("aws_kms_grant", "alias")
    key: Another = Another(AT)


def test_what_belongs_to_another_resource_is_joined_and_is_no_companion() -> None:
    reader = Reader(Key, ("aws_kms_alias",), lambda key, at: None, OfAlias())
    assert reader.companions == [Many("aws_kms_grant", "alias")]
    assert reader.joined == {"aws_kms_grant", "aws_kms_key_policy", "aws_kms_alias", "aws_s3_bucket"}
    assert {POLICY, GRANTS} <= set(reader.joins)


PARTS = """
variable "n" {}
resource "aws_dynamodb_table" "t" {
  name = "orders"
  replica { region_name = "us-west-2" }
}
resource "aws_dynamodb_global_table" "g" {
  name = "orders"
  replica { region_name = "us-east-1" }
  replica { region_name = "us-west-1" }
}
resource "aws_dynamodb_table_replica" "r" { global_table_arn = aws_dynamodb_table.t.arn }
resource "aws_dynamodb_table_replica" "maybe" {
  count            = var.n
  global_table_arn = aws_dynamodb_table.t.arn
}
"""
GLOBAL = Referrer("aws_dynamodb_global_table", "name", "replica")
REPLICAS = Many("aws_dynamodb_table_replica", "global_table_arn")


def test_blocks_stand_in_the_resource_in_companions_or_are_companions(tmp_path: Path) -> None:
    table = view(tmp_path, "aws_dynamodb_table.t", PARTS, Spelling(names=("name",), joins=(GLOBAL, REPLICAS)))
    blocks, more = table.inner("replica", GLOBAL)
    assert [block["region_name"].data for block in blocks] == ["us-west-2", "us-east-1", "us-west-1"] and more is None
    blocks, more = table.inner(REPLICAS)
    assert [block.item.address for block in blocks] == ["aws_dynamodb_table_replica.r"]
    assert more is not None and "whether aws_dynamodb_table_replica.maybe" in more.reason


def test_something_exists_where_it_is_written_or_there_is_a_companion(tmp_path: Path) -> None:
    key = view(tmp_path, "aws_kms_key.k")
    bare = view(tmp_path, "aws_kms_key.bare")
    assert key.exists("nothing", POLICY).data is True and key.exists("description").data is True
    assert bare.exists(("description", POLICY)).data is False and isinstance(bare.exists(GRANTS).data, Unknown)
    assert bare.exists().data is False


ATTACHED = """
Resources:
  Secret: {Type: AWS::SecretsManager::Secret, Properties: {Name: etrade}}
  Attachment: {Type: AWS::SecretsManager::SecretTargetAttachment, Properties: {SecretId: !Ref Secret}}
  Rotation: {Type: AWS::SecretsManager::RotationSchedule, Properties: {SecretId: !Ref Attachment}}
"""


def test_what_stands_for_a_resource_leads_to_it(tmp_path: Path) -> None:
    template = str(write(tmp_path, {"a.yaml": ATTACHED}) / "a.yaml")
    (collection,) = CloudFormationSource([template], {template}, Options(paths=[template])).collect()
    stack = ItemIndex(collection)
    (secret,) = stack.of("AWS::SecretsManager::Secret")
    by_way = One(
        "AWS::SecretsManager::RotationSchedule", "SecretId", through=(("AWS::SecretsManager::SecretTargetAttachment", "SecretId"),)
    )
    straight = One("AWS::SecretsManager::RotationSchedule", "SecretId")
    joins = DeclaredJoins({by_way: None, straight: None})
    assert View(secret, stack, joins).referrers(by_way).exist.data is True
    assert View(secret, stack, joins).referrers(straight).exist.data is True  # the id of an attachment is that of its secret
    assert by_way.joined == ("AWS::SecretsManager::RotationSchedule", "AWS::SecretsManager::SecretTargetAttachment")
    assert [item.address for item, _, _ in stack.orphans(by_way, (secret.type,), ())] == []


NAMESAKES = """
provider "aws" { allowed_account_ids = ["111122223333"] }
provider "aws" {
  alias               = "other"
  allowed_account_ids = ["444455556666"]
}
resource "aws_secretsmanager_secret" "a" { name = "etrade" }
resource "aws_secretsmanager_secret" "b" { name = "etrade" }
resource "aws_secretsmanager_secret" "c" { name = "fmp" }
resource "aws_secretsmanager_secret" "d" {
  provider = aws.other
  name     = "etrade"
}
"""


def test_namesakes_are_of_one_account_and_may_be_among_what_was_not_listed(tmp_path: Path) -> None:
    collection = collected(tmp_path, NAMESAKES)
    unlisted = Unlisted("aws_secretsmanager_secret", "root", "eu-west-1", Unknown("the call was denied", "grant it"))
    collection.items.append(unlisted.within("111122223333", "eu-west-1"))
    stack, join = ItemIndex(collection), Namesakes("name")
    item = stack.at("aws_secretsmanager_secret.a")
    assert item is not None
    others = View(item, stack, DeclaredJoins({join: None})).namesakes(join)
    assert [(other.item.address, other.doubt and other.doubt.reason) for other in others] == [
        ("aws_secretsmanager_secret.b", None),
        (unlisted.address, "the call was denied"),
    ]
