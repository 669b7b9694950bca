"""Outputs, local values, and the defaults of variables and parameters: what code writes beside its resources.

A mark (`sensitive` in Terraform, `NoEcho` in CloudFormation) hides a value from a terminal and from a console: code, plan and state hold it
in plain text. https://developer.hashicorp.com/terraform/language/manage-sensitive-data,
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

from __future__ import annotations

from typing import Any

from assay.scanner.facts.secrets.settings.hiding import hide
from assay.scanner.facts.secrets.settings.kinds import Configured
from assay.scanner.facts.secrets.settings.settings import setting
from assay.scanner.facts.secrets.settings.values import Answer, Linked, declared, given_out
from assay.scanner.facts.spelling import Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.raw import Unknown
from assay.scanner.sources.secret_detecting import says_secret
from assay.scanner.sources.values import Value


class DeclaredAt(Spelling, frozen=True, eq=False, kw_only=True):
    """Where an input tells what stands under a name."""

    path: str
    label: str = ""


def declaration(view: View, at: DeclaredAt) -> Configured | None:
    """What is written under a name; None where it is no secret, and nothing says that it should be one."""
    value = view.link(at.path)
    return _told(view, at, value, declared(_name(view), value.raw))


def local_value(view: View, at: DeclaredAt) -> Configured | None:
    """What is written as a local value; None where that is no secret: what takes it is judged for what else it may be."""
    value = view.link(at.path)
    answer = declared(_name(view), value.raw)
    return _told(view, at, value, answer) if answer and not isinstance(answer, Unknown) else None


def output_of_stack(view: View, at: DeclaredAt) -> Configured | None:
    """What an output of a stack shows; None where it is no secret, and nothing says that it should be one."""
    value = view[at.path]
    return _told(view, at, value, given_out(_name(view), value.raw, Linked(view.link(at.path).raw)))


def _told(view: View, at: DeclaredAt, value: Value[Any], answer: Answer) -> Configured | None:
    name = _name(view)
    if value.absent or not (answer or says_secret(name)):
        return None
    hide(view, answer, name, value.raw)
    settings = [setting(at.label or at.path, answer, value.seen)]
    return Configured(identity=view.identity(view.says(view.item.address)), settings=view.says(settings))


def _name(view: View) -> str:
    return view.item.address.rpartition(".")[2].rpartition("/")[2]
