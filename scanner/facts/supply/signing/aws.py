"""Lambda checks signatures of archives; nothing on AWS checks those of images by itself.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-codesigning.html,
https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-signing.html
"""

from __future__ import annotations

from typing import Annotated, Any

from assay.scanner.facts.model import attestable
from assay.scanner.facts.spelling import Link, Place, Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown, describe
from assay.scanner.sources.values import Value

from .kinds import DeployCheck

_IMAGES = "no service of AWS looks at signatures of images: whether a pipeline verifies those of {} before it deploys shows nowhere"


class ImagesAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells that something runs images."""

    sort: str
    image: Annotated[Place, "checked"] = ""
    """Set in what runs an image; empty where everything of the type does."""
    state: Place = ""


def images(view: View, at: ImagesAt) -> DeployCheck | None:
    """A task definition, a job definition, a service of App Runner; None where it runs no image."""
    if at.image and view[at.image].data in (None, ""):
        return None
    return None if view[at.state].equals("DELETED").data is True else _of_images(view, at.name, at.sort)


def _of_images(view: View, name: Place, sort: str) -> DeployCheck:
    why: Unknown = attestable(_IMAGES.format(view.item.address), view.location)
    return DeployCheck(
        identity=view.identity(view.called(name)),
        sort=view.says(sort),
        checked=view.says(why),
        enforced=view.says(True),
        weakness=view.says(""),
        bypassed=view.says(False),
    )


class FunctionAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells how the archives of a function are checked."""

    package: Annotated[str, "checked"]
    image: Annotated[str, "checked"] = ""
    configuration: Annotated[Link, "checked", "enforced", "weakness"]
    policy: Annotated[str, "enforced", "weakness"]
    """Of a configuration, what becomes of an archive without a known signature."""


def function(view: View, at: FunctionAt) -> DeployCheck:
    """Code signing is for archives alone, and warns unless it is told to enforce.

    https://docs.aws.amazon.com/lambda/latest/api/API_CodeSigningPolicies.html
    """
    if view[at.package].equals("Image").data is True or view[at.image].data not in (None, ""):
        return _of_images(view, at.name, "function")
    named = view.link(at.configuration)
    if named.absent:
        policy: Value[Any] = Value("Enforce", named.seen)
    else:
        signing = view.target(at.configuration)
        reason = f"the code signing {describe(named.data)} of {view.item.address} is not among what was read"
        not_here = Unknown(reason, "scan the code that declares it together with this, or the live account", view.location)
        policy = signing[at.policy].default("Warn") if signing is not None else Value(named.unknown or not_here, named.seen)
    enforced = policy.equals("Enforce")
    return DeployCheck(
        identity=view.identity(view.called(at.name)),
        sort=view.says("function"),
        checked=view[at.configuration].then(lambda data: data not in (None, "")),
        enforced=enforced,
        weakness=enforced.then(lambda is_on: "" if is_on else "its code signing only warns"),
        bypassed=view.says(False),
    )
