"""Rules of Cloud Armor, of which the first that matches decides."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import scans

POLICY = """
resource "google_compute_security_policy" "edge" {{
  name = "edge"

  dynamic "rule" {{
    for_each = range({number})

    content {{
      action   = rule.value == {opener} ? "allow" : "deny(403)"
      priority = rule.value

      match {{
        versioned_expr = "SRC_IPS_V1"

        config {{
          src_ip_ranges = [rule.value == {opener} ? "*" : "198.51.100.7/32"]
        }}
      }}
    }}
  }}
}}
"""


@pytest.mark.parametrize(("opener", "verdict"), [(0, "fail"), (1, "pass"), (999, "pass"), (-1, "pass")])
def test_of_very_many_rules_those_behind_one_that_lets_all_through_do_not_count(tmp_path: Path, opener: int, verdict: str) -> None:
    scans.write(tmp_path, {"main.tf": POLICY.format(number=1000, opener=opener)})
    report = scans.judge(tmp_path, "edge.waf-effective")
    assert [result.verdict for result in report] == [verdict]
