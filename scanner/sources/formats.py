"""The kinds of files that are recognised by their content, whatever they are called.

The module of a format has `sources(paths, named, options)`, which gives the Sources that read files of it. A file that has the marks of a
format and is something else is passed over in silence, unless it is one of `named`, the paths that the user gave.
"""

from __future__ import annotations

import mmap

import msgspec

from assay.scanner.sources.overlay import DISK, Overlay

_PEEK = 512


class Format(msgspec.Struct, frozen=True):
    name: str
    module: str
    marks: tuple[tuple[bytes, ...], ...]
    """Of each group, one text has to be in the file."""
    starts: tuple[bytes, ...] = ()
    """The first characters other than white space; empty where anything may come first."""
    suffixes: tuple[str, ...] = ()
    """Ends of the file's name; empty where any will do."""


FORMATS = (
    Format("snapshot", "assay.scanner.sources.snapshot", ((b'"assay-snapshot/',),), (b"{",)),
    Format("compressed snapshot", "assay.scanner.sources.snapshot", (), (b"\x1f\x8b",)),
    Format(
        "plan", "assay.scanner.sources.terraform.plan", ((b'"format_version"',), (b'"terraform_version"',), (b'"planned_values"',)), (b"{",)
    ),
    Format(
        "cloudformation",
        "assay.scanner.sources.cloudformation.source",
        ((b"AWS::", b"AWSTemplateFormatVersion", b"aws:cloudformation:stack"), (b"Resources", b"artifacts")),
        suffixes=(".yaml", ".yml", ".json", ".template", ".cfn", ".cform"),
    ),
    Format(
        "config_connector",
        "assay.scanner.sources.config_connector.source",
        ((b"cnrm.cloud.google.com",), (b"kind",)),
        suffixes=(".yaml", ".yml", ".json"),
    ),
    Format(
        "deployment_manager",
        "assay.scanner.sources.deployment_manager.source",
        (
            (b"resources",),
            (b"type", b"action"),
            (b"gcp-types/", b".v1.", b".v1beta", b".v2.", b".v2beta", b".beta.", b".alpha.", b".jinja", b".j2", b".py"),
        ),
        suffixes=(".yaml", ".yml", ".json", ".jinja", ".jinja2", ".j2"),
    ),
    Format(
        "assets",
        "assay.scanner.sources.gcp.assets",
        (
            (b'"asset_type"', b'"assetType"'),
            (
                b'"resource"',
                b'"iam_policy"',
                b'"iamPolicy"',
                b'"org_policy"',
                b'"orgPolicy"',
                b'"policy"',
                b'"access',
                b'"service',
                b'"versioned',
            ),
        ),
        (b"{", b"["),
    ),
)


def recognise(path: str, overlay: Overlay = DISK) -> Format | None:
    """The format of a file, by its name's end and marks in its content; it is not parsed."""
    candidates = [each for each in FORMATS if not each.suffixes or path.endswith(each.suffixes)]
    if not candidates:
        return None
    try:
        with overlay.content(path) as content:
            head = content[:_PEEK].removeprefix(b"\xef\xbb\xbf").lstrip()
            candidates = [each for each in candidates if not each.starts or head.startswith(each.starts)]
            return next((each for each in candidates if content and all(_has(content, group) for group in each.marks)), None)
    except (OSError, ValueError):
        return None


def _has(content: bytes | mmap.mmap, texts: tuple[bytes, ...]) -> bool:
    return any(content.find(text) >= 0 for text in texts)
