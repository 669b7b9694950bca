"""What the configurations of Terraform's providers log in with, where that is written there.

https://developer.hashicorp.com/terraform/language/providers/configuration
"""

from __future__ import annotations

import functools
import re
from typing import Any

from assay.scanner import lazy_re
from assay.scanner.facts.secrets.settings.hiding import hide
from assay.scanner.facts.secrets.settings.kinds import Configured, Setting
from assay.scanner.facts.secrets.settings.settings import setting
from assay.scanner.facts.secrets.settings.values import Answer, agreed
from assay.scanner.facts.spelling import Spelling
from assay.scanner.facts.view import View
from assay.scanner.sources.secret_detecting import is_placeholder
from assay.scanner.sources.secret_settings import of_value

_SHORTEST, _LONGEST = 8, 200
_STAND_IN = lazy_re.pattern(
    r"(?:mock|test|local|unused|any|none|minio|admin|root|postgres|foo|bar|secret|access|key|id|token|password|[-_.\d])+", re.IGNORECASE
)
"""What logs in to an emulator on the own machine: https://docs.localstack.cloud/aws/integrations/infrastructure-as-code/terraform/"""
# Whoever has other text there logs in nowhere: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html
_OF_AWS = {"access_key": lazy_re.pattern(r"A[KS]IA[A-Z0-9]{16}"), "secret_key": lazy_re.pattern(r"[A-Za-z0-9/+]{40}")}


class ProviderAt(Spelling, frozen=True, eq=False, kw_only=True):
    """How a provider is configured."""

    forms: bool = False
    """Its keys have the forms of those of AWS."""


def provider(view: View, at: ProviderAt) -> Configured | None:
    """What a provider logs in with; None of one that is told nothing to log in with, or that somewhere else."""
    written = view.item.attributes().data
    names = sorted(written) if isinstance(written, dict) else []
    settings: list[Setting] = []
    for name in names:
        value = view[name]
        answer = agreed(value.raw, functools.partial(_written, at, name))
        if answer:
            hide(view, answer, name, value.raw)
            settings.append(setting(name, answer, value.seen))
    return Configured(identity=view.identity(view.says(view.item.address)), settings=view.says(settings)) if settings else None


def _written(at: ProviderAt, name: str, raw: Any) -> Answer:
    """The secrets in an argument, as of code: what is not known, whoever applies it gives."""
    if not isinstance(raw, str) or _STAND_IN.fullmatch(raw[:_LONGEST]):
        return ()
    if at.forms and name in _OF_AWS:
        return ("an access key",) if _OF_AWS[name].fullmatch(raw) and not is_placeholder(raw) else ()
    return of_value(name, raw) if len(raw) >= _SHORTEST else ()
