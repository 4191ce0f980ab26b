"""The template of a member account: it forwards what the guard watches, and lets in the guard's own functions alone."""

import json
from typing import Any

import pytest

from local.deploy_intrinsics import Resolver
from local.patterns import Pattern, parse_pattern
from panorama_guard.case.member import READ_ROLE, REMEDIATION_ROLE
from panorama_guard.containment import Contained, Escaped, Grant
from panorama_guard.containment.check import check
from panorama_guard.containment.evaluate import allows
from panorama_guard.containment.records import Request
from tests.architecture.test_template_roles import ACCOUNT, MOST_INLINE, ceiling_of, parsed
from tests.template import delivery, keeping, patterns, resource_policies
from tests.template.reading import Template, as_list, of_type, role_statements, rules_to
from tests.template.test_regions import HOMES, Named
from tests.template.translation import ROOT, read_source, translate, translate_whole

MEMBER = ROOT / "templates" / "member.yaml"
HUB = "222233334444"
EXTERNAL_ID = "an-external-id-of-ours"
LONGEST_BODY = 51_200  # bytes that CloudFormation takes of a template that is in no bucket
GIVEN = {"HubAccount": HUB, "ExternalId": EXTERNAL_ID, "Remediation": "yes"}
# Each role of a member, and the role of the hub's function whose reads or writes it is.
ROLES = {"ReadRole": "InspectRole", "RemediationRole": "RemediateRole"}
OWN_TO_THE_HUB = {"SendTraces", "ReadMembers", "WriteInMembers", "ListTheOrganisation"}
NAMES = {"ReadRole": READ_ROLE, "RemediationRole": REMEDIATION_ROLE}
OWN_RULES = {"RemediatorCallsRule", "RulesChangedRule"}  # of what is told past the hub's functions
FORWARDERS = ("ForwardsRole", "SecondForwardsRole")  # as which its rules send
ENDS_A_ROLE = (
    *("DeleteRole", "DeleteRolePolicy", "PutRolePolicy", "UpdateAssumeRolePolicy"),
    *("AttachRolePolicy", "PutRolePermissionsBoundary"),
)
FOR_SWEEPS = "ListForSweeps"  # what the hub's sweep lists and its inspection does not


@pytest.fixture(scope="module")
def member() -> Template:
    """Return the template as it is written."""
    return read_source(MEMBER)


@pytest.fixture(scope="module")
def hub() -> Template:
    """Return the guard's own."""
    return translate_whole()


def resolver(member: Template, region: str = "us-east-1", partition: str = "aws", **given: str) -> Resolver:
    """Return what decides the template in a region of the member account."""
    pseudo = {"Region": region, "Partition": partition, "AccountId": ACCOUNT, "StackName": "member"}
    defaults = {name: str(each.get("Default", "")) for name, each in member["Parameters"].items()}
    values = {**defaults, **GIVEN, **{f"AWS::{name}": one for name, one in pseudo.items()}, **given}
    return Resolver(member, values, Named())


def resources_in(member: Template, region: str) -> set[str]:
    """Return what there is in a region."""
    values = resolver(member, region)
    every = member["Resources"].items()
    return {name for name, one in every if "Condition" not in one or values.holds(one["Condition"])}


def statements(member: Template, role: str) -> list[dict[str, Any]]:
    """Return a role's statements as AWS gets them."""
    policies = resolver(member, CustomerPolicies="revert").resolve(member["Resources"][role]["Properties"]["Policies"])
    (policy,) = policies
    found: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return found


def document(*own: dict[str, Any]) -> Any:
    """Return a policy of statements as the engine reads it."""
    return parsed({"Version": "2012-10-17", "Statement": list(own)}, "member")


def test_a_member_watches_what_the_guard_watches(member: Template, hub: Template) -> None:
    """Rule by rule the same pattern, IAM's in the home region alone."""
    rules = rules_to(translate(), "ChangesQueue")
    own = of_type(member, "AWS::Events::Rule")
    assert {name: one["EventPattern"] for name, one in own.items() if name not in OWN_RULES} == {
        name: one["EventPattern"] for name, one in rules.items()
    }
    roles = {"IamChangesRule", "ReadRole", "RemediationRole"}
    assert resources_in(member, "us-east-1") - resources_in(member, "eu-west-1") == roles
    assert member["Mappings"] == hub["Mappings"]


def call(service: str, name: str, /, **parameters: object) -> dict[str, Any]:
    """Return the event of a call of somebody's in the member."""
    detail = {"eventSource": f"{service}.amazonaws.com", "eventName": name, "requestParameters": parameters}
    source = {"source": f"aws.{service}", "detail-type": "AWS API Call via CloudTrail"}
    return {**source, "account": ACCOUNT, "detail": {**detail, "sourceIPAddress": "203.0.113.7"}}


def pattern_of(rule: Any, values: Resolver) -> Pattern:
    """Return a rule's pattern as EventBridge gets it."""
    return parse_pattern(values.resolve(rule["EventPattern"]))


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_what_ends_a_rule_of_a_member_is_forwarded_by_another_one_and_told_by_the_hub(
    member: Template, hub: Template, region: str
) -> None:
    """Whatever rule it is, the one that tells of the others included; nothing of it is the member's functions'."""
    values = resolver(member, region)
    rules = of_type(member, "AWS::Events::Rule")
    telling = pattern_of(of_type(hub, "AWS::Events::Rule")["ForwardedGuardChangesRule"], resolver(hub))
    there = resources_in(member, region) & rules.keys()
    assert len(there) > len(OWN_RULES)
    for name in there:
        known_as = values.resolve(rules[name].get("Name", {"Ref": name}))
        for event in (
            call("events", "DisableRule", name=known_as),
            call("events", "RemoveTargets", rule=known_as, ids=["hub"]),
        ):
            others = {one for one in there - {name} if pattern_of(rules[one], values).matches(event)}
            assert others, name
            assert telling.matches(event)


@pytest.mark.parametrize(
    ("event", "is_told"),
    [
        (call("cloudtrail", "StopLogging", name="any"), True),
        (call("sqs", "SetQueueAttributes", queueUrl="ForwardsDeadLetterQueue"), True),
        (call("cloudformation", "DeleteStack", stackName="member"), True),
        (call("monitoring", "DeleteAlarms", alarmNames=["other", "MemberForwardsAlarm"]), True),
        (call("monitoring", "DisableAlarmActions", alarmNames=["MemberForwardsAlarm"]), True),
        (call("monitoring", "PutMetricAlarm", alarmName="MemberForwardsAlarm"), True),
        (call("events", "DisableRule", name="somebody-elses"), False),
        (call("sqs", "DeleteQueue", queueUrl="https://sqs/other"), False),
        (call("cloudformation", "UpdateStack", stackName="other"), False),
        (call("monitoring", "DeleteAlarms", alarmNames=["other"]), False),
    ],
)
def test_what_ends_a_member_s_forwarding_is_told_and_nothing_else(
    member: Template, hub: Template, event: dict[str, Any], *, is_told: bool
) -> None:
    """The trail, the queue of what could not be forwarded with its alarm, and the stack itself."""
    rules = of_type(member, "AWS::Events::Rule")
    forwarded = [pattern_of(one, resolver(member)).matches(event) for one in rules.values()]
    assert any(forwarded) is is_told
    telling = pattern_of(of_type(hub, "AWS::Events::Rule")["ForwardedGuardChangesRule"], resolver(hub))
    assert not is_told or telling.matches(event)
    failed = {**event, "detail": {**event["detail"], "errorCode": "AccessDenied"}}
    assert not telling.matches(failed)


@pytest.mark.parametrize("name", ENDS_A_ROLE)
@pytest.mark.parametrize("changed", FORWARDERS)
def test_what_is_done_to_a_role_that_forwards_is_forwarded_as_the_other_one_and_told_by_the_hub(
    member: Template, hub: Template, changed: str, name: str
) -> None:
    """Of whatever region the role is: IAM's events are at home alone."""
    event = call("iam", name, roleName=f"StackSet-panorama-guard-m-{changed}-1ABC")
    values = resolver(member)
    ways = set()
    for rule in of_type(member, "AWS::Events::Rule").values():
        (target,) = values.resolve(rule["Targets"])
        ways |= {target["RoleArn"]} if pattern_of(rule, values).matches(event) else set()
    assert ways - {f"{changed}.Arn"}
    assert pattern_of(of_type(hub, "AWS::Events::Rule")["ForwardedGuardChangesRule"], resolver(hub)).matches(event)


@pytest.mark.parametrize(
    ("event", "is_told"),
    [
        *((call("iam", "PutRolePolicy", roleName=name.rpartition("/")[2]), True) for name in NAMES.values()),
        (call("iam", "PutRolePolicy", roleName="AWSPanoramaServiceRole"), False),
        (call("iam", "DeleteRole", roleName="ForwardsRole"), False),
        (call("monitoring", "PutDashboard", dashboardName="panorama"), False),
        (call("monitoring", "DeleteDashboards", dashboardNames=["panorama"]), False),
    ],
)
def test_what_is_forwarded_to_be_judged_is_not_told_as_a_change_of_the_guard(
    hub: Template, event: dict[str, Any], *, is_told: bool
) -> None:
    """Beside what is done to the roles as which the hub reads and writes there."""
    telling = pattern_of(of_type(hub, "AWS::Events::Rule")["ForwardedGuardChangesRule"], resolver(hub))
    assert telling.matches(event) is is_told


@pytest.mark.parametrize(("partition", "home"), HOMES.items())
def test_every_rule_forwards_to_the_hub_s_bus(member: Template, partition: str, home: str) -> None:
    """The one in the partition's home region, by the name that the hub gives it, as a role that may do nothing else."""
    values = resolver(member, "elsewhere-1", partition)
    bus = f"arn:{partition}:events:{home}:{HUB}:event-bus/panorama-guard-forwards"
    for name, rule in of_type(member, "AWS::Events::Rule").items():
        (target,) = values.resolve(rule["Targets"])
        by = "SecondForwardsRole" if name == "RemediatorCallsRule" else "ForwardsRole"
        assert (target["Arn"], target["RoleArn"]) == (bus, f"{by}.Arn")
    for each in FORWARDERS:
        role = values.resolve(member["Resources"][each]["Properties"])
        (statement,) = role["Policies"][0]["PolicyDocument"]["Statement"]
        assert (statement["Action"], statement["Resource"]) == ("events:PutEvents", bus)
        assert role["Path"] == "/panorama-guard/forwards/"


@pytest.mark.parametrize(
    "check",
    [
        *(resource_policies.find_open_doors, resource_policies.find_clear_text),
        *(resource_policies.find_open_to_other_accounts, delivery.find_without_dead_letter),
        *(keeping.find_loose_parameters, patterns.find_bad_patterns),
    ],
    ids=lambda check: check.__name__.removeprefix("find_"),
)
def test_a_member_has_no_fault_of_this_kind(member: Template, check: Any) -> None:
    """The checks of the guard's own template hold here too."""
    assert check(member) == []


@pytest.mark.parametrize(("role", "of_hub"), ROLES.items())
def test_a_role_of_a_member_is_the_hub_s_own_but_for_what_the_hub_is_made_of(
    member: Template, hub: Template, role: str, of_hub: str
) -> None:
    """Statement by statement: what is added to one is added to the other."""
    own = {one["Sid"]: one for one in role_statements(member, role) if one["Sid"] != FOR_SWEEPS}
    assert json.loads(json.dumps(own).replace("HubStackName", "AWS::StackName")) == of_others(hub, of_hub)


def of_others(hub: Template, role: str) -> dict[str, dict[str, Any]]:
    """Return what a role of the hub may do that is about nothing that the hub is made of, statement by statement."""
    theirs = {one["Sid"]: one for one in role_statements(hub, role) if one["Sid"] not in OWN_TO_THE_HUB}
    return {sid: one for sid, one in theirs.items() if not is_of_the_hub(one)}


def is_of_the_hub(statement: dict[str, Any]) -> bool:
    """Say whether a statement names something that the stack is made of, or rules that begin as the stack's."""
    text = json.dumps(statement)
    return "Fn::GetAtt" in text or "${LedgerTable.Arn}" in text or "events:ListRules" in text


def test_what_the_hub_s_sweep_lists_may_be_listed_in_a_member(member: Template, hub: Template) -> None:
    """What it lists in its own account, and no more; the rest of it is what inspection reads too."""
    swept, inspected = (
        {action for one in of_others(hub, role).values() for action in as_list(one["Action"])}
        for role in ("SweepRole", "InspectRole")
    )
    (listed,) = [one for one in role_statements(member, "ReadRole") if one["Sid"] == FOR_SWEEPS]
    assert set(listed["Action"]) == swept - inspected
    for one in of_others(hub, "SweepRole").values():
        assert set(as_list(one["Action"])) <= inspected | set(listed["Action"])


@pytest.mark.parametrize(("role", "of_hub"), ROLES.items())
def test_a_role_of_a_member_stays_inside_the_ceiling_of_the_hub_s(member: Template, role: str, of_hub: str) -> None:
    """The engine proves it over all requests, as of the guard's own roles; and one permission more escapes."""
    own = [one for one in statements(member, role) if one["Sid"] != FOR_SWEEPS]
    assert check(Grant((document(*own),)), ceiling_of(of_hub)) == Contained()
    lists = [one for one in statements(member, role) if one["Sid"] == FOR_SWEEPS]
    assert [check(Grant((document(one),)), ceiling_of("SweepRole")) for one in lists] == [Contained()] * len(lists)
    planted = {"Effect": "Allow", "Action": "iam:PutRolePolicy", "Resource": f"arn:aws:iam::{ACCOUNT}:role/*"}
    assert isinstance(check(Grant((document(*own, planted),)), ceiling_of(of_hub)), Escaped)


def test_the_read_role_changes_nothing(member: Template) -> None:
    """Each of its actions reads."""
    named = [action for one in statements(member, "ReadRole") for action in as_list(one["Action"])]
    assert [one for one in named if not one.partition(":")[2].startswith(("Get", "List", "Describe"))] == []


def test_what_a_role_may_do_fits_into_its_inline_policy(member: Template) -> None:
    """IAM takes 10,240 characters, white space not counted."""
    for role in ROLES:
        assert len("".join(json.dumps(statements(member, role)).split())) < MOST_INLINE, role


INSPECT = f"arn:aws:iam::{HUB}:role/panorama-guard-InspectRole-1ABC"
OPERATE = f"arn:aws:iam::{HUB}:role/panorama-guard-OperateRole-1ABC"
SWEEP = f"arn:aws:iam::{HUB}:role/panorama-guard-SweepRole-1ABC"
REMEDIATE = f"arn:aws:iam::{HUB}:role/panorama-guard-RemediateRole-1ABC"


@pytest.mark.parametrize(
    ("role", "who", "external_id", "may"),
    [
        ("ReadRole", INSPECT, EXTERNAL_ID, True),
        ("ReadRole", SWEEP, EXTERNAL_ID, True),
        ("ReadRole", OPERATE, EXTERNAL_ID, True),
        ("ReadRole", INSPECT, "another-external-id", False),
        ("ReadRole", INSPECT, "", False),
        ("ReadRole", f"arn:aws:iam::{HUB}:role/Developer", EXTERNAL_ID, False),
        ("ReadRole", f"arn:aws:iam::{HUB}:role/panorama-guard-RelayRole-1", EXTERNAL_ID, False),
        ("ReadRole", f"arn:aws:iam::{HUB}:user/panorama-guard-InspectRole-1", EXTERNAL_ID, False),
        ("ReadRole", "arn:aws:iam::999999999999:role/panorama-guard-InspectRole-1", EXTERNAL_ID, False),
        ("ReadRole", REMEDIATE, EXTERNAL_ID, False),
        ("RemediationRole", REMEDIATE, EXTERNAL_ID, True),
        ("RemediationRole", INSPECT, EXTERNAL_ID, False),
        ("RemediationRole", OPERATE, EXTERNAL_ID, False),
        ("RemediationRole", REMEDIATE, "", False),
    ],
)
def test_only_the_hub_s_functions_may_assume_a_role(
    member: Template, role: str, who: str, external_id: str, *, may: bool
) -> None:
    """With the external id, and each the one that is for it."""
    trust = resolver(member).resolve(member["Resources"][role]["Properties"]["AssumeRolePolicyDocument"])
    (statement,) = trust["Statement"]
    assert statement.pop("Principal") == {"AWS": f"arn:aws:iam::{HUB}:root"}
    context = (("aws:PrincipalArn", (who,)), *([("sts:ExternalId", (external_id,))] if external_id else []))
    grant = Grant((document({**statement, "Resource": "*"}),))
    assert allows(grant, Request("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/{READ_ROLE}", context)) is may


@pytest.mark.parametrize(
    ("of_hub", "sid", "of_member"),
    [
        *((role, "ReadMembers", "ReadRole") for role in ("InspectRole", "SweepRole", "OperateRole")),
        ("RemediateRole", "WriteInMembers", "RemediationRole"),
    ],
)
def test_the_hub_knows_a_role_by_its_name(
    member: Template, hub: Template, of_hub: str, sid: str, of_member: str
) -> None:
    """As the code and the hub's permission have it, which holds in accounts of the organisation alone."""
    properties, name = member["Resources"][of_member]["Properties"], NAMES[of_member]
    assert f"{properties['Path']}{properties['RoleName']}" == f"/{name}"
    (assume,) = [one for one in role_statements(hub, of_hub) if one["Sid"] == sid]
    assert assume["Resource"] == {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::*:role/{name}"}
    assert assume["Condition"] == {"StringEquals": {"aws:ResourceOrgID": {"Ref": "OrganizationId"}}}


def test_the_remediation_role_is_there_only_where_it_is_asked_for(member: Template) -> None:
    """A role that nobody uses waits for an attacker."""
    assert member["Parameters"]["Remediation"]["Default"] == "no"
    assert resolver(member, Remediation="no").holds(member["Resources"]["RemediationRole"]["Condition"]) is False


def test_cloudformation_takes_the_template_without_a_bucket() -> None:
    """And without SAM, which a stack set would need a capability for."""
    text = MEMBER.read_text(encoding="utf-8")
    assert len(text.encode()) < LONGEST_BODY
    assert "Transform:" not in text
