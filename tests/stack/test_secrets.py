"""Mode enforce: a secret that is opened to others is closed again; the rest of it stays, and so do other secrets."""

import json
from collections.abc import Callable, Iterator

import pytest
from botocore.exceptions import ClientError

from panorama_guard.case.incident import State
from tests.stack.account import ATTACKER, SESSION, Account
from tests.stack.buckets import OTHERS, document
from tests.stack.secret import Secret, delete_secrets

pytestmark = pytest.mark.stack
POLICY = "resource policy"


@pytest.fixture
def account(enforcing_account: Account) -> Iterator[Account]:
    """Give the account of mode enforce, with no alert waiting, and leave no secret and nothing delayed."""
    enforcing_account.alerts()
    yield enforcing_account
    enforcing_account.settle()
    with enforcing_account.events_lost("Secrets"):
        delete_secrets(enforcing_account)
    enforcing_account.forget()
    enforcing_account.recheck()
    assert enforcing_account.dead_letters() == []
    enforcing_account.alerts()


def test_a_statement_that_lets_in_another_account_is_taken_out_alone(account: Account) -> None:
    """One incident, one alert with a request that proves it; every other byte of the policy stays."""
    secret = Secret(account)
    own = secret.allow({"AWS": account.id}, Sid="Own")
    deny = {"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:DeleteSecret", "Resource": "*"}
    secret.put_policy(document(deny, own, secret.allow({"AWS": OTHERS}, Sid="Partner")))
    incident = secret.contained(POLICY)
    assert secret.policy == document(deny, own)
    (alert,) = account.alerts()
    body = alert.body
    assert alert.subject == f"[CONTAINED] HIGH {secret.key}: opened to others"
    assert (body["kind"], body["subject"]["arn"]) == ("resource-escape", secret.arn)
    assert body["witness"]["principal"] == f"AWS arn:aws:iam::{OTHERS}:root"
    assert (body["witness"]["action"], body["witness"]["resource"]) == ("secretsmanager:GetSecretValue", secret.arn)
    assert body["statement"] == f"{POLICY}, statement 3 (Partner)"
    assert body["call"]["event"] == "secretsmanager.amazonaws.com PutResourcePolicy"
    assert body["call"]["actor"] == f"arn:aws:sts::{account.id}:assumed-role/{ATTACKER}/{SESSION}"
    (backup,) = account.backups(incident)
    assert (backup.snapshot.fingerprint, len(backup.steps)) == (incident.fingerprint, 1)


def test_a_secret_in_another_region_is_judged_and_closed_there(account: Account) -> None:
    """The forwarder's rules send the event to the guard's bus; the secret of that name at home is another one."""
    at_home, elsewhere = Secret(account), Secret(account, region="eu-west-1", name="panorama-camera/elsewhere")
    open_to_others = document(elsewhere.allow({"AWS": OTHERS}, Sid="Partner"))
    elsewhere.put_policy(open_to_others)
    incident = elsewhere.contained(POLICY)
    assert incident.subject.arn == elsewhere.arn
    assert ":eu-west-1:" in elsewhere.arn
    assert elsewhere.policy == ""
    assert (at_home.incidents(), at_home.policy) == ({}, "")
    (alert,) = account.alerts()
    assert alert.subject == f"[CONTAINED] HIGH {elsewhere.key}: opened to others"
    assert alert.body["call"]["region"] == "eu-west-1"
    assert alert.body["see_it"].endswith("--region eu-west-1")
    elsewhere.client.delete_secret(SecretId=elsewhere.arn, ForceDeleteWithoutRecovery=True)


def test_a_principal_is_taken_out_of_a_statement_that_names_others_too(account: Account) -> None:
    """Who is inside keeps what the statement gives."""
    secret = Secret(account)
    role = f"arn:aws:iam::{account.id}:role/Reader"
    secret.put_policy(document(secret.allow({"AWS": [role, f"arn:aws:iam::{OTHERS}:role/Thief"]})))
    secret.contained(POLICY)
    assert json.loads(secret.policy)["Statement"] == [secret.allow({"AWS": role})]


def test_a_policy_of_which_nothing_is_left_is_deleted(account: Account) -> None:
    """There was nothing but the statement; the secret's name is given where the ARN could be."""
    secret = Secret(account)
    secret.client.put_resource_policy(
        SecretId=secret.name, ResourcePolicy=document(secret.allow({"AWS": OTHERS}, Action="secretsmanager:*"))
    )
    secret.contained(POLICY)
    assert secret.policy == ""


def test_a_policy_for_everybody_becomes_one_for_the_account(account: Account) -> None:
    """Nobody inside is shut out."""
    secret = Secret(account)
    secret.put_policy(document(secret.allow("*")))
    assert secret.contained(POLICY).severity.value == "CRITICAL"
    kept = json.loads(secret.policy)["Statement"]
    assert kept[0]["Principal"]["AWS"] == account.id
    assert not [one for one in kept if one["Principal"] == "*" and "Condition" not in one]


def test_what_cannot_be_told_apart_is_taken_away_at_an_operator_s_word(account: Account) -> None:
    """An Allow with NotPrincipal: the policy is deleted once somebody has said so."""
    secret = Secret(account)
    statement = {"Effect": "Allow", "NotPrincipal": {"AWS": OTHERS}, "Action": "secretsmanager:*", "Resource": "*"}
    secret.put_policy(document(statement))
    incident = secret.incidents()[POLICY]
    assert incident.state is State.NEEDS_APPROVAL
    assert secret.policy
    account.approve(incident)
    secret.contained(POLICY)
    assert secret.policy == ""


def test_two_secrets_whose_names_differ_in_case_alone_are_two(account: Account) -> None:
    """One's incident is not the other's, and neither is taken for a new one of the other's name."""
    upper, lower = Secret(account, "panorama-X"), Secret(account, "panorama-x")
    for secret in (upper, lower):
        secret.put_policy(document(secret.allow({"AWS": OTHERS})))
    assert (upper.contained(POLICY).subject.arn, lower.contained(POLICY).subject.arn) == (upper.arn, lower.arn)


def test_a_secret_that_is_restored_with_an_open_policy_is_closed(account: Account) -> None:
    """While it waited for its deletion, nobody could read it, and no event told of its policy."""
    secret = Secret(account)
    with account.events_lost("Secrets"):
        secret.put_policy(document(secret.allow({"AWS": OTHERS})))
        secret.client.delete_secret(SecretId=secret.arn)
    secret.client.restore_secret(SecretId=secret.arn)
    secret.contained(POLICY)
    assert secret.policy == ""


def test_a_copy_in_another_region_is_told_and_let_be(account: Account) -> None:
    """It is the owner's to say whether it should be there; when it is gone, that is over."""
    secret = Secret(account)
    secret.client.replicate_secret_to_regions(SecretId=secret.name, AddReplicaRegions=[{"Region": "eu-west-1"}])
    incident = secret.incidents()["replication"]
    (alert,) = account.alerts()
    assert (incident.state, incident.kind.value, incident.severity.value) == (State.OBSERVED, "weakness", "LOW")
    assert "copies of it are in eu-west-1" in alert.text
    assert account.attempts(incident) == ()
    secret.client.remove_regions_from_replication(SecretId=secret.name, RemoveReplicaRegions=["eu-west-1"])
    assert secret.incidents()["replication"].state is State.RESOLVED


# --- silence ---


def harmless(secret: Secret) -> Iterator[Callable[[], object]]:
    """Yield changes that open a secret to nobody."""
    own, client, arn = secret.account.id, secret.client, secret.arn
    of_account = {"Condition": {"StringEquals": {"aws:SourceAccount": own}}}
    policies = [
        document(secret.allow({"AWS": own})),
        document(secret.allow({"AWS": f"arn:aws:iam::{own}:role/Reader"}, Resource=arn)),
        document(secret.allow("*", Condition={"StringEquals": {"aws:PrincipalAccount": own}})),
        document(secret.allow({"Service": "redshift.amazonaws.com"}, **of_account)),
        document({"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:PutSecretValue", "Resource": "*"}),
    ]
    for text in policies:
        yield lambda text=text: secret.put_policy(text)  # type: ignore[misc]
    yield lambda: client.delete_resource_policy(SecretId=arn)
    yield lambda: client.put_secret_value(SecretId=arn, SecretString="user:another")
    yield lambda: client.update_secret(SecretId=arn, Description="camera at the gate", KmsKeyId="alias/cameras")
    yield lambda: client.tag_resource(SecretId=arn, Tags=[{"Key": "team", "Value": "vision"}])
    yield lambda: client.delete_secret(SecretId=arn)
    yield lambda: client.restore_secret(SecretId=arn)


def test_changes_that_open_a_secret_to_nobody_are_silent(account: Account) -> None:
    """No incident, no alert, no write."""
    secret = Secret(account)
    changes = list(harmless(secret))
    for change in changes:
        change()
        account.settle()
    assert (len(changes), secret.incidents(), account.alerts()) == (11, {}, [])


def test_a_secret_outside_the_pattern_is_never_written_to(account: Account) -> None:
    """Whatever is done to it."""
    secret = Secret(account, name="payroll/panorama")
    text = document(secret.allow({"AWS": OTHERS}))
    secret.put_policy(text)
    account.settle()
    assert (secret.incidents(), account.alerts(), secret.policy) == ({}, [], text)


def test_the_permissions_end_with_the_naming_pattern_and_never_reach_what_a_secret_holds(account: Account) -> None:
    """As deployed: the function's own role is refused by IAM."""
    secret, other = Secret(account), Secret(account, name="payroll/keys")
    role = account.iam.get_role(RoleName=account.resource("RemediateRole"))["Role"]["Arn"]
    keys = account.stack.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    client = account.client_of(keys, "secretsmanager")
    with pytest.raises(ClientError, match="not authorized to perform: secretsmanager:PutResourcePolicy"):
        client.put_resource_policy(SecretId=other.name, ResourcePolicy=document(other.allow({"AWS": OTHERS})))
    with pytest.raises(ClientError, match="not authorized to perform: secretsmanager:GetSecretValue"):
        client.get_secret_value(SecretId=secret.name)


# --- the rest of the machinery, as it is for roles ---


def test_an_undo_puts_the_policy_back_byte_for_byte(account: Account) -> None:
    """By the operator's own hand, after a second operator's word; the guard lets it stand until then."""
    secret = Secret(account)
    text = document(secret.allow({"AWS": account.id}), secret.allow({"AWS": OTHERS}))
    secret.put_policy(text)
    incident = secret.contained(POLICY)
    operator, second = account.operators
    code, told = operator.run("undo", incident.id, "--reason", "a partner reads it", "--for", "1h")
    assert (code, told["undo"]) == (4, "waiting")
    assert second.run("approve-waiver", told["waiver"]["waiver"])[0] == 0
    code, told = operator.run("undo", incident.id, "--reason", "a partner reads it", "--for", "1h")
    assert (code, told["by_operator"]) == (0, [f"put the {POLICY}"])
    account.recheck()
    assert secret.policy == text
    assert secret.incidents()[POLICY].state is State.RESOLVED


def test_a_sweep_finds_what_no_event_told(account: Account) -> None:
    """Of secrets too."""
    secret = Secret(account)
    account.recheck()  # else it is this look that may find it first
    with account.events_lost("Secrets"):
        secret.put_policy(document(secret.allow({"AWS": OTHERS})))
    account.invoke("sweep", {"Records": []})
    secret.contained(POLICY)
    assert any("found by a sweep" in json.dumps(alert.body) for alert in account.alerts())
