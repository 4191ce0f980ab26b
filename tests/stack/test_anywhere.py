"""Mode enforce: a profile of IAM Roles Anywhere that hands out a guarded role is told and let be."""

from collections.abc import Iterator
from typing import Any

import pytest

from panorama_guard.case import anywhere
from panorama_guard.case.incident import State
from tests.stack.account import Account

pytestmark = pytest.mark.stack
BUNDLE = {"sourceType": "CERTIFICATE_BUNDLE", "sourceData": {"x509CertificateData": "x"}}


class Plant:
    """IAM Roles Anywhere of the account. The client is mallory's."""

    def __init__(self, account: Account) -> None:
        """Open the client."""
        self.account = account
        self.client: Any = account.client_of(account.mallory_keys, "rolesanywhere")
        self.role = f"arn:aws:iam::{account.id}:role/service-role/AWSPanoramaServiceRole"
        self.payroll = f"arn:aws:iam::{account.id}:role/Payroll"

    def make(self, *roles: str) -> str:
        """Make a profile, and return its key."""
        made = self.client.create_profile(name="factory", roleArns=list(roles), enabled=True)["profile"]
        return f"rolesanywhere-profile:{made['profileId']}"


@pytest.fixture
def plant(enforcing_account: Account) -> Iterator[Plant]:
    """Give IAM Roles Anywhere of mode enforce, with no alert waiting, and leave nothing of it."""
    enforcing_account.alerts()
    made = Plant(enforcing_account)
    yield made
    enforcing_account.settle()
    with enforcing_account.events_lost("Anywhere"):
        for one in made.client.list_profiles()["profiles"]:
            made.client.delete_profile(profileId=one["profileId"])
        for one in made.client.list_trust_anchors()["trustAnchors"]:
            made.client.delete_trust_anchor(trustAnchorId=one["trustAnchorId"])
    enforcing_account.forget()
    enforcing_account.recheck()
    assert enforcing_account.dead_letters() == []
    enforcing_account.alerts()


def test_a_profile_that_gets_a_guarded_role_is_told_until_it_has_it_no_more(plant: Plant) -> None:
    """Of other roles it is nobody's business; nothing is written."""
    key = plant.make(plant.payroll)
    assert plant.account.alerts() == []
    name = key.partition(":")[2]
    plant.client.update_profile(profileId=name, roleArns=[plant.payroll, plant.role])
    (incident,) = plant.account.resource_incidents(key)
    (alert,) = plant.account.alerts()
    assert (incident.state, incident.source, incident.severity.value) == (State.OBSERVED, anywhere.ROLES, "MEDIUM")
    assert plant.role in alert.text
    assert f"aws rolesanywhere get-profile --profile-id {name}" in alert.text
    assert alert.body["call"]["event"] == "rolesanywhere.amazonaws.com UpdateProfile"
    assert plant.client.get_profile(profileId=name)["profile"]["roleArns"] == [plant.payroll, plant.role]
    plant.client.update_profile(profileId=name, roleArns=[plant.payroll])
    (incident,) = plant.account.resource_incidents(key)
    assert incident.state is State.RESOLVED


def test_a_trust_anchor_makes_such_a_profile_worse(plant: Plant) -> None:
    """It says nothing of any profile; all that name a guarded role are looked at."""
    key = plant.make(plant.role)
    plant.account.alerts()
    plant.client.create_trust_anchor(name="plant", source=BUNDLE, enabled=True)
    (incident,) = plant.account.resource_incidents(key)
    assert incident.severity.value == "HIGH"


def test_a_profile_of_which_no_event_told_is_found_by_a_sweep(plant: Plant) -> None:
    """By the listing of all profiles with their roles."""
    with plant.account.events_lost("Anywhere"):
        key = plant.make(plant.role)
    assert key in plant.account.invoke("sweep", {})["roles"]
    (incident,) = plant.account.resource_incidents(key)
    assert incident.state is State.OBSERVED
    (alert,) = plant.account.alerts()
    assert alert.body["call"]["actor"] == "unknown (found by a sweep)"
