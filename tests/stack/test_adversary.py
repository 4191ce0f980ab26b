"""Mode enforce: the attacker administers the guarded roles and knows the code. Contained, or told as not fixed."""

import json

import pytest

from panorama_guard.case.incident import State
from tests.builders import PROFILE, allow, policy, trusting
from tests.stack.account import Account
from tests.stack.attacks import ATTACKS, ESCAPE, put, write_into_the_alert
from tests.stack.claims import MODELS, hold_contained
from tests.stack.siege import Siege, hold_outcome, states_of
from tests.stack.test_delivery import ROLE as SMALL
from tests.stack.test_delivery import escape_unseen, event_of

pytestmark = pytest.mark.stack
ROLE = "AWSPanoramaServiceRole"
PAYROLL_TRUST = policy(trusting({"Service": "panorama.amazonaws.com"}))


def texts_of(value: object) -> list[str]:
    """Return every text in a JSON value."""
    if isinstance(value, dict):
        return [text for key, each in value.items() for text in (key, *texts_of(each))]
    if isinstance(value, list):
        return [text for each in value for text in texts_of(each)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("name", ATTACKS)
def test_the_attack_ends_contained_or_told_as_not_fixed(enforcing: Account, name: str) -> None:
    """Never in silence, never called contained by mistake; and what the role should have, it has."""
    ATTACKS[name](Siege(enforcing, ROLE))
    enforcing.recheck()
    hold_outcome(enforcing, ROLE, enforcing.alerts(), name)
    assert enforcing.dead_letters() == []


def test_a_role_that_the_event_names_in_capitals_is_found(enforcing: Account) -> None:
    """IAM takes it for the same name."""
    escape_unseen(enforcing, ESCAPE)
    enforcing.post(event_of(enforcing, "PutRolePolicy.json", roleName=SMALL.upper()))
    hold_contained(enforcing, SMALL, event="PutRolePolicy", kept=MODELS)


def test_words_that_act_are_told_as_words(enforcing: Account) -> None:
    """No line of the alert is the attacker's, nothing in it acts on a terminal, its last line is one JSON object."""
    event = event_of(enforcing, "PutRolePolicy.json", roleName=ROLE, policyName="x")
    event["detail"]["userAgent"] = "curl\r\nForged: RESOLVED\x1b[2J<script>alert(1)</script>"
    event["detail"]["sourceIPAddress"] = "10.0.0.1\nForged: yes"
    event["detail"]["userIdentity"]["arn"] += "\nForged: <b>carol</b>\u202e"
    with enforcing.events_lost():
        write_into_the_alert(Siege(enforcing, ROLE))
    enforcing.post(event)
    alerts = enforcing.alerts()
    assert states_of(enforcing, ROLE) == {State.CONTAINED}
    for alert in alerts:
        lines = alert.text.split("\n")
        assert json.loads(lines[-1]) == alert.body
        assert [line for line in lines if line.lstrip().startswith("Forged")] == []
        assert all(character == "\n" or character.isprintable() for character in alert.text)
        assert alert.subject.isascii()
        assert alert.subject.isprintable()
        assert [text for text in texts_of(alert.body) if not text.isprintable()] == []


def test_nobody_turns_the_guard_against_others(enforcing: Account) -> None:
    """Payroll trusts Panorama and may do everything; its bucket names a guarded role: both are as they were."""
    iam, s3 = enforcing.mallory, enforcing.stack.client("s3")
    arn = enforcing.iam.get_role(RoleName=ROLE)["Role"]["Arn"]
    named = policy(
        {"Effect": "Allow", "Principal": {"AWS": arn}, "Action": "s3:*", "Resource": "arn:aws:s3:::payroll/*"}
    )
    iam.create_role(RoleName="Payroll", AssumeRolePolicyDocument=policy(trusting({"AWS": enforcing.id})))
    iam.put_role_policy(RoleName="Payroll", PolicyName="all", PolicyDocument=policy(allow("*")))
    s3.create_bucket(Bucket="payroll")
    iam.update_assume_role_policy(RoleName="Payroll", PolicyDocument=PAYROLL_TRUST)
    s3.put_bucket_policy(Bucket="payroll", Policy=named)
    before = enforcing.record("Payroll")
    enforcing.recheck()
    enforcing.invoke("sweep", {})
    assert [alert for alert in enforcing.alerts() if alert.body["state"] == "CONTAINED"] == []
    assert (enforcing.record("Payroll"), s3.get_bucket_policy(Bucket="payroll")["Policy"]) == (before, named)
    s3.delete_bucket(Bucket="payroll")


def test_a_flood_of_calls_that_fail_or_name_nobody_forces_no_sweeps_and_hides_nothing(enforcing: Account) -> None:
    """Fifty failed calls, and fifty that force a sweep: few sweeps come of it, and the escape is contained."""
    swept = enforcing.stack.log("sweep").count('"swept"')
    denied = event_of(enforcing, "failed/denied-with-parameters.json")
    unnamed = event_of(enforcing, "PutRolePolicy.json", policyName="x")
    enforcing.post(*[denied, unnamed] * 25)
    put(Siege(enforcing, SMALL), ESCAPE, policy(allow("sqs:*")))
    enforcing.post(*[denied, unnamed] * 25)
    hold_contained(enforcing, SMALL, event="PutRolePolicy", kept=MODELS)
    assert enforcing.stack.log("sweep").count('"swept"') - swept < len(PROFILE.roles) * 4
    assert enforcing.dead_letters() == []
