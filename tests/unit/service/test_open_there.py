"""What is open in member accounts is said by the incidents, in the digest, the report and the status."""

import json
from dataclasses import replace

import pytest

from panorama_guard.case.finding import Severity
from panorama_guard.case.incident import Incident, State
from panorama_guard.case.member import MemberState
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.case.sweeping import BEGINNING, MemberSweep
from panorama_guard.service import open_there as module
from panorama_guard.service.open_there import OpenThere, read_open_there
from panorama_guard.service.report import HTML, JSON, TOLD, report
from panorama_guard.service.settings import InMembers, Mode
from tests.builders import ACCOUNT, INCIDENT, NOW, SERVICE_ROLE, as_administrator, snapshot_of
from tests.fakes import FakeLedger
from tests.unit.service.accounts import MEMBER
from tests.unit.service.organisation import Organisation
from tests.unit.service.test_member_sweep import Organisation as Swept
from tests.unit.service.test_report import FakeOutside, reporter_of
from tests.unit.service.world import OPERATOR, World

OTHER = "333344445555"
NAME = SERVICE_ROLE.name


def at(account: str, number: int = 0, *, name: str = NAME, state: State = State.OBSERVED) -> Incident:
    """Return an incident of a role in an account."""
    subject = replace(INCIDENT.subject, account=account, name=name)
    return replace(INCIDENT, id=f"inc-{account}-{number}", subject=subject, source=f"inline-{number}", state=state)


def ledger_with(*incidents: Incident) -> FakeLedger:
    """Return a hub's ledger with these."""
    ledger = FakeLedger(hub=ACCOUNT)
    for one in incidents:
        ledger.put_incident(one)
    return ledger


def ids(there: OpenThere) -> list[str]:
    """Return whose the incidents are."""
    return [one.id for one in there.incidents]


def test_what_is_open_is_read_with_one_call_for_each_name() -> None:
    """Two incidents of one role are one record; the most urgent comes first."""
    known = (at(MEMBER, 1), at(MEMBER, 2, state=State.NOT_FIXED), at(OTHER, 3), at(ACCOUNT, 4))
    ledger = ledger_with(*known)
    made = len(ledger.calls.made)
    there = read_open_there(ledger)
    assert ids(there) == [known[1].id, known[0].id, known[2].id]
    assert ledger.calls.made[made:] == ["pointers", f"read {NAME.lower()}", f"read {NAME.lower()}"]


def test_what_is_pointed_to_and_is_closed_or_not_there_is_not_open() -> None:
    """Whoever was killed between two writes left it so."""
    ledger = ledger_with(at(MEMBER, 1, state=State.CONTAINED))
    ledger.point_to(replace(at(MEMBER, 1), revision=9))
    ledger.point_to(at(OTHER, 2))
    assert len(ledger.pointers()) == 2
    assert read_open_there(ledger) == OpenThere()


def test_an_open_incident_to_which_nothing_points_is_told_beside_another_of_its_role() -> None:
    """The record is read, not the pointer."""
    ledger = ledger_with(at(MEMBER, 1), at(MEMBER, 2))
    del ledger.pointing[MEMBER, at(MEMBER, 2).id]
    assert len(read_open_there(ledger).incidents) == 2


def test_of_too_many_the_most_urgent_are_read_and_no_account_hides_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever may make many roles in one account makes none of another's disappear; how many are left is said."""
    monkeypatch.setattr(module, "MOST_NAMES", 4)
    many = [at(MEMBER, number, name=f"role-{number}") for number in range(9)]
    there = read_open_there(ledger_with(*many, at(OTHER, 1), at("444455556666", 1, state=State.NOT_FIXED)))
    assert next(one.account for one in there.incidents) == "444455556666"
    assert sorted(one.account for one in there.incidents[1:]) == [MEMBER, MEMBER, OTHER]
    assert there.left == 7


def test_without_an_organisation_nothing_is_read() -> None:
    """Not even what points to anything."""
    ledger = FakeLedger()
    ledger.put_incident(at(MEMBER))
    assert (read_open_there(ledger), ledger.calls.made) == (OpenThere(), ["put_incident OBSERVED"])


@pytest.fixture
def own() -> Organisation:
    """Return an organisation in whose member a role has become an administrator, which is only told."""
    made = Organisation(Mode.ENFORCE, InMembers.TELL)
    made.change(as_administrator(snapshot_of()))
    return made


def test_what_is_open_in_a_member_is_in_digest_report_and_status(own: Organisation) -> None:
    """The hub's role of the same name is well, and is not said to be otherwise."""
    outside, incident = FakeOutside(own.hub), own.incident
    report(reporter_of(own.hub, outside), now=NOW, with_digest=True)
    ((subject, message, attributes),) = own.hub.topic.alerts
    assert subject.startswith("[DIGEST] 1 open, 1 CRITICAL: ")
    assert f"account {MEMBER}: [OBSERVED] CRITICAL {NAME}: " in message
    assert dict(attributes)["state"] == "OPEN"
    (told,) = json.loads(outside.shelf[JSON])["incidents"]
    assert (told["incident"], told["subject"]["account"]) == (incident.id, MEMBER)
    assert json.loads(outside.shelf[JSON])["verdict"] == "contained"
    assert f"account {MEMBER}: [OBSERVED]" in outside.shelf[TOLD]
    assert "Open in member accounts" in outside.shelf[HTML]
    body = own.operate("status").body
    assert body["incidents"] == {}
    assert body["open_in_members"] == {
        "all": 1,
        "not_read": 0,
        "states": {"OBSERVED": 1},
        "accounts": {
            "all": 1,
            "listed": [{"account": MEMBER, "open": 1, "states": {"OBSERVED": 1}, "severity": "CRITICAL"}],
        },
    }
    assert "open_in_members" not in own.operate("status", account=MEMBER).body


def test_what_is_over_in_a_member_is_open_nowhere(own: Organisation) -> None:
    """And that it is gone is news."""
    outside = FakeOutside(own.hub)
    report(reporter_of(own.hub, outside), now=NOW, with_digest=False)
    own.change(snapshot_of(), event_id="event-2")
    assert own.incident.state is State.RESOLVED
    assert report(reporter_of(own.hub, outside), now=NOW, with_digest=False).is_changed
    assert own.hub.topic.alerts[-1][0].startswith("[REPORT] 0 open: ")
    assert json.loads(outside.shelf[JSON])["incidents"] == []
    assert own.operate("status").body["open_in_members"]["all"] == 0  # type: ignore[index]


def test_that_not_all_was_read_is_a_note_of_the_page(monkeypatch: pytest.MonkeyPatch, own: Organisation) -> None:
    """Never in silence; in the status it is a number."""
    own.hub.ledger.put_incident(at(OTHER))
    monkeypatch.setattr(module, "MOST_NAMES", 1)
    outside = FakeOutside(own.hub)
    report(reporter_of(own.hub, outside), now=NOW, with_digest=False)
    note = "note: of 1 more role or resource in member accounts what may be open was not read: "
    assert f"{note}`panorama-guard incidents --account ACCOUNT` tells it" in outside.shelf[TOLD].splitlines()
    assert own.operate("status").body["open_in_members"]["not_read"] == 1  # type: ignore[index]


def test_accounts_are_told_the_most_urgent_first() -> None:
    """Then the one with most that is open."""
    world = World(is_hub=True)
    severe = replace(at(OTHER, 2), severity=Severity.CRITICAL)
    for one in (at(MEMBER, 1), at(MEMBER, 2), at(OTHER, 1, state=State.NOT_FIXED), severe, at("444455556666", 1)):
        world.ledger.put_incident(one)
    there = world.operate(OPERATOR, "status").body["open_in_members"]
    assert [(one["account"], one["open"], one["severity"]) for one in there["accounts"]["listed"]] == [  # type: ignore[index]
        (OTHER, 2, "CRITICAL"),
        (MEMBER, 2, "HIGH"),
        ("444455556666", 1, "HIGH"),
    ]
    assert list(there["states"].items()) == [("NOT FIXED", 1), ("OBSERVED", 4)]  # type: ignore[index]


@pytest.mark.parametrize("crash_at", range(1, 40))
def test_whoever_dies_at_any_call_leaves_no_open_incident_unseen(crash_at: int) -> None:
    """Once the message came again, and before that: what is on record open is told."""
    own = Organisation(Mode.ENFORCE, InMembers.TELL)
    own.member.roles.put(_there())
    own.hub.calls.crash_at = len(own.hub.calls.made) + crash_at
    try:
        own.look(MEMBER)
    except Exception:  # noqa: BLE001 - the function died
        own.hub.calls.crash_at = 0
    own.hub.calls.crash_at = 0
    known = [one for one in own.hub.ledger.incidents.values() if one.is_open]
    assert list(read_open_there(own.hub.ledger).incidents) == known
    own.look(MEMBER)
    assert read_open_there(own.hub.ledger).incidents == (own.incident,)


def _there() -> RoleSnapshot:
    role = as_administrator(snapshot_of())
    return replace(role, subject=replace(role.subject, account=MEMBER))


def test_a_member_s_sweep_has_found_what_was_on_record_before_anything_pointed_to_it() -> None:
    """An upgrade needs nobody's hand; of what is closed, and of the hub's own, nothing is put."""
    own = Swept()
    for one in (at(MEMBER, 1), at(MEMBER, 2, state=State.CONTAINED), at(ACCOUNT, 3)):
        own.hub.ledger.put_incident(one)
    own.hub.ledger.pointing.clear()
    own.hub.calls.made.clear()
    assert own.ask(MemberSweep(MEMBER, BEGINNING, "")).state is MemberState.READ
    assert [one for one in own.hub.calls.made if one.startswith("point_to")] == [f"point_to {at(MEMBER, 1).id}"]
    assert ids(read_open_there(own.hub.ledger)) == [at(MEMBER, 1).id]
