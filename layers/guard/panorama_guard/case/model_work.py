"""What SageMaker does for Panorama: jobs, models and notebooks, each by its kind and its name.

https://docs.aws.amazon.com/sagemaker/latest/dg/security-iam.html
"""

import re
from collections.abc import Mapping

WORK = "sagemaker-work"  # of the naming pattern
USER = "sagemaker-user"  # of another name, with a guarded role
LIFECYCLES = "sagemaker-lifecycle"  # the key of a call that names a lifecycle configuration: its notebooks

ROLE = "execution role"
INPUTS = "inputs"
OUTPUTS = "outputs"
LIFECYCLE = "lifecycle configuration"

TRAINING, COMPILATION, PROCESSING = "training-job", "compilation-job", "processing-job"
TRANSFORM, TUNING = "transform-job", "hyper-parameter-tuning-job"
MODEL, NOTEBOOK = "model", "notebook-instance"
KINDS = (TRAINING, COMPILATION, PROCESSING, TRANSFORM, TUNING, MODEL, NOTEBOOK)
PIPELINE, DOMAIN, USER_PROFILE = "pipeline", "domain", "user-profile"
# What has a role for others to work with: none was ever Panorama's. A user profile is called DOMAIN/NAME.
STUDIO = (PIPELINE, DOMAIN, USER_PROFILE)
JOB, PACKAGE, EXECUTION = "job", "model-package", "pipeline-execution"
# What else acts as a role that it is given, whatever its name: what SageMaker calls the kind, and what names one of it.
# What has an ARN for that is called by the end of it. A job is called CATEGORY/NAME.
TAKERS: Mapping[str, tuple[str, str]] = {
    "ai-benchmark-job": ("AIBenchmarkJob", "AIBenchmarkJobName"),
    "ai-recommendation-job": ("AIRecommendationJob", "AIRecommendationJobName"),
    "algorithm": ("Algorithm", "AlgorithmName"),
    "auto-ml-job": ("AutoMLJob", "AutoMLJobName"),
    "cluster": ("Cluster", "ClusterName"),
    "data-quality-job-definition": ("DataQualityJobDefinition", "JobDefinitionName"),
    "device-fleet": ("DeviceFleet", "DeviceFleetName"),
    "edge-packaging-job": ("EdgePackagingJob", "EdgePackagingJobName"),
    "endpoint-config": ("EndpointConfig", "EndpointConfigName"),
    "feature-group": ("FeatureGroup", "FeatureGroupName"),
    "flow-definition": ("FlowDefinition", "FlowDefinitionName"),
    "image": ("Image", "ImageName"),
    "inference-experiment": ("InferenceExperiment", "Name"),
    "inference-recommendations-job": ("InferenceRecommendationsJob", "JobName"),
    JOB: ("Job", "JobName"),
    "labeling-job": ("LabelingJob", "LabelingJobName"),
    "mlflow-app": ("MlflowApp", "Arn"),
    "mlflow-tracking-server": ("MlflowTrackingServer", "TrackingServerName"),
    "model-bias-job-definition": ("ModelBiasJobDefinition", "JobDefinitionName"),
    "model-explainability-job-definition": ("ModelExplainabilityJobDefinition", "JobDefinitionName"),
    PACKAGE: ("ModelPackage", "ModelPackageArn"),
    "model-quality-job-definition": ("ModelQualityJobDefinition", "JobDefinitionName"),
    "monitoring-schedule": ("MonitoringSchedule", "MonitoringScheduleName"),
    "optimization-job": ("OptimizationJob", "OptimizationJobName"),
    "partner-app": ("PartnerApp", "Arn"),
    EXECUTION: ("PipelineExecution", "PipelineExecutionArn"),
    "project": ("Project", "ProjectName"),
    "training-session": ("TrainingSession", "TrainingSessionName"),
}
JOB_CATEGORIES = ("AgentRFT", "AgentRFTEvaluation")  # SageMaker lists the jobs of one at a time
UNLISTED = "*"

NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9-]{0,62}", re.ASCII)
PIPELINE_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,255}", re.ASCII)
TAKER_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_-]{0,255}", re.ASCII)
# As calls name what has an ARN: by it, or by its end.
TAKER_ARN = re.compile(r"(arn:[a-z-]+:sagemaker:[a-z0-9-]+:\d{12}:[a-z-]+/)?[a-zA-Z0-9][a-zA-Z0-9_/-]{0,511}", re.ASCII)
DOMAIN_ARN = re.compile(r"arn:[a-z-]+:sagemaker:[a-z0-9-]+:\d{12}:domain/(?P<id>[a-zA-Z0-9-]{1,63})", re.ASCII)


def work_of(key: str) -> tuple[str, str]:
    """Return the kind and the name of a piece of work, by its key."""
    kind, _, name = key.partition(":")[2].partition("/")
    return kind, name


def resource_of(kind: str, name: str) -> str:
    """Return how the ARN of a piece of work ends: a run's has its pipeline's."""
    return f"{PIPELINE if kind == EXECUTION else kind}/{name}"


def end_of(arn: str) -> str:
    """Return what is called by the end of its ARN, by that or by its ARN."""
    return arn.partition("/")[2] if arn.startswith("arn:") else arn


def bucket_of(uri: str) -> str:
    """Return the bucket that a URI names, or an empty text where it is no URI of a bucket."""
    return uri.removeprefix("s3://").partition("/")[0] if uri.startswith("s3://") else ""
