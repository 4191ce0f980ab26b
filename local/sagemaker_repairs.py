"""What SageMaker has and moto leaves out: jobs that are over can be deleted.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteTrainingJob.html
"""

from __future__ import annotations

from typing import Any, Final

from moto.sagemaker.responses import SageMakerResponse


def _delete(jobs: dict[str, Any], name: str) -> str:
    jobs.pop(name, None)
    return "{}"


def _delete_training_job(response: SageMakerResponse) -> str:
    return _delete(response.sagemaker_backend.training_jobs, response._get_param("TrainingJobName"))


def _delete_processing_job(response: SageMakerResponse) -> str:
    return _delete(response.sagemaker_backend.processing_jobs, response._get_param("ProcessingJobName"))


SAGEMAKER_REPAIRS: Final[tuple[tuple[type, str, object], ...]] = (
    (SageMakerResponse, "delete_training_job", _delete_training_job),
    (SageMakerResponse, "delete_processing_job", _delete_processing_job),
)
