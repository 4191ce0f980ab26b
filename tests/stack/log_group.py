"""A log group of the account behind a running stack, attacked by mallory, and read here, not by the guard's reader."""

import itertools
import json
from typing import Any

from panorama_guard.case.incident import Incident, State
from tests.stack.account import Account

_NUMBERS = itertools.count(1)
OWN_NAMES = ("/aws/lambda/", "/aws/vendedlogs/")  # what the stack itself writes to


class LogGroup:
    """One log group, new in each test. `logs` is mallory's client."""

    def __init__(self, account: Account, name: str = "") -> None:
        """Make the log group."""
        self.account = account
        self.name = name or f"/aws/panorama/devices/gate-{next(_NUMBERS)}"
        self.key, region = f"log-group:{self.name}", account.stack.places["region"]
        self.arn = f"arn:aws:logs:{region}:{account.id}:log-group:{self.name}"
        self.logs: Any = account.client_of(account.mallory_keys, "logs")
        self.logs.create_log_group(logGroupName=self.name)
        account.settle()  # a look after this call would find what the next one does, and name this one

    def destination(self, owner: str) -> str:
        """Return the ARN of a destination of an account."""
        return f"arn:aws:logs:{self.account.stack.places['region']}:{owner}:destination:central"

    def send_to(self, target: str, name: str = "copy") -> None:
        """Let mallory have the events sent to a target."""
        self.logs.put_subscription_filter(
            logGroupName=self.name, filterName=name, filterPattern="", destinationArn=target
        )

    @property
    def filters(self) -> list[str]:
        """Return the names of the log group's filters."""
        found = self.logs.describe_subscription_filters(logGroupName=self.name)["subscriptionFilters"]
        return [one["filterName"] for one in found]

    def incidents(self) -> dict[str, Incident]:
        """Wait for rest, and return the log group's incidents by the part in which they are."""
        return {incident.source: incident for incident in self.account.resource_incidents(self.key)}

    def contained(self, source: str) -> Incident:
        """Wait for rest, and return the incident of a part, which must be contained by the guard's doing."""
        incident = self.incidents()[source]
        assert (incident.state, incident.remedy.carried_out) == (State.CONTAINED, True), incident
        return incident


def subscribe_all(group: LogGroup, target: str, leaving_out: tuple[str, ...] = ()) -> None:
    """Let mallory have the events of all log groups but some sent to a target."""
    chosen = {"selectionCriteria": f"LogGroupName NOT IN {json.dumps(leaving_out)}"} if leaving_out else {}
    document = json.dumps({"DestinationArn": target, "FilterPattern": ""})
    group.logs.put_account_policy(
        policyName="all", policyType="SUBSCRIPTION_FILTER_POLICY", policyDocument=document, **chosen
    )


def delete_log_groups(account: Account) -> None:
    """Delete every log group and policy that tests have made."""
    logs = account.client_of(account.mallory_keys, "logs")
    for page in logs.get_paginator("describe_log_groups").paginate():
        for name in [one["logGroupName"] for one in page["logGroups"]]:
            if not name.startswith(OWN_NAMES):
                logs.delete_log_group(logGroupName=name)
    for policy in logs.describe_resource_policies()["resourcePolicies"]:
        logs.delete_resource_policy(policyName=policy["policyName"])
    for policy in logs.describe_account_policies(policyType="SUBSCRIPTION_FILTER_POLICY")["accountPolicies"]:
        logs.delete_account_policy(policyName=policy["policyName"], policyType="SUBSCRIPTION_FILTER_POLICY")
    for one in logs.describe_destinations()["destinations"]:
        logs.delete_destination(destinationName=one["destinationName"])
