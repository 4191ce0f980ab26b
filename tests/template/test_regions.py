"""In another region than its home the template forwards, and does nothing else; the home takes in that alone."""

import json
from typing import Any

import pytest

from local.deploy_intrinsics import Resolver
from local.patterns import parse_pattern
from panorama_guard.case.routes import ROUTES
from panorama_guard.containment import Contained, Escaped, Grant
from panorama_guard.containment.check import check
from panorama_guard.containment.evaluate import allows
from panorama_guard.containment.records import Request
from tests.architecture.test_template_roles import ACCOUNT, grant_of, parsed
from tests.template import delivery, encryption, keeping, patterns, resource_policies
from tests.template.reading import Template, of_type, rules_to
from tests.template.translation import translate, translate_whole

HOMES = {"aws": "us-east-1", "aws-us-gov": "us-gov-west-1", "aws-cn": "cn-north-1"}
ELSEWHERE = ("eu-west-1", "us-west-2", "us-gov-east-1", "cn-northwest-1", "a-region-that-is-not-there-yet-1")
BUS = f"arn:aws:events:us-east-1:{ACCOUNT}:event-bus/panorama-guard-forwards"
FORWARDER = f"arn:aws:iam::{ACCOUNT}:role/panorama-guard/forwards/panorama-guard-ForwardsRole-1"
OF_MEMBER = "arn:aws:iam::999999999999:role/panorama-guard/forwards/member-ForwardsRole-1"
REGIONAL = {source.removesuffix(".amazonaws.com") for source, _ in ROUTES} - {"iam"}


class Named:
    """Resources that are all called by their logical ids."""

    def reference(self, logical_id: str) -> str:
        """Return the name."""
        return logical_id

    def attribute(self, logical_id: str, name: str) -> str:
        """Return a name of its own for each attribute."""
        return f"{logical_id}.{name}"


@pytest.fixture(scope="module")
def whole() -> Template:
    """Return the template as CloudFormation gets it."""
    return translate_whole()


@pytest.fixture(scope="module")
def forwarder() -> Template:
    """Return what there is of it in another region."""
    return translate(part="forward")


def resolver(whole: Template, region: str, partition: str = "aws", **given: str) -> Resolver:
    """Return what decides the template's conditions and rules in a region."""
    pseudo = {"Region": region, "Partition": partition, "AccountId": ACCOUNT, "StackName": "panorama-guard"}
    defaults = {name: str(each["Default"]) for name, each in whole["Parameters"].items()}
    return Resolver(whole, {**defaults, **{f"AWS::{name}": one for name, one in pseudo.items()}, **given}, Named())


def refusals(whole: Template, region: str, part: str) -> list[str]:
    """Return what CloudFormation says before it makes anything."""
    decide = resolver(whole, region, Part=part).decide
    rules = [rule for rule in whole["Rules"].values() if decide(rule["RuleCondition"])]
    return [one["AssertDescription"] for rule in rules for one in rule["Assertions"] if not decide(one["Assert"])]


@pytest.mark.parametrize("region", ELSEWHERE)
def test_a_guard_that_would_see_no_iam_events_is_refused_at_deploy_time(whole: Template, region: str) -> None:
    """With the reason, where to deploy it, and what may be deployed here."""
    (told,) = refusals(whole, region, "home")
    assert "it would see no change of a role" in told
    assert all(home in told for home in HOMES.values())
    assert "Part=forward" in told
    assert refusals(whole, region, "forward") == []


@pytest.mark.parametrize("region", HOMES.values())
def test_a_forwarder_in_the_home_region_is_refused_at_deploy_time(whole: Template, region: str) -> None:
    """There is nothing to forward to."""
    (told,) = refusals(whole, region, "forward")
    assert "Part=home" in told
    assert refusals(whole, region, "home") == []


def test_the_rules_and_the_mapping_know_the_same_homes(whole: Template) -> None:
    """A rule of CloudFormation can read no mapping."""
    assert {name: one["Region"] for name, one in whole["Mappings"]["HomeRegions"].items()} == HOMES
    known, of = whole["Rules"]["HomeIsWhereIamIsSeen"]["Assertions"][0]["Assert"]["Fn::Contains"]
    assert (known, of) == (list(HOMES.values()), {"Ref": "AWS::Region"})


def test_in_another_region_there_is_nothing_but_what_forwards(forwarder: Template) -> None:
    """No function, no ledger, no rule of IAM: nothing that judges or acts."""
    kinds = {name: one["Type"] for name, one in forwarder["Resources"].items()}
    assert set(kinds) == {
        *(f"{name}ChangesRule" for name in ("S3", "Lambda", "Secrets", "Logs", "Iot", "SageMaker", "Greengrass")),
        *("DashboardChangesRule", "AnywhereChangesRule", "RemediatorCallsRule", "ForwardersChangedRule"),
        "ForwardsRole",
        *("ForwardsDeadLetterQueue", "ForwardsDeadLetterQueuePolicy", "ForwardsDeadLetterAlarm"),
        *("GuardKey", "KmsKeyArnIsOfThisAccountAndRegion"),
        *("AlertsTopic", "AlertsTopicPolicy", "AlertsEmailSubscription"),
    }
    assert not [kind for kind in kinds.values() if kind.startswith(("AWS::Lambda", "AWS::DynamoDB", "AWS::Scheduler"))]
    assert set(forwarder["Outputs"]) == {"AlertsTopicArn", "KeyArn"}


def test_the_home_holds_nothing_of_a_forwarder() -> None:
    """And the other way round but for what both need."""
    home = translate()["Resources"]
    forwarders = {"ForwardsRole", "ForwardsDeadLetterQueue", "ForwardsDeadLetterAlarm", "ForwardersChangedRule"}
    assert not (forwarders | {"RemediatorCallsRule"}) & set(home)


@pytest.mark.parametrize(
    "check",
    [
        *(
            resource_policies.find_open_doors,
            resource_policies.find_clear_text,
            resource_policies.find_open_to_other_accounts,
            delivery.find_without_dead_letter,
            delivery.find_without_alarm,
        ),
        *(encryption.find_unencrypted, encryption.find_locked_out, keeping.find_perishable),
        *(patterns.find_bad_patterns, patterns.find_bad_schedules),
    ],
    ids=lambda check: check.__name__.removeprefix("find_"),
)
def test_a_forwarder_has_no_fault_of_this_kind(forwarder: Template, check: Any) -> None:
    """The checks of the home hold here too."""
    assert check(forwarder) == []


@pytest.mark.parametrize(("partition", "home"), HOMES.items())
def test_every_service_of_the_region_is_forwarded_to_the_home_bus(whole: Template, partition: str, home: str) -> None:
    """By the same patterns as at home, as a role that may do nothing else, with dead letters of its own."""
    values = resolver(whole, "elsewhere-1", partition, Part="forward")
    rules = {name: one for name, one in rules_to(translate(), "ChangesQueue").items() if name != "IamChangesRule"}
    assert {rule["EventPattern"]["source"][0].removeprefix("aws.") for rule in rules.values()} == REGIONAL
    for name in (*rules, "RemediatorCallsRule"):
        rule = values.resolve(whole["Resources"][name]["Properties"])
        (target,) = rule["Targets"]
        assert rule["EventPattern"] == rules.get(name, rule)["EventPattern"]
        assert target["Arn"] == f"arn:{partition}:events:{home}:{ACCOUNT}:event-bus/panorama-guard-forwards"
        assert (target["RoleArn"], target["DeadLetterConfig"]["Arn"]) == (
            "ForwardsRole.Arn",
            "ForwardsDeadLetterQueue.Arn",
        )


def test_the_bus_of_the_home_is_the_one_that_forwarders_know(whole: Template) -> None:
    """By its name, which both make from the stack's."""
    values = resolver(whole, "us-east-1")
    assert values.resolve(whole["Resources"]["ForwardsBus"]["Properties"]["Name"]) == BUS.rpartition("/")[2]


def test_what_is_forwarded_is_taken_in(whole: Template) -> None:
    """The rule on the bus takes every call of CloudTrail's, which the forwarders have chosen, and no other event."""
    rule = whole["Resources"]["ForwardedChangesRule"]["Properties"]
    taken = parse_pattern(json.dumps(rule["EventPattern"]))
    kind = "AWS API Call via CloudTrail"
    assert all(taken.matches({"source": f"aws.{one}", "detail-type": kind, "detail": {}}) for one in (*REGIONAL, "iam"))
    assert not taken.matches({"source": "panorama-guard", "detail-type": kind, "detail": {}})
    assert rule["EventBusName"] == {"Ref": "ForwardsBus"}


def test_a_forwarder_may_put_events_on_the_home_bus_and_do_nothing_else(forwarder: Template) -> None:
    """The engine proves it, and finds a wider one."""
    ceiling = Grant((_document({"Effect": "Allow", "Action": "events:PutEvents", "Resource": BUS}),))
    assert check(grant_of(forwarder, "ForwardsRole"), ceiling) == Contained()
    other = Grant((_document({"Effect": "Allow", "Action": "events:PutEvents", "Resource": BUS[:-1]}),))
    assert isinstance(check(grant_of(forwarder, "ForwardsRole"), other), Escaped)
    (role,) = of_type(forwarder, "AWS::IAM::Role").values()
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "events.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    assert role["Path"] == "/panorama-guard/forwards/"


@pytest.mark.parametrize(
    ("organisation", "who", "is_let_in"),
    [
        ("", FORWARDER, True),
        ("", f"arn:aws:iam::{ACCOUNT}:role/Developer", False),
        ("", f"arn:aws:iam::{ACCOUNT}:root", False),
        ("", f"arn:aws:iam::{ACCOUNT}:role/forwards/panorama-guard", False),
        ("", OF_MEMBER, False),
        ("o-abcdefghij", FORWARDER, True),
        ("o-abcdefghij", OF_MEMBER, True),
        ("o-abcdefghij", "arn:aws:iam::999999999999:role/Developer", False),
        ("o-abcdefghij", f"arn:aws:iam::{ACCOUNT}:user/mallory", False),
    ],
)
def test_the_bus_lets_in_forwarders_alone(whole: Template, organisation: str, who: str, *, is_let_in: bool) -> None:
    """Even whoever is allowed to put events on every bus: the policy denies everybody else."""
    values = resolver(whole, "us-east-1", OrganizationId=organisation)
    deny = values.resolve(whole["Resources"]["NobodyElsePutsEvents"]["Properties"]["Statement"])
    own = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    bus = deny["Resource"]
    assert (deny["Effect"], deny["Principal"], bus) == ("Deny", "*", "ForwardsBus.Arn")
    del deny["Principal"]
    grant = Grant((_document(own, {**deny, "Resource": BUS}),))
    asked = Request("events:PutEvents", BUS, (("aws:PrincipalArn", (who,)),))
    assert allows(grant, asked) is is_let_in


def test_other_accounts_are_let_in_only_as_members_of_the_organisation(whole: Template) -> None:
    """And only as forwarders; without an organisation there is no such statement."""
    resource = whole["Resources"]["ForwardersMayPutEvents"]
    assert resolver(whole, "us-east-1").holds(resource["Condition"]) is False
    assert resolver(whole, "us-east-1", OrganizationId="o-abcdefghij").holds(resource["Condition"]) is True
    assert resource["Properties"]["Statement"]["Condition"] == {
        "StringEquals": {"aws:PrincipalOrgID": {"Ref": "OrganizationId"}},
        "ArnLike": {"aws:PrincipalArn": {"Fn::Sub": "arn:${AWS::Partition}:iam::*:role/panorama-guard/forwards/*"}},
    }


def _document(*statements: dict[str, Any]) -> Any:
    return parsed({"Version": "2012-10-17", "Statement": list(statements)}, "bus")
