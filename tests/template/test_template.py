"""The template holds what the linters do not see. Each check returns its faults; none may be found."""

import json
import re
from collections.abc import Callable

import pytest

from panorama_guard.aws import channels
from panorama_guard.case.telling import STREAMED
from tests.template import access, delivery, encryption, keeping, patterns, resource_policies
from tests.template.patterns import LONGEST_PATTERN
from tests.template.reading import Template, as_deployed, of_type, referred, role_statements, rules_to, text_of
from tests.template.translation import ROOT, SOURCE, translate

LONGEST = "x" * 128

Check = Callable[[Template], list[str]]

CHECKS: tuple[Check, ...] = (
    access.find_wildcards,
    access.find_idle_reasons,
    access.find_shared_roles,
    resource_policies.find_open_doors,
    resource_policies.find_replaced_policies,
    resource_policies.find_clear_text,
    resource_policies.find_open_to_other_accounts,
    delivery.find_without_dead_letter,
    delivery.find_without_alarm,
    delivery.find_without_bound_on_acts,
    delivery.find_wrong_order,
    delivery.find_refused_requests,
    delivery.find_short_visibility,
    delivery.find_whole_batch_failures,
    delivery.find_endless,
    encryption.find_unencrypted,
    encryption.find_locked_out,
    encryption.find_idle_services,
    encryption.find_unbounded_services,
    keeping.find_perishable,
    keeping.find_unprotected_tables,
    keeping.find_open_buckets,
    keeping.find_endless_logs,
    keeping.find_loose_parameters,
    keeping.find_odd_functions,
    patterns.find_bad_patterns,
    patterns.find_bad_schedules,
)


@pytest.fixture(scope="module")
def template() -> Template:
    """Return the template as CloudFormation gets it."""
    return translate()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__.removeprefix("find_"))
def test_the_template_has_no_fault_of_this_kind(template: Template, check: Check) -> None:
    """No resource of the translated template has the fault that the check looks for."""
    assert check(template) == []


def test_every_handler_is_there(template: Template) -> None:
    """Each function's code folder holds a file that defines its handler."""
    assert keeping.find_missing_handlers(template, ROOT) == []


def test_every_granted_action_has_its_reason_beside_it() -> None:
    """Each action in the template's policies has a comment on its line or on the line above."""
    assert access.find_bare_actions(SOURCE) == []


@pytest.mark.parametrize(
    ("value", "is_taken"),
    [
        ("rate(1 hour)", True),
        ("rate(30 minutes)", True),
        ("rate(1 day)", True),
        ("rate(1 hours)", False),
        ("rate(2 hour)", False),
        ("rate(0 minutes)", False),
        ("rate(1 week)", False),
        ("hourly", False),
    ],
)
def test_the_sweep_rate_takes_what_the_scheduler_takes(template: Template, value: str, *, is_taken: bool) -> None:
    """The parameter's pattern accepts valid rate expressions only."""
    assert bool(re.fullmatch(template["Parameters"]["SweepRate"]["AllowedPattern"], value)) is is_taken


@pytest.mark.parametrize(
    ("parameter", "value", "is_taken"),
    [
        ("Members", "organization", True),
        ("Members", "222233334444", True),
        ("Members", "222233334444,333344445555", True),
        ("Members", "", False),
        ("Members", "222233334444, 333344445555", False),
        ("Members", "organization,222233334444", False),
        ("MemberSweepRate", "rate(1 day)", True),
        ("MemberSweepRate", "rate(12 hours)", True),
        ("MemberSweepRate", "rate(30 minutes)", False),
        ("MemberSweepRate", "rate(1 days)", False),
    ],
)
def test_members_are_all_of_the_organisation_or_named(
    template: Template, parameter: str, value: str, *, is_taken: bool
) -> None:
    """And swept at a rate that the scheduler takes, no more often than an hour."""
    assert bool(re.fullmatch(template["Parameters"][parameter]["AllowedPattern"], value)) is is_taken


def test_without_an_organisation_nothing_of_members_is_permitted_or_woken(template: Template) -> None:
    """The queues are there, and empty: nothing takes from them, and nothing sends."""
    resources = template["Resources"]
    made = ("MembersMapping", "LooksMapping", "MembersSchedule", "ForwardersMayPutEvents")
    assert {name: resources[name]["Condition"] for name in made} == dict.fromkeys(made, "HasOrganization")
    read = {"ReadMembers": "HasOrganization", "SendTraces": "IsTraced"}
    assert conditional(template, "SweepRole") == {**read, "ListTheOrganisation": "ListsOrganization"}
    assert conditional(template, "InspectRole") == conditional(template, "OperateRole") == read


def test_nothing_is_written_in_a_member_unless_a_parameter_lets_it(template: Template) -> None:
    """Off by default, and nothing without an organisation."""
    assert template["Parameters"]["RemediateMembers"]["Default"] == "no"
    asked = {"Fn::Equals": [{"Ref": "RemediateMembers"}, "yes"]}
    assert template["Conditions"]["RemediatesMembers"] == {"Fn::And": [{"Condition": "HasOrganization"}, asked]}
    assert conditional(template, "RemediateRole")["WriteInMembers"] == "RemediatesMembers"


def conditional(template: Template, role: str) -> dict[str, str]:
    """Return which condition each statement of a role has that is not always there."""
    statements = template["Resources"][role]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    return {one["Fn::If"][1]["Sid"]: one["Fn::If"][0] for one in statements if "Fn::If" in one}


@pytest.mark.parametrize(
    ("value", "is_taken"),
    [("", True), ("ops@example.com", True), ("ops", False), ("a@b@c.d", False), ("a b@c.d", False)],
)
def test_the_alert_email_is_one_address_or_none(template: Template, value: str, *, is_taken: bool) -> None:
    """The parameter's pattern accepts an empty text or one address."""
    assert bool(re.fullmatch(template["Parameters"]["AlertEmail"]["AllowedPattern"], value)) is is_taken


def test_a_new_deployment_observes(template: Template) -> None:
    """Without a choice by the operator the guard changes nothing, and holds the roles to their ceilings."""
    assert template["Parameters"]["Mode"]["Default"] == "observe"
    assert template["Parameters"]["Posture"]["Default"] == "active"


def test_a_channel_that_is_off_is_not_there(template: Template) -> None:
    """Nothing of it is deployed, and nothing of it permitted, before an operator asks for it."""
    names = ("ChatTopic", "BusEvents", "SecurityHub")
    assert {template["Parameters"][name]["Default"] for name in names} == {"no"}
    resources = template["Resources"]
    conditions = {
        name: one.get("Condition") for name, one in resources.items() if name.startswith(("Relay", "GuardChat"))
    }
    assert set(conditions) == {
        *("RelayFunction", "RelayFunctionIncidents", "RelayRole", "RelayLogGroup"),
        *("RelayDeadLetterQueue", "RelayDeadLetterAlarm", "GuardChatTopic", "GuardChatTopicPolicy"),
    }
    assert {name: each for name, each in conditions.items() if each != "HasChannels"} == {
        "GuardChatTopic": "HasChatTopic",
        "GuardChatTopicPolicy": "HasChatTopic",
    }
    statements = resources["RelayRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    chosen = [each["Fn::If"] for each in statements if "Fn::If" in each]
    granted = {each["Action"]: condition for condition, each, _ in chosen if each["Sid"] != "SendTraces"}
    assert granted == {
        "sns:Publish": "HasChatTopic",
        "events:PutEvents": "HasBusEvents",
        "securityhub:BatchImportFindings": "HasSecurityHub",
    }


def test_the_guard_puts_events_in_its_own_name_only(template: Template) -> None:
    """The permission names the source that the code gives."""
    statements = role_statements(template, "RelayRole")
    (statement,) = [each for each in statements if each["Action"] == "events:PutEvents"]
    assert statement["Condition"] == {"StringEquals": {"events:source": channels.SOURCE}}


def test_the_dead_letters_hold_for_two_weeks(template: Template) -> None:
    """Each dead-letter queue keeps its messages for as long as SQS can."""
    queues = [template["Resources"][name]["Properties"] for name in delivery.dead_letter_queues(template)]
    assert {queue["MessageRetentionPeriod"] for queue in queues} == {1_209_600}


def test_the_rule_lets_failed_calls_through(template: Template) -> None:
    """The pattern of the IAM rule has no filter on an error: a denied attempt is told as well."""
    detail = template["Resources"]["IamChangesRule"]["Properties"]["EventPattern"]["detail"]
    assert detail.keys() == {"eventSource", "eventName"}


def test_every_pattern_fits_beside_the_longest_name_of_a_stack(template: Template) -> None:
    """CloudFormation takes 128 characters, and EventBridge 2,048 of a pattern."""
    rules = of_type(template, "AWS::Events::Rule")
    texts = {
        name: json.dumps(as_deployed(rule["EventPattern"], LONGEST), separators=(",", ":"))
        for name, rule in rules.items()
    }
    assert {name: len(text) for name, text in texts.items() if len(text) > LONGEST_PATTERN} == {}


def test_only_the_rules_may_send_changes(template: Template) -> None:
    """The changes queue and its dead letters take events of the stack's own rules and of no other."""
    rules = {f"<{name}>" for name in rules_to(template, "ChangesQueue", on_any_bus=True)}
    for name in ("ChangesQueuePolicy", "ChangesDeadLetterQueuePolicy"):
        statements = template["Resources"][name]["Properties"]["PolicyDocument"]["Statement"]
        (allow,) = [statement for statement in statements if statement["Effect"] == "Allow"]
        assert {text_of(arn) for arn in allow["Condition"]["ArnEquals"]["aws:SourceArn"]} == rules


def test_sweeps_run_one_at_a_time_and_gather(template: Template) -> None:
    """Requests for a sweep wait for the window, and the schedule's share a message group with all others."""
    queue = template["Resources"]["SweepsQueue"]["Properties"]
    target = template["Resources"]["SweepSchedule"]["Properties"]["Target"]
    assert queue["DelaySeconds"] == {"Ref": "SweepWindowSeconds"}
    assert queue["FifoQueue"] is queue["ContentBasedDeduplication"] is True
    assert target["SqsParameters"] == {"MessageGroupId": "sweep"}


def test_a_summary_comes_after_the_end_of_the_minute_in_which_it_was_asked_for(template: Template) -> None:
    """One at a time; with some seconds more, for clocks that differ, and none that nobody needs."""
    queue = template["Resources"]["SummariesQueue"]["Properties"]
    assert queue["FifoQueue"] is True
    assert 60 + 5 <= queue["DelaySeconds"] <= 60 + 15


@pytest.mark.parametrize("name", ["NotifyFunctionIncidents", "RelayFunctionIncidents"])
def test_the_stream_wakes_a_function_for_every_record_that_is_told(template: Template, name: str) -> None:
    """The filters have the beginnings of the keys that the code knows, and no others."""
    mappings = of_type(template, "AWS::Lambda::EventSourceMapping")
    assert {each for each, one in mappings.items() if "FilterCriteria" in one} == {
        "NotifyFunctionIncidents",
        "RelayFunctionIncidents",
    }
    patterns = [json.loads(each["Pattern"]) for each in mappings[name]["FilterCriteria"]["Filters"]]
    keys = [key for one in patterns for key in one["dynamodb"]["NewImage"]["sk"]["S"]]
    assert {(key["prefix"] if isinstance(key, dict) else key).removesuffix("#") for key in keys} == set(STREAMED)


def test_operators_sign_their_requests(template: Template) -> None:
    """The URL is IAM's to guard, and nobody outside the account is let in but the account that the operator names."""
    (url,) = of_type(template, "AWS::Lambda::Url").values()
    assert url["AuthType"] == "AWS_IAM"
    permissions = of_type(template, "AWS::Lambda::Permission")
    assert {one["Principal"]["Ref"] for one in permissions.values()} == {"OperatorAccount"}
    conditions = {template["Resources"][name]["Condition"] for name in permissions}
    assert conditions == {"HasOperatorAccount"}
    assert {one["Action"]: one.get("InvokedViaFunctionUrl") for one in permissions.values()} == {
        "lambda:InvokeFunctionUrl": None,
        "lambda:InvokeFunction": True,
    }


def test_every_role_of_the_stack_is_one_that_gives_no_commands(template: Template) -> None:
    """A function that is added is on the list too."""
    variables = template["Resources"]["OperateFunction"]["Properties"]["Environment"]["Variables"]
    _, listed = variables["GUARD_ROLE_ARNS"]["Fn::Join"]
    assert {referred(each) for each in listed} == set(of_type(template, "AWS::IAM::Role"))


@pytest.mark.parametrize(
    ("value", "is_taken"), [("", True), ("123456789012", True), ("12345", False), ("a" * 12, False)]
)
def test_the_operator_account_is_one_account_or_none(template: Template, value: str, *, is_taken: bool) -> None:
    """The parameter's pattern accepts an empty text or twelve digits."""
    pattern = template["Parameters"]["OperatorAccount"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, value)) is is_taken
