"""Container Insights in the live account, where each cluster tells its setting.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeClusters.html
"""

from __future__ import annotations

from assay.scanner.facts.catalogue import Reader
from assay.scanner.facts.compute.aws_api import CLUSTERS, DESCRIBE_CLUSTER
from assay.scanner.facts.observe.metrics.aws import ClusterAt, cluster
from assay.scanner.facts.observe.metrics.kinds import MetricSource

_ABOUT = f"{DESCRIBE_CLUSTER.name}.clusters"

READERS = (
    Reader(
        MetricSource,
        (CLUSTERS.type,),
        cluster,
        ClusterAt(name=f"{_ABOUT}.clusterName|value", settings=f"{_ABOUT}.settings", unset="disabled", state=f"{_ABOUT}.status"),
        always=False,
    ),
)
