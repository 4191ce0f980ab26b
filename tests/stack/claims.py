"""What a containment has to be, held against the role itself, the ledger and the alert."""

import json
from dataclasses import dataclass

from panorama_guard.case.backup import Backup
from panorama_guard.case.incident import Incident, State
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.containment import Grant, Request
from panorama_guard.containment.evaluate import allows
from panorama_guard.policy import parse_document
from tests.builders import PROFILE, the_role
from tests.stack.account import ATTACKER, SESSION, Account
from tests.stack.messages import Message

MODELS = Request("s3:GetObject", "arn:aws:s3:::my-aws-panorama-models/yolo.tar.gz")
LOGS = Request(
    "logs:PutLogEvents", "arn:aws:logs:us-east-1:123456789012:log-group:/aws/panorama_device1:log-stream:app"
)


@dataclass(frozen=True, slots=True)
class Told:
    """One incident that came to an outcome, the one alert of it, and the one backup before the write."""

    incident: Incident
    alert: Message
    backup: Backup


def hold_contained(account: Account, role: str, *, event: str, kept: Request) -> Told:
    """Assert one incident, one alert, contained; by mallory's call, with a backup, and with `kept` still granted."""
    incident = account.outcome(role)
    (alert,) = account.alerts()
    assert (incident.state, incident.remedy.carried_out) == (State.CONTAINED, True)
    hold_told(account, incident, alert, event=event)
    assert account.may(role, kept)
    (backup,) = account.backups(incident)
    assert backup.snapshot.fingerprint == incident.fingerprint
    return Told(incident, alert, backup)


def hold_told(account: Account, incident: Incident, alert: Message, *, event: str) -> None:
    """Assert that the alert tells this incident: how it stands, who did what, what it reaches, and the proof."""
    body, state = alert.body, incident.state.value
    assert alert.subject.startswith(f"[{state}] {incident.severity.value} {incident.subject.name}: ")
    assert alert.subject.isascii()
    assert len(alert.subject) < 100
    assert (body["incident"], body["state"], body["kind"]) == (incident.id, state, incident.kind.value)
    assert body["call"]["event"] == f"iam.amazonaws.com {event}"
    assert body["call"]["actor"] == f"arn:aws:sts::{account.id}:assumed-role/{ATTACKER}/{SESSION}"
    assert body["statement"] == incident.evidence.statement
    assert body["statement"].startswith(f"{incident.evidence.statement.split(',')[0]}, statement ")
    hold_reach_told(incident, alert)
    assert body["remedy"]["steps"]
    assert body["remedy"]["proof"] in " ".join(alert.text.split())


def hold_reach_told(incident: Incident, alert: Message) -> None:
    """Assert that the alert tells exactly how far the escape reaches."""
    reach, told = incident.evidence.reach, alert.body["escape"]
    assert (told["extent"], reach.precision) == ("exactly", "exactly")
    assert told["policy"]["Statement"][0] == json.loads(reach.document)["Statement"][0]
    assert "Escapes: " in alert.text


def hold_witness_stopped(account: Account, told: Told) -> None:
    """Assert that the witness was granted in the backup, is outside the ceiling, and is denied now."""
    evidence, role = told.incident.evidence, told.incident.subject.name
    witness = Request(evidence.action, evidence.resource, evidence.context)
    profile = PROFILE.role_named(role)
    assert profile is not None
    assert allows(granted_in(the_role(told.backup.snapshot)), witness)
    assert not allows(profile.ceiling, witness)
    assert not account.may(role, witness)


def granted_in(snapshot: RoleSnapshot) -> Grant:
    """Return what the documents of a backup grant."""
    policies = [parse_document(each.text, name=each.name) for each in snapshot.inline]
    policies += [parse_document(each.text, name=each.arn) for each in snapshot.attached]
    return Grant(tuple(policies), tuple((parse_document(each.text, name=each.arn),) for each in snapshot.boundary))
