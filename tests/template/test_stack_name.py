"""How long the stack's name may be: the guard knows what is its own by it, so nothing may cut it short."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.template.reading import of_type
from tests.template.translation import ROOT, read_source, translate

MOST = 21  # characters
SCHEDULE = 64  # characters that EventBridge takes of a schedule's name
KEPT = 25  # characters of a stack's name that CloudFormation leaves where it has to cut: seen, and nowhere promised


def test_a_stack_whose_name_would_be_cut_is_refused_at_deploy_time() -> None:
    """By the one resource whose name is given, with the reason in the name that is refused."""
    name = of_type(translate(), "AWS::Scheduler::Schedule")["SweepSchedule"]["Name"]["Fn::Sub"]
    assert len(name.replace("${AWS::StackName}", "n" * MOST)) == SCHEDULE
    assert f"at-most-{MOST}-letters" in name
    assert MOST < KEPT


@pytest.mark.parametrize(
    ("path", "parameter"),
    [("templates/member.yaml", "HubStackName"), ("docs/examples/service-control-policy.yaml", "StackName")],
)
def test_the_other_templates_take_no_longer_name(path: str, parameter: str) -> None:
    """They know the guard's roles by it."""
    told: dict[str, Any] = read_source(ROOT / path)["Parameters"][parameter]
    assert re.match(told["AllowedPattern"], "n" * MOST)
    assert not re.match(told["AllowedPattern"], "n" * (MOST + 1))
    assert f"{MOST} characters" in told["ConstraintDescription"]


def test_the_readme_says_so() -> None:
    """Whoever chooses a longer one would learn it when the deployment fails."""
    assert f"name has at most {MOST} characters" in Path(ROOT / "README.md").read_text(encoding="utf-8")


def test_the_default_name_is_short_enough() -> None:
    """As `sam deploy` takes it."""
    (name,) = re.findall(r'^stack_name = "(.+)"$', (ROOT / "samconfig.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(name) <= MOST
