"""What happens in another region comes to the home bus by the rules of the same template, or not at all."""

import json

import pytest

from local.deploy import STACK_NAME
from local.forwarding import Forwarders
from tests.template.translation import ROOT
from tests.unit.local_delivery.emulated import ACCOUNT

BUS = "panorama-guard-forwards"


@pytest.fixture(scope="module")
def forwarders() -> Forwarders:
    """Return the forwarders of the template as it is written."""
    return Forwarders(ROOT / "template.yaml", {}, ACCOUNT, STACK_NAME)


def sample(name: str, region: str = "eu-west-1") -> dict[str, object]:
    """Return a sample event, in another region."""
    event = json.loads((ROOT / "events" / f"{name}.json").read_text(encoding="utf-8"))
    return {**event, "region": region}


@pytest.mark.parametrize("name", ["PutBucketPolicy", "secretsmanager-PutResourcePolicy", "logs-PutResourcePolicy"])
def test_a_watched_call_of_another_region_is_sent_to_the_guard_s_bus(forwarders: Forwarders, name: str) -> None:
    """By its name."""
    assert forwarders.bus_for(sample(name)) == BUS


def test_what_no_rule_takes_is_sent_nowhere(forwarders: Forwarders) -> None:
    """A call that is not watched, and IAM's, of which there is none elsewhere."""
    other = {**sample("PutBucketPolicy"), "source": "aws.ec2"}
    assert [forwarders.bus_for(one) for one in (other, sample("PutRolePolicy"))] == [None, None]
