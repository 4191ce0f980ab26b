"""Which calls of SageMaker and CloudWatch can change what is guarded, and where each says whom it was done to."""

from collections.abc import Mapping
from types import MappingProxyType

from panorama_guard.case.route import Route

SAGEMAKER = "sagemaker.amazonaws.com"

# What begins to run as a role, and what is over: a job that is stopped is judged as it was.
# https://docs.aws.amazon.com/sagemaker/latest/dg/logging-using-cloudtrail.html
SAGEMAKER_EVENTS: Mapping[str, Route] = MappingProxyType(
    {
        "CreateTrainingJob": Route.MODEL_WORK,
        "DeleteTrainingJob": Route.MODEL_WORK,
        "CreateCompilationJob": Route.MODEL_WORK,
        "DeleteCompilationJob": Route.MODEL_WORK,
        "CreateProcessingJob": Route.MODEL_WORK,
        "DeleteProcessingJob": Route.MODEL_WORK,
        "CreateTransformJob": Route.MODEL_WORK,
        "CreateHyperParameterTuningJob": Route.MODEL_WORK,
        "DeleteHyperParameterTuningJob": Route.MODEL_WORK,
        "CreateModel": Route.MODEL_WORK,
        "DeleteModel": Route.MODEL_WORK,
        "CreateNotebookInstance": Route.MODEL_WORK,
        "UpdateNotebookInstance": Route.MODEL_WORK,
        "DeleteNotebookInstance": Route.MODEL_WORK,
        "CreateNotebookInstanceLifecycleConfig": Route.MODEL_LIFECYCLE,
        "UpdateNotebookInstanceLifecycleConfig": Route.MODEL_LIFECYCLE,
        "DeleteNotebookInstanceLifecycleConfig": Route.MODEL_LIFECYCLE,
        "CreatePipeline": Route.MODEL_PIPELINE,
        "UpdatePipeline": Route.MODEL_PIPELINE,
        "DeletePipeline": Route.MODEL_PIPELINE,
        "CreateDomain": Route.MODEL_DOMAIN,
        "UpdateDomain": Route.MODEL_DOMAIN,
        "DeleteDomain": Route.MODEL_DOMAIN,
        "CreateUserProfile": Route.MODEL_USER_PROFILE,
        "UpdateUserProfile": Route.MODEL_USER_PROFILE,
        "DeleteUserProfile": Route.MODEL_USER_PROFILE,
        "CreateAutoMLJob": Route.MODEL_TAKER,
        "CreateAutoMLJobV2": Route.MODEL_TAKER,
        "CreateCluster": Route.MODEL_TAKER,
        "UpdateCluster": Route.MODEL_TAKER,
        "DeleteCluster": Route.MODEL_TAKER,
        "CreateDataQualityJobDefinition": Route.MODEL_TAKER,
        "DeleteDataQualityJobDefinition": Route.MODEL_TAKER,
        "CreateEndpointConfig": Route.MODEL_TAKER,
        "DeleteEndpointConfig": Route.MODEL_TAKER,
        "CreateFeatureGroup": Route.MODEL_TAKER,
        "DeleteFeatureGroup": Route.MODEL_TAKER,
        "CreateImage": Route.MODEL_TAKER,
        "UpdateImage": Route.MODEL_TAKER,
        "DeleteImage": Route.MODEL_TAKER,
        "CreateInferenceExperiment": Route.MODEL_TAKER,
        "UpdateInferenceExperiment": Route.MODEL_TAKER,
        "DeleteInferenceExperiment": Route.MODEL_TAKER,
        "CreateInferenceRecommendationsJob": Route.MODEL_TAKER,
        "CreateLabelingJob": Route.MODEL_TAKER,
        "CreateMlflowTrackingServer": Route.MODEL_TAKER,
        "UpdateMlflowTrackingServer": Route.MODEL_TAKER,
        "DeleteMlflowTrackingServer": Route.MODEL_TAKER,
        "CreateModelBiasJobDefinition": Route.MODEL_TAKER,
        "DeleteModelBiasJobDefinition": Route.MODEL_TAKER,
        "CreateModelExplainabilityJobDefinition": Route.MODEL_TAKER,
        "DeleteModelExplainabilityJobDefinition": Route.MODEL_TAKER,
        "CreateModelQualityJobDefinition": Route.MODEL_TAKER,
        "DeleteModelQualityJobDefinition": Route.MODEL_TAKER,
        "CreateMonitoringSchedule": Route.MODEL_TAKER,
        "UpdateMonitoringSchedule": Route.MODEL_TAKER,
        "DeleteMonitoringSchedule": Route.MODEL_TAKER,
        "CreateOptimizationJob": Route.MODEL_TAKER,
        "DeleteOptimizationJob": Route.MODEL_TAKER,
        "CreateAIBenchmarkJob": Route.MODEL_TAKER,
        "DeleteAIBenchmarkJob": Route.MODEL_TAKER,
        "CreateAIRecommendationJob": Route.MODEL_TAKER,
        "DeleteAIRecommendationJob": Route.MODEL_TAKER,
        "CreateAlgorithm": Route.MODEL_TAKER,
        "DeleteAlgorithm": Route.MODEL_TAKER,
        "CreateDeviceFleet": Route.MODEL_TAKER,
        "UpdateDeviceFleet": Route.MODEL_TAKER,
        "DeleteDeviceFleet": Route.MODEL_TAKER,
        "CreateEdgePackagingJob": Route.MODEL_TAKER,
        "CreateFlowDefinition": Route.MODEL_TAKER,
        "DeleteFlowDefinition": Route.MODEL_TAKER,
        "CreateJob": Route.MODEL_TAKER,
        "DeleteJob": Route.MODEL_TAKER,
        "CreateMlflowApp": Route.MODEL_TAKER,
        "UpdateMlflowApp": Route.MODEL_TAKER,
        "DeleteMlflowApp": Route.MODEL_TAKER,
        "CreateModelPackage": Route.MODEL_TAKER,
        "UpdateModelPackage": Route.MODEL_TAKER,
        "DeleteModelPackage": Route.MODEL_TAKER,
        "CreatePartnerApp": Route.MODEL_TAKER,
        "DeletePartnerApp": Route.MODEL_TAKER,
        "StartPipelineExecution": Route.MODEL_TAKER,
        "CreateProject": Route.MODEL_TAKER,
        "DeleteProject": Route.MODEL_TAKER,
        "CreateTrainingSession": Route.MODEL_TAKER,
        "DeleteTrainingSession": Route.MODEL_TAKER,
    }
)

MONITORING = "monitoring.amazonaws.com"  # as CloudTrail calls CloudWatch

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/logging_cw_api_calls.html
MONITORING_EVENTS: Mapping[str, Route] = MappingProxyType(
    {"PutDashboard": Route.DASHBOARD, "DeleteDashboards": Route.DASHBOARD}
)
