"""Reads what else of SageMaker acts as a role that it is given: endpoints' configurations, feature groups, and others.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateFeatureGroup.html
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from panorama_guard.case import model_work

# Of these old ones are left out.
_JOBS = frozenset(
    {
        *("ai-benchmark-job", "ai-recommendation-job", "auto-ml-job", "edge-packaging-job"),
        *("inference-recommendations-job", model_work.JOB, "labeling-job", "optimization-job"),
    }
)
# SageMaker writes the orders of its listings in two ways, and puts some in none, or says which by itself.
_IN_CAPITALS = frozenset({"cluster", "device-fleet", "edge-packaging-job", "image"})
_UNORDERED = frozenset({"flow-definition", "partner-app", "training-session"})
# Without what of a call a kind cannot be read as it should: whose pipelines are listed, and no model card decrypted.
_NEEDED = {
    model_work.EXECUTION: ("ListPipelines", "ManagedBy"),
    model_work.PACKAGE: ("DescribeModelPackage", "IncludedData"),
}
_DEFINED = "MonitoringJobDefinitionName"  # as listings call every definition of a job that watches a model

_Calls = dict[str, Callable[[], Any]]


class ModelTakers:
    """What acts as a role in the account's SageMaker beside its work, in the region of the client."""

    def __init__(self, sagemaker: Any, account: str, since: Callable[[], datetime]) -> None:
        """Take a client, the account, and how old jobs may be."""
        self._sagemaker = sagemaker
        self._account = account
        self._since = since

    def is_known(self, kind: str) -> bool:
        """Say whether the client knows a kind: the runtime's may be older than what SageMaker has by now."""
        model, listing = self._sagemaker.meta.service_model, f"List{model_work.TAKERS[kind][0]}s"
        if listing not in model.operation_names:
            return False
        operation, member = _NEEDED.get(kind, (listing, "NextToken"))
        return member in model.operation_model(operation).input_shape.members

    def names(self, kind: str) -> Iterator[str]:
        """Yield the names of a kind, the latest first."""
        if kind == model_work.JOB:
            for category in model_work.JOB_CATEGORIES:
                yield from (f"{category}/{name}" for name in self._listed(kind, JobCategory=category))
        elif kind == model_work.EXECUTION:
            yield from self._executions()
        else:
            yield from self._listed(kind, **({"ModelPackageType": "Both"} if kind == model_work.PACKAGE else {}))

    def _executions(self) -> Iterator[str]:
        """Yield the runs of the pipelines that AWS manages: any other one's role is its pipeline's."""
        for page in self._sagemaker.get_paginator("list_pipelines").paginate(ManagedBy="AWS"):
            for one in page["PipelineSummaries"]:
                yield from self._listed(
                    model_work.EXECUTION, PipelineName=one["PipelineArn"], CreatedAfter=self._since()
                )

    def _listed(self, kind: str, **more: object) -> Iterator[str]:
        listings: _Calls = {
            "ai-benchmark-job": lambda: self._sagemaker.get_paginator("list_ai_benchmark_jobs"),
            "ai-recommendation-job": lambda: self._sagemaker.get_paginator("list_ai_recommendation_jobs"),
            "algorithm": lambda: self._sagemaker.get_paginator("list_algorithms"),
            "auto-ml-job": lambda: self._sagemaker.get_paginator("list_auto_ml_jobs"),
            "cluster": lambda: self._sagemaker.get_paginator("list_clusters"),
            "data-quality-job-definition": lambda: self._sagemaker.get_paginator("list_data_quality_job_definitions"),
            "device-fleet": lambda: self._sagemaker.get_paginator("list_device_fleets"),
            "edge-packaging-job": lambda: self._sagemaker.get_paginator("list_edge_packaging_jobs"),
            "endpoint-config": lambda: self._sagemaker.get_paginator("list_endpoint_configs"),
            "feature-group": lambda: self._sagemaker.get_paginator("list_feature_groups"),
            "flow-definition": lambda: self._sagemaker.get_paginator("list_flow_definitions"),
            "image": lambda: self._sagemaker.get_paginator("list_images"),
            "inference-experiment": lambda: self._sagemaker.get_paginator("list_inference_experiments"),
            "inference-recommendations-job": lambda: self._sagemaker.get_paginator(
                "list_inference_recommendations_jobs"
            ),
            model_work.JOB: lambda: self._sagemaker.get_paginator("list_jobs"),
            "labeling-job": lambda: self._sagemaker.get_paginator("list_labeling_jobs"),
            "mlflow-app": lambda: self._sagemaker.get_paginator("list_mlflow_apps"),
            "mlflow-tracking-server": lambda: self._sagemaker.get_paginator("list_mlflow_tracking_servers"),
            "model-bias-job-definition": lambda: self._sagemaker.get_paginator("list_model_bias_job_definitions"),
            "model-explainability-job-definition": lambda: self._sagemaker.get_paginator(
                "list_model_explainability_job_definitions"
            ),
            model_work.PACKAGE: lambda: self._sagemaker.get_paginator("list_model_packages"),
            "model-quality-job-definition": lambda: self._sagemaker.get_paginator("list_model_quality_job_definitions"),
            "monitoring-schedule": lambda: self._sagemaker.get_paginator("list_monitoring_schedules"),
            "optimization-job": lambda: self._sagemaker.get_paginator("list_optimization_jobs"),
            "partner-app": lambda: self._sagemaker.get_paginator("list_partner_apps"),
            model_work.EXECUTION: lambda: self._sagemaker.get_paginator("list_pipeline_executions"),
            "project": lambda: self._sagemaker.get_paginator("list_projects"),
            "training-session": lambda: self._sagemaker.get_paginator("list_training_sessions"),
        }
        word, member = model_work.TAKERS[kind]
        for page in listings[kind]().paginate(**self._asked(kind), **more):
            entries = next(listed for listed in page.values() if isinstance(listed, list))
            yield from (_name_in(one, member, f"{word}Arn") for one in entries)

    def _asked(self, kind: str) -> dict[str, object]:
        if kind in _UNORDERED:
            return {}
        descending = "DESCENDING" if kind == "image" else "Descending"
        order = {"SortBy": "CREATION_TIME" if kind in _IN_CAPITALS else "CreationTime", "SortOrder": descending}
        return {**order, "CreationTimeAfter": self._since()} if kind in _JOBS else {**order}

    def described(self, kind: str, name: str) -> Any:
        """Return what SageMaker says of one."""
        return {**self._jobs(name), **self._by_name(name), **self._by_arn(kind, name)}[kind]()

    def _jobs(self, name: str) -> _Calls:
        category, _, of_category = name.partition("/")
        return {
            "ai-benchmark-job": lambda: self._sagemaker.describe_ai_benchmark_job(AIBenchmarkJobName=name),
            "ai-recommendation-job": lambda: self._sagemaker.describe_ai_recommendation_job(
                AIRecommendationJobName=name
            ),
            "auto-ml-job": lambda: self._sagemaker.describe_auto_ml_job_v2(AutoMLJobName=name),
            "data-quality-job-definition": lambda: self._sagemaker.describe_data_quality_job_definition(
                JobDefinitionName=name
            ),
            "edge-packaging-job": lambda: self._sagemaker.describe_edge_packaging_job(EdgePackagingJobName=name),
            "inference-recommendations-job": lambda: self._sagemaker.describe_inference_recommendations_job(
                JobName=name
            ),
            "labeling-job": lambda: self._sagemaker.describe_labeling_job(LabelingJobName=name),
            "model-bias-job-definition": lambda: self._sagemaker.describe_model_bias_job_definition(
                JobDefinitionName=name
            ),
            "model-explainability-job-definition": lambda: self._sagemaker.describe_model_explainability_job_definition(
                JobDefinitionName=name
            ),
            "model-quality-job-definition": lambda: self._sagemaker.describe_model_quality_job_definition(
                JobDefinitionName=name
            ),
            "optimization-job": lambda: self._sagemaker.describe_optimization_job(OptimizationJobName=name),
            model_work.JOB: lambda: self._sagemaker.describe_job(JobCategory=category, JobName=of_category),
        }

    def _by_name(self, name: str) -> _Calls:
        return {
            "algorithm": lambda: self._sagemaker.describe_algorithm(AlgorithmName=name),
            "cluster": lambda: self._sagemaker.describe_cluster(ClusterName=name),
            "device-fleet": lambda: self._sagemaker.describe_device_fleet(DeviceFleetName=name),
            "endpoint-config": lambda: self._sagemaker.describe_endpoint_config(EndpointConfigName=name),
            "feature-group": lambda: self._sagemaker.describe_feature_group(FeatureGroupName=name),
            "flow-definition": lambda: self._sagemaker.describe_flow_definition(FlowDefinitionName=name),
            "image": lambda: self._sagemaker.describe_image(ImageName=name),
            "inference-experiment": lambda: self._sagemaker.describe_inference_experiment(Name=name),
            "mlflow-tracking-server": lambda: self._sagemaker.describe_mlflow_tracking_server(TrackingServerName=name),
            "monitoring-schedule": lambda: self._sagemaker.describe_monitoring_schedule(MonitoringScheduleName=name),
            "project": lambda: self._sagemaker.describe_project(ProjectName=name),
            "training-session": lambda: self._sagemaker.describe_training_session(TrainingSessionName=name),
        }

    def _by_arn(self, kind: str, name: str) -> _Calls:
        meta = self._sagemaker.meta
        place = f"arn:{meta.partition}:sagemaker:{meta.region_name}:{self._account}"
        arn = f"{place}:{model_work.resource_of(kind, name)}"
        return {
            "mlflow-app": lambda: self._sagemaker.describe_mlflow_app(Arn=arn),
            model_work.PACKAGE: lambda: self._sagemaker.describe_model_package(
                ModelPackageName=arn, IncludedData="MetadataOnly"
            ),
            "partner-app": lambda: self._sagemaker.describe_partner_app(Arn=arn),
            model_work.EXECUTION: lambda: self._sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn),
        }


def _name_in(entry: Any, member: str, arn: str) -> str:
    """Return what a listing calls one; a session is in it by its ARN alone."""
    return model_work.end_of(str(next(entry[name] for name in (member, _DEFINED, arn) if name in entry)))
