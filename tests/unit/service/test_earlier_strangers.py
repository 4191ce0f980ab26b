"""An operator's word about the last stranger of a trust: the Deny for those before him is watched over all the same."""

from typing import Any

import pytest

from panorama_guard.case.ending import told_state
from panorama_guard.case.incident import State
from panorama_guard.case.let_in import LetIn, Stranger
from panorama_guard.planning.names import REVOCATION
from panorama_guard.service.operator import Answer
from panorama_guard.service.settings import Mode
from tests.builders import GROUP_ROLE
from tests.unit.service.test_doubted_trust import doubted, incident_of
from tests.unit.service.test_let_in import DOUBTFUL, LAST, carried_out, renewed, role_of
from tests.unit.service.test_renewing import OPENED, OPENED_TO_BUILDER, repaired
from tests.unit.service.world import OPERATOR, World, event_on

WHY: dict[str, Any] = {"reason": "an agreed change", "seconds": 3600}
SOON_TAKEN, OPEN, WORD, TAKEN, PUT, OVER, DAY_AFTER = (
    f"2026-11-2{time}+00:00"
    for time in ("3T15:30:00", "3T17:00:00", "3T17:05:00", "3T17:10:00", "3T17:11:00", "3T18:30:00", "4T05:30:00")
)


def waive(world: World) -> Answer:
    """Have an operator let the second stranger in."""
    document = OPENED_TO_BUILDER.trust
    return world.operate(OPERATOR, "waive", incident=incident_of(world).id, document=document, **WHY)


def second_stranger(*, without_deny: bool = False) -> World:
    """Return a world in which a second stranger was put out some hours after the first; the first Deny may be gone."""
    world = renewed()
    world.now = OPEN
    role = role_of(world).without_inline(REVOCATION) if without_deny else role_of(world)
    world.change(role.with_trust(OPENED_TO_BUILDER.trust), event_id="event-builder")
    assert world.remediate()[0] == "CONTAINED"
    world.now = WORD
    return world


def waived() -> World:
    """Return a world in which the second stranger was let in again by a waiver, and is there."""
    world = second_stranger()
    assert waive(world).status == 200
    world.change(role_of(world).with_trust(OPENED_TO_BUILDER.trust), event_id="event-waived")
    assert world.incident.state is State.RESOLVED
    world.remediate()
    return world


def undone(*, without_deny: bool = False) -> World:
    """Return a world in which what was done about the second stranger was undone."""
    world = second_stranger(without_deny=without_deny)
    answer = world.operate(OPERATOR, "undo", incident=world.incident.id, **WHY)
    assert (answer.body["undo"], world.remediate()) == ("lifting", ["lifted"])
    world.roles.put(role_of(world).with_trust(OPENED_TO_BUILDER.trust))  # the operator's own part
    assert world.incident.state is State.RESOLVED
    return world


@pytest.mark.parametrize("case", [waived, undone], ids=["waived", "undone"])
def test_the_deny_for_an_earlier_stranger_is_told_and_put_again(case: Any) -> None:
    """Nobody has agreed to him, and his session lasts."""
    world = case()
    world.notify()
    world.topic.alerts.clear()
    world.now = TAKEN
    world.change(role_of(world).without_inline(REVOCATION), event_id="event-taken")
    assert (told_state(world.incident), world.incident.let_in) == (State.NOT_FIXED, LetIn((Stranger.BEFORE,)))
    world.notify()
    assert [one[2]["state"] for one in world.topic.alerts] == ["NOT FIXED"]
    world.now = PUT
    assert carried_out(world) == [f"moved up to {LAST.before}"]
    assert LAST.text in [one.text for one in role_of(world).inline]
    assert told_state(world.incident) is State.CONTAINED
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    world.notify()
    assert world.remediations.renewals == []
    assert [one[2]["state"] for one in world.topic.alerts if one[2]["state"] == "NOT FIXED"] == ["NOT FIXED"]


@pytest.mark.parametrize("case", [waived, undone], ids=["waived", "undone"])
def test_as_long_as_it_stands_nothing_is_told(case: Any) -> None:
    """Nor once the waiver is over and the trust closed, nor once no session can last."""
    world = case()
    world.notify()
    world.topic.alerts.clear()
    world.now = PUT
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    role = role_of(world).with_trust(renewed().roles.roles[GROUP_ROLE.name.lower()].trust)
    world.now = OVER
    world.change(role, event_id="event-closed")
    world.now = DAY_AFTER
    world.change(role.without_inline(REVOCATION), event_id="event-taken")
    world.notify()
    assert (world.topic.alerts, world.remediations.renewals) == ([], [])


def test_a_deny_that_was_gone_when_the_second_stranger_came_is_put_again_after_the_undo() -> None:
    """What is put back is a role without it."""
    world = undone(without_deny=True)
    assert REVOCATION not in [one.name for one in role_of(world).inline]
    world.now = TAKEN
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    assert told_state(world.incident) is State.NOT_FIXED
    assert carried_out(world) == [f"moved up to {LAST.before}"]


def test_whom_a_waiver_lets_in_has_no_deny_put_again() -> None:
    """The only stranger is agreed to: the operator may delete the Deny for his older sessions too."""
    world = repaired(OPENED_TO_BUILDER)
    assert waive(world).status == 200
    world.change(role_of(world).with_trust(OPENED_TO_BUILDER.trust), event_id="event-waived")
    assert world.incident.state is State.RESOLVED
    world.now = SOON_TAKEN
    world.change(role_of(world).without_inline(REVOCATION), event_id="event-taken")
    assert (world.incident.state, world.remediations.renewals) == (State.RESOLVED, [])


def test_no_waiver_ends_what_is_told_of_somebody_else() -> None:
    """Who came in while the trust could not be judged is nobody whom the operator has agreed to."""
    world = repaired(OPENED_TO_BUILDER)
    world.mode = Mode.APPROVE
    doubted(world)
    told = incident_of(world)
    assert waive(world).status == 200
    world.now = SOON_TAKEN
    world.change(role_of(world).with_trust(OPENED_TO_BUILDER.trust), event_id="event-waived")
    assert (incident_of(world).id, told_state(incident_of(world))) == (told.id, State.NOT_FIXED)


def test_who_came_in_by_a_doubt_is_told_still_after_the_trust_was_open_again() -> None:
    """Though none of those can be the role any more whom the repair had put out."""
    world = renewed()
    world.now = "2026-11-24T02:00:00+00:00"
    world.mode = Mode.APPROVE
    before = role_of(world).trust
    world.change(role_of(world).with_trust(DOUBTFUL), event_id="event-doubt")
    world.now = "2026-11-24T02:01:00+00:00"
    world.change(role_of(world).with_trust(before), event_id="event-back")
    assert incident_of(world).let_in.who == (Stranger.IN_DOUBT,)
    world.now = "2026-11-24T03:10:00+00:00"
    world.change(role_of(world).with_trust(OPENED.trust), event_id="event-open")
    world.now = "2026-11-24T03:11:00+00:00"
    world.change(role_of(world).with_trust(before), event_id="event-closed")
    assert told_state(incident_of(world)) is State.NOT_FIXED
    assert incident_of(world).let_in.who == (Stranger.IN_DOUBT, Stranger.WHILE_OPEN)
