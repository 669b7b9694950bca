"""Filters of the Logging query language. https://cloud.google.com/logging/docs/view/logging-query-language"""

from __future__ import annotations

import pytest

from assay.scanner.facts.observe.log_filters import NotRead, takes

ENTRY = {
    "resource.type": "cloud_run_revision",
    "resource.labels.service_name": "trade-api",
    "resource.labels.location": "us-central1",
    "log_id": "run.googleapis.com/stdout",
}


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("", "all"),
        ('resource.type="cloud_run_revision"', "all"),
        ("resource.type = cloud_run_revision", "all"),
        ('resource.type!="cloud_run_revision"', "none"),
        ('resource.type="gce_instance"', "none"),
        ('resource.type="gce_instance" OR resource.type="cloud_run_revision"', "all"),
        ('resource.type=("gce_instance" OR "cloud_run_revision")', "all"),
        ('resource.type=("gce_instance" OR "k8s_container")', "none"),
        ('NOT resource.type="cloud_run_revision"', "none"),
        ('-resource.type="cloud_run_revision"', "none"),
        ('resource.type="cloud_run_revision" AND severity<WARNING', "some"),
        ('resource.type="cloud_run_revision"\nseverity<WARNING', "some"),
        ('resource.type="gce_instance" severity<WARNING', "none"),
        ('severity>=ERROR OR resource.type="cloud_run_revision"', "all"),
        # OR binds more than AND
        ('resource.type="gce_instance" AND severity>=ERROR OR resource.type="cloud_run_revision"', "none"),
        ('resource.type:"cloud_run"', "all"),
        ('resource.type=~"^cloud_run_.*"', "all"),
        ('resource.type!~"^cloud_run_.*"', "none"),
        ('LOG_ID("run.googleapis.com/stdout")', "all"),
        ('LOG_ID("run.googleapis.com/requests")', "none"),
        ('NOT LOG_ID("cloudaudit.googleapis.com/activity") AND NOT LOG_ID("externalaudit.googleapis.com/activity")', "all"),
        ('logName:"run.googleapis.com%2Fstdout"', "all"),
        ('logName="projects/trade-prod/logs/run.googleapis.com%2Fstdout"', "some"),
        ('logName="projects/trade-prod/logs/cloudaudit.googleapis.com%2Factivity"', "none"),
        ('resource.labels.service_name="trade-api"', "all"),
        ('resource.labels.service_name="trade-ui"', "none"),
        ("sample(insertId, 0.9)", "some"),
        ("health -- a comment", "some"),
        ('(resource.type="cloud_run_revision" AND (severity=DEFAULT OR severity!=DEFAULT))', "some"),
    ],
)
def test_which_entries_a_filter_takes(text: str, taken: str) -> None:
    assert takes(text, ENTRY) == taken


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("labels.offset=-5", "all"),
        ("labels.offset = - 5", "all"),
        ("labels.offset=5", "none"),
        ("-labels.offset=-5", "none"),
        ('labels.offset=(((7) OR (("-5"))))', "all"),
    ],
)
def test_what_begins_with_a_minus_is_compared_whole(text: str, taken: str) -> None:
    assert takes(text, {"labels.offset": "-5"}) == taken


@pytest.mark.parametrize(
    "text",
    [
        'resource.type="cloud_run_revision',
        "(a",
        "resource.type=",
        "AND",
        "NOT",
        "a OR",
        'a=("b" OR',
        "(" * 500,
        "resource.type=" + "(" * 60 + "b" + ")" * 60,
        "a=-",
        "a=-(",
    ],
)
def test_what_is_no_filter_is_not_read(text: str) -> None:
    with pytest.raises(NotRead):
        takes(text, ENTRY)
