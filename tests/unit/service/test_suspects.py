"""Who may have led to an incident has no word about it, whoever else called afterwards, and whatever a message says."""

from collections.abc import Callable
from typing import Any

import pytest

from panorama_guard.case.attribution import MOST_SUSPECTS
from panorama_guard.case.order import InspectionRequest, Origin
from panorama_guard.case.record import dump_record
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.service.settings import Mode
from tests.builders import ACCOUNT, GROUP_ROLE, NOW, PAYROLL, allow, deny, policy, snapshot_of
from tests.unit.service.world import World, event_on

NAME = GROUP_ROLE.name
MALLORY, ALICE = (f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/{name.lower()}" for name in ("Mallory", "Alice"))
OPERATOR = f"arn:aws:sts::{ACCOUNT}:assumed-role/Operators/olga"
OTHER_BUCKET = policy(allow("s3:*", "arn:aws:s3:::payroll-2/*"))


def call_of(actor: str, event_id: str) -> dict[str, Any]:
    """Return the event of somebody's call on the role."""
    event = event_on(NAME, event_id=event_id)
    identity = event["detail"]["userIdentity"]
    identity["arn"] = actor
    identity["sessionContext"]["sessionIssuer"]["arn"] = f"arn:aws:iam::{ACCOUNT}:role/{actor.split('/')[1]}"
    return event


def put(world: World, change: Callable[[RoleSnapshot], RoleSnapshot], actor: str, event_id: str) -> None:
    """Change the role as somebody does, and deliver the event."""
    world.roles.put(change(world.roles.roles[NAME.lower()]))
    world.inspect(call_of(actor, event_id))


def attacked(mode: Mode, *, told_as: str = MALLORY) -> World:
    """Return a world in which Mallory's call has let permission escape."""
    world = World(mode)
    world.roles.put(snapshot_of(GROUP_ROLE))
    world.inspect(call_of(ALICE, "event-0"))
    world.roles.put(snapshot_of(GROUP_ROLE).with_inline("pay", PAYROLL))
    world.inspect(call_of(told_as, "event-1"))
    world.remediate()
    return world


def look(world: World) -> None:
    """Look at the role again, as a re-check does, which names nobody."""
    world.message(dump_record(InspectionRequest(NAME, NOW, Origin.RECHECK)))


def harmless_change(world: World) -> None:
    """Somebody else changes the evidence, and nothing of the escape."""
    guardrail = policy(deny("s3:GetObject", "arn:aws:s3:::payroll/*"))
    put(world, lambda role: role.with_inline("guardrail", guardrail), ALICE, "event-2")


def re_check(world: World) -> None:
    """Mallory changes the escape, and a look finds that before its event comes."""
    world.roles.put(world.roles.roles[NAME.lower()].with_inline("pay", OTHER_BUCKET))
    look(world)


def brought_back(world: World) -> None:
    """Take the containment away, and let the event of somebody else's call be the first that is read."""
    own = [one.name for one in world.roles.roles[NAME.lower()].inline if one.name.startswith("panorama-guard")]
    for name in own:
        world.roles.put(world.roles.roles[NAME.lower()].without_inline(name))
    world.inspect(call_of(ALICE, "event-2"))
    world.remediate()


WAYS = [
    (Mode.APPROVE, harmless_change),
    (Mode.OBSERVE, harmless_change),
    (Mode.APPROVE, re_check),
    (Mode.OBSERVE, re_check),
    (Mode.ENFORCE, brought_back),
]


@pytest.mark.parametrize(("mode", "way"), WAYS)
@pytest.mark.parametrize("action", ["waive", "undo", "approve"])
def test_he_who_led_to_it_is_turned_away_whatever_comes_after(
    mode: Mode, way: Callable[[World], None], action: str
) -> None:
    """By somebody else's call, or by a look that names nobody, he is not rid of it."""
    world = attacked(mode)
    way(world)
    fields = {} if action == "approve" else {"reason": "because", "seconds": 3600}
    assert world.operate(MALLORY, action, incident=world.incident.id, **fields).status == 403


def test_a_forged_event_puts_nobody_else_in_his_place() -> None:
    """A message that names another comes before CloudTrail's: once that has come, he is turned away all the same."""
    world = attacked(Mode.ENFORCE, told_as=ALICE)
    world.inspect(call_of(MALLORY, "event-2"))
    fields = {"incident": world.incident.id, "reason": "because", "seconds": 3600}
    assert [world.operate(one, "undo", **fields).status for one in (MALLORY, ALICE)] == [403, 403]
    assert world.operate(OPERATOR, "undo", **fields).status == 200


def test_an_incident_that_follows_another_one_knows_its_suspects() -> None:
    """He takes the escape away, and somebody else brings one back through the same policy."""
    world = attacked(Mode.OBSERVE)
    put(world, lambda role: role.without_inline("pay"), MALLORY, "event-2")
    put(world, lambda role: role.with_inline("pay", PAYROLL), ALICE, "event-3")
    assert world.operate(MALLORY, "waive", incident=world.incident.id, reason="x", seconds=3600).status == 403


def test_whoever_makes_a_list_too_long_needs_a_second_operator() -> None:
    """There is an end to what is kept, and then it is said that the owner may be one of them."""
    world = attacked(Mode.OBSERVE)
    for number in range(MOST_SUSPECTS + 5):
        text = policy(allow("s3:GetObject*", f"arn:aws:s3:::payroll-{number}/*"))
        world.roles.put(world.roles.roles[NAME.lower()].with_inline("pay", text))
        world.inspect(call_of(f"arn:aws:sts::{ACCOUNT}:assumed-role/Role{number}/x", f"event-{number + 2}"))
    assert len(world.incident.suspects) == MOST_SUSPECTS
    answer = world.operate(OPERATOR, "waive", incident=world.incident.id, reason="x", seconds=3600)
    assert (answer.status, "may have led to the escape" in str(answer.body)) == (200, True)


HIS = allow("s3:GetObject*", "arn:aws:s3:::payroll-2/*")
BOTH = policy(allow("s3:GetObject*", "arn:aws:s3:::payroll/*"), HIS)
WHY: dict[str, Any] = {"reason": "because", "seconds": 3600, "document": BOTH}


def waiver_of(world: World, who: str, action: str = "waive", **fields: str) -> dict[str, str]:
    """Return the waiver that somebody is given who asks for it, for Mallory's escape."""
    first = next(one for one in world.incidents if one.source == "pay")
    waiver = world.operate(who, action, incident=first.id, **{**WHY, **fields}).body["waiver"]
    assert isinstance(waiver, dict)
    return waiver


def with_one_of_his_own(mode: Mode) -> World:
    """Return a world in which the operator has led to an escape beside Mallory's; the containment may stop it."""
    world = attacked(mode)
    world.now = "2026-11-23T15:20:00+00:00"
    world.roles.put(world.roles.roles[NAME.lower()].with_inline("other", policy(HIS)))
    call = call_of(OPERATOR, "event-9")
    call["detail"]["eventTime"] = "2026-11-23T15:19:50Z"  # long after the first was seen: he led to the second alone
    world.inspect(call)
    world.remediate()
    return world


@pytest.mark.parametrize(("mode", "action"), [(Mode.OBSERVE, "waive"), (Mode.ENFORCE, "waive"), (Mode.ENFORCE, "undo")])
def test_who_led_to_another_escape_there_lets_none_stand_by_himself(mode: Mode, action: str) -> None:
    """A waiver widens what the whole role is held to: by somebody else's incident he would have his own waived."""
    world = with_one_of_his_own(mode)
    waiver = waiver_of(world, OPERATOR, action)
    assert "the owner may have led to another escape there" in waiver["second_because"]
    assert [world.operate(one, "approve-waiver", waiver=waiver["waiver"]).status for one in (MALLORY, OPERATOR)] == [
        403
    ] * 2
    assert world.operate(ALICE, "approve-waiver", waiver=waiver["waiver"]).status == 200


def test_nor_is_his_the_second_word() -> None:
    """He would have somebody else ask for it."""
    world = with_one_of_his_own(Mode.OBSERVE)
    waiver = waiver_of(world, ALICE, document=policy(allow("s3:*"), allow("iam:PutRolePolicy")))
    assert waiver["state"] == "needs a second operator"
    turned = world.operate(OPERATOR, "approve-waiver", waiver=waiver["waiver"])
    assert (turned.status, "on the same subject came after a call of your own" in str(turned.body)) == (403, True)


def test_what_was_changed_since_it_was_told_takes_two_to_waive() -> None:
    """Whoever changed it after it was seen is on no list: it may have been the owner of the waiver."""
    world = attacked(Mode.OBSERVE)
    world.roles.put(world.roles.roles[NAME.lower()].with_inline("pay", BOTH))
    assert "was changed since it was told" in waiver_of(world, OPERATOR)["second_because"]
    assert waiver_of(attacked(Mode.OBSERVE), OPERATOR)["state"] == "in force"


@pytest.mark.parametrize("mode", [Mode.OBSERVE, Mode.APPROVE])
def test_who_widened_it_before_a_look_that_told_it_anew_has_no_word(mode: Mode) -> None:
    """His event comes after the look, and long after the escape was first seen."""
    world = attacked(mode)
    world.now = "2026-11-23T15:20:00+00:00"
    world.roles.put(world.roles.roles[NAME.lower()].with_inline("pay", BOTH))
    world.message(dump_record(InspectionRequest(NAME, world.now, Origin.RECHECK)))
    call = call_of(OPERATOR, "event-9")
    call["detail"]["eventTime"] = "2026-11-23T15:19:50Z"
    world.inspect(call)
    waiver = waiver_of(world, ALICE, document="")
    assert waiver["state"] == "needs a second operator"
    assert world.operate(OPERATOR, "approve-waiver", waiver=waiver["waiver"]).status == 403
