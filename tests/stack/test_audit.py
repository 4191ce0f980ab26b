"""`panorama-guard audit` against the running stack, with an operator's own credentials."""

import pytest

from tests.builders import ADMINISTRATOR_ARN, PAYROLL
from tests.stack.account import Account
from tests.stack.running import ROOT
from tests.stack.test_delivery import ROLE

pytestmark = pytest.mark.stack
CLEAN, FOUND = 0, 1


def test_the_account_of_the_stack_is_judged_with_one_command(observing: Account) -> None:
    """The six roles are contained; an escape is found, by the replay of another call too; the role stays as it was."""
    operator, _ = observing.operators
    code, answer = operator.run("audit")
    assert (code, answer["counts"]["contained"], answer["counts"]["roles"]) == (CLEAN, 6, 6)
    with observing.events_lost():
        observing.mallory.put_role_policy(RoleName=ROLE, PolicyName="pay", PolicyDocument=PAYROLL)
        observing.mallory.attach_role_policy(RoleName=ROLE, PolicyArn=ADMINISTRATOR_ARN)
    before = observing.record(ROLE)
    code, answer = operator.run("audit", "--region", "us-east-1", "--endpoint-url", observing.stack.places["endpoint"])
    (role,) = [one for one in answer["roles"] if one["name"] == ROLE]
    assert code == FOUND
    assert {finding["source"] for finding in role["findings"]} == {"pay", ADMINISTRATOR_ARN}
    assert observing.record(ROLE) == before
    code, replayed = operator.run("replay", str(ROOT / "events" / "PutRolePolicy-inside-the-pattern.json"))
    (event,) = replayed["events"]
    assert (code, event["outcome"], event["looks_at"]) == (FOUND, "judged", [ROLE])
    assert observing.record(ROLE) == before
