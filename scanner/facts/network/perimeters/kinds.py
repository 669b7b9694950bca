"""Perimeters around data services, and the projects that stand within them."""

from __future__ import annotations

from typing import ClassVar

from assay.scanner.facts.model import Fact, Part, Resource


class Service(Part):
    """A service of the provider."""

    known_by: ClassVar = ("name",)
    name: Fact[str]
    """`storage.googleapis.com`; `*` for all of them."""


class Perimeter(Part):
    """A perimeter of its regular kind; one that only bridges others guards nothing."""

    known_by: ClassVar = ("name",)
    name: Fact[str]
    enforced: Fact[bool]
    """It has a configuration in force; False of one that is only tried out (dry run)."""
    services: Fact[list[Service]]
    """Those of which data passes neither in nor out, by the configuration that is in force."""


class PerimeterOpening(Part):
    """A rule by which requests pass a perimeter."""

    known_by: ClassVar = ("name", "perimeter")
    name: Fact[str]
    """Its title, else its place among the rules: `ingress 1`."""
    perimeter: Fact[str]
    """The name of the perimeter."""
    anybody: Fact[bool]
    """It is for any identity."""
    everything: Fact[bool]
    """It leads to every resource: into the perimeter to each of its projects, out of it to any project there is."""


class DataPerimeter(Resource, kw_only=True):
    """A perimeter of VPC Service Controls, or a project that such a perimeter should hold."""

    held: Fact[bool]
    """A perimeter that is in force holds the project; of a perimeter itself, True."""
    declared: Fact[bool]
    """It is a project that stands in code, where a perimeter of other code may hold it."""
    held_elsewhere: Fact[bool]
    """Whether one does; never known of what is `declared`."""
    perimeters: Fact[list[Perimeter]]
    """The perimeter itself, or those that hold the project for certain; whether one does is said by `held`."""
    openings: Fact[list[PerimeterOpening]]
    """The rules of these that are in force."""


KINDS = (DataPerimeter,)
