"""Older sessions that are let in again: told as not fixed until their Deny is put again, or none of them can last."""

from dataclasses import replace
from typing import Any

import pytest

from panorama_guard.case.closing import DENY_ALL
from panorama_guard.case.ending import told_state
from panorama_guard.case.finding import Kind
from panorama_guard.case.incident import State
from panorama_guard.case.let_in import LetIn, Stranger
from panorama_guard.case.order import InspectionRequest, Origin
from panorama_guard.case.record import dump_record
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.case.step import RevokeSessions
from panorama_guard.planning.names import QUARANTINE, REVOCATION
from panorama_guard.service.carry_out import carry_out
from tests.builders import GROUP_ROLE, NOW, deny, filler, policy, trusting, with_policies
from tests.unit.service.test_renewing import HEALTHY, LATER, OPENED, SOON, look, repaired
from tests.unit.service.world import ACTOR, OPERATOR, SECOND, World, event_on

MUCH_LATER, NEXT_DAY = "2026-11-23T15:10:00+00:00", "2026-11-24T03:10:00+00:00"
LAST = RevokeSessions(REVOCATION, "2026-11-23T15:02:11Z")


def renewed() -> World:
    """Return a world in which a trust was repaired some minutes ago, and both renewals are done."""
    world = repaired()
    assert [*look(world, SOON), *look(world, LATER)] == [
        "moved up to 2026-11-23T15:00:41Z",
        f"moved up to {LAST.before}",
    ]
    world.topic.alerts.clear()
    world.now = MUCH_LATER
    return world


def role_of(world: World) -> RoleSnapshot:
    """Return the role as it is."""
    return world.roles.roles[GROUP_ROLE.name.lower()]


def carried_out(world: World) -> list[str]:
    """Carry out every renewal that was ordered."""
    orders, world.remediations.renewals = world.remediations.renewals, []
    return [carry_out(order, world.remediator, now=world.now) for order in orders]


@pytest.mark.parametrize(
    "weaker",
    [
        None,
        RevokeSessions(REVOCATION, "2020-01-01T00:00:00Z").text,
        policy(deny("iam:*")),
    ],
    ids=["gone", "another time", "another Deny"],
)
def test_a_deny_that_is_taken_away_later_is_told_and_put_again_as_it_was(weaker: str | None) -> None:
    """A stranger's session lasts for hours, and no finding shows it; who is inside the profile loses nothing."""
    world = renewed()
    changed = role_of(world)
    changed = changed.without_inline(REVOCATION) if weaker is None else changed.with_inline(REVOCATION, weaker)
    for number in (1, 2):  # each time
        world.now = MUCH_LATER.replace("10:00", f"1{number}:00")
        world.change(changed, event_id=f"event-taken-{number}")
        world.notify()
        ((subject, text, attributes),) = world.topic.alerts
        assert attributes["state"] == "NOT FIXED"
        assert "docs/runbook.md: [NOT FIXED]" in text
        assert (subject.startswith("[NOT FIXED]"), "was taken away or changed" in text, ACTOR in text) == (True,) * 3
        assert "Contained" not in text.partition("\n")[0]
        assert carried_out(world) == [f"moved up to {LAST.before}"]
        assert LAST.text in [one.text for one in role_of(world).inline]
        world.topic.alerts.clear()
        world.notify()
        assert [alert[0].partition("]")[0] for alert in world.topic.alerts] == ["[CONTAINED"]
        world.topic.alerts.clear()
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    world.notify()
    assert (world.topic.alerts, world.remediations.renewals) == ([], [])
    assert world.incident.reason.endswith("is put again")


def test_a_reading_that_lags_behind_what_was_put_again_tells_nothing_more() -> None:
    """IAM shows it some seconds later; it was told that it is gone, and that it is put again."""
    world = renewed()
    without = role_of(world).without_inline(REVOCATION)
    world.change(without, event_id="event-taken")
    carried_out(world)
    world.notify()
    world.roles.stale = [without]
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    world.notify()
    assert (len(world.topic.alerts), world.remediations.renewals) == (2, [])


def test_what_is_put_again_is_called_contained_once_it_is_read_back() -> None:
    """As long as IAM's reads lag behind, it stays told as not fixed; the next look has it put and read once more."""
    world = renewed()
    without = role_of(world).without_inline(REVOCATION)
    world.change(without, event_id="event-taken")
    world.roles.stale = [without] * 5
    assert carried_out(world) == ["put again, and not seen to be yet: IAM's reads lag behind"]
    world.roles.stale = []
    world.now = MUCH_LATER.replace("10:00", "10:02")
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    assert carried_out(world) == [f"moved up to {LAST.before}"]
    world.notify()
    assert [subject.partition("]")[0] for subject, *_ in world.topic.alerts] == ["[NOT FIXED", "[CONTAINED"]


def test_it_is_told_once_where_it_cannot_be_put_again() -> None:
    """The attacker has filled the quota with it."""
    world = renewed()
    world.change(with_policies(role_of(world).without_inline(REVOCATION), filler(10_200)), event_id="event-taken")
    world.now = MUCH_LATER.replace("10:00", "10:30")
    for number in (1, 2, 3):
        world.inspect(event_on(GROUP_ROLE.name, event_id=f"event-{number}"))
        assert {told[:20] for told in carried_out(world)} <= {"refused: no room for"}
        world.now = MUCH_LATER.replace("10:00", f"1{number}:00")
    world.notify()
    assert [subject.partition("]")[0] for subject, *_ in world.topic.alerts] == ["[NOT FIXED"] * 2
    assert "taken away or changed: whoever was the role before is it again: no room for" in world.incident.reason
    world.change(replace(role_of(world), inline=()), event_id="event-9")
    assert carried_out(world) == [f"moved up to {LAST.before}"]


def quarantined() -> World:
    """Return a world in which the role was quarantined some minutes ago."""
    world = World()
    world.change(HEALTHY, event_id="event-0")
    world.roles.malformed = ("greengrass",)  # so no other trust can be put
    world.change(OPENED)
    assert world.remediate() == ["NEEDS APPROVAL"]
    world.operate(OPERATOR, "approve", incident=world.incident.id, plan=world.incident.remedy.plan)
    assert world.remediate() == ["CONTAINED"]
    world.notify()
    world.topic.alerts.clear()
    world.now = MUCH_LATER
    return world


def test_the_deny_of_a_quarantine_that_is_taken_away_is_told_and_its_sessions_stay_ended() -> None:
    """Its trust lets nobody in: whoever is the role was it before."""
    world = quarantined()
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-8"))
    assert world.remediations.renewals == []
    world.change(role_of(world).without_inline(QUARANTINE), event_id="event-taken")
    world.notify()
    assert "was taken away or changed" in world.topic.alerts[0][1]
    assert carried_out(world) == ["moved up to 2026-11-23T15:10:01Z"]
    world.now = MUCH_LATER.replace("10:00", "11:00")
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    assert world.remediations.renewals == []


def test_a_quarantine_whose_deny_is_a_boundary_is_in_place() -> None:
    """There was no room for an inline policy."""
    world = World()
    world.change(HEALTHY, event_id="event-0")
    world.roles.malformed = ("greengrass",)
    world.change(replace(OPENED, inline=with_policies(OPENED, filler(10_230)).inline))
    assert world.remediate() == ["NEEDS APPROVAL"]
    world.operate(OPERATOR, "approve", incident=world.incident.id, plan=world.incident.remedy.plan)
    assert world.remediate() == ["CONTAINED"]
    world.now = MUCH_LATER
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-8"))
    assert (role_of(world).boundary[0].text, world.remediations.renewals) == (DENY_ALL, [])


def test_it_is_told_once_that_aws_refuses_it() -> None:
    """However often the role is looked at; and what came of it, once."""
    world = renewed()
    world.roles.refusals = {RevokeSessions: "AccessDenied: `no`"}
    world.change(role_of(world).without_inline(REVOCATION), event_id="event-taken")
    for minute in (1, 2, 3):
        assert carried_out(world) == ["refused: AccessDenied: `no`"]
        world.now = MUCH_LATER.replace("10:00", f"1{minute}:00")
        world.inspect(event_on(GROUP_ROLE.name, event_id=f"event-{minute}"))
    world.notify()
    assert len(world.topic.alerts) == 2
    assert "was taken away or changed: whoever was the role before is it again: AccessDenied" in world.incident.reason


@pytest.mark.parametrize("reason", ["over", "undone"])
def test_nothing_is_put_again_where_no_session_lasts_or_an_operator_wants_it_gone(reason: str) -> None:
    """After twelve hours each session has ended; and it takes two operators to say so."""
    world = renewed()
    if reason == "undone":
        answer = world.operate(OPERATOR, "undo", incident=world.incident.id, reason="x y", seconds=3600)
        waiver: Any = answer.body["waiver"]
        assert world.operate(SECOND, "approve-waiver", waiver=waiver["waiver"]).status == 200
    else:
        world.now = NEXT_DAY
    world.change(role_of(world).without_inline(REVOCATION), event_id="event-taken")
    assert world.remediations.renewals == []


def take_away(world: World, minute: int) -> None:
    """Take the Deny away, a minute after another, and carry out what is ordered."""
    world.now = MUCH_LATER.replace("10:00", f"{minute}:00")
    world.change(role_of(world).without_inline(REVOCATION), event_id=f"event-taken-{minute}")


def test_the_breaker_bounds_how_often_it_is_put_again() -> None:
    """Who takes it away each second would have the guard write, keep a backup and alert each second."""
    world = renewed()
    for minute in (11, 12):
        take_away(world, minute)
        assert carried_out(world) == [f"moved up to {LAST.before}"]
    take_away(world, 13)
    assert (carried_out(world), len(world.incident.reopenings)) == ([], 3)
    assert "the breaker is open after 3 re-openings within 15 minutes: it is not put again before" in (
        world.incident.reason
    )
    world.notify()
    assert world.topic.alerts[-1][0].startswith("[NOT FIXED]")
    told = len(world.topic.alerts)
    world.now = MUCH_LATER.replace("10:00", "14:00")
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    world.notify()
    assert (carried_out(world), len(world.topic.alerts)) == ([], told)
    world.now = MUCH_LATER.replace("10:00", "27:00")  # half-open
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-10"))
    assert carried_out(world) == [f"moved up to {LAST.before}"]


def test_a_trust_that_is_opened_after_a_war_about_its_deny_is_repaired_all_the_same() -> None:
    """The breaker has tripped, and the strongest that is proved is still to come."""
    world = renewed()
    for minute in (11, 12, 13):
        take_away(world, minute)
        carried_out(world)
    world.now = MUCH_LATER.replace("10:00", "14:00")
    world.change(role_of(world).with_trust(OPENED.trust), event_id="event-opened")
    assert world.remediate() == ["CONTAINED"]


def test_once_no_session_can_last_it_is_contained_and_told() -> None:
    """The longest is one of twelve hours."""
    world = renewed()
    world.roles.refusals = {RevokeSessions: "AccessDenied: `no`"}
    take_away(world, 11)
    carried_out(world)
    for now in ("2026-11-24T03:17:00+00:00", "2026-11-24T03:18:00+00:00", "2026-11-24T03:19:00+00:00"):
        world.now = now
        world.inspect(event_on(GROUP_ROLE.name, event_id=f"event-{now}"))
        assert carried_out(world) == []
    world.notify()
    assert [subject.partition("]")[0] for subject, *_ in world.topic.alerts] == [
        *["[NOT FIXED"] * 2,
        "[CONTAINED",
    ]
    assert "none lasts longer than 12 hours" in world.topic.alerts[-1][1]


def test_it_stays_contained_without_the_deny_of_a_quarantine_too() -> None:
    """It has no time of its own in it: what was told last is no beginning of another twelve hours."""
    world = quarantined()
    world.roles.refusals = {RevokeSessions: "AccessDenied: `no`"}
    world.change(role_of(world).without_inline(QUARANTINE), event_id="event-taken")
    carried_out(world)
    for now in ("2026-11-24T03:20:00+00:00", "2026-11-24T03:25:00+00:00"):
        world.now = now
        world.inspect(event_on(GROUP_ROLE.name, event_id=f"event-{now}"))
        assert (carried_out(world), "none lasts longer than 12 hours" in world.incident.reason) == ([], True)


def test_it_is_over_once_the_role_is_deleted() -> None:
    """So are its sessions."""
    world = renewed()
    take_away(world, 11)
    world.roles.roles.clear()
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-deleted"))
    assert world.incident.state is State.RESOLVED


DOUBTFUL = policy(trusting({"Service": "greengrass.amazonaws.com"}), trusting({"Unheard": "of"}))


@pytest.mark.parametrize("deny", ["taken away and told", "taken away", "in place"])
@pytest.mark.parametrize("is_same", ["as it was", "otherwise inside"])
def test_a_trust_that_cannot_be_judged_for_a_moment_hides_no_session(deny: str, is_same: str) -> None:
    """What nobody understands may let a stranger in, who is the role for hours once the trust is as it was again."""
    world = renewed()
    after = role_of(world).trust
    if is_same != "as it was":
        after = policy(trusting({"Service": "greengrass.amazonaws.com"}, Sid="Another"))
    if deny == "taken away and told":
        take_away(world, 11)
        world.remediations.renewals.clear()
    world.now = MUCH_LATER.replace("10:00", "12:00")
    doubtful = role_of(world).with_trust(DOUBTFUL)
    world.change(doubtful if deny == "in place" else doubtful.without_inline(REVOCATION), event_id="event-doubt")
    assert {incident.kind: incident.state for incident in world.incidents}[Kind.TRUST_ESCAPE] is State.NOT_FIXED
    world.now = MUCH_LATER.replace("10:00", "13:00")
    world.change(role_of(world).with_trust(after), event_id="event-back")
    (incident,) = (one for one in world.incidents if one.kind is Kind.TRUST_ESCAPE)
    assert (told_state(incident), Stranger.IN_DOUBT in incident.let_in.who) == (State.NOT_FIXED, True)
    world.remediations.renewals.clear()  # it is lost, and the next look orders it again
    world.now = MUCH_LATER.replace("10:00", "14:00")
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    assert carried_out(world) == ["moved up to 2026-11-23T15:14:01Z"]
    (incident,) = (one for one in world.incidents if one.kind is Kind.TRUST_ESCAPE)
    assert (told_state(incident), "issued meanwhile are ended" in incident.reason) == (State.CONTAINED, True)


def test_a_quarantine_that_cannot_be_judged_for_a_moment_hides_no_session() -> None:
    """Its Deny has no time."""
    world = quarantined()
    closed = role_of(world).trust
    world.change(role_of(world).without_inline(QUARANTINE).with_trust(DOUBTFUL), event_id="event-doubt")
    world.now = MUCH_LATER.replace("10:00", "13:00")
    world.change(role_of(world).with_trust(closed), event_id="event-back")
    assert carried_out(world) == ["moved up to 2026-11-23T15:13:01Z"]


def test_the_role_is_looked_at_when_the_breaker_closes_whether_or_not_anything_happens() -> None:
    """A sweep may come after the longest session has ended."""
    world = renewed()
    for minute in (11, 12):
        take_away(world, minute)
        carried_out(world)
    world.rechecks.requests.clear()
    take_away(world, 13)
    assert 780 < max(delay for _, delay in world.rechecks.requests) <= 900  # until 15:26


def test_what_a_pause_put_off_is_put_again_when_it_ends() -> None:
    """Its alert has said that it is."""
    world = renewed()
    assert world.operate(OPERATOR, "pause", reason="x y", seconds=300).status == 200
    take_away(world, 11)
    assert (world.remediations.renewals, [delay for _, delay in world.rechecks.requests if delay > 120]) == ([], [241])
    world.now = MUCH_LATER.replace("10:00", "17:00")
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    assert carried_out(world) == [f"moved up to {LAST.before}"]


def test_a_pause_that_comes_after_the_order_puts_it_off() -> None:
    """The role is looked at when it ends."""
    world = renewed()
    take_away(world, 11)
    assert world.operate(OPERATOR, "pause", reason="x y", seconds=300).status == 200
    world.rechecks.requests.clear()
    assert [told.partition(" by ")[0] for told in carried_out(world)] == ["paused"]
    assert world.rechecks.requests


def test_whoever_takes_it_away_before_it_is_read_back_is_counted() -> None:
    """Each put would ask for looks, and each look for a put: real remediations of the role wait behind them."""
    world = renewed()
    without = role_of(world).without_inline(REVOCATION)
    take_away(world, 11)
    for minute in (12, 13):
        world.roles.stale = [without] * 5
        world.rechecks.requests.clear()
        assert carried_out(world) == ["put again, and not seen to be yet: IAM's reads lag behind"]
        assert [delay for _, delay in world.rechecks.requests] == [30]
        world.roles.stale = []
        world.now = MUCH_LATER.replace("10:00", f"{minute}:00")
        world.change(without, event_id=f"event-again-{minute}")
    assert (carried_out(world), len(world.incident.reopenings)) == ([], 3)
    assert "the breaker is open after" in world.incident.reason


def test_what_is_in_place_is_told_to_be_whatever_was_counted() -> None:
    """IAM showed it late."""
    world = renewed()
    without = role_of(world).without_inline(REVOCATION)
    take_away(world, 11)
    for minute in (12, 13):
        world.roles.stale = [without] * 5
        carried_out(world)
        world.roles.stale = []
        world.now = MUCH_LATER.replace("10:00", f"{minute}:00")
        world.inspect(event_on(GROUP_ROLE.name, event_id=f"event-{minute}"))
    assert carried_out(world) == [f"moved up to {LAST.before}"]
    assert told_state(world.incident) is State.CONTAINED


def test_what_was_moved_up_and_not_read_back_is_not_moved_down_again() -> None:
    """Whoever became the role while IAM spread its repair would be it again."""
    world = repaired()
    world.now = SOON
    world.change(role_of(world).without_inline(REVOCATION), event_id="event-taken")
    world.remediations.renewals.clear()
    world.roles.stale = []
    world.message(dump_record(InspectionRequest(GROUP_ROLE.name, NOW, Origin.RENEWAL)))
    renewals = [one for one in world.remediations.renewals if not one.is_put_again]
    world.roles.stale = [role_of(world)] * 6
    assert [carry_out(one, world.remediator, now=SOON) for one in renewals] == [
        "put again, and not seen to be yet: IAM's reads lag behind"
    ]
    world.roles.stale = []
    world.remediations.renewals.clear()
    world.now = MUCH_LATER
    world.change(role_of(world).without_inline(REVOCATION), event_id="event-taken-again")
    assert carried_out(world) == ["moved up to 2026-11-23T15:00:41Z"]


def test_a_renewal_that_succeeds_after_one_that_was_refused_is_told() -> None:
    """The sessions of whoever came while IAM spread the trust are ended then."""
    world = repaired()
    world.roles.refusals = {RevokeSessions: "AccessDenied: `no`"}
    assert look(world, SOON) == ["refused: AccessDenied: `no`"]
    assert told_state(world.incident) is State.NOT_FIXED
    world.roles.refusals = {}
    assert look(world, LATER) == [f"moved up to {LAST.before}"]
    assert (told_state(world.incident), "are ended" in world.incident.reason) == (State.CONTAINED, True)


def test_a_renewal_that_is_not_read_back_is_renewed_by_the_next_look() -> None:
    """The one before it was refused, and told."""
    world = repaired()
    world.roles.refusals = {RevokeSessions: "AccessDenied: `no`"}
    look(world, SOON)
    assert world.operate(OPERATOR, "retry", incident=world.incident.id).status == 202
    world.roles.refusals = {}
    world.rechecks.requests.clear()
    world.now = LATER
    world.message(dump_record(InspectionRequest(GROUP_ROLE.name, NOW, Origin.RENEWAL)))
    world.roles.stale = [role_of(world)] * 6
    assert carried_out(world) == ["put again, and not seen to be yet: IAM's reads lag behind"]
    world.roles.stale = []
    assert [(one.origin, delay) for one, delay in world.rechecks.requests][-1] == (Origin.RECHECK, 30)
    assert look(world, "2026-11-23T15:02:40+00:00") == ["moved up to 2026-11-23T15:02:41Z"]
    assert told_state(world.incident) is State.CONTAINED


def test_an_order_that_comes_after_it_was_put_again_changes_nothing() -> None:
    """It was sent twice, and AWS refuses the second."""
    world = renewed()
    take_away(world, 11)
    (order,) = world.remediations.renewals
    carried_out(world)
    world.roles.refusals = {RevokeSessions: "AccessDenied: `no`"}
    assert carry_out(order, world.remediator, now=world.now) == "put again already"
    assert told_state(world.incident) is State.CONTAINED


def test_an_operator_who_has_stopped_the_war_has_it_put_again_at_once() -> None:
    """By the word that is for whatever is not fixed."""
    world = renewed()
    for minute in (11, 12, 13):
        take_away(world, minute)
        carried_out(world)
    assert world.operate(OPERATOR, "retry", incident=world.incident.id).status == 202
    world.now = MUCH_LATER.replace("10:00", "14:00")
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    assert carried_out(world) == [f"moved up to {LAST.before}"]


def test_who_puts_it_back_for_each_look_and_takes_it_away_again_is_not_written_for_without_end() -> None:
    """It reads in place when it is looked at, and not when it is read back."""
    world = renewed()
    take_away(world, 11)
    world.remediations.renewals.clear()
    writes = []
    for minute in range(12, 22):
        world.now = MUCH_LATER.replace("10:00", f"{minute}:00")
        world.roles.put(role_of(world).with_inline(REVOCATION, LAST.text))
        world.inspect(event_on(GROUP_ROLE.name, event_id=f"event-there-{minute}"))
        before = len(world.roles.writes)
        world.roles.stale = [role_of(world), *[role_of(world).without_inline(REVOCATION)] * 3]
        assert [told.partition("not seen")[1] for told in carried_out(world)] == ["not seen"]
        world.roles.stale = []
        writes.append(len(world.roles.writes) - before)
    assert (sum(writes), told_state(world.incident)) == (2, State.NOT_FIXED)
    world.now = MUCH_LATER.replace("10:00", "22:00")
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    assert carried_out(world) == [f"moved up to {LAST.before}"]
    assert (told_state(world.incident), len(world.roles.writes)) == (State.CONTAINED, before)


def test_an_older_deny_that_is_taken_away_while_a_renewal_is_refused_is_told_too() -> None:
    """Whoever was the role before the repair is it again, and not only who came in while IAM spread that."""
    world = repaired()
    world.roles.refusals = {RevokeSessions: "AccessDenied: `no`"}
    assert look(world, SOON) == ["refused: AccessDenied: `no`"]
    assert world.incident.let_in == LetIn((Stranger.IN_SPREAD,))
    world.notify()
    told = len(world.topic.alerts)
    world.now = MUCH_LATER
    for number in (1, 2):
        world.change(role_of(world).without_inline(REVOCATION), event_id=f"event-taken-{number}")
    world.notify()
    assert len(world.topic.alerts) == told + 1
    assert world.incident.let_in == LetIn((Stranger.BEFORE, Stranger.IN_SPREAD))
    world.roles.refusals = {}
    assert carried_out(world)[0] == "moved up to 2026-11-23T15:05:41Z"
    assert told_state(world.incident) is State.CONTAINED
