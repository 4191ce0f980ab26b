"""An account of 1,000 roles and 500 buckets: what a sweep of it costs, and how fast as many are judged.

The account is moto's, in a process of its own; the sweep is the function, in another one.
"""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import boto3

from panorama_guard.case import bucket
from panorama_guard.case.memory import Memory
from panorama_guard.case.resource import Snapshot
from panorama_guard.judging.subject import judge, standard_for
from panorama_guard.profile.posture import Posture
from tests.benchmarks.bars import drift
from tests.builders import ACCOUNT, allow, inline, policy, snapshot_of, trusting
from tests.builders import ROLES as GUARDED
from tests.contract.drivers import MOTO_ACCOUNT, REGION, create_table
from tests.unit.buckets import OTHERS, STANDARD, a_bucket, lets, text

ROLES, BUCKETS = 1_000, 500  # half of the buckets are in the naming pattern
SEEDERS = 4
ESCAPING = 10  # one of as many
CANARY, RULE = "canary", "panorama-guard-IamChangesRule-1"
KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": REGION}
TRUST = policy(trusting({"Service": "ec2.amazonaws.com"}))
OWN_POLICY = policy(*(allow(["s3:GetObject", "s3:ListBucket"], f"arn:aws:s3:::payroll-{one}/*") for one in range(12)))


@contextlib.contextmanager
def moto_server() -> Iterator[str]:
    """Run moto in a process of its own; give its URL."""
    command = [sys.executable, "-m", "tests.benchmarks.moto_process"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            port = server.stdout.readline().strip() if server.stdout else ""
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def sweep_large_account() -> dict[str, Any]:
    """Return what a sweep of the large account told of itself."""
    with moto_server() as url:
        environment = _seed(url)
        own = {**os.environ, **KEYS, "AWS_ENDPOINT_URL": url, **environment}
        command = [sys.executable, "-m", "tests.benchmarks.sweep_once"]
        said = subprocess.run(command, env=own, capture_output=True, text=True, check=True).stdout
    told: dict[str, Any] = json.loads(said.splitlines()[-1])
    return told


def _seed(url: str) -> dict[str, str]:
    """Make the account, and return the function's environment."""
    session: Any = boto3.session.Session("testing", "testing", region_name=REGION)

    def make(service: str) -> Any:
        return session.client(service, endpoint_url=url)

    iam, s3, sqs = make("iam"), make("s3"), make("sqs")
    make("events").put_rule(Name=RULE, EventPattern='{"source": ["aws.iam"]}')
    iam.create_role(RoleName=CANARY, AssumeRolePolicyDocument=TRUST)
    with ThreadPoolExecutor(SEEDERS) as seeders:
        list(seeders.map(lambda number: _role(iam, number), range(1, ROLES)))
        list(seeders.map(lambda number: _bucket(s3, number), range(BUCKETS)))
    create_table(make("dynamodb"), "ledger")
    fifo = {"FifoQueue": "true"}
    urls = {name: sqs.create_queue(QueueName=f"{name}.fifo", Attributes=fifo)["QueueUrl"] for name in ("a", "b")}
    return {
        "ACCOUNT_ID": MOTO_ACCOUNT,
        "STACK_NAME": "panorama-guard",
        "LEDGER_TABLE": "ledger",
        "CHANGES_QUEUE_URL": sqs.create_queue(QueueName="changes")["QueueUrl"],
        "REPORTS_QUEUE_URL": urls["a"],
        "SWEEPS_QUEUE_URL": urls["b"],
        "SWEEP_WINDOW_SECONDS": "60",
        "OTHER_REGIONS": "",
        "MEMBER_EXTERNAL_ID": "",
        "HUB_ACCOUNT": "",
        "CANARY_ROLE": CANARY,
        "OWN_RULES": RULE,
        "POWERTOOLS_SERVICE_NAME": "guard",
        "POWERTOOLS_METRICS_NAMESPACE": "PanoramaGuard",
    }


def _role(iam: Any, number: int) -> None:
    name = GUARDED[number].name if number < len(GUARDED) else f"Payroll-{number}"
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
    iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=OWN_POLICY)


def _bucket(s3: Any, number: int) -> None:
    name = f"aws-panorama-{number}" if number % 2 else f"payroll-{number}"
    s3.create_bucket(Bucket=name)
    s3.put_bucket_policy(Bucket=name, Policy=OWN_POLICY)


def judged_per_second() -> float:
    """Return how many roles and buckets are judged in a second, one in ten of which escapes, none seen before."""
    account = [*map(_judged_role, range(ROLES)), *map(_judged_bucket, range(BUCKETS))]
    started = time.perf_counter()
    found = sum(bool(judge(snapshot, standard, Memory("")).findings) for snapshot, standard in account)
    seconds = time.perf_counter() - started
    if found != (ROLES + BUCKETS) // ESCAPING:
        message = f"{found} of {ROLES + BUCKETS} escape"
        raise AssertionError(message)
    return (ROLES + BUCKETS) / seconds


def _judged_role(number: int) -> tuple[Snapshot, Any]:
    role = GUARDED[number % len(GUARDED)]
    own = allow("s3:GetObject", f"arn:aws:s3:::my-aws-panorama-{number}/*")
    texts = [policy(own), *([policy(drift(number))] if number % ESCAPING == 0 else [])]
    made = snapshot_of(role)
    return replace(made, inline=(*made.inline, *inline(*texts))), standard_for(role, Posture.ACTIVE)


def _judged_bucket(number: int) -> tuple[Snapshot, Any]:
    account = OTHERS if number % ESCAPING == 0 else ACCOUNT
    condition = {"StringEquals": {"aws:PrincipalTag/number": str(number)}}
    own = lets({"AWS": ACCOUNT}, Condition=condition)
    return a_bucket().with_part(bucket.POLICY, text(own, lets({"AWS": account}))), STANDARD
