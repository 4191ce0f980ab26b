"""Mode enforce: the alert in the README is the one that is sent."""

import re

import pytest

from tests.builders import ADMINISTRATOR_ARN
from tests.stack.account import Account
from tests.stack.running import ROOT

pytestmark = pytest.mark.stack
VARYING = (  # what no two alerts have in common
    r"inc-[0-9a-f]{16}",
    r"containment-[0-9a-f]{12}",
    r"event [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    r"At, from: \S+ \S+",
    r"With: .*? \.\.\.",
)


def constant(text: str) -> str:
    """Return what of an alert is always the same, on one line."""
    joined = " ".join(text.split())
    for pattern in VARYING:
        joined = re.sub(pattern, "*", joined)
    return joined


def test_the_alert_in_the_readme_is_the_one_that_is_sent(enforcing: Account) -> None:
    """But for ids, time, address and tool; long lines are broken there."""
    enforcing.mallory.attach_role_policy(RoleName="AWSPanoramaServiceRole", PolicyArn=ADMINISTRATOR_ARN)
    enforcing.outcome("AWSPanoramaServiceRole")
    (alert,) = enforcing.alerts()
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (sample,) = re.findall(r"```\n(\[CONTAINED\] .*?)```", readme, re.DOTALL)
    for_a_person, _, _ = alert.text.rpartition("\n")
    assert constant(sample) == constant(f"{alert.subject} {for_a_person}")
