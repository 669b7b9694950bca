"""Who may use the key of a secret through Secrets Manager: by the policy of the key, or of the identity where the key leaves it to these.

https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html, https://docs.aws.amazon.com/kms/latest/developerguide/iam-policies.html
"""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from assay.scanner.facts.iam.becoming import DECRYPTING
from assay.scanner.facts.keys.names import aws_key
from assay.scanner.facts.spelling import Index, Link, Place, Referrer
from assay.scanner.facts.statements import Statement, statements
from assay.scanner.facts.view import View
from assay.scanner.sources.interface import Item
from assay.scanner.sources.raw import Reference, Unknown, describe
from assay.scanner.sources.values import Value, all_of, any_of

from .decisions import Target, allowed, kept
from .delegation import given_by
from .holdings import Holding
from .key_grants import GrantsAt, grants
from .meeting import Told, narrowed
from .requests import Request
from .ways import Ways
from .whose import as_for


class KeyAt(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """Where an input tells the policy of a key."""

    listed: Link
    """Its types, with the calls that tell of one."""
    policies: Place
    names: tuple[str, ...] = ()
    alias: tuple[str, str] | None = None
    """The type of aliases, and where one names its key."""
    aliases: Referrer | None = None
    by_name: Index | None = None
    """Of a live account, keys by id or alias with the region."""
    grants: GrantsAt | None = None
    kept_by_aws: str = ""
    """Of a live account, where a key says that it is AWS's own."""


class Use(NamedTuple):
    """A use of a key that is asked about."""

    view: View
    """Of the secret."""
    named: list[Value[Any]]
    """What the secret and its replicas name as their keys."""
    keys: tuple[KeyAt, ...]
    regions: list[Any]
    """Those that the secret is in; None for one that is not known."""
    ways: Ways


def decrypts(asked: Use, holding: Holding) -> Value[bool]:
    """Whether an identity may use one of the keys."""
    return any_of([_decrypts(asked, named, holding) for named in asked.named])


def _decrypts(asked: Use, named: Value[Any], holding: Holding) -> Value[bool]:
    if named.absent or named.data == "" or (isinstance(named.data, str) and aws_key(named.data) is False):
        return Value(True, named.seen)  # whoever may use Secrets Manager may use AWS's own key for it
    if named.unknown:
        return Value(named.unknown)
    key, spelling = _key(asked, named.data)
    if key is None or spelling is None:
        return Value(Unknown(f"whom the key {describe(named.data)} lets decrypt: it is declared elsewhere", "scan it together with this"))
    if spelling.kept_by_aws and key[spelling.kept_by_aws].data == "AWS":
        return Value(True, named.seen)
    documents = key.values(spelling.policies)
    written = [entry for document in documents for entry in statements(document)]
    told = _of_key(asked, key, spelling)
    by_key = [given_by(key, entry, holding.who, DECRYPTING, told) for entry in written]
    by_grant = [given_by(key, entry, holding.who, DECRYPTING, told)[0] for entry in grants(key, spelling.grants)]
    delegated = any_of([*(answer[1] for answer in by_key), Value(not written)])
    directly = any_of([*(answer[0] for answer in by_key), *by_grant, Value(False)])
    lets = directly if directly.data is True else any_of([directly, all_of([delegated, _may_decrypt(asked, key, holding, told)])])
    return lets if lets.data is False else all_of([lets, _undenied(asked, key, written, holding, told)])


def _undenied(asked: Use, key: View, written: list[Statement | Unknown], holding: Holding, told: Told) -> Value[bool]:
    """Whether no denial of a key policy, or of the organisation, takes decrypting from an identity."""
    denials = [entry for entry in written if isinstance(entry, Statement) and entry.allows is not True]
    mine = [one for denial in denials if (one := as_for(denial, holding.who)) is not None]
    # The key is what its policy is for.
    left = [
        msgspec.structs.replace(one, resources=["*"], not_resource=False) for denial in mine if (one := narrowed(denial, told)) is not None
    ]
    limits = holding.organisation.limits(Request(holding.who, told, told.regions), holding.item, key.item)
    above = kept(DECRYPTING, asked.ways.arns_of(key, Value(None)), holding.statement, limits.denials, limits.bounds)
    return all_of([kept(DECRYPTING, ["*"], holding.statement, left), above])


def _key(asked: Use, named: Any) -> tuple[View | None, KeyAt | None]:
    """The key that is named, by a reference, an alias, an id or an ARN."""
    view = asked.view
    for spelling in asked.keys:
        item = view.items.at(named.address if isinstance(named, Reference) else str(named))
        if item is None and spelling.by_name is not None:
            item = _listed_key(view, spelling.by_name, str(named))
        if item is not None and spelling.alias is not None and item.type == spelling.alias[0]:
            target = item.link(spelling.alias[1]).data
            item = view.items.at(target.address) if isinstance(target, Reference) else None
        if item is not None and item.type in spelling.listed.types:
            return View(item, view.items, view.declared, spelling.names), spelling
    return None, None


def _listed_key(view: View, index: Index, named: str) -> Item | None:
    fields = named.split(":")
    region = fields[3] if len(fields) > 5 else view.item.region.data
    known, name = view.index(index), fields[-1].removeprefix("key/")
    for record in known.get((name, region), ()):
        keys = [record] if isinstance(record, Item) else known.get((record, region), ())
        if key := next((declared for declared in keys if isinstance(declared, Item)), None):
            return key
    return None


def _of_key(asked: Use, key: View, spelling: KeyAt) -> Told:
    """What conditions find of a use of the key through Secrets Manager."""
    aliases: list[str] | Unknown = []
    if spelling.aliases is not None:
        named = [view[spelling.aliases.path].data for view in key.referrers(spelling.aliases).views]
        unknown = next((name for name in named if not isinstance(name, str)), None)
        why = Unknown(f"which aliases {key.item.address} has", "scan the plan or the live account", key.location)
        aliases = why if unknown is not None else [str(name) for name in named]
    services = [f"secretsmanager.{region if isinstance(region, str) else '*'}.amazonaws.com" for region in asked.regions]
    values: dict[str, list[str] | Unknown] = {"kms:viaservice": services, "kms:resourcealiases": aliases}
    if asked.view.account:
        values["kms:calleraccount"] = [asked.view.account]
    regions = tuple(region if isinstance(region, str) else None for region in asked.regions)
    return Told(values, (), ("kms:encryptioncontext",), regions)


def _may_decrypt(asked: Use, key: View, holding: Holding, told: Told) -> Value[bool]:
    """Whether the policies of an identity let it decrypt with a key."""
    of_identity = asked.ways.holdings.of_item(holding.item, frozenset({DECRYPTING}))
    target = [Target(frozenset({DECRYPTING}), asked.ways.arns_of(key, Value(None)))]
    given = [value for one in of_identity for _, value in allowed(key, one, target, [], told)]
    return any_of([*given, Value(False)])
