"""Keys of service accounts. https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts.keys"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner import lazy_re
from assay.scanner.facts.google_assets import days_until, is_live, named
from assay.scanner.facts.iam.credentials.kinds import StaticCredential
from assay.scanner.facts.spelling import Place, Spelling
from assay.scanner.facts.targets import spelled
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.values import Value, all_of

_OWNER = lazy_re.pattern(r"(?:^|/)serviceAccounts/([^/]+)")


class KeyAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells of a key of a service account. The defaults are the API's names."""

    account: Place = "serviceAccount|parent|name"
    """What names the service account."""
    type: Annotated[Place, "*"] = "keyType"
    disabled: Annotated[Place, "active"] = "disabled"
    ends: Annotated[Place, "active"] = "validBeforeTime"


def key(view: View, at: KeyAt) -> StaticCredential | None:
    """None of the keys that Google makes, keeps and rotates for every service account, which nobody can take out (SYSTEM_MANAGED).

    Whatever a template or code makes is a key of the user, whose private half is handed out or was uploaded:
    https://cloud.google.com/iam/docs/service-account-creds#key-types
    """
    sort = view[at.type]
    if not is_live(view.item):
        sort = view.says("USER_MANAGED")
    if sort.equals("SYSTEM_MANAGED").data is True:
        return None
    told = sort.default(Unknown("whether Google manages the key", "include its keyType in the export", view.location))
    ended = days_until(view.item, view[at.ends], "when it expires").then(lambda days: days is not None and days < 0)
    identity = view.identity(_owner(view, at))
    return StaticCredential(
        identity=identity,
        sort=view.says("service account key"),
        owner=view.says(identity.name),
        active=all_of([told.equals("USER_MANAGED"), view[at.disabled].default(False).truth().negate(), ended.negate()]),
    )


def _owner(view: View, at: KeyAt) -> Value[Any]:
    """The mail address of the account, or what names it in code; of a live key also in its own name."""
    text = spelled(view[at.account].data) or view.item.address
    match = _OWNER.search(text)
    return view.says(match[1]) if match else view[at.account] if view[at.account].data else named(view.item)
