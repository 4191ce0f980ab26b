"""A secret of the account behind a running stack, attacked by mallory, and read here, not by the guard's own reader."""

import itertools
from typing import Any

from panorama_guard.case.incident import Incident, State
from tests.stack.account import Account

_NUMBERS = itertools.count(1)


class Secret:
    """One secret, new in each test. `client` is mallory's."""

    def __init__(self, account: Account, name: str = "", *, region: str = "") -> None:
        """Make the secret, in another region than the guard's where one is named."""
        self.account = account
        self.name = name or f"panorama-camera/{next(_NUMBERS)}"
        self.key = f"secret@{region}:{self.name}" if region else f"secret:{self.name}"
        self.client: Any = account.client_of(account.mallory_keys, "secretsmanager", region)
        self.arn = str(self.client.create_secret(Name=self.name, SecretString="user:password")["ARN"])
        account.settle()  # a look after this call would find what the next one does, and name this one

    def allow(self, principal: object, **rest: object) -> dict[str, object]:
        """Return a statement that lets somebody read the secret."""
        return {
            "Effect": "Allow",
            "Principal": principal,
            "Action": "secretsmanager:GetSecretValue",
            "Resource": "*",
            **rest,
        }

    def put_policy(self, text: str) -> None:
        """Let mallory put the policy, by the secret's ARN."""
        self.client.put_resource_policy(SecretId=self.arn, ResourcePolicy=text)

    @property
    def policy(self) -> str:
        """Return the policy byte for byte, or an empty text."""
        return str(self.client.get_resource_policy(SecretId=self.arn).get("ResourcePolicy", ""))

    def incidents(self) -> dict[str, Incident]:
        """Wait for rest, and return the secret's incidents by the part in which they are."""
        return {incident.source: incident for incident in self.account.resource_incidents(self.key)}

    def contained(self, source: str) -> Incident:
        """Wait for rest, and return the incident of a part, which must be contained by the guard's doing."""
        incident = self.incidents()[source]
        assert (incident.state, incident.remedy.carried_out) == (State.CONTAINED, True), incident
        return incident


def delete_secrets(account: Account) -> None:
    """Delete every secret, whoever made it, with its copies."""
    client = account.client_of(account.mallory_keys, "secretsmanager")
    for page in client.get_paginator("list_secrets").paginate(IncludePlannedDeletion=True):
        for one in page["SecretList"]:
            described = client.describe_secret(SecretId=one["ARN"])
            if regions := [copy["Region"] for copy in described.get("ReplicationStatus", [])]:
                client.remove_regions_from_replication(SecretId=one["ARN"], RemoveReplicaRegions=regions)
            client.delete_secret(SecretId=one["ARN"], ForceDeleteWithoutRecovery=True)
