"""Benchmarks of a cloud are served by what is judged in it alone, in every format that names sections of a resource."""

from __future__ import annotations

import msgspec
import pytest

from assay.reports.requirements import sections
from assay.scanner.results import formats
from assay.scanner.sources.coverage import Coverage
from tests.reports import samples

BOTH = {"cis_aws_7_0": ["2.21"], "cis_gcp_5_0": ["5.1"], "pci_dss_4_0": ["1.2", "1.2"]}


@pytest.mark.parametrize(
    ("clouds", "served"),
    [
        ({"aws"}, ["cis_aws_7_0", "pci_dss_4_0"]),
        ({"google"}, ["cis_gcp_5_0", "pci_dss_4_0"]),
        ({"aws", "google"}, ["cis_aws_7_0", "cis_gcp_5_0", "pci_dss_4_0"]),
        (set(), ["pci_dss_4_0"]),
    ],
)
def test_a_benchmark_is_for_its_cloud(clouds: set[str], served: list[str]) -> None:
    assert [name for name, _ in sections(BOTH, clouds)] == served


@pytest.mark.parametrize("name", ["oscal", "ocsf", "asff", "csv-population"])
def test_a_failure_in_one_cloud_is_none_of_the_benchmark_of_another(name: str) -> None:
    report = samples.report([samples.result("keys.rotation", "fail", samples.LOGS)], Coverage())
    report = msgspec.structs.replace(report, controls=[msgspec.structs.replace(report.controls[0], frameworks=BOTH)])
    content = b"".join(formats.parts(name)(report, samples.context()))
    assert b"cis_aws_7_0" in content and b"cis_gcp" not in content
