"""Finds the roles that are guarded whatever they are called, and keeps them on record: what was found stays guarded.

Else who gives such a role another trust, or takes away the policy by which it was known, would be rid of the guard.
"""

from collections.abc import Container
from typing import Protocol

from panorama_guard.case.outline import RoleOutline
from panorama_guard.case.resource import is_resource_key, resource_key
from panorama_guard.judging.discovering import found_as
from panorama_guard.profile import FOUND, Guarded, Profile, RoleProfile
from panorama_guard.service.ports import Ledger

# The calls of IAM after which a role may be one that is guarded: it is new, or whom it lets in, or what it has.
GIVE_A_SIGN = frozenset({"CreateRole", "AcquireRole", "UpdateAssumeRolePolicy", "AttachRolePolicy"})


class Finder(Protocol):
    """What finding roles works with."""

    @property
    def account(self) -> str:
        """Return the account."""
        ...

    @property
    def ledger(self) -> Ledger:
        """Return the record."""
        ...


def guarded_by(name: str, profile: Profile, finder: Finder) -> Guarded | None:
    """Return what is guarded by a name or a key: what the profile names, or a role of any name that is on record."""
    known = profile.guarded(name)
    if known is not None or is_resource_key(name) or not profile.families:
        return known
    return next((role for role in found_roles(profile, finder) if role.is_named(name)), None)


def found_roles(profile: Profile, finder: Finder) -> tuple[RoleProfile, ...]:
    """Return the roles that were found, as they are on record."""
    return tuple(role for _, role in found_on_record(profile, finder))


def found_on_record(profile: Profile, finder: Finder) -> "Found":
    """Return the roles that were found, each with the key under which it is on record."""
    keys = (key for key in finder.ledger.resources_on_record(finder.account) if key.startswith(f"{FOUND}:"))
    found = ((key, profile.guarded(key)) for key in keys)
    return tuple((key, role) for key, role in found if isinstance(role, RoleProfile))


Found = tuple[tuple[str, RoleProfile], ...]


def forget_gone(found: Found, live: Container[str], finder: Finder, *, now: str) -> frozenset[str]:
    """Take the roles off the record that were found, are gone, and of which nothing is open; return their names.

    Whoever may make roles could make that list as long as he likes otherwise, and it is read for every strange role.
    What was found has to be read before the roles that are live: one that is found meanwhile is not gone.
    """
    gone = [(key, role.name) for key, role in found if role.name not in live]
    over = [
        one for one in gone if not any(each.is_open for each in finder.ledger.read(finder.account, one[1]).incidents)
    ]
    for key, _ in over:
        finder.ledger.forget_resource(finder.account, key, before=now)
    return frozenset(name for _, name in over)


def put_on_record(outline: RoleOutline, profile: Profile, finder: Finder, *, now: str) -> RoleProfile | None:
    """Put a role on record that is guarded by what it is, and return what it may be; None if it is nobody's."""
    family = found_as(outline, profile)
    if not family:
        return None
    finder.ledger.put_resource(finder.account, resource_key(FOUND, f"{family}/{outline.name}"), at=now)
    return profile.found(family, outline.name, outline.path)
