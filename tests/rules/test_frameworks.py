"""Frameworks: every section is there, and no mapping leads nowhere."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from assay.scanner.errors import SelectionError
from assay.scanner.rules import frameworks, load
from assay.scanner.rules.model import Framework, RuleErrors, Section
from tests.scans import ROOT, rule, write

RULES = load.load([load.builtin_folder()])
OWN = "id: house\ntitle: House rules\nsections:\n  '1': {title: Chapter, heading: true}\n  '1.1': {title: Buckets keep versions}\n  '1.2': {title: Staff}\n"

TOTALS = {
    "cis_aws_1_4": (58, 0),
    "cis_aws_5_0": (63, 0),
    "cis_aws_7_0": (70, 0),
    "cis_gcp_4_0": (84, 0),
    "cis_gcp_5_0": (93, 0),
    "hipaa": (65, 0),
    "iso27001_2022": (93, 0),
    "nist_800_53_r5": (287, 0),
    "nist_csf_2_0": (106, 0),
    "pci_dss_4_0": (366, 86),
    "soc2_tsc": (61, 0),
}
"""Sections as the publishers have them, and how many of these are headings."""


def test_all_frameworks_are_there_with_all_their_sections() -> None:
    by_id = {
        id_: (len(known.sections), sum(section.heading for section in known.sections.values())) for id_, known in RULES.frameworks.items()
    }
    assert by_id == TOTALS
    assert all(load.builtin_folder() / "frameworks" / f"{id_}.yaml" for id_ in by_id)


@pytest.mark.parametrize("known", RULES.frameworks.values(), ids=RULES.frameworks)
def test_a_framework_says_where_it_is_from(known: Framework) -> None:
    assert known.publisher and known.version and known.licence
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", known.read)
    assert known.sources and known.mappings
    assert all(place.startswith("https://") for place in (known.url, *known.sources, *known.mappings))
    titles = [section.title for section in known.sections.values()]
    assert all(3 <= len(title) <= 120 and title == title.strip() for title in titles)


@pytest.mark.parametrize(
    ("id_", "assessments", "levels"),
    [
        ("cis_aws_7_0", {"automated": 34, "manual": 36}, {"L1": 41, "L2": 29}),
        ("cis_aws_5_0", {"automated": 35, "manual": 28}, {"L1": 41, "L2": 22}),
        ("cis_gcp_5_0", {"automated": 71, "manual": 22}, {"L1": 54, "L2": 39}),
        ("cis_gcp_4_0", {"automated": 72, "manual": 12}, None),
        ("nist_800_53_r5", {"": 287}, {"low": 149, "moderate": 138}),
        ("hipaa", {"": 65}, None),
    ],
)
def test_assessment_and_level_are_those_of_the_publisher(id_: str, assessments: Any, levels: Any) -> None:
    sections = RULES.frameworks[id_].sections.values()
    assert Counter(section.assessment for section in sections) == assessments
    if levels is not None:
        assert Counter(section.level for section in sections) == levels


def test_titles_are_our_own_words() -> None:
    """Benchmarks of CIS say `Ensure …` of every recommendation; criteria of the AICPA say `The entity …`."""
    for id_, known in RULES.frameworks.items():
        for section in known.sections.values():
            assert not re.match(r"(?i)ensure |the entity ", section.title), (id_, section.title)


def test_what_was_not_seen_in_a_copy_says_so() -> None:
    unverified = {id_: [name for name, section in known.sections.items() if section.unverified] for id_, known in RULES.frameworks.items()}
    assert {id_ for id_, sections in unverified.items() if sections} == {"pci_dss_4_0"}
    assert len(unverified["pci_dss_4_0"]) == 18 and all(name.startswith(("A2.", "A3.")) for name in unverified["pci_dss_4_0"])


def refused(folder: Path) -> list[str]:
    with pytest.raises(RuleErrors) as caught:
        load.load([load.builtin_folder(), folder])
    return [str(error).partition(str(folder) + "/")[2] for error in caught.value.errors]


@pytest.mark.parametrize(
    ("mapped", "said"),
    [
        ({"cis_aws_7_0": ["2.14", "2.99"]}, "cis_aws_7_0 has no section '2.99'"),
        ({"nist_800_53_r5": ["AC-3", "AC-24"]}, "nist_800_53_r5 has no section 'AC-24'; did you mean"),
        ({"hipaa": ["zzz"]}, "hipaa has no section 'zzz'; see assay controls coverage hipaa"),
        ({"pci_dss_4_0": ["7.2"]}, "7.2 of pci_dss_4_0 is a heading, which asks for nothing itself; name the sections below it"),
        ({"cis_aws_8_0": ["1.1"]}, "there is no framework 'cis_aws_8_0'; did you mean cis_aws_7_0?"),
        ({"house": ["1.1"]}, "there is no framework 'house'; describe it in frameworks/house.yaml beside the rules"),
    ],
)
def test_a_mapping_that_leads_nowhere_is_refused_with_its_line(mapped: dict[str, list[str]], said: str, tmp_path: Path) -> None:
    (told,) = refused(write(tmp_path, {"team/rule.yaml": rule(frameworks=mapped)}))
    assert told.startswith("team/rule.yaml:9: ") and said in told


def test_the_line_is_that_of_the_section(tmp_path: Path) -> None:
    text = rule() + "frameworks:\n  hipaa:\n    - 164.312(b)\n    - 164.312(z)\n"
    (told,) = refused(write(tmp_path, {"team/rule.yaml": text}))
    assert told.startswith("team/rule.yaml:12: hipaa has no section '164.312(z)'; did you mean 164.312(")


def test_the_frameworks_are_there_without_the_built_in_controls(tmp_path: Path) -> None:
    rules = load.load([write(tmp_path, {"team/rule.yaml": rule(frameworks={"hipaa": ["164.312(b)"]})})])
    assert list(rules.by_id()) == ["team.rule"] and set(rules.frameworks) == set(TOTALS)


def test_own_frameworks_are_read_beside_own_rules(tmp_path: Path) -> None:
    folder = write(tmp_path, {"frameworks/house.yaml": OWN, "team/rule.yaml": rule(frameworks={"house": ["1.1"]})})
    rules = load.load([load.builtin_folder(), folder])
    covered = frameworks.coverage(rules.frameworks["house"], rules.by_id().values())
    assert [(row.id, row.controls) for row in covered.sections] == [("1.1", ["team.rule"]), ("1.2", [])]
    assert (covered.judged, covered.share) == (1, 0.5)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (OWN.replace("id: house", "id: House Rules"), "house.yaml:1: the id 'House Rules' is not one word in lower case"),
        ("id: house\ntitle: House\nsections: {}\n", "house.yaml:3: the framework has no sections"),
        (OWN.replace("Staff", "' '"), "house.yaml:6: a section needs an id and a title"),
        (OWN.replace("Staff", "x" * 301), "house.yaml:6: a title longer than 300 characters"),
        (OWN.replace("{title: Staff}", "{title: Staff, asessment: manual}"), "unknown field `asessment`; did you mean assessment?"),
        (OWN.replace("{title: Staff}", "{title: Staff, assessment: perhaps}"), "Invalid enum value 'perhaps'"),
        (OWN.replace("'1.2'", "'1.1'"), "the key '1.1' stands twice"),
        (OWN.replace("id: house", "id: hipaa"), "the id hipaa is already that of"),
        ("id: house\n", "missing required field `title`"),
    ],
)
def test_a_framework_that_cannot_be_used_is_refused(text: str, said: str, tmp_path: Path) -> None:
    (told,) = refused(write(tmp_path, {"frameworks/house.yaml": text}))
    assert said in told


def test_an_own_framework_stands_for_a_built_in_one_where_the_configuration_says_so(tmp_path: Path) -> None:
    served = {name for control in RULES.by_id().values() for name in control.frameworks.get("hipaa", ())}
    sections = "".join(f"  '{id_}': {{title: Ours}}\n" for id_ in sorted(served))
    folder = write(tmp_path, {"frameworks/hipaa.yaml": f"id: hipaa\ntitle: Ours\nsections:\n{sections}"})
    rules = load.load([load.builtin_folder(), folder], overrides=["hipaa"])
    assert rules.frameworks["hipaa"].title == "Ours"
    assert rules.replaced == {"hipaa": str(folder / "frameworks" / "hipaa.yaml")}


def test_coverage_has_every_section_but_headings_and_every_control_once() -> None:
    framework = Framework(
        id="f", title="F", sections={"1": Section(title="H", heading=True), "1.1": Section(title="A"), "2": Section(title="B")}
    )
    some = list(RULES.by_id().values())[:2]
    controls = [msgspec.structs.replace(control, frameworks={"f": ["1.1", "1.1"]}) for control in reversed(some)]
    covered = frameworks.coverage(framework, controls)
    assert [(row.id, row.controls) for row in covered.sections] == [("1.1", sorted(control.id for control in some)), ("2", [])]
    assert frameworks.coverage(Framework(id="f", title="F", sections={}), controls).share == 0


def test_controls_are_selected_by_framework() -> None:
    chosen = load.select(RULES, [], None, ["cis_aws_1_4", "cis_gcp_4_0"])
    assert chosen == [compiled for compiled in RULES.controls if {"cis_aws_1_4", "cis_gcp_4_0"} & set(compiled.control.frameworks)]
    assert {compiled.control.id for compiled in load.select(RULES, ["storage.*"], None, ["hipaa"])} < {
        control.control.id for control in RULES.controls
    }
    with pytest.raises(SelectionError, match=r"there is no framework 'cis_aws_7'; did you mean cis_aws_7_0\?"):
        load.select(RULES, [], None, ["cis_aws_7"])
    with pytest.raises(SelectionError, match=r"'edge[.]hsts-header' matches only controls that the profile or the frameworks leave out"):
        load.select(RULES, ["edge.hsts-header"], None, ["hipaa"])
    with pytest.raises(SelectionError, match="there is no framework 'zzz'; known: cis_aws_1_4, "):
        load.select(RULES, [], None, ["zzz"])


def test_a_framework_that_nothing_serves_selects_nothing_in_silence(tmp_path: Path) -> None:
    rules = load.load([load.builtin_folder(), write(tmp_path, {"frameworks/house.yaml": OWN})])
    with pytest.raises(SelectionError, match="no control that is selected serves house; see assay controls coverage house"):
        load.select(rules, [], None, ["house"])


PUBLISHED = json.loads((Path(__file__).parent / "data" / "cis_by_prowler.json").read_text("utf-8"))
"""Framework to section to Prowler's checks: prowler-cloud/prowler at 3e000faa31, prowler/compliance/*/cis_*.json (Apache License 2.0)."""
PAGE = (ROOT / "docs" / "frameworks.md").read_text("utf-8")


def added() -> set[tuple[str, str, str]]:
    """(control, framework, section) that the page says we add ourselves."""
    pairs = set()
    for control, listed in re.findall(r"^\| ([a-z]+\.[a-z0-9-]+) \| (.*?) \|", PAGE, re.MULTILINE):
        for part in listed.split("; "):
            framework, _, sections = part.partition(" ")
            pairs |= {(control, framework, section) for section in sections.split(", ")}
    return pairs


def test_mappings_to_benchmarks_are_published_or_explained() -> None:
    """A control has the section of one of its peer checks; docs/frameworks.md lists what we add, and nothing more."""
    own = set()
    for id_, control in RULES.by_id().items():
        peers = set(control.peers.get("prowler", ()))
        for framework, sections in control.frameworks.items():
            if framework in PUBLISHED:
                own |= {(id_, framework, section) for section in sections if not peers & set(PUBLISHED[framework].get(section, ()))}
    assert own == added(), "name the check of Prowler that asks the same under peers, or give the reason in docs/frameworks.md"


def test_what_is_published_is_of_sections_that_are_there() -> None:
    absent = {name: set(sections) - set(RULES.frameworks[name].sections) for name, sections in PUBLISHED.items()}
    assert absent == {name: set() for name in PUBLISHED}


def test_the_page_has_the_totals() -> None:
    rows = {id_: int(total) for id_, total in re.findall(r"^\| `(\w+)` \| .*? \| (\d+) \|", PAGE, re.MULTILINE)}
    assert rows == {id_: total - headings for id_, (total, headings) in TOTALS.items()}
