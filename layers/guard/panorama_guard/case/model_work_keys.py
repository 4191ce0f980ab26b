"""What a call of SageMaker or CloudWatch was done to: work, by its name or its role, a configuration, dashboards."""

from collections.abc import Callable, Mapping

from panorama_guard.case import dashboard, model_work
from panorama_guard.case.places import Keys, members, parameters
from panorama_guard.case.resource import resource_key
from panorama_guard.case.route import Route

Detail = Mapping[str, object]

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
    found = [f"{kind}/{name}" for place, kind in _NAMES.items() for name in parameters(detail, model_work.NAME, place)]
    return Keys(tuple(resource_key(kind, one) for one in found for kind in (model_work.WORK, model_work.USER)))


def _lifecycle(detail: Detail) -> Keys:
    names = parameters(detail, model_work.NAME, "notebookInstanceLifecycleConfigName")
    return Keys(behind=tuple(resource_key(model_work.LIFECYCLES, name) for name in names))


def _dashboards(detail: Detail) -> Keys:
    one, some = parameters(detail, dashboard.NAME, "dashboardName"), members(detail, dashboard.NAME, "dashboardNames")
    return Keys(tuple(resource_key(dashboard.TYPE, name) for name in (*one, *some)))


MODEL_WORK_KEYS: Mapping[Route, Callable[[Detail], Keys]] = {
    Route.MODEL_WORK: _work,
    Route.MODEL_LIFECYCLE: _lifecycle,
    Route.DASHBOARD: _dashboards,
}
