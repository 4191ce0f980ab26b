"""The recorder writes what CloudTrail would have written."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

import pytest
from botocore.awsrequest import AWSRequest
from botocore.exceptions import ClientError

from local.trail_shapes import HIDDEN
from tests.unit.local.cloud import ADMIN, TRUST, Cloud, policy

TEXT = policy("s3:*")


def test_the_envelope_is_eventbridges(cloud: Cloud) -> None:
    """An event carries CloudTrail's fields in EventBridge's envelope, and IAM's region is us-east-1."""
    cloud.client("iam", region="us-west-2").create_role(RoleName="R", AssumeRolePolicyDocument=TRUST)
    (event,) = cloud.hooks.events
    detail = event["detail"]
    assert event["version"] == "0"
    assert event["detail-type"] == "AWS API Call via CloudTrail"
    assert (event["source"], event["region"], event["account"]) == ("aws.iam", "us-east-1", "123456789012")
    assert event["time"] == detail["eventTime"]
    assert (detail["eventSource"], detail["eventType"]) == ("iam.amazonaws.com", "AwsApiCall")
    assert (detail["readOnly"], detail["managementEvent"], detail["eventCategory"]) == (False, True, "Management")
    assert detail["sourceIPAddress"] == "127.0.0.1"
    assert detail["userAgent"].startswith("Boto3/")
    assert "errorCode" not in detail


def test_event_ids_are_unique(cloud: Cloud) -> None:
    """Two calls that are alike are two events."""
    cloud.role()
    for _ in range(2):
        cloud.client("iam").put_role_policy(RoleName="Guarded", PolicyName="p", PolicyDocument=TEXT)
    first, second = cloud.details("PutRolePolicy")
    assert first["eventID"] != second["eventID"]


def test_create_role_keeps_the_request_plain_and_the_response_encoded(cloud: Cloud) -> None:
    """A trust policy is text in the request, URL-encoded in the response; a path that was not given is absent."""
    arn = cloud.role()
    detail = cloud.detail("CreateRole")
    assert detail["requestParameters"] == {"roleName": "Guarded", "assumeRolePolicyDocument": TRUST}
    role = detail["responseElements"]["role"]
    assert role["assumeRolePolicyDocument"].startswith("%7B%22")
    assert unquote(role["assumeRolePolicyDocument"]) == TRUST
    assert (role["arn"], role["path"]) == (arn, "/")
    assert role["createDate"].endswith((" AM", " PM"))


_POLICY_ARN = "arn:aws:iam::123456789012:policy/custom"
_IAM_CALLS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        "PutRolePolicy",
        {"RoleName": "Guarded", "PolicyName": "p", "PolicyDocument": TEXT},
        {"roleName": "Guarded", "policyName": "p", "policyDocument": TEXT},
    ),
    (
        "UpdateAssumeRolePolicy",
        {"RoleName": "Guarded", "PolicyDocument": TRUST},
        {"roleName": "Guarded", "policyDocument": TRUST},
    ),
    (
        "AttachRolePolicy",
        {"RoleName": "Guarded", "PolicyArn": ADMIN},
        {"roleName": "Guarded", "policyArn": ADMIN},
    ),
    (
        "PutRolePermissionsBoundary",
        {"RoleName": "Guarded", "PermissionsBoundary": ADMIN},
        {"roleName": "Guarded", "permissionsBoundary": ADMIN},
    ),
    ("DeleteRolePermissionsBoundary", {"RoleName": "Guarded"}, {"roleName": "Guarded"}),
    (
        "UpdateRole",
        {"RoleName": "Guarded", "MaxSessionDuration": 7200},
        {"roleName": "Guarded", "maxSessionDuration": 7200},
    ),
    (
        "TagRole",
        {"RoleName": "Guarded", "Tags": [{"Key": "team", "Value": "Edge"}]},
        {"roleName": "Guarded", "tags": [{"key": "team", "value": "Edge"}]},
    ),
    (
        "SetDefaultPolicyVersion",
        {"PolicyArn": _POLICY_ARN, "VersionId": "v1"},
        {"policyArn": _POLICY_ARN, "versionId": "v1"},
    ),
    ("DeleteRole", {"RoleName": "Guarded"}, {"roleName": "Guarded"}),
    ("DeletePolicy", {"PolicyArn": _POLICY_ARN}, {"policyArn": _POLICY_ARN}),
]


@pytest.mark.parametrize(("operation", "given", "recorded"), _IAM_CALLS, ids=[call[0] for call in _IAM_CALLS])
def test_iam_calls_without_a_result_record_lower_camel_parameters_and_null(
    cloud: Cloud, operation: str, given: dict[str, Any], recorded: dict[str, Any]
) -> None:
    """The parameters are those given, documents as text; the response of a call without a result is null."""
    cloud.role()
    iam = cloud.client("iam")
    iam.create_policy(PolicyName="custom", PolicyDocument=TEXT)
    iam._make_api_call(operation, given)  # noqa: SLF001 - one test for every operation
    detail = cloud.detail(operation)
    assert detail["requestParameters"] == recorded
    if operation != "UpdateRole":  # its result has no members, yet is there
        assert detail["responseElements"] is None


def test_a_new_policy_version_says_whether_it_is_the_default(cloud: Cloud) -> None:
    """CreatePolicyVersion carries the ARN, the document and the new version's id."""
    iam = cloud.client("iam")
    arn = iam.create_policy(PolicyName="custom", PolicyDocument=TEXT)["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=TEXT, SetAsDefault=True)
    detail = cloud.detail("CreatePolicyVersion")
    assert detail["requestParameters"] == {"policyArn": arn, "policyDocument": TEXT, "setAsDefault": True}
    version = detail["responseElements"]["policyVersion"]
    assert (version["versionId"], version["isDefaultVersion"]) == ("v2", True)


def test_a_service_linked_role_keeps_the_odd_spelling(cloud: Cloud) -> None:
    """CreateServiceLinkedRole's parameter is `aWSServiceName`."""
    cloud.client("iam").create_service_linked_role(AWSServiceName="panorama.amazonaws.com")
    assert cloud.detail("CreateServiceLinkedRole")["requestParameters"] == {"aWSServiceName": "panorama.amazonaws.com"}


def test_a_failed_call_carries_the_error_and_its_parameters(cloud: Cloud) -> None:
    """A write on a role that does not exist is an event with the model's error name."""
    iam = cloud.client("iam")
    with pytest.raises(ClientError, match="NoSuchEntity"):
        iam.attach_role_policy(RoleName="Nobody", PolicyArn=ADMIN)
    detail = cloud.detail("AttachRolePolicy")
    assert detail["errorCode"] == "NoSuchEntityException"
    assert "Nobody" in detail["errorMessage"]
    assert detail["requestParameters"] == {"roleName": "Nobody", "policyArn": ADMIN}
    assert detail["responseElements"] is None


def test_reads_and_data_calls_are_not_recorded(cloud: Cloud) -> None:
    """Reading IAM, moving messages and storing objects are no management events."""
    cloud.role()
    s3, sqs = cloud.client("s3"), cloud.client("sqs")
    s3.create_bucket(Bucket="data-calls")
    url = sqs.create_queue(QueueName="data-calls")["QueueUrl"]
    cloud.hooks.events.clear()
    cloud.client("iam").get_role(RoleName="Guarded")
    cloud.client("iam").list_roles()
    cloud.client("sts").get_caller_identity()
    sqs.send_message(QueueUrl=url, MessageBody="x")
    sqs.receive_message(QueueUrl=url)
    s3.put_object(Bucket="data-calls", Key="k", Body=b"x")
    assert cloud.hooks.events == []


def test_a_bucket_policy_is_an_object(cloud: Cloud) -> None:
    """PutBucketPolicy carries the policy decoded, the bucket's name and its ARN as resource."""
    s3 = cloud.client("s3", region="us-west-2")
    s3.create_bucket(Bucket="payroll", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    s3.put_bucket_policy(Bucket="payroll", Policy=TEXT)
    detail = cloud.detail("PutBucketPolicy")
    assert detail["awsRegion"] == "us-west-2"
    assert detail["requestParameters"]["bucketPolicy"] == json.loads(TEXT)
    assert (detail["requestParameters"]["bucketName"], detail["requestParameters"]["policy"]) == ("payroll", "")
    assert detail["resources"] == [
        {"accountId": "123456789012", "type": "AWS::S3::Bucket", "ARN": "arn:aws:s3:::payroll"}
    ]
    assert "resources" not in cloud.detail("CreateBucket")


def test_s3_events_have_the_trails_names(cloud: Cloud) -> None:
    """The trail's names of S3 events are not the API's, for a bucket and for an account."""
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="names")
    block = {"BlockPublicAcls": True}
    s3.put_public_access_block(Bucket="names", PublicAccessBlockConfiguration=block)
    s3.delete_public_access_block(Bucket="names")
    control = cloud.client("s3control")
    control.meta.events.register("before-sign.s3-control", _without_account_in_host)
    control.put_public_access_block(AccountId="123456789012", PublicAccessBlockConfiguration=block)
    names = [(detail["eventSource"], detail["eventName"]) for detail in cloud.details()]
    assert names == [
        ("s3.amazonaws.com", "CreateBucket"),
        ("s3.amazonaws.com", "PutBucketPublicAccessBlock"),
        ("s3.amazonaws.com", "DeleteBucketPublicAccessBlock"),
        ("s3.amazonaws.com", "PutAccountPublicAccessBlock"),
    ]
    configuration = cloud.detail("PutBucketPublicAccessBlock")["requestParameters"]["PublicAccessBlockConfiguration"]
    assert configuration["BlockPublicAcls"] is True


def _without_account_in_host(request: AWSRequest, **_: object) -> None:
    # The account's host name would need DNS.
    request.url = str(request.url).replace("//123456789012.", "//")


def test_lambda_events_have_versioned_names_and_no_environment(cloud: Cloud) -> None:
    """AddPermission is AddPermission20150331v2; code and environment variables are not shown."""
    arn = cloud.role()
    functions = cloud.client("lambda")
    functions.create_function(
        FunctionName="infer",
        Runtime="python3.13",
        Role=arn,
        Handler="a.b",
        Code={"ZipFile": b"not shown"},
        Environment={"Variables": {"TOKEN": "s3cret"}},
    )
    functions.add_permission(
        FunctionName="infer", StatementId="backdoor", Action="lambda:InvokeFunction", Principal="*"
    )
    created, added = cloud.detail("CreateFunction20150331"), cloud.detail("AddPermission20150331v2")
    assert created["requestParameters"]["environment"] == {}
    assert created["requestParameters"]["code"] == {}
    assert created["responseElements"]["role"] == arn
    assert "s3cret" not in json.dumps(created)
    assert added["requestParameters"] == {
        "functionName": "infer",
        "statementId": "backdoor",
        "action": "lambda:InvokeFunction",
        "principal": "*",
    }
    assert json.loads(added["responseElements"]["statement"])["Sid"] == "backdoor"


def test_greengrass_keeps_its_case_and_hides_first_versions(cloud: Cloud) -> None:
    """Greengrass v1 logs wire names, and three asterisks for the initial version."""
    cloud.client("greengrass").create_function_definition(Name="f", InitialVersion={"Functions": []})
    parameters = cloud.detail("CreateFunctionDefinition")["requestParameters"]
    assert parameters == {"Name": "f", "InitialVersion": "***"}


def test_secrets_are_hidden(cloud: Cloud) -> None:
    """A password is replaced in the request, a secret key is left out of the response."""
    iam = cloud.client("iam")
    iam.create_user(UserName="eve")
    iam.create_login_profile(UserName="eve", Password="correct horse")  # noqa: S106 - nobody's
    secret = iam.create_access_key(UserName="eve")["AccessKey"]["SecretAccessKey"]
    assert cloud.detail("CreateLoginProfile")["requestParameters"]["password"] == HIDDEN
    assert "accessKeyId" in cloud.detail("CreateAccessKey")["responseElements"]["accessKey"]
    assert secret not in json.dumps(cloud.hooks.events)


def test_parameters_of_more_than_100_kb_are_omitted(cloud: Cloud) -> None:
    """A request too large for the trail is an event without parameters."""
    cloud.client("ssm").put_parameter(Name="p", Value="x", Type="String", Description="d" * 110_000)
    assert cloud.detail("PutParameter")["requestParameters"] is None


def test_the_write_is_visible_before_its_event(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads on hearing of an event sees the write."""
    cloud.role()
    seen: list[list[str]] = []

    def look(_: dict[str, Any]) -> None:
        seen.append(cloud.client("iam").list_role_policies(RoleName="Guarded")["PolicyNames"])

    monkeypatch.setattr(cloud.hooks, "publish", look)
    cloud.client("iam").put_role_policy(RoleName="Guarded", PolicyName="p", PolicyDocument=TEXT)
    assert seen == [["p"]]
