"""Writes the posture report: one page, with the same as JSON and SARIF beside it; and leads the operators to it."""

import json
from collections.abc import Container, Iterator, Sequence

from panorama_guard.case import role_use
from panorama_guard.case.listing import ListedRole
from panorama_guard.case.shelved import Shelved
from panorama_guard.case.waiver import Waiver
from panorama_guard.judging.weak_patterns import weak_patterns
from panorama_guard.policy.record import record
from panorama_guard.posture.page import Reader, page_of
from panorama_guard.posture.resources import review_resource
from panorama_guard.posture.roles import Sorted, notes_on_roles, review_roles, sort_roles
from panorama_guard.profile import GuardedResource, Profile
from panorama_guard.profile.posture import Posture
from panorama_guard.reporting.digest import Digest, digest_attributes, digest_message, digest_subject
from panorama_guard.reporting.open_there import left_line
from panorama_guard.reporting.page.records import Gauges, OnRecord, PosturePage
from panorama_guard.reporting.page.render import render
from panorama_guard.reporting.page_change import (
    PageChange,
    change_attributes,
    change_message,
    change_subject,
    page_change,
    page_text,
)
from panorama_guard.reporting.posture import posture_body
from panorama_guard.reporting.review import VERSION, Review, ReviewedResource
from panorama_guard.reporting.sarif import sarif_body
from panorama_guard.service.later import pause_in_force
from panorama_guard.service.live import live_keys
from panorama_guard.service.member_ports import MemberRecords
from panorama_guard.service.open_there import read_open_there
from panorama_guard.service.ports import Ledger, ResourceReader
from panorama_guard.service.report_ports import Activity, DeadLetters, HeardTopic, Listing, Shelf

MOST_RESOURCES = 500  # what is read within the function's time; that there are more is told
BUCKETS = "s3-bucket:"
HTML, JSON, SARIF = "posture.html", "posture.json", "posture.sarif"
TOLD = "posture.told"  # what the page said to which operators were last led
_NOT_SEEN = "service control policies, session policies, and resource policies of what is not guarded are not read"


@record
class Reporter:
    """What reporting needs: rules, eyes, the record, gauges, a shelf and the operators' topic."""

    profile: Profile
    posture: Posture
    account: str
    own_role: str
    listing: Listing
    resources: ResourceReader
    ledger: Ledger
    dead_letters: DeadLetters
    activity: Activity
    shelf: Shelf
    topic: HeardTopic
    members: MemberRecords


@record
class Reported:
    """What a report saw and where it stands, for the log."""

    roles: int
    resources: int
    findings: int
    subscribers: int
    page: Shelved
    is_changed: bool


def report(reporter: Reporter, *, now: str, with_digest: bool) -> Reported:
    """Judge the account as it is, write the report, and lead the operators to it if they are to look.

    They hear last: what they are led to is there.
    """
    page = look(reporter, now=now)
    shelved = reporter.shelf.put(HTML, render(page), "text/html; charset=us-ascii")
    reporter.shelf.put(JSON, json.dumps(posture_body(page), indent=2), "application/json")
    reporter.shelf.put(SARIF, json.dumps(sarif_body(page.review), indent=2), "application/sarif+json")
    change = page_change(page, shelved, reporter.shelf.read(TOLD), now=now)
    _tell(change, reporter, with_digest=with_digest)
    review = page.review
    heard_by = sum(page.gauges.subscribers) if page.gauges else 0
    findings = sum(1 for _ in review.all_findings)
    return Reported(len(review.roles), len(review.resources), findings, heard_by, shelved, bool(change))


def _tell(change: PageChange, reporter: Reporter, *, with_digest: bool) -> None:
    """Tell the digest if it is wanted, which leads to the page too; else of the page if it says something else.

    What they were led to is kept last: a crash before it tells them twice, never not at all.
    """
    topic = reporter.topic
    if with_digest:
        digest = _digest(change, reporter)
        topic.publish(digest_subject(digest), digest_message(digest), digest_attributes(digest))
    elif change:
        topic.publish(change_subject(change), change_message(change), change_attributes(change))
    if change:
        reporter.shelf.put(TOLD, page_text(change.page), "text/plain; charset=utf-8")


def _digest(change: PageChange, reporter: Reporter) -> Digest:
    pause = pause_in_force(reporter.ledger, reporter.account, now=change.now)
    members = reporter.members.read_members(reporter.account)
    return Digest(change.page, change.shelved, pause.describe() if pause else "", change.now, members)


def look(reporter: Reporter, *, now: str) -> PosturePage:
    """Return the page of the account as it is now."""
    known, there = _on_record(reporter), read_open_there(reporter.ledger)
    dossiers = tuple(reporter.ledger.read(reporter.account, name) for name in known)
    waivers = tuple(one for dossier in dossiers for one in dossier.waivers if one.is_alive(now=now))
    in_force = tuple(waiver for waiver in waivers if waiver.is_in_force(now=now))
    keys, unlisted = live_keys(reporter.profile, reporter.resources)
    roles = reporter.listing.read_roles()
    found = sort_roles(roles, reporter.profile)
    unseen = (*unlisted, *((left_line(there.left),) if there.left else ()))
    review = _review(found, (*keys, *_around(roles, known, reporter.profile)), in_force, reporter, unseen)
    reader = Reader(reporter.account, reporter.own_role, len(roles), f"{now[:10]} {now[11:19]} UTC")
    buckets = tuple(key.removeprefix(BUCKETS) for key in keys if key.startswith(BUCKETS))
    return page_of(review, found.likened, reader, reporter.profile).with_guard(
        weak_patterns((role.snapshot for role, _ in found.likened), buckets),
        OnRecord(tuple(one for dossier in dossiers for one in dossier.incidents), waivers, there.incidents),
        Gauges(reporter.activity.last_events(now), reporter.dead_letters.waiting(), (reporter.topic.subscribers(),)),
    )


def _review(
    found: Sorted, keys: tuple[str, ...], in_force: tuple[Waiver, ...], reporter: Reporter, unseen: tuple[str, ...]
) -> Review:
    judged = review_roles(found.likened, reporter.posture, in_force)
    known = (reporter.profile.guarded(key) for key in sorted(keys))
    guarded = [one for one in known if isinstance(one, GuardedResource)]
    left = guarded[MOST_RESOURCES:]
    notes = (*notes_on_roles(judged, found.others, reporter.profile), _NOT_SEEN)
    more = (f"{len(left)} resources are not on this page, which has room for {MOST_RESOURCES}",) if left else ()
    return Review(
        command="report",
        about=f"account {reporter.account}",
        posture=reporter.posture.value,
        version=VERSION,
        roles=judged,
        notes=(*unseen, *more, *notes),
        resources=tuple(_resources(guarded[:MOST_RESOURCES], in_force, reporter)),
    )


def _resources(
    guarded: list[GuardedResource], in_force: tuple[Waiver, ...], reporter: Reporter
) -> Iterator[ReviewedResource]:
    for one in guarded:
        snapshot = reporter.resources.read_resource(one.name)
        if snapshot is not None:  # deleted since it was listed
            yield review_resource(snapshot, one, reporter.posture, in_force)


def _on_record(reporter: Reporter) -> tuple[str, ...]:
    """Return the names of the guarded roles, found ones too, and the keys of the resources that have a record."""
    profile, keys = reporter.profile, reporter.ledger.resources_on_record(reporter.account)
    known = ((key, profile.guarded(key)) for key in keys)
    named = (role.name for role in (*profile.roles, *profile.watched))
    return (*named, *(guarded.name if guarded else key for key, guarded in known))


def _around(roles: Sequence[ListedRole], known: Container[str], profile: Profile) -> Iterator[str]:
    """Yield the keys of what is around each guarded role that is there, as a sweep has it judged."""
    for name in (role.snapshot.subject.name for role in roles):
        if profile.role_named(name) or name in known:
            yield role_use.key_of(name)
