"""What each guarded role or resource may be at most: data files, and the loader that reads them."""

from panorama_guard.profile.errors import ProfileError
from panorama_guard.profile.loader import load_profile, parse_profile
from panorama_guard.profile.records import (
    FOUND,
    SURROUNDINGS,
    Certainty,
    Enrolment,
    Guarded,
    GuardedResource,
    PinnedPolicy,
    Profile,
    ResourceProfile,
    RoleFamily,
    RoleProfile,
    Sign,
)

__all__ = [
    "FOUND",
    "SURROUNDINGS",
    "Certainty",
    "Enrolment",
    "Guarded",
    "GuardedResource",
    "PinnedPolicy",
    "Profile",
    "ProfileError",
    "ResourceProfile",
    "RoleFamily",
    "RoleProfile",
    "Sign",
    "load_profile",
    "parse_profile",
]
