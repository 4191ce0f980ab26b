"""Mode enforce: somebody brings an escape back as often as it is contained. It ends in one alert on how to stop."""

import time

import pytest

from panorama_guard.case.breaker import Breaker
from panorama_guard.case.incident import Incident, State
from tests.builders import ADMINISTRATOR_ARN, PAYROLL
from tests.stack.account import Account
from tests.stack.attacks import ESCAPE, put
from tests.stack.messages import Message
from tests.stack.siege import Siege, live_findings, states_of, why_untrue

pytestmark = pytest.mark.stack
ROLE, OTHER = "AWSPanoramaServiceRole", "AWSPanoramaSageMakerRole"
PATIENCE = 30.0
IN_TIME = 15.0  # seconds within which a first escape is contained beside a war, on a machine that may be busy
REOPENINGS = 5  # of a deployment that sets nothing else


def wage_war(account: Account) -> Incident:
    """Bring the escape back each time that it is contained, at once, until the guard leaves it."""
    siege, end = Siege(account, ROLE), time.monotonic() + PATIENCE
    put(siege, ESCAPE, PAYROLL)
    while True:
        assert time.monotonic() < end
        known = account.incidents(ROLE)
        if known and known[0].breaker is Breaker.OPEN:
            return known[0]
        if known and known[0].state is State.CONTAINED:
            siege.take_all_away()
        time.sleep(0.02)


def of_role(alerts: list[Message], role: str) -> list[Message]:
    """Return the alerts of one role's incidents."""
    return [alert for alert in alerts if alert.body.get("subject", {}).get("name") == role]


def test_a_war_ends_in_one_alert_that_is_true_and_says_how_to_stop_it(enforcing: Account) -> None:
    """So many attempts, the strongest, and then none; nothing of the guard's is in place, and the alert says so."""
    war = wage_war(enforcing)
    alerts = enforcing.alerts()
    assert why_untrue(enforcing, ROLE, alerts) == ""
    assert (war.state, war.attempt) == (State.NOT_FIXED, REOPENINGS + 2)
    *before, last = of_role(alerts, ROLE)
    assert {alert.body["state"] for alert in before} == {"CONTAINED"}
    assert "this is the last attempt for a time" in before[-1].text
    assert "nothing of the guard's is in place" in last.text
    assert last.body["call"]["actor"].endswith("/mallory")
    assert f"take the permission to change the role from {last.body['call']['actor']}" in last.body["to_stop_it"]
    assert "panorama-guard waive" in last.body["commands"]["to_waive"]
    assert live_findings(enforcing, ROLE)
    put(Siege(enforcing, ROLE), ESCAPE, PAYROLL)
    assert enforcing.alerts() == []
    assert enforcing.record(ROLE).containments == ()


def test_the_guard_looks_again_by_itself_when_the_breaker_may_close(enforcing: Account) -> None:
    """A message waits for that time."""
    before = enforcing.stack.idle()["delayed"]
    wage_war(enforcing)
    enforcing.settle()
    asked = enforcing.dossier(ROLE).looked_at_after
    assert asked > enforcing.incidents(ROLE)[0].updated_at
    assert enforcing.stack.idle()["delayed"] > before


def test_a_flood_on_one_role_keeps_no_other_from_being_contained_in_time(enforcing: Account) -> None:
    """Fifty changes of the one, and an escape of the other in their midst."""
    siege = Siege(enforcing, ROLE)
    began = 0.0
    for number in range(50):
        put(siege, f"flood-{number % 5}", PAYROLL)
        if number == 25:
            began = time.monotonic()
            enforcing.mallory.attach_role_policy(RoleName=OTHER, PolicyArn=ADMINISTRATOR_ARN)
        if began and State.CONTAINED in states_of(enforcing, OTHER):
            break
    while State.CONTAINED not in states_of(enforcing, OTHER):
        assert time.monotonic() - began < IN_TIME
    assert live_findings(enforcing, OTHER) == ()
    alerts = enforcing.alerts()
    assert [why_untrue(enforcing, role, of_role(alerts, role)) for role in (ROLE, OTHER)] == ["", ""]
    assert enforcing.dead_letters() == []
