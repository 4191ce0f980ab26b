"""Mode enforce: whoever is let in to a function is taken out again; the rest stays, and so do other functions."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from panorama_guard.case.incident import State
from tests.builders import policy
from tests.stack.account import ATTACKER, SESSION, Account
from tests.stack.functions import OTHERS, Function, archive, delete_functions, own_functions

pytestmark = pytest.mark.stack


@pytest.fixture
def account(enforcing_account: Account) -> Iterator[Account]:
    """Give the account of mode enforce, with no alert waiting, and leave no function and nothing delayed."""
    enforcing_account.alerts()
    before = own_functions(enforcing_account)
    yield enforcing_account
    enforcing_account.settle()
    assert own_functions(enforcing_account) == before  # the guard never writes to itself
    with enforcing_account.events_lost("Lambda"):
        delete_functions(enforcing_account)
    enforcing_account.forget()
    enforcing_account.recheck()
    assert enforcing_account.dead_letters() == []
    enforcing_account.alerts()


def test_a_statement_that_lets_in_another_account_is_removed_alone(account: Account) -> None:
    """One incident, one alert with a request that proves it; every other statement stays."""
    function = Function(account)
    function.add_permission("own", account.id)
    account.settle()
    function.add_permission("partner")
    incident = function.contained("policy statement partner")
    assert list(function.statements()) == ["own"]
    (alert,) = account.alerts()
    body = alert.body
    assert alert.subject == f"[CONTAINED] HIGH {function.key}: opened to others"
    assert (body["kind"], body["subject"]["arn"]) == ("resource-escape", function.arn)
    witness = body["witness"]
    assert (witness["principal"], witness["action"]) == (f"AWS arn:aws:iam::{OTHERS}:root", "lambda:InvokeFunction")
    assert body["call"]["event"] == "lambda.amazonaws.com AddPermission20150331v2"
    assert body["call"]["actor"] == f"arn:aws:sts::{account.id}:assumed-role/{ATTACKER}/{SESSION}"
    (backup,) = account.backups(incident)
    assert (backup.snapshot.fingerprint, len(backup.steps)) == (incident.fingerprint, 1)


ROLE_OF_OTHERS = f"arn:aws:iam::{OTHERS}:role/Caller"
TOPIC_OF_OTHERS = f"arn:aws:sns:us-east-1:{OTHERS}:listen"
PUBLIC_URL = {"Principal": "*", "Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE"}


@pytest.mark.parametrize(
    "asked",
    [
        {"principal": ROLE_OF_OTHERS},
        {"principal": OTHERS, "Action": "lambda:*"},
        {"principal": "sns.amazonaws.com", "SourceArn": TOPIC_OF_OTHERS},
        {"principal": "s3.amazonaws.com", "SourceArn": "arn:aws:s3:::bucket", "SourceAccount": OTHERS},
    ],
    ids=str,
)
def test_whoever_is_outside_is_taken_out(account: Account, asked: dict[str, str]) -> None:
    """By ARN, by account, or by a service that acts for somebody else."""
    function = Function(account)
    function.add_permission("partner", **asked)
    function.contained("policy statement partner")
    assert function.statements() == {}


def test_a_statement_on_an_alias_is_removed_from_it(account: Account) -> None:
    """Versions and aliases have policies of their own; the call names the function by its ARN, with the alias."""
    function = Function(account)
    version = function.client.publish_version(FunctionName=function.name)["Version"]
    function.client.create_alias(FunctionName=function.name, Name="prod", FunctionVersion=version)
    function.add_permission("own", account.id, Qualifier="prod")
    function.add_permission("partner", FunctionName=function.arn, Qualifier="prod")
    function.add_permission("partner", Qualifier=version)
    function.contained("policy statement partner of prod")
    function.contained(f"policy statement partner of {version}")
    assert (list(function.statements("prod")), function.statements(version)) == (["own"], {})


def test_two_statements_are_two_incidents(account: Account) -> None:
    """Each has its own call."""
    function = Function(account)
    function.add_permission("first")
    function.add_permission("second", ROLE_OF_OTHERS)
    function.contained("policy statement first")
    function.contained("policy statement second")
    assert function.statements() == {}


def test_a_statement_for_everybody_waits_for_an_operator(account: Account) -> None:
    """The account is let in by it too, and Lambda writes no narrower one in its place."""
    function = Function(account)
    function.add_permission("public", "*")
    incident = function.incidents()["policy statement public"]
    assert (incident.state, incident.severity.value) == (State.NEEDS_APPROVAL, "CRITICAL")
    (alert,) = account.alerts()
    assert f"aws lambda remove-permission --function-name {function.name} --statement-id public" in json.dumps(
        alert.body
    )
    assert list(function.statements()) == ["public"]
    account.approve(incident)
    function.contained("policy statement public")
    assert function.statements() == {}


def test_a_public_url_waits_for_an_operator_and_asks_for_a_signature_then(account: Account) -> None:
    """With its statement there are two ways to close it, each at somebody's word."""
    function = Function(account)
    function.client.create_function_url_config(FunctionName=function.name, AuthType="NONE")
    assert function.incidents()["function URL"].kind.value == "weakness"
    function.client.add_permission(FunctionName=function.name, StatementId="public", **PUBLIC_URL)
    account.settle()
    states = {(one.kind.value, one.source): one for one in account.resource_incidents(function.key)}
    incident = states["resource-escape", "function URL"]
    assert incident.state is State.NEEDS_APPROVAL
    assert states["resource-escape", "policy statement public"].state is State.NEEDS_APPROVAL
    account.approve(incident)
    account.settle()
    assert function.auth_type == "AWS_IAM"
    assert list(function.statements()) == ["public"]


# --- what is only told ---


def take_layer(function: Function) -> None:
    """Have a layer of somebody else's in it."""
    layer = f"arn:aws:lambda:us-east-1:{OTHERS}:layer:helper:1"
    function.client.update_function_configuration(FunctionName=function.name, Layers=[layer])


def send_results(function: Function) -> None:
    """Have the results sent to somebody else."""
    ends = {"OnSuccess": {"Destination": TOPIC_OF_OTHERS}}
    function.client.put_function_event_invoke_config(FunctionName=function.name, DestinationConfig=ends)


def change_role(function: Function) -> None:
    """Run as a role outside the naming pattern."""
    function.client.update_function_configuration(
        FunctionName=function.name, Role=f"arn:aws:iam::{function.account.id}:role/{ATTACKER}"
    )


def open_url(function: Function) -> None:
    """Have a URL that asks for no signature."""
    function.client.create_function_url_config(FunctionName=function.name, AuthType="NONE")


def run_other_code(function: Function) -> None:
    """Have it run something else."""
    function.client.update_function_code(FunctionName=function.arn, ZipFile=archive("other"))


def run_another_handler(function: Function) -> None:
    """Have it run another part of its code."""
    function.client.update_function_configuration(FunctionName=function.arn, Handler="other.handler")


@pytest.mark.parametrize(
    ("change", "source"),
    [
        (run_other_code, "code"),
        (run_another_handler, "configuration"),
        (take_layer, "layers"),
        (send_results, "destinations"),
        (change_role, "execution role"),
        (open_url, "function URL"),
    ],
)
def test_a_weak_setting_is_told_and_left_to_its_owner(
    account: Account, change: Callable[[Function], None], source: str
) -> None:
    """In mode enforce too. The role as which it runs then is judged as well, whatever its name, and only told about."""
    function = Function(account)
    change(function)
    incident = function.incidents()[source]
    alerts = account.alerts()
    (alert,) = [one for one in alerts if one.body["subject"]["name"] == function.key]
    others = {(one.body["subject"]["name"], one.body["state"]) for one in alerts if one is not alert}
    assert others == ({(ATTACKER, "OBSERVED")} if change is change_role else set())
    assert (incident.state, incident.kind.value) == (State.OBSERVED, "weakness")
    assert (alert.body["source"], alert.body["remedy"]["carried_out"]) == (source, False)
    assert account.attempts(incident) == ()


def test_a_function_outside_the_pattern_that_runs_as_a_guarded_role_is_told(account: Account) -> None:
    """Whoever changes its code does what the role may do. The function is nobody's here, and is left alone."""
    function = Function(account, "payroll-export", "AWSPanoramaServiceRole")
    function.key = "lambda-runner:payroll-export"
    incident = function.incidents()["execution role"]
    assert (incident.state, incident.severity.value) == (State.OBSERVED, "HIGH")
    function.add_permission("partner")
    account.settle()
    assert list(function.statements()) == ["partner"]


def test_a_policy_that_the_guard_may_not_read_is_a_doubt(account: Account) -> None:
    """Never clean: whoever keeps it from the guard is told of."""
    function, role = Function(account), account.resource("InspectRole")
    deny = policy({"Effect": "Deny", "Action": "lambda:GetPolicy", "Resource": "*"})
    account.iam.put_role_policy(RoleName=role, PolicyName="deny", PolicyDocument=deny)
    try:
        function.add_permission("partner")
        incident = function.incidents()["policy statement"]
    finally:
        account.iam.delete_role_policy(RoleName=role, PolicyName="deny")
    assert (incident.state, incident.kind.value) == (State.OBSERVED, "undecided")
    assert "AccessDenied" in incident.evidence.reason
    function.add_permission("own", account.id)
    function.contained("policy statement partner")
    assert function.incidents()["policy statement"].state is State.RESOLVED


# --- silence ---


def harmless(function: Function) -> Iterator[Callable[[], object]]:
    """Yield changes that let in nobody from outside."""
    client, name, own = function.client, function.name, function.account.id
    rule, topic = f"arn:aws:events:us-east-1:{own}:rule/nightly", f"arn:aws:sns:us-east-1:{own}:done"
    yield lambda: function.add_permission("own", own)
    yield lambda: function.add_permission("role", f"arn:aws:iam::{own}:role/{ATTACKER}")
    yield lambda: function.add_permission("rule", "events.amazonaws.com", SourceArn=rule)
    yield lambda: function.add_permission("bucket", "s3.amazonaws.com", SourceArn="arn:aws:s3:::b", SourceAccount=own)
    yield lambda: client.remove_permission(FunctionName=name, StatementId="role")
    yield lambda: client.update_function_configuration(FunctionName=name, Timeout=30)
    yield lambda: client.publish_version(FunctionName=name)
    yield lambda: client.create_alias(FunctionName=name, Name="prod", FunctionVersion="1")
    yield lambda: function.add_permission("own", own, Qualifier="prod")
    yield lambda: client.create_function_url_config(FunctionName=name, AuthType="AWS_IAM")
    yield lambda: client.put_function_event_invoke_config(
        FunctionName=name, DestinationConfig={"OnSuccess": {"Destination": topic}}
    )
    yield lambda: client.tag_resource(Resource=function.arn, Tags={"team": "vision"})
    yield lambda: client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=1)
    yield lambda: client.delete_function(FunctionName=name)


def test_changes_that_let_in_nobody_are_silent(account: Account) -> None:
    """No incident, no alert, no write."""
    function = Function(account)
    changes = list(harmless(function))
    for change in changes:
        change()
        account.settle()
    assert (len(changes), function.incidents(), account.alerts()) == (14, {}, [])


def test_a_function_outside_the_pattern_is_never_written_to(account: Account) -> None:
    """Whatever is done to it: nothing is told, nothing is written."""
    function = Function(account, "payroll-of-the-company")
    function.add_permission("partner")
    function.client.create_function_url_config(FunctionName=function.name, AuthType="NONE")
    account.settle()
    assert (function.incidents(), account.alerts()) == ({}, [])
    assert list(function.statements()) == ["partner"]


@pytest.mark.parametrize(
    ("operation", "asked"),
    [
        ("remove_permission", {"FunctionName": "payroll", "StatementId": "x"}),
        ("update_function_url_config", {"FunctionName": "panorama-lab", "AuthType": "NONE"}),
        ("update_function_url_config", {"FunctionName": "payroll", "AuthType": "AWS_IAM"}),
        (
            "add_permission",
            {"FunctionName": "panorama-lab", "StatementId": "x", "Action": "lambda:*", "Principal": "*"},
        ),
    ],
)
def test_the_permission_to_write_ends_with_the_naming_pattern(
    account: Account, operation: str, asked: dict[str, str]
) -> None:
    """As deployed: the function's own role is refused by IAM."""
    client = as_remediate(account)
    with pytest.raises(ClientError, match="AccessDenied"):
        getattr(client, operation)(**asked)


def test_no_function_of_the_guard_may_write_to_the_guard(account: Account) -> None:
    """Not even where the deployment is called like what it guards."""
    client = as_remediate(account)
    for name in account.stack.places["functions"].values():
        with pytest.raises(ClientError, match="AccessDenied"):
            client.remove_permission(FunctionName=name, StatementId="x")


def as_remediate(account: Account) -> Any:
    """Return a Lambda client of a session of the role that writes."""
    role = account.iam.get_role(RoleName=account.resource("RemediateRole"))["Role"]["Arn"]
    keys = account.stack.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    return account.client_of(keys, "lambda")


# --- the rest of the machinery, as it is for roles ---


def test_an_undo_puts_the_statement_back(account: Account) -> None:
    """By the operator's own hand, after a second operator's word; the guard lets it stand until then."""
    function = Function(account)
    function.add_permission("partner", PrincipalOrgID="o-1234567890")
    before = function.statements()
    incident = function.contained("policy statement partner")
    operator, second = account.operators
    code, told = operator.run("undo", incident.id, "--reason", "a partner calls it", "--for", "1h")
    assert (code, told["undo"]) == (4, "waiting")
    assert second.run("approve-waiver", told["waiver"]["waiver"])[0] == 0
    code, told = operator.run("undo", incident.id, "--reason", "a partner calls it", "--for", "1h")
    assert (code, told["by_operator"]) == (0, ["put the policy statement partner"])
    account.recheck()
    assert function.statements() == before
    assert function.incidents()["policy statement partner"].state is State.RESOLVED


def test_a_sweep_finds_what_no_event_told(account: Account) -> None:
    """Of functions too, and of those outside the pattern that run as guarded roles; never of the guard's own."""
    function = Function(account)
    account.recheck()  # else it is this look that may find it first
    with account.events_lost("Lambda"):
        function.add_permission("partner")
        outside = Function(account, "invoices", "AWSPanoramaSageMakerRole")
    account.invoke("sweep", {"Records": []})
    function.contained("policy statement partner")
    outside.key = "lambda-runner:invoices"
    assert outside.incidents()["execution role"].state is State.OBSERVED
    alerts = account.alerts()
    assert any("found by a sweep" in json.dumps(alert.body) for alert in alerts)
    own = account.stack.places["functions"].values()
    assert not [name for name in own if account.resource_incidents(f"lambda-function:{name}")]
