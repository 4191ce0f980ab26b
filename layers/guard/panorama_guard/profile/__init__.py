"""What each guarded role may be at most: data files, and the loader that reads them."""

from panorama_guard.profile.errors import ProfileError
from panorama_guard.profile.loader import load_profile, parse_profile
from panorama_guard.profile.records import Certainty, Enrolment, PinnedPolicy, Profile, RoleProfile

__all__ = [
    "Certainty",
    "Enrolment",
    "PinnedPolicy",
    "Profile",
    "ProfileError",
    "RoleProfile",
    "load_profile",
    "parse_profile",
]
