"""Reads what else of SageMaker acts as a role that it is given: endpoints' configurations, feature groups, and others.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateFeatureGroup.html
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from panorama_guard.case import model_work

# Of these old ones are left out.
_JOBS = frozenset({"auto-ml-job", "inference-recommendations-job", "labeling-job", "optimization-job"})
# SageMaker writes the orders of its listings in two ways.
_IN_CAPITALS = frozenset({"cluster", "image"})
_DEFINED = "MonitoringJobDefinitionName"  # as listings call every definition of a job that watches a model


class ModelTakers:
    """What acts as a role in the account's SageMaker beside its work, in the region of the client."""

    def __init__(self, sagemaker: Any, since: Callable[[], datetime]) -> None:
        """Take a client, and how old jobs may be."""
        self._sagemaker = sagemaker
        self._since = since

    def names(self, kind: str) -> Iterator[str]:
        """Yield the names of a kind, the latest first."""
        listings: dict[str, Callable[[], Any]] = {
            "auto-ml-job": lambda: self._sagemaker.get_paginator("list_auto_ml_jobs"),
            "cluster": lambda: self._sagemaker.get_paginator("list_clusters"),
            "data-quality-job-definition": lambda: self._sagemaker.get_paginator("list_data_quality_job_definitions"),
            "endpoint-config": lambda: self._sagemaker.get_paginator("list_endpoint_configs"),
            "feature-group": lambda: self._sagemaker.get_paginator("list_feature_groups"),
            "image": lambda: self._sagemaker.get_paginator("list_images"),
            "inference-experiment": lambda: self._sagemaker.get_paginator("list_inference_experiments"),
            "inference-recommendations-job": lambda: self._sagemaker.get_paginator(
                "list_inference_recommendations_jobs"
            ),
            "labeling-job": lambda: self._sagemaker.get_paginator("list_labeling_jobs"),
            "mlflow-tracking-server": lambda: self._sagemaker.get_paginator("list_mlflow_tracking_servers"),
            "model-bias-job-definition": lambda: self._sagemaker.get_paginator("list_model_bias_job_definitions"),
            "model-explainability-job-definition": lambda: self._sagemaker.get_paginator(
                "list_model_explainability_job_definitions"
            ),
            "model-quality-job-definition": lambda: self._sagemaker.get_paginator("list_model_quality_job_definitions"),
            "monitoring-schedule": lambda: self._sagemaker.get_paginator("list_monitoring_schedules"),
            "optimization-job": lambda: self._sagemaker.get_paginator("list_optimization_jobs"),
        }
        name = model_work.TAKERS[kind][1]
        for page in listings[kind]().paginate(**self._asked(kind)):
            entries = next(listed for listed in page.values() if isinstance(listed, list))
            yield from (str(one[name] if name in one else one[_DEFINED]) for one in entries)

    def _asked(self, kind: str) -> dict[str, object]:
        descending = "DESCENDING" if kind == "image" else "Descending"
        order = {"SortBy": "CREATION_TIME" if kind in _IN_CAPITALS else "CreationTime", "SortOrder": descending}
        return {**order, "CreationTimeAfter": self._since()} if kind in _JOBS else {**order}

    def described(self, kind: str, name: str) -> Any:
        """Return what SageMaker says of one."""
        descriptions: dict[str, Callable[[], Any]] = {
            "auto-ml-job": lambda: self._sagemaker.describe_auto_ml_job_v2(AutoMLJobName=name),
            "cluster": lambda: self._sagemaker.describe_cluster(ClusterName=name),
            "data-quality-job-definition": lambda: self._sagemaker.describe_data_quality_job_definition(
                JobDefinitionName=name
            ),
            "endpoint-config": lambda: self._sagemaker.describe_endpoint_config(EndpointConfigName=name),
            "feature-group": lambda: self._sagemaker.describe_feature_group(FeatureGroupName=name),
            "image": lambda: self._sagemaker.describe_image(ImageName=name),
            "inference-experiment": lambda: self._sagemaker.describe_inference_experiment(Name=name),
            "inference-recommendations-job": lambda: self._sagemaker.describe_inference_recommendations_job(
                JobName=name
            ),
            "labeling-job": lambda: self._sagemaker.describe_labeling_job(LabelingJobName=name),
            "mlflow-tracking-server": lambda: self._sagemaker.describe_mlflow_tracking_server(TrackingServerName=name),
            "model-bias-job-definition": lambda: self._sagemaker.describe_model_bias_job_definition(
                JobDefinitionName=name
            ),
            "model-explainability-job-definition": lambda: self._sagemaker.describe_model_explainability_job_definition(
                JobDefinitionName=name
            ),
            "model-quality-job-definition": lambda: self._sagemaker.describe_model_quality_job_definition(
                JobDefinitionName=name
            ),
            "monitoring-schedule": lambda: self._sagemaker.describe_monitoring_schedule(MonitoringScheduleName=name),
            "optimization-job": lambda: self._sagemaker.describe_optimization_job(OptimizationJobName=name),
        }
        return descriptions[kind]()
