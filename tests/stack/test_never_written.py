"""Mode enforce: whatever stands beside the six roles is told of, or not, and never written to."""

import pytest

from panorama_guard.case.incident import State
from tests.builders import ADMINISTRATOR_ARN, PROFILE, trusting
from tests.builders import policy as document
from tests.stack.account import Account
from tests.stack.roles import RoleRecord, delete_role

pytestmark = pytest.mark.stack
TRUSTS_PANORAMA = document(trusting({"Service": "panorama.amazonaws.com"}))
SERVICE_LINKED = "AWSServiceRoleForAWSPanorama"


def create_administrator(account: Account, name: str, path: str = "/") -> RoleRecord:
    """Let mallory make an all-powerful role, and return it as it is before the guard hears of it."""
    profile = PROFILE.role_named(name)
    trust = profile.trust_text if profile else TRUSTS_PANORAMA
    with account.events_lost():
        account.mallory.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=trust)
        account.mallory.attach_role_policy(RoleName=name, PolicyArn=ADMINISTRATOR_ARN)
    before = account.record(name)
    account.mallory.attach_role_policy(RoleName=name, PolicyArn=ADMINISTRATOR_ARN)
    return before


def hold_told_only(account: Account, before: RoleRecord) -> None:
    """Assert that the operators are told, and that the role is byte for byte as it was."""
    name = before.arn.rsplit("/", 1)[-1]
    incident = account.outcome(name)
    alerts = account.alerts()
    (alert,) = [one for one in alerts if one.body["kind"] != "weakness"]
    assert (incident.state, incident.remedy.carried_out) == (State.OBSERVED, False)
    assert incident.reason == f"not enrolled: the guard never writes to {before.arn}"
    assert alert.body["subject"]["arn"] == before.arn
    assert account.record(name) == before
    account.invoke("sweep", {})
    told = [one for one in account.alerts() if one.body["source"] == "name and path"]
    assert [one.body["subject"]["name"] for one in told] == [f"iam-role:{name}"]


def test_a_guarded_name_under_another_path_is_only_told(enforcing: Account) -> None:
    """It is not the role that AWS made."""
    delete_role(enforcing.iam, "AWSPanoramaApplianceRole")
    enforcing.settle()
    hold_told_only(enforcing, create_administrator(enforcing, "AWSPanoramaApplianceRole", "/factory/"))


def test_a_guarded_name_in_another_case_is_only_told(enforcing: Account) -> None:
    """IAM takes it for the same name; the guard's permission to write is for the exact one."""
    delete_role(enforcing.iam, "AWSPanoramaServiceRole")
    enforcing.settle()
    hold_told_only(enforcing, create_administrator(enforcing, "awspanoramaservicerole", "/service-role/"))


def test_the_service_linked_name_under_another_path_is_only_told(enforcing: Account) -> None:
    """Anybody can make a role of that name elsewhere."""
    hold_told_only(enforcing, create_administrator(enforcing, SERVICE_LINKED))


def test_the_service_linked_role_itself_is_judged_and_left_alone(enforcing: Account) -> None:
    """AWS makes it, inside its profile; nobody else can change it."""
    enforcing.mallory.create_service_linked_role(AWSServiceName="panorama.amazonaws.com")
    before = enforcing.record(SERVICE_LINKED)
    assert [name for name, _ in before.attached] == list(PROFILE.watched[0].managed_policies)
    with pytest.raises(enforcing.mallory.exceptions.UnmodifiableEntityException):
        enforcing.mallory.attach_role_policy(RoleName=SERVICE_LINKED, PolicyArn=ADMINISTRATOR_ARN)
    assert enforcing.alerts() == []
    assert enforcing.record(SERVICE_LINKED) == before


def test_a_role_that_trusts_panorama_is_left_alone(enforcing: Account) -> None:
    """Nobody may turn the guard against payroll by a trust policy."""
    before = create_administrator(enforcing, "Payroll")
    assert [alert for alert in enforcing.alerts() if alert.body["state"] == "CONTAINED"] == []
    assert enforcing.record("Payroll") == before


@pytest.mark.parametrize("function", ["Inspect", "Remediate", "Notify", "Sweep"])
def test_a_role_of_the_guards_own_is_left_alone(enforcing: Account, function: str) -> None:
    """The guard does not write to itself."""
    name = enforcing.resource(f"{function}Role")
    enforcing.mallory.attach_role_policy(RoleName=name, PolicyArn=ADMINISTRATOR_ARN)
    attacked = enforcing.record(name)
    try:
        assert enforcing.alerts() == []
        assert enforcing.record(name) == attacked
    finally:
        enforcing.iam.detach_role_policy(RoleName=name, PolicyArn=ADMINISTRATOR_ARN)
        enforcing.settle()


def test_the_permission_to_write_ends_with_the_five_roles(enforcing: Account) -> None:
    """As deployed: the function's own role is refused a write to any other role, by IAM."""
    keys = enforcing.stack.client("sts").assume_role(
        RoleArn=enforcing.iam.get_role(RoleName=enforcing.resource("RemediateRole"))["Role"]["Arn"],
        RoleSessionName="test",
    )["Credentials"]
    iam = enforcing.client_of(keys)
    with pytest.raises(iam.exceptions.ClientError, match="not authorized to perform: iam:PutRolePolicy"):
        iam.put_role_policy(RoleName="Developer", PolicyName="x", PolicyDocument=document())
    assert iam.get_role(RoleName=PROFILE.roles[0].name)["Role"]["RoleName"] == PROFILE.roles[0].name
