"""Which guarded roles and resources a call concerns, from a listing that was read: where `inspect` would look."""

from collections.abc import Callable, Iterator, Sequence

from panorama_guard.case.change import (
    Change,
    PolicyNamed,
    ResourceNamed,
    ResourcesBehind,
    RoleNamed,
    ServiceNamed,
    Subject,
)
from panorama_guard.case.listing import ListedRole
from panorama_guard.profile import Profile

Behind = Callable[[str], tuple[str, ...]]


def names_concerned(change: Change, roles: Sequence[ListedRole], behind: Behind, profile: Profile) -> tuple[str, ...]:
    """Return the names of the guarded roles and the keys of the guarded resources that a call may have changed."""
    found = (name for subject in change.subjects for name in _names(subject, roles, behind, profile))
    return tuple(name for name in dict.fromkeys(found) if profile.guarded(name))


def _names(subject: Subject, roles: Sequence[ListedRole], behind: Behind, profile: Profile) -> Iterator[str]:
    match subject:
        case RoleNamed(name):
            yield name
        case PolicyNamed(arn):
            yield from (role.snapshot.subject.name for role in roles if arn in _policies(role))
        case ServiceNamed(service):
            role = profile.role_of_service(service)
            yield from (role.name,) if role else ()
        case ResourceNamed(key):
            yield key
        case ResourcesBehind(key):
            yield from behind(key)


def _policies(role: ListedRole) -> tuple[str, ...]:
    """Return the ARNs of the managed policies that a role has, its boundary included, also where they were not read."""
    snapshot = role.snapshot
    read = tuple(policy.arn for policy in (*snapshot.attached, *snapshot.boundary))
    return (*read, *role.missing, *role.missing_boundary)
