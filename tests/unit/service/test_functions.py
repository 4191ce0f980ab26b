"""A Lambda function goes the way of every resource, from the event to the alert."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from panorama_guard.case import function
from panorama_guard.case.finding import Kind
from panorama_guard.case.incident import State
from panorama_guard.case.resource import Part, ResourceSnapshot, canonical
from panorama_guard.case.snapshot import Subject
from panorama_guard.case.step import DeletePart, PutPart
from panorama_guard.service.settings import Mode
from tests.builders import ACCOUNT
from tests.unit.functions import KEY, OTHERS, OWN, RUNNER_KEY, THEIRS, a_function, a_url, lets, lists
from tests.unit.service.world import OPERATOR, SECOND, World, sample

OPENED, CLOSED = a_function(OWN, THEIRS), a_function(OWN)
PARTNER = "policy statement partner"
WHY = {"reason": "a partner calls it", "seconds": 3600}


def opened(name: str = "AddPermission") -> World:
    """Return a world in which a function was opened, and the event delivered."""
    world = World()
    world.resources.put(OPENED)
    world.inspect(sample(name))
    return world


def test_a_statement_that_lets_in_others_is_removed_and_told_once() -> None:
    """With the actor, the request that proves it and the way back."""
    world = opened()
    assert world.remediate() == ["CONTAINED"]
    world.notify()
    assert world.resources.writes == [(KEY, DeletePart(PARTNER))]
    assert world.resources.resources[KEY] == CLOSED
    assert world.subjects == [f"[CONTAINED] HIGH {KEY}: opened to others"]
    assert world.incident.evidence.principal == f"AWS arn:aws:iam::{OTHERS}:root"
    assert world.incident.cause.event_name == "AddPermission20150331v2"


def test_the_function_is_found_by_its_name_in_every_form() -> None:
    """Also in that of an older API."""
    for name in ("AddPermission-by-partial-arn", "AddPermission-by-arn-and-older-name", "UpdateEventSourceMapping"):
        assert opened(name).incident.source == PARTNER


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("source", ["*", "arn:aws:s3:*"])
def test_a_source_that_is_no_whole_arn_hides_nothing(mode: Mode, source: str) -> None:
    """PutResourcePolicy takes any pattern: every statement beside that one is told, and in mode enforce removed."""
    anybody_s = lets("any", {"Service": "s3.amazonaws.com"}, Condition={"ArnLike": {"AWS:SourceArn": source}})
    world = World(mode)
    world.resources.put(a_function(OWN, THEIRS, anybody_s))
    world.inspect(sample("PutResourcePolicy"))
    world.remediate()
    told = {incident.source: incident.state for incident in world.incidents}
    asked = State.OBSERVED if mode is Mode.OBSERVE else State.NEEDS_APPROVAL
    contained = State.CONTAINED if mode is Mode.ENFORCE else asked
    assert told == {"policy statement any": asked, PARTNER: contained}


def test_a_url_of_which_a_statement_is_not_understood_hides_nothing() -> None:
    """That it asks nobody for a signature is told, beside that it cannot be judged whom it lets in."""
    odd = lets("odd", "*", Condition={"StringEquals": {"lambda:FunctionUrlAuthType": []}})
    world = World()
    world.resources.put(a_function(OWN, THEIRS, odd).with_part(function.url_part(), a_url()))
    world.inspect(sample("PutResourcePolicy"))
    found = {(incident.kind, incident.source) for incident in world.incidents}
    of_url = {(Kind.UNDECIDED, function.url_part()), (Kind.WEAKNESS, function.url_part())}
    assert found > {(Kind.RESOURCE_ESCAPE, PARTNER), *of_url}


def test_an_undo_is_waived_by_two_and_put_back_by_hand() -> None:
    """By AddPermission, which no function may call."""
    world = opened()
    world.remediate()
    incident = world.incident.id
    first = world.operate(OPERATOR, "undo", incident=incident, **WHY).body
    waiver = first["waiver"]
    assert isinstance(waiver, dict)
    assert OTHERS in str(waiver["document"])
    assert world.operate(SECOND, "approve-waiver", waiver=waiver["waiver"]).status == 200
    answer = world.operate(OPERATOR, "undo", incident=incident, **WHY).body
    assert (answer["by_guard"], answer["by_operator"]) == ([], [f"put the {PARTNER}"])
    world.resources.apply(KEY, PutPart(PARTNER, str(OPENED.text_of(PARTNER))))
    world.inspect(sample("AddPermission"))
    world.remediate()
    assert world.resources.resources[KEY] == OPENED
    assert world.incident.state is State.RESOLVED


def test_a_layer_of_others_is_told_and_may_be_waived() -> None:
    """It is code of somebody else's; whoever knows it says so, with a second operator."""
    world = World()
    layer = {"Arn": f"arn:aws:lambda:us-east-1:{OTHERS}:layer:helper:1"}
    world.resources.put(CLOSED.with_part(function.LAYERS, lists("Layers", layer)))
    world.inspect(sample("UpdateFunctionConfiguration"))
    assert (world.incident.kind, world.incident.state) == (Kind.WEAKNESS, State.OBSERVED)
    waiver = world.operate(OPERATOR, "waive", incident=world.incident.id, **WHY).body["waiver"]
    assert isinstance(waiver, dict)
    assert world.operate(SECOND, "approve-waiver", waiver=waiver["waiver"]).status == 200
    world.inspect(sample("UpdateFunctionConfiguration"))
    assert world.incident.state is State.RESOLVED


def test_operators_are_asked_once_about_a_statement_whatever_else_changes() -> None:
    """A source, a version, the code: each is a reason to look, and none to ask again what was asked."""
    world, public = World(), a_function(OWN, lets("public", "*"))
    for source in (None, "one", "two"):
        own = {"EventSourceArn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:{source}"}
        world.resources.put(public.with_part(function.SOURCES, lists("Sources", own)) if source else public)
        event = sample("AddPermission")
        event["detail"]["eventID"] = f"event-{source}"
        world.inspect(event)
        world.remediate()
        world.notify()
    assert (world.incident.state, world.incident.attempt) == (State.NEEDS_APPROVAL, 1)
    assert world.subjects == [f"[NEEDS APPROVAL] CRITICAL {KEY}: opened to others"]


def running(code: str) -> ResourceSnapshot:
    """Return the function with this code."""
    return replace(CLOSED, facts=(Part(function.CODE, code), Part(function.CONFIGURATION, "{}")))


def seen_with(world: World, code: str) -> None:
    """Look at the function after its code was put there, and tell what is new."""
    event = sample("UpdateFunctionCode")
    event["detail"]["eventID"] = f"event-of-{code}-{len(world.calls.made)}"
    world.resources.put(running(code))
    world.inspect(event)
    world.notify()


def test_a_change_of_code_is_told_with_who_made_it_and_so_is_the_next() -> None:
    """One incident, an alert for each; to put the first code back ends it."""
    world = World()
    for code in ("first", "second", "second", "third"):
        seen_with(world, code)
    assert world.subjects == [f"[OBSERVED] MEDIUM {KEY}: weak setting"] * 2
    assert (world.incident.source, world.incident.cause.event_name) == ("code", "UpdateFunctionCode20150331v2")
    assert world.remediations.orders == []
    seen_with(world, "first")
    assert world.incident.state is State.RESOLVED


def test_a_change_of_code_that_was_told_for_a_month_is_what_is_known() -> None:
    """Its owner has heard of it; the next change is held against it."""
    world = World()
    seen_with(world, "first")
    seen_with(world, "second")
    world.now = (datetime.fromisoformat(world.now) + timedelta(days=30)).isoformat()
    seen_with(world, "second")
    seen_with(world, "second")
    assert world.incident.state is State.RESOLVED
    seen_with(world, "third")
    assert "its SHA-256 is third, and was second" in str(world.incident.evidence)


def test_what_was_contained_and_cannot_be_read_any_more_is_not_fixed() -> None:
    """The statement may be back."""
    world = opened()
    world.remediate()
    world.resources.put(replace(CLOSED, unread=(Part("policy statement", "AccessDenied"),)))
    world.inspect(sample("AddPermission"))
    states = {one.kind: one.state for one in world.incidents}
    assert states == {Kind.RESOURCE_ESCAPE: State.NOT_FIXED, Kind.UNDECIDED: State.OBSERVED}


def test_a_function_outside_the_pattern_is_told_of_by_its_role_and_never_written_to() -> None:
    """In mode enforce."""
    world = World()
    arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:payroll"
    role = canonical(f"arn:aws:iam::{ACCOUNT}:role/AWSPanoramaServiceRole")
    subject = Subject(ACCOUNT, arn, RUNNER_KEY, arn)
    world.resources.put(ResourceSnapshot(subject, function.RUNNER, (Part(function.ROLE, role),)))
    event = sample("CreateFunction")
    event["detail"]["requestParameters"]["functionName"] = "payroll"
    event["detail"]["responseElements"] = None
    world.inspect(event)
    assert (world.incident.kind, world.incident.state) == (Kind.WEAKNESS, State.OBSERVED)
    assert world.remediations.orders == []


def test_a_statement_on_a_function_outside_the_pattern_leads_to_no_look() -> None:
    """It is nobody's business here."""
    world, event = World(), sample("AddPermission")
    event["detail"]["requestParameters"]["functionName"] = "payroll"
    assert world.inspect(event).note == "nothing guarded is concerned"
    assert world.calls.made == []
