"""The front is AWS on one port."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from local.front import serve_front
from local.front_errors import PortInUseError
from local.hooks import InvokeResult
from tests.unit.local.cloud import TRUST, Cloud, SpyHooks, policy


def test_a_taken_port_is_named(cloud: Cloud) -> None:
    """Listening on a port in use fails with one line that names it."""
    port = cloud.server.port
    with pytest.raises(PortInUseError, match=rf"^port is already in use, choose another with PORT=: `{port}`$"):
        serve_front(port, hooks=SpyHooks())


def test_localhost_reaches_it_too(cloud: Cloud) -> None:
    """The endpoint answers by name as by address."""
    url = f"http://localhost:{cloud.server.port}/_local/echo"
    request = urllib.request.Request(url, data=b"hello")
    assert json.load(urllib.request.urlopen(request)) == ["POST", "hello"]


def test_an_unknown_control_path_is_not_found(cloud: Cloud) -> None:
    """What the stack does not answer under `/_local/` is a 404, not a bucket."""
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{cloud.server.endpoint}/_local/nothing")


def test_connections_are_kept_alive(cloud: Cloud) -> None:
    """Several requests go over one connection, also after one with an empty answer."""
    connection = http.client.HTTPConnection("127.0.0.1", cloud.server.port)
    connection.connect()
    first = connection.sock
    for method in ("POST", "HEAD", "POST"):
        connection.request(method, "/_local/echo", body=b"x")
        assert connection.getresponse().read() is not None
    assert connection.sock is first
    connection.close()


def test_a_chunked_body_is_read_whole(cloud: Cloud) -> None:
    """A body sent in chunks arrives as one."""
    connection = http.client.HTTPConnection("127.0.0.1", cloud.server.port)
    connection.request("POST", "/_local/echo", body=iter([b"one ", b"two"]), encode_chunked=True)
    assert json.load(connection.getresponse()) == ["POST", "one two"]
    connection.close()


@pytest.mark.parametrize(
    "name",
    [
        "inspect",
        "inspect:$LATEST",
        "arn:aws:lambda:us-east-1:123456789012:function:inspect",
        "123456789012:function:inspect",
    ],
)
def test_invoke_runs_the_function_however_it_is_named(cloud: Cloud, name: str) -> None:
    """A name, an ARN, a partial ARN and a qualifier all reach the function by its bare name."""
    answer = cloud.client("lambda").invoke(FunctionName=name, Payload=b'{"a": 1}')
    assert json.load(answer["Payload"]) == {"ok": True}
    assert cloud.hooks.invocations == [("inspect", b'{"a": 1}', "RequestResponse")]


def test_a_function_that_fails_says_so(cloud: Cloud) -> None:
    """A function's error is a 200 with FunctionError; an unknown function is ResourceNotFoundException."""
    cloud.hooks.result = InvokeResult(b'{"errorType": "KeyError"}', function_error="Unhandled")
    functions = cloud.client("lambda")
    assert functions.invoke(FunctionName="inspect")["FunctionError"] == "Unhandled"
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        functions.invoke(FunctionName="missing")


def test_an_event_invocation_is_accepted(cloud: Cloud) -> None:
    """The invocation type reaches the stack, and its status the caller."""
    cloud.hooks.result = InvokeResult(b"", status=202)
    answer = cloud.client("lambda").invoke(FunctionName="sweep", InvocationType="Event")
    assert answer["StatusCode"] == 202
    assert cloud.hooks.invocations == [("sweep", b"", "Event")]


def test_writes_wake_the_pollers(cloud: Cloud) -> None:
    """A successful write is told with its parameters, data calls included; reads and failures are not."""
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="wake")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="x")
    sqs.receive_message(QueueUrl=url)
    with pytest.raises(ClientError, match="NonExistentQueue"):
        sqs.send_message(QueueUrl=f"{url}-not", MessageBody="x")
    assert [(service, operation) for service, operation, _ in cloud.hooks.writes] == [
        ("sqs", "CreateQueue"),
        ("sqs", "SendMessage"),
    ]
    assert cloud.hooks.writes[-1][2]["QueueUrl"] == url


def test_a_long_poll_holds_nobody_up(cloud: Cloud) -> None:
    """While one client waits for a message, others call on, and the message ends the wait."""
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="patience")["QueueUrl"]
    received: list[str] = []

    def wait() -> None:
        messages = cloud.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"]
        received.extend(message["Body"] for message in messages)

    waiting = threading.Thread(target=wait)
    started = time.monotonic()
    waiting.start()
    cloud.client("iam").list_users()
    sqs.send_message(QueueUrl=url, MessageBody="at last")
    waiting.join(timeout=10)
    assert received == ["at last"]
    assert time.monotonic() - started < 10


def test_a_failure_inside_is_an_answer(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A bug in the stack reaches the client as InternalFailure and the log as a traceback, and the front lives on."""

    def fail(*_: object) -> None:
        message = "broken"
        raise RuntimeError(message)

    with monkeypatch.context() as patched:
        patched.setattr(cloud.hooks, "publish", fail)
        with pytest.raises(ClientError, match="InternalFailure"):
            cloud.role()
    assert "RuntimeError: broken" in capfd.readouterr().err
    assert cloud.client("iam").get_role(RoleName="Guarded")


def test_what_moto_lacks_is_said_plainly(cloud: Cloud) -> None:
    """An operation that moto has not is `NotImplemented`, and no event: nothing was done."""
    with pytest.raises(ClientError, match=r"NotImplemented.*stop_training_job"):
        cloud.client("sagemaker").stop_training_job(TrainingJobName="x")
    with pytest.raises(ClientError, match=r"NotImplemented.*does not have this operation"):
        cloud.client("greengrassv2").list_components()
    assert cloud.hooks.events == []


def test_callers_in_parallel_lose_nothing(cloud: Cloud) -> None:
    """Eight clients that write at once all see their writes recorded."""

    def write(number: int) -> None:
        iam = cloud.client("iam")
        for each in range(5):
            iam.create_role(RoleName=f"R{number}-{each}", AssumeRolePolicyDocument=TRUST)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(cloud.client("iam").list_roles()["Roles"]) == 40
    assert len({detail["eventID"] for detail in cloud.details("CreateRole")}) == 40


def test_the_aws_cli_works(cloud: Cloud, tmp_path: Path) -> None:
    """The AWS CLI, given the endpoint, attacks a role and is named in the event."""
    cloud.role()
    document = tmp_path / "p.json"
    document.write_text(policy("s3:*"))
    aws = str(Path(sys.executable).parent / "aws")
    attack = ["iam", "put-role-policy", "--role-name", "Guarded", "--policy-name", "extra"]
    subprocess.run(
        [aws, "--endpoint-url", cloud.server.endpoint, *attack, "--policy-document", f"file://{document}"],
        check=True,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
        },
    )
    detail = cloud.detail("PutRolePolicy")
    assert detail["userAgent"].startswith("aws-cli/")
    assert detail["requestParameters"]["policyDocument"] == policy("s3:*")


def test_a_client_that_goes_away_is_no_failure(cloud: Cloud, capfd: pytest.CaptureFixture[str]) -> None:
    """A connection that is dropped in the middle leaves no traceback."""
    with socket.create_connection(("127.0.0.1", cloud.server.port)) as client:
        client.sendall(b"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf")
    cloud.client("iam").list_users()
    assert "Traceback" not in capfd.readouterr().err
