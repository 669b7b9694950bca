"""Container Insights in CloudFormation, which has no settings of the account.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ecs-cluster-clustersettings.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.observe.metrics.aws import ClusterAt, cluster
from assay.scanner.facts.observe.metrics.kinds import MetricSource

READERS = (
    Reader(
        MetricSource,
        ("AWS::ECS::Cluster",),
        cluster,
        ClusterAt(name="ClusterName", settings="ClusterSettings", setting="Name", value="Value"),
    ),
)
