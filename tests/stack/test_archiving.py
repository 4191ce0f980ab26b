"""Mode enforce: what is over is put away by the looks of a sweep, whoever made so much of it; and nothing is lost."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from panorama_guard.aws.ledger import DynamoLedger
from panorama_guard.case.incident import Incident, State
from panorama_guard.service.archiving import AT_ONCE, KEPT, MANY, SETTLED
from tests.builders import INCIDENT, PAYROLL, PROFILE
from tests.stack.account import Account
from tests.stack.claims import MODELS, hold_contained
from tests.stack.faulty import calls_made, faults_met, put_faults
from tests.stack.test_delivery import ROLE

pytestmark = pytest.mark.stack
OLD, YOUNG = KEPT + timedelta(hours=1), SETTLED + timedelta(minutes=5)
QUIET_CALLS = 8  # of a look at a role with one managed policy that finds nothing: the record, and the role's parts
AROUND_CALLS = 7  # of a look at what is around such a role: the record, the role's parts, its instance profiles
OTHERS = len(PROFILE.roles) + len(PROFILE.watched) - 1


def on_record(account: Account, count: int, *, age: timedelta) -> list[Incident]:
    """Put so many resolved incidents of a role on record, each of a cause of its own, told so long ago."""
    ledger = DynamoLedger(account.stack.client("dynamodb"), account.stack.places["ledger_table"])
    role = account.iam.get_role(RoleName=ROLE)["Role"]
    subject = replace(INCIDENT.subject, account=account.id, arn=role["Arn"], name=ROLE, unique_id=role["RoleId"])
    ended = (datetime.now(UTC) - age).isoformat()
    made = []
    for number in range(count):
        opened = replace(INCIDENT, id=f"inc-{number:016x}", subject=subject, source=f"name-{number}")
        incident = opened.moved(State.RESOLVED, now=ended, reason="it was taken away")
        ledger.put_told(incident)
        ledger.put_incident(incident)
        made.append(incident)
    account.settle()
    return made


def items_of_a_look(account: Account) -> int:
    """Return how many items a look at the role reads of the ledger."""
    answer = account.stack.client("dynamodb").query(
        TableName=account.stack.places["ledger_table"],
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"ROLE#{account.id}#{ROLE.lower()}"}},
        Select="COUNT",
    )
    return int(answer["Count"])


def sweep(account: Account) -> None:
    """Sweep once, and wait until every look is done."""
    account.invoke("sweep", {})
    account.settle()


def test_sweeps_put_away_what_is_over_and_the_next_look_reads_little(enforcing: Account) -> None:
    """So much by each; the history has it all, and a look makes no more calls than before."""
    made = on_record(enforcing, 2 * AT_ONCE + 1, age=OLD)
    before = items_of_a_look(enforcing)
    sweep(enforcing)
    assert items_of_a_look(enforcing) == before - 2 * AT_ONCE  # each with the mark that it was told
    for _ in range(2):
        sweep(enforcing)
    put_faults(enforcing.stack)
    sweep(enforcing)
    calls = [call for call in calls_made(enforcing.stack) if call.function == "inspect"]
    assert items_of_a_look(enforcing) == before - 2 * len(made)
    assert sorted(one.id for one in enforcing.history(ROLE)) == sorted(one.id for one in made)
    assert len(calls) <= (OTHERS + 1) * (QUIET_CALLS + AROUND_CALLS)
    assert enforcing.alerts() == []


def test_an_escape_is_contained_beside_a_flood_of_what_is_over(enforcing: Account) -> None:
    """The looks that it leads to put the oldest away, and an operator still finds them."""
    made = on_record(enforcing, MANY + 2 * AT_ONCE, age=YOUNG)
    enforcing.mallory.put_role_policy(RoleName=ROLE, PolicyName="beside", PolicyDocument=PAYROLL)
    enforcing.recheck()
    (alert,) = enforcing.alerts()
    (incident,) = [one for one in enforcing.incidents(ROLE) if one.state is State.CONTAINED]
    assert (alert.body["incident"], alert.body["state"]) == (incident.id, State.CONTAINED.value)
    assert enforcing.may(ROLE, MODELS)
    assert len(enforcing.incidents(ROLE)) <= MANY + 1
    operator, _ = enforcing.operators
    status, told = operator.ask({"action": "explain", "incident": enforcing.history(ROLE)[0].id})
    assert (status, told["archived"], told["state"]) == (200, True, "RESOLVED")
    assert len(enforcing.history(ROLE)) + len(enforcing.incidents(ROLE)) == len(made) + 1


@pytest.mark.parametrize("fault", ["killed before", "killed after", "throttled", "failing"])
@pytest.mark.parametrize("operation", ["PutItem", "DeleteItem"])
def test_a_look_that_fails_while_it_puts_away_loses_nothing(enforcing: Account, operation: str, fault: str) -> None:
    """The message comes again, and ends it."""
    made = on_record(enforcing, 2, age=OLD)
    put_faults(enforcing.stack, [{"fault": fault, "function": "inspect", "operation": operation}])
    sweep(enforcing)
    met = faults_met(enforcing.stack)
    put_faults(enforcing.stack)
    assert met
    assert enforcing.incidents(ROLE) == ()
    assert sorted(enforcing.history(ROLE), key=lambda one: one.id) == made
    assert enforcing.dead_letters() == []


def test_an_undo_brings_an_archived_incident_back(enforcing: Account) -> None:
    """The role gets back what it was, and nobody is told again of what is known."""
    enforcing.mallory.put_role_policy(RoleName=ROLE, PolicyName="archived", PolicyDocument=PAYROLL)
    told = hold_contained(enforcing, ROLE, event="PutRolePolicy", kept=MODELS)
    enforcing.recheck()
    ledger = DynamoLedger(enforcing.stack.client("dynamodb"), enforcing.stack.places["ledger_table"])
    ledger.archive(enforcing.outcome(ROLE))
    enforcing.alerts()
    operator, _ = enforcing.operators
    code, answer = operator.run("undo", told.incident.id, "--reason", "an agreed change", "--for", "1h")
    assert (code, answer["undo"], answer["compared"]) == (0, "done", "byte for byte")
    assert enforcing.record(ROLE).containments == ()
    assert State.CONTAINED.value not in [alert.body.get("state") for alert in enforcing.alerts()]
    assert enforcing.outcome(ROLE).state is State.RESOLVED
