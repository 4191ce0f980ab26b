"""What the functions weigh and write down in a normal event: an escape that is contained and told."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from panorama_guard.case.incident import State
from tests.benchmarks.adversarial import most_memory_of
from tests.benchmarks.bars import EVENT_MEGABYTES
from tests.builders import policy
from tests.stack.account import Account

pytestmark = pytest.mark.stack
ROLE = "AWSPanoramaSageMakerRole"
UNLIKELY = "nobody-logs-this-resource"
DOCUMENT = policy(
    {"Sid": "NobodyLogsThisSid", "Effect": "Allow", "Action": "s3:*", "Resource": f"arn:aws:s3:::{UNLIKELY}"}
)
OF_BODIES = ("Statement", "NobodyLogsThisSid", UNLIKELY, "Effect")
LEVEL = re.compile(r'"level":"([A-Z]+)"')  # the end of one line may be missing where a test before killed a process
CONCERNED = {"InspectFunction", "RemediateFunction", "NotifyFunction"}


@pytest.fixture
def contained(enforcing: Account) -> Account:
    """Let a role escape, and wait until it is contained and told."""
    enforcing.mallory.put_role_policy(RoleName=ROLE, PolicyName="escape", PolicyDocument=DOCUMENT)
    enforcing.settle()
    assert [incident.state for incident in enforcing.incidents(ROLE)] == [State.CONTAINED]
    return enforcing


def processes(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield each process in which a function of the stack runs now, with the function's name."""
    for kept in (folder / "run").glob("*-function.pid"):
        process = Path("/proc") / kept.read_text(encoding="ascii").strip()
        if process.exists():
            yield kept.name.partition("-")[0], process


def test_a_function_holds_less_than_the_smallest_setting_of_lambda(contained: Account) -> None:
    """The runtime and boto3 included, and whatever else its processes have done before."""
    held = [(name, most_memory_of(process)) for name, process in processes(contained.stack.folder)]
    assert {name for name, _ in held} >= CONCERNED
    assert [one for one in held if one[1] >= EVENT_MEGABYTES] == []


def test_no_log_holds_what_a_policy_says(contained: Account) -> None:
    """At the level that the stack sets; names of roles, policies and incidents may be there."""
    logs = {path.stem: path.read_text(encoding="utf-8") for path in (contained.stack.folder / "logs").glob("*.log")}
    said = {level for name in CONCERNED for level in LEVEL.findall(logs[name])}
    assert "INFO" in said
    assert {name: word for name, text in logs.items() for word in OF_BODIES if word in text} == {}
