"""Calls are read off the wire as their service would read them."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from local.wire import Call, read_call
from tests.unit.local.signed import environ_of


def _read(service: str, method: str, uri: str, body: bytes = b"", **headers: str) -> Call | None:
    """Return the call that a request makes."""
    return read_call(environ_of(service, method, uri, body, headers), body)


def _known(call: Call | None) -> Call:
    assert call is not None
    return call


def test_a_query_call_is_read_from_its_form() -> None:
    """IAM's operation and parameters stand in the form, its region and caller in the signature."""
    tags = {"Tags.member.1.Key": "k", "Tags.member.1.Value": "v"}
    body = urlencode({"Action": "CreateRole", "Version": "2010-05-08", "RoleName": "R", **tags}).encode()
    call = _known(_read("iam", "POST", "/", body, CONTENT_TYPE="application/x-www-form-urlencoded"))
    assert (call.service, call.operation, call.region, call.protocol) == ("iam", "CreateRole", "eu-west-1", "query")
    assert call.parameters == {"RoleName": "R", "Tags": [{"Key": "k", "Value": "v"}]}
    assert (call.caller.access_key, call.caller.source_ip, call.caller.user_agent) == (
        "AKIAEXAMPLE",
        "192.0.2.1",
        "test/1",
    )


def test_a_json_call_is_read_from_its_target() -> None:
    """DynamoDB's operation stands in a header; CloudWatch signs under another name than its model's."""
    json_type = "application/x-amz-json-1.0"
    target = "DynamoDB_20120810.GetItem"
    body = b'{"TableName": "t", "Key": {"pk": {"S": "x"}}}'
    call = _known(_read("dynamodb", "POST", "/", body, CONTENT_TYPE=json_type, HTTP_X_AMZ_TARGET=target))
    assert (call.service, call.operation, call.text("TableName")) == ("dynamodb", "GetItem", "t")
    target = "GraniteServiceVersion20100801.PutMetricData"
    call = _known(
        _read("monitoring", "POST", "/", b'{"Namespace": "n"}', CONTENT_TYPE=json_type, HTTP_X_AMZ_TARGET=target)
    )
    assert (call.service, call.operation, call.text("Namespace")) == ("cloudwatch", "PutMetricData", "n")


def test_streams_share_the_tables_signing_name() -> None:
    """A call on a DynamoDB stream is told from one on a table by its target."""
    target = "DynamoDBStreams_20120810.GetRecords"
    body = b'{"ShardIterator": "i"}'
    json_type = "application/x-amz-json-1.0"
    call = _known(_read("dynamodb", "POST", "/", body, CONTENT_TYPE=json_type, HTTP_X_AMZ_TARGET=target))
    assert (call.service, call.operation) == ("dynamodbstreams", "GetRecords")


@pytest.mark.parametrize(
    ("method", "uri", "operation"),
    [
        ("PUT", "/bucket", "CreateBucket"),
        ("PUT", "/bucket?policy", "PutBucketPolicy"),
        ("DELETE", "/bucket?policy", "DeleteBucketPolicy"),
        ("PUT", "/bucket?publicAccessBlock", "PutPublicAccessBlock"),
        ("PUT", "/bucket/key", "PutObject"),
        ("GET", "/bucket/deep/key", "GetObject"),
    ],
)
def test_s3_calls_are_told_apart_by_path_and_query(method: str, uri: str, operation: str) -> None:
    """The same path is another operation with another method or sub-resource."""
    call = _known(_read("s3", method, uri))
    assert (call.service, call.operation, call.text("Bucket")) == ("s3", operation, "bucket")


def test_a_bucket_in_the_host_is_a_bucket() -> None:
    """Virtual-host style is read like path style."""
    call = _known(_read("s3", "PUT", "/?policy", b"{}", HTTP_HOST="payroll.localhost:4566"))
    assert (call.operation, call.text("Bucket"), call.text("Policy")) == ("PutBucketPolicy", "payroll", "{}")
    assert call.host == "payroll.localhost:4566"


def test_the_accounts_public_access_block_is_s3_control() -> None:
    """S3 Control signs as S3 and is told by its path."""
    uri = "/v20180820/configuration/publicAccessBlock"
    call = _known(_read("s3", "DELETE", uri, HTTP_X_AMZ_ACCOUNT_ID="123456789012"))
    assert (call.service, call.operation) == ("s3control", "DeletePublicAccessBlock")


def test_a_presigned_url_names_its_caller() -> None:
    """A signature in the query string counts as one in the header."""
    credential = "X-Amz-Credential=AKIAEXAMPLE%2F20261123%2Feu-west-1%2Fs3%2Faws4_request"
    call = _known(_read("", "PUT", f"/bucket/key?{credential}"))
    assert (call.operation, call.caller.access_key, call.region) == ("PutObject", "AKIAEXAMPLE", "eu-west-1")


def test_greengrass_versions_share_a_name() -> None:
    """A path that v1 does not know is looked for in v2."""
    one = _known(_read("greengrass", "PUT", "/greengrass/groups/g/role", b'{"RoleArn": "r"}'))
    two = _known(_read("greengrass", "POST", "/greengrass/v2/deployments", b'{"targetArn": "t"}'))
    assert (one.service, one.operation) == ("greengrass", "AssociateRoleToGroup")
    assert (two.service, two.operation) == ("greengrassv2", "CreateDeployment")


def test_an_unknown_service_or_operation_is_none() -> None:
    """What botocore's models do not know is not guessed."""
    form = "application/x-www-form-urlencoded"
    assert _read("nonsense", "POST", "/") is None
    assert _read("iam", "POST", "/", b"Action=MakeTea", CONTENT_TYPE=form) is None


def test_a_malformed_body_leaves_no_parameters() -> None:
    """The service answers a body that does not parse with its own error; the reader does not fail on it."""
    target = "DynamoDB_20120810.GetItem"
    call = _known(
        _read("dynamodb", "POST", "/", b"{", CONTENT_TYPE="application/x-amz-json-1.0", HTTP_X_AMZ_TARGET=target)
    )
    assert call.parameters == {}
