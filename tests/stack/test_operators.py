"""From an operator's command to what comes of it: undone, waived, expired, approved, paused; by the command line."""

import json
import time
from typing import Any

import pytest

from panorama_guard.case.incident import State
from tests.builders import ADMINISTRATOR_ARN, PAYROLL, allow, deny, trusting
from tests.builders import policy as document
from tests.stack.account import ATTACKER, Account
from tests.stack.operators import Operator, open_operator
from tests.stack.test_delivery import ROLE
from tests.stack.undoing import parts_of

pytestmark = pytest.mark.stack
GREENGRASS = "AWSPanoramaGreengrassRole"
WHY = ("--reason", "an agreed change", "--for")
PATIENCE = 30.0
DONE, REFUSED, WAITING = 0, 3, 4


def attacked(account: Account) -> tuple[str, dict[str, str]]:
    """Let mallory escape, unseen; return the incident once it is contained, and the role as it was before that."""
    with account.events_lost():
        account.mallory.put_role_policy(RoleName=ROLE, PolicyName="pay", PolicyDocument=PAYROLL)
    before = parts_of(account.record(ROLE))
    account.mallory.tag_role(RoleName=ROLE, Tags=[{"Key": "a", "Value": "b"}])
    incident = account.outcome(ROLE)
    assert incident.state is State.CONTAINED
    account.alerts()
    return incident.id, before


def subjects(account: Account) -> list[str]:
    """Take the alerts, and return the first words of their subjects."""
    return [alert.subject.split("]")[0] for alert in account.alerts()]


def expire(account: Account, claim: Any) -> None:
    """Wait until something that ends by itself has ended, and the role was looked at."""
    end = time.monotonic() + PATIENCE
    while not claim():
        assert time.monotonic() < end
        account.settle()


def test_an_undo_gives_back_every_byte_and_the_guard_stays_silent(enforcing: Account) -> None:
    """Attack, contained, undone: the role is what it was; a look, a re-check and a sweep find it waived."""
    incident, before = attacked(enforcing)
    operator, _ = enforcing.operators
    code, told = operator.run("undo", incident, *WHY, "1h")
    assert (code, told["undo"], told["compared"]) == (DONE, "done", "byte for byte")
    assert parts_of(enforcing.record(ROLE)) == before
    assert subjects(enforcing) == ["[UNDO ASKED FOR", "[RESOLVED"]
    enforcing.recheck()
    enforcing.invoke("sweep", {})
    assert enforcing.alerts() == []
    assert parts_of(enforcing.record(ROLE)) == before
    assert operator.run("undo", incident, *WHY, "1h")[0] == DONE
    assert enforcing.alerts() == []


def test_an_undone_escape_is_contained_again_when_its_waiver_expires(enforcing: Account) -> None:
    """Within moments: the look was asked for when the waiver was made."""
    incident, before = attacked(enforcing)
    operator, _ = enforcing.operators
    assert operator.run("undo", incident, *WHY, "6s")[0] == DONE
    assert parts_of(enforcing.record(ROLE)) == before
    expire(enforcing, lambda: enforcing.record(ROLE).containments)
    again = enforcing.outcome(ROLE)
    assert (again.state, again.id == incident) == (State.CONTAINED, False)


def test_everything_needs_a_second_operator(enforcing: Account) -> None:
    """The owner cannot be it, under any session name; with the second's word the undo goes on."""
    with enforcing.events_lost():
        enforcing.mallory.attach_role_policy(RoleName=ROLE, PolicyArn=ADMINISTRATOR_ARN)
    before = parts_of(enforcing.record(ROLE))
    enforcing.mallory.attach_role_policy(RoleName=ROLE, PolicyArn=ADMINISTRATOR_ARN)
    incident = enforcing.outcome(ROLE)
    operator, second = enforcing.operators
    code, told = operator.run("undo", incident.id, *WHY, "1h")
    assert (code, told["undo"]) == (WAITING, "waiting")
    waiver = told["waiver"]["waiver"]
    assert open_operator(enforcing.stack, "Operator", "another").run("approve-waiver", waiver)[0] == REFUSED
    assert enforcing.record(ROLE).containments
    assert second.run("approve-waiver", waiver)[0] == DONE
    assert operator.run("undo", incident.id, *WHY, "1h")[0] == DONE
    assert parts_of(enforcing.record(ROLE)) == before


def test_a_foreign_trust_is_put_back_by_the_operators_own_hand(enforcing: Account) -> None:
    """The guard's role never writes it; what the guard lifts is its Deny for older sessions."""
    opened = json.loads(enforcing.record(GREENGRASS).trust)
    opened["Statement"].append(trusting({"AWS": f"arn:aws:iam::{enforcing.id}:role/{ATTACKER}"}))
    text = json.dumps(opened, indent=1)
    enforcing.mallory.update_assume_role_policy(RoleName=GREENGRASS, PolicyDocument=text)
    incident = enforcing.outcome(GREENGRASS)
    operator, _ = enforcing.operators
    code, told = operator.run("undo", incident.id, *WHY, "1h")
    assert (code, told["by_guard"]) == (DONE, ["delete the inline policy panorama-guard-older-sessions"])
    assert told["by_operator"] == ["put back the trust policy as it was"]
    assert enforcing.record(GREENGRASS).trust == text
    enforcing.recheck()
    assert enforcing.record(GREENGRASS).trust == text


def test_a_role_that_was_changed_since_is_refused_with_what_changed(enforcing: Account) -> None:
    """Somebody has written over the containment."""
    incident, _ = attacked(enforcing)
    enforcing.recheck()  # a look that is on its way would contain anew what is written here
    (name,) = enforcing.record(ROLE).containments
    own, other = dict(enforcing.record(ROLE).inline)[name], document(deny("iam:*"))
    with enforcing.events_lost():
        enforcing.iam.put_role_policy(RoleName=ROLE, PolicyName=name, PolicyDocument=other)
        operator, _ = enforcing.operators
        code, told = operator.run("undo", incident, *WHY, "1h")
        assert dict(enforcing.record(ROLE).inline)[name] == other
        enforcing.iam.put_role_policy(RoleName=ROLE, PolicyName=name, PolicyDocument=own)
    assert code == REFUSED
    assert told["details"][0].startswith(f"inline policy {name} was document ")


def test_who_led_to_an_incident_has_no_word_about_it(enforcing: Account) -> None:
    """Nor has a guarded role, nor one of the guard's own; each is told of."""
    incident, _ = attacked(enforcing)
    own, invoke = enforcing.resource("RemediateRole"), allow(["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"])
    with enforcing.events_lost():  # the guarded role may reach the function, for once
        enforcing.mallory.put_role_policy(RoleName=GREENGRASS, PolicyName="url", PolicyDocument=document(invoke))
    for role, why in ((ATTACKER, "a call of your own"), (GREENGRASS, "a guarded role"), (own, "refused the request")):
        code, told = session_of(enforcing, role).run("undo", incident, *WHY, "1h")
        assert code in (REFUSED, 1)
        assert why in str(told)
    assert enforcing.record(ROLE).containments
    assert subjects(enforcing) == ["[OPERATOR", "[OPERATOR"]


def session_of(account: Account, role: str) -> Operator:
    """Open a session of a role that there is, whatever it trusts: moto asks no trust policy."""
    arn = account.iam.get_role(RoleName=role)["Role"]["Arn"]
    opened = account.stack.client("sts").assume_role(RoleArn=arn, RoleSessionName="somebody")
    keys = opened["Credentials"]
    return Operator(
        account.stack,
        opened["AssumedRoleUser"]["Arn"],
        keys["AccessKeyId"],
        keys["SecretAccessKey"],
        keys["SessionToken"],
    )


def test_what_is_waived_before_the_guard_acts_stands(observing: Account) -> None:
    """One waiver, told once; the incident is over, and the next looks are silent."""
    observing.mallory.put_role_policy(RoleName=ROLE, PolicyName="pay", PolicyDocument=PAYROLL)
    incident = observing.outcome(ROLE)
    observing.alerts()
    operator, _ = observing.operators
    assert operator.run("waive", incident.id, *WHY, "1h")[0] == DONE
    assert sorted(subjects(observing)) == ["[RESOLVED", "[WAIVED"]
    observing.recheck()
    assert observing.alerts() == []
    assert operator.run("incidents", incident.id)[1]["state"] == "RESOLVED"


def test_while_paused_nothing_is_written_and_then_it_is(enforcing: Account) -> None:
    """The pause ends by itself; the role is looked at then."""
    operator, _ = enforcing.operators
    code, told = operator.run("pause", "--reason", "maintenance", "--for", "6s")
    assert (code, told["by"]) == (DONE, operator.arn)
    enforcing.mallory.put_role_policy(RoleName=ROLE, PolicyName="pay", PolicyDocument=PAYROLL)
    incident = enforcing.outcome(ROLE)
    assert (incident.state, incident.reason.startswith("paused by")) == (State.OBSERVED, True)
    assert enforcing.record(ROLE).containments == ()
    assert subjects(enforcing) == ["[PAUSED", "[OBSERVED"]
    expire(enforcing, lambda: enforcing.record(ROLE).containments)
    assert enforcing.outcome(ROLE).state is State.CONTAINED


def test_resumed_the_guard_acts_at_once(enforcing: Account) -> None:
    """By a sweep, without waiting for the pause's end."""
    operator, second = enforcing.operators
    operator.run("pause", "--reason", "maintenance")
    enforcing.mallory.put_role_policy(RoleName=ROLE, PolicyName="pay", PolicyDocument=PAYROLL)
    assert enforcing.outcome(ROLE).state is State.OBSERVED
    assert second.run("resume")[1]["was_paused_by"] == operator.arn
    expire(enforcing, lambda: enforcing.record(ROLE).containments)
    assert enforcing.outcome(ROLE).state is State.CONTAINED


def test_an_approved_plan_is_carried_out(approving: Account) -> None:
    """Asked, approved by the plan's hash, contained, told at each."""
    approving.mallory.put_role_policy(RoleName=ROLE, PolicyName="pay", PolicyDocument=PAYROLL)
    incident = approving.outcome(ROLE)
    (alert,) = approving.alerts()
    assert incident.state is State.NEEDS_APPROVAL
    (command,) = [line for line in alert.text.splitlines() if line.startswith("To approve:")]
    operator, _ = approving.operators
    code, told = operator.run(*command.split()[3:])
    assert (code, told["approved_by"]) == (DONE, operator.arn)
    assert approving.outcome(ROLE).state is State.CONTAINED
    assert subjects(approving) == ["[DETECTED", "[CONTAINED"]


def test_the_status_is_told_to_whoever_may_ask(enforcing: Account) -> None:
    """Who he is, and how the guard stands."""
    operator, _ = enforcing.operators
    code, told = operator.run("status")
    assert (code, told["caller"], told["mode"], told["paused"]) == (DONE, operator.arn, "enforce", None)


def test_an_unsigned_request_never_reaches_the_function(enforcing: Account) -> None:
    """AWS refuses it."""
    path = enforcing.stack.places["operate_url"].removeprefix(enforcing.stack.places["endpoint"])
    status, answer = enforcing.stack.call("POST", path, b'{"action": "status"}')
    assert (status, answer) == (403, {"Message": "Forbidden"})


def test_called_without_its_url_the_function_believes_nobody(enforcing: Account) -> None:
    """Whatever the payload says."""
    answer = enforcing.invoke("operate", {"body": '{"action": "status"}'})
    assert answer["statusCode"] == 403
    assert subjects(enforcing) == ["[OPERATOR"]
