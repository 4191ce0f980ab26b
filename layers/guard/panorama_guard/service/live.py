"""Which resources an account has, of the types that are guarded."""

from panorama_guard.case.errors import UnlistedError
from panorama_guard.profile import Profile
from panorama_guard.service.ports import ResourceReader


def live_keys(profile: Profile, resources: ResourceReader) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the keys of all resources of the profile's types, whatever they are called, and what cannot be listed."""
    keys: list[str] = []
    unlisted: list[str] = []
    for kind in dict.fromkeys(resource.type for resource in profile.resources):
        try:
            keys += resources.resource_keys(kind)
        except UnlistedError as error:
            unlisted.append(str(error))
    return tuple(keys), tuple(unlisted)
