"""What is spared for speed changes no answer."""

from __future__ import annotations

import http.client
import json
from urllib.parse import urlencode

import pytest
from moto.iam.models import iam_backends

from local import wire
from local.emulator import DEFAULT_ACCOUNT
from local.moto_quickening import account_of
from panorama_guard.aws.clients import keep_documents_as_text
from tests.stack.roles import read_all, read_record
from tests.unit.local.cloud import ADMIN, TRUST, Cloud
from tests.unit.local.signed import environ_of

FORM, TARGETED = "application/x-www-form-urlencoded; charset=utf-8", "application/x-amz-json-1.0"
PERCENT = '{"Version":"2012-10-17",  "Statement":[{"Effect":"Deny","Action":"s3:Get%41+\u00fc","Resource":"*"}]}'


def _form(*fields: tuple[str, str]) -> bytes:
    return urlencode([("Version", "2010-05-08"), *fields]).encode()


REQUESTS: dict[str, tuple[str, bytes, dict[str, str]]] = {
    "a form": ("iam", _form(("Action", "GetRole"), ("RoleName", "R")), {"CONTENT_TYPE": FORM}),
    "a field twice": (
        "iam",
        _form(("Action", "GetRole"), ("RoleName", "R"), ("RoleName", "S")),
        {"CONTENT_TYPE": FORM},
    ),
    "an empty field": (
        "iam",
        _form(("Action", "UpdateRole"), ("RoleName", "R"), ("Description", "")),
        {"CONTENT_TYPE": FORM},
    ),
    "letters beyond ASCII": (
        "iam",
        _form(("Action", "PutRolePolicy"), ("RoleName", "R"), ("PolicyName", "p"), ("PolicyDocument", PERCENT)),
        {"CONTENT_TYPE": FORM},
    ),
    "members of a list": (
        "iam",
        _form(("Action", "TagRole"), ("RoleName", "R"), ("Tags.member.1.Key", "k"), ("Tags.member.1.Value", "v")),
        {"CONTENT_TYPE": FORM},
    ),
    "no number where one belongs": (
        "iam",
        _form(("Action", "ListRoles"), ("MaxItems", "many")),
        {"CONTENT_TYPE": FORM},
    ),
    "no such action": ("iam", _form(("Action", "NoSuchThing")), {"CONTENT_TYPE": FORM}),
    "a target": (
        "dynamodb",
        b'{"TableName": "t", "Key": {"pk": {"S": "x"}}}',
        {"CONTENT_TYPE": TARGETED, "HTTP_X_AMZ_TARGET": "DynamoDB_20120810.GetItem"},
    ),
    "a target of the streams": (
        "dynamodb",
        b'{"ShardIterator": "i"}',
        {"CONTENT_TYPE": TARGETED, "HTTP_X_AMZ_TARGET": "DynamoDBStreams_20120810.GetRecords"},
    ),
    "a body that is no JSON": (
        "sqs",
        b"{",
        {"CONTENT_TYPE": TARGETED, "HTTP_X_AMZ_TARGET": "AmazonSQS.SendMessage"},
    ),
    "a body that is a list": (
        "sqs",
        b"[1]",
        {"CONTENT_TYPE": TARGETED, "HTTP_X_AMZ_TARGET": "AmazonSQS.SendMessage"},
    ),
    "no such target": ("sqs", b"{}", {"CONTENT_TYPE": TARGETED, "HTTP_X_AMZ_TARGET": "AmazonSQS.Sing"}),
    "no such service": ("nothing", _form(("Action", "GetRole")), {"CONTENT_TYPE": FORM}),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_a_plain_request_is_read_as_moto_reads_it(name: str) -> None:
    """The short way and moto's own routers and parsers come to the same call, or to none."""
    service, body, headers = REQUESTS[name]
    environ = environ_of(service, "POST", "/", body, {"HTTP_AMZ_SDK_INVOCATION_ID": "one", **headers})
    short, whole = wire._read_named(environ, body), wire._read_any(environ, body)  # noqa: SLF001 - the two ways
    assert short == whole
    assert (short is None) == name.startswith("no such")


def test_a_key_belongs_to_the_account_that_moto_finds(cloud: Cloud) -> None:
    """A user's key is found in its account, and what nobody has is the first account's; no other partition is made."""
    iam = cloud.client("iam")
    iam.create_user(UserName="u")
    key = iam.create_access_key(UserName="u")["AccessKey"]["AccessKeyId"]
    made = list(iam_backends[DEFAULT_ACCOUNT])
    assert [account_of(each) for each in (key, "nobody's")] == [DEFAULT_ACCOUNT, DEFAULT_ACCOUNT]
    assert list(iam_backends[DEFAULT_ACCOUNT]) == made


def test_all_roles_at_once_are_as_each_by_itself(cloud: Cloud) -> None:
    """The two ways in which tests read roles come to the same, byte for byte."""
    iam = cloud.client("iam")
    iam.create_role(RoleName="plain", AssumeRolePolicyDocument=TRUST)
    iam.create_role(RoleName="full", AssumeRolePolicyDocument=TRUST.replace(" ", "  "), Description="of all kinds")
    iam.put_role_policy(RoleName="full", PolicyName="second", PolicyDocument=PERCENT)
    iam.put_role_policy(RoleName="full", PolicyName="first", PolicyDocument=PERCENT.replace("  ", " "))
    bounds = iam.create_policy(PolicyName="bounds", PolicyDocument=PERCENT.replace("%41", "A"))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="full", PolicyArn=bounds)
    iam.put_role_permissions_boundary(RoleName="full", PermissionsBoundary=bounds)
    iam.tag_role(RoleName="full", Tags=[{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "1"}])
    iam.attach_role_policy(RoleName="full", PolicyArn=ADMIN)
    raw = cloud.client("iam")
    keep_documents_as_text(raw)
    held = read_all(raw)
    assert held.roles == {name: read_record(raw, name) for name in ("plain", "full")}
    assert held.policies == (bounds,)


def test_a_body_that_is_announced_is_asked_for(cloud: Cloud) -> None:
    """A client that waits for `100 Continue`, as S3's do, is told to go on."""
    connection = http.client.HTTPConnection("127.0.0.1", cloud.server.port)
    connection.putrequest("POST", "/_local/echo")
    connection.putheader("Expect", "100-continue")
    connection.putheader("Content-Length", "1")
    connection.endheaders()
    assert connection.sock.recv(64) == b"HTTP/1.1 100 Continue\r\n\r\n"
    connection.send(b"x")
    assert json.load(connection.getresponse()) == ["POST", "x"]
    connection.close()


def test_what_is_no_request_is_turned_away(cloud: Cloud) -> None:
    """A line that is not of HTTP gets an error, and the connection ends."""
    connection = http.client.HTTPConnection("127.0.0.1", cloud.server.port)
    connection.connect()
    connection.sock.sendall(b"hello\r\n\r\n")
    assert connection.sock.recv(64).startswith(b"HTTP/1.1 400 ")
    connection.close()


def test_aws_s_own_policies_are_the_same_in_every_account_and_each_counts_by_itself() -> None:
    """They are read once; what one account does to them is nothing to another."""
    here, there = (iam_backends[account]["aws"] for account in ("111111111111", "222222222222"))
    assert len(here.aws_managed_policies) > 1_000
    mine, its = (backend.managed_policies["arn:aws:iam::aws:policy/AdministratorAccess"] for backend in (here, there))
    assert (mine.id, mine.versions[0].document, mine.account_id) == (its.id, its.versions[0].document, "111111111111")
    mine.attachment_count += 1
    mine.tags["of"] = {"Key": "of", "Value": "one"}
    mine.versions[0].is_default = False
    assert (its.attachment_count, its.tags, its.versions[0].is_default) == (0, {}, True)
