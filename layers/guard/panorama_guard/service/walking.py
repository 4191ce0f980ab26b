"""Walks through what is guarded, stretch by stretch, so that a sweep holds little at once and can stop between two."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from panorama_guard.case import role_use
from panorama_guard.case.errors import UnlistedError
from panorama_guard.case.sweeping import ON_RECORD, ROLES, Place, Stretch
from panorama_guard.profile import GuardedResource, Profile
from panorama_guard.service.discovering import forget_gone, found_on_record, put_on_record
from panorama_guard.service.sweeper import Ground

STRIDE = 50  # resources; of some types, each is a call or two


def walk(begin: Place, ground: Ground, known: frozenset[str], *, now: str) -> Iterator[Stretch]:
    """Yield the rest of a sweep from a place. `known` are the keys of the resources on record."""
    kinds = kinds_of(ground.profile)
    first = kinds.index(begin.kind) if begin.kind in kinds else 0
    for kind in kinds[first:]:
        after = begin.after if kind == begin.kind else ""
        if kind == ROLES:
            yield _roles(ground, known, now=now)
        elif kind == ON_RECORD:
            yield from _recorded(after, ground, known)
        else:
            yield from _resources(Place(kind, after), ground, known)


def kinds_of(profile: Profile) -> tuple[str, ...]:
    """Return in which order a sweep looks: at roles, what is on record, and the resources of each type."""
    types = (resource.type for resource in profile.resources)
    return (ROLES, ON_RECORD, *dict.fromkeys(kind for kind in types if kind != role_use.TYPE))


def _roles(ground: Ground, known: frozenset[str], *, now: str) -> Stretch:
    """Return all roles, in one listing, and what is around those that are there.

    What is guarded by what it is, and not by its name, is put on record.
    """
    profile, found = ground.profile, found_on_record(ground.profile, ground)
    found_names = {role.name for _, role in found}
    guarded = {role.name.lower(): role.name for role in (*profile.roles, *profile.watched)}
    guarded |= {name.lower(): name for name in found_names}
    live, count = [], 0
    for outline in ground.reader.role_outlines():
        count += 1
        is_known = outline.name in found_names or profile.role_named(outline.name)
        if is_known or put_on_record(outline, profile, ground, now=now):
            guarded[outline.name.lower()] = outline.name
            live.append(outline.name)
    forgotten = forget_gone(found, frozenset(live), ground, now=now)
    names = sorted(name for name in guarded.values() if name not in forgotten)
    around = {*(key for key in known if _is_around(key)), *(role_use.key_of(name) for name in live)}
    return Stretch(ROLES, Place(ON_RECORD, ""), count, (*names, *_guarded(sorted(around), profile)), "")


def _recorded(after: str, ground: Ground, known: frozenset[str]) -> Iterator[Stretch]:
    left = sorted(key for key in known if key > after and not _is_around(key))
    for stride in _strides(left):
        yield Stretch(ON_RECORD, Place(ON_RECORD, stride[-1]), len(stride), _guarded(stride, ground.profile), "")


def _resources(begin: Place, ground: Ground, known: frozenset[str]) -> Iterator[Stretch]:
    kind, profile = begin.kind, ground.profile
    try:
        for stride in _strides(ground.resources.walk(kind, begin.after)):
            fresh = [seen.key for seen in stride if seen.is_there and seen.key not in known]
            yield Stretch(kind, Place(kind, stride[-1].key), len(stride), _guarded(fresh, profile), "")
    except UnlistedError as error:
        yield Stretch(kind, begin, 0, (), str(error))


T = TypeVar("T")


def _strides(walked: Iterable[T]) -> Iterator[tuple[T, ...]]:
    left = iter(walked)
    while stride := tuple(islice(left, STRIDE)):
        yield stride


def _is_around(key: str) -> bool:
    return role_use.role_of(key) != ""


def _guarded(keys: Iterable[str], profile: Profile) -> tuple[str, ...]:
    return tuple(key for key in keys if isinstance(profile.guarded(key), GuardedResource))
