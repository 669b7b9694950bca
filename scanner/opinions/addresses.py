"""Addresses of Terraform and of templates as different scanners write them: which may be of the same resource."""

from __future__ import annotations

import functools

from assay.scanner import lazy_re

_KEY = r'\[((?:[0-9]+|"(?:[^"\\]|\\.)*"|[^\[\]]*))\]'
_INSTANCE = lazy_re.pattern(_KEY)
_MODULES = lazy_re.pattern(rf"(?:module\.[^.\[]+(?:{_KEY})?\.)+")
_MODULE = lazy_re.pattern(rf"module\.([^.\[]+)(?:{_KEY})?\.")
_LAST = lazy_re.pattern(rf"{_KEY}$")
_UNKNOWN = ("", "*", "?")
"""Keys that may be any: an address of a block, and of a block whose number of instances is not known."""

Step = tuple[str, str]
"""A module call and its instance key."""


@functools.lru_cache(200_000)
def bare(address: str) -> str:
    """An address without modules, `data.`, instance keys and nested stacks: `aws_s3_bucket.b` of `module.m["x"].aws_s3_bucket.b[0]`,
    `AWS::S3::Bucket.Orders` of `AWS::S3::Bucket.Storage/Orders`."""
    modules = _MODULES.match(address)
    plain = _INSTANCE.sub("", address[modules.end() :] if modules else address).removeprefix("data.")
    head, dot, last = plain.rpartition(".")
    return f"{head}{dot}{last.rpartition('/')[2]}"


def may_be(one: str, other: str) -> bool:
    """Whether two addresses of the same bare address can be of one resource.

    They cannot where both name modules and these differ, or both have an instance key and these differ: the instance is then another. One
    that names no module may be of any, as one of a module that was scanned by itself is.
    """
    ours, theirs = _parts(one), _parts(other)
    if ours[0] and theirs[0]:
        if [name for name, _ in ours[0]] != [name for name, _ in theirs[0]]:
            return False
        if not all(_alike(key, of_other) for (_, key), (_, of_other) in zip(ours[0], theirs[0], strict=True)):
            return False
    return _alike(ours[1], theirs[1])


def _alike(one: str, other: str) -> bool:
    return one == other or one in _UNKNOWN or other in _UNKNOWN


@functools.lru_cache(200_000)
def _parts(address: str) -> tuple[tuple[Step, ...], str]:
    """The modules of an address, outermost first, and its own instance key."""
    modules = _MODULES.match(address)
    steps = tuple((step[1], _plain(step[2])) for step in _MODULE.finditer(modules[0])) if modules else ()
    last = _LAST.search(address)
    return steps, _plain(last[1]) if last else ""


def _plain(key: str | None) -> str:
    return (key or "").strip("\"'")
