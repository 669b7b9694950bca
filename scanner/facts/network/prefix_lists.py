"""Prefix lists as sources of traffic. One of a customer's may hold the whole internet; those of AWS's are its services'."""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.network.kinds import Opening
from assay.scanner.facts.network.ranges import Span, listed, opening
from assay.scanner.facts.spelling import Link, Referrer
from assay.scanner.facts.view import View
from assay.scanner.override import override
from assay.scanner.sources.raw import Reference, Text, Unknown, describe
from assay.scanner.sources.values import Value


class PrefixLists(Link, frozen=True):
    """Attributes of a rule that name prefix lists. What is known of these differs by input: subclasses tell it."""

    cidr: str = ""
    """The range of an entry."""
    entries: str = ""
    """Entries that are blocks of the list."""
    separate: Referrer | None = None
    """Entries that are resources of their own."""

    def openings(self, rule: View, span: Span) -> list[Opening]:
        """What a rule lets in by its prefix lists."""
        names = [name for path in self.path.split("|") for name in listed(rule.node, path, linked=True)]
        return [told for name in names for told in self.of(rule, name, span)]

    def of(self, rule: View, name: Value[Any], span: Span) -> list[Opening]:
        """What it lets in by one of them."""
        raise NotImplementedError

    def of_entries(self, prefix_list: View, source: Value[str], span: Span) -> list[Opening]:
        """What it lets in by the entries of a list that is here. `source`: what the list is called."""
        entries, more = prefix_list.inner(self.entries)
        doubts = [more]
        if self.separate is not None:
            companions = prefix_list.referrers(self.separate)
            entries += companions.views
            doubts.append(companions.more)
        return [opening(entry[self.cidr], span) for entry in entries] + [opening(source, span, doubt) for doubt in doubts if doubt]


# https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
_OF_AWS = "com.amazonaws."


class DeclaredLists(PrefixLists, frozen=True):
    """In code: a reference to a list that is declared or looked up there."""

    looked_up: tuple[tuple[str, str], ...] = ()
    """Types that look a list up, with where they have its name."""
    of_services: tuple[str, ...] = ()
    """Types that have a list of AWS's as an attribute."""

    @override
    def of(self, rule: View, name: Value[Any], span: Span) -> list[Opening]:
        """A list of AWS that is looked up is not the world; one that this code does not have is Unknown."""
        target = name.data
        source: Value[str] = Value(f"prefix list {describe(target)}", name.seen)
        prefix_list = rule.named(target, self) if isinstance(target, Reference) else None
        if prefix_list is not None and prefix_list.item.type not in dict(self.looked_up):
            return self.of_entries(prefix_list.surely, prefix_list.says(f"prefix list {prefix_list.item.address}"), span)
        if isinstance(target, Reference) and (target.type in self.of_services or self._is_of_aws(prefix_list)):
            return [opening(source, span, world=False)]
        why = f"what the prefix list {describe(target)} holds is not in this code"
        return [opening(source, span, name.unknown or Unknown(why, "look it up by its name, or scan the live account"))]

    def _is_of_aws(self, source: View | None) -> bool:
        """Whether a list that is looked up is one that AWS keeps for its services."""
        if source is None:
            return False
        filters = [block for block in source.inner("filter")[0] if block["name"].data == "prefix-list-name"]
        values = [source[dict(self.looked_up)[source.item.type]], *(block["values"] for block in filters)]
        names = [name.data for value in values for name in value.elements()]
        texts = [name.prefix if isinstance(name, Text) else name for name in names]
        return bool(texts) and all(isinstance(text, str) and text.startswith(_OF_AWS) for text in texts)
