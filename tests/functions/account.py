"""The functions in one process on moto: their queues, ledger and topic, and what becomes of a message."""

import importlib.util
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import pytest
from moto.iam.models import AWSManagedPolicy

from local.emulator import iam_backend
from local.seed import seed_roles
from panorama_guard import bootstrap
from panorama_guard.aws import clients
from panorama_guard.case.telling import STREAMED
from tests.builders import ADMINISTRATOR, ADMINISTRATOR_ARN, NOW, aws_documents, policy, trusting
from tests.contract.drivers import MOTO_ACCOUNT, REGION, create_table, moto_account
from tests.url_events import url_event

ROOT = Path(__file__).resolve().parents[2]
EVENTS = ROOT / "events"
CANARY = "panorama-guard-CanaryRole-1"
RULE = "panorama-guard-IamChangesRule-1"
REPORT_BUCKET = "panorama-guard-reports"
FUNCTIONS = ("inspect", "remediate", "notify", "relay", "sweep", "report", "operate")


@dataclass
class Context:
    """What Powertools asks of a Lambda context."""

    function_name: str = "function"
    memory_limit_in_mb: int = 256
    invoked_function_arn: str = f"arn:aws:lambda:{REGION}:{MOTO_ACCOUNT}:function:function"
    aws_request_id: str = "00000000-0000-4000-8000-000000000000"
    remaining_ms: int = 60_000

    def get_remaining_time_in_millis(self) -> int:
        """Return how much time there is."""
        return self.remaining_ms


@dataclass
class Account:
    """An account with the guard's queues, ledger and topic."""

    urls: dict[str, str]
    calls: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make the clients of whoever changes the account."""
        self.iam: Any = boto3.client("iam", region_name=REGION)
        self.sqs: Any = boto3.client("sqs", region_name=REGION)
        self.dynamodb: Any = boto3.client("dynamodb", region_name=REGION)

    def inspect(self, *bodies: str) -> dict[str, Any]:
        """Deliver messages of the changes queue."""
        return self._invoke("inspect", sqs_batch(*bodies))

    def remediate(self) -> dict[str, Any]:
        """Deliver the waiting orders."""
        return self._invoke("remediate", sqs_batch(*self.take("orders"), group="group"))

    def notify(self) -> dict[str, Any]:
        """Deliver the incidents of the ledger, as its stream does."""
        items = self.dynamodb.scan(TableName="ledger")["Items"]
        told = [one for one in items if one["sk"]["S"].partition("#")[0] in STREAMED]
        return self._invoke("notify", {"Records": [stream_record(str(n), one) for n, one in enumerate(told)]})

    def summarize(self) -> dict[str, Any]:
        """Deliver the requests for a summary."""
        return self._invoke("notify", sqs_batch(*self.take("summaries"), group="summary"))

    def operate(self, caller: str, body: object) -> tuple[int, dict[str, Any]]:
        """Send an operator's command, signed by a caller whom AWS has proved."""
        answer = self._invoke("operate", url_event(caller, body))
        return answer["statusCode"], json.loads(answer["body"])

    def sweep(self, body: str = "{}") -> dict[str, Any]:
        """Deliver one request for a sweep: of the guard's own account, or of members."""
        return self._invoke("sweep", sqs_batch(body, group="sweep"))

    def report(self, *reasons: str) -> dict[str, Any]:
        """Deliver requests for a report."""
        bodies = [json.dumps({"reason": reason}) for reason in reasons]
        return self._invoke("report", sqs_batch(*bodies, group="report"))

    def shelved(self, name: str) -> str:
        """Return a file of the report."""
        s3 = boto3.client("s3", region_name=REGION)
        return str(s3.get_object(Bucket=REPORT_BUCKET, Key=name)["Body"].read().decode())

    def take(self, queue: str) -> list[str]:
        """Return the bodies of all messages of a queue, taking them off it."""
        found: list[str] = []
        url = self.urls[queue]
        while batch := self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            for message in batch:
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            found += [message["Body"] for message in batch]
        return found

    def _invoke(self, name: str, event: dict[str, Any]) -> dict[str, Any]:
        if event.get("Records") == []:  # Lambda is not woken by nothing
            return {"batchItemFailures": []}
        for service in ("iam", "dynamodb", "sqs", "sns", "s3", "cloudwatch"):
            # Registering once more under the same id does nothing.
            clients.client(service).meta.events.register("before-call", self._count, unique_id="count")
        self.calls.clear()
        answer: dict[str, Any] = load_handler(name).handler(event, Context(name))
        return answer

    def _count(self, model: Any, **_: object) -> None:
        self.calls.append(f"{model.service_model.service_name}:{model.name}")


def load_handler(name: str) -> ModuleType:
    """Return a function's module, loaded as Lambda loads it: by its file."""
    known = f"{name}_handler"
    if known not in sys.modules:
        spec = importlib.util.spec_from_file_location(known, ROOT / "functions" / name / "handler.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[known] = module
        spec.loader.exec_module(module)
    return sys.modules[known]


def sqs_batch(*bodies: str, group: str = "") -> dict[str, Any]:
    """Return the event that Lambda makes of messages."""
    return {
        "Records": [
            {
                "messageId": f"message-{number}",
                "receiptHandle": "handle",
                "body": body,
                "attributes": {"MessageGroupId": f"{group}{number}"} if group else {},
                "messageAttributes": {},
                "md5OfBody": "",
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:{REGION}:{MOTO_ACCOUNT}:queue",
                "awsRegion": REGION,
            }
            for number, body in enumerate(bodies)
        ]
    }


def stream_record(number: str, image: dict[str, Any]) -> dict[str, Any]:
    """Return the record that the ledger's stream has of an item."""
    return {
        "eventID": f"stream-{number}",
        "eventName": "MODIFY",
        "eventSource": "aws:dynamodb",
        "dynamodb": {"SequenceNumber": number, "StreamViewType": "NEW_IMAGE", "NewImage": image},
    }


@contextmanager
def guarded_account(
    *, mode: str = "enforce", posture: str = "active", members: str = "", remediate_members: str = "no"
) -> Iterator[Account]:
    """Run with the five roles in an account, with the functions' settings, of an organisation if it has members."""
    with moto_account(), pytest.MonkeyPatch.context() as environment:
        urls = _create_queues()
        topic = boto3.client("sns", region_name=REGION).create_topic(Name="alerts")["TopicArn"]
        _subscribe(topic, urls["alerts"])
        boto3.client("s3", region_name=REGION).create_bucket(Bucket=REPORT_BUCKET)
        create_table(boto3.client("dynamodb", region_name=REGION), "ledger")
        boto3.client("events", region_name=REGION).put_rule(Name=RULE, EventPattern='{"source": ["aws.iam"]}')
        given = settings(urls, topic, mode=mode, posture=posture)
        for name, value in (given | (of_organisation(urls, members, remediate_members) if members else {})).items():
            environment.setenv(name, value)
        clear()
        clients.client.cache_clear()
        clients.own_session.cache_clear()  # the functions' session is made in this account
        account = Account(urls)
        reset(account)
        yield account
        clear()
        clients.client.cache_clear()
        clients.own_session.cache_clear()  # and left with it


def reset(account: Account) -> None:
    """Empty the account's roles and the ledger, and make the five roles again."""
    iam_backend(MOTO_ACCOUNT).reset()
    for arn, document in (*aws_documents().items(), (ADMINISTRATOR_ARN, ADMINISTRATOR)):
        create_aws_policy(arn, document)
    for item in account.dynamodb.scan(TableName="ledger")["Items"]:
        account.dynamodb.delete_item(TableName="ledger", Key={"pk": item["pk"], "sk": item["sk"]})
    for queue in account.urls:
        account.take(queue)
    boto3.client("s3", region_name=REGION).delete_object(Bucket=REPORT_BUCKET, Key="posture.told")
    list(seed_roles(account.iam))
    account.iam.create_role(RoleName=CANARY, AssumeRolePolicyDocument=policy(trusting({"AWS": MOTO_ACCOUNT})))


def settings(urls: dict[str, str], topic: str, *, mode: str, posture: str) -> dict[str, str]:
    """Return the functions' environment."""
    return {
        "ACCOUNT_ID": MOTO_ACCOUNT,
        "LEDGER_TABLE": "ledger",
        "MODE": mode,
        "POSTURE": posture,
        "CUSTOMER_POLICIES": "keep",
        "CHANGES_QUEUE_URL": urls["changes"],
        "REMEDIATIONS_QUEUE_URL": urls["orders"],
        "RECHECKS_QUEUE_URL": urls["rechecks"],
        "REMEDIATE_ROLE_ARN": f"arn:aws:iam::{MOTO_ACCOUNT}:role/panorama-guard-remediate",
        "SWEEPS_QUEUE_URL": urls["sweeps"],
        "SWEEP_WINDOW_SECONDS": "60",
        "BREAKER_REOPENINGS": "5",
        "BREAKER_WINDOW_MINUTES": "15",
        "APPROVAL_MINUTES": "60",
        "MAXIMUM_WAIVER_DAYS": "30",
        "MAXIMUM_PAUSE_MINUTES": "60",
        "OPERATOR_IDENTITY": "role",
        "OPERATOR_ACCOUNT": "",
        "GUARD_ROLE_ARNS": f"arn:aws:iam::{MOTO_ACCOUNT}:role/panorama-guard-remediate",
        "STACK_NAME": "panorama-guard",
        "HOME_REGION": "us-east-1",
        "MEMBER_EXTERNAL_ID": "",
        "HUB_ACCOUNT": "",
        "REMEDIATE_MEMBERS": "no",
        "MEMBERS_QUEUE_URL": "",
        "OTHER_REGIONS": "",
        "CANARY_ROLE": CANARY,
        "ALERTS_PER_MINUTE": "1000",
        "SUMMARIES_QUEUE_URL": urls["summaries"],
        "REPORTS_QUEUE_URL": urls["reports"],
        "REPORT_ROLE_ARN": f"arn:aws:iam::{MOTO_ACCOUNT}:role/panorama-guard-report",
        "REPORT_BUCKET": REPORT_BUCKET,
        "DEAD_LETTER_QUEUE_URLS": f"{urls['rechecks']},{urls['sweeps']}",
        "EVENT_RULES": "iam=panorama-guard-IamChangesRule,s3=panorama-guard-S3ChangesRule",
        "OWN_RULES": RULE,
        "TOPIC_ARN": topic,
        "CHAT_TOPIC_ARN": "",
        "EVENT_BUS": "",
        "SECURITY_HUB_PRODUCT_ARN": "",
        "POWERTOOLS_SERVICE_NAME": "guard",
        "POWERTOOLS_METRICS_NAMESPACE": "PanoramaGuard",
        "POWERTOOLS_METRICS_DISABLED": "true",
    }


def of_organisation(urls: dict[str, str], members: str, remediate_members: str) -> dict[str, str]:
    """Return what is set otherwise where the account is the hub of an organisation."""
    return {
        "MEMBER_EXTERNAL_ID": "an-external-id-of-ours",
        "HUB_ACCOUNT": MOTO_ACCOUNT,
        "MEMBERS": members,
        "REMEDIATE_MEMBERS": remediate_members,
        "MEMBERS_QUEUE_URL": urls["members"],
        "LOOKS_QUEUE_URL": urls["looks"],
    }


def clear() -> None:
    """Forget settings and wiring, as a new execution environment does."""
    for name in ("inspector", "remediator", "notifier", "relayer", "sweeper", "reporter", "operator"):
        getattr(bootstrap, name).cache_clear()  # by name: another test has the module loaded again
    bootstrap._settings.cache_clear()  # noqa: SLF001 - a new environment starts without it


def create_aws_policy(arn: str, document: str, account: str = MOTO_ACCOUNT) -> None:
    """Make one of AWS's managed policies; to load moto's own list of them takes seconds."""
    path, _, name = arn.partition(":policy")[2].rpartition("/")
    made = {"CreateDate": NOW, "UpdateDate": NOW, "DefaultVersionId": "v1", "Path": f"{path}/"}
    data = {**made, "Document": json.loads(document)}
    iam_backend(account).managed_policies[arn] = AWSManagedPolicy.from_data(name, account, "aws", data)


def _create_queues() -> dict[str, str]:
    sqs = boto3.client("sqs", region_name=REGION)
    urls = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("changes", "rechecks", "alerts")}
    for name in ("orders", "sweeps", "reports", "summaries", "members", "looks"):
        urls[name] = sqs.create_queue(QueueName=f"{name}.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    return urls


def _subscribe(topic: str, url: str) -> None:
    sqs, sns = boto3.client("sqs", region_name=REGION), boto3.client("sns", region_name=REGION)
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)


def body_of(path: Path) -> str:
    """Return a sample event as the queue holds it."""
    return path.read_text(encoding="utf-8")


def event_on(name: str, **parameters: object) -> str:
    """Return a sample event with other request parameters."""
    event = json.loads(body_of(EVENTS / f"{name}.json"))
    event["detail"]["requestParameters"] |= parameters
    return json.dumps(event)
