"""What a call of SageMaker or CloudWatch was done to: work, by its name or its role, a configuration, dashboards."""

import re
from collections.abc import Callable, Mapping

from panorama_guard.case import dashboard, model_work
from panorama_guard.case.places import Keys, members, parameters, texts_at
from panorama_guard.case.resource import resource_key
from panorama_guard.case.route import Route

Detail = Mapping[str, object]
_VERB = re.compile("create|update|delete")

# The parameter that names each kind of work.
_NAMES: Mapping[str, str] = {
    "trainingJobName": model_work.TRAINING,
    "compilationJobName": model_work.COMPILATION,
    "processingJobName": model_work.PROCESSING,
    "transformJobName": model_work.TRANSFORM,
    "hyperParameterTuningJobName": model_work.TUNING,
    "modelName": model_work.MODEL,
    "notebookInstanceName": model_work.NOTEBOOK,
}


def _work(detail: Detail) -> Keys:
    """Return the work of a call: in the pattern it is guarded, outside of it only its role is."""
    places = _NAMES.items()
    return _either(
        tuple(f"{kind}/{name}" for place, kind in places for name in parameters(detail, model_work.NAME, place))
    )


def _either(found: tuple[str, ...]) -> Keys:
    return Keys(tuple(resource_key(kind, one) for one in found for kind in (model_work.WORK, model_work.USER)))


def _pipeline(detail: Detail) -> Keys:
    names = parameters(detail, model_work.PIPELINE_NAME, "pipelineName")
    return _either(tuple(f"{model_work.PIPELINE}/{name}" for name in names))


def _domain(detail: Detail) -> Keys:
    """Return the domain: the id of a new one is in the ARN of the answer."""
    made = texts_at(detail, (("responseElements", "domainArn"),), model_work.DOMAIN_ARN)
    ids = (*parameters(detail, model_work.NAME, "domainId"), *(arn.rpartition("/")[2] for arn in made))
    return _either(tuple(f"{model_work.DOMAIN}/{one}" for one in dict.fromkeys(ids)))


def _user_profile(detail: Detail) -> Keys:
    domains = parameters(detail, model_work.NAME, "domainId")
    names = parameters(detail, model_work.NAME, "userProfileName")
    return _either(tuple(f"{model_work.USER_PROFILE}/{domain}/{name}" for domain in domains for name in names))


def _taker(detail: Detail) -> Keys:
    """Return what acts as a role that it is given: the call's own name says of which kind it is."""
    word = _VERB.sub("", str(detail.get("eventName", "")).lower()).removesuffix("v2")
    found = ((kind, place) for kind, (called, place) in model_work.TAKERS.items() if called.lower() == word)
    named = ((kind, parameters(detail, model_work.TAKER_NAME, place[0].lower() + place[1:])) for kind, place in found)
    return Keys(tuple(resource_key(model_work.USER, f"{kind}/{name}") for kind, names in named for name in names))


def _lifecycle(detail: Detail) -> Keys:
    names = parameters(detail, model_work.NAME, "notebookInstanceLifecycleConfigName")
    return Keys(behind=tuple(resource_key(model_work.LIFECYCLES, name) for name in names))


def _dashboards(detail: Detail) -> Keys:
    one, some = parameters(detail, dashboard.NAME, "dashboardName"), members(detail, dashboard.NAME, "dashboardNames")
    return Keys(tuple(resource_key(dashboard.TYPE, name) for name in (*one, *some)))


MODEL_WORK_KEYS: Mapping[Route, Callable[[Detail], Keys]] = {
    Route.MODEL_WORK: _work,
    Route.MODEL_LIFECYCLE: _lifecycle,
    Route.MODEL_PIPELINE: _pipeline,
    Route.MODEL_DOMAIN: _domain,
    Route.MODEL_USER_PROFILE: _user_profile,
    Route.MODEL_TAKER: _taker,
    Route.DASHBOARD: _dashboards,
}
