"""Whoever calls is known by what AWS has proved; whoever may not is turned away in one line, and told of."""

import json
from dataclasses import replace
from typing import Any

import pytest

from panorama_guard.case.incident import State
from panorama_guard.case.resource import resource_key
from panorama_guard.profile import FOUND
from panorama_guard.service.operate import operate
from panorama_guard.service.settings import Mode, SessionNames
from tests.builders import ACCOUNT, GROUP_ROLE, PAYROLL, PROFILE, SERVICE_ROLE, snapshot_of, with_policies
from tests.unit.service.world import ACTOR, LIMITS, OPERATOR, OWN_ROLE, SECOND, World
from tests.url_events import url_event

ESCAPED = with_policies(snapshot_of(GROUP_ROLE), PAYROLL)
WHY: dict[str, Any] = {"reason": "because", "seconds": 3600}
GUARDED = f"arn:aws:sts::{ACCOUNT}:assumed-role/{GROUP_ROLE.name}/session"


def asked() -> World:
    """Return a world with one incident that waits for an approval."""
    world = World(Mode.APPROVE)
    world.change(ESCAPED)
    world.notify()
    return world


COMMANDS: dict[str, dict[str, Any]] = {
    "approve": {},
    "undo": WHY,
    "waive": WHY,
}
ALL: tuple[tuple[str, dict[str, Any]], ...] = (
    ("approve", {"incident": "inc-0123456789abcdef"}),
    ("undo", {"incident": "inc-0123456789abcdef", **WHY}),
    ("waive", {"incident": "inc-0123456789abcdef", **WHY}),
    ("approve-waiver", {"waiver": "wvr-0123456789abcdef"}),
    ("end-waiver", {"waiver": "wvr-0123456789abcdef"}),
    ("pause", WHY),
    ("resume", {}),
    ("retry", {"incident": "inc-0123456789abcdef"}),
    ("sweep", {}),
    ("explain", {"incident": "inc-0123456789abcdef"}),
    ("incidents", {}),
    ("status", {}),
)


def hold_turned_away(world: World, caller: str, action: str, fields: dict[str, Any], why: str) -> None:
    """Assert that a caller is refused, that nothing is done, and that the operators hear of it once."""
    before = (dict(world.ledger.incidents), dict(world.ledger.waivers), dict(world.ledger.pauses))
    for _ in range(2):
        answer = world.operate(caller, action, **fields)
        assert (answer.status, list(answer.body)) == (403, ["error"])
        assert why in str(answer.body["error"])
    assert (world.ledger.incidents, world.ledger.waivers, world.ledger.pauses) == before
    assert (world.remediations.orders, world.remediations.lifts, world.sweeps.requests) == ([], [], [])
    told = len(world.topic.alerts)
    world.notify()
    (alert,) = world.topic.alerts[told:]
    assert alert[0].startswith("[OPERATOR] an operator's command was turned away")
    assert caller in alert[1]


@pytest.mark.parametrize(("action", "fields"), ALL, ids=[action for action, _ in ALL])
@pytest.mark.parametrize("role", [*[role.name for role in (*PROFILE.roles, *PROFILE.watched)], GROUP_ROLE.name.upper()])
def test_a_guarded_role_gives_no_commands(role: str, action: str, fields: dict[str, Any]) -> None:
    """In whichever case, under whichever path."""
    hold_turned_away(asked(), f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/x", action, fields, "a guarded role")


@pytest.mark.parametrize(("action", "fields"), ALL, ids=[action for action, _ in ALL])
def test_the_guards_own_roles_give_no_commands(action: str, fields: dict[str, Any]) -> None:
    """Whoever has taken over one of its functions."""
    name = OWN_ROLE.rpartition("/")[2]
    hold_turned_away(asked(), f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/x", action, fields, "guard's own functions")


@pytest.mark.parametrize(("action", "fields"), ALL, ids=[action for action, _ in ALL])
def test_another_account_gives_no_commands(action: str, fields: dict[str, Any]) -> None:
    """Unless it is the one that the settings name."""
    hold_turned_away(asked(), "arn:aws:iam::999999999999:user/eve", action, fields, f"account {ACCOUNT} alone")


@pytest.mark.parametrize(("action", "fields"), ALL, ids=[action for action, _ in ALL])
def test_a_role_that_was_found_gives_no_commands(action: str, fields: dict[str, Any]) -> None:
    """It is guarded for what it is, whatever it is called."""
    world = asked()
    (family, *_) = world.profile.families
    world.ledger.put_resource(ACCOUNT, resource_key(FOUND, f"{family.name}/MyApp"), at=world.now)
    hold_turned_away(world, f"arn:aws:sts::{ACCOUNT}:assumed-role/MyApp/x", action, fields, "a guarded role")


def signed_in(world: World, path: str) -> str:
    """Return whom a session of a role is called that has a name such as IAM Identity Center gives, under a path."""
    name = "AWSReservedSSO_Admins_0123456789abcdef"
    role = snapshot_of(GROUP_ROLE)
    world.roles.put(replace(role, subject=replace(role.subject, name=name), path=path))
    return f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/somebody"


@pytest.mark.parametrize("action", COMMANDS)
def test_a_role_that_only_bears_the_name_of_identity_centers_decides_nothing(action: str) -> None:
    """Its sessions are called what whoever opens them likes: he would be any number of operators."""
    world = asked()
    caller = signed_in(world, "/")
    fields = {"incident": world.incident.id, **COMMANDS[action]}
    hold_turned_away(world, caller, action, fields, "not one of IAM Identity Center's")


def test_who_has_signed_in_decides() -> None:
    """The path is AWS's alone."""
    world = asked()
    caller = signed_in(world, "/aws-reserved/sso.amazonaws.com/eu-west-1/")
    assert world.operate(caller, "approve", incident=world.incident.id).status == 200


def test_each_reason_to_turn_somebody_away_is_told() -> None:
    """Who was turned away for little is not silent for the hour about what matters."""
    world = asked()
    world.change(with_policies(snapshot_of(SERVICE_ROLE), PAYROLL), event_id="event-2")
    world.notify()
    told = len(world.topic.alerts)
    for incident in (*world.incidents, *world.incidents):
        assert world.operate(ACTOR, "approve", incident=incident.id).status == 403
    world.notify()
    texts = [text for _, text, _ in world.topic.alerts[told:]]
    assert [[one.id in text for one in world.incidents] for text in texts] == [[True, False], [False, True]]


def test_sessions_of_one_role_are_told_of_once() -> None:
    """Whoever may assume it calls them what he likes, and floods nobody."""
    world = asked()
    told = len(world.topic.alerts)
    for name in ("a", "b", "c"):
        assert world.operate(GUARDED.replace("session", name), "status").status == 403
    world.notify()
    assert len(world.topic.alerts) == told + 1


@pytest.mark.parametrize(("action", "fields"), ALL, ids=[action for action, _ in ALL])
def test_a_federated_session_gives_no_commands(action: str, fields: dict[str, Any]) -> None:
    """One user may open any number of them under any name: he would be his own second operator."""
    hold_turned_away(asked(), f"arn:aws:sts::{ACCOUNT}:federated-user/bob", action, fields, "chooses its name")


def test_the_account_that_the_settings_name_gives_commands() -> None:
    """Its guarded roles' namesakes are no guarded roles, unless it is a member."""
    world = asked()
    world.limits = type(LIMITS)(LIMITS.approval, LIMITS.waiver, LIMITS.pause, LIMITS.names, ("999999999999",))
    assert world.operate(f"arn:aws:sts::999999999999:assumed-role/{GROUP_ROLE.name}/x", "status").status == 200


@pytest.mark.parametrize("action", COMMANDS)
@pytest.mark.parametrize("caller", [ACTOR, ACTOR.replace("alice", "another-name"), ACTOR.replace("Admin", "ADMIN")])
def test_the_incidents_actor_decides_nothing_about_it(caller: str, action: str) -> None:
    """Under whichever name he opens his role's session."""
    world = asked()
    fields = {"incident": world.incident.id, **COMMANDS[action]}
    hold_turned_away(world, caller, action, fields, "a call of your own")


def test_where_names_prove_who_only_the_very_session_is_the_actor() -> None:
    """A colleague in the same role decides."""
    world = asked()
    world.limits = type(LIMITS)(LIMITS.approval, LIMITS.waiver, LIMITS.pause, SessionNames.PROVE_WHO, ())
    assert world.operate(ACTOR, "approve", incident=world.incident.id).status == 403
    assert world.operate(ACTOR.replace("alice", "bob"), "approve", incident=world.incident.id).status == 200


def test_the_actor_may_look() -> None:
    """And pause, and sweep: only about the incident he has no word."""
    world = asked()
    answer = world.operate(ACTOR, "explain", incident=world.incident.id)
    assert (answer.status, answer.body["incident"]) == (200, world.incident.id)


def test_a_request_without_a_proved_identity_is_turned_away_and_told() -> None:
    """Whatever its body says: somebody has called the function and not its URL."""
    world = asked()
    event = url_event(OPERATOR, {"action": "status", "userArn": OPERATOR})
    answer = operate({**event, "requestContext": {}}, world.operator, now=world.now)
    assert (answer.status, "no identity" in str(answer.body["error"])) == (403, True)
    world.notify()
    assert "without a proved identity" in world.subjects[-1]


def test_a_refusal_is_told_once_an_hour_and_not_once_a_name() -> None:
    """Nobody floods the operators with sessions of many names."""
    world = asked()
    for number in range(50):
        world.operate(GUARDED + str(number), "status")
    world.notify()
    assert sum("turned away" in subject for subject in world.subjects) == 1


@pytest.mark.parametrize(
    ("body", "field"), [("no JSON", "the body"), ({}, "action"), ({"action": "approve", "incident": "x"}, "incident")]
)
def test_a_request_that_is_not_understood_names_field_and_value(body: object, field: str) -> None:
    """As JSON, with status 400; nobody is told."""
    world = asked()
    answer = operate(url_event(OPERATOR, body), world.operator, now=world.now)
    assert (answer.status, answer.body["field"]) == (400, field)
    assert json.dumps(answer.body)
    assert world.ledger.words == {}


@pytest.mark.parametrize(
    ("action", "fields"), [one for one in ALL if {"incident", "waiver"} & one[1].keys()], ids=lambda one: str(one)[:14]
)
def test_what_is_not_on_record_is_not_found(action: str, fields: dict[str, Any]) -> None:
    """The answer names it."""
    answer = asked().operate(OPERATOR, action, **fields)
    assert answer.status == 404
    assert str(fields.get("incident") or fields["waiver"]) in str(answer.body["error"])


def test_status_says_how_the_guard_stands() -> None:
    """Who asks, the mode, the pause, and how many incidents are in which state."""
    world = asked()
    assert world.operate(OPERATOR, "status").body == {
        "caller": OPERATOR,
        "account": ACCOUNT,
        "mode": "approve",
        "modes": {},
        "posture": "active",
        "paused": None,
        "incidents": {"NEEDS APPROVAL": 1},
    }


def test_incidents_are_listed_with_the_waivers_that_are_alive() -> None:
    """In short."""
    world = asked()
    world.operate(OPERATOR, "waive", incident=world.incident.id, **WHY)
    body: dict[str, Any] = dict(world.operate(SECOND, "incidents").body)
    assert [one["incident"] for one in body["incidents"]] == [world.incident.id]
    assert [(one["owner"], one["state"]) for one in body["waivers"]] == [(OPERATOR, "in force")]


def test_an_incident_is_explained_with_plan_witness_and_backups() -> None:
    """All that is on record of it."""
    world = World(Mode.ENFORCE)
    world.change(ESCAPED)
    world.remediate()
    body: dict[str, Any] = dict(world.operate(OPERATOR, "explain", incident=world.incident.id).body)
    assert (body["state"], body["plan"]) == (State.CONTAINED.value, world.incident.remedy.plan)
    assert body["witness"]["action"].startswith("s3:")
    (backup,) = body["backups"]
    assert backup["fingerprint"] == ESCAPED.fingerprint
    assert backup["steps"][0].startswith("put the inline policy panorama-guard-containment-")
    assert backup["inverses"][0].startswith("delete the inline policy panorama-guard-containment-")
    assert json.dumps(body)


def test_a_backup_is_told_with_every_document_of_the_role() -> None:
    """Whoever cannot undo puts it back by them."""
    world = World(Mode.ENFORCE)
    world.change(ESCAPED)
    world.remediate()
    body: dict[str, Any] = dict(world.operate(OPERATOR, "explain", incident=world.incident.id).body)
    (documents,) = [backup["documents"] for backup in body["backups"]]
    assert documents == {
        "trust": ESCAPED.trust,
        "inline": {one.name: one.text for one in ESCAPED.inline},
        "attached": {f"{one.arn} {one.version_id}": one.text for one in ESCAPED.attached},
        "boundary": {},
    }


def test_an_answer_has_no_more_documents_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A function answers with 6 MB at most; all else is told."""
    monkeypatch.setattr("panorama_guard.service.telling.LONGEST_DOCUMENTS", 10)
    world = World(Mode.ENFORCE)
    world.change(ESCAPED)
    world.remediate()
    body: dict[str, Any] = dict(world.operate(OPERATOR, "explain", incident=world.incident.id).body)
    assert [(one["documents"], one["fingerprint"]) for one in body["backups"]] == [(None, ESCAPED.fingerprint)]


def test_a_sweep_is_asked_for() -> None:
    """It comes when its window is over."""
    world = asked()
    assert world.operate(OPERATOR, "sweep").status == 202
    assert world.sweeps.requests == [world.now]
