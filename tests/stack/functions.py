"""A Lambda function of the account behind a running stack, attacked by mallory, and read here, not by the guard."""

import io
import itertools
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from panorama_guard.case.incident import Incident, State
from tests.builders import policy, trusting
from tests.stack.account import Account

OTHERS = "999999999999"
RUNTIME = "panorama-runtime"  # the role as which the functions of the tests run
_NUMBERS = itertools.count(1)


class Function:
    """One function, new in each test. `client` is mallory's."""

    def __init__(self, account: Account, name: str = "", role: str = RUNTIME) -> None:
        """Make the function, without any policy."""
        self.account = account
        self.name = name or f"panorama-lab-{next(_NUMBERS)}"
        self.client = account.client_of(account.mallory_keys, "lambda")
        made = self.client.create_function(
            FunctionName=self.name,
            Role=role_arn(account, role),
            Runtime="python3.13",
            Handler="app.handler",
            Code={"ZipFile": archive()},
        )
        self.arn, self.key = str(made["FunctionArn"]), f"lambda-function:{self.name}"
        account.settle()  # a look after this call would find what the next one does, and name this one

    def add_permission(self, sid: str, principal: str = OTHERS, **rest: object) -> None:
        """Let somebody run the function."""
        asked: dict[str, Any] = {"Action": "lambda:InvokeFunction", "FunctionName": self.name, **rest}
        self.client.add_permission(StatementId=sid, Principal=principal, **asked)

    def statements(self, qualifier: str = "") -> Mapping[str, Any]:
        """Return the statements of the policy by their ids."""
        which = {"Qualifier": qualifier} if qualifier else {}
        try:
            text = self.client.get_policy(FunctionName=self.name, **which)["Policy"]
        except self.client.exceptions.ResourceNotFoundException:
            return {}
        return {one["Sid"]: one for one in json.loads(text)["Statement"]}

    @property
    def auth_type(self) -> str:
        """Return how the function's URL knows its callers."""
        return str(self.client.get_function_url_config(FunctionName=self.name)["AuthType"])

    def incidents(self) -> dict[str, Incident]:
        """Wait for rest, and return the function's incidents by the part in which they are."""
        return {incident.source: incident for incident in self.account.resource_incidents(self.key)}

    def contained(self, source: str) -> Incident:
        """Wait for rest, and return the incident of a part, which must be contained by the guard's doing."""
        incident = self.incidents()[source]
        assert (incident.state, incident.remedy.carried_out) == (State.CONTAINED, True), incident
        return incident


def role_arn(account: Account, name: str) -> str:
    """Return the ARN of a role; the functions' own is made where there is none."""
    try:
        return str(account.iam.get_role(RoleName=name)["Role"]["Arn"])
    except ClientError:
        trust = policy(trusting({"Service": "lambda.amazonaws.com"}))
        return str(account.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"])


def own_functions(account: Account) -> dict[str, str]:
    """Return the names and policies of the functions that are the stack's own."""
    client = account.stack.client("lambda")
    policies = {}
    for name in account.stack.places["functions"].values():
        try:
            policies[name] = str(client.get_policy(FunctionName=name)["Policy"])
        except ClientError:
            policies[name] = ""
    return policies


def delete_functions(account: Account) -> None:
    """Delete every function that is not the stack's own, whoever made it, and the role of the tests' own."""
    client = account.stack.client("lambda")
    own = set(account.stack.places["functions"].values())
    for mapping in client.list_event_source_mappings()["EventSourceMappings"]:
        client.delete_event_source_mapping(UUID=mapping["UUID"])
    for name in sorted({one["FunctionName"] for one in client.list_functions()["Functions"]} - own):
        client.delete_function(FunctionName=name)


def archive(code: str = "app") -> bytes:
    """Return what Lambda takes for a function's code."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as files:
        files.writestr(f"{code}.py", "def handler(event, context): return None\n")
    return buffer.getvalue()
