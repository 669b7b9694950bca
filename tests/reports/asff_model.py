"""AWS's own description of BatchImportFindings, as botocore ships it, and the limits that its documentation gives in words."""

from __future__ import annotations

import functools
import json
import re
from typing import Any

import botocore.session
from botocore.validate import ParamValidator

LONGEST = {
    "Id": 512, "ProductArn": 2048, "GeneratorId": 512, "Title": 256, "Description": 1024, "Region": 16, "Type": 256, "Original": 64,
    "Text": 512,
}  # fmt: skip
"""https://docs.aws.amazon.com/securityhub/latest/userguide/asff-required-attributes.html and asff-top-level-attributes.html"""


@functools.cache
def service() -> Any:
    return botocore.session.get_session().get_service_model("securityhub")


def check(request: Any) -> None:
    """What botocore checks, and what it leaves to the server: patterns, enumerations, lengths, sizes."""
    shape = service().operation_model("BatchImportFindings").input_shape
    report = ParamValidator().validate(request, shape)
    assert not report.has_errors(), report.generate_report()
    _check(request, shape, "")
    findings = request["Findings"]
    sizes = [len(json.dumps(finding, ensure_ascii=False).encode()) for finding in findings]
    assert 1 <= len(findings) <= 100 and max(sizes) <= 240_000 and sum(sizes) <= 6_000_000
    assert len({finding["ProductArn"] for finding in findings}) == 1
    for finding in findings:
        account, region = finding["AwsAccountId"], finding["ProductArn"].split(":")[3]
        assert re.fullmatch(r"\d{12}", account)
        assert re.fullmatch(rf"arn:aws[a-z-]*:securityhub:{region}:{account}:product/{account}/default", finding["ProductArn"])
        assert len(finding.get("ProductFields", {})) <= 50 and all(
            len(key) <= 128 and len(value) <= 2048 for key, value in finding["ProductFields"].items()
        )
        assert len(finding["Compliance"].get("RelatedRequirements", [])) <= 32
        for resource in finding["Resources"]:
            assert len(resource.get("Tags", {})) <= 50 and len(resource.get("Details", {}).get("Other", {})) <= 50
        for name in ("CreatedAt", "UpdatedAt", "FirstObservedAt", "LastObservedAt"):
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", finding.get(name, "2026-01-01T00:00:00.000Z"))
        assert finding["CreatedAt"] <= finding["UpdatedAt"]


def _check(value: Any, shape: Any, name: str) -> None:
    if shape.type_name == "structure":
        assert set(value) <= set(shape.members), set(value) - set(shape.members)
        for key, member in shape.members.items():
            if key in value:
                _check(value[key], member, key)
    elif shape.type_name == "list":
        for item in value:
            _check(item, shape.member, name)
    elif shape.type_name == "map":
        for key, item in value.items():
            _check(key, shape.key, "")
            _check(item, shape.value, "")
    elif shape.type_name == "string":
        assert not shape.enum or value in shape.enum, (name, value)
        assert re.search(shape.metadata.get("pattern", ""), value), (name, value)
        assert len(value) <= LONGEST.get(name, 2048), (name, len(value))
