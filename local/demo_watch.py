"""What the demo sees from outside: the operators' queue, the ledger, and the roles themselves."""

import json
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from panorama_guard.aws.clients import keep_documents_as_text
from panorama_guard.aws.ledger import DynamoLedger
from panorama_guard.aws.roles import IamRoles
from panorama_guard.case.finding import Judgement
from panorama_guard.case.incident import PENDING, Incident
from panorama_guard.case.memory import Memory
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.containment import Request
from panorama_guard.containment.evaluate import allows
from panorama_guard.judging.permissions import read_permissions
from panorama_guard.judging.role import judge_role
from panorama_guard.judging.standard import standard_of
from panorama_guard.profile import load_profile
from panorama_guard.profile.posture import Posture

PATIENCE = 20.0  # seconds until the demo calls a step failed
STACK_FILE = Path(".local/stack.json")


@dataclass(frozen=True, slots=True)
class Alert:
    """One message of the alerts topic."""

    subject: str
    text: str
    body: dict[str, Any]


class Watch:
    """A look at the running stack with an ordinary AWS client."""

    def __init__(self, stack: dict[str, Any]) -> None:
        """Take what `.local/stack.json` says."""
        self.account: str = stack["account"]
        self._stack = stack
        self._sqs = self.client("sqs")
        self._ledger = DynamoLedger(self.client("dynamodb"), stack["ledger_table"])
        iam = self.client("iam")
        keep_documents_as_text(iam)
        self._roles = IamRoles(iam)
        self._profile = load_profile()

    def client(self, service: str, credentials: dict[str, str] | None = None) -> Any:
        """Return a client of the stack, by default with the operator's own credentials."""
        chosen = credentials or {"AccessKeyId": "operator", "SecretAccessKey": "local", "SessionToken": ""}
        session: Any = boto3.session.Session()
        return session.client(
            service,
            endpoint_url=self._stack["endpoint"],
            region_name=self._stack["region"],
            aws_access_key_id=chosen["AccessKeyId"],
            aws_secret_access_key=chosen["SecretAccessKey"],
            aws_session_token=chosen["SessionToken"] or None,
        )

    def settle(self) -> bool:
        """Wait until nothing is due or in flight; say whether that came about."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with urllib.request.urlopen(f"{self._stack['endpoint']}/_local/idle", timeout=5) as answer:
                if json.load(answer)["idle"]:
                    return True
            time.sleep(0.05)
        return False

    def outcome(self, role: str, known: frozenset[str]) -> Incident | None:
        """Wait for the outcome of an incident on a role that was not known before."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for incident in self._ledger.read(self.account, role).incidents:
                if incident.id not in known and incident.state not in PENDING:
                    return incident
            time.sleep(0.005)
        return None

    def incidents(self, role: str) -> frozenset[str]:
        """Return the ids of the incidents on a role."""
        return frozenset(incident.id for incident in self._ledger.read(self.account, role).incidents)

    def report(self) -> str:
        """Have the report written and the digest told, and return the page."""
        name = self._stack["functions"]["report"]
        self.client("lambda").invoke(FunctionName=name, Payload=b'{"reason": "digest"}')
        answer = self.client("s3").get_object(Bucket=self._stack["report_bucket"], Key="posture.html")
        return str(answer["Body"].read().decode("ascii"))

    def alerts(self) -> list[Alert]:
        """Take every alert off the operators' queue."""
        found: list[Alert] = []
        while messages := self._receive():
            found += [_alert(message) for message in messages]
        return found

    def judge(self, role: str) -> Judgement:
        """Read a role and judge it, here and now: the demo's own check of what the guard says."""
        snapshot = self._read(role)
        profile = self._profile.role_named(role)
        if profile is None:
            message = f"not in the profile: `{role}`"
            raise LookupError(message)
        return judge_role(snapshot, standard_of(profile, Posture.ACTIVE), Memory(snapshot.subject.unique_id))

    def may(self, role: str, request: Request) -> bool:
        """Say whether a role may make a request now, by the definition."""
        return allows(read_permissions(self._read(role)).grant, request)

    def _read(self, role: str) -> RoleSnapshot:
        snapshot = self._roles.read_role(role)
        if snapshot is None:
            message = f"no such role: `{role}`"
            raise LookupError(message)
        return snapshot

    def _receive(self) -> list[dict[str, Any]]:
        url = self._stack["alerts_queue_url"]
        messages: list[dict[str, Any]] = self._sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get(
            "Messages", []
        )
        for message in messages:
            self._sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return messages


def _alert(message: dict[str, Any]) -> Alert:
    envelope = json.loads(message["Body"])
    text, _, last = envelope["Message"].rpartition("\n")
    return Alert(envelope.get("Subject", ""), text.rstrip(), json.loads(last))
