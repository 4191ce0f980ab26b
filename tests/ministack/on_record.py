"""What stands in the ledger of a stack before it is deployed anew, put there and read as the guard does."""

import json
from dataclasses import dataclass, replace
from typing import Final

from panorama_guard.aws.ledger import DynamoLedger
from panorama_guard.aws.ledger_keys import current_key
from panorama_guard.case.backup import Backup
from panorama_guard.case.incident import Incident, State
from panorama_guard.case.record import load_record
from panorama_guard.case.waiver import Waiver
from tests.builders import NOW, WAIVER
from tests.ministack.emulator import ACCOUNT, ROOT, Ministack

EARLIER: Final = "AWSPanoramaGreengrassRole"
LET_IN: Final = "the trust is repaired, but the Deny for older sessions was taken away"  # as form 1 said it


@dataclass(frozen=True, slots=True)
class OnRecord:
    """What a dossier of a role holds, and the backups of each attempt of its incidents."""

    incidents: tuple[Incident, ...]
    waivers: tuple[Waiver, ...]
    backups: tuple[tuple[Backup, ...], ...]


def read_record(ledger: DynamoLedger, role: str) -> OnRecord:
    """Return what is on record of a role."""
    dossier = ledger.read(ACCOUNT, role)
    backups = (attempt for incident in dossier.incidents for attempt in ledger.read_attempts(incident))
    return OnRecord(dossier.incidents, dossier.waivers, tuple(backups))


def put_waiver(ledger: DynamoLedger, incident: Incident) -> None:
    """Waive something of the role of an incident; operators have heard of it."""
    waiver = replace(WAIVER, subject=incident.subject, incident_id=incident.id)
    ledger.put_told(waiver)
    ledger.put_waiver(waiver)


def put_record_of_form_1(ministack: Ministack, table: str) -> str:
    """Put an incident into the ledger as a release of form 1 wrote it, told long ago; return its id."""
    text = (ROOT / "tests" / "forms" / "form-1.json").read_text(encoding="utf-8")
    fields = json.loads(text)["records"]["Incident"]
    subject = {**fields["subject"], "account": ACCOUNT, "name": EARLIER}
    times = dict.fromkeys(("opened_at", "seen_at", "updated_at"), NOW)
    written = json.dumps({**fields, **times, "subject": subject, "state": State.CONTAINED.value, "reason": LET_IN})
    incident = load_record(Incident, written)
    dynamodb = ministack.client("dynamodb")
    DynamoLedger(dynamodb, table).put_told(incident)  # before it is there: nobody is told of it again
    numbers = {name: {"N": str(fields[name])} for name in ("revision", "transition")}
    words = {"body": {"S": written}, "incident_id": {"S": incident.id}, "state": {"S": incident.state.value}}
    dynamodb.put_item(TableName=table, Item={**current_key(incident), **words, **numbers})
    return incident.id
