"""A guard function may do what its role's policies say, and nothing else."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.authorizer import Requirement
from local.emulator import LOCK
from local.front_errors import CallRefusedError
from local.identity import Credentials
from tests.unit.local.cloud import ADMIN, Cloud, policy

ROLE = "arn:aws:iam::123456789012:role/Function"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:orders"


def _enforced(cloud: Cloud, *documents: str) -> Credentials:
    """Return a session of an enforced role with these inline policies."""
    cloud.role("Function")
    for number, document in enumerate(documents):
        cloud.client("iam").put_role_policy(RoleName="Function", PolicyName=f"p{number}", PolicyDocument=document)
    with LOCK:
        cloud.server.authorizer.enforce(ROLE)
        keys = cloud.server.identities.open_session(ROLE, "function", region="us-east-1")
    cloud.hooks.events.clear()
    return keys


def _code(call: Callable[[], Any]) -> str:
    """Return the error code that a call raises."""
    with pytest.raises(ClientError) as caught:
        call()
    return str(caught.value.response["Error"]["Code"])


def test_a_role_that_is_not_enforced_may_do_anything(cloud: Cloud) -> None:
    """Only the guard's own roles are held to their policies."""
    keys = cloud.session(cloud.role("Anyone"))
    cloud.client("iam", keys).create_user(UserName="eve")
    assert cloud.detail("CreateUser")["userIdentity"]["type"] == "AssumedRole"


def test_what_the_policy_allows_is_done(cloud: Cloud) -> None:
    """A call on the resource that the policy names goes through."""
    cloud.role("Subject", Path="/service-role/")
    subject = "arn:aws:iam::123456789012:role/service-role/Subject"
    keys = _enforced(cloud, policy("iam:GetRole", resource=subject))
    assert cloud.client("iam", keys).get_role(RoleName="Subject")["Role"]["Arn"] == subject


def test_identity_providers_are_named_by_their_arns(cloud: Cloud) -> None:
    """A permission on the account's providers reaches them."""
    keys = _enforced(cloud, policy("iam:Get*Provider", resource="arn:aws:iam::123456789012:oidc-provider/*"))
    own = cloud.client("iam").create_open_id_connect_provider(
        Url="https://token.example.com", ClientIDList=["x"], ThumbprintList=["a" * 40]
    )["OpenIDConnectProviderArn"]
    found = cloud.client("iam", keys).get_open_id_connect_provider(OpenIDConnectProviderArn=own)
    assert found["ClientIDList"] == ["x"]


def test_another_resource_is_denied_by_its_full_arn(cloud: Cloud) -> None:
    """The role's path counts: a policy for the role at `/` does not reach one at `/service-role/`."""
    cloud.role("Subject", Path="/service-role/")
    keys = _enforced(cloud, policy("iam:GetRole", resource="arn:aws:iam::123456789012:role/Subject"))
    with pytest.raises(
        ClientError, match=r"not authorized to perform: iam:GetRole on resource: .*service-role/Subject"
    ):
        cloud.client("iam", keys).get_role(RoleName="Subject")


def test_a_denied_write_is_recorded_without_parameters(cloud: Cloud) -> None:
    """A denied write changes nothing and is an event with the error and null parameters."""
    cloud.role("Subject")
    keys = _enforced(cloud)
    document = policy("s3:*")
    denied = _code(
        lambda: cloud.client("iam", keys).put_role_policy(RoleName="Subject", PolicyName="p", PolicyDocument=document)
    )
    detail = cloud.detail("PutRolePolicy")
    assert denied == "AccessDenied"
    assert detail["errorCode"] == "AccessDenied"
    assert "assumed-role/Function/function is not authorized" in detail["errorMessage"]
    assert detail["requestParameters"] is None
    assert cloud.client("iam").list_role_policies(RoleName="Subject")["PolicyNames"] == []


def test_an_explicit_deny_wins(cloud: Cloud) -> None:
    """A Deny in one policy beats the Allow of another."""
    keys = _enforced(cloud, policy("iam:*"), policy("iam:ListRoles", effect="Deny"))
    assert _code(lambda: cloud.client("iam", keys).list_roles()) == "AccessDenied"


def test_a_boundary_bounds(cloud: Cloud) -> None:
    """An action outside the permissions boundary is denied, one inside is not."""
    keys = _enforced(cloud, policy("iam:*"))
    iam = cloud.client("iam")
    boundary = iam.create_policy(PolicyName="bound", PolicyDocument=policy("iam:GetRole"))["Policy"]["Arn"]
    iam.put_role_permissions_boundary(RoleName="Function", PermissionsBoundary=boundary)
    assert _code(lambda: cloud.client("iam", keys).list_roles()) == "AccessDenied"
    cloud.client("iam", keys).get_role(RoleName="Function")


def test_an_attached_policy_allows_by_its_default_version(cloud: Cloud) -> None:
    """Of a customer policy only the default version counts."""
    keys = _enforced(cloud)
    iam = cloud.client("iam")
    arn = iam.create_policy(PolicyName="reads", PolicyDocument=policy("iam:ListUsers"))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="Function", PolicyArn=arn)
    cloud.client("iam", keys).list_users()
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy("iam:ListRoles"), SetAsDefault=True)
    assert _code(lambda: cloud.client("iam", keys).list_users()) == "AccessDenied"


def test_conditions_see_which_policy_is_attached(cloud: Cloud) -> None:
    """A condition on `iam:PolicyARN` holds for the policy it names alone."""
    cloud.role("Subject")
    allowed = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    condition = {"ArnEquals": {"iam:PolicyARN": allowed}}
    keys = _enforced(cloud, policy("iam:AttachRolePolicy", Condition=condition))
    iam = cloud.client("iam", keys)
    iam.attach_role_policy(RoleName="Subject", PolicyArn=allowed)
    assert _code(lambda: iam.attach_role_policy(RoleName="Subject", PolicyArn=ADMIN)) == "AccessDenied"


def test_conditions_see_the_account_of_the_resource(cloud: Cloud) -> None:
    """`aws:ResourceAccount` is the account's own."""
    condition = {"StringEquals": {"aws:ResourceAccount": "999999999999"}}
    keys = _enforced(cloud, policy("iam:ListRoles", Condition=condition))
    assert _code(lambda: cloud.client("iam", keys).list_roles()) == "AccessDenied"


def test_events_are_put_on_the_bus_and_in_the_name_that_the_policy_names(cloud: Cloud) -> None:
    """Each entry by itself."""
    condition = {"StringEquals": {"events:source": "own"}}
    bus = "arn:aws:events:us-east-1:123456789012:event-bus/default"
    keys = _enforced(cloud, policy("events:PutEvents", resource=bus, Condition=condition))
    own = {"Source": "own", "DetailType": "x", "Detail": "{}"}
    events = cloud.client("events", keys)
    assert events.put_events(Entries=[{**own, "EventBusName": "default"}])["FailedEntryCount"] == 0
    foreign, elsewhere = {**own, "Source": "aws.iam"}, {**own, "EventBusName": "other"}
    assert _code(lambda: events.put_events(Entries=[own, foreign])).startswith("AccessDenied")
    assert _code(lambda: events.put_events(Entries=[own, elsewhere])).startswith("AccessDenied")


def test_findings_are_imported_for_the_product_that_the_policy_names(cloud: Cloud) -> None:
    """Not for another one."""
    product = "arn:aws:securityhub:us-east-1:123456789012:product/123456789012/default"
    keys = _enforced(cloud, policy("securityhub:BatchImportFindings", resource=product))
    hub = cloud.client("securityhub", keys)
    texts = ("SchemaVersion", "Id", "GeneratorId", "AwsAccountId", "CreatedAt", "UpdatedAt", "Title", "Description")
    finding = {**dict.fromkeys(texts, "x"), "Resources": [{"Type": "Other", "Id": "x"}]}
    assert hub.batch_import_findings(Findings=[{**finding, "ProductArn": product}])["SuccessCount"] == 1
    other = {**finding, "ProductArn": product.replace("default", "other")}
    assert _code(lambda: hub.batch_import_findings(Findings=[other])).startswith("AccessDenied")


def test_an_operation_without_a_rule_is_denied_clearly(cloud: Cloud) -> None:
    """A call that the table does not know is denied, whatever the policies say, and the message says why."""
    keys = _enforced(cloud, policy("*"))
    with pytest.raises(ClientError, match=r"no rule to authorize `ssm:PutParameter`"):
        cloud.client("ssm", keys).put_parameter(Name="p", Value="x", Type="String")


def test_a_call_that_nobody_knows_is_denied(cloud: Cloud) -> None:
    """An enforced role cannot get past its policies with a request that the models do not have."""
    keys = _enforced(cloud, policy("*"))
    scope = f"Credential={keys.access_key}/20261123/us-east-1/unheard-of/aws4_request"
    headers = {"Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0"}
    request = urllib.request.Request(f"{cloud.server.endpoint}/", headers=headers)
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(request)


def test_sending_to_an_encrypted_queue_needs_its_key(cloud: Cloud) -> None:
    """SendMessage alone is not enough when a customer key encrypts the queue."""
    key = cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
    url = cloud.client("sqs").create_queue(QueueName="orders", Attributes={"KmsMasterKeyId": key})["QueueUrl"]
    keys = _enforced(cloud, policy("sqs:SendMessage", resource=QUEUE))
    sqs = cloud.client("sqs", keys)
    assert _code(lambda: sqs.send_message(QueueUrl=url, MessageBody="x")) == "KMS.AccessDeniedException"
    key_use = policy("kms:Decrypt", "kms:GenerateDataKey", resource=key)
    cloud.client("iam").put_role_policy(RoleName="Function", PolicyName="key", PolicyDocument=key_use)
    assert sqs.send_message(QueueUrl=url, MessageBody="x")["MessageId"]


def test_each_protocol_denies_in_its_own_words(cloud: Cloud) -> None:
    """SQS, SNS, DynamoDB, KMS, Logs and CloudWatch raise the codes that their clients know."""
    keys = _enforced(cloud)
    url = cloud.client("sqs").create_queue(QueueName="orders")["QueueUrl"]
    topic = cloud.client("sns").create_topic(Name="alerts")["TopicArn"]
    calls: dict[str, Callable[[], Any]] = {
        "sqs": lambda: cloud.client("sqs", keys).send_message(QueueUrl=url, MessageBody="x"),
        "sns": lambda: cloud.client("sns", keys).publish(TopicArn=topic, Message="x"),
        "dynamodb": lambda: cloud.client("dynamodb", keys).get_item(TableName="t", Key={"pk": {"S": "x"}}),
        "kms": lambda: cloud.client("kms", keys).generate_data_key(KeyId="alias/x", KeySpec="AES_256"),
        "logs": lambda: cloud.client("logs", keys).create_log_stream(logGroupName="g", logStreamName="s"),
        "cloudwatch": lambda: cloud.client("cloudwatch", keys).put_metric_data(
            Namespace="n", MetricData=[{"MetricName": "m", "Value": 1.0}]
        ),
    }
    assert {service: _code(call) for service, call in calls.items()} == {
        "sqs": "AccessDenied",
        "sns": "AuthorizationError",
        "dynamodb": "AccessDeniedException",
        "kms": "AccessDeniedException",
        "logs": "AccessDeniedException",
        "cloudwatch": "AccessDenied",
    }


def test_a_table_is_reached_by_its_name_or_its_arn(cloud: Cloud) -> None:
    """A policy on the table's ARN allows the call however the table is named."""
    cloud.client("dynamodb").create_table(
        TableName="ledger",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    arn = "arn:aws:dynamodb:us-east-1:123456789012:table/ledger"
    keys = _enforced(cloud, policy("dynamodb:PutItem", resource=arn))
    table = cloud.client("dynamodb", keys)
    table.put_item(TableName="ledger", Item={"pk": {"S": "a"}})
    table.put_item(TableName=arn, Item={"pk": {"S": "b"}})
    assert _code(lambda: table.delete_item(TableName="ledger", Key={"pk": {"S": "a"}})) == "AccessDeniedException"


def test_a_stream_is_reached_by_its_arn(cloud: Cloud) -> None:
    """Reading a table's stream needs its permissions on the stream, also by an iterator that only implies it."""
    cloud.client("dynamodb").create_table(
        TableName="streamed",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    streams = cloud.client("dynamodbstreams")
    arn = streams.list_streams(TableName="streamed")["Streams"][0]["StreamArn"]
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    keys = _enforced(cloud, policy("dynamodb:GetRecords", resource=arn))
    reader = cloud.client("dynamodbstreams", keys)
    assert reader.get_records(ShardIterator=iterator["ShardIterator"])["Records"] == []
    assert _code(lambda: reader.describe_stream(StreamArn=arn)) == "AccessDeniedException"


def test_a_log_stream_is_part_of_the_resource(cloud: Cloud) -> None:
    """A policy on `log-group:NAME:*` allows streams in the group, one on the bare group does not."""
    group = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/f"
    cloud.client("logs").create_log_group(logGroupName="/aws/lambda/f")
    keys = _enforced(cloud, policy("logs:CreateLogStream", resource=f"{group}:*"))
    logs = cloud.client("logs", keys)
    logs.create_log_stream(logGroupName="/aws/lambda/f", logStreamName="one")
    bare = policy("logs:CreateLogStream", resource=group)
    cloud.client("iam").put_role_policy(RoleName="Function", PolicyName="p0", PolicyDocument=bare)
    two = _code(lambda: logs.create_log_stream(logGroupName="/aws/lambda/f", logStreamName="two"))
    assert two == "AccessDeniedException"


def test_a_service_acting_as_the_role_is_held_too(cloud: Cloud) -> None:
    """The stack's pollers ask before they read a queue in a function's name."""
    _enforced(cloud, policy("sqs:ReceiveMessage", resource=QUEUE))
    with LOCK:
        cloud.server.authorizer.check(ROLE, Requirement("sqs:ReceiveMessage", QUEUE), region="us-east-1")
        with pytest.raises(CallRefusedError, match=r"not authorized to perform: sqs:DeleteMessage"):
            cloud.server.authorizer.check(ROLE, Requirement("sqs:DeleteMessage", QUEUE), region="us-east-1")


def _older_than(time: str) -> str:
    """Return the Deny for sessions that were issued before a time."""
    return policy("*", effect="Deny", Condition={"DateLessThan": {"aws:TokenIssueTime": time}})


@pytest.mark.parametrize(("time", "code"), [("2000-01-01T00:00:00Z", ""), ("2099-01-01T00:00:00Z", "AccessDenied")])
def test_a_session_is_denied_by_when_it_was_issued(cloud: Cloud, time: str, code: str) -> None:
    """What a trust repair puts beside it ends the sessions from before, at their next call."""
    iam = cloud.client("iam", _enforced(cloud, policy("iam:ListRoles"), _older_than(time)))
    assert (_code(iam.list_roles) if code else "") == code


def test_who_am_i_needs_no_permission(cloud: Cloud) -> None:
    """GetCallerIdentity is answered to anybody, as in AWS."""
    keys = _enforced(cloud)
    assert cloud.client("sts", keys).get_caller_identity()["Account"] == "123456789012"


KEY_RULE = {"SSEAlgorithm": "aws:kms"}


def _encrypted_bucket(cloud: Cloud, name: str) -> str:
    """Make a bucket that is encrypted with a key of the account, and return the key's ARN."""
    key = str(cloud.client("kms").create_key()["KeyMetadata"]["Arn"])
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket=name)
    rule = {"ApplyServerSideEncryptionByDefault": {**KEY_RULE, "KMSMasterKeyID": key}}
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})
    return key


def test_an_object_in_an_encrypted_bucket_needs_the_key_too(cloud: Cloud) -> None:
    """To put it a data key is made, to read it one is opened: neither permission is the other's."""
    key = _encrypted_bucket(cloud, "kept")
    keys = _enforced(cloud, policy("s3:PutObject", resource="arn:aws:s3:::kept/*"))
    s3 = cloud.client("s3", keys)
    assert _code(lambda: s3.put_object(Bucket="kept", Key="x", Body=b"x")) == "AccessDenied"
    document = policy("kms:GenerateDataKey", resource=key)
    cloud.client("iam").put_role_policy(RoleName="Function", PolicyName="key", PolicyDocument=document)
    s3.put_object(Bucket="kept", Key="x", Body=b"x")
    assert _code(lambda: s3.get_object(Bucket="kept", Key="x")) == "AccessDenied"


def test_an_object_of_another_name_is_denied(cloud: Cloud) -> None:
    """The permission is on the key, not on the bucket."""
    cloud.client("s3").create_bucket(Bucket="open")
    keys = _enforced(cloud, policy("s3:PutObject", resource="arn:aws:s3:::open/posture.*"))
    cloud.client("s3", keys).put_object(Bucket="open", Key="posture.html", Body=b"x")
    assert _code(lambda: cloud.client("s3", keys).put_object(Bucket="open", Key="other", Body=b"x")) == "AccessDenied"


def test_a_bucket_is_listed_by_prefix(cloud: Cloud) -> None:
    """The permission is on the bucket, and may say of which names."""
    cloud.client("s3").create_bucket(Bucket="listed")
    of_it = {"StringEquals": {"s3:prefix": "posture.told"}}
    statement = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::listed", "Condition": of_it}
    s3 = cloud.client("s3", _enforced(cloud, json.dumps({"Version": "2012-10-17", "Statement": [statement]})))
    assert s3.list_objects_v2(Bucket="listed", Prefix="posture.told")["KeyCount"] == 0
    assert _code(lambda: s3.list_objects_v2(Bucket="listed", Prefix="posture")) == "AccessDenied"
    assert _code(lambda: s3.list_objects_v2(Bucket="listed")) == "AccessDenied"


def test_a_bucket_that_refuses_calls_in_the_clear_takes_those_of_this_machine(cloud: Cloud) -> None:
    """Here every call stands for one with TLS; what else the policy denies is denied."""
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="tls")
    refused = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::tls/*"]}
    clear = {**refused, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    s3.put_bucket_policy(Bucket="tls", Policy=json.dumps({"Version": "2012-10-17", "Statement": [clear]}))
    s3.put_object(Bucket="tls", Key="x", Body=b"x")
    s3.put_bucket_policy(Bucket="tls", Policy=json.dumps({"Version": "2012-10-17", "Statement": [clear, refused]}))
    with pytest.raises(ClientError, match="403"):
        s3.put_object(Bucket="tls", Key="y", Body=b"y")


def test_a_bucket_that_refuses_other_accounts_takes_the_calls_of_its_own(cloud: Cloud) -> None:
    """Here every call is of the account that the bucket is in: what names another one as its own denies."""
    s3, own = cloud.client("s3"), cloud.client("sts").get_caller_identity()["Account"]
    s3.create_bucket(Bucket="own")
    s3.put_bucket_policy(Bucket="own", Policy=_all_but(own))
    s3.put_object(Bucket="own", Key="x", Body=b"x")
    s3.put_bucket_policy(Bucket="own", Policy=_all_but("999999999999"))
    with pytest.raises(ClientError, match="403"):
        s3.put_object(Bucket="own", Key="y", Body=b"y")


def _all_but(account: str) -> str:
    """Return a bucket's policy that refuses whoever is of another account, and no service."""
    condition = {
        "StringNotEquals": {"aws:PrincipalAccount": account},
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
    }
    refused = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::own/*"]}
    return json.dumps({"Version": "2012-10-17", "Statement": [{**refused, "Condition": condition}]})


def test_metrics_are_read_by_permission(cloud: Cloud) -> None:
    """The action knows no resource."""
    queries = [
        {"Id": "q", "MetricStat": {"Metric": {"Namespace": "n", "MetricName": "m"}, "Period": 60, "Stat": "Sum"}}
    ]
    asked = {"MetricDataQueries": queries, "StartTime": "2026-11-26T00:00:00Z", "EndTime": "2026-11-26T01:00:00Z"}
    keys = _enforced(cloud, policy("cloudwatch:GetMetricData"))
    assert cloud.client("cloudwatch", keys).get_metric_data(**asked)["MetricDataResults"][0]["Values"] == []
    cloud.client("iam").delete_role_policy(RoleName="Function", PolicyName="p0")
    assert _code(lambda: cloud.client("cloudwatch", keys).get_metric_data(**asked)).startswith("AccessDenied")
