"""What a run was judged by, and how far that is from what Assay does unasked: every report says it.

A configuration may be part of what is judged. It may choose controls, change their params and say what fails a run, but not unseen.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from assay.scanner.estate_options import EstateOptions
from assay.scanner.options import Attestation, Options
from assay.scanner.results.model import InForce, Setting
from assay.scanner.rules.load import CompiledControl, RuleSet
from assay.scanner.rules.params import GivenParams
from assay.scanner.words import many

_DEFAULTS = Options()


def in_force(options: Options, rules: RuleSet, selected: Sequence[CompiledControl], given: GivenParams) -> InForce:
    """What the options of a run ask for, with the controls that were selected by them."""
    chosen = {compiled.control.id for compiled in selected}
    settings = []
    own = {compiled.control.id: compiled.control.severity for compiled in rules.controls}
    settings += [Setting(f"controls.{id_}.enabled", f"false: {reason}", "true") for id_, reason in sorted(options.disabled.items())]
    settings += [Setting(f"controls.{id_}.severity", severity, own[id_]) for id_, severity in sorted(options.severities.items())]
    for compiled in selected:
        defaults, control = compiled.control.params, compiled.control.id
        params = given.of(compiled.control) if defaults else {}
        changed = (name for name in defaults if params[name] != defaults[name])
        settings += [Setting(f"controls.{control}.params.{name}", _text(params[name]), _text(defaults[name])) for name in changed]
    apart = of_options(options)
    return msgspec.structs.replace(
        apart,
        replaced=dict(sorted(rules.replaced.items())),
        left_out=sorted(compiled.control.id for compiled in rules.controls if compiled.control.id not in chosen),
        settings=apart.settings + settings,
    )


def of_options(options: Options) -> InForce:
    """What options ask for, apart from what depends on the rules that they load."""
    return InForce(
        configuration=options.configuration,
        profile=options.profile,
        frameworks=list(options.frameworks),
        policies=list(options.policies),
        settings=[
            Setting(name, _text(getattr(options, name)), _text(getattr(_DEFAULTS, name)))
            for name in ("fail_on", "allow_empty")
            if getattr(options, name) != getattr(_DEFAULTS, name)
        ]
        + [Setting("exclude", str(rule), "[]") for rule in options.exclude]
        + ([Setting("roles", ", ".join(sorted(options.roles)), "none")] if options.roles else [])
        + ([Setting("attestations", _stated(options.attestations), "none")] if options.attestations else [])
        + ([Setting("estate", _described(options.estate), "none")] if options.estate is not None else [])
        + [Setting(f"roots.{rule.glob}.kind", "module", "root") for rule in options.libraries],
        var_files=list(options.var_files),
        variables=sorted(options.variables),
    )


def _stated(attestations: Sequence[Attestation]) -> str:
    """Briefly: the evidence of each verdict that rests on one has it whole."""
    return f"{many(len(attestations), 'statement')} on {', '.join(sorted({stated.control for stated in attestations}))}"


def _described(estate: EstateOptions) -> str:
    """What the estate is, in short; of each difference that is meant, all of it."""
    parts = [f"clouds {', '.join(estate.clouds)}"] if estate.clouds else []
    parts += [f"{cloud} in {', '.join(regions)}" for cloud, regions in estate.regions.items()]
    parts += [f"environments {', '.join(estate.environments)}"] if estate.environments else []
    parts += [f"complete in {', '.join(sorted(estate.complete))}" if estate.complete else "not said to be complete"]
    parts += [f"{one.control} {one.what} may differ until {one.expires}: {one.reason} ({one.owner})" for one in estate.differences]
    return "; ".join(parts)


def _text(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value, order="deterministic").decode()
