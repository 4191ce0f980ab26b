"""The settings that the code asks for are the variables that the template gives, per function."""

import importlib
import os
from collections.abc import Iterator

import pytest

from panorama_guard import bootstrap
from panorama_guard.settings import SettingError, Settings
from tests.architecture.calls import bootstrap_name
from tests.template.delivery import dead_letter_queues
from tests.template.reading import of_type, referred, rules_to
from tests.template.translation import REGION, translate

FUNCTIONS = ("inspect", "remediate", "notify", "relay", "sweep", "report", "operate")
VALUES = {
    "ACCOUNT_ID": "123456789012",
    "LEDGER_TABLE": "ledger",
    "MODE": "observe",
    "POSTURE": "active",
    "CUSTOMER_POLICIES": "keep",
    "CHANGES_QUEUE_URL": "https://queue/changes",
    "REMEDIATIONS_QUEUE_URL": "https://queue/remediations",
    "RECHECKS_QUEUE_URL": "https://queue/rechecks",
    "REMEDIATE_ROLE_ARN": "arn:aws:iam::111122223333:role/remediate",
    "SWEEPS_QUEUE_URL": "https://queue/sweeps",
    "SWEEP_WINDOW_SECONDS": "60",
    "BREAKER_REOPENINGS": "5",
    "BREAKER_WINDOW_MINUTES": "15",
    "APPROVAL_MINUTES": "60",
    "MAXIMUM_WAIVER_DAYS": "30",
    "MAXIMUM_PAUSE_MINUTES": "60",
    "OPERATOR_IDENTITY": "role",
    "OPERATOR_ACCOUNT": "",
    "GUARD_ROLE_ARNS": "arn:aws:iam::111122223333:role/remediate,arn:aws:iam::111122223333:role/inspect",
    "ALERTS_PER_MINUTE": "10",
    "SUMMARIES_QUEUE_URL": "https://queue/summaries.fifo",
    "REPORTS_QUEUE_URL": "https://queue/reports.fifo",
    "REPORT_ROLE_ARN": "arn:aws:iam::111122223333:role/report",
    "REPORT_BUCKET": "panorama-guard-reports",
    "DEAD_LETTER_QUEUE_URLS": "https://queue/changes-dead,https://queue/notify-dead",
    "EVENT_RULES": "iam=IamChangesRule,s3=S3ChangesRule",
    "OWN_RULES": "panorama-guard-IamChangesRule-1,panorama-guard-GuardChangesRule-1",
    "CHAT_TOPIC_ARN": f"arn:aws:sns:{REGION}:123456789012:chat",
    "EVENT_BUS": "default",
    "SECURITY_HUB_PRODUCT_ARN": f"arn:aws:securityhub:{REGION}:123456789012:product/123456789012/default",
    "STACK_NAME": "panorama-guard",
    "HOME_REGION": REGION,
    "HUB_ACCOUNT": "123456789012",
    "MEMBER_EXTERNAL_ID": "an-external-id-of-members",
    "MEMBERS": "organization",
    "REMEDIATE_MEMBERS": "yes",
    "MEMBERS_QUEUE_URL": "https://queue/members.fifo",
    "LOOKS_QUEUE_URL": "https://queue/looks.fifo",
    "OTHER_REGIONS": "eu-west-1,us-west-2",
    "CANARY_ROLE": "panorama-guard-CanaryRole-1",
    "TOPIC_ARN": f"arn:aws:sns:{REGION}:123456789012:alerts",
}
PLATFORM = {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_LOG_LEVEL", "AWS_MAX_ATTEMPTS"}


def variables_of(function: str) -> set[str]:
    """Return the variables that the template gives a function, Powertools' and the SDK's left out."""
    properties = of_type(translate(), "AWS::Lambda::Function")[f"{function.capitalize()}Function"]
    return set(properties["Environment"]["Variables"]) - PLATFORM


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Return an environment with none of the guard's variables."""
    for name in [name for name in os.environ if name in VALUES]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    yield monkeypatch
    importlib.reload(bootstrap)


def start(function: str) -> None:
    """Wire a function as its first event does."""
    importlib.reload(bootstrap)
    getattr(bootstrap, bootstrap_name(function))()


def test_every_setting_is_a_variable_of_some_function() -> None:
    """Each property of Settings is given to at least one function, and no function gets a variable that is none."""
    properties = {name.upper() for name, value in vars(Settings).items() if isinstance(value, property)}
    assert set().union(*(variables_of(function) for function in FUNCTIONS)) == properties


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_starts_with_the_variables_of_the_template(environment: pytest.MonkeyPatch, function: str) -> None:
    """What the template gives is enough to wire the function."""
    for name in variables_of(function):
        environment.setenv(name, VALUES[name])
    start(function)


@pytest.mark.parametrize(
    ("function", "missing"), [(function, name) for function in FUNCTIONS for name in sorted(variables_of(function))]
)
def test_a_function_uses_each_variable_that_it_is_given(
    environment: pytest.MonkeyPatch, function: str, missing: str
) -> None:
    """Without any one of its variables a function refuses to start and names it: none is spare."""
    for name in variables_of(function) - {missing}:
        environment.setenv(name, VALUES[name])
    with pytest.raises(SettingError, match=missing):
        start(function)


def test_the_digest_knows_the_rule_of_each_service_and_each_queue_of_dead_letters() -> None:
    """A rule or a queue that is added is added there."""
    template = translate()
    variables = of_type(template, "AWS::Lambda::Function")["ReportFunction"]["Environment"]["Variables"]
    named = {referred({"Fn::Sub": each["Fn::Sub"]}) for each in variables["EVENT_RULES"]["Fn::Join"][1]}
    queues = {referred(each) for each in variables["DEAD_LETTER_QUEUE_URLS"]["Fn::Join"][1]}
    assert named == set(rules_to(template, "ChangesQueue"))
    assert queues == dead_letter_queues(template)


def test_every_rule_of_the_stack_is_enabled_again() -> None:
    """Those that bring events, and those that tell of changes of the guard; not what is on a bus of the guard's own."""
    template = translate()
    variables = of_type(template, "AWS::Lambda::Function")["SweepFunction"]["Environment"]["Variables"]
    named = {referred(each) for each in variables["OWN_RULES"]["Fn::Join"][1]}
    rules = of_type(template, "AWS::Events::Rule")
    own_bus = {name for name, rule in rules.items() if "EventBusName" in rule}
    forwarders = {name for name, rule in template["Resources"].items() if rule.get("Condition") == "IsForwarder"}
    assert named == rules.keys() - own_bus - forwarders
