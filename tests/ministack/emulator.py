"""Ministack as a process of its own, from its own environment, and `sam deploy` of the built template to it."""

from __future__ import annotations

import functools
import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.emulators.wanting import EVERYTHING, Deployed

ROOT: Final = Path(__file__).resolve().parents[2]
PYTHON: Final = ROOT / ".venv" / "ministack" / "bin" / "python"
AS_IT_COMES: Final = ("-m", "ministack")
TAUGHT: Final = (str(Path(__file__).with_name("taught.py")),)
ACCOUNT: Final = "123456789012"
REGION: Final = "us-east-1"
STACK: Final = "panorama-guard"
PATIENCE_SECONDS: Final = 45.0
_TICK_SECONDS: Final = 0.2
_AWS: Final = re.compile("^AWS_")


@dataclass(frozen=True, slots=True)
class Ministack:
    """A running ministack."""

    endpoint: str
    certificate: Path

    def client(self, service: str, region: str = REGION, **keys: str) -> Any:
        """Return a client of it; without keys, that of the account's administrator."""
        return _client(self, service, region, tuple(sorted(keys.items())))

    def sam(self, command: str, *options: str, region: str = REGION) -> subprocess.CompletedProcess[str]:
        """Run the SAM CLI in the project's folder as an operator does, with AWS's address turned to this one."""
        environment = _environment(
            AWS_ENDPOINT_URL=self.endpoint,
            AWS_CA_BUNDLE=str(self.certificate),
            AWS_DEFAULT_REGION=region,
            SAM_CLI_TELEMETRY="0",
        )
        arguments = [str(ROOT / ".venv" / "bin" / "sam"), command, "--region", region, *options]
        return subprocess.run(arguments, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    def deploy(self, *overrides: str, region: str = REGION) -> subprocess.CompletedProcess[str]:
        """Deploy what `sam build` made of the template, and change nothing of it."""
        chosen = ("--parameter-overrides", *overrides) if overrides else ()
        return self.sam("deploy", "--no-confirm-changeset", "--no-progressbar", *chosen, region=region)

    def resources(self, region: str = REGION) -> dict[str, dict[str, Any]]:
        """Return what CloudFormation says of each resource of the stack, by logical id."""
        pages = self.client("cloudformation", region).get_paginator("list_stack_resources").paginate(StackName=STACK)
        return {each["LogicalResourceId"]: each for page in pages for each in page["StackResourceSummaries"]}

    def deployed(self, region: str = REGION) -> Deployed:
        """Return the deployed template, as CloudFormation here translated it."""
        cloudformation = self.client("cloudformation", region)
        (stack,) = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
        return Deployed(
            cloudformation.get_template(StackName=STACK, TemplateStage="Processed")["TemplateBody"],
            {each["ParameterKey"]: _value_of(each) for each in stack["Parameters"]},
            {name: each["PhysicalResourceId"] for name, each in self.resources(region).items()},
            functools.partial(self.client, region=region),
            ACCOUNT,
            region,
        )


@contextmanager
def running(arguments: tuple[str, ...], folder: Path) -> Iterator[Ministack]:
    """Run ministack on a free port, with all that it writes in the folder, until the block is left.

    It enforces permissions, and as the guard's queues refuse calls without TLS, it has a certificate of its own.
    """
    certificate = folder / "ministack-tls" / "server.crt"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = _environment(
        AUTH="true",
        AWS_CA_BUNDLE=str(certificate),  # for the functions
        BIND_HOST="127.0.0.1",
        GATEWAY_PORT=str(port),
        MINISTACK_ACCOUNT_ID=ACCOUNT,
        TMPDIR=str(folder),
        USE_SSL="1",
    )
    with (folder / "ministack.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [str(PYTHON), *arguments], cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            wait_for(lambda: _answers(port, process))
            yield Ministack(f"https://127.0.0.1:{port}", certificate)
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)


def wait_for(get: Any) -> Any:
    """Return the first answer that is not empty."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not (answer := get()):
        assert time.monotonic() < end, "nothing came of it in time"
        time.sleep(_TICK_SECONDS)
    return answer


def stands(ask: Any, **named: str) -> bool:
    """Say whether a service tells of what is named."""
    try:
        ask(**named)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] in {400, 404}:
            return False
        raise
    return True


def _value_of(parameter: Mapping[str, str]) -> str:
    """Return the parameter's value; one that CloudFormation keeps to itself is what these tests gave."""
    value = parameter["ParameterValue"]
    return EVERYTHING[parameter["ParameterKey"]] if value == "****" else value


def _answers(port: int, process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, "ministack has ended by itself"
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _environment(**values: str) -> Mapping[str, str]:
    """Return this process's environment without what it says of AWS, and with nobody's credentials."""
    kept = {key: value for key, value in os.environ.items() if not _AWS.match(key) and key != "PYTHONPATH"}
    keys = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_EC2_METADATA_DISABLED": "true"}
    return {**kept, "AWS_DEFAULT_REGION": REGION, **keys, **values}


@functools.cache
def _client(ministack: Ministack, service: str, region: str, keys: tuple[tuple[str, str], ...]) -> Any:
    session: Any = boto3.session.Session()
    named = dict(keys) or {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
    config = Config(proxies={}, s3={"addressing_style": "path"})
    place = {"endpoint_url": ministack.endpoint, "verify": str(ministack.certificate), "region_name": region}
    return session.client(service, config=config, **place, **named)
