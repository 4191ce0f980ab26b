import json
import os
import re
import signal
import socket
import time
from pathlib import Path

import pytest

from tests.stack.messages import take_bodies
from tests.stack.running import ROOT, RunningStack, run_local, start_stack

pytestmark = pytest.mark.stack
KEYS = {
    "endpoint",
    "region",
    "account",
    "mode",
    "topic_arn",
    "alerts_queue_url",
    "ledger_table",
    "report_bucket",
    "functions",
    "events_url",
}


def workers_of(folder: Path) -> list[str]:
    """Return the processes that run functions of the stack in this folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            environment = path.read_bytes()
        except OSError:
            continue
        if str(folder / "runtime").encode() in environment:
            found.append(path.parent.name)
    return found


def is_running(pid: int) -> bool:
    """Say whether there is such a process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").split(")")[-1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_stack_says_where_everything_is(stack: RunningStack) -> None:
    """Every key of the file is there, and what it names stands."""
    assert stack.places.keys() >= KEYS
    assert stack.places["functions"].keys() == {"inspect", "remediate", "notify", "sweep", "report", "operate"}
    assert stack.client("dynamodb").describe_table(TableName=stack.places["ledger_table"])["Table"]["TableStatus"]
    stack.client("s3").head_bucket(Bucket=stack.places["report_bucket"])
    subscriptions = stack.client("sns").list_subscriptions_by_topic(TopicArn=stack.places["topic_arn"])
    assert [each["Protocol"] for each in subscriptions["Subscriptions"]] == ["sqs"]


def test_a_quiet_stack_is_idle(settled: RunningStack) -> None:
    """And says what it counted."""
    assert settled.idle().keys() >= {"idle", "due", "in_flight", "delayed"}


def test_a_message_that_is_no_json_ends_with_the_dead_letters_and_raises_the_alarm(settled: RunningStack) -> None:
    """Nothing is lost, and the operators hear of it once."""
    sqs = settled.client("sqs")
    sqs.send_message(
        QueueUrl=settled.queue_url("RemediationsQueue"),
        MessageBody="no JSON",
        MessageGroupId="g",
        MessageDeduplicationId=str(time.time()),
    )
    settled.settle()
    assert take_bodies(sqs, settled.queue_url("RemediationsDeadLetterQueue")) == ["no JSON"]
    subjects = [alert["Subject"] for alert in settled.take_alerts()]
    assert [subject for subject in subjects if re.search("ALARM.*RemediationsDeadLetterAlarm", subject)] == subjects
    assert len(subjects) == 1


def test_an_event_that_is_none_is_refused_by_name(settled: RunningStack) -> None:
    """With status 400; the bus sees nothing of it."""
    assert settled.post(b"{")[0] == 400
    status, answer = settled.post(json.dumps({"source": "aws.iam", "detail-type": "x"}).encode())
    assert (status, answer["error"]) == (400, "event lacks field: `detail`")


def test_a_function_can_be_invoked(settled: RunningStack) -> None:
    """Through the Lambda API; its error is told, and one that does not exist is not found."""
    client = settled.client("lambda")
    name = settled.places["functions"]["inspect"]
    body = (ROOT / "events" / "PutRolePolicy-on-another-role.json").read_text(encoding="utf-8")
    record = {"messageId": "1", "receiptHandle": "r", "body": body, "eventSource": "aws:sqs", "attributes": {}}
    answer = client.invoke(FunctionName=name, Payload=json.dumps({"Records": [record]}).encode())
    assert json.load(answer["Payload"]) == {"batchItemFailures": []}
    assert client.invoke(FunctionName=name, Payload=b"{}")["FunctionError"] == "Unhandled"
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.invoke(FunctionName="nothing", Payload=b"{}")


def test_a_second_stack_in_the_same_folder_is_refused(stack: RunningStack) -> None:
    """With one line that says where the first one is."""
    refused = run_local(stack.folder, "up", "--port", "0")
    assert refused.returncode == 1
    assert refused.stderr.strip().endswith(f"stop it with `make down`: `{stack.places['endpoint']}`")


def test_a_port_in_use_is_one_line_and_exit_code_1(tmp_path: Path) -> None:
    """Naming the port."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = run_local(tmp_path, "up", "--port", str(port))
    assert refused.returncode == 1
    (line,) = refused.stderr.strip().splitlines()
    assert f"`{port}`" in line


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (
            ("--mode", "attack"),
            "parameter Mode must be observe, approve or enforce, and may go on as in ,trust-escape=approve: `attack`",
        ),
        (("--posture", "gone"), "parameter Posture must be active or retired: `gone`"),
        (("--port", "99999"), "argument --port: must be a number from 0 to 65535: `99999`"),
        (("--retry", "soon"), "argument --retry: must be a number of seconds from 0 to 43200: `soon`"),
        (("--param", "Colour=red", "--port", "0"), "template.yaml has no parameter: `Colour`"),
    ],
)
def test_a_setting_out_of_range_is_one_line_naming_it(tmp_path: Path, options: tuple[str, ...], reason: str) -> None:
    """And a non-zero exit code."""
    refused = run_local(tmp_path, "up", *options)
    assert refused.returncode == 1
    assert refused.stderr.strip() == f"panorama-guard local: {reason}"


def test_a_killed_stack_leaves_nothing_that_stands_in_the_way(tmp_path: Path) -> None:
    """Its workers go with the next command, and `down` stops the next one without a trace."""
    first = start_stack(tmp_path)
    os.kill(first.places["pid"], signal.SIGKILL)
    while is_running(first.places["pid"]):
        time.sleep(0.01)
    second = start_stack(tmp_path)
    assert second.idle()["idle"]
    assert run_local(tmp_path, "down").stdout.strip() == "panorama-guard is down"
    logs = [log.read_text(encoding="utf-8") for log in (tmp_path / "logs").glob("*.log")]
    assert logs
    assert not [log for log in logs if "Traceback" in log or "next invocation" in log]
    assert not is_running(second.places["pid"])
    assert workers_of(tmp_path) == []
    assert not (tmp_path / "stack.json").exists()
    assert run_local(tmp_path, "down").stdout.strip() == "no stack is running"
