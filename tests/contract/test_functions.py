"""The adapters of functions: what they read is what was added, what they remove is gone, and no silence is clean."""

import contextlib
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from panorama_guard.aws.function_writer import LambdaWriter, permission_of
from panorama_guard.aws.functions import MOST_QUALIFIERS, POLICY, LambdaFunctions, Scope, split_policy
from panorama_guard.aws.own_subjects import OwnSubjects
from panorama_guard.case import function
from panorama_guard.case.errors import WriteRefusedError
from panorama_guard.case.resource import ResourceSnapshot, canonical
from panorama_guard.case.step import DeletePart, PutPart, apply_step, invert_step
from tests.builders import PROFILE
from tests.contract.drivers import MOTO_ACCOUNT, REGION, moto_account

NAME, KEY, OTHERS = "panorama-detector", "lambda-function:panorama-detector", "999999999999"
ROOT = f"arn:aws:iam::{OTHERS}:root"
STACK = "panorama-guard"
URL = function.url_part()
SCOPE = Scope(
    STACK, lambda key: key.startswith("lambda-function:panorama"), lambda role: role.startswith("AWSPanorama")
)


class Cloud:
    """A function in moto, and the adapters on it."""

    def __init__(self) -> None:
        """Make the function."""
        self.client: Any = boto3.client("lambda", region_name=REGION)
        self.iam: Any = boto3.client("iam", region_name=REGION)
        self.arn = self.create(NAME, "panorama-runtime")
        self.reader = LambdaFunctions(self.client, MOTO_ACCOUNT, SCOPE)
        self.writer = LambdaWriter(self.client)

    def create(self, name: str, role: str) -> str:
        """Make a function that runs as a role."""
        with contextlib.suppress(self.iam.exceptions.EntityAlreadyExistsException):
            self.iam.create_role(RoleName=role, AssumeRolePolicyDocument="{}")
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("app.py", "")
        made = self.client.create_function(
            FunctionName=name,
            Role=f"arn:aws:iam::{MOTO_ACCOUNT}:role/{role}",
            Runtime="python3.13",
            Handler="app.handler",
            Code={"ZipFile": code.getvalue()},
        )
        return str(made["FunctionArn"])

    def add(self, sid: str, principal: str = OTHERS, **rest: object) -> None:
        """Add a statement to the function's policy."""
        asked: dict[str, Any] = {"Action": "lambda:InvokeFunction", **rest}
        self.client.add_permission(FunctionName=NAME, StatementId=sid, Principal=principal, **asked)

    def read(self) -> ResourceSnapshot:
        """Return the function as it is."""
        snapshot = self.reader.read_resource(KEY)
        assert snapshot is not None
        return snapshot


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """Give a function in an empty account."""
    with moto_account():
        yield Cloud()


def test_a_new_function_has_its_role_and_nothing_else(cloud: Cloud) -> None:
    """Its ARN is what tells it from another one."""
    snapshot = cloud.read()
    role = canonical(f"arn:aws:iam::{MOTO_ACCOUNT}:role/panorama-runtime")
    assert [(part.name, part.text) for part in snapshot.parts] == [(function.ROLE, role)]
    assert snapshot.unread == ()
    assert (snapshot.subject.arn, snapshot.subject.unique_id) == (cloud.arn, cloud.arn)


def test_each_statement_is_a_part(cloud: Cloud) -> None:
    """Under its id, as Lambda writes it."""
    cloud.add("partner")
    cloud.add("rule", "events.amazonaws.com", SourceArn="arn:aws:events:us-east-1:1:rule/x")
    snapshot = cloud.read()
    partner, rule = (
        json.loads(str(snapshot.text_of(f"policy statement {sid}")))["Statement"] for sid in ("partner", "rule")
    )
    assert partner[0]["Principal"] == {"AWS": ROOT}
    assert rule[0]["Condition"] == {"ArnLike": {"AWS:SourceArn": "arn:aws:events:us-east-1:1:rule/x"}}


def test_versions_and_aliases_have_policies_and_urls_of_their_own(cloud: Cloud) -> None:
    """Each is another way in."""
    version = cloud.client.publish_version(FunctionName=NAME)["Version"]
    cloud.client.create_alias(FunctionName=NAME, Name="prod", FunctionVersion=version)
    cloud.add("partner")
    cloud.add("partner", Qualifier=version)
    cloud.add("partner", Qualifier="prod")
    cloud.client.create_function_url_config(FunctionName=NAME, Qualifier="prod", AuthType="NONE")
    assert {part.name for part in cloud.read().parts} == {
        function.ROLE,
        "policy statement partner",
        f"policy statement partner of {version}",
        "policy statement partner of prod",
        "function URL of prod",
    }


def test_every_setting_is_read(cloud: Cloud) -> None:
    """As far as it says whose code runs, where events come from and where results go."""
    layer = f"arn:aws:lambda:us-east-1:{OTHERS}:layer:helper:1"
    queue, topic = (f"arn:aws:{name}" for name in (f"sqs:us-east-1:{MOTO_ACCOUNT}:q", f"sns:us-east-1:{OTHERS}:t"))
    cloud.client.update_function_configuration(FunctionName=NAME, Layers=[layer])
    boto3.client("sqs", region_name=REGION).create_queue(QueueName="q")
    cloud.client.create_event_source_mapping(FunctionName=NAME, EventSourceArn=queue)
    ends = {"OnSuccess": {"Destination": topic}}
    cloud.client.put_function_event_invoke_config(FunctionName=NAME, DestinationConfig=ends)
    snapshot = cloud.read()
    assert snapshot.text_of(function.LAYERS) == canonical({"Layers": [{"Arn": layer}]})
    assert snapshot.text_of(function.SOURCES) == canonical({"Sources": [{"EventSourceArn": queue}]})
    assert snapshot.text_of(function.DESTINATIONS) == canonical({"Destinations": [{"Destination": topic}]})


def test_what_it_runs_is_known_by_its_hash_and_what_may_be_secret_is_not_kept(cloud: Cloud) -> None:
    """The code, the handler, and that the environment is another one."""
    before = cloud.read()
    cloud.client.update_function_configuration(
        FunctionName=NAME, Handler="other.handler", Environment={"Variables": {"TOKEN": "secret"}}, MemorySize=512
    )
    after = cloud.read()
    config = cloud.client.get_function_configuration(FunctionName=NAME)
    assert before.fact(function.CODE) == after.fact(function.CODE) == config["CodeSha256"]
    settings = json.loads(after.fact(function.CONFIGURATION))
    assert settings["Handler"] == canonical("other.handler")
    assert settings.keys() - json.loads(before.fact(function.CONFIGURATION)).keys() == {"Environment"}
    assert "secret" not in after.fact(function.CONFIGURATION)


def test_a_function_that_the_account_does_not_have_is_none(cloud: Cloud) -> None:
    """By whatever key."""
    assert cloud.reader.read_resource("lambda-function:panorama") is None
    assert cloud.reader.resource_keys(function.TYPE) == (KEY,)


def test_a_function_outside_the_pattern_is_known_by_its_guarded_role_alone(cloud: Cloud) -> None:
    """Of others nothing is read but as whom they run."""
    cloud.create("payroll", "AWSPanoramaServiceRole")
    cloud.create("invoices", "invoices")
    snapshot = cloud.reader.read_resource("lambda-runner:payroll")
    assert snapshot is not None
    assert [part.name for part in snapshot.parts] == [function.ROLE]
    assert cloud.reader.read_resource("lambda-runner:invoices") is None
    assert cloud.reader.read_resource("lambda-runner:panorama-detector") is None
    assert cloud.reader.resource_keys(function.RUNNER) == ("lambda-runner:payroll",)


def test_the_guard_s_own_functions_are_none(cloud: Cloud) -> None:
    """By name and role; one that has the name alone is somebody's."""
    cloud.create("panorama-guard-InspectFunction-1A2B", "panorama-guard-InspectRole-3C4D")
    cloud.create("panorama-guard-SweepFunction-1A2B", "panorama-runtime")
    assert cloud.reader.read_resource("lambda-function:panorama-guard-InspectFunction-1A2B") is None
    assert cloud.reader.read_resource("lambda-function:panorama-guard-SweepFunction-1A2B") is not None
    assert cloud.reader.resource_keys(function.TYPE) == (KEY, "lambda-function:panorama-guard-SweepFunction-1A2B")


@pytest.mark.parametrize("qualifier", ["", "prod"])
def test_a_statement_is_removed_and_an_operator_s_own_hand_puts_it_back(cloud: Cloud, qualifier: str) -> None:
    """On paper and in Lambda; done twice it is done once."""
    version = cloud.client.publish_version(FunctionName=NAME)["Version"]
    cloud.client.create_alias(FunctionName=NAME, Name="prod", FunctionVersion=version)
    which = {"Qualifier": qualifier} if qualifier else {}
    cloud.add("own", MOTO_ACCOUNT)
    cloud.add("partner", **which)
    before, step = cloud.read(), DeletePart(function.statement_part("partner", qualifier))
    for _ in range(2):
        cloud.writer.apply(KEY, step)
        assert cloud.read() == apply_step(before, step)
    inverse = invert_step(before, step)
    with pytest.raises(WriteRefusedError, match=r"^no function puts this"):
        cloud.writer.apply(KEY, inverse)  # type: ignore[arg-type]
    own_hand().apply(before.subject, inverse)
    assert cloud.read() == before


@pytest.mark.parametrize(
    "asked",
    [
        {"Principal": OTHERS},
        {"Principal": "*", "Action": "lambda:*"},
        {"Principal": f"arn:aws:iam::{OTHERS}:role/Caller"},
        {"Principal": "*", "PrincipalOrgID": "o-1234567890"},
        {"Principal": "s3.amazonaws.com", "SourceArn": "arn:aws:s3:::x", "SourceAccount": OTHERS},
        {"Principal": "*", "Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE"},
        {"Principal": "*", "InvokedViaFunctionUrl": True},
        {"Principal": "alexa-connectedhome.amazon.com", "EventSourceToken": "skill"},
    ],
    ids=str,
)
def test_every_statement_that_lambda_adds_can_be_added_again(cloud: Cloud, asked: dict[str, Any]) -> None:
    """Its parameters are read back from what it became."""
    cloud.client.add_permission(FunctionName=NAME, StatementId="x", **{"Action": "lambda:InvokeFunction", **asked})
    before, part = cloud.read(), function.statement_part("x")
    cloud.writer.apply(KEY, DeletePart(part))
    own_hand().apply(before.subject, PutPart(part, str(before.text_of(part))))
    assert cloud.read() == before


def test_a_url_is_made_to_ask_for_a_signature_and_never_the_other_way(cloud: Cloud) -> None:
    """That is an operator's own hand."""
    cloud.client.create_function_url_config(FunctionName=NAME, AuthType="NONE")
    before = cloud.read()
    signed = PutPart(URL, str(before.text_of(URL)).replace("NONE", "AWS_IAM"))
    cloud.writer.apply(KEY, signed)
    assert cloud.read() == apply_step(before, signed)
    opened = PutPart(URL, str(before.text_of(URL)))
    with pytest.raises(WriteRefusedError, match=r"^no function makes a URL that asks for no signature"):
        cloud.writer.apply(KEY, opened)
    own_hand().apply(before.subject, opened)
    assert own_hand().read_subject(before.subject) == before


@pytest.mark.parametrize("step", [DeletePart(URL), DeletePart(function.ROLE), PutPart(function.LAYERS, "{}")], ids=repr)
def test_nothing_else_is_written(cloud: Cloud, step: DeletePart | PutPart) -> None:
    """No function has the permission."""
    with pytest.raises(WriteRefusedError, match=r"^no function "):
        cloud.writer.apply(KEY, step)


def own_hand() -> OwnSubjects:
    """Return what an operator writes with."""
    make: Any = boto3.client
    return OwnSubjects(PROFILE, lambda service: make(service, region_name=REGION), lambda _: None)


# --- what moto never says ---

SID = {"Effect": "Allow", "Principal": "*", "Action": "lambda:*", "Resource": "*"}
DENY = {**SID, "Effect": "Deny", "Sid": "never"}


def test_a_statement_without_an_id_of_its_own_is_known_by_its_place() -> None:
    """Lambda removes none of these by itself. A Deny stands beside every other statement."""
    statements = [{**SID, "Sid": "a b"}, SID, {**SID, "Sid": "twice"}, {**SID, "Sid": "twice"}, DENY]
    parts = list(split_policy(json.dumps({"Version": "2012-10-17", "Statement": statements}), "prod"))
    unnamed = [f"policy statement without an id, number {place} of prod" for place in range(1, 5)]
    assert [part.name for part in parts] == [*unnamed, "policy statement never of prod"]
    assert [function.statement_id(part.name) for part in parts] == ["", "", "", "", "never"]
    assert json.loads(parts[1].text)["Statement"] == [SID, DENY]
    assert json.loads(parts[4].text)["Statement"] == [DENY]


def test_a_policy_of_one_statement_without_a_version_is_read() -> None:
    """As it stands: without one, a policy is of the older version."""
    (part,) = split_policy(json.dumps({"Statement": {**SID, "Sid": "x"}}), "")
    assert (part.name, json.loads(part.text)) == ("policy statement x", {"Statement": [{**SID, "Sid": "x"}]})


@pytest.mark.parametrize(
    "statement",
    [
        {**SID, "Sid": "x", "Principal": {"AWS": [ROOT, "*"]}},
        {**SID, "Sid": "x", "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}},
        {**SID, "Sid": "x", "Condition": {"StringNotEquals": {"aws:SourceAccount": MOTO_ACCOUNT}}},
        {**SID, "Sid": "x", "Condition": {"StringLike": {"aws:PrincipalOrgID": "o-*"}}},
        {
            **SID,
            "Sid": "x",
            "Condition": {"ArnLike": {"aws:SourceArn": ROOT}, "StringLike": {"aws:SourceArn": "arn:*"}},
        },
        {**SID, "Sid": "x", "Action": ["lambda:InvokeFunction"]},
        {**DENY, "Sid": "x"},
    ],
    ids=str,
)
def test_what_add_permission_cannot_write_is_refused(statement: dict[str, Any]) -> None:
    """It came as a document, and goes back as one."""
    with pytest.raises(WriteRefusedError, match=r"^AddPermission writes no such statement"):
        permission_of(statement)


def stubbed() -> tuple[Stubber, Any]:
    """Return a Lambda client whose answers are given."""
    client: Any = boto3.client("lambda", region_name=REGION, aws_access_key_id="x", aws_secret_access_key="x")  # noqa: S106 - nobody's
    stubber = Stubber(client)
    stubber.activate()
    return stubber, client


def mapped(suffix: str, source: str) -> dict[str, str]:
    """Return a mapping to an alias of the function, or of one whose name is longer."""
    arn = f"arn:aws:lambda:{REGION}:{MOTO_ACCOUNT}:function:{NAME}{suffix}:prod"
    return {"FunctionArn": arn, "EventSourceArn": f"arn:aws:sqs:{REGION}:{MOTO_ACCOUNT}:{source}"}


def read_with(*denied: str, versions: int = 0) -> ResourceSnapshot:
    """Return a function of which Lambda denies some readings."""
    stubber, client = stubbed()
    listed = [{"Version": str(number)} for number in range(1, versions + 1)]
    answers: list[tuple[str, dict[str, Any]]] = [
        ("get_function_configuration", {"Role": "arn:aws:iam::1:role/panorama-x"}),
        ("list_aliases", {"Aliases": []}),
        ("list_versions_by_function", {"Versions": [{"Version": "$LATEST"}, *listed]}),
        ("list_event_source_mappings", {"EventSourceMappings": [mapped("", "own"), mapped("x", "of-another")]}),
        ("list_function_event_invoke_configs", {"FunctionEventInvokeConfigs": []}),
        ("get_function_url_config", {}),
        *[("get_policy", {})] * (1 + min(versions, MOST_QUALIFIERS)),
    ]
    for operation, answer in answers:
        if operation in denied:
            stubber.add_client_error(operation, "AccessDeniedException", "no")
        elif answer:
            stubber.add_response(operation, answer)
        else:
            stubber.add_client_error(operation, "ResourceNotFoundException")
    snapshot = LambdaFunctions(client, MOTO_ACCOUNT, SCOPE).read_resource(KEY)
    assert snapshot is not None
    return snapshot


def test_a_policy_that_is_kept_from_the_guard_is_unread() -> None:
    """With Lambda's words."""
    (unread,) = read_with("get_policy").unread
    assert (unread.name, unread.text) == (POLICY, "AWS does not let the guard read it: AccessDeniedException: `no`")


def test_sources_of_an_alias_are_the_function_s() -> None:
    """Lambda lists those of each alias apart; they are found in the account's own listing."""
    queue = f"arn:aws:sqs:{REGION}:{MOTO_ACCOUNT}:own"
    assert read_with().text_of(function.SOURCES) == canonical({"Sources": [{"EventSourceArn": queue}]})


def test_more_versions_than_can_be_read_are_a_doubt() -> None:
    """The newest are read, each by a call of its own."""
    (unread,) = read_with(versions=MOST_QUALIFIERS + 1).unread
    assert unread.text == f"there are {MOST_QUALIFIERS + 1} versions and aliases, and {MOST_QUALIFIERS} are read"
    assert read_with(versions=MOST_QUALIFIERS).unread == ()


def test_a_function_that_is_kept_from_the_guard_is_unread() -> None:
    """It is there, and nothing is known of it."""
    stubber, client = stubbed()
    stubber.add_client_error("get_function_configuration", "AccessDeniedException", "no")
    snapshot = LambdaFunctions(client, MOTO_ACCOUNT, SCOPE).read_resource(KEY)
    assert snapshot is not None
    assert [part.name for part in snapshot.unread] == [function.ROLE]


def test_an_error_that_may_pass_is_for_the_queue_to_try_again() -> None:
    """It is neither absence nor a doubt."""
    stubber, client = stubbed()
    stubber.add_client_error("get_function_configuration", "TooManyRequestsException", "slower")
    with pytest.raises(ClientError, match="TooManyRequestsException"):
        LambdaFunctions(client, MOTO_ACCOUNT, SCOPE).read_resource(KEY)


@pytest.mark.parametrize("code", ["AccessDeniedException", "PublicPolicyException", "InvalidParameterValueException"])
def test_what_lambda_refuses_for_good_is_said_by_name(code: str) -> None:
    """Another rung may be open."""
    stubber, client = stubbed()
    stubber.add_client_error("remove_permission", code, "not this")
    with pytest.raises(WriteRefusedError, match=f"^delete the policy statement x: {code}: `not this`$"):
        LambdaWriter(client).apply(KEY, DeletePart("policy statement x"))
