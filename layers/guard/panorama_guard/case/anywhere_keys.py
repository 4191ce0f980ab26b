"""What a call of IAM Roles Anywhere was done to: a profile, by its id, or every profile."""

from collections.abc import Callable, Mapping

from panorama_guard.case import anywhere
from panorama_guard.case.places import Keys, texts_at
from panorama_guard.case.resource import resource_key
from panorama_guard.case.route import Route

Detail = Mapping[str, object]


def _profile(detail: Detail) -> Keys:
    """Return the profile: the id of a new one is in its answer."""
    places = (("requestParameters", "profileId"), ("responseElements", "profile", "profileId"))
    return Keys(tuple(resource_key(anywhere.PROFILE, name) for name in texts_at(detail, places, anywhere.ID)))


def _anchor(_: Detail) -> Keys:
    """Return every profile: whoever has a certificate of an anchor may ask for the roles of each."""
    return Keys(behind=(resource_key(anywhere.ANCHORS_KEY, ""),))


ANYWHERE_KEYS: Mapping[Route, Callable[[Detail], Keys]] = {
    Route.ANYWHERE_PROFILE: _profile,
    Route.ANYWHERE_ANCHOR: _anchor,
}
