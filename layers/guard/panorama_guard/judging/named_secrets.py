"""What a secret's parts say: who reaches it, who is handed it, where copies of it are, whose key it has."""

import json
from collections.abc import Iterator, Mapping

from panorama_guard.case import secret
from panorama_guard.case.finding import Deviation, Finding, Kind, Severity
from panorama_guard.case.resource import ResourceSnapshot
from panorama_guard.judging.own_account import is_elsewhere, owned_by
from panorama_guard.judging.part_rule import Direction, Entry, PartRule
from panorama_guard.profile import ResourceProfile


def _read_rotation(entry: Entry, _: ResourceSnapshot) -> dict[str, object]:
    """Return that the function is called with the secret."""
    return {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": entry["RotationLambdaARN"]}


_RULES: Mapping[str, PartRule] = {
    secret.POLICY: PartRule(Direction.REACH),
    # Only told: a rotation that is cancelled leaves a password as it is, which may have to change today.
    secret.ROTATION: PartRule(Direction.FLOW, Kind.WEAKNESS, lists=("Rotations",), read_entry=_read_rotation),
}


def rule_of(part: str) -> PartRule | None:
    """Return how a part is judged by the engine, or None for one that is compared."""
    return _RULES.get(part)


def own_targets(snapshot: ResourceSnapshot) -> tuple[str, ...]:
    """Return the patterns of what the account owns and a secret may be handed to."""
    return owned_by(snapshot, "lambda")


def compare(snapshot: ResourceSnapshot, _: ResourceProfile) -> Iterator[Finding]:
    """Yield where copies of a secret are, and whether somebody else's key is needed to read it."""
    replicas = json.loads(snapshot.text_of(secret.REPLICATION) or "[]")
    if replicas:
        regions = ", ".join(sorted(one["Region"] for one in replicas))
        yield _told(secret.REPLICATION, f"copies of it are in {regions}, where the guard does not look", Severity.LOW)
    keys = (snapshot.text_of(secret.KEY) or "", *(one.get("KmsKeyId", "") for one in replicas))
    if others := sorted({key for key in keys if is_elsewhere(key, snapshot)}):
        reason = f"its key is another account's, which can take it away: {', '.join(others)}"
        yield _told(secret.KEY, reason, Severity.MEDIUM)


def _told(part: str, reason: str, severity: Severity) -> Finding:
    return Finding(Kind.WEAKNESS, severity, part, Deviation(reason))
