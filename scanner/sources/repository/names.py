"""By what names tools find their files in a repository."""

from __future__ import annotations

import os

from assay.scanner import lazy_re

DOCKERFILE, RULES, FIREBASE = "repository.dockerfile", "repository.firestore-rules", "repository.firebase"
GITHUB, GITLAB, CLOUDBUILD, BUILDSPEC = (
    "repository.github-workflow",
    "repository.gitlab-ci",
    "repository.cloudbuild",
    "repository.buildspec",
)
_YAML = r"(?:[._-][\w.-]{0,100})?\.ya?ml"
NAMES = {
    # https://docs.docker.com/build/concepts/dockerfile/#filename, https://github.com/containers/common/blob/main/docs/Containerfile.5.md
    DOCKERFILE: r"(?:Dockerfile|Containerfile|dockerfile|containerfile)(?:\.(?!dockerignore$|md$|txt$|j2$|tmpl$|tpl$|erb$)[^/]{1,200})?"
    # Files beside it, which `docker build --file` names: Dockerfile-arm64, Dockerfile_dev.
    r"|(?:Dockerfile|Containerfile|dockerfile|containerfile)[_-][\w-]{1,200}"
    r"|[^/]{1,200}\.(?:[Dd]ockerfile|[Cc]ontainerfile)",
    RULES: r"[^/]{1,200}\.rules",
    FIREBASE: r"firebase\.json",  # https://firebase.google.com/docs/cli#the_firebasejson_file
    GITLAB: r"\.gitlab-ci\.ya?ml",  # https://docs.gitlab.com/ci/yaml/
    CLOUDBUILD: rf"cloudbuild{_YAML}|cloudbuild(?:[._-][\w.-]{{0,100}})?\.json",  # https://cloud.google.com/build/docs/build-config-file-schema
    BUILDSPEC: rf"buildspec{_YAML}",  # https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
}
"""Type of item to an expression over the name of the file."""
WORKFLOW = lazy_re.pattern(r"(?:^|/)\.github/workflows/[^/]{1,200}\.ya?ml\Z")
"""https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax"""
_BEGINNINGS = ("Dockerfile", "dockerfile", "Containerfile", "containerfile", "cloudbuild", "buildspec", "firebase.", ".gitlab-ci")
_YAML_ENDS = (".yml", ".yaml")
_ENDS = (".rules", ".Dockerfile", ".dockerfile", ".Containerfile", ".containerfile")
"""What every such name has, which is quick to see."""
_EACH = {type_: lazy_re.pattern(expression) for type_, expression in NAMES.items()}


def type_of(path: str) -> str | None:
    """The type of what a file holds, by its name and the folder that it is in; None for any other file."""
    name = os.path.basename(path)
    if _may_be_workflow(path, name) and WORKFLOW.search(os.path.abspath(path).replace(os.sep, "/")):
        return GITHUB
    return next((type_ for type_, expression in _EACH.items() if expression.fullmatch(name)), None)


def is_one(path: str) -> bool:
    """Whether a file is one that these readers look at, by its name alone."""
    name = path.rpartition(os.sep)[2]
    if name.startswith(_BEGINNINGS) or name.endswith(_ENDS):
        return type_of(path) is not None
    return _may_be_workflow(path, name) and type_of(path) is not None


def _may_be_workflow(path: str, name: str) -> bool:
    """Whether a file is worth looking where it is: of most the folder says that it is none."""
    return name.endswith(_YAML_ENDS) and os.path.basename(os.path.dirname(path)) in ("workflows", "", ".")
