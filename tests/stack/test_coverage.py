"""On the running stack every routed event reaches `inspect`, which reads whom it concerns; no other event does."""

import json

import pytest

from panorama_guard.case.routes import ROUTES
from tests.coverage.table import sample_of
from tests.stack.account import Account
from tests.template.test_let_through import UNRELATED, as_event

pytestmark = pytest.mark.stack


def test_every_routed_event_is_delivered_and_judged(enforcing: Account) -> None:
    """To one queue each, as the rules are deployed; what the samples name is as it should be, or is not there."""
    samples = [json.loads(sample_of(*route).read_text(encoding="utf-8")) for route in ROUTES]
    assert enforcing.post(*samples) == (1,) * len(ROUTES)
    enforcing.settle()
    assert enforcing.dead_letters() == []
    assert [alert for alert in enforcing.alerts() if alert.body["state"] == "CONTAINED"] == []


def test_no_unrelated_event_is_delivered(enforcing: Account) -> None:
    """Two hundred and more kinds; of the trail's own calls another rule tells, past every function."""
    others = [one for one in UNRELATED if one[0] != "cloudtrail.amazonaws.com"]
    targets = enforcing.post(*[as_event(*one) for one in others])
    assert len(targets) >= 200
    assert set(targets) == {0}
