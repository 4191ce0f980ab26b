"""cli/replay.py: what the guard would see after a call, by an event in a file; it reads, and errors are one line."""

import json
from pathlib import Path
from typing import Any

import boto3
import jsonschema
import pytest

from panorama_guard.cli import main
from panorama_guard.cli.reviewed import CLEAN, FOUND, IN_DOUBT, UNREAD
from tests.builders import ADMINISTRATOR, ADMINISTRATOR_ARN, PAYROLL, SERVICE_ROLE
from tests.contract.drivers import MOTO_ACCOUNT
from tests.unit.cli.test_audit import environment, iam  # noqa: F401 - fixtures

ROOT = Path(__file__).resolve().parents[3]
EVENTS = ROOT / "events"
SCHEMA = json.loads((ROOT / "docs/schemas/replay-1.schema.json").read_text(encoding="utf-8"))
FILES = sorted(EVENTS.rglob("*.json"))
NAME = SERVICE_ROLE.name
CHANGE = str(EVENTS / "PutRolePolicy.json")
BUCKET = "my-aws-panorama-models"


def replayed(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    """Run a replay for machines, hold what it says against its schema, and return it with the exit code."""
    code = main(["replay", *arguments, "--output", "json"])
    body = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(SCHEMA).validate(body)
    return code, body["events"]


@pytest.mark.usefixtures("iam")
def test_an_event_leads_to_the_role_as_it_is_now(capsys: pytest.CaptureFixture[str]) -> None:
    """Clean as it is: nothing is found."""
    code, (event,) = replayed(capsys, CHANGE)
    assert (code, event["outcome"], event["looks_at"]) == (CLEAN, "judged", [NAME])
    assert [role["verdict"] for role in event["roles"]] == ["contained"]


def test_what_escapes_is_shown_and_nothing_is_changed(iam: Any, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: F811
    """With the request that proves it; the role stays as it was."""
    iam.put_role_policy(RoleName=NAME, PolicyName="pay", PolicyDocument=PAYROLL)
    code, (event,) = replayed(capsys, CHANGE)
    assert (code, event["roles"][0]["verdict"], event["roles"][0]["findings"][0]["source"]) == (FOUND, "escaped", "pay")
    assert iam.list_role_policies(RoleName=NAME)["PolicyNames"] == ["pay"]
    assert main(["replay", CHANGE]) == FOUND
    shown = capsys.readouterr().out
    assert "ESCAPED" in shown
    assert shown.rstrip().endswith("Nothing was changed: a replay reads, and the guard alone acts.")


def test_a_role_that_is_gone_is_said_to_be(iam: Any, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: F811
    """It was deleted since."""
    for attached in iam.list_attached_role_policies(RoleName=NAME)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=NAME, PolicyArn=attached["PolicyArn"])
    iam.delete_role(RoleName=NAME)
    code, (event,) = replayed(capsys, CHANGE)
    assert (code, event["roles"], event["absent"]) == (CLEAN, [], [NAME])


def test_a_policy_leads_to_the_roles_that_use_it(
    iam: Any,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    """As the account has them now."""
    arn = iam.create_policy(PolicyName="wide", PolicyDocument=ADMINISTRATOR)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=NAME, PolicyArn=arn)
    event = json.loads((EVENTS / "CreatePolicyVersion.json").read_text(encoding="utf-8"))
    event["detail"]["requestParameters"]["policyArn"] = arn
    file = tmp_path / "event.json"
    file.write_text(json.dumps(event), encoding="utf-8")
    code, (event,) = replayed(capsys, str(file))
    assert (code, event["looks_at"]) == (FOUND, [NAME])


@pytest.mark.usefixtures("iam")
def test_a_bucket_is_judged_too(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Read with the caller's credentials."""
    s3: Any = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket=BUCKET)
    stranger = {"Effect": "Allow", "Principal": {"AWS": "999999999999"}, "Action": "s3:GetObject"}
    document = {"Version": "2012-10-17", "Statement": [{**stranger, "Resource": f"arn:aws:s3:::{BUCKET}/*"}]}
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(document))
    event = json.loads((EVENTS / "PutBucketPolicy.json").read_text(encoding="utf-8"))
    event["detail"]["requestParameters"]["bucketName"] = BUCKET
    file = tmp_path / "event.json"
    file.write_text(json.dumps(event), encoding="utf-8")
    code, (event,) = replayed(capsys, str(file))
    assert (code, event["resources"][0]["state"]) == (FOUND, "open")


@pytest.mark.usefixtures("iam")
def test_that_the_event_is_of_another_account_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """What is judged is the account of the credentials."""
    _, (event,) = replayed(capsys, CHANGE)
    assert event["reason"].endswith(f"account {MOTO_ACCOUNT} was asked")


def roles_file(folder: Path, *attached: str) -> str:
    """Write one role as AWS prints it, with the administrator's policy."""
    role = {
        "RoleName": NAME,
        "RoleId": "AROAEXAMPLE",
        "Path": "/service-role/",
        "Arn": f"arn:aws:iam::{MOTO_ACCOUNT}:role/service-role/{NAME}",
        "AssumeRolePolicyDocument": json.loads(SERVICE_ROLE.trust_text),
        "RolePolicyList": [],
        "AttachedManagedPolicies": [{"PolicyArn": arn, "PolicyName": "x"} for arn in attached],
    }
    version = {"VersionId": "v1", "IsDefaultVersion": True, "Document": json.loads(ADMINISTRATOR)}
    policies = [{"Arn": arn, "PolicyVersionList": [version]} for arn in attached]
    file = folder / "roles.json"
    file.write_text(json.dumps({"RoleDetailList": [role], "Policies": policies}), encoding="utf-8")
    return str(file)


def test_roles_of_a_file_are_judged_without_aws(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No credentials are looked for."""
    code, (event,) = replayed(capsys, CHANGE, "--roles", roles_file(tmp_path, ADMINISTRATOR_ARN))
    assert (code, event["roles"][0]["verdict"]) == (FOUND, "escaped")
    code, _ = replayed(capsys, CHANGE, "--roles", roles_file(tmp_path))
    assert code == CLEAN


def test_offline_nothing_is_judged_and_it_is_no_all_clear(capsys: pytest.CaptureFixture[str]) -> None:
    """Where the event leads is said, and that it is not known what stands there."""
    code, (event,) = replayed(capsys, CHANGE, "--offline")
    assert (code, event["outcome"], event["looks_at"], event["roles"]) == (IN_DOUBT, "not judged", [NAME], [])
    code, _ = replayed(capsys, CHANGE, "--offline", "--fail-on", "escaped")
    assert code == CLEAN


@pytest.mark.parametrize(
    ("file", "code", "outcome"),
    [
        ("failed/denied-with-parameters.json", CLEAN, "failed"),
        ("unreadable/parameters-null.json", IN_DOUBT, "needs a sweep"),
        ("PutRolePolicy-on-another-role.json", IN_DOUBT, "not judged"),
    ],
)
def test_what_is_no_change_of_a_guarded_role_says_why(
    file: str, code: int, outcome: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """As the guard takes it."""
    ended, (event,) = replayed(capsys, str(EVENTS / file), "--offline")
    assert (ended, event["outcome"]) == (code, outcome)


@pytest.mark.parametrize("wrap", ["Records", "Events", "list", "record"])
def test_events_are_read_in_every_form_that_somebody_has(
    wrap: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A record, a log file, what lookup-events prints, a list of events."""
    event = json.loads(Path(CHANGE).read_text(encoding="utf-8"))
    record = event["detail"]
    forms = {
        "Records": {"Records": [record, record]},
        "Events": {"Events": [{"CloudTrailEvent": json.dumps(record)}] * 2},
        "list": [event, event],
        "record": record,
    }
    file = tmp_path / "events.json"
    file.write_text(json.dumps(forms[wrap]), encoding="utf-8")
    _, events = replayed(capsys, str(file), "--offline")
    assert [one["looks_at"] for one in events] == [[NAME]] * (1 if wrap == "record" else 2)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(EVENTS)))
def test_every_sample_event_is_replayed_or_refused_in_one_line(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No stack trace for any of them."""
    code = main(["replay", str(path), "--offline"])
    told = capsys.readouterr().err.splitlines()
    assert (code == UNREAD) == (path.parent.name == "malformed")
    assert len(told) == (code == UNREAD)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "null",
        "7",
        '"text"',
        "{",
        '{"Records": []}',
        '{"Events": [{}]}',
        '{"Events": [{"CloudTrailEvent": "{"}]}',
    ],
)
def test_a_file_without_an_event_is_one_line(content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Which says what is wrong with it."""
    file = tmp_path / "event.json"
    file.write_text(content, encoding="utf-8")
    assert main(["replay", str(file), "--offline"]) == UNREAD
    captured = capsys.readouterr()
    assert (captured.out, len(captured.err.splitlines())) == ("", 1)


def test_what_is_no_event_is_told_with_its_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And which of several it is; AWS is asked for nothing before."""
    file, several = tmp_path / "event.json", tmp_path / "events.json"
    file.write_text("{}", encoding="utf-8")
    event = json.loads(Path(CHANGE).read_text(encoding="utf-8"))
    several.write_text(json.dumps([event, {"detail": {}}]), encoding="utf-8")
    assert [main(["replay", str(one), "--endpoint-url", "http://127.0.0.1:9"]) for one in (file, several)] == [
        UNREAD
    ] * 2
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith(f"panorama-guard: {file}: no event of CloudTrail or EventBridge: detail is missing")
    assert f"{several}, event 2: no event of CloudTrail or EventBridge: detail.eventSource is missing" in second


@pytest.mark.parametrize("content", ["[]", "{}", '{"RoleDetailList": 7}', '{"RoleDetailList": [{}]}', "no JSON"])
def test_a_file_of_roles_that_is_none_is_one_line(
    content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Which names what is missing."""
    file = tmp_path / "roles.json"
    file.write_text(content, encoding="utf-8")
    assert main(["replay", CHANGE, "--roles", str(file)]) == UNREAD
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments", [["--roles", "x", "--offline"], ["--posture", "asleep"], ["--output", "html"], ["--fail-on", "never"]]
)
def test_wrong_arguments_end_with_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """And a line that says which."""
    with pytest.raises(SystemExit) as caught:
        main(["replay", CHANGE, *arguments])
    assert caught.value.code == UNREAD
    assert "error:" in capsys.readouterr().err


def test_without_credentials_or_a_network_it_is_one_line(
    environment: pytest.MonkeyPatch,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Which says what to do."""
    assert main(["replay", CHANGE, "--endpoint-url", "http://127.0.0.1:9"]) == UNREAD
    assert "check the network" in capsys.readouterr().err
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        environment.delenv(name)
    assert main(["replay", CHANGE]) == UNREAD
    assert "no AWS credentials" in capsys.readouterr().err
