"""Files of security rules in a repository, which `firebase deploy` or `gcloud` puts in force: https://firebase.google.com/docs/rules/manage-deploy

A file that Terraform code reads by `file()` is judged with the release of that code and by itself: both findings name their own place.
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.data.client_rules.firestore import accesses_in
from assay.scanner.facts.data.client_rules.kinds import ClientRules
from assay.scanner.facts.spelling import Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.repository.names import RULES


class RulesFileAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where a file of rules tells them."""

    content: str
    in_force: str


def rules_file(view: View, at: RulesFileAt) -> ClientRules | None:
    """The rules in a file; None where it has none for Firestore."""
    content = view[at.content]
    accesses = accesses_in(content.data, content, view)
    if accesses is None:
        return None
    return ClientRules(identity=view.identity(view.says(view.item.address)), in_force=view[at.in_force], accesses=view.says(accesses))


READERS = (Reader(ClientRules, (RULES,), rules_file, RulesFileAt(content="content", in_force="in_force"), always=False),)
