"""What a call of Greengrass was done to: of either version, whose calls share names and not the case of parameters."""

from collections.abc import Callable, Mapping

from panorama_guard.case import greengrass
from panorama_guard.case.places import Keys, parameters, texts_at
from panorama_guard.case.resource import resource_key
from panorama_guard.case.route import Route

Detail = Mapping[str, object]

_EVERY = (resource_key(greengrass.GROUP, ""), resource_key(greengrass.DEPLOYMENT, ""))


def _group(detail: Detail) -> Keys:
    """Return the group: the first version's parameters begin with a capital; a new group's id is in its answer."""
    places = (("requestParameters", "GroupId"), ("responseElements", "Id"))
    return Keys(_keys(greengrass.GROUP, texts_at(detail, places, greengrass.ID)))


def _deployment(detail: Detail) -> Keys:
    """Return the group whose deployment it is, or the deployment of the second version."""
    groups = parameters(detail, greengrass.ID, "GroupId")
    places = (("requestParameters", "deploymentId"), ("responseElements", "deploymentId"))
    made = () if groups else texts_at(detail, places, greengrass.ID)
    return Keys((*_keys(greengrass.GROUP, groups), *_keys(greengrass.DEPLOYMENT, made)))


def _account(_: Detail) -> Keys:
    return Keys((resource_key(greengrass.ACCOUNT, greengrass.SERVICE_ROLE),))


def _every(_: Detail) -> Keys:
    """Return every group and deployment: a definition or component says nothing of who uses it."""
    return Keys(behind=_EVERY)


def _keys(kind: str, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(resource_key(kind, name) for name in names)


GREENGRASS_KEYS: Mapping[Route, Callable[[Detail], Keys]] = {
    Route.GREENGRASS_GROUP: _group,
    Route.GREENGRASS_DEPLOYMENT: _deployment,
    Route.GREENGRASS_ACCOUNT: _account,
    Route.EVERY_GROUP: _every,
}
