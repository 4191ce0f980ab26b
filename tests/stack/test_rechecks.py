"""Mode enforce: what was contained is looked at again, and what comes back is contained again."""

import pytest

from panorama_guard.case.incident import State
from tests.builders import PAYROLL
from tests.stack.account import Account
from tests.stack.claims import MODELS, hold_contained
from tests.stack.test_delivery import ROLE

pytestmark = pytest.mark.stack


def contained(account: Account) -> str:
    """Attack, and return the name of the containment."""
    account.mallory.put_role_policy(RoleName=ROLE, PolicyName="escape", PolicyDocument=PAYROLL)
    hold_contained(account, ROLE, event="PutRolePolicy", kept=MODELS)
    (name,) = account.record(ROLE).containments
    return name


def test_a_containment_that_is_taken_away_unseen_is_put_back_by_a_re_check(enforcing: Account) -> None:
    """No event tells of it; the re-check finds it, and the operators hear that nobody is known to have done it."""
    name = contained(enforcing)
    with enforcing.events_lost():
        enforcing.mallory.delete_role_policy(RoleName=ROLE, PolicyName=name)
        enforcing.recheck()
    incident = enforcing.outcome(ROLE)
    (alert,) = enforcing.alerts()
    assert (incident.state, incident.attempt, incident.cause.is_named) == (State.CONTAINED, 2, False)
    assert alert.body["call"]["actor"] == "unknown (found by a re-check)"
    assert enforcing.record(ROLE).containments == (name,)


def test_who_takes_a_containment_away_is_named(enforcing: Account) -> None:
    """The same incident, reopened and contained again; the alert names who brought the escape back."""
    name = contained(enforcing)
    enforcing.mallory.delete_role_policy(RoleName=ROLE, PolicyName=name)
    incident = enforcing.outcome(ROLE)
    (alert,) = enforcing.alerts()
    assert (incident.state, incident.attempt) == (State.CONTAINED, 2)
    assert incident.cause.event_name == "DeleteRolePolicy"
    assert alert.body["call"]["actor"].endswith("/mallory")


def test_a_role_that_stays_contained_is_silent_at_every_re_check(enforcing: Account) -> None:
    """Three looks, no alert."""
    contained(enforcing)
    assert enforcing.stack.idle()["delayed"] >= 3
    enforcing.recheck()
    assert enforcing.alerts() == []
    assert enforcing.outcome(ROLE).attempt == 1
