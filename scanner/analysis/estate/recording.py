"""Enters the resources of a collection in its summary, while they are read and forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from assay.scanner import lazy_re
from assay.scanner.analysis.estate import tiers
from assay.scanner.analysis.estate.placing import Places, example
from assay.scanner.analysis.estate.summary import Component, Scope, Sighting, Store, Summary, put
from assay.scanner.estate_options import EstateOptions
from assay.scanner.facts.bindings import PUBLIC_MEMBERS
from assay.scanner.facts.model import Identity, Part, Resource
from assay.scanner.facts.policies import Grant
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value

UNKNOWN = "?"
"""What the text of a fact begins with that is not known; what differs in why is not known to be alike."""
ELSEWHERE = "*"
"""The region of what may have copies in regions that are not known."""
ANY_ROLE = "?"
"""The role of what may have any."""
ANYBODY = "*"
"""The account of everyone, whom nothing bounds."""
_EVERYONE = ("*", *PUBLIC_MEMBERS)
_TRUSTING = {"TrustPolicy": "trusts", "Bucket": "grants", "Secret": "grants", "Key": "grants", "MessageChannel": "grants"}
"""Kinds to their lists of who is let in."""
_KEEPING = {"BucketLifecycle": "deleted_after", "LogStore": "retention_days"}
KEEPING = (*_KEEPING, "ExpiringStore")
"""Kinds of what keeps records."""
_MORE = {**_TRUSTING, **_KEEPING, "ExpiringStore": "expires"}
NEEDED = {
    kind: tiers.NEEDED.get(kind, frozenset()) | frozenset({_MORE[kind]} if kind in _MORE else ()) for kind in {**tiers.NEEDED, **_MORE}
}
"""The kinds that have to be read for a summary, whatever else is judged, with the facts that it needs."""
_WITHOUT_REGION = lazy_re.pattern(
    r"(?:aws_|AWS::|data\.aws_)?(?:iam|cloudfront|route53|organizations|account|globalaccelerator|shield|s3_account|ecr_replication|sso)"
    r"(?:[_.:].*)?", re.IGNORECASE
)  # fmt: skip
"""Types of AWS that are in no region, whichever one the provider of their code is configured for:
https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html"""
_ACCOUNT = lazy_re.pattern(r"(?<!\d)\d{12}(?!\d)")
_MEMBER = lazy_re.pattern(r"@([a-z][a-z0-9-]{4,28}[a-z0-9])\.iam\.gserviceaccount\.com")
_PROJECT = lazy_re.pattern(r"project(?:Owner|Editor|Viewer):([a-z0-9-]+)")
_OPEN = lazy_re.pattern(r"^(?:arn:[^:]*:[a-z]+::\$\{unknown|unknown: )")
"""A principal of which the account is not known."""
_REGISTRY = lazy_re.pattern(r"^(?:\d{12}\.dkr[.-]ecr\.[^/]+|[a-z0-9-]+-docker\.pkg\.dev)/", re.ASCII)
"""The host of a registry of a region: https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html,
https://cloud.google.com/artifact-registry/docs/repositories/repo-locations"""
_TOLD = (bool, int, float)


class Recorder:
    """Of one collection, or of one combination of its conditions."""

    def __init__(self, estate: EstateOptions, source: str, places: Places) -> None:
        self.summary = Summary()
        self._estate, self._source, self._places = estate, source, places
        self._roles = {role for entry in estate.records.values() for role in entry.roles}

    def take(self, resource: Resource, kind: str) -> None:
        """Enter a resource that has been given its roles."""
        who = resource.identity
        if not is_deployed(who.cloud, who.type):
            return
        scope, seen = self._places.scope(self._source, who), sighting(who)
        if who.unlisted is not None:
            self.unasked(who.cloud, [f"{who.region or ''} {_plain(who.type)}"], who.unlisted)
        else:
            put(self.summary.accounts, (scope, who.account or ""), seen)
        regions = list(_regions(resource, kind))
        for tier, holds in tiers.tiers_of(resource, kind):
            doubt = holds.data.reason if isinstance(holds.data, Unknown) else seen.doubt
            for region in regions:
                put(self.summary.tiers, (scope, tier, region), msgspec.structs.replace(seen, doubt=doubt))
        self._component(resource, kind, scope, seen, regions)
        for account in _let_in(resource, kind):
            put(self.summary.trusts, (scope, who.account or "", account), seen)
        self._store(resource, kind, scope, seen)

    def unasked(self, cloud: str, kinds: Iterable[str], why: Unknown) -> None:
        """Nobody asked a live account for resources of some kinds."""
        for kind in kinds:
            put(self.summary.unasked, (self._source, cloud, kind), Sighting(kind, doubt=why.reason))

    def _component(self, resource: Resource, kind: str, scope: Scope, seen: Sighting, regions: list[str]) -> None:
        who = resource.identity
        if who.unlisted is not None or who.elsewhere is not None:
            return
        roles = who.roles if isinstance(who.roles, list) else []
        if isinstance(who.roles, Unknown):  # it is compared by its type; what has a role elsewhere, and is missing here, may be it
            self.unasked(who.cloud, [f"{region} {_plain(who.type)}" for region in regions], who.roles)
        facts = {f"{kind}.{name}": values for name, values in _facts(resource, kind)} if roles else {}
        for region in regions:
            if region:
                put(self.summary.components, (scope, " ".join([*roles, _plain(who.type)]), region), Component(seen, facts))

    def _store(self, resource: Resource, kind: str, scope: Scope, seen: Sighting) -> None:
        who = resource.identity
        why = who.unlisted or (who.roles if isinstance(who.roles, Unknown) else None)
        if why is not None:
            roles = {ANY_ROLE}
            seen = seen.doubted(f"what {who.address} is: {why.reason}")
        else:
            roles = self._roles.intersection(who.roles)  # type: ignore[arg-type]
        for role in sorted(roles):
            for deleted in _deleted_after(resource, kind):
                put(self.summary.stores, (scope, role, who.address), Store(seen, frozenset({deleted})))


def sighting(who: Identity) -> Sighting:
    """A resource with why it may not be there."""
    doubts = (who.unlisted, who.elsewhere, who.perhaps, who.template)
    return example(who, next((why.reason for why in doubts if why is not None), ""))


def _plain(type_: str) -> str:
    """A type, of what is a copy in another region that of the original: `aws_kms_replica_key` is a key."""
    return type_.replace("_replica_", "_").replace("::Replica", "::")


def is_deployed(cloud: str, type_: str) -> bool:
    """Whether it is of a deployment, as opposed to a file that builds or releases one."""
    return bool(cloud) and not type_.startswith("repository.")


def region_of(cloud: str, type_: str, region: str | None) -> str:
    """The region that something is in: empty for what is in none, ELSEWHERE where it is not known.

    Of Google's resources many are in none, and one that is not known cannot be told from these.
    """
    if cloud == "aws" and _WITHOUT_REGION.fullmatch(type_):
        return ""
    if region in (None, ""):
        return ELSEWHERE if cloud == "aws" else ""
    return "" if region == "global" else str(region)


def _regions(resource: Resource, kind: str) -> Iterator[str]:
    who = resource.identity
    region = region_of(who.cloud, who.type, who.region)
    yield region
    if region in ("", ELSEWHERE):
        return
    copies = resource.also_in if kind != "Secret" else _copies(resource)
    yield from (ELSEWHERE,) if copies is None else (region for region in dict.fromkeys(copies) if region != who.region)


def _copies(secret: Any) -> list[str] | None:
    """The regions of a secret, whose replicas are no resources of their own in code; None where one of them is not known."""
    copies = secret.copies.data
    regions = [copy.region.data if isinstance(copy, Part) else copy for copy in copies] if isinstance(copies, list) else [copies]  # type: ignore[attr-defined]
    return regions if all(isinstance(region, str) for region in regions) else None


def _facts(resource: Resource, kind: str) -> Iterator[tuple[str, frozenset[str]]]:
    """What is told of a resource that can be the same in two regions: numbers, what is so or not, and the images that it runs."""
    if kind == "ImageSource":
        yield "images", frozenset(_images(resource.images.data))  # type: ignore[attr-defined]
    for name in resource.__struct_fields__:
        value = getattr(resource, name)
        if isinstance(value, Value) and isinstance(value.data, (*_TOLD, Unknown)):
            yield name, frozenset({"" if isinstance(value.data, Unknown) else str(value.data)})


def _images(told: Any) -> Iterator[str]:
    """Images without the registry, of which each region may have its own. One that is not known is named after why, behind UNKNOWN."""
    for image in told if isinstance(told, list) else [told]:
        reference: Any = image.reference.data if isinstance(image, Part) else image  # type: ignore[attr-defined]
        text = reference.reason if isinstance(reference, Unknown) else _REGISTRY.sub("", str(reference))
        yield f"{UNKNOWN}{text}" if isinstance(reference, Unknown) or "${" in text else text


def _let_in(resource: Resource, kind: str) -> Iterator[str]:
    """The accounts and projects of those whom something lets in; the empty text for one that is not known, ANYBODY for all."""
    if kind not in _TRUSTING:
        return
    entries = getattr(resource, _TRUSTING[kind]).data
    for entry in entries if isinstance(entries, list) else [entries]:
        if isinstance(entry, Unknown):
            yield ""
        elif entry is not None:
            yield from _accounts_of(entry)


def _accounts_of(entry: Any) -> Iterable[str]:
    """The accounts of one entry of such a list: a grant, or somebody whom a trust policy names. ANYBODY for everyone."""
    principal = entry.principal.data
    if isinstance(principal, str) and (principal in _EVERYONE or principal.startswith("anyone but ")):
        open_ = entry.exposed if isinstance(entry, Grant) else entry.scoped.negate()
        return ("",) if isinstance(open_.data, Unknown) else (ANYBODY,) if open_.data else ()
    named = _accounts(principal) if isinstance(principal, str) else ()
    whose = entry.foreign if isinstance(entry, Grant) else entry.scoped
    is_open = isinstance(whose.data, Unknown) or (isinstance(principal, str) and _OPEN.search(principal) is not None)
    return named or (("",) if is_open else ())


def _accounts(principal: str) -> Iterable[str]:
    return dict.fromkeys([*_ACCOUNT.findall(principal), *_MEMBER.findall(principal), *_PROJECT.findall(principal)])


def _deleted_after(resource: Resource, kind: str) -> Iterator[float | str | None]:
    if kind in _KEEPING:
        told: Any = getattr(resource, _KEEPING[kind]).data
        yield told.reason if isinstance(told, Unknown) else told
    elif kind == "ExpiringStore":
        expires = resource.expires.data  # type: ignore[attr-defined]
        if expires is not False:
            yield expires.reason if isinstance(expires, Unknown) else "when an entry expires, whoever writes it says"
        else:
            yield None
