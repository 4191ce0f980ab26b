"""What a call of SageMaker or CloudWatch was done to: work, by its name or its role, a configuration, dashboards."""

import re
from collections.abc import Callable, Iterable, Mapping

from panorama_guard.case import dashboard, model_work
from panorama_guard.case.places import Keys, members, parameters, texts_at
from panorama_guard.case.resource import resource_key
from panorama_guard.case.route import Route

Detail = Mapping[str, object]
_VERB = re.compile("create|update|delete|start")
_CAPITALS = re.compile("[A-Z]+(?=[A-Z][a-z])|[A-Z]")  # before a name's first word that is written in small letters
_PACKAGE = "modelPackageName"  # also by the end of its ARN, where it has a version

_WHERE = ("requestParameters", "responseElements")
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
    found = tuple(f"{kind}/{name}" for place, kind in places for name in parameters(detail, model_work.NAME, place))
    return Keys(tuple(resource_key(kind, one) for one in found for kind in (model_work.WORK, model_work.USER)))


def _users(kind: str, names: Iterable[str]) -> Keys:
    """Return what is guarded only while it has a guarded role, whatever it is called."""
    return Keys(tuple(resource_key(model_work.USER, f"{kind}/{name}") for name in names))


def _pipeline(detail: Detail) -> Keys:
    return _users(model_work.PIPELINE, parameters(detail, model_work.PIPELINE_NAME, "pipelineName"))


def _domain(detail: Detail) -> Keys:
    """Return the domain: the id of a new one is in the ARN of the answer."""
    made = texts_at(detail, (("responseElements", "domainArn"),), model_work.DOMAIN_ARN)
    ids = (*parameters(detail, model_work.NAME, "domainId"), *(arn.rpartition("/")[2] for arn in made))
    return _users(model_work.DOMAIN, dict.fromkeys(ids))


def _user_profile(detail: Detail) -> Keys:
    domains = parameters(detail, model_work.NAME, "domainId")
    names = parameters(detail, model_work.NAME, "userProfileName")
    return _users(model_work.USER_PROFILE, (f"{domain}/{name}" for domain in domains for name in names))


def _taker(detail: Detail) -> Keys:
    """Return what acts as a role that it is given: the call's own name says of which kind it is."""
    word = _VERB.sub("", str(detail.get("eventName", "")).lower()).removesuffix("v2")
    (found,) = ((kind, place) for kind, (called, place) in model_work.TAKERS.items() if called.lower() == word)
    return _users(found[0], _names(detail, *found))


def _names(detail: Detail, kind: str, place: str) -> tuple[str, ...]:
    """Return what a call calls one of a kind: what has an ARN is in the answer of the call that makes it."""
    spelled = dict.fromkeys((place[0].lower() + place[1:], _CAPITALS.sub(lambda one: one[0].lower(), place, count=1)))
    if place.endswith("Arn"):
        named = (_PACKAGE,) if kind == model_work.PACKAGE else ()
        places = tuple((where, one) for where in _WHERE for one in (*spelled, *named))
        ends = (model_work.end_of(arn) for arn in texts_at(detail, places, model_work.TAKER_ARN))
        return tuple(dict.fromkeys(ends))
    names = parameters(detail, model_work.TAKER_NAME, *spelled)
    if kind != model_work.JOB:
        return names
    categories = parameters(detail, model_work.TAKER_NAME, "jobCategory")
    return tuple(f"{category}/{name}" for category in categories for name in names)


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
