"""Operators of the guard in a running stack: each with the command line, and with the URL of `operate`."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from panorama_guard.aws.clients import keep_documents_as_text
from panorama_guard.aws.own_subjects import OwnSubjects
from tests.builders import PROFILE, policy, trusting
from tests.stack.running import PATIENCE_SECONDS, ROOT, RunningStack, client_of_session

WHY: Mapping[str, object] = {"reason": "an agreed change", "seconds": 3600}


@dataclass
class Operator:
    """Somebody who may give commands."""

    stack: RunningStack
    arn: str
    access_key: str
    secret_key: str
    token: str

    def ask(self, body: Mapping[str, object]) -> tuple[int, dict[str, Any]]:
        """Send a signed request to the function's URL."""
        url, data = self.stack.places["operate_url"], json.dumps(body).encode()
        request = AWSRequest("POST", url, {"Content-Type": "application/json"}, data)
        signer: Any = SigV4Auth
        signer(Credentials(self.access_key, self.secret_key, self.token), "lambda", "us-east-1").add_auth(request)
        made = urllib.request.Request(url, data, dict(request.headers.items()), method="POST")
        try:
            with urllib.request.urlopen(made, timeout=PATIENCE_SECONDS) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def run(self, *words: str) -> tuple[int, Any]:
        """Run the command line as this operator, and return its code and what it said for a machine, or its error."""
        places = self.stack.places
        keys = {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_SESSION_TOKEN": self.token,
            "AWS_DEFAULT_REGION": places["region"],
            "AWS_ENDPOINT_URL": places["endpoint"],
            "HTTP_PROXY": places["endpoint"],  # S3's control interface has the account before its address
            "PANORAMA_GUARD_URL": places["operate_url"],
        }
        command = [sys.executable, "-c", "from panorama_guard.cli import main; raise SystemExit(main())"]
        done = subprocess.run(
            [*command, *words, "--output", "json"],
            cwd=ROOT,
            env={**os.environ, **keys},
            check=False,
            capture_output=True,
            text=True,
            timeout=2 * PATIENCE_SECONDS,
        )
        assert "Traceback" not in done.stderr
        return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr

    def client(self, service: str) -> Any:
        """Return a client with this operator's credentials."""
        places, keys = self.stack.places, (self.access_key, self.secret_key, self.token)
        made = client_of_session(places["endpoint"], places["region"], service, keys)
        if service == "iam":
            keep_documents_as_text(made)
        return made

    @cached_property
    def iam(self) -> Any:
        """Return a client of IAM."""
        return self.client("iam")

    @property
    def subjects(self) -> OwnSubjects:
        """Return roles and resources, in this operator's hand."""
        return OwnSubjects(PROFILE, self.client)


def open_operator(stack: RunningStack, role: str, session: str) -> Operator:
    """Make a role for operators, and open a session of it."""
    iam, account = stack.client("iam"), stack.places["account"]
    names = [one["RoleName"] for page in iam.get_paginator("list_roles").paginate() for one in page["Roles"]]
    if role not in names:
        iam.create_role(RoleName=role, AssumeRolePolicyDocument=policy(trusting({"AWS": account})))
    arn = f"arn:aws:iam::{account}:role/{role}"
    opened = stack.client("sts").assume_role(RoleArn=arn, RoleSessionName=session)
    keys = opened["Credentials"]
    return Operator(
        stack, opened["AssumedRoleUser"]["Arn"], keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"]
    )
