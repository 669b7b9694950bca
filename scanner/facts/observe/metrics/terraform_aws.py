"""Container Insights in Terraform. https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ecs_cluster"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.metrics.aws import ClusterAt, cluster
from assay.scanner.facts.observe.metrics.kinds import MetricSource
from assay.scanner.facts.spelling import Beside

READERS = (
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ecs_account_setting_default
    Reader(
        MetricSource,
        ("aws_ecs_cluster",),
        cluster,
        ClusterAt(name="name", settings="setting", default=Beside("aws_ecs_account_setting_default")),
    ),
)
