import json
from typing import Any

from local.delivery_streams import StreamPoller
from local.deploy_records import Batching, Function, StreamMapping
from local.hooks import InvokeResult
from local.patterns import parse_pattern
from tests.unit.local_delivery.emulated import ACCOUNT, Aws, arn_of, function_record

BROKEN = InvokeResult(b"{}", function_error="Unhandled")


class Functions:
    """One function that fails on the records it is told to fail on."""

    def __init__(self, role_arn: str, *, poison: str = "", reports: bool = False) -> None:
        """Fail on the item with this key, with a report or with an error."""
        self.batches: list[list[str]] = []
        self.records: list[dict[str, Any]] = []
        self._role_arn = role_arn
        self._poison = poison
        self._reports = reports

    def invoke(self, _: str, payload: bytes) -> InvokeResult:
        """Take a batch."""
        self.records = json.loads(payload)["Records"]
        keys = [record["dynamodb"]["Keys"]["pk"]["S"] for record in self.records]
        self.batches.append(keys)
        if self._poison not in keys:
            return InvokeResult(b"{}")
        if not self._reports:
            return BROKEN
        number = self.records[keys.index(self._poison)]["dynamodb"]["SequenceNumber"]
        return InvokeResult(json.dumps({"batchItemFailures": [{"itemIdentifier": number}]}).encode())

    def submit(self, function_arn: str, payload: bytes) -> None:
        """Take an asynchronous call, of which a stream makes none."""
        raise AssertionError((function_arn, payload))

    def function_named(self, name: str) -> Function:
        """Return the function."""
        return function_record(name, role_arn=self._role_arn)


def role_with(aws: Aws, *actions: str) -> str:
    """Create a role that may do this, and return its ARN."""
    iam = aws.client("iam")
    document = {"Version": "2012-10-17", "Statement": []}
    role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(document))["Role"]
    allow = {"Effect": "Allow", "Action": list(actions) or ["none:None"], "Resource": "*"}
    iam.put_role_policy(
        RoleName="r", PolicyName="p", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    )
    return str(role["Arn"])


def poller(aws: Aws, functions: Functions, stream: str, **options: Any) -> StreamPoller:
    """Return a poller that does not wait between attempts."""
    batching = Batching(size=10, window_seconds=0, reports_failures=True, filters=options.pop("filters", ()))
    values = {"bisects": True, "max_attempts": 1, "max_age_seconds": None, "failure_arn": None} | options
    mapping = StreamMapping("Mapping", "ledger", stream, "function", batching, **values)
    return StreamPoller(mapping, aws.activity, functions, retry_seconds=0)


def write_items(aws: Aws, *keys: str) -> str:
    """Write items with these keys and return the stream's ARN."""
    stream = aws.table("ledger")
    for key in keys:
        aws.put("ledger", key)
    return stream


def test_records_arrive_in_order_as_lambda_shows_them(aws: Aws) -> None:
    """The new image is in DynamoDB's JSON."""
    functions = Functions(role_with(aws))
    stream = write_items(aws, "a", "b")
    feeder = poller(aws, functions, stream)
    assert feeder.pending == 2
    feeder.poll()
    assert (functions.batches, feeder.pending) == ([["a", "b"]], 0)
    record = functions.records[0]
    assert (record["eventName"], record["eventSource"], record["eventVersion"]) == ("INSERT", "aws:dynamodb", "1.1")
    assert record["dynamodb"]["NewImage"] == {"pk": {"S": "a"}}
    assert record["eventSourceARN"] == stream
    assert isinstance(record["dynamodb"]["ApproximateCreationDateTime"], float)


def test_a_write_that_changes_nothing_makes_no_record(aws: Aws) -> None:
    """As in DynamoDB, and not in moto."""
    functions = Functions(role_with(aws))
    feeder = poller(aws, functions, write_items(aws, "a", "a"))
    feeder.poll()
    assert functions.batches == [["a"]]


def test_the_filter_lets_only_its_records_through(aws: Aws) -> None:
    """The others count as handled."""
    functions = Functions(role_with(aws))
    pattern = parse_pattern({"eventName": ["INSERT"], "dynamodb": {"NewImage": {"pk": {"S": [{"prefix": "INC"}]}}}})
    feeder = poller(aws, functions, write_items(aws, "MEMORY", "INCIDENT"), filters=(pattern,))
    feeder.poll()
    assert (functions.batches, feeder.pending) == ([["INCIDENT"]], 0)


def test_a_bad_record_is_found_by_halving_and_given_up_alone(aws: Aws) -> None:
    """Its neighbours are handled; the failure destination says where it lies."""
    dead = aws.queue("dead")
    functions = Functions(role_with(aws, "sqs:SendMessage"), poison="c")
    feeder = poller(aws, functions, write_items(aws, "a", "b", "c", "d"), failure_arn=arn_of(dead))
    feeder.poll()
    assert functions.batches == [["a", "b", "c", "d"], ["a", "b"], ["c", "d"], ["c"], ["c"], ["d"]]
    assert feeder.pending == 0
    (body,) = map(json.loads, aws.bodies(dead))
    assert body["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert body["requestContext"]["approximateInvokeCount"] == 2
    assert body["DDBStreamBatchInfo"]["batchSize"] == 1


def test_a_report_brings_back_the_failed_record_and_what_follows_it(aws: Aws) -> None:
    """What stands before the failure is done."""
    functions = Functions(role_with(aws), poison="b", reports=True)
    poller(aws, functions, write_items(aws, "a", "b", "c"), max_attempts=0).poll()
    assert functions.batches == [["a", "b", "c"], ["b", "c"], ["b"], ["c"]]


def test_without_halving_the_whole_batch_is_given_up(aws: Aws) -> None:
    """That is what the mapping asked for."""
    functions = Functions(role_with(aws), poison="a")
    feeder = poller(aws, functions, write_items(aws, "a", "b"), bisects=False)
    feeder.poll()
    assert (functions.batches, feeder.pending) == ([["a", "b"], ["a", "b"]], 0)


def test_a_record_that_is_too_old_is_given_up_untried(aws: Aws) -> None:
    """It goes to the failure destination all the same."""
    dead = aws.queue("dead")
    functions = Functions(role_with(aws, "sqs:SendMessage"))
    poller(aws, functions, write_items(aws, "a"), failure_arn=arn_of(dead), max_age_seconds=-1).poll()
    assert functions.batches == []
    assert "RecordAgeExceeded" in aws.bodies(dead)[0]


def test_a_failure_destination_that_the_role_may_not_use_is_said_loudly(aws: Aws, capsys: Any) -> None:
    """The records are gone, as they would be in AWS."""
    dead = aws.queue("dead")
    functions = Functions(role_with(aws), poison="a")
    poller(aws, functions, write_items(aws, "a"), failure_arn=arn_of(dead)).poll()
    assert aws.bodies(dead) == []
    assert f"arn:aws:iam::{ACCOUNT}:role/r is not authorized" in capsys.readouterr().err
