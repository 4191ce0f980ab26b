"""A call in a member account is judged there, with nothing written; or operators are told that it was not."""

import json
from dataclasses import replace
from typing import Any

from panorama_guard.case.incident import State
from panorama_guard.case.member import SWITCHED_OFF, MemberState
from panorama_guard.case.order import InspectionRequest, Origin, address, addressed
from panorama_guard.case.record import dump_record
from panorama_guard.reporting.commands import operator_commands
from panorama_guard.service.inspect import inspect_message
from panorama_guard.service.inspector import Inspector
from panorama_guard.service.members import MemberInspectors
from panorama_guard.service.settings import InMembers, Mode
from tests.builders import ACCOUNT, NOW, PROFILE
from tests.unit.named_secrets import KEY, OTHERS, a_secret, lets
from tests.unit.service.accounts import MEMBER, Accounts, roll_of
from tests.unit.service.world import World, sample

OPENED = a_secret(lets({"AWS": OTHERS}))


ARN = OPENED.subject.arn.replace(ACCOUNT, MEMBER)
THERE = replace(OPENED, subject=replace(OPENED.subject, account=MEMBER, arn=ARN, unique_id=ARN))


def worlds() -> tuple[World, World, Accounts, Inspector]:
    """Return the hub's world and a member's, whose ledger is the hub's, and what inspects them."""
    hub, member = World(Mode.ENFORCE), World(Mode.OBSERVE)
    accounts = Accounts({MEMBER: member})
    members = MemberInspectors(
        hub.inspector, accounts.reach, PROFILE, lambda _: member.rechecks, hub.members, roll_of(hub), InMembers.TELL
    )
    member.resources.put(THERE)
    return hub, member, accounts, replace(hub.inspector, members=members)


def event_in(account: str, **detail: Any) -> str:
    """Return the message of a call in an account."""
    event = sample("secretsmanager-PutResourcePolicy-by-name")
    return json.dumps({**event, "account": account, "detail": {**event["detail"], **detail}})


def words(world: World) -> list[tuple[str, str]]:
    """Return what operators are told of beside incidents."""
    return [(word.title, word.text) for word in world.ledger.words.values()]


def test_a_call_in_a_member_account_is_judged_there_and_nothing_is_ordered() -> None:
    """The incident is the member's, whose account its record, its key and its alert have."""
    hub, member, _, inspector = worlds()
    done = inspect_message(event_in(MEMBER), inspector, now=NOW)
    assert done.roles == (KEY,)
    (incident,) = hub.ledger.read(MEMBER, KEY).incidents
    assert (incident.account, incident.subject.account, incident.state) == (MEMBER, MEMBER, State.OBSERVED)
    assert incident.reason == "RemediateMembers is no: in a member account the guard tells and changes nothing"
    assert (incident.remedy.carried_out, bool(incident.remedy.steps)) == (False, True)  # and what enforcing would do
    assert hub.ledger.read(ACCOUNT, KEY).incidents == ()
    assert hub.remediations.orders == []
    assert member.resources.writes == []


def test_an_alert_of_a_member_names_no_command_that_would_be_refused() -> None:
    """Of the hub's own incident the same alert has some."""
    hub, _, _, inspector = worlds()
    hub.resources.put(OPENED)
    for account in (MEMBER, ACCOUNT):
        inspect_message(event_in(account), inspector, now=NOW)
        (incident,) = hub.ledger.read(account, KEY).incidents
        stands = replace(incident, state=State.OBSERVED)
        assert bool(operator_commands(stands)) is (account == ACCOUNT)


def test_a_finding_that_is_never_acted_on_says_so_of_a_member_too() -> None:
    """And still names no command."""
    hub, member, _, inspector = worlds()
    undecided = replace(OPENED, parts=tuple(replace(part, text="{") for part in OPENED.parts))
    member.resources.put(replace(undecided, subject=THERE.subject))
    inspect_message(event_in(MEMBER), inspector, now=NOW)
    reasons = {one.reason for one in hub.ledger.read(MEMBER, KEY).incidents}
    assert all(reason.endswith(f"; {SWITCHED_OFF}") for reason in reasons)
    assert any(reason.startswith("undecided: ") for reason in reasons)


def test_a_call_of_the_guard_s_own_account_is_its_own() -> None:
    """No role is assumed for it."""
    hub, _, accounts, inspector = worlds()
    hub.resources.put(OPENED)
    assert inspect_message(event_in(ACCOUNT), inspector, now=NOW).roles == (KEY,)
    assert accounts.asked == []
    assert [one.account for one in hub.ledger.read(ACCOUNT, KEY).incidents] == [ACCOUNT]


def test_without_an_organisation_there_are_no_members() -> None:
    """Whatever account an event that is replayed once had."""
    hub, _, _, _ = worlds()
    hub.resources.put(OPENED)
    assert inspect_message(event_in(MEMBER), hub.inspector, now=NOW).roles == (KEY,)
    assert [one.account for one in hub.ledger.read(ACCOUNT, KEY).incidents] == [ACCOUNT]


def test_a_member_that_cannot_be_read_is_told_and_not_skipped() -> None:
    """Once for each account, however many calls come and for however long; it is on record that it still is so."""
    hub, _, _, inspector = worlds()
    for time in ("23T15:01", "23T15:02", "23T17:59", "24T09:00"):
        done = inspect_message(event_in("999999999999"), inspector, now=f"2026-11-{time}:00+00:00")
        assert done.note == "not judged: account 999999999999 cannot be read: AccessDenied"
    inspect_message(event_in("999999999998"), inspector, now=NOW)
    title = "a member account cannot be read: its changes are not judged"
    assert words(hub) == [
        (title, f"account {account} cannot be read: AccessDenied") for account in ("999999999999", "999999999998")
    ]
    member = hub.members.members["999999999999"]
    assert (member.state, member.since, member.swept_at) == (MemberState.UNREACHED, "2026-11-23T15:01:00+00:00", "")


def test_a_member_s_call_that_names_nobody_leads_to_a_sweep_of_that_account() -> None:
    """And to none of the guard's own in its place."""
    hub, _, _, inspector = worlds()
    inspect_message(event_in(MEMBER, requestParameters=None), inspector, now=NOW)
    assert hub.members.requests == [(MEMBER,)]
    assert (hub.sweeps.requests, words(hub)) == ([], [])


def test_a_look_later_is_at_the_same_account() -> None:
    """The message says whose; one of the guard's own is written as it always was."""
    request = InspectionRequest(KEY, NOW, Origin.RECHECK)
    assert address(request, "") == dump_record(request)
    assert addressed(json.loads(address(request, MEMBER))) == (MEMBER, request)
    hub, _, accounts, inspector = worlds()
    assert inspect_message(address(request, MEMBER), inspector, now=NOW).roles == (KEY,)
    assert accounts.asked == [MEMBER]
    assert [one.account for one in hub.ledger.read(MEMBER, KEY).incidents] == [MEMBER]


def test_the_same_name_in_two_accounts_is_two_records() -> None:
    """And two alerts, each with its account."""
    hub, _, _, inspector = worlds()
    hub.resources.put(OPENED)
    inspect_message(event_in(MEMBER), inspector, now=NOW)
    inspect_message(event_in(ACCOUNT), inspector, now=NOW)
    records = [hub.ledger.read(account, KEY).incidents for account in (ACCOUNT, MEMBER)]
    assert [[one.account for one in incidents] for incidents in records] == [[ACCOUNT], [MEMBER]]
