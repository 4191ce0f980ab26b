"""Mode enforce: a bucket of others that gives a guarded role something, and a dashboard that calls others, are told."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from panorama_guard.case import dashboard, grantor
from panorama_guard.case.incident import Incident, State
from tests.stack.account import Account

pytestmark = pytest.mark.stack


@pytest.fixture
def account(enforcing_account: Account) -> Iterator[Account]:
    """Give the account of mode enforce, with no alert waiting, and leave no bucket, dashboard or delayed look."""
    enforcing_account.alerts()
    yield enforcing_account
    enforcing_account.settle()
    s3 = enforcing_account.client_of(enforcing_account.mallory_keys, "s3")
    cloudwatch = enforcing_account.client_of(enforcing_account.mallory_keys, "cloudwatch")
    with enforcing_account.events_lost("S3"), enforcing_account.events_lost("Dashboard"):
        for bucket in s3.list_buckets()["Buckets"]:
            if bucket["Name"] in ("payroll", "salaries"):
                s3.delete_bucket(Bucket=bucket["Name"])
        for one in cloudwatch.list_dashboards()["DashboardEntries"]:
            cloudwatch.delete_dashboards(DashboardNames=[one["DashboardName"]])
    enforcing_account.forget()
    enforcing_account.recheck()
    assert enforcing_account.dead_letters() == []
    enforcing_account.alerts()


def incident_of(account: Account, key: str, source: str) -> Incident:
    """Wait for rest, and return the incident in one part of a resource."""
    return {incident.source: incident for incident in account.resource_incidents(key)}[source]


def open_to(account: Account, name: str, principal: str) -> str:
    """Let mallory make a bucket whose policy lets a principal read; return the policy."""
    s3: Any = account.client_of(account.mallory_keys, "s3")
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "s3:GetObject"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [{**statement, "Resource": f"arn:aws:s3:::{name}/*"}]})
    s3.create_bucket(Bucket=name)
    s3.put_bucket_policy(Bucket=name, Policy=text)
    return text


def test_a_bucket_of_others_that_lets_in_a_guarded_role_is_told_and_never_written_to(account: Account) -> None:
    """With a request that proves it; what is taken away is over."""
    role = f"arn:aws:iam::{account.id}:role/service-role/AWSPanoramaServiceRole"
    open_to(account, "salaries", f"arn:aws:iam::{account.id}:role/Payroll")
    assert account.alerts() == []
    text = open_to(account, "payroll", role)
    incident = incident_of(account, "s3-grantor:payroll", grantor.POLICY)
    (alert,) = account.alerts()
    s3: Any = account.client_of(account.mallory_keys, "s3")
    assert (incident.state, s3.get_bucket_policy(Bucket="payroll")["Policy"]) == (State.OBSERVED, text)
    assert alert.body["witness"]["action"] == "s3:GetObject"
    assert alert.body["witness"]["resource"].startswith("arn:aws:s3:::payroll/")
    (note,) = alert.body["remedy"]["notes"]
    assert note.startswith("to deny it on the role: aws iam put-role-policy --role-name AWSPanoramaServiceRole")
    assert ":assumed-role/AWSPanoramaServiceRole/" in alert.body["witness"]["principal"]
    s3.delete_bucket_policy(Bucket="payroll")
    assert incident_of(account, "s3-grantor:payroll", grantor.POLICY).state is State.RESOLVED


def test_a_dashboard_that_calls_a_function_of_others_is_told(account: Account) -> None:
    """One of another name is nobody's business here."""
    client: Any = account.client_of(account.mallory_keys, "cloudwatch")
    endpoint = "arn:aws:lambda:us-east-1:999999999999:function:panorama-x"
    body = json.dumps({"widgets": [{"type": "custom", "properties": {"endpoint": endpoint}}]})
    client.put_dashboard(DashboardName="payroll", DashboardBody=body)
    assert account.alerts() == []
    client.put_dashboard(DashboardName="panorama-gate", DashboardBody=body)
    incident = incident_of(account, "cloudwatch-dashboard:panorama-gate", dashboard.ENDPOINTS)
    assert (incident.state, endpoint in incident.evidence.reason) == (State.OBSERVED, True)


def test_a_sweep_finds_what_no_event_told(account: Account) -> None:
    """Of both."""
    client: Any = account.client_of(account.mallory_keys, "cloudwatch")
    body = json.dumps({"widgets": [{"type": "custom", "properties": {"endpoint": "arn:x"}}]})
    with account.events_lost("S3"), account.events_lost("Dashboard"):
        open_to(account, "payroll", f"arn:aws:sts::{account.id}:assumed-role/AWSPanoramaServiceRole/mallory")
        client.put_dashboard(DashboardName="panorama-gate", DashboardBody=body)
    account.invoke("sweep", {"Records": []})
    assert incident_of(account, "s3-grantor:payroll", grantor.POLICY).state is State.OBSERVED
    assert incident_of(account, "cloudwatch-dashboard:panorama-gate", dashboard.ENDPOINTS).state is State.OBSERVED
