"""What is known of a project: findings by root module or template, until something newer says otherwise."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

import msgspec

from assay.scanner.editor.messages import JudgedPart
from assay.scanner.results.model import Result, WaiverUse
from assay.scanner.results.telling import place
from assay.scanner.sources.coverage import Gap

Key: TypeAlias = tuple[str, str]
"""Input and root."""
Texts: TypeAlias = Mapping[str, str]
"""Absolute paths of files that were open to their text, when something was judged."""
_TERRAFORM = "terraform"


class ShownFinding(msgspec.Struct, frozen=True):
    """A finding, with the text that its places are of."""

    result: Result
    texts: Texts
    file: str
    """In which it is shown; empty for none."""


class SeenGap(msgspec.Struct, frozen=True):
    """Something that was not judged, in the same way."""

    gap: Gap
    texts: Texts
    file: str


class _Root(msgspec.Struct):
    findings: list[ShownFinding] = []
    gaps: list[SeenGap] = []
    whole: bool = False
    """All of it was judged once."""


class FindingStore:
    """The findings of one project. Paths are absolute; those of results are relative to its directory."""

    def __init__(self, directory: str) -> None:
        self.directory = directory
        self._roots: dict[Key, _Root] = {}
        self.waivers: list[WaiverUse] = []
        """Those that do not count."""
        self.waivers_of: Texts = {}
        """The text that their places are of."""
        self.why: dict[str, str] = {}
        """Control to why it asks what it asks."""
        self.fixable: set[str] = set()
        """Controls that say how their findings are fixed."""

    def path(self, shown: str) -> str:
        """The absolute path of a file that a result names."""
        return os.path.normpath(os.path.join(self.directory, shown))

    def _seen(self, result: Result, texts: Texts) -> ShownFinding:
        seen = place(result)
        return ShownFinding(result, texts, self.path(seen.file) if seen is not None and seen.file else "")

    def findings(self, file: str) -> Iterator[ShownFinding]:
        """What is shown in a file."""
        return (seen for root in self._roots.values() for seen in root.findings if seen.file == file)

    def gaps(self, file: str) -> Iterator[SeenGap]:
        """What of a file was not judged: itself, or a directory of code that could not be judged to its end."""
        of_directory = os.path.dirname(file)
        for root in self._roots.values():
            for seen in root.gaps:
                if seen.file == file or (seen.file == of_directory and seen.gap.code == "input_failed"):
                    yield seen

    def knows(self, file: str) -> bool:
        """Whether something is shown in a file."""
        return not self.files().isdisjoint((file, os.path.dirname(file)))

    def has(self, seen: ShownFinding) -> bool:
        """Whether a finding is one of this project."""
        return any(seen is one for root in self._roots.values() for one in root.findings)

    def files(self) -> set[str]:
        """All files in which something is shown."""
        return {file for root in self._roots.values() for file in self._files(root)} | {self.path(use.file) for use in self.waivers}

    def take_waivers(self, uses: list[WaiverUse], texts: Texts) -> set[str]:
        """Take the waivers that do not count; gives the files in which something else is shown now."""
        before, self.waivers, self.waivers_of = self.waivers, uses, texts
        return {self.path(use.file) for use in (*before, *uses)} if before or uses else set()

    def take(self, part: JudgedPart, texts: Texts) -> set[str]:
        """Take what was said anew; gives the files in which something else is shown now.

        Where a file cannot be read, since it is half written, its findings stay as they were, and of Terraform code all of the root module:
        what other files would be without it is nothing that anybody deploys.
        """
        self.why |= part.why
        self.fixable |= set(part.fixable)
        key = part.input, part.root
        before = self._roots.get(key, _Root())
        new = [self._seen(result, texts) for result in part.results]
        gaps = [SeenGap(gap, texts, self.path(gap.scope)) for gap in dict.fromkeys(part.gaps)]
        broken = set(map(self.path, part.broken))
        if broken and part.input == _TERRAFORM and before.whole:
            now = _Root(before.findings, gaps, True)
        elif part.files:
            files = set(map(self.path, part.files))
            kept = [seen for seen in before.findings if seen.file not in files]
            now = _Root(kept + [seen for seen in new if seen.file in files], gaps, before.whole)
        else:
            kept = [seen for seen in before.findings if seen.file in broken]
            now = _Root(kept + [seen for seen in new if seen.file not in broken], gaps, True)
        self._roots[key] = now
        return self._files(before) | self._files(now)

    def keep(self, roots: Mapping[str, Iterable[str]]) -> set[str]:
        """Forget the roots of some inputs that are not there any more; gives the files in which something was shown."""
        gone = [key for key in self._roots if key[0] in roots and key[1] not in set(roots[key[0]])]
        return {file for key in gone for file in self._files(self._roots.pop(key))}

    def forget(self, file: str) -> None:
        """Forget what is shown in a file that is not there any more."""
        for root in self._roots.values():
            root.findings = [seen for seen in root.findings if seen.file != file]
            root.gaps = [seen for seen in root.gaps if seen.file != file]

    def _files(self, root: _Root) -> set[str]:
        findings = {seen.file for seen in root.findings}
        return (findings | {seen.file for seen in root.gaps}) - {""}
