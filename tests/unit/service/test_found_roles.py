"""Roles of any name are found by events and sweeps, stay guarded, are only told about; so is what is around a role."""

from dataclasses import replace
from typing import Any

import pytest

from panorama_guard.case import role_use
from panorama_guard.case.finding import RETIRED, Kind
from panorama_guard.case.incident import State
from panorama_guard.case.record import dump_record
from panorama_guard.case.resource import Part, ResourceSnapshot
from panorama_guard.case.snapshot import RoleSnapshot, Subject
from panorama_guard.profile.posture import Posture
from panorama_guard.service.inspect import MOST_AT_ONCE
from panorama_guard.service.settings import Mode
from tests.builders import (
    ACCOUNT,
    ADMINISTRATOR,
    NOW,
    PAYROLL,
    SERVICE_ROLE,
    allow,
    as_administrator,
    inline,
    managed,
    policy,
    snapshot_of,
    trusting,
    with_policies,
)
from tests.unit.functions import a_function
from tests.unit.service.world import World, event_on, sample

APPLICATION = "panorama-people-runtimeRole-1A2B"
KEY = f"found-role:application-role/{APPLICATION}"
TRUST = policy(trusting({"Service": "panorama.amazonaws.com"}))
METRICS = policy(allow("cloudwatch:PutMetricData"))
LATER = "2026-12-25T15:00:10+00:00"  # more than 30 days


def a_role(name: str = APPLICATION, *texts: str, trust: str = TRUST) -> RoleSnapshot:
    """Return a role of any name."""
    subject = Subject(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:role/{name}", name, f"AROA{name.upper()}")
    return RoleSnapshot(subject, "/", trust, inline(*texts), (), ())


def call(name: str, role: str) -> dict[str, Any]:
    """Return the event of a call on a role."""
    event = sample("PutRolePolicy")
    event["detail"] |= {"eventName": name, "requestParameters": {"roleName": role}}
    return event


def around(role: RoleSnapshot, **parts: str) -> ResourceSnapshot:
    """Return what is around a role."""
    facts = (Part(role_use.PATH, role.path), Part(role_use.ROLE, dump_record(role)))
    subject = replace(role.subject, name=role_use.key_of(role.subject.name))
    return ResourceSnapshot(subject, role_use.TYPE, tuple(Part(*one) for one in parts.items()), (), facts)


@pytest.mark.parametrize("name", ["CreateRole", "UpdateAssumeRolePolicy", "AttachRolePolicy", "AcquireRole"])
def test_a_role_that_panorama_may_assume_is_found_by_the_call_that_made_it_so(name: str) -> None:
    """Silent, as its ceiling is kept; and on record."""
    world = World()
    world.roles.put(a_role(APPLICATION, METRICS))
    assert world.inspect(call(name, APPLICATION)).roles[0] == APPLICATION
    assert world.incidents == []
    assert world.ledger.resources_on_record(ACCOUNT) == (KEY,)


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("posture", Posture)
def test_a_found_role_whose_permission_escapes_is_told_and_never_written_to(mode: Mode, posture: Posture) -> None:
    """In every mode and posture: trusting Panorama turns nobody's role over to the guard."""
    world = World(mode, posture)
    world.roles.put(a_role("payroll", PAYROLL, ADMINISTRATOR))
    world.inspect(call("UpdateAssumeRolePolicy", "payroll"))
    assert {one.state for one in world.incidents} == {State.OBSERVED}
    assert Kind.PERMISSION_ESCAPE in {one.kind for one in world.incidents}
    assert world.remediations.orders == []
    assert world.remediate() == []
    assert world.roles.writes == []


def test_a_found_role_stays_guarded_when_its_trust_goes_elsewhere() -> None:
    """The attack on what the service left behind: another principal in place of the one that is gone."""
    world = World(Mode.OBSERVE)
    world.roles.put(a_role())
    world.inspect(call("CreateRole", APPLICATION))
    world.roles.put(a_role(trust=policy(trusting({"AWS": "999999999999"}))))
    world.inspect(call("UpdateAssumeRolePolicy", APPLICATION))
    assert [one.kind for one in world.incidents] == [Kind.TRUST_ESCAPE]
    assert "999999999999" in world.incident.evidence.resource


def test_a_policy_that_very_many_found_roles_have_shields_no_role_of_the_profile() -> None:
    """Whoever makes roles for that would have his escape found by a sweep, a minute later, and named by nobody."""
    world = World(Mode.OBSERVE)
    shared = managed(PAYROLL)
    for number in range(11):
        world.roles.put(a_role(f"a-{number}"))
        world.inspect(call("CreateRole", f"a-{number}"))
        world.roles.put(replace(a_role(f"a-{number}"), attached=(shared,)))
    world.roles.put(with_policies(snapshot_of(SERVICE_ROLE), attached=[shared]))
    version = sample("CreatePolicyVersion")
    version["detail"]["requestParameters"]["policyArn"] = shared.arn
    done = world.inspect(version)
    assert (done.roles[0], len(done.roles)) == (SERVICE_ROLE.name, MOST_AT_ONCE)
    (incident,) = (one for one in world.incidents if one.role_name == SERVICE_ROLE.name)
    assert incident.cause.event_name == "CreatePolicyVersion"
    assert len(world.sweeps.requests) == 1


def test_a_later_change_of_a_found_role_is_judged_and_so_is_a_re_check() -> None:
    """It is known by what is on record, in whatever case the call wrote it."""
    world = World(Mode.OBSERVE)
    world.roles.put(a_role())
    world.inspect(call("CreateRole", APPLICATION))
    world.roles.put(a_role(APPLICATION, PAYROLL))
    world.inspect(event_on(APPLICATION.upper()))
    assert world.incident.subject.name == APPLICATION
    world.roles.put(a_role())
    world.message(dump_record(next(one for one, _ in world.rechecks.requests if one.inspect_role == APPLICATION)))
    assert world.incident.state is State.RESOLVED


def test_a_found_role_that_is_deleted_ends_its_incidents() -> None:
    """And is told as one that is gone."""
    world = World(Mode.OBSERVE)
    world.roles.put(a_role(APPLICATION, PAYROLL))
    world.inspect(call("CreateRole", APPLICATION))
    del world.roles.roles[APPLICATION.lower()]
    world.inspect(call("DeleteRole", APPLICATION))
    states = {one.subject.name: one.state for one in world.incidents}
    assert states == {APPLICATION: State.RESOLVED, role_use.key_of(APPLICATION): State.OBSERVED}


def test_a_sweep_finds_what_no_event_said_and_asks_for_what_is_around_it() -> None:
    """Both are judged then like any other."""
    world = World(Mode.OBSERVE)
    world.roles.put(a_role(APPLICATION, PAYROLL))
    world.roles.put(a_role("payroll", trust=policy(trusting({"Service": "ec2.amazonaws.com"}))))
    asked = world.sweep().roles_asked_for
    assert {APPLICATION, role_use.key_of(APPLICATION)} <= set(asked)
    assert not [name for name in asked if "payroll" in name]
    for request in world.inspections.requests:
        world.message(dump_record(request))
    assert world.incident.subject.name == APPLICATION
    assert APPLICATION in world.sweep().roles_asked_for


def test_an_operator_finds_the_incident_of_a_found_role() -> None:
    """By its id, as of any other."""
    world = World(Mode.OBSERVE)
    world.roles.put(a_role(APPLICATION, PAYROLL))
    world.inspect(call("CreateRole", APPLICATION))
    answer = world.operate(f"arn:aws:sts::{ACCOUNT}:assumed-role/Operator/carol", "incidents")
    assert world.incident.id in str(answer.body)


def test_an_instance_profile_of_a_guarded_role_is_told() -> None:
    """The role itself is as it was."""
    world = World()
    world.roles.put(snapshot_of())
    world.resources.put(around(snapshot_of(), **{role_use.PROFILES: '["bastion"]'}))
    world.inspect(sample("AddRoleToInstanceProfile"))
    assert (world.incident.kind, world.incident.source) == (Kind.WEAKNESS, role_use.PROFILES)
    assert world.incident.state is State.OBSERVED
    assert world.remediations.orders == []


def test_an_instance_profile_of_another_role_is_nobody_s_business() -> None:
    """What is around it is not even read."""
    world = World()
    world.inspect(call("AddRoleToInstanceProfile", "payroll"))
    assert [one for one in world.calls.made if one.startswith("read_resource")] == []


def test_a_role_that_is_deleted_and_made_again_is_told_for_thirty_days() -> None:
    """First that it is gone; then that another one bears its name, which ends the first; then it is no news."""
    world = World(Mode.OBSERVE)
    key = role_use.key_of(SERVICE_ROLE.name)
    world.roles.put(snapshot_of())
    world.resources.put(around(snapshot_of()))
    world.inspect(call("CreateRole", SERVICE_ROLE.name))
    assert world.incidents == []
    world.roles.roles.clear()
    world.resources.resources.clear()
    world.inspect(call("DeleteRole", SERVICE_ROLE.name))
    assert [(one.source, one.state) for one in world.incidents] == [(role_use.EXISTENCE, State.OBSERVED)]
    again = snapshot_of(role_id="AROAEXAMPLEROLE000002")
    world.roles.put(again)
    world.resources.put(around(again))
    world.inspect(call("CreateRole", SERVICE_ROLE.name))
    stand = {one.source: one.state for one in world.incidents}
    assert stand == {role_use.EXISTENCE: State.RESOLVED, role_use.MADE_AGAIN: State.OBSERVED}
    told = next(one for one in world.incidents if one.source == role_use.MADE_AGAIN)
    assert snapshot_of().subject.unique_id in told.evidence.reason
    world.sweep()
    world.message(dump_record(next(one for one in world.inspections.requests if one.inspect_role == key)))
    assert {one.source: one.state for one in world.incidents} == stand
    world.now = LATER
    world.inspect(call("AddRoleToInstanceProfile", SERVICE_ROLE.name))
    assert {one.state for one in world.incidents} == {State.RESOLVED}
    world.inspect(call("AddRoleToInstanceProfile", SERVICE_ROLE.name))
    assert {one.state for one in world.incidents} == {State.RESOLVED}


def test_that_a_role_is_gone_is_told_for_thirty_days() -> None:
    """Then it is over; nobody has to make the role again for that."""
    world = World(Mode.OBSERVE)
    states = []
    for now, name in ((NOW, "DeleteRole"), (LATER, "AddRoleToInstanceProfile")):
        world.now = now
        world.inspect(call(name, SERVICE_ROLE.name))
        states.append(world.incident.state)
    assert states == [State.OBSERVED, State.RESOLVED]


def test_in_a_retired_service_a_use_of_a_role_and_that_it_is_left_over_are_told() -> None:
    """Beside the escapes of its policies and trust."""
    world = World(Mode.OBSERVE, Posture.RETIRED)
    world.roles.put(snapshot_of())
    world.resources.put(around(snapshot_of(), **{role_use.LAST_USE: "2026-11-20"}))
    world.inspect(call("CreateRole", SERVICE_ROLE.name))
    told = {one.source for one in world.incidents if one.kind is Kind.WEAKNESS}
    assert told == {role_use.LAST_USE, role_use.LEFTOVER}
    escapes = [one for one in world.incidents if one.kind in (Kind.PERMISSION_ESCAPE, Kind.TRUST_ESCAPE)]
    assert {one.evidence.reason for one in escapes} == {RETIRED}


def test_a_provider_that_changes_leads_to_the_roles_that_are_named() -> None:
    """Which of them trust it, only they tell."""
    world = World()
    world.roles.put(as_administrator(snapshot_of()))
    world.resources.put(around(snapshot_of()))
    world.resources.names["iam-provider:"] = (role_use.key_of(SERVICE_ROLE.name), role_use.key_of("payroll"))
    inspection = world.inspect(sample("UpdateSAMLProvider"))
    assert inspection.roles == (role_use.key_of(SERVICE_ROLE.name),)


@pytest.mark.parametrize(("account", "is_asked"), [(ACCOUNT, True), ("aws", False), ("999999999999", False)])
def test_a_version_of_another_account_s_policy_leads_to_no_look(account: str, *, is_asked: bool) -> None:
    """IAM does not say who uses it, and nobody here can change it."""
    world = World()
    event = sample("DeletePolicyVersion")
    event["detail"]["requestParameters"]["policyArn"] = f"arn:aws:iam::{account}:policy/Extra"
    world.inspect(event)
    assert bool([call for call in world.calls.made if call.startswith("behind iam-policy")]) is is_asked


def test_a_found_role_that_is_gone_is_forgotten_once_nothing_of_it_is_open() -> None:
    """Whoever makes roles by the thousand makes no list that lasts."""
    world = World(Mode.OBSERVE)
    world.roles.put(a_role(APPLICATION, PAYROLL))
    world.inspect(call("CreateRole", APPLICATION))
    world.roles.roles.clear()
    world.now = LATER
    assert APPLICATION in world.sweep().roles_asked_for  # its incident is open, and ends by the look that is asked for
    for request in world.inspections.requests:
        world.message(dump_record(request))
    assert APPLICATION not in world.sweep().roles_asked_for
    assert KEY not in world.ledger.resources_on_record(ACCOUNT)


def test_the_role_as_which_a_function_of_the_pattern_runs_is_guarded_whatever_its_name() -> None:
    """From the first look at the function on: it is judged at once, as one of its family, and only told about."""
    world = World(Mode.OBSERVE)
    trust = policy(trusting({"Service": "lambda.amazonaws.com"}))
    world.roles.put(a_role("worker", PAYROLL, trust=trust))
    world.resources.put(a_function(role=f"arn:aws:iam::{ACCOUNT}:role/service-role/worker"))
    world.inspect(sample("AddPermission"))
    assert world.ledger.resources_on_record(ACCOUNT)[0] == "found-role:function-role/worker"
    (request,) = [one for one, delay in world.rechecks.requests if (one.inspect_role, delay) == ("worker", 0)]
    world.message(dump_record(request))
    escape = next(one for one in world.incidents if one.kind is Kind.PERMISSION_ESCAPE)
    assert (escape.subject.name, escape.state) == ("worker", State.OBSERVED)
    world.inspect(sample("AddPermission"))
    assert len([one for one, _ in world.rechecks.requests if one == request]) == 1


def test_the_role_of_a_function_that_is_guarded_already_is_left_as_it_is() -> None:
    """A named role stays what its name says."""
    world = World(Mode.OBSERVE)
    world.resources.put(a_function(role=f"arn:aws:iam::{ACCOUNT}:role/service-role/{SERVICE_ROLE.name}"))
    world.inspect(sample("AddPermission"))
    assert [key for key in world.ledger.resources_on_record(ACCOUNT) if key.startswith("found-role:")] == []
