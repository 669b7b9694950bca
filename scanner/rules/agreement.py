"""One verdict on a resource that is judged in several ways, of which one is so: with each number of the blocks that nobody tells."""

from __future__ import annotations

import msgspec

from assay.scanner.rules.judgement import Judgement

_Judgements = list[Judgement]
_NOT_COUNTED = "how many blocks there are is not known, and with any number of them this or another assertion of the control fails"


def agreed(open_: _Judgements, of_each: list[_Judgements]) -> _Judgements:
    """What one control says of a resource, given what it says with each number of its blocks.

    `open_`: what it says where the number is not known, which stays where these do not agree. Where the control does not apply with some
    numbers, it passes if it passes with all others.
    """
    if not of_each or any(judgement.verdict == "error" for judgements in of_each for judgement in judgements):
        return open_
    verdicts = [{judgement.verdict for judgement in judgements} or {"not_applicable"} for judgements in of_each]
    told = set[str]().union(*verdicts)
    if told <= {"pass", "not_applicable"}:
        one = next((judgements for judgements in of_each if any(judgement.verdict == "pass" for judgement in judgements)), of_each[0])
        return one or open_
    if all("fail" in of_one for of_one in verdicts):
        return _failing(open_, of_each)
    return open_


def _failing(open_: _Judgements, of_each: list[_Judgements]) -> _Judgements:
    """The failures that there are with any number; where each number has others, those of the first."""
    failures = [{_about(judgement): judgement for judgement in judgements if judgement.verdict == "fail"} for judgements in of_each]
    common = [judgement for about, judgement in failures[0].items() if all(about in others for others in failures[1:])]
    if not common:
        common = [msgspec.structs.replace(failure, message=f"{failure.message} ({_NOT_COUNTED})") for failure in failures[0].values()]
    settled = all(len(judgements) == len(common) for judgements in of_each)
    failing = {_about(judgement): judgement for judgement in common}
    kept = [failing.pop(_about(judgement), judgement) for judgement in open_ if not settled or _about(judgement) in failing]
    return [*kept, *failing.values()]


def _about(judgement: Judgement) -> tuple[str, str]:
    return judgement.assertion, judgement.element_key
