"""Buckets go the way that roles go: judged, ordered, contained, told, waived, undone, closed; by the same functions."""

import json
from dataclasses import replace
from typing import Any

import pytest

from panorama_guard.case import bucket, grantor
from panorama_guard.case.finding import Kind
from panorama_guard.case.incident import Cause, State
from panorama_guard.case.memory import Memory
from panorama_guard.case.record import dump_record
from panorama_guard.case.resource import Part, ResourceSnapshot
from panorama_guard.case.snapshot import Subject
from panorama_guard.case.step import PutPart
from panorama_guard.planning.names import own_in_place, without_own
from panorama_guard.profile import Enrolment
from panorama_guard.service.inspector import inspect_role
from panorama_guard.service.settings import Mode
from tests.builders import ACCOUNT, PROFILE
from tests.fakes import FakeSubjects, OwnHand
from tests.unit.buckets import ARN, BUCKETS, KEY, OTHERS, a_bucket, lets, text, unread
from tests.unit.log_groups import ARN as GROUP_ARN
from tests.unit.log_groups import KEY as GROUP_KEY
from tests.unit.log_groups import a_group
from tests.unit.service.test_protocol import before
from tests.unit.service.world import OPERATOR, SECOND, World, sample

OWN, THEIRS = lets({"AWS": ACCOUNT}), lets({"AWS": OTHERS})
OPENED = a_bucket().with_part(bucket.POLICY, text(OWN, THEIRS))
CLOSED = a_bucket().with_part(bucket.POLICY, text(OWN))
WHY = {"reason": "a partner reads it", "seconds": 3600}


def opened(mode: Mode = Mode.ENFORCE, snapshot: ResourceSnapshot = OPENED) -> World:
    """Return a world in which a bucket was opened, and the event delivered."""
    world = World(mode)
    world.resources.put(snapshot)
    world.inspect(sample("PutBucketPolicy"))
    return world


def test_a_bucket_that_is_opened_is_closed_again_and_told_once() -> None:
    """With the actor, the request that proves it and the way back."""
    world = opened()
    assert world.remediate() == ["CONTAINED"]
    world.notify()
    assert world.resources.writes == [(KEY, PutPart(bucket.POLICY, text(OWN)))]
    assert world.subjects == [f"[CONTAINED] HIGH {KEY}: opened to others"]
    assert (world.incident.kind, world.incident.evidence.principal) == (
        Kind.RESOURCE_ESCAPE,
        f"AWS arn:aws:iam::{OTHERS}:root",
    )
    assert world.incident.cause.event_name == "PutBucketPolicy"


def test_a_bucket_is_closed_though_its_policy_names_somebody_who_was_deleted() -> None:
    """AWS takes no document that names him, and shows one that was put before by his unique id."""
    dead = {"Effect": "Deny", "Principal": {"AWS": "AIDAQWERTYUIOPASDFGHJ"}, "Action": "s3:*", "Resource": f"{ARN}/*"}
    world = opened(snapshot=a_bucket().with_part(bucket.POLICY, text(dead, OWN, THEIRS)))
    world.resources.malformed = ("AIDA",)
    assert world.remediate() == ["CONTAINED"]
    assert world.resources.writes == [(KEY, PutPart(bucket.POLICY, text(OWN)))]


@pytest.mark.parametrize("mode", [Mode.OBSERVE, Mode.APPROVE])
def test_in_another_mode_the_plan_is_told(mode: Mode) -> None:
    """And nothing is written."""
    world = opened(mode)
    assert world.incident.state is (State.OBSERVED if mode is Mode.OBSERVE else State.NEEDS_APPROVAL)
    assert world.incident.remedy.steps == ("put the bucket policy",)
    assert world.resources.writes == []


def test_a_bucket_outside_the_pattern_is_read_for_guarded_roles_alone_and_never_written_to() -> None:
    """Nobody may turn the guard against payroll by a bucket's policy, in mode enforce either."""
    event = sample("PutBucketPolicy-on-another-bucket-for-a-guarded-role")
    policy = event["detail"]["requestParameters"]["bucketPolicy"]
    arn, key = "arn:aws:s3:::payroll", "s3-grantor:payroll"
    world = World()
    world.resources.put(
        ResourceSnapshot(Subject(ACCOUNT, arn, key, arn), grantor.TYPE, (Part(grantor.POLICY, json.dumps(policy)),))
    )
    world.inspect(event)
    assert [call for call in world.calls.made if call.startswith("read_resource")] == [f"read_resource {key}"]
    assert (world.incident.state, world.remediations.orders, world.resources.writes) == (State.OBSERVED, [], [])
    assert world.incident.reason == f"not enrolled: the guard never writes to {arn}"


def test_a_bucket_that_is_not_enrolled_is_only_told() -> None:
    """In mode enforce."""
    watched = replace(BUCKETS, enrolment=Enrolment.ALERT_ONLY)
    world = World(profile=replace(PROFILE, resources=(watched,)))
    world.resources.put(OPENED)
    world.inspect(sample("PutBucketPolicy"))
    assert (world.incident.state, world.remediations.orders) == (State.OBSERVED, [])
    assert world.incident.reason == f"not enrolled: the guard never writes to {ARN}"


def test_an_unread_part_is_told_and_nothing_is_changed() -> None:
    """Never clean."""
    world = opened(snapshot=unread(a_bucket(), bucket.POLICY))
    assert (world.incident.kind, world.incident.state) == (Kind.UNDECIDED, State.OBSERVED)
    assert world.remediations.orders == []


def test_what_was_contained_and_cannot_be_read_any_more_is_not_fixed() -> None:
    """It may be open again."""
    world = opened()
    world.remediate()
    world.resources.put(unread(CLOSED, bucket.POLICY))
    world.inspect(sample("PutBucketPolicy"))
    states = {one.kind: one.state for one in world.incidents}
    assert states == {Kind.RESOURCE_ESCAPE: State.NOT_FIXED, Kind.UNDECIDED: State.OBSERVED}


def test_a_weakness_is_told_in_mode_enforce_too() -> None:
    """It is its owner's."""
    world = opened(snapshot=a_bucket().with_part(bucket.WEBSITE, "{}"))
    world.notify()
    assert (world.incident.state, world.remediations.orders) == (State.OBSERVED, [])
    assert world.subjects == [f"[OBSERVED] MEDIUM {KEY}: weak setting"]


def test_a_call_that_names_an_access_point_leads_to_its_bucket() -> None:
    """By what is behind it."""
    world = World()
    world.resources.put(OPENED)
    world.resources.names = {"s3-access-point:models": (KEY,)}
    assert world.inspect(sample("PutAccessPointPolicy")).roles == (KEY,)


def test_a_call_on_the_account_leads_to_every_guarded_bucket() -> None:
    """And to no other."""
    world = World()
    world.resources.put(OPENED)
    world.resources.names = {"s3-account:": (KEY, "s3-bucket:payroll")}
    assert world.inspect(sample("DeleteAccountPublicAccessBlock")).roles == (KEY,)


def test_a_call_that_concerns_very_many_buckets_asks_for_a_sweep_too() -> None:
    """One message has the time of one function: a sweep has a message for each."""
    world = World()
    world.resources.names = {"s3-account:": tuple(f"s3-bucket:aws-panorama-{number}" for number in range(11))}
    assert "concerns more than can be judged at once" in world.inspect(sample("DeleteAccountPublicAccessBlock")).note
    assert (len(world.sweeps.requests), world.incidents) == (1, [])


def test_a_sweep_asks_for_buckets_that_there_are_and_that_were() -> None:
    """One that is gone is known by its record alone."""
    world = opened(Mode.OBSERVE)
    world.resources.resources.clear()
    asked = world.sweep().roles_asked_for
    assert KEY in asked
    assert "s3-bucket:payroll" not in asked
    (request,) = [one for one in world.inspections.requests if one.inspect_role == KEY]
    world.now = "2026-11-23T16:00:00+00:00"
    world.message(dump_record(request))
    assert (world.incident.state, world.incident.reason) == (State.RESOLVED, "the resource no longer exists")


def test_an_undo_is_waived_by_two_and_put_back_by_hand() -> None:
    """The guard has put nothing in place that it could lift, and lets the policy stand once the waiver is in force."""
    world = opened()
    world.remediate()
    incident = world.incident.id
    first = world.operate(OPERATOR, "undo", incident=incident, **WHY).body
    assert first["undo"] == "waiting"
    waiver = first["waiver"]
    assert isinstance(waiver, dict)
    assert OTHERS in str(waiver["document"])
    assert world.operate(SECOND, "approve-waiver", waiver=waiver["waiver"]).status == 200
    answer = world.operate(OPERATOR, "undo", incident=incident, **WHY).body
    assert (answer["by_guard"], answer["by_operator"]) == ([], ["put the bucket policy"])
    OwnHand(FakeSubjects(world.roles, world.resources)).apply(OPENED.subject, PutPart(bucket.POLICY, text(OWN, THEIRS)))
    world.inspect(sample("PutBucketPolicy"))
    world.remediate()
    assert world.resources.resources[KEY] == OPENED
    assert world.incident.state is State.RESOLVED


@pytest.mark.parametrize("is_archived", [False, True])
def test_a_command_finds_its_incident_however_many_resources_are_on_record(*, is_archived: bool) -> None:
    """Whoever may make resources cuts no operator off from the guard: each of them would have to be read."""
    world = opened()
    world.remediate()
    incident = world.incident
    for number in range(1_000):
        world.ledger.put_resource(ACCOUNT, f"secret:panorama-{number}", at=world.now)
    if is_archived:
        world.ledger.archive(incident)
    before = len(world.calls.made)
    assert world.operate(OPERATOR, "explain", incident=incident.id).body["incident"] == incident.id
    waiver: Any = world.operate(OPERATOR, "undo", incident=incident.id, **WHY).body["waiver"]
    assert world.operate(SECOND, "approve-waiver", waiver=waiver["waiver"]).status == 200
    read = [call for call in world.calls.made[before:] if call.partition(" ")[0] in ("read", "recall")]
    assert len(read) < 10


def test_what_an_earlier_version_has_written_is_found() -> None:
    """Nobody has kept where it is."""
    world = opened()
    world.remediate()
    world.ledger.places.clear()
    assert world.operate(OPERATOR, "explain", incident=world.incident.id).status == 200


def test_no_document_waives_a_safeguard() -> None:
    """It is undone by hand, while the guard is paused."""
    world = opened(snapshot=a_bucket().without_part(bucket.BLOCK))
    world.remediate()
    assert world.incident.kind is Kind.SAFEGUARD_LOST
    answer = world.operate(OPERATOR, "undo", incident=world.incident.id, **WHY)
    assert (answer.status, "no document waives a safeguard" in str(answer.body["error"])) == (409, True)


def test_what_a_deny_withheld_when_it_was_told_is_not_waived_with_it() -> None:
    """The operators have read of one who is let in; once the Deny is gone, the other is found."""
    other = lets({"AWS": "888888888888"}, "s3:PutObject")
    withheld = text(OWN, THEIRS, other, {**other, "Effect": "Deny"})
    world = opened(Mode.OBSERVE, a_bucket().with_part(bucket.POLICY, withheld))
    waiver: Any = world.operate(OPERATOR, "waive", incident=world.incident.id, **WHY).body["waiver"]
    assert world.operate(SECOND, "approve-waiver", waiver=waiver["waiver"]).status == 200
    world.inspect(sample("PutBucketPolicy"))
    assert world.incident.state is State.RESOLVED
    world.resources.put(a_bucket().with_part(bucket.POLICY, text(OWN, THEIRS, other)))
    world.inspect(sample("PutBucketPolicy"))
    assert (world.incident.state, "888888888888" in world.incident.evidence.principal) == (State.OBSERVED, True)


def test_everybody_is_waived_by_no_document() -> None:
    """Whom it means is for an attacker to choose."""
    world = opened(Mode.OBSERVE, a_bucket().with_part(bucket.POLICY, text(lets("*"))))
    answer = world.operate(OPERATOR, "waive", incident=world.incident.id, **WHY)
    assert (answer.status, "everybody is let in" in str(answer.body["error"])) == (400, True)


def test_a_pause_holds_a_bucket_s_write_back() -> None:
    """As it does a role's."""
    world = opened()
    assert world.operate(OPERATOR, "pause", reason="quiet", seconds=600).status == 200
    assert world.remediate() == ["OBSERVED"]
    assert world.resources.writes == []


def test_the_breaker_counts_a_bucket_s_reopenings() -> None:
    """An attacker's automation ends in one alert, not in a war."""
    world = opened()
    for number in range(6):
        world.remediate()
        event = sample("PutBucketPolicy")
        event["detail"]["eventID"] = f"again-{number}"
        world.resources.put(OPENED)
        world.inspect(event)
    assert (world.incident.state, "the breaker is open" in world.incident.reason) == (State.NOT_FIXED, True)
    assert len(world.resources.writes) == 5  # four times rung by rung, and once with the strongest


def test_a_waiver_that_comes_while_a_bucket_s_plan_is_made_is_heeded() -> None:
    """It is read again right before the act, as it is for a role."""
    world = opened()

    def waive() -> None:
        waiver = world.operate(OPERATOR, "waive", incident=world.incident.id, **WHY).body["waiver"]
        assert isinstance(waiver, dict)
        assert world.operate(SECOND, "approve-waiver", waiver=waiver["waiver"]).status == 200

    before(world.ledger, "put_backup", waive)
    assert world.remediate() == ["RESOLVED"]
    assert world.resources.writes == []


def test_nothing_of_the_guard_s_stands_on_a_bucket() -> None:
    """It only takes out of it: the alert of an open breaker claims nothing else, and no escape is stopped unseen."""
    assert own_in_place(OPENED) == ()
    assert without_own(OPENED, Memory(ARN)) == OPENED


# --- log groups: what one held is gone with it ---


def deleted() -> World:
    """Return a world in which a log group of the pattern was deleted, and the event delivered."""
    world = World()
    world.inspect(sample("logs-DeleteLogGroup"))
    return world


def test_a_log_group_that_is_deleted_is_told_once() -> None:
    """With who did it; a later look finds the same, and tells nothing new."""
    world = deleted()
    world.notify()
    assert world.subjects == [f"[OBSERVED] MEDIUM {GROUP_KEY}: weak setting"]
    assert (world.incident.source, world.incident.cause.event_name) == ("existence", "DeleteLogGroup")
    assert world.incident.subject.arn == GROUP_ARN
    inspect_role(GROUP_KEY, Cause.unnamed("sweep", world.now), world.inspector, now=world.now)
    world.inspect(sample("logs-DeleteLogGroup"))
    world.notify()
    assert len(world.subjects) == 1


def test_a_log_group_that_is_there_again_ends_that() -> None:
    """It is another one."""
    world = deleted()
    world.resources.put(a_group())
    world.inspect(sample("logs-CreateLogGroup"))
    assert (world.incident.state, world.incident.reason) == (
        State.RESOLVED,
        "the resource was deleted; another one bears its name now",
    )


def test_a_deletion_that_left_the_log_group_there_is_not_told() -> None:
    """What counts is what is read: it may have been made again since."""
    world = World()
    world.resources.put(a_group())
    world.inspect(sample("logs-DeleteLogGroup"))
    assert world.ledger.incidents == {}


def test_a_log_group_that_a_sweep_does_not_find_is_not_told() -> None:
    """Nobody knows that there was one."""
    world = World()
    inspect_role(GROUP_KEY, Cause.unnamed("sweep", world.now), world.inspector, now=world.now)
    assert world.ledger.incidents == {}


def test_other_incidents_of_a_deleted_log_group_are_over() -> None:
    """Its events go nowhere any more."""
    world = World()
    world.resources.put(a_group(("retention", "1")))
    world.inspect(sample("logs-PutRetentionPolicy"))
    world.resources.resources.clear()
    world.inspect(sample("logs-DeleteLogGroup"))
    states = {one.source: (one.state, one.reason) for one in world.ledger.incidents.values()}
    assert states["retention"] == (State.RESOLVED, "the resource no longer exists")
    assert states["existence"][0] is State.OBSERVED
