"""What the claims of a CI system's token say: which repository a run is of, and which branch, tag or environment.

The subject (`sub`) puts several claims together; the formats that are published are read here into the claims that they name:

| System | Subject |
| --- | --- |
| GitHub Actions | `repo:ORG/REPO:environment:NAME`, `…:ref:refs/heads/BRANCH`; of a template `repository_id:1:environment:NAME` |
| GitLab | `project_path:GROUP/PROJECT:ref_type:branch:ref:BRANCH` |
| Terraform Cloud | `organization:ORG:project:NAME:workspace:NAME:run_phase:PHASE` |
| Buildkite | `organization:ORG:pipeline:NAME:ref:REF:commit:SHA:step:KEY` |
| CircleCI | `org/ID/project/ID/user/ID/vcs-origin/HOST/vcs-ref/REF` |
| Bitbucket | `{REPOSITORY}:{ENVIRONMENT}:{STEP}` |
| Spacelift | `space:ID:stack:ID:run_type:TYPE:scope:read` |
| Scalr | `account:NAME:environment:NAME:workspace:NAME` |
| Pulumi | `pulumi:deploy:org:NAME:project:NAME:stack:NAME:operation:KIND:scope:write` |
| Codefresh | `account:ID:pipeline:ID:scm_repo_url:URL:scm_user_name:NAME:scm_ref:REF` |
| Semaphore | `org:NAME:project:ID:repo:NAME:ref_type:branch:ref:REF` |
| Vercel | `owner:TEAM:project:NAME:environment:NAME` |
| Harness | `account/ID:org/ID:project/ID` |
| Azure Pipelines | `sc://ORG/PROJECT/CONNECTION` |

The pages of each: issuers.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from assay.scanner import lazy_re
from assay.scanner.facts.patterns import ANY, OPEN, fixed

Claims = Mapping[str, str]
"""Claim to the pattern (patterns.py) that it has to be of."""

_REPOSITORIES: tuple[tuple[str, ...], ...] = (
    ("repo",), ("repository",), ("repository_id",), ("project_path",), ("project_id",), ("project-id",), ("job_workflow_ref",),
    ("workflow_ref",), ("organization", "project", "workspace"), ("terraform_organization_name", "terraform_workspace_name"),
    ("terraform_workspace_id",), ("organization", "project", "stack"), ("organization", "pipeline"), ("organization_slug", "pipeline_slug"),
    ("pipeline_id",), ("org", "project"),
    ("bitbucket repository",), ("repositoryuuid",), ("space", "stack"), ("space", "module"), ("space", "project"), ("account", "pipeline"),
    ("account", "environment", "workspace"), ("owner", "project"), ("org", "env"), ("service connection",), ("ci_config_ref_uri",),
)  # fmt: skip
"""Claims that together name one repository, project, pipeline or workspace."""
_RUNS: tuple[tuple[str, ...], ...] = (
    ("environment",), ("ref",), ("job_workflow_ref",), ("workflow_ref",), ("vcs-ref",), ("scm_ref",), ("branch",), ("build_branch",),
    ("workspace",), ("terraform_workspace_id",), ("terraform_workspace_name",), ("stack",), ("module",), ("deployment",),
    ("bitbucket environment",), ("deploymentenvironmentuuid",), ("branchname",), ("service connection",), ("account", "org", "project"),
    ("org", "env"), ("ci_config_ref_uri",),
)  # fmt: skip
"""Claims of which each pins what part of it runs: a branch, a tag, an environment, a workflow, a workspace."""
_WHOLE = ("sub", "terraform_full_workspace")
"""Claims that put several together."""
_ABLE = frozenset({name for names in _REPOSITORIES for name in names} | {*_WHOLE})

_NAMES = frozenset(
    {name for names in (*_REPOSITORIES, *_RUNS) for name in names if " " not in name}
    | {
        "actor", "actor_id", "base_ref", "context", "enterprise", "enterprise_id", "event_name", "head_ref", "ref_type", "repository_owner",
        "repository_owner_id", "repository_visibility", "run_id", "run_number", "run_attempt", "runner_environment", "sha", "workflow",
        "workflow_sha", "job_workflow_sha", "ref_protected", "check_run_id",
        "namespace_path", "namespace_id", "user_login", "environment_protected", "environment_action", "deployment_tier", "pipeline_source",
        "run_phase", "project", "operation", "commit", "step", "run_type", "scope", "user", "env", "initiator", "scm_repo_url",
        "scm_user_name", "scm_pull_request_target_branch", "job", "tenant", "type",
    }
)  # fmt: skip
"""Words before the values of a subject."""
_ALONE = ("pull_request", "pulumi", "deploy", "environments")
"""Words of a subject without a value."""
_BITBUCKET = lazy_re.pattern(rf"^(\{{[\w{OPEN}-]+\}}):(.+)$")
_UUID = lazy_re.pattern(r"^\{[\w-]+\}$")
_PATH = lazy_re.pattern(r"^[\w.-]+(?:@\d+)?(?:/[\w.-]+(?:@\d+)?)+$")
_WORKFLOW = lazy_re.pattern(r"^[\w.-]+/[\w.-]+/\.github/workflows/.+@.+$")
_REPOSITORY_OF_WORKFLOW = lazy_re.pattern(r"^([\w.-]+/[\w.-]+)/\.github/workflows/")
GUESSES = (
    "some", "some/some", "refs/heads/some", "1", "some:environment:some", "some/some:environment:some",
    "repo:some/some:environment:some", "some/some/.github/workflows/some.yml@refs/heads/some",
)  # fmt: skip
"""What an open part of a claim may be; several claims only where nothing follows it."""


def supposed(told: Claims) -> list[dict[str, str]]:
    """Claims with guesses for what is open in them; the claims themselves where nothing is."""
    if not any(OPEN in pattern for pattern in told.values()):
        return [dict(told)]
    return [{name: _filled(pattern, guess) for name, pattern in told.items()} for guess in GUESSES]


def _filled(pattern: str, guess: str) -> str:
    return pattern.replace(OPEN, guess if ":" not in guess or pattern.endswith(OPEN) else GUESSES[1])


def subject(pattern: str) -> dict[str, str]:
    """The claims that a subject names; none where its format is none of those above."""
    if pattern.startswith("sc://"):
        return {"service connection": pattern.removeprefix("sc://")}
    if pattern.startswith(("org/", "account/")):
        return _by_slashes(pattern)
    if match := _BITBUCKET.match(pattern):
        rest = match[2].split(":")
        return {"bitbucket repository": match[1], **({"bitbucket environment": rest[0]} if len(rest) > 1 or _UUID.match(rest[0]) else {})}
    return _by_colons(pattern)


def _by_colons(pattern: str) -> dict[str, str]:
    claims: dict[str, str] = {}
    words = pattern.split(":")
    at, last = 0, ""
    while at < len(words):
        word = words[at].lower()
        if word in _ALONE or (not word.strip(ANY) and at):
            last = ""
        elif word in _NAMES and at + 1 < len(words):
            at += 1
            last = word
            claims.setdefault(word, words[at])  # the first counts: what follows may be within a value
        elif last:
            claims[last] += ":" + words[at]  # a value with a colon
        else:
            return {}
        at += 1
    return claims


def _by_slashes(pattern: str) -> dict[str, str]:
    """CircleCI and Harness write `name/value`; the last value of CircleCI's may have slashes of its own."""
    claims: dict[str, str] = {}
    names = ("account", "org", "project", "user", "vcs-origin", "vcs-ref")
    for name, value in re.findall(rf"(?:^|[/:])({'|'.join(names)})/(.*?)(?=[/:](?:{'|'.join(names)})/|$)", pattern):
        claims.setdefault(name, value)
    return claims


def names_ci(pattern: str) -> bool:
    """Whether a subject has the format of a CI system."""
    named = subject(pattern.replace(OPEN, GUESSES[1])).keys()
    return any(named >= set(alternative) for alternative in _REPOSITORIES)


def read(claims: Claims) -> dict[str, str]:
    """Claims with those that the subject puts together."""
    plain = {name.rpartition("/")[2].lower(): pattern for name, pattern in claims.items()}
    together = {name: pattern for whole in _WHOLE if whole in plain for name, pattern in subject(plain[whole]).items()}
    for name, pattern in plain.items():
        if name not in together or not _is_one(name, together):
            together[name] = pattern
    if "repo" not in together and (match := _REPOSITORY_OF_WORKFLOW.match(together.get("workflow_ref", ""))):
        together["repo"] = match[1]  # whichever of its workflows it is
    return together


def pins_repository(claims: Claims) -> bool:
    """Whether a token with such claims is of one repository, project, pipeline or workspace."""
    return _pinned(read(claims), _REPOSITORIES)


def pins_run(claims: Claims) -> bool:
    """Whether it is of one repository, and of one branch, tag, environment or workflow in it."""
    together = read(claims)
    return _pinned(together, _REPOSITORIES) and _pinned(together, _RUNS)


def may_pin(claim: str) -> bool:
    """Whether a claim can name a repository at all; what a caller chooses cannot (`actor`, `aud`, `head_ref`)."""
    return claim.rpartition("/")[2].lower() in _ABLE


def unread_subject(claims: Claims) -> bool:
    """Whether the subject is one text, of a format that is not read here."""
    pattern = claims.get("sub", ANY)
    return fixed(pattern) and bool(pattern) and not subject(pattern)


def _pinned(claims: Claims, alternatives: tuple[tuple[str, ...], ...]) -> bool:
    return any(all(name in claims and _is_one(name, claims) for name in names) for names in alternatives)


def _is_one(name: str, claims: Claims) -> bool:
    pattern = claims[name]
    if name in ("ref", "vcs-ref", "scm_ref", "branch"):
        return _is_one_ref(pattern) and fixed(claims.get("ref_type", ""))
    if not fixed(pattern) or not pattern:
        return False
    if name in ("job_workflow_ref", "workflow_ref"):
        return bool(_WORKFLOW.match(pattern))
    if name in ("project_path", "repository", "repo"):  # a name alone, as in Semaphore's, is of any owner
        return bool(_PATH.match(pattern))
    if name.startswith("bitbucket"):
        return bool(_UUID.match(pattern))
    if name == "service connection":
        return pattern.count("/") == 2 and "" not in pattern.split("/")
    return ":" not in pattern or name in ("scm_repo_url", "environment")


def _is_one_ref(pattern: str) -> bool:
    """A branch or tag, or all below one that is named: `refs/heads/release/*`."""
    below = pattern.removesuffix("/" + ANY)
    return bool(below) and fixed(below) and below not in ("refs", "refs/heads", "refs/tags", "refs/pull", "heads", "tags")


def says_something(claims: Claims) -> bool:
    """Whether any of the claims is one text that a repository or a run is told by."""
    together = read(claims)
    return any(_is_one(name, together) for names in (*_REPOSITORIES, *_RUNS) for name in names if name in together)


_OF_CI = frozenset({
    "repository", "repository_id", "repository_owner", "repository_owner_id", "job_workflow_ref", "workflow_ref", "project_path",
    "namespace_path", "ci_config_ref_uri", "pipeline_slug", "organization_slug", "terraform_workspace_id", "terraform_workspace_name",
    "terraform_organization_name", "terraform_organization_id", "terraform_full_workspace", "repositoryuuid", "vcs-origin", "vcs-ref",
    "project-id", "pipeline_source",
})  # fmt: skip


def is_of_ci(claim: str) -> bool:
    """Whether only the tokens of CI systems have a claim of this name."""
    return claim.rpartition("/")[2].lower() in _OF_CI
