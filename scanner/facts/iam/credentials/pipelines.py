"""What pipelines sign in to a cloud with: a key that somebody keeps among the secrets of the CI system, or a token of the run (OIDC).

https://docs.github.com/en/actions/concepts/security/openid-connect
"""

from __future__ import annotations

from assay.scanner.facts.iam.credentials.kinds import StaticCredential
from assay.scanner.facts.supply.pipelines.files import FileAt, model
from assay.scanner.facts.view import View
from assay.scanner.sources.repository.item import FileItem
from assay.scanner.sources.values import Value, any_of

_SORTS = {"aws": "access key", "google": "service account key"}


def keys(view: View, at: FileAt) -> StaticCredential | None:
    """The keys of a pipeline; None where it signs in to no cloud, as far as that is seen, or others of its folder have it."""
    assert isinstance(view.item, FileItem)
    logins = [] if view[at.document].data.get("part") else model(view, at).logins
    if not logins:
        return None
    lasting = [login for login in logins if login.static is not False] or logins
    clouds = list(dict.fromkeys(_SORTS[login.cloud] for login in lasting))
    jobs = list(dict.fromkeys(login.job for login in lasting if login.job))
    seen = tuple(view.item.place(login.place) for login in lasting)
    return StaticCredential(
        identity=view.identity(view.says(view.item.label)),
        sort=Value(" and ".join(clouds), seen),
        owner=Value(f"{', '.join(jobs)} in {view.item.label}" if jobs else view.item.label, seen),
        active=any_of([Value(login.static, (view.item.place(login.place),)) for login in logins]),
    )
