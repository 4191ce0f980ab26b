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
    }
)

MONITORING = "monitoring.amazonaws.com"  # as CloudTrail calls CloudWatch

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/logging_cw_api_calls.html
MONITORING_EVENTS: Mapping[str, Route] = MappingProxyType(
    {"PutDashboard": Route.DASHBOARD, "DeleteDashboards": Route.DASHBOARD}
)
