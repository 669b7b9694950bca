"""Security rules of Firebase in Terraform.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/firebaserules_ruleset, …/firebaserules_release
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.client_rules.firestore import ReleaseAt, RulesAt, RulesetAt, release, releases, ruleset
from assay.scanner.facts.data.client_rules.kinds import ClientRules
from assay.scanner.facts.spelling import Link

_RULESET, _RELEASE = "google_firebaserules_ruleset", "google_firebaserules_release"
_FILES, _CONTENT, _NAME = "source.files", "content", "ruleset_name"
_RELEASE_AT = ReleaseAt(name="name", ruleset=Link(_NAME, (_RULESET,)), rules=RulesAt(files=_FILES, content=_CONTENT))
_RULESET_AT = RulesetAt(name="name", files=_FILES, content=_CONTENT, releases=releases({_RELEASE: _NAME}))
READERS = (
    Reader(ClientRules, (_RELEASE,), release, _RELEASE_AT, always=False),
    Reader(ClientRules, (_RULESET,), ruleset, _RULESET_AT, always=False),
)
