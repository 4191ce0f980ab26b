"""What each call of SageMaker and of IAM Roles Anywhere needs, on the ARN of what it names.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from local.emulator import PARTITION
from local.requirement import Requirement
from local.wire import Call

_NAMED: Final[Mapping[str, tuple[str, str]]] = {
    "DescribeTrainingJob": ("TrainingJobName", "training-job"),
    "DescribeCompilationJob": ("CompilationJobName", "compilation-job"),
    "DescribeProcessingJob": ("ProcessingJobName", "processing-job"),
    "DescribeTransformJob": ("TransformJobName", "transform-job"),
    "DescribeHyperParameterTuningJob": ("HyperParameterTuningJobName", "hyper-parameter-tuning-job"),
    "DescribeModel": ("ModelName", "model"),
    "DescribeNotebookInstance": ("NotebookInstanceName", "notebook-instance"),
    "DescribePipeline": ("PipelineName", "pipeline"),
    "DescribeDomain": ("DomainId", "domain"),
    "DescribeUserProfile": ("DomainId", "user-profile"),
    "DescribeAutoMLJobV2": ("AutoMLJobName", "automl-job"),
    "DescribeCluster": ("ClusterName", "cluster"),
    "DescribeDataQualityJobDefinition": ("JobDefinitionName", "data-quality-job-definition"),
    "DescribeEndpointConfig": ("EndpointConfigName", "endpoint-config"),
    "DescribeFeatureGroup": ("FeatureGroupName", "feature-group"),
    "DescribeImage": ("ImageName", "image"),
    "DescribeInferenceExperiment": ("Name", "inference-experiment"),
    "DescribeInferenceRecommendationsJob": ("JobName", "inference-recommendations-job"),
    "DescribeLabelingJob": ("LabelingJobName", "labeling-job"),
    "DescribeMlflowTrackingServer": ("TrackingServerName", "mlflow-tracking-server"),
    "DescribeModelBiasJobDefinition": ("JobDefinitionName", "model-bias-job-definition"),
    "DescribeModelExplainabilityJobDefinition": ("JobDefinitionName", "model-explainability-job-definition"),
    "DescribeModelQualityJobDefinition": ("JobDefinitionName", "model-quality-job-definition"),
    "DescribeMonitoringSchedule": ("MonitoringScheduleName", "monitoring-schedule"),
    "DescribeOptimizationJob": ("OptimizationJobName", "optimization-job"),
    "DescribeAIBenchmarkJob": ("AIBenchmarkJobName", "ai-benchmark-job"),
    "DescribeAIRecommendationJob": ("AIRecommendationJobName", "ai-recommendation-job"),
    "DescribeAlgorithm": ("AlgorithmName", "algorithm"),
    "DescribeDeviceFleet": ("DeviceFleetName", "device-fleet"),
    "DescribeEdgePackagingJob": ("EdgePackagingJobName", "edge-packaging-job"),
    "DescribeFlowDefinition": ("FlowDefinitionName", "flow-definition"),
    "DescribeJob": ("JobName", "job"),
    "DescribeMlflowApp": ("Arn", ""),
    "DescribeModelPackage": ("ModelPackageName", ""),
    "DescribePartnerApp": ("Arn", ""),
    "DescribePipelineExecution": ("PipelineExecutionArn", ""),
    "DescribeProject": ("ProjectName", "project"),
    "DescribeTrainingSession": ("TrainingSessionName", "training-session"),
}
_LISTINGS: Final = frozenset(
    {
        "ListTrainingJobs",
        "ListCompilationJobs",
        "ListProcessingJobs",
        "ListTransformJobs",
        "ListHyperParameterTuningJobs",
        "ListModels",
        "ListNotebookInstances",
        "ListPipelines",
        "ListDomains",
        "ListUserProfiles",
        "ListAutoMLJobs",
        "ListClusters",
        "ListDataQualityJobDefinitions",
        "ListEndpointConfigs",
        "ListFeatureGroups",
        "ListImages",
        "ListInferenceExperiments",
        "ListInferenceRecommendationsJobs",
        "ListLabelingJobs",
        "ListMlflowTrackingServers",
        "ListModelBiasJobDefinitions",
        "ListModelExplainabilityJobDefinitions",
        "ListModelQualityJobDefinitions",
        "ListMonitoringSchedules",
        "ListOptimizationJobs",
        "ListAIBenchmarkJobs",
        "ListAIRecommendationJobs",
        "ListAlgorithms",
        "ListDeviceFleets",
        "ListEdgePackagingJobs",
        "ListFlowDefinitions",
        "ListJobs",
        "ListMlflowApps",
        "ListModelPackages",
        "ListPartnerApps",
        "ListPipelineExecutions",
        "ListProjects",
        "ListTrainingSessions",
    }
)


def sagemaker_requirement(call: Call, account: str) -> tuple[Requirement, ...] | None:
    """Return the permission that a call needs, or None when the table does not know the operation."""
    action = f"sagemaker:{call.operation}"
    if call.operation in _LISTINGS:
        return (Requirement(action, "*"),)
    if call.operation not in _NAMED:
        return None
    parameter, kind = _NAMED[call.operation]
    name = call.text(parameter).lower()  # SageMaker writes its ARNs in lower case
    if not kind:  # it is named by its ARN
        return (Requirement(action, call.text(parameter).lower()),)
    if call.operation == "DescribeJob":
        name = f"{call.text('JobCategory').lower()}/{name}"
    if call.operation == "DescribeUserProfile":
        name = f"{name}/{call.text('UserProfileName').lower()}"
    return (Requirement(action, f"arn:{PARTITION}:sagemaker:{call.region}:{account}:{kind}/{name}"),)


def anywhere_requirement(call: Call, account: str) -> tuple[Requirement, ...] | None:
    """Return the permission that a call of IAM Roles Anywhere needs, or None for one that the guard never makes.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementrolesanywhere.html
    """
    action, arn = f"rolesanywhere:{call.operation}", f"arn:{PARTITION}:rolesanywhere:{call.region}:{account}"
    if call.operation == "GetProfile":
        return (Requirement(action, f"{arn}:profile/{call.text('profileId')}"),)
    return (Requirement(action, "*"),) if call.operation in ("ListProfiles", "ListTrustAnchors") else None
