"""What the metadata of a resource says of findings on it: CloudFormation keeps it, and so does whatever writes templates.

    Metadata:
      assay:
        waive:
          - {control: storage.versioning-enabled, until: "2027-01-31", reason: copied elsewhere, owner: platform, ticket: SEC-12}
      checkov:
        skip:
          - {id: CKV_AWS_21, comment: copied elsewhere}

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-metadata.html,
https://www.checkov.io/2.Concepts/Suppressing%20and%20Skipping%20Policies.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assay.scanner.sources.cloudformation.template import Template, TemplateResource
from assay.scanner.sources.marks import MAX_MARK, MAX_MARKS, Placed, of_fields, of_texts
from assay.scanner.sources.templates.syntax import Path


def in_metadata(resource: TemplateResource, template: Template) -> list[Placed]:
    """The marks in the metadata of a resource, as it is written: what a function would give is not known, and is none."""
    ours = ((_said(entry), template.place(place)) for entry, place in _entries(resource, "assay", "waive"))
    skipped = ((entry, place) for entry, place in _entries(resource, "checkov", "skip") if isinstance(entry, dict))
    theirs = [(_skip(entry)[:MAX_MARK], template.place(place)) for entry, place in skipped]
    return [*of_texts(ours), *theirs]


def _entries(resource: TemplateResource, tool: str, word: str) -> Iterator[tuple[Any, Path]]:
    """What a list at `Metadata.TOOL.WORD` holds, or the one thing that stands there, with places."""
    path: Path = (*resource.source, "Metadata")
    at: Any = resource.body.get("Metadata")
    for name in (tool, word):
        at = at.get(name) if isinstance(at, dict) else None
        path = (*path, name)
    if isinstance(at, list):
        yield from ((entry, (*path, number)) for number, entry in enumerate(at[:MAX_MARKS]))
    elif at is not None:
        yield at, path


def _said(entry: Any) -> str:
    return of_fields(entry) if isinstance(entry, dict) else entry if isinstance(entry, str) else ""


def _skip(entry: dict[str, Any]) -> str:
    id_, comment = entry.get("id"), entry.get("comment")
    return f"checkov:skip={id_}" + (f":{' '.join(comment.split())}" if isinstance(comment, str) else "")
