"""Which resources an account has, of the types that are guarded."""

from panorama_guard.profile import Profile
from panorama_guard.service.ports import ResourceReader


def live_keys(profile: Profile, resources: ResourceReader) -> tuple[str, ...]:
    """Return the keys of all resources of the profile's types, whatever they are called."""
    kinds = dict.fromkeys(resource.type for resource in profile.resources)
    return tuple(key for kind in kinds for key in resources.resource_keys(kind))
