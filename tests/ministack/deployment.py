"""The template, as it is, deployed with `sam deploy` to ministack, an emulator of AWS by others: `make ministack`.

What ministack does not do is asserted too, here and in tests/emulators/differences.toml: what it learns is noticed, and
what it forgets. Not named as other tests are, because `make test` does not run it. The tests are one story, in order.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from panorama_guard.aws.ledger import DynamoLedger
from panorama_guard.case.incident import State
from panorama_guard.case.let_in import LetIn, Stranger
from panorama_guard.profile import load_profile
from tests.emulators.differences import faults_of, find_differences, known_differences
from tests.emulators.wanting import EVERYTHING
from tests.ministack.emulator import (
    ACCOUNT,
    AS_IT_COMES,
    PYTHON,
    ROOT,
    STACK,
    TAUGHT,
    Ministack,
    running,
    stands,
    wait_for,
)
from tests.ministack.on_record import EARLIER, put_record_of_form_1, put_waiver, read_record
from tests.template.translation import translate

ROLE = "AWSPanoramaServiceRole"
FORWARDER = "eu-west-1"
EVENT = json.loads((ROOT / "events" / "PutRolePolicy.json").read_text(encoding="utf-8"))
INSIDE, OUTSIDE = "arn:aws:s3:::aws-panorama-models/model.tar", "arn:aws:s3:::payroll/list.csv"
OUTSIDE_TOO = "arn:aws:s3:::wages/list.csv"
REFUSAL = "Template format error: Unrecognized resource types: [AWS::Events::EventBusPolicy]"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ministack]:
    """Give a ministack that was taught the type that it does not know, with the guard deployed to contain."""
    with running(TAUGHT, tmp_path_factory.mktemp("taught")) as ministack:
        deployed = ministack.deploy("Mode=enforce")
        assert deployed.returncode == 0, deployed.stderr
        yield ministack


@pytest.fixture(scope="module")
def alerts(guarded: Ministack) -> str:
    """Give the URL of a queue that is subscribed to the alerts."""
    sqs, topic = guarded.client("sqs"), guarded.deployed().physical_ids["AlertsTopic"]
    url = str(sqs.create_queue(QueueName="operators")["QueueUrl"])
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    guarded.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return url


def take_alert(ministack: Ministack, url: str) -> dict[str, Any]:
    """Wait for the next alert, and return it as SNS delivers it."""
    sqs = ministack.client("sqs")
    (message,) = wait_for(lambda: sqs.receive_message(QueueUrl=url).get("Messages"))
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return dict(json.loads(message["Body"]))


def put_policy(ministack: Ministack, name: str, resource: str) -> dict[str, Any]:
    """Let the role do everything of S3 there, and return the event that CloudTrail would make of the call."""
    iam = ministack.client("iam")
    profile = next(role for role in load_profile().roles if role.name == ROLE)
    if not stands(iam.get_role, RoleName=ROLE):
        iam.create_role(RoleName=ROLE, Path=profile.paths[0], AssumeRolePolicyDocument=profile.trust_text)
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": resource}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    asked = {"roleName": ROLE, "policyName": name, "policyDocument": document}
    iam.put_role_policy(RoleName=ROLE, PolicyName=name, PolicyDocument=document)
    detail = {**EVENT["detail"], "requestParameters": asked, "recipientAccountId": ACCOUNT}
    return {**EVENT, "account": ACCOUNT, "detail": detail}


def deliver(ministack: Ministack, event: dict[str, Any]) -> None:
    """Do what EventBridge does with an event of AWS's own: match it with the deployed rule, send it to the target."""
    ids = ministack.deployed().physical_ids
    events = ministack.client("events")
    pattern = events.describe_rule(Name=ids["IamChangesRule"])["EventPattern"]
    assert events.test_event_pattern(EventPattern=pattern, Event=json.dumps(event))["Result"]
    (target,) = events.list_targets_by_rule(Rule=ids["IamChangesRule"])["Targets"]
    sqs = ministack.client("sqs")
    sqs.send_message(
        QueueUrl=sqs.get_queue_url(QueueName=target["Arn"].split(":")[-1])["QueueUrl"], MessageBody=json.dumps(event)
    )


def policies_of(ministack: Ministack) -> dict[str, str]:
    """Return the role's inline policies."""
    iam = ministack.client("iam")
    names = iam.list_role_policies(RoleName=ROLE)["PolicyNames"]
    documents = {name: iam.get_role_policy(RoleName=ROLE, PolicyName=name)["PolicyDocument"] for name in names}
    return {name: json.dumps(document) for name, document in documents.items()}


def may_read(ministack: Ministack, resource: str) -> str:
    """Return whether the role's policies let this be read, as ministack's own evaluator decides."""
    answer = ministack.client("iam").simulate_custom_policy(
        PolicyInputList=list(policies_of(ministack).values()), ActionNames=["s3:GetObject"], ResourceArns=[resource]
    )
    (result,) = answer["EvaluationResults"]
    return str(result["EvalDecision"])


def table_of(ministack: Ministack) -> str:
    """Return the name of the ledger's table."""
    return ministack.deployed().physical_ids["LedgerTable"]


def read_incidents(ministack: Ministack, table: str) -> list[tuple[str, State]]:
    """Return the incidents of the role that are in the table."""
    found = DynamoLedger(ministack.client("dynamodb"), table).read(ACCOUNT, ROLE).incidents
    return [(each.id, each.state) for each in found]


def ledger_of(ministack: Ministack) -> DynamoLedger:
    """Return the ledger of the stack."""
    return DynamoLedger(ministack.client("dynamodb"), table_of(ministack))


def incidents_of(ministack: Ministack) -> list[tuple[str, State]]:
    """Return the incidents of the role in the ledger of the stack."""
    return read_incidents(ministack, table_of(ministack))


def test_as_it_comes_ministack_refuses_the_template_for_one_resource_type(tmp_path: Path) -> None:
    """With an error, before anything is made. Once it passes, tests/ministack/taught.py can go."""
    with running(AS_IT_COMES, tmp_path) as ministack:
        refused = ministack.deploy()
        assert refused.returncode == 1
        assert refused.stderr.strip().endswith(REFUSAL)
        assert ministack.client("iam").list_roles()["Roles"] == []


def test_every_resource_of_the_template_is_created(guarded: Ministack) -> None:
    """As the translated template has them, and nothing beside: CloudFormation here translates for itself."""
    made = guarded.resources()
    assert {each["ResourceStatus"] for each in made.values()} == {"CREATE_COMPLETE"}
    met = {None, "HasDashboard", "MakesKey"}
    wanted = {name for name, each in translate()["Resources"].items() if each.get("Condition") in met}
    assert {_without_hash(name) for name in made} == {_without_hash(name) for name in wanted}


def _without_hash(name: str) -> str:
    """Return a layer's name without the hash of where its code was uploaded to."""
    return re.sub(r"(Layer)[0-9a-f]{10}$", r"\1", name)


def test_what_is_dropped_of_a_resource_is_in_the_table(guarded: Ministack) -> None:
    """Each service is asked, property by property: CREATE_COMPLETE says nothing about them."""
    assert sorted(find_differences(guarded.deployed()) - known_differences("ministack").keys()) == []


def test_a_call_becomes_no_event_and_nobody_may_send_one_in_the_name_of_aws(guarded: Ministack) -> None:
    """Ministack has no CloudTrail on its bus: the tests send what the rule lets through to the rule's target."""
    entry = {"Source": "aws.iam", "DetailType": EVENT["detail-type"], "Detail": json.dumps(EVENT["detail"])}
    (answer,) = guarded.client("events").put_events(Entries=[entry])["Entries"]
    assert answer["ErrorCode"] == "NotAuthorizedForSourceException"


def test_the_policies_of_aws_for_these_roles_are_not_there(guarded: Ministack) -> None:
    """So the role of these tests has inline policies only."""
    iam = guarded.client("iam")
    assert stands(iam.get_policy, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    assert not stands(iam.get_policy, PolicyArn="arn:aws:iam::aws:policy/service-role/AWSPanoramaServiceRolePolicy")


def test_permissions_are_enforced(guarded: Ministack) -> None:
    """Who has no policy may do nothing; the functions act as their roles, so theirs are tried as well."""
    iam = guarded.client("iam")
    iam.create_user(UserName="nobody")
    key = iam.create_access_key(UserName="nobody")["AccessKey"]
    keys = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    with pytest.raises(ClientError, match=r"AccessDenied.*not authorized to perform: iam:CreateUser"):
        guarded.client("iam", **keys).create_user(UserName="anybody")


def test_the_functions_run_in_the_python_of_ministack(guarded: Ministack) -> None:
    """Whatever runtime they ask for; and the address of their URL is one of AWS's, where ministack does not answer."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as code:
        code.writestr("handler.py", "import sys\ndef handler(event, context):\n    return sys.prefix\n")
    functions = guarded.client("lambda")
    role = guarded.client("iam").get_role(RoleName=guarded.deployed().physical_ids["CanaryRole"])["Role"]["Arn"]
    made = {"Runtime": "python3.13", "Handler": "handler.handler", "Code": {"ZipFile": archive.getvalue()}}
    functions.create_function(FunctionName="prefix", Role=role, **made)
    assert json.load(functions.invoke(FunctionName="prefix")["Payload"]) == str(PYTHON.parents[1])
    url = functions.get_function_url_config(FunctionName=guarded.deployed().physical_ids["OperateFunction"])
    assert url["FunctionUrl"].endswith(".lambda-url.us-east-1.on.aws/")


def test_a_change_inside_the_pattern_is_silence(guarded: Ministack) -> None:
    """The deployed function looks at the live role, and has nothing to say."""
    record = {"messageId": "1", "receiptHandle": "r", "eventSource": "aws:sqs", "attributes": {}}
    event = {"Records": [{**record, "body": json.dumps(put_policy(guarded, "models", INSIDE))}]}
    name = guarded.deployed().physical_ids["InspectFunction"]
    answer = guarded.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))
    assert json.load(answer["Payload"]) == {"batchItemFailures": []}
    assert incidents_of(guarded) == []
    assert policies_of(guarded).keys() == {"models"}


def test_an_escape_is_contained_verified_and_told(guarded: Ministack, alerts: str) -> None:
    """By the deployed functions alone. That the escape is denied and nothing else, ministack's own evaluator says."""
    deliver(guarded, put_policy(guarded, "payroll", OUTSIDE))
    alert = take_alert(guarded, alerts)
    assert alert["Subject"].startswith(f"[CONTAINED] HIGH {ROLE}")
    assert "read again and verified" in alert["Message"]
    assert [state for _, state in incidents_of(guarded)] == [State.CONTAINED]
    assert [name for name in policies_of(guarded) if name.startswith("panorama-guard-containment-")]
    assert (may_read(guarded, OUTSIDE), may_read(guarded, INSIDE)) == ("explicitDeny", "allowed")


def test_a_second_deployment_keeps_what_is_on_record(guarded: Ministack) -> None:
    """With another mode and all that can be chosen: the same table has the same records, the function the new mode.

    The incident, its backup and a waiver are the same, and a record that a release of an earlier form wrote is read.
    """
    before, ledger = guarded.deployed().physical_ids, ledger_of(guarded)
    put_waiver(ledger, ledger.read(ACCOUNT, ROLE).incidents[0])
    earlier, record = put_record_of_form_1(guarded, table_of(guarded)), read_record(ledger, ROLE)
    assert all((record.incidents, record.waivers, record.backups))
    deployed = guarded.deploy("Mode=observe", *(f"{name}={value}" for name, value in EVERYTHING.items()))
    assert deployed.returncode == 0, deployed.stderr
    after = guarded.deployed().physical_ids
    assert (after["LedgerTable"], read_record(ledger_of(guarded), ROLE)) == (before["LedgerTable"], record)
    (old,) = read_record(ledger_of(guarded), EARLIER).incidents
    assert (old.id, old.let_in) == (earlier, LetIn((Stranger.BEFORE,)))
    function = guarded.client("lambda").get_function_configuration(FunctionName=after["InspectFunction"])
    assert function["Environment"]["Variables"]["MODE"] == "observe"


def of_a_given_key() -> set[str]:
    """Return the names of the resources that are made for a key that is given, which no deployment here has."""
    return {name for name, each in translate()["Resources"].items() if each.get("Condition") == "HasGivenKey"}


def test_every_resource_that_can_be_chosen_is_there_then(guarded: Ministack) -> None:
    """With the properties that the template says, but for those in the table: all of these, and no others."""
    deployed = guarded.deployed()
    assert deployed.physical_ids.keys() == deployed.wanted().keys()
    every = translate()["Resources"].keys() - of_a_given_key()
    assert {_without_hash(name) for name in deployed.wanted()} == {_without_hash(name) for name in every}
    assert faults_of(find_differences(deployed), known_differences("ministack")) == []


def test_an_escape_is_only_told_then(guarded: Ministack, alerts: str) -> None:
    """Nothing is written to the role: the mode is read anew, and the earlier containment stands."""
    event = put_policy(guarded, "wages", OUTSIDE_TOO)
    before = policies_of(guarded)
    deliver(guarded, event)
    assert take_alert(guarded, alerts)["Subject"].startswith("[OBSERVED]")
    assert policies_of(guarded) == before
    assert (may_read(guarded, OUTSIDE), may_read(guarded, OUTSIDE_TOO)) == ("explicitDeny", "allowed")


def test_another_region_gets_the_forwarding_part_alone(guarded: Ministack) -> None:
    """The same template with `Part=forward`; what is dropped of its resources is in the table as well."""
    deployed = guarded.deploy("Part=forward", region=FORWARDER)
    assert deployed.returncode == 0, deployed.stderr
    made = guarded.resources(FORWARDER)
    assert made.keys() == translate(part="forward")["Resources"].keys() - {"AlertsEmailSubscription"} - of_a_given_key()
    assert {each["ResourceStatus"] for each in made.values()} == {"CREATE_COMPLETE"}
    found = find_differences(guarded.deployed(FORWARDER))
    assert sorted(found - known_differences("ministack").keys()) == []


def test_a_home_where_no_event_of_iam_arrives_is_refused_with_the_reason(guarded: Ministack) -> None:
    """By the template's own rule, before anything is made."""
    refused = guarded.deploy(region="eu-north-1")
    assert refused.returncode == 1
    assert "IAM events arrive only in the home region of the partition" in refused.stderr


def test_when_the_stack_is_deleted_what_undoes_its_acts_stays(guarded: Ministack) -> None:
    """The ledger with the backup of what was changed, the key under which it lies, and the reports."""
    ids, incidents, table = guarded.deployed().physical_ids, incidents_of(guarded), table_of(guarded)
    deleted = guarded.sam("delete", "--no-prompts", "--stack-name", STACK)
    assert deleted.returncode == 0, deleted.stderr
    assert read_incidents(guarded, table) == incidents
    assert stands(guarded.client("kms").describe_key, KeyId=ids["GuardKey"])
    assert stands(guarded.client("s3").head_bucket, Bucket=ids["ReportBucket"])
    assert not stands(guarded.client("lambda").get_function, FunctionName=ids["RemediateFunction"])
    assert may_read(guarded, OUTSIDE) == "explicitDeny"
