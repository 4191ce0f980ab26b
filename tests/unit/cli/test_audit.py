"""cli/audit.py: a live account judged with the caller's credentials; what cannot be read is one line."""

import json
import socket
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws
from moto.core import set_initial_no_auth_action_count
from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, iam_backends

from local.moto_repairs import repair_moto
from local.seed import seed_roles
from panorama_guard.aws.own_account import OwnAccount
from panorama_guard.cli import main
from panorama_guard.cli.reviewed import CLEAN, FOUND, IN_DOUBT, UNREAD
from tests.builders import ADMINISTRATOR, ADMINISTRATOR_ARN, PAYROLL, ROLES, SERVICE_ROLE, allow, policy, trusting
from tests.contract.drivers import MOTO_ACCOUNT

NAME = SERVICE_ROLE.name


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Give an environment that has credentials and nothing else of AWS's."""
    for variable in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    return monkeypatch


@pytest.fixture
def iam(environment: pytest.MonkeyPatch) -> Iterator[Any]:
    """Give IAM of an account that has the five roles, as AWS makes them."""
    iam_backends.pop(MOTO_ACCOUNT, None)
    environment.setenv("MOTO_IAM_LOAD_MANAGED_POLICIES", "false")  # loading a thousand of them takes a second
    with mock_aws():
        repair_moto()
        _load_managed_policies()
        client: Any = boto3.client("iam")  # type: ignore[no-untyped-call,unused-ignore]
        assert len(list(seed_roles(client))) == len(ROLES)
        yield client
    iam_backends.pop(MOTO_ACCOUNT, None)  # other tests load all of them


def _load_managed_policies() -> None:
    """Put AWS's policies in moto that the tests attach."""
    backend = iam_backends[MOTO_ACCOUNT]["global"]
    data = json.loads(aws_managed_policies_data)
    names = [arn.split("/")[-1] for role in ROLES for arn in role.managed_policies] + ["AdministratorAccess"]
    backend.aws_managed_policies = [
        AWSManagedPolicy.from_data(name, MOTO_ACCOUNT, "us-east-1", data[name]) for name in dict.fromkeys(names)
    ]
    backend.managed_policies = {policy.arn: policy for policy in backend.aws_managed_policies}


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Run the command and return its code, its output and what it complained of."""
    code = main(["audit", *words])
    told = capsys.readouterr()
    return code, told.out, told.err


def body(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    """Run the command for a machine, and return its code and its answer."""
    code, out, err = run(capsys, *words, "--output", "json")
    answer: dict[str, Any] = json.loads(out)
    assert ("not read:" in err, err.count("\n")) == (bool(answer["unread"]),) * 2
    return code, answer


def role_of(answer: dict[str, Any], name: str = NAME) -> dict[str, Any]:
    """Return what was told of a role."""
    return next(role for role in answer["roles"] if role["name"] == name)


@pytest.mark.usefixtures("iam")
def test_an_account_as_aws_makes_it_is_clean(capsys: pytest.CaptureFixture[str]) -> None:
    """Six roles and what is around each, all inside, and code 0."""
    code, answer = body(capsys)
    assert (code, answer["verdict"], answer["unread"]) == (CLEAN, "contained", [])
    counted = {"roles": 6, "contained": 6, "escaped": 0, "undecided": 0}
    assert answer["counts"] == {**counted, "resources": 6, "findings": {}}
    assert {(one["type"], one["state"]) for one in answer["resources"]} == {("iam-role", "inside")}


@pytest.mark.usefixtures("iam")
def test_a_bucket_that_is_opened_is_told_with_the_request_that_shows_it(capsys: pytest.CaptureFixture[str]) -> None:
    """In every format; the roles are what they were, and the code is that of an escape."""
    s3: Any = boto3.client("s3")  # type: ignore[no-untyped-call,unused-ignore]
    s3.create_bucket(Bucket="my-aws-panorama-models")
    opened = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}
    text = policy({**opened, "Resource": "arn:aws:s3:::my-aws-panorama-models/*"})
    s3.put_bucket_policy(Bucket="my-aws-panorama-models", Policy=text)
    code, answer = body(capsys)
    (bucket,) = [one for one in answer["resources"] if one["type"] == "s3-bucket"]
    assert (code, answer["verdict"], answer["counts"]["escaped"]) == (FOUND, "escaped", 0)
    assert (bucket["name"], bucket["state"]) == ("my-aws-panorama-models", "open")
    assert "s3:GetObject" in [finding["witness"]["action"] for finding in bucket["findings"] if finding["witness"]]
    for output in ("text", "sarif", "junit", "html"):
        code, out, _ = run(capsys, "--output", output)
        assert (code, "my-aws-panorama-models" in out) == (FOUND, True)
    code, out, _ = run(capsys, "--roles-only")
    assert (code, "my-aws-panorama-models" in out, "--roles-only" in out) == (CLEAN, False, True)


def test_what_cannot_be_listed_is_told_and_is_not_clean(
    iam: Any, capsys: pytest.CaptureFixture[str], environment: pytest.MonkeyPatch
) -> None:
    """A network that is closed to one service: all others are judged, that one is named, and the code is its own."""
    assert iam
    environment.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://localhost:9")
    environment.setattr("panorama_guard.aws.own_account._CONFIG", Config(retries={"total_max_attempts": 1}))
    code, answer = body(capsys)
    assert (code, answer["verdict"]) == (UNREAD, "contained")
    (unread,) = answer["unread"]
    assert unread.startswith("secret: AWS cannot be asked")


def test_an_escape_is_told_with_its_witness_and_its_statement(iam: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Verdict, request, statement, what escapes, severity and the command that shows it."""
    iam.put_role_policy(RoleName=NAME, PolicyName="pay", PolicyDocument=PAYROLL)
    code, answer = body(capsys)
    (finding,) = role_of(answer)["findings"]
    assert code == FOUND
    assert finding["witness"]["resource"].startswith("arn:aws:s3:::payroll/")
    assert (finding["source"], finding["severity"], finding["statement"]["index"]) == ("pay", "HIGH", 0)
    assert finding["escape"]["policy"]["Statement"][0]["Resource"] == "arn:aws:s3:::payroll/*"
    assert finding["see_it"].startswith("aws iam simulate-principal-policy")


def test_the_page_for_a_person_has_the_same(iam: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Who was read, each role, what escapes, and the counts."""
    iam.attach_role_policy(RoleName=NAME, PolicyArn=ADMINISTRATOR_ARN)
    code, out, err = run(capsys)
    assert (code, err) == (FOUND, "")
    assert out.startswith("account 123456789012, 6 roles, read as arn:aws:")
    assert f"ESCAPED   {NAME} arn:aws:iam::123456789012:role/service-role/{NAME}" in out
    assert f"Through:     {ADMINISTRATOR_ARN}" in out
    assert "Escapes:     every action on everything" in out
    judged = "6 roles judged: 5 contained, 1 escaped, 0 undecided; 6 resources: 6 inside"
    assert f"{judged}; 1 finding: 1 critical" in out
    assert "\x1b" not in out


def test_trust_is_judged_too(iam: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Somebody outside the profile who may become the role is an escape."""
    iam.update_assume_role_policy(RoleName=NAME, PolicyDocument=policy(trusting({"AWS": "999999999999"})))
    code, answer = body(capsys)
    assert code == FOUND
    assert role_of(answer)["findings"][0]["kind"] == "trust-escape"


def test_a_boundary_that_holds_the_role_in_is_seen(iam: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """The effective permission is judged, not the policies alone."""
    iam.put_role_policy(RoleName=NAME, PolicyName="pay", PolicyDocument=PAYROLL)
    text = policy(allow("s3:*", "arn:aws:s3:::*aws-panorama*"))
    arn = iam.create_policy(PolicyName="Bound", PolicyDocument=text)["Policy"]["Arn"]
    iam.put_role_permissions_boundary(RoleName=NAME, PermissionsBoundary=arn)
    assert body(capsys)[0] == CLEAN


def test_a_retired_service_has_no_permission_left(iam: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Every role that exists is a finding under posture retired."""
    assert iam
    code, answer = body(capsys, "--posture", "retired")
    assert (code, answer["counts"]["escaped"]) == (FOUND, len(ROLES))


@pytest.mark.parametrize(
    ("name", "path", "words"),
    [
        ("awspanoramaSERVICErole", "/", "by the case of its name"),
        (NAME, "/evil/", "by its path /evil/"),
        ("AWSPanoramaServiceRo1e", "/", "by its name"),
        ("AWS-Panorama-Service-Role", "/", "by its name"),
        ("AWSPanoramaServiceRoles", "/", "by its name"),
        ("AWSPanoramaServcieRole", "/", "by its name"),
    ],
)
def test_look_alikes_are_judged(iam: Any, capsys: pytest.CaptureFixture[str], name: str, path: str, words: str) -> None:
    """What is made to pass for a guarded role is held to the same ceiling, and said to be a look-alike."""
    for attached in SERVICE_ROLE.managed_policies:
        iam.detach_role_policy(RoleName=NAME, PolicyArn=attached)
    iam.delete_role(RoleName=NAME)
    iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=SERVICE_ROLE.trust_text)
    iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=ADMINISTRATOR)
    code, answer = body(capsys)
    role = role_of(answer, name)
    assert (code, role["judged_as"], role["verdict"]) == (FOUND, NAME, "escaped")
    assert words in role["likeness"]


def test_other_roles_are_none_of_its_business(iam: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """An administrator's role is neither judged nor told."""
    iam.create_role(RoleName="Admin", AssumeRolePolicyDocument=policy(trusting({"AWS": "123456789012"})))
    iam.attach_role_policy(RoleName="Admin", PolicyArn=ADMINISTRATOR_ARN)
    code, answer = body(capsys)
    assert (code, len(answer["roles"])) == (CLEAN, 6)
    assert "Admin" not in json.dumps(answer)


def test_a_role_of_any_name_that_the_service_may_assume_is_judged(iam: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """It is found by its trust, and held to what an application's role may do."""
    iam.create_role(RoleName="MyApp", AssumeRolePolicyDocument=policy(trusting({"Service": "panorama.amazonaws.com"})))
    assert body(capsys)[0] == CLEAN
    iam.attach_role_policy(RoleName="MyApp", PolicyArn=ADMINISTRATOR_ARN)
    code, answer = body(capsys)
    found = role_of(answer, "MyApp")
    assert (code, found["verdict"], found["judged_as"] != "MyApp") == (FOUND, "escaped", True)
    assert found["likeness"] == f"found to be of the family {found['judged_as']}"


def test_the_guard_s_own_roles_are_let_be(iam: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """By the name of its stack, whatever that is."""
    trust = policy(trusting({"Service": "panorama.amazonaws.com"}))
    iam.create_role(RoleName="watch-RemediateRole-1", AssumeRolePolicyDocument=trust)
    iam.attach_role_policy(RoleName="watch-RemediateRole-1", PolicyArn=ADMINISTRATOR_ARN)
    assert (body(capsys)[0], body(capsys, "--stack", "watch")[0]) == (FOUND, CLEAN)


def test_a_condition_that_is_not_understood_is_a_doubt(iam: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """What is not understood is told, and ends with a code of its own."""
    odd = policy(
        allow("s3:GetObject", "arn:aws:s3:::x/*", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/255.0.0.0"}})
    )
    iam.put_role_policy(RoleName=NAME, PolicyName="odd", PolicyDocument=odd)
    code, answer = body(capsys)
    assert (code, answer["verdict"]) == (IN_DOUBT, "undecided")
    assert body(capsys, "--fail-on", "escaped")[0] == CLEAN


def test_the_account_is_read_in_one_paginated_call(
    iam: Any, capsys: pytest.CaptureFixture[str], environment: pytest.MonkeyPatch
) -> None:
    """120 roles more cost pages, not calls per role."""
    for number in range(120):
        iam.create_role(RoleName=f"other-{number}", AssumeRolePolicyDocument=policy(trusting({"AWS": "123456789012"})))
    asked: list[str] = []
    make = OwnAccount._client  # noqa: SLF001 - the calls are what is counted

    def counting(account: OwnAccount, service: str) -> Any:
        client = make(account, service)
        client.meta.events.register("before-call.*.*", lambda model, **_: asked.append(model.name))
        return client

    environment.setattr(OwnAccount, "_client", counting)
    assert body(capsys, "--roles-only")[0] == CLEAN
    assert set(asked) == {"GetAccountAuthorizationDetails", "GetCallerIdentity"}
    assert len(asked) < 10


def test_what_an_attacker_names_is_escaped(iam: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """No text of a policy acts on a terminal or starts a line."""
    hostile = "arn:aws:s3:::x\x1b[2J\nESCAPED   \u202eevil/*"
    iam.put_role_policy(
        RoleName=NAME, PolicyName="h", PolicyDocument=json.dumps(json.loads(policy(allow("s3:*", hostile))))
    )
    for output in ("text", "json", "sarif", "junit"):
        code, out, _ = run(capsys, "--output", output)
        assert code == FOUND
        assert "\x1b" not in out
        assert "\u202e" not in out
        assert "\nESCAPED   \\u202e" not in out


def test_the_posture_page_is_one_file_with_the_same_findings(iam: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Account, reader, verdict, the deciding statement, who is trusted, and how the baselines compare."""
    iam.put_role_policy(RoleName=NAME, PolicyName="pay", PolicyDocument=PAYROLL)
    code, out, err = run(capsys, "--output", "html")
    assert (code, err) == (FOUND, "")
    assert out.startswith("<!DOCTYPE html>\n<html lang")
    assert out.isascii()
    for told in (
        "123456789012",
        "6 roles judged: 1 outside, 5 inside.",
        "arn:aws:s3:::payroll/*",
        ", the same document",
    ):
        assert told in out
    assert "aws iam simulate-principal-policy" in out
    assert "ANOTHER document" not in out


def test_the_posture_page_says_where_aws_has_another_document(iam: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """A managed policy of AWS that was edited since the profile was written: the baseline is not of today."""
    backend = iam_backends[MOTO_ACCOUNT]["global"]
    arn = SERVICE_ROLE.managed_policies[0]
    backend.managed_policies[arn].versions[-1].document = PAYROLL
    assert iam
    assert "ANOTHER document" in run(capsys, "--output", "html")[1]


def test_without_credentials_it_says_what_to_do(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line, code 2."""
    environment.delenv("AWS_ACCESS_KEY_ID")
    environment.delenv("AWS_SECRET_ACCESS_KEY")
    code, out, err = run(capsys)
    assert (code, out, err.count("\n")) == (UNREAD, "", 1)
    assert "no AWS credentials" in err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--profile", "nobody"), "The config profile (nobody) could not be found"),
        (("--endpoint-url", "nonsense"), "Invalid endpoint: nonsense"),
        (("--region", "no such\nregion"), "region"),
    ],
)
@pytest.mark.usefixtures("environment")
def test_bad_arguments_are_one_line(capsys: pytest.CaptureFixture[str], words: tuple[str, ...], told: str) -> None:
    """What botocore does not take is told in its words, without a stack trace."""
    code, out, err = run(capsys, *words)
    assert (code, out, err.count("\n")) == (UNREAD, "", 1)
    assert told in err


@pytest.mark.usefixtures("environment")
def test_a_closed_network_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody listens there: it says so, and what to check."""
    with socket.socket() as closed:
        closed.bind(("localhost", 0))
        code, out, err = run(capsys, "--endpoint-url", f"http://localhost:{closed.getsockname()[1]}")
    assert (code, out, err.count("\n")) == (UNREAD, "", 1)
    assert "check the network" in err


def test_a_denied_listing_is_one_line(environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """It names the permission that is missing, and nothing is said to be clean."""
    with mock_aws():
        client: Any = boto3.client("iam")  # type: ignore[no-untyped-call,unused-ignore]
        client.create_user(UserName="nobody")
        key = client.create_access_key(UserName="nobody")["AccessKey"]
        environment.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
        environment.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
        code, out, err = set_initial_no_auth_action_count(0)(run)(capsys)
    assert (code, out, err.count("\n")) == (UNREAD, "", 1)
    assert "GetAccountAuthorizationDetails" in err
    assert "AccessDenied" in err


def test_a_word_too_many_names_the_help_of_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    """Which says what it takes."""
    with pytest.raises(SystemExit, match="2"):
        main(["audit", "extra"])
    told = capsys.readouterr().err
    assert told == ("panorama-guard audit: error: unrecognized arguments: extra; see panorama-guard audit --help\n")
