"""Security rules of Firebase by their REST resources. https://firebase.google.com/docs/reference/rules/rest/v1/projects.rulesets

The Cloud Asset Inventory has both types: https://cloud.google.com/asset-inventory/docs/asset-types. Neither Deployment Manager nor Config
Connector has them.
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.client_rules.firestore import ReleaseAt, RulesAt, RulesetAt, release, releases, ruleset
from assay.scanner.facts.data.client_rules.kinds import ClientRules
from assay.scanner.facts.spelling import Link

_RULESET, _RELEASE = "firebaserules.googleapis.com/Ruleset", "firebaserules.googleapis.com/Release"
_FILES, _CONTENT, _SERVICES, _NAME = "source.files", "content", "metadata.services", "rulesetName"
_RELEASE_AT = ReleaseAt(ruleset=Link(_NAME, (_RULESET,)), rules=RulesAt(files=_FILES, content=_CONTENT, services=_SERVICES))
_RULESET_AT = RulesetAt(files=_FILES, content=_CONTENT, services=_SERVICES, releases=releases({_RELEASE: _NAME}))
READERS = (
    Reader(ClientRules, (_RELEASE,), release, _RELEASE_AT, always=False),
    Reader(ClientRules, (_RULESET,), ruleset, _RULESET_AT, always=False),
)
