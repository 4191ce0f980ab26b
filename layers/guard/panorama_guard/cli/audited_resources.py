"""Reads and judges the resources of a live account, with the caller's credentials; what cannot be read is told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from panorama_guard.aws.own_subjects import OwnSubjects
from panorama_guard.case import role_use
from panorama_guard.case.errors import CaseError, UnlistedError, UnreachableError
from panorama_guard.case.resource import ResourceSnapshot
from panorama_guard.case.snapshot import Subject
from panorama_guard.cli.progress import clear_progress, show_progress
from panorama_guard.posture.resources import review_resource
from panorama_guard.profile import GuardedResource, Profile
from panorama_guard.profile.posture import Posture
from panorama_guard.reporting.review import ReviewedResource


@dataclass(frozen=True, slots=True)
class Audited:
    """What was found on the resources of an account, and what could not be listed or read, with AWS's words."""

    resources: tuple[ReviewedResource, ...] = ()
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Eyes:
    """What reads the resources of an account."""

    subjects: OwnSubjects
    account: str


def audit_resources(eyes: Eyes, roles: Sequence[str], profile: Profile, posture: Posture) -> Audited:
    """Return the review of every guarded resource, and of what is around the roles of these names."""
    unread: list[str] = []
    keys = {*_listed(eyes, profile, unread), *map(role_use.key_of, roles)}
    known = (profile.guarded(key) for key in sorted(keys))
    guarded = [one for one in known if isinstance(one, GuardedResource)]
    found = tuple(_reviewed(guarded, eyes, posture, unread))
    clear_progress()
    return Audited(found, tuple(unread))


def _listed(eyes: Eyes, profile: Profile, unread: list[str]) -> Iterator[str]:
    for kind in dict.fromkeys(resource.type for resource in profile.resources):
        show_progress(f"reading the account: what is of type {kind}")
        try:
            yield from eyes.subjects.resource_keys(eyes.account, kind)
        except (UnlistedError, UnreachableError) as error:
            unread.append(_of(kind, error))


def _reviewed(
    guarded: Sequence[GuardedResource], eyes: Eyes, posture: Posture, unread: list[str]
) -> Iterator[ReviewedResource]:
    for number, one in enumerate(guarded, start=1):
        show_progress(f"judging: {number} of {len(guarded)} resources")
        try:
            snapshot = eyes.subjects.read_subject(Subject(eyes.account, "", one.name, ""))
        except UnreachableError as error:
            unread.append(_of(one.name, error))
            continue
        if isinstance(snapshot, ResourceSnapshot):  # else it was deleted since it was listed
            yield review_resource(snapshot, one, posture)


def _of(what: str, error: CaseError) -> str:
    return f"{what}: {error}"
