"""What SageMaker has and moto leaves out: jobs that are over can be deleted, and domains have profiles of users.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteTrainingJob.html
"""

from __future__ import annotations

from typing import Any, Final

from moto.core.responses import ActionResult
from moto.sagemaker.exceptions import ValidationError
from moto.sagemaker.responses import SageMakerResponse

from local.sagemaker_takers import taker_repairs


def _delete(jobs: dict[str, Any], name: str) -> str:
    jobs.pop(name, None)
    return "{}"


def _delete_training_job(response: SageMakerResponse) -> str:
    return _delete(response.sagemaker_backend.training_jobs, response._get_param("TrainingJobName"))


def _delete_processing_job(response: SageMakerResponse) -> str:
    return _delete(response.sagemaker_backend.processing_jobs, response._get_param("ProcessingJobName"))


def _profiles(response: SageMakerResponse) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the profiles of the region's domains, which the backend forgets with everything else."""
    kept: dict[tuple[str, str], dict[str, Any]] = response.sagemaker_backend.__dict__.setdefault("user_profiles", {})
    return kept


def _profile_key(response: SageMakerResponse) -> tuple[str, str]:
    return str(response._get_param("DomainId")), str(response._get_param("UserProfileName"))


def _put_user_profile(response: SageMakerResponse) -> ActionResult:
    (domain, name), made = _profile_key(response), {"UserSettings": response._get_param("UserSettings")}
    _profiles(response)[domain, name] = {"DomainId": domain, "UserProfileName": name, **made}
    arn = f"arn:aws:sagemaker:{response.region}:{response.current_account}:user-profile/{domain}/{name}"
    return ActionResult({"UserProfileArn": arn})


def _describe_user_profile(response: SageMakerResponse) -> ActionResult:
    found = _profiles(response).get(_profile_key(response))
    if found is None:
        message = "Could not find user profile."
        raise ValidationError(message)
    return ActionResult(found)


def _list_user_profiles(response: SageMakerResponse) -> ActionResult:
    listed = [{name: one[name] for name in ("DomainId", "UserProfileName")} for one in _profiles(response).values()]
    return ActionResult({"UserProfiles": listed})


def _delete_user_profile(response: SageMakerResponse) -> str:
    _profiles(response).pop(_profile_key(response), None)
    return "{}"


SAGEMAKER_REPAIRS: Final[tuple[tuple[type, str, object], ...]] = (
    (SageMakerResponse, "delete_training_job", _delete_training_job),
    (SageMakerResponse, "delete_processing_job", _delete_processing_job),
    (SageMakerResponse, "create_user_profile", _put_user_profile),
    (SageMakerResponse, "update_user_profile", _put_user_profile),
    (SageMakerResponse, "describe_user_profile", _describe_user_profile),
    (SageMakerResponse, "list_user_profiles", _list_user_profiles),
    (SageMakerResponse, "delete_user_profile", _delete_user_profile),
    *taker_repairs(),
)
