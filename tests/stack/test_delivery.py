"""Mode enforce: events come twice, late, out of order, forged or broken, and the end is the same."""

import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from panorama_guard.case.incident import State
from panorama_guard.case.routes import ROUTES
from tests.builders import PAYROLL, PROFILE
from tests.coverage.table import sample_of
from tests.stack.account import ATTACKER, SESSION, Account
from tests.stack.claims import MODELS, hold_contained
from tests.stack.messages import send_together
from tests.template.test_let_through import UNRELATED, as_event

pytestmark = pytest.mark.stack
EVENTS = Path(__file__).resolve().parents[2] / "events"
ROLE = "AWSPanoramaSageMakerRole"


def event_of(account: Account, file: str, **parameters: object) -> dict[str, Any]:
    """Return a sample event as a new call of mallory's in this account, with other request parameters."""
    event: dict[str, Any] = json.loads((EVENTS / file).read_text(encoding="utf-8"))
    detail = {**event["detail"], "eventID": str(uuid.uuid4()), "recipientAccountId": account.id}
    arn = f"arn:aws:sts::{account.id}:assumed-role/{ATTACKER}/{SESSION}"
    detail["userIdentity"] = {**detail["userIdentity"], "arn": arn, "accountId": account.id}
    if parameters:
        detail["requestParameters"] = parameters
    return {**event, "account": account.id, "detail": detail}


def put_event(account: Account, policy: str) -> dict[str, Any]:
    """Return the event of a PutRolePolicy on the role of these tests."""
    return event_of(account, "PutRolePolicy.json", roleName=ROLE, policyName=policy, policyDocument=PAYROLL)


def escape_unseen(account: Account, name: str) -> None:
    """Let mallory put an inline policy that escapes, and lose the event."""
    with account.events_lost():
        account.mallory.put_role_policy(RoleName=ROLE, PolicyName=name, PolicyDocument=PAYROLL)


def test_an_event_that_comes_five_times_is_one_incident_and_one_alert(enforcing: Account) -> None:
    """At once, and once more when all is over."""
    escape_unseen(enforcing, "five-times")
    event = put_event(enforcing, "five-times")
    assert enforcing.post(*[event] * 5) == (1,) * 5
    hold_contained(enforcing, ROLE, event="PutRolePolicy", kept=MODELS)
    enforcing.post(event)
    assert enforcing.alerts() == []
    assert enforcing.outcome(ROLE).attempt == 1


def test_events_in_the_wrong_order_lead_to_what_is(enforcing: Account) -> None:
    """Put, deleted and put again; told from the last to the first, and blamed on whichever came first."""
    escape_unseen(enforcing, "reordered")
    deleted = event_of(enforcing, "DeleteRolePolicy.json", roleName=ROLE, policyName="reordered")
    enforcing.post(put_event(enforcing, "reordered"), deleted, put_event(enforcing, "reordered"))
    blamed = enforcing.outcome(ROLE).cause.event_name
    assert blamed in {"PutRolePolicy", "DeleteRolePolicy"}
    hold_contained(enforcing, ROLE, event=blamed, kept=MODELS)


def test_a_late_event_of_an_escape_that_is_gone_is_met_with_silence(enforcing: Account) -> None:
    """Decisions come from the role as it is."""
    escape_unseen(enforcing, "gone")
    with enforcing.events_lost():
        enforcing.mallory.delete_role_policy(RoleName=ROLE, PolicyName="gone")
    enforcing.post(put_event(enforcing, "gone"))
    assert enforcing.alerts() == []
    assert enforcing.incidents(ROLE) == ()


def test_an_event_of_another_call_leads_to_the_same_containment(enforcing: Account) -> None:
    """The event of the escape was lost; the next one that names the role finds it."""
    escape_unseen(enforcing, "lost")
    enforcing.mallory.tag_role(RoleName=ROLE, Tags=[{"Key": "team", "Value": "vision"}])
    hold_contained(enforcing, ROLE, event="TagRole", kept=MODELS)


def test_a_forged_event_for_a_healthy_role_does_nothing(enforcing: Account) -> None:
    """Whoever may put events on the bus can cause a look, and nothing else."""
    before = enforcing.record(ROLE)
    assert enforcing.post(put_event(enforcing, "forged")) == (1,)
    assert enforcing.alerts() == []
    assert (enforcing.incidents(ROLE), enforcing.record(ROLE)) == ((), before)


@pytest.mark.parametrize("file", sorted(path.name for path in (EVENTS / "failed").iterdir()))
def test_a_failed_call_changes_nothing(enforcing: Account, file: str) -> None:
    """AWS refused it; the role is not even in danger."""
    before = [enforcing.record(role.name) for role in PROFILE.roles]
    assert enforcing.post(event_of(enforcing, f"failed/{file}")) == (1,)
    assert enforcing.alerts() == []
    assert [enforcing.record(role.name) for role in PROFILE.roles] == before


def test_a_call_that_fails_here_is_recorded_as_failed(enforcing: Account) -> None:
    """A real one: the policy does not exist."""
    with pytest.raises(enforcing.mallory.exceptions.NoSuchEntityException, match="does not exist"):
        enforcing.mallory.attach_role_policy(RoleName=ROLE, PolicyArn=f"arn:aws:iam::{enforcing.id}:policy/none")
    assert enforcing.alerts() == []
    assert "failed with NoSuchEntityException and changed nothing" in enforcing.stack.log("inspect")


def test_every_sample_event_is_handled_and_only_malformed_ones_are_dead_letters(enforcing: Account) -> None:
    """All well-formed files at once, then all malformed ones; what the bus refuses never reaches the queue.

    Each event of the routing table has a sample, and goes to one queue, as the rules are deployed.
    """
    files = sorted(EVENTS.rglob("*.json"))
    well_formed = [file for file in files if file.parent.name != "malformed"]
    # The bus itself writes its account into an event that lacks one.
    malformed = [file for file in files if file.parent.name == "malformed" and file.stem != "account-absent"]
    delivered_to = {file: enforcing.stack.post(file.read_bytes())[1]["targets"] for file in well_formed}
    assert {route: delivered_to[sample_of(*route)] for route in ROUTES} == {route: [1] for route in ROUTES}
    # That a log group was deleted is told of one that is not there, whoever says so; nothing else here is an end.
    told = [alert.subject for alert in enforcing.alerts()]
    assert told == ["[OBSERVED] MEDIUM log-group:/aws/panorama/devices/gate: weak setting"]
    assert enforcing.dead_letters() == []
    answers = [enforcing.stack.post(file.read_bytes()) for file in malformed]
    delivered = sum(sum(answer.get("targets", [])) for _, answer in answers)
    alarms = [message.alarm for message in enforcing.alerts()]
    assert (len(enforcing.dead_letters()), delivered > 0) == (delivered, True)
    assert alarms == [enforcing.resource("ChangesDeadLetterAlarm")]


def test_no_unrelated_event_is_delivered(enforcing: Account) -> None:
    """Two hundred and more kinds; of the trail's own calls another rule tells, past every function."""
    others = [one for one in UNRELATED if one[0] != "cloudtrail.amazonaws.com"]
    targets = enforcing.post(*[as_event(*one) for one in others])
    assert len(targets) >= 200
    assert set(targets) == {0}


def test_broken_messages_are_dead_letters_and_hold_up_nothing(enforcing: Account) -> None:
    """Four in one batch with a good one: that is handled, they are kept, and an alarm is raised."""
    escape_unseen(enforcing, "beside-broken")
    good = put_event(enforcing, "beside-broken")
    without_name = {**good, "detail": {key: value for key, value in good["detail"].items() if key != "eventName"}}
    broken = ["no JSON", "[]", json.dumps({**good, "detail": None}), json.dumps(without_name)]
    send_together(enforcing.sqs, enforcing.resource("ChangesQueue"), [*broken[:2], json.dumps(good), *broken[2:]])
    enforcing.settle()
    incident = enforcing.outcome(ROLE)
    messages = enforcing.alerts()
    assert incident.state is State.CONTAINED
    assert [message.alarm for message in messages if message.alarm] == [enforcing.resource("ChangesDeadLetterAlarm")]
    assert [message.body["state"] for message in messages if not message.alarm] == ["CONTAINED"]
    assert sorted(enforcing.dead_letters()) == sorted(broken)
