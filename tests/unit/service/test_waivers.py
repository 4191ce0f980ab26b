"""A waiver lets an escape stand for its time; then the guard holds the role to its profile again."""

from dataclasses import replace
from typing import Any

import pytest

from panorama_guard.case.breaker import Breaker
from panorama_guard.case.incident import State
from panorama_guard.case.order import InspectionRequest, Origin
from panorama_guard.case.record import dump_record
from panorama_guard.planning.names import REVOCATION
from panorama_guard.service.carry_out import carry_out
from panorama_guard.service.settings import Mode
from tests.builders import (
    ACCOUNT,
    BOUNDARY_ARN,
    GROUP_ROLE,
    IN_PATTERN,
    NOW,
    PAYROLL,
    allow,
    as_administrator,
    deny,
    managed,
    policy,
    snapshot_of,
    trusting,
    with_policies,
)
from tests.fakes import CrashError
from tests.unit.service.undoing import CASES, contained
from tests.unit.service.world import OPERATOR, SECOND, World, event_on

HEALTHY = snapshot_of(GROUP_ROLE)
ESCAPED = with_policies(HEALTHY, PAYROLL)
BUILDER = trusting({"AWS": f"arn:aws:iam::{ACCOUNT}:role/Builder"})
OTHER = trusting({"AWS": f"arn:aws:iam::{ACCOUNT}:role/Other"})
OPENED = HEALTHY.with_trust(policy(trusting({"Service": "greengrass.amazonaws.com"}), BUILDER))
STRANGER = policy(trusting({"Service": "greengrass.amazonaws.com"}), trusting({"AWS": "999999999999"}))
WHY: dict[str, Any] = {"reason": "an agreed change", "seconds": 600}
AFTER = "2026-11-23T15:10:11+00:00"


def observed(after: Any = ESCAPED, mode: Mode = Mode.OBSERVE) -> World:
    """Return a world with one incident that is told and stands."""
    world = World(mode)
    world.change(HEALTHY, event_id="event-0")
    world.change(after)
    world.notify()
    return world


def waive(world: World, caller: str = OPERATOR, **fields: object) -> Any:
    """Waive the one incident."""
    return world.operate(caller, "waive", incident=world.incident.id, **{**WHY, **fields})


def look(world: World, number: int = 9) -> None:
    """Look at the role again, as a re-check does."""
    world.inspect(event_on(GROUP_ROLE.name, event_id=f"event-{number}"))


@pytest.mark.parametrize("after", [ESCAPED, OPENED], ids=["permission", "trust"])
@pytest.mark.parametrize("mode", [Mode.OBSERVE, Mode.APPROVE])
def test_what_is_waived_is_over_and_silent(after: Any, mode: Mode) -> None:
    """The incident says by whom and until when; nothing more is told, planned or asked."""
    world = observed(after, mode)
    assert waive(world).body["waiver"]["state"] == "in force"
    look(world)
    world.notify()
    assert world.incident.state is State.RESOLVED
    assert f"waived by {OPERATOR} until 2026-11-23T15:10:10Z" in world.incident.reason
    told = len(world.topic.alerts)
    look(world, 10)
    world.notify()
    assert len(world.topic.alerts) == told


def test_a_waiver_is_told_once_with_owner_reason_document_and_end() -> None:
    """Also when the command comes twice."""
    world = observed()
    for _ in range(2):
        assert waive(world).status == 200
    world.notify()
    told = [text for subject, text, _ in world.topic.alerts if subject.startswith("[WAIVED]")]
    assert len(told) == 1
    assert all(word in told[0] for word in (OPERATOR, "an agreed change", "payroll", "2026-11-23T15:10:10"))


@pytest.mark.parametrize(
    "case", ["an inline policy", "a policy detached", "an inline policy deleted", "a trust opened"]
)
def test_a_document_has_to_cover_what_the_guard_has_contained(case: str) -> None:
    """Though with the containment nothing escapes any more; without a document it is the statements that escaped."""
    world = contained(*CASES[case])
    document = policy(OTHER if case == "a trust opened" else allow("s3:GetObject", "arn:aws:s3:::zz/*"))
    answer = waive(world, document=document)
    assert (answer.status, "does not cover the escape" in answer.body["error"]) == (409, True)
    assert waive(world).status == 200


@pytest.mark.parametrize("action", ["waive", "undo"])
def test_what_was_widened_since_it_was_told_is_not_waived_with_it(action: str) -> None:
    """Its event has not come yet: the operator has read of less. With a document he says himself what he waives."""
    told = allow("sqs:SendMessage", f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders")
    world = observed(HEALTHY.with_inline("x", policy(told)), Mode.OBSERVE if action == "waive" else Mode.ENFORCE)
    world.remediate()
    wider = policy(told, allow("secretsmanager:GetSecretValue"))
    world.roles.put(world.roles.roles[HEALTHY.subject.name.lower()].with_inline("x", wider))
    asked = {"incident": world.incident.id, **WHY}
    answer = world.operate(OPERATOR, action, **asked)
    assert (answer.status, world.ledger.waivers) == (409, {})
    assert world.operate(OPERATOR, action, **asked, document=wider).status == 200


@pytest.mark.parametrize("action", ["waive", "undo"])
@pytest.mark.parametrize("withheld_by", ["a Deny", "a Deny beside it", "the boundary"])
def test_what_something_else_withheld_when_it_was_told_is_not_waived_with_it(withheld_by: str, action: str) -> None:
    """The operator has read of what escapes; once nothing withholds the rest, that is found."""
    told, secrets = allow("sqs:SendMessage", f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders"), "secretsmanager:GetSecretValue"
    both = HEALTHY.with_inline("x", policy(told, allow(secrets)))
    withheld = {
        "a Deny": both.with_inline("y", policy(deny(secrets))),
        "a Deny beside it": HEALTHY.with_inline("x", policy(told, allow(secrets), deny(secrets))),
        "the boundary": both.with_boundary((managed(policy(allow("*"), deny(secrets)), BOUNDARY_ARN),)),
    }
    world = observed(withheld[withheld_by], Mode.OBSERVE if action == "waive" else Mode.ENFORCE)
    world.remediate()
    assert world.operate(OPERATOR, action, incident=world.incident.id, **WHY).status in (200, 202)
    world.remediate()
    world.change(both, event_id="event-8")
    assert any(one.is_open or one.state is State.CONTAINED for one in world.incidents)
    assert not any(secrets in waiver.document for waiver in world.ledger.waivers.values())


def test_a_shorter_waiver_than_there_is_is_refused() -> None:
    """It would change nothing, and its owner would count on its end; the answer says how to end the longer one."""
    world = observed()
    waiver = waive(world, seconds=3600).body["waiver"]["waiver"]
    answer = waive(world)
    assert (answer.status, f"panorama-guard end-waiver {waiver}" in answer.body["error"]) == (409, True)
    assert "until 2026-11-23T16:00:10Z" in answer.body["error"]
    assert waive(world, seconds=7200).status == 200


def test_what_goes_beyond_the_waiver_is_told() -> None:
    """The wider escape is an incident of its own."""
    world = observed()
    waive(world)
    look(world)
    world.change(with_policies(HEALTHY, PAYROLL.replace("payroll", "*")), event_id="event-10")
    assert world.incident.state is State.OBSERVED


def test_the_guard_enforces_again_when_the_waiver_expires() -> None:
    """At the look that was asked for when the waiver was made."""
    world = observed()
    waive(world)
    request = InspectionRequest(GROUP_ROLE.name, NOW, Origin.OPERATOR)
    assert [one for one in world.rechecks.requests if one[0].origin is Origin.OPERATOR] == [
        (request, 0),
        (request, 601),
    ]
    look(world)
    world.mode, world.now = Mode.ENFORCE, AFTER
    look(world, 10)
    world.remediate()
    assert world.incident.state is State.CONTAINED


def test_a_waiver_that_outlasts_a_queue_is_looked_after_by_the_look_before_its_end() -> None:
    """The sweep's, say: it asks for one right after the end."""
    world = observed()
    waive(world, seconds=3600)
    world.rechecks.requests.clear()
    look(world)
    assert [one for one in world.rechecks.requests if one[1] > 30] == []
    world.now = "2026-11-23T15:50:10+00:00"
    look(world, 10)
    look(world, 11)
    assert [delay for _, delay in world.rechecks.requests if delay > 30] == [601]


def test_a_waiver_does_not_let_a_lost_policy_stand_elsewhere() -> None:
    """It is for one RoleId: the role that is made again has none."""
    world = observed()
    waive(world)
    other = replace(ESCAPED, subject=replace(ESCAPED.subject, unique_id="AROANEW"))
    world.change(other, event_id="event-10")
    assert [i.state for i in world.incidents if i.subject.unique_id == "AROANEW"] == [State.OBSERVED]


def test_what_is_waived_is_not_what_the_role_goes_back_to() -> None:
    """Neither a trust nor a lost boundary is learnt from a role that only a waiver lets stand."""
    world = observed(OPENED)
    waive(world)
    look(world)
    (memory,) = world.ledger.memories.values()
    assert memory.trust == (HEALTHY.trust,)
    bounded = replace(ESCAPED, boundary=(managed(IN_PATTERN, BOUNDARY_ARN),))
    free = World(Mode.OBSERVE)
    free.roles.policies[BOUNDARY_ARN] = managed(IN_PATTERN, BOUNDARY_ARN)
    free.change(bounded, event_id="event-0")
    free.change(ESCAPED)
    waive(free)
    look(free)
    (remembered,) = free.ledger.memories.values()
    assert remembered.boundary == bounded.boundary


def test_a_remediation_that_meets_a_waiver_changes_nothing() -> None:
    """The word came between order and act."""
    world = World()
    world.change(HEALTHY, event_id="event-0")
    world.change(ESCAPED)
    assert waive(world).status == 200
    world.remediate()
    assert (world.roles.writes, world.incident.state) == ([], State.RESOLVED)


def test_what_was_contained_is_not_called_so_once_its_escape_is_let_stand() -> None:
    """Somebody has taken the Deny away, and it is waived: nothing is contained any more."""
    world = World()
    world.change(HEALTHY, event_id="event-0")
    world.change(ESCAPED)
    world.remediate()
    assert waive(world).status == 200
    look(world)
    assert [incident.state for incident in world.incidents] == [State.CONTAINED]
    world.change(ESCAPED, event_id="event-10")
    assert [incident.state for incident in world.incidents] == [State.RESOLVED]


def test_ended_before_its_time_the_guard_acts_at_once() -> None:
    """The waiver's end asks for a look."""
    world = observed()
    waiver = waive(world).body["waiver"]["waiver"]
    look(world)
    world.mode = Mode.ENFORCE
    answer: Any = world.operate(SECOND, "end-waiver", waiver=waiver)
    assert answer.body["waiver"]["state"] == "ended"
    assert world.rechecks.requests[-1][1] == 0
    look(world, 10)
    world.remediate()
    world.notify()
    assert world.incident.state is State.CONTAINED
    assert any(subject.startswith("[WAIVER ENDED]") for subject in world.subjects)
    assert world.operate(SECOND, "end-waiver", waiver=waiver).status == 200


def test_asked_for_longer_it_is_renewed_and_told_again() -> None:
    """It is one waiver, with a later end."""
    world = observed()
    for seconds, until in ((600, "15:10:10"), (600, "15:10:10"), (1200, "15:20:10")):
        assert until in waive(world, seconds=seconds).body["waiver"]["until"]
    world.notify()
    assert sum(subject.startswith("[WAIVED]") for subject in world.subjects) == 2


# --- what is refused ---


@pytest.mark.parametrize(
    ("fields", "status", "why"),
    [
        ({"seconds": 30 * 24 * 3600 + 1}, 400, "more than 30d, the most that is set (MaximumWaiverDays): `2592001s`"),
        ({"document": IN_PATTERN}, 400, "waives nothing"),
        ({"document": policy(allow("s3:GetObject", "arn:aws:s3:::payroll/x"))}, 409, "does not cover the escape: s3:"),
        ({"document": policy({"Effect": "Deny", "Action": "s3:*", "Resource": "*"})}, 400, "denies"),
        ({"document": policy(BUILDER)}, 400, "needs Resource"),
    ],
)
def test_a_waiver_that_does_not_do_is_refused(fields: dict[str, Any], status: int, why: str) -> None:
    """And nothing is kept of it."""
    world = observed()
    answer = waive(world, **fields)
    assert (answer.status, why in answer.body["error"]) == (status, True)
    assert world.ledger.waivers == {}


def test_a_doubt_cannot_be_waived() -> None:
    """Nobody knows what it would let stand."""
    world = observed(with_policies(HEALTHY, policy(allow("s3:*", Condition={"Mystery": {"a": "b"}}))))
    answer = waive(world, document=PAYROLL)
    assert (answer.status, "undecided" in answer.body["error"]) == (409, True)


def test_what_is_over_cannot_be_waived() -> None:
    """There is nothing to let stand."""
    world = observed()
    world.change(HEALTHY, event_id="event-10")
    assert waive(world).status == 409


def test_an_escape_of_which_no_statement_is_left_needs_a_document() -> None:
    """The trust was repaired, and somebody has written another one since: what is to be waived has to be said."""
    world = contained(HEALTHY, OPENED)
    world.roles.put(HEALTHY.with_trust(policy(trusting({"Service": "greengrass.amazonaws.com"}, Sid="Theirs"))))
    answer = waive(world)
    assert (answer.status, "give the document" in answer.body["error"]) == (409, True)


# --- a second operator ---


@pytest.mark.parametrize("after", [as_administrator(HEALTHY), HEALTHY.with_trust(STRANGER)], ids=["all", "account"])
def test_what_weighs_much_is_not_in_force_before_the_second_word(after: Any) -> None:
    """Then it is."""
    world = observed(after)
    waiver = waive(world).body["waiver"]
    look(world)
    assert (waiver["state"], world.incident.state) == ("needs a second operator", State.OBSERVED)
    assert world.operate(OPERATOR, "approve-waiver", waiver=waiver["waiver"]).status == 403
    answer: Any = world.operate(SECOND, "approve-waiver", waiver=waiver["waiver"])
    assert (answer.body["waiver"]["approver"], answer.body["waiver"]["state"]) == (SECOND, "in force")
    look(world, 10)
    assert [incident.state for incident in world.incidents] == [State.RESOLVED]


def test_what_nobody_is_known_to_have_done_needs_a_second_operator() -> None:
    """It was found by a sweep: the owner of the waiver may be who did it."""
    world = World(Mode.OBSERVE)
    world.change(HEALTHY, event_id="event-0")
    world.roles.put(ESCAPED)
    world.message(
        '{"form":1,"inspect_role":"AWSPanoramaGreengrassGroupRole","requested_at":"2026-11-23T15:00:10Z","origin":"sweep"}'
    )
    waiver = waive(world).body["waiver"]
    assert (waiver["state"], "nobody knows who" in waiver["second_because"]) == ("needs a second operator", True)


def test_a_waiver_that_needs_no_second_word_takes_none() -> None:
    """The answer says how it stands."""
    world = observed()
    waiver = waive(world).body["waiver"]["waiver"]
    answer = world.operate(SECOND, "approve-waiver", waiver=waiver)
    assert (answer.status, "in force" in str(answer.body["error"])) == (409, True)


def test_renewed_it_needs_the_second_word_again() -> None:
    """What was agreed to was the shorter time."""
    world = observed(as_administrator(HEALTHY))
    waiver = waive(world).body["waiver"]["waiver"]
    world.operate(SECOND, "approve-waiver", waiver=waiver)
    assert waive(world, seconds=1200).body["waiver"]["state"] == "needs a second operator"


def test_what_two_have_agreed_to_stands_while_more_is_asked_for() -> None:
    """Else the guard would contain at once what it was told to let stand, and nobody has ended that."""
    world = observed(as_administrator(HEALTHY))
    first = waive(world).body["waiver"]["waiver"]
    world.operate(SECOND, "approve-waiver", waiver=first)
    for minute, seconds in ((1, 600), (2, 600), (3, 1200)):  # each ends later than what they have agreed to
        world.now = f"2026-11-23T15:0{minute}:10+00:00"
        asked = waive(world, seconds=seconds).body["waiver"]
        assert (asked["waiver"] != first, asked["state"]) == (True, "needs a second operator")
        assert world.ledger.waivers[first].is_in_force(now=world.now)
    answer: Any = world.operate(SECOND, "approve-waiver", waiver=asked["waiver"])
    assert (answer.status, answer.body["waiver"]["until"]) == (200, "2026-11-23T15:23:10+00:00")
    last = waive(world, seconds=1800).body["waiver"]["waiver"]
    assert len({first, asked["waiver"], last}) == 3


def test_an_end_names_the_waivers_of_its_own_escape() -> None:
    """Another one's may be over long before."""
    world = observed(ESCAPED.with_trust(OPENED.trust))
    for number, seconds in ((0, 600), (1, 6000)):
        incident = sorted(world.incidents, key=lambda one: one.kind.value)[number]
        assert world.operate(OPERATOR, "waive", incident=incident.id, reason="x y", seconds=seconds).status == 200
    look(world)
    reasons = [one.reason for one in sorted(world.incidents, key=lambda one: one.kind.value)]
    assert [reason.count("waived by") for reason in reasons] == [1, 1]
    assert ("15:10:10" in reasons[0], "16:40:10" in reasons[1]) == (True, True)


TWO = policy(*(trusting(who) for who in ({"Service": "greengrass.amazonaws.com"}, *({"AWS": 12 * n} for n in "98"))))


def beside_a_waiver() -> World:
    """Return a world in which a trust is waived, another stranger was let in beside it, and the trust is repaired."""
    world = observed(HEALTHY.with_trust(STRANGER))
    assert (
        world.operate(SECOND, "approve-waiver", waiver=waive(world, seconds=6000).body["waiver"]["waiver"]).status
        == 200
    )
    look(world)
    world.mode, world.now = Mode.ENFORCE, "2026-11-23T15:05:10+00:00"
    world.change(HEALTHY.with_trust(TWO), event_id="event-another")
    return world


def test_a_repair_beside_a_waiver_stays_contained_and_its_deny_is_put_again() -> None:
    """What the waiver lets stand is in the same trust: that is no word about another one who was let in."""
    world = beside_a_waiver()
    assert world.remediate() == ["CONTAINED"]
    look(world)
    assert world.incidents[-1].state is State.CONTAINED
    world.now = "2026-11-23T15:05:40+00:00"
    request = InspectionRequest(GROUP_ROLE.name, "2026-11-23T15:05:10+00:00", Origin.RENEWAL)
    world.message(dump_record(request))
    assert [carry_out(one, world.remediator, now=world.now) for one in world.remediations.renewals] == [
        "moved up to 2026-11-23T15:05:41Z"
    ]
    world.now, world.remediations.renewals = "2026-11-23T15:09:10+00:00", []
    world.change(world.roles.roles[GROUP_ROLE.name.lower()].without_inline(REVOCATION), event_id="event-taken")
    assert "was taken away or changed" in world.incidents[-1].reason
    assert world.remediations.renewals


def test_an_escape_beside_a_waiver_that_is_gone_before_its_turn_leaves_sessions_that_are_told() -> None:
    """Nobody has let it stand."""
    world = beside_a_waiver()
    world.roles.put(HEALTHY.with_trust(STRANGER))
    assert world.remediate() == ["RESOLVED"]
    assert "sessions of whoever was let in are not ended by that" in world.incidents[-1].reason


def test_a_war_beside_a_waiver_trips_the_breaker() -> None:
    """Each time it is contained it comes back."""
    world = beside_a_waiver()
    opened = world.roles.roles[GROUP_ROLE.name.lower()].trust
    outcomes = list[str]()
    for minute in range(6, 14):
        outcomes += world.remediate()
        look(world)
        world.now = f"2026-11-23T15:{minute:02}:10+00:00"
        world.change(world.roles.roles[GROUP_ROLE.name.lower()].with_trust(opened), event_id=f"event-{minute}")
    assert (world.incidents[-1].breaker is Breaker.OPEN, len(outcomes) < 6) == (True, True)


# --- crashes and races ---


def test_the_second_word_is_for_the_time_that_was_told() -> None:
    """Asked for longer meanwhile, it is another waiver, which waits for a word of its own; asked again, the same."""
    world = observed(as_administrator(HEALTHY))
    first, *longer = [waive(world, seconds=seconds).body["waiver"] for seconds in (600, 6000, 6000, 600)]
    assert len({one["waiver"] for one in (first, *longer[:2])}) == 2
    assert longer[2] == first
    approved: Any = world.operate(SECOND, "approve-waiver", waiver=first["waiver"]).body["waiver"]
    assert (approved["until"], approved["state"]) == (first["until"], "in force")
    assert not world.ledger.waivers[longer[0]["waiver"]].approver


def test_a_command_that_dies_at_any_call_and_comes_again_makes_one_waiver() -> None:
    """In force, told, and looked after at its end."""
    first = len(observed().calls.made)
    world = observed()
    waive(world)
    for number in range(first + 1, len(world.calls.made) + 1):
        world = observed()
        world.calls.crash_at = number
        for _ in range(2):
            try:
                waive(world)
            except CrashError:
                continue
        world.notify()
        assert world.ledger.stream == []
        assert len(world.ledger.waivers) == 1
        assert 601 in [delay for _, delay in world.rechecks.requests]
        assert sum(subject.startswith("[WAIVED]") for subject in world.subjects) == 1


def test_of_two_operators_who_waive_at_once_one_owns_it() -> None:
    """The other is told who."""
    world = observed()
    others: list[Any] = []
    world.ledger.races = [lambda: others.append(waive(world, SECOND))]
    assert waive(world).body["waiver"]["owner"] == others[0].body["waiver"]["owner"] == SECOND


def test_of_two_second_operators_at_once_one_approves() -> None:
    """The other is told who."""
    world = observed(as_administrator(HEALTHY))
    waiver = waive(world).body["waiver"]["waiver"]
    third = SECOND.replace("SecurityOfficer", "Auditor")
    others: list[Any] = []
    world.ledger.races = [lambda: others.append(world.operate(third, "approve-waiver", waiver=waiver))]
    answer: Any = world.operate(SECOND, "approve-waiver", waiver=waiver)
    assert answer.body["waiver"]["approver"] == others[0].body["waiver"]["approver"] == third


def test_who_loses_every_race_is_told_to_try_again() -> None:
    """Nothing is half done."""
    world = observed()

    def another() -> None:
        for waiver in list(world.ledger.waivers.values()):
            world.ledger.waivers[waiver.id] = replace(waiver, revision=waiver.revision + 1)

    waive(world)
    world.ledger.races = [another] * 4
    answer = waive(world, seconds=1200)
    assert (answer.status, "try again" in answer.body["error"]) == (409, True)


@pytest.mark.parametrize(("mode", "action"), [(Mode.OBSERVE, "waive"), (Mode.ENFORCE, "waive"), (Mode.ENFORCE, "undo")])
def test_what_a_deny_withheld_when_it_was_told_is_not_waived_once_the_deny_is_gone(mode: Mode, action: str) -> None:
    """Whoever takes the Deny away in the moment before would have that waived of which nobody was told."""
    world = World(mode)
    world.change(HEALTHY, event_id="event-0")
    held_back = with_policies(HEALTHY, policy(allow("sqs:SendMessage"), allow("dynamodb:*")))
    world.change(held_back.with_inline("x", policy(deny("dynamodb:*"))))
    world.remediate()
    world.roles.put(world.roles.roles[GROUP_ROLE.name.lower()].without_inline("x"))
    answer = world.operate(OPERATOR, action, incident=world.incident.id, reason="an agreed change", seconds=3600)
    assert (answer.status, "was changed since it was told" in str(answer.body["error"])) == (409, True)
    assert world.ledger.waivers == {}


@pytest.mark.parametrize("after", [ESCAPED, OPENED], ids=["permission", "trust"])
def test_what_is_waived_while_its_order_is_on_its_way_is_not_told_to_be_gone(after: Any) -> None:
    """The escape is there, and the incident says who lets it stand."""
    world = World(Mode.ENFORCE)
    world.change(HEALTHY, event_id="event-0")
    world.change(after)
    assert waive(world).status == 200
    assert world.remediate() == ["RESOLVED"]
    assert f"waived by {OPERATOR} until 2026-11-23T15:10:10Z" in world.incident.reason
    assert world.roles.writes == []
