"""The account behind a running stack, as a test sees it: from outside, with its own reading of what a role may do."""

import contextlib
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from local.seed import seed_roles
from panorama_guard.aws.clients import keep_documents_as_text
from panorama_guard.aws.ledger import DynamoLedger
from panorama_guard.case.backup import Backup
from panorama_guard.case.dossier import Dossier
from panorama_guard.case.incident import PENDING, Incident, State
from panorama_guard.case.record import load_record
from panorama_guard.case.resource import fold
from panorama_guard.containment import Grant, Request
from panorama_guard.containment.evaluate import allows
from panorama_guard.policy import parse_document
from tests.builders import PROFILE, policy, trusting
from tests.stack.messages import Message, parse_message, take_bodies
from tests.stack.operators import open_operator
from tests.stack.roles import Holdings, RoleRecord, delete_policies, delete_role, read_all, read_managed, read_record
from tests.stack.running import RunningStack, client_of_session

ATTACKER, SESSION = "Developer", "mallory"
BATCH_WRITE = 25  # items that one call deletes at most
DEAD_LETTERS = ("Changes", "Rechecks", "Remediations", "Sweeps", "Schedule", "Notify", "Reports", "Summaries")


class Account:
    """One AWS account with a guard in it. `iam` is the operator's client, `mallory` the attacker's."""

    def __init__(self, stack: RunningStack) -> None:
        """Open the attacker's session and make the six roles."""
        self.stack = stack
        self.id: str = stack.places["account"]
        self.iam = stack.client("iam")
        self.mallory_keys = self._open_session()
        self.mallory = self.client_of(self.mallory_keys)
        self.operators = (open_operator(stack, "Operator", "carol"), open_operator(stack, "SecurityOfficer", "dave"))
        self.sqs = stack.client("sqs")
        self._ledger = DynamoLedger(stack.client("dynamodb"), stack.places["ledger_table"])
        self._raw = stack.client("iam", "reader")
        keep_documents_as_text(self._raw)
        self._own = self.holdings().roles.keys()
        list(seed_roles(self.iam))
        self.recheck()  # what is looked at again after their creation would fall into the first test
        roles = self.holdings().roles
        self._healthy = {role.name: roles[role.name] for role in PROFILE.roles}

    def _open_session(self) -> Mapping[str, str]:
        trust = policy(trusting({"AWS": self.id}))
        arn = self.iam.create_role(RoleName=ATTACKER, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        opened = self.stack.client("sts").assume_role(RoleArn=arn, RoleSessionName=SESSION)
        keys: Mapping[str, str] = opened["Credentials"]
        return keys

    def client_of(self, keys: Mapping[str, str], service: str = "iam", region: str = "") -> Any:
        """Return a client that calls with a session's keys, in the guard's own region or another."""
        places, names = self.stack.places, ("AccessKeyId", "SecretAccessKey", "SessionToken")
        identifier, secret, token = (keys[name] for name in names)
        return client_of_session(places["endpoint"], region or places["region"], service, (identifier, secret, token))

    def resource(self, logical_id: str) -> str:
        """Return what the deployment calls a resource of the template."""
        return str(self.stack.places["resources"][logical_id])

    # --- what happens ---

    def invoke(self, function: str, payload: object) -> Mapping[str, Any]:
        """Run a function by the Lambda API and return what it answered."""
        name = self.stack.places["functions"][function]
        answer = self.stack.client("lambda").invoke(FunctionName=name, Payload=json.dumps(payload).encode())
        value: Mapping[str, Any] = json.load(answer["Payload"])
        return value

    def post(self, *events: object) -> tuple[int, ...]:
        """Put events on the bus, and return to how many targets each one went."""
        status, answer = self.stack.post(json.dumps(events).encode())
        assert status == 200, answer
        return tuple(answer["targets"])

    @contextlib.contextmanager
    def events_lost(self, of: str = "Iam") -> Iterator[None]:
        """Lose a service's events of what is done meanwhile: somebody has disabled the rule."""
        events, rule = self.stack.client("events"), self.resource(f"{of}ChangesRule")
        events.disable_rule(Name=rule)
        try:
            yield
        finally:
            events.enable_rule(Name=rule)

    def recheck(self) -> None:
        """Have every role looked at again for which that is delayed, and wait for rest."""
        self.settle()
        while self.stack.hurry():
            self.settle()
        # What was hurried is not on its way any more: no later change is to be spared its own re-checks for it.
        self._delete(key for key in self._keys() if key["sk"]["S"] == "RECHECKS")

    def ask_for_sweep(self) -> None:
        """Put what the schedule sends on the sweeps queue, as a message of its own."""
        self.sqs.send_message(
            QueueUrl=self.resource("SweepsQueue"),
            MessageBody='{"reason": "schedule"}',
            MessageGroupId="sweep",
            MessageDeduplicationId=str(uuid.uuid4()),
        )

    def settle(self) -> None:
        """Wait until nothing is due or in flight."""
        self.stack.settle()

    def alerts(self) -> list[Message]:
        """Wait for rest, and take every message off the operators' queue; return those of incidents and of each day."""
        return [one for one in self._messages() if not (one.is_of_the_guard or one.is_of_the_report)]

    def guard_changes(self) -> list[Message]:
        """Wait for rest, and take every message off the operators' queue; return those that tell of the guard."""
        return [message for message in self._messages() if message.is_of_the_guard]

    def links(self) -> list[Message]:
        """Wait for rest, and take every message off the operators' queue; return those that lead to the report."""
        return [message for message in self._messages() if message.is_of_the_report]

    def _messages(self) -> list[Message]:
        self.settle()
        return [parse_message(envelope) for envelope in self.stack.take_alerts()]

    def dead_letters(self) -> list[str]:
        """Take every message off the dead-letter queues, and return their bodies."""
        urls = [self.resource(f"{name}DeadLetterQueue") for name in DEAD_LETTERS]
        return [body for url in urls for body in take_bodies(self.sqs, url)]

    def approve(self, incident: Incident) -> None:
        """Give an operator's word for the plan of an incident."""
        operator, _ = self.operators
        status, answer = operator.ask({"action": "approve", "incident": incident.id, "plan": incident.remedy.plan})
        assert status == 200, answer

    # --- what is on record ---

    def incidents(self, role: str) -> tuple[Incident, ...]:
        """Return the incidents of this role, not of those that had its name before."""
        unique_id = self.iam.get_role(RoleName=role)["Role"]["RoleId"]
        return tuple(one for one in self.dossier(role).incidents if one.subject.unique_id == unique_id)

    def on_record(self) -> set[str]:
        """Return the names, as the ledger compares them, of all roles and resources that have incidents."""
        return {key["pk"]["S"].split("#", 2)[2] for key in self._keys() if key["sk"]["S"].startswith("INCIDENT#")}

    def dossier(self, role: str) -> Dossier:
        """Return what is on record of the roles that had this name."""
        return self._ledger.read(self.id, role)

    def healthy(self, role: str) -> RoleRecord:
        """Return a role as AWS makes it."""
        return self._healthy[role]

    def contained(self) -> dict[str, list[Incident]]:
        """Return the contained incidents of each guarded role that has some and still exists."""
        known = self.on_record()
        records = {one.name: self.dossier(one.name).incidents for one in PROFILE.roles if fold(one.name) in known}
        names = [name for name, each in records.items() if any(one.state is State.CONTAINED for one in each)]
        return {name: [one for one in self.incidents(name) if one.state is State.CONTAINED] for name in names}

    def outcome(self, role: str) -> Incident:
        """Wait for rest, and return the one incident of this role, which must have come to an outcome."""
        self.settle()
        (incident,) = self.incidents(role)
        assert incident.state not in PENDING
        return incident

    def resource_incidents(self, key: str) -> tuple[Incident, ...]:
        """Wait for rest, and return the incidents of a resource, each of which must have come to an outcome."""
        self.settle()
        incidents = self._ledger.read(self.id, key).incidents
        assert not [one for one in incidents if one.state in PENDING]
        return incidents

    def history(self, role: str) -> tuple[Incident, ...]:
        """Return the incidents of this role in whose place a later one of the same cause came."""
        unique_id = self.iam.get_role(RoleName=role)["Role"]["RoleId"]
        pages = (
            self.stack.client("dynamodb")
            .get_paginator("query")
            .paginate(
                TableName=self.stack.places["ledger_table"],
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues={":pk": {"S": f"HISTORY#{self.id}#{role.lower()}"}},
            )
        )
        kept = [load_record(Incident, item["body"]["S"]) for page in pages for item in page["Items"]]
        return tuple(one for one in kept if one.subject.unique_id == unique_id)

    def backups(self, incident: Incident) -> tuple[Backup, ...]:
        """Return what the ledger kept of the role before the guard's last attempt wrote to it."""
        return next(reversed(self.attempts(incident)), ())

    def attempts(self, incident: Incident) -> tuple[tuple[Backup, ...], ...]:
        """Return the backups of each attempt at an incident."""
        return self._ledger.read_attempts(incident)

    # --- what is ---

    def record(self, role: str) -> RoleRecord:
        """Return everything IAM holds of a role, its documents byte for byte."""
        return read_record(self._raw, role)

    def holdings(self) -> Holdings:
        """Return what IAM holds of every role, as `record` returns it, and the customer's policies."""
        return read_all(self._raw)

    def managed_policy(self, arn: str) -> tuple[str, str]:
        """Return the ARN of a managed policy, and its default version's document byte for byte."""
        return read_managed(self._raw, arn)

    def may(self, role: str, request: Request) -> bool:
        """Say whether a role may make a request now, by the definition."""
        return allows(grant_of(self.record(role)), request)

    # --- setting up and tidying ---

    def create_policy(self, name: str, document: str) -> str:
        """Create a customer managed policy and return its ARN."""
        return str(self.iam.create_policy(PolicyName=name, PolicyDocument=document)["Policy"]["Arn"])

    def tidy(self) -> None:
        """Bring the account back to six healthy roles, with nothing due or delayed and no message waiting."""
        self.settle()
        held, known = self.holdings(), self.on_record()
        others = {name: record for name, record in held.roles.items() if name not in self._own}
        spoilt = [name for name, record in others.items() if record != self._healthy.get(name) or fold(name) in known]
        if spoilt or held.policies or others.keys() < self._healthy.keys():
            with self.events_lost():
                for name in sorted(spoilt):
                    delete_role(self.iam, name)
                delete_policies(self.iam, held.policies)
                list(seed_roles(self.iam))
        self.settle()
        self.forget()
        self.stack.lose_delayed()  # what one test left to be looked at again
        self.dead_letters()
        self.alerts()

    def forget(self) -> None:
        """Empty the ledger but for what was learnt of healthy roles: what came of one test is nothing to the next."""
        # Which role it was goes too: roles that a test leaves behind are made again, and nobody is to hear of that.
        self._delete(key for key in self._keys() if key["sk"]["S"] != "MEMORY" or "iam-role:" in key["pk"]["S"])

    def _delete(self, keys: Iterable[Mapping[str, Any]]) -> None:
        table, dynamodb = self.stack.places["ledger_table"], self.stack.client("dynamodb")
        deletions = [{"DeleteRequest": {"Key": key}} for key in keys]
        for at in range(0, len(deletions), BATCH_WRITE):
            dynamodb.batch_write_item(RequestItems={table: deletions[at : at + BATCH_WRITE]})

    def _keys(self) -> list[dict[str, Any]]:
        """Return the key of everything on record."""
        scan = self.stack.client("dynamodb").get_paginator("scan")
        pages = scan.paginate(
            TableName=self.stack.places["ledger_table"], ProjectionExpression="pk, sk", ConsistentRead=True
        )
        return [key for page in pages for key in page["Items"]]


def grant_of(record: RoleRecord) -> Grant:
    """Return what a role's documents grant, read here and not by the guard's own reader."""
    policies = tuple(parse_document(text, name=name) for name, text in (*record.inline, *record.attached))
    return Grant(policies, tuple((parse_document(text, name=name),) for name, text in record.boundary))
