"""What an operator may type to see a finding on a resource, and to end it by hand."""

from dataclasses import replace

import pytest

from panorama_guard.case import iot
from panorama_guard.case.finding import Kind
from panorama_guard.case.incident import Incident, State
from panorama_guard.case.resource import ResourceSnapshot
from panorama_guard.reporting.showing import by_hand, console_link, see_it
from tests.builders import INCIDENT
from tests.unit.devices import ARN, a_policy, found_in_iot
from tests.unit.log_groups import FILTER, POLICY, SUBSCRIPTION, a_group
from tests.unit.named_secrets import a_secret

GROUP, NAME = a_group(), "/aws/panorama/devices/gate"
ALL = "--policy-type SUBSCRIPTION_FILTER_POLICY --policy-name all"


def open_on(snapshot: ResourceSnapshot, source: str) -> Incident:
    """Return an incident in one part of a resource that the guard could not end."""
    found = replace(INCIDENT, subject=snapshot.subject, source=source, kind=Kind.RESOURCE_ESCAPE)
    return replace(found, state=State.NOT_FIXED)


@pytest.mark.parametrize(
    ("incident", "see", "end"),
    [
        (
            open_on(a_secret(), "resource policy"),
            "aws secretsmanager get-resource-policy --secret-id panorama-camera-1",
            ("aws secretsmanager delete-resource-policy --secret-id panorama-camera-1",),
        ),
        (open_on(a_secret(), "rotation"), "aws secretsmanager describe-secret --secret-id panorama-camera-1", ()),
        (
            open_on(GROUP, FILTER),
            f"aws logs describe-subscription-filters --log-group-name {NAME}",
            (f"aws logs delete-subscription-filter --log-group-name {NAME} --filter-name copy",),
        ),
        (
            open_on(GROUP, SUBSCRIPTION),
            f"aws logs describe-account-policies {ALL}",
            (f"aws logs delete-account-policy {ALL}",),
        ),
        (open_on(GROUP, POLICY), "aws logs describe-resource-policies", ()),
        (open_on(GROUP, "retention"), f"aws logs describe-log-groups --log-group-name-prefix {NAME}", ()),
    ],
)
def test_a_resource_is_shown_and_closed_by_commands_of_its_service(
    incident: Incident, see: str, end: tuple[str, ...]
) -> None:
    """What is not open by itself has none to close it."""
    assert (see_it(incident), by_hand(incident)) == (see, end)


def test_what_is_found_in_iot_is_shown_by_its_commands() -> None:
    """Each of them reads; what others may use too is taken from the device, not rewritten."""
    attached = iot.attached_part("fleet", "cert/0f")
    policy, thing = a_policy(), found_in_iot(iot.THING, "panorama-gate")
    seen = [
        *(open_on(policy, iot.DEFAULT), open_on(policy, iot.ATTACHMENTS), open_on(thing, iot.CERTIFICATES)),
        *(open_on(thing, iot.JOBS), open_on(thing, attached), open_on(found_in_iot(iot.JOB, "fix"), iot.TARGETS)),
        *(
            open_on(found_in_iot(iot.ALIAS, "panorama-a"), iot.ROLE),
            open_on(found_in_iot(iot.USER, "topic-rule/copy"), ""),
        ),
        open_on(found_in_iot(iot.USER, "provisioning-template/*"), iot.ROLE),
    ]
    assert [see_it(one).removeprefix("aws iot ") for one in seen] == [
        "get-policy --policy-name panorama-gate",
        "list-targets-for-policy --policy-name panorama-gate",
        "list-thing-principals --thing-name panorama-gate",
        "list-job-executions-for-thing --thing-name panorama-gate",
        "get-policy --policy-name fleet",
        "describe-job --job-id fix",
        "describe-role-alias --role-alias panorama-a",
        "get-topic-rule --rule-name copy",
        "list-provisioning-templates",
    ]
    assert by_hand(open_on(thing, attached)) == (f"aws iot detach-policy --policy-name fleet --target {ARN}cert/0f",)
    assert by_hand(open_on(policy, iot.DEFAULT)) == ("aws iot list-policy-versions --policy-name panorama-gate",)
    assert by_hand(open_on(thing, iot.JOBS)) == ()
    assert console_link(seen[0]) == "https://console.aws.amazon.com/iot/home?region=us-east-1"


@pytest.mark.parametrize(
    ("key", "see"),
    [
        ("command/reboot", "get-command --command-id reboot"),
        ("job-template/fix", "describe-job-template --job-template-id fix"),
        ("mitigation-action/x", "describe-mitigation-action --action-name x"),
        ("security-profile/watch", "describe-security-profile --security-profile-name watch"),
        ("stream/files", "describe-stream --stream-id files"),
        ("ca-certificate/0f", "describe-ca-certificate --certificate-id 0f"),
        ("ca-certificate/*", "list-ca-certificates"),
        ("thing-registration-task/1", "describe-thing-registration-task --task-id 1"),
        ("logging-options/account", "get-v2-logging-options"),
        ("account-audit-configuration/account", "describe-account-audit-configuration"),
        ("encryption-configuration/account", "describe-encryption-configuration"),
        ("package-configuration/account", "get-package-configuration"),
    ],
)
def test_what_acts_as_a_role_in_iot_is_shown_by_the_command_of_its_kind(key: str, see: str) -> None:
    """What the account has one of has no name; and nothing ends any of them."""
    incident = open_on(found_in_iot(iot.USER, key), iot.ROLE)
    assert (see_it(incident), by_hand(incident)) == (f"aws iot {see}", ())


def test_a_destination_of_rules_is_shown_by_its_arn() -> None:
    """It has no name."""
    snapshot = found_in_iot(iot.USER, "topic-rule-destination/vpc/1")
    subject = replace(snapshot.subject, arn=f"{ARN}ruledestination/vpc/1")
    incident = open_on(replace(snapshot, subject=subject), iot.ROLE)
    assert see_it(incident) == f"aws iot get-topic-rule-destination --arn {ARN}ruledestination/vpc/1"


def test_an_alias_of_another_region_is_shown_there() -> None:
    """Its key names the region."""
    assert see_it(elsewhere("iot-alias@eu-west-1:panorama-a", iot.ROLE)) == (
        "aws iot describe-role-alias --role-alias panorama-a --region eu-west-1"
    )


@pytest.mark.parametrize(
    ("kind", "option", "end"),
    [
        ("mlflow-app", "arn", "delete"),
        ("partner-app", "arn", "delete"),
        ("model-package", "model-package-name", "delete"),
        ("pipeline-execution", "pipeline-execution-arn", "stop"),
    ],
)
def test_what_has_an_arn_for_a_name_is_shown_and_ended_by_it(kind: str, option: str, end: str) -> None:
    """Its key has the end of it alone."""
    found = elsewhere(f"sagemaker-user:{kind}/x", "execution role")
    assert see_it(found) == f"aws sagemaker describe-{kind} --{option} {found.subject.arn}"
    assert by_hand(found) == (f"aws sagemaker {end}-{kind} --{option} {found.subject.arn}",)


def elsewhere(key: str, source: str) -> Incident:
    """Return an incident on a subject of this key that the guard could not end."""
    found = open_on(GROUP, source)
    return replace(found, subject=replace(found.subject, name=key))


@pytest.mark.parametrize(
    ("key", "source", "see", "end"),
    [
        (
            "sagemaker-work:training-job/panorama-x",
            "inputs",
            "aws sagemaker describe-training-job --training-job-name panorama-x",
            ("aws sagemaker delete-training-job --training-job-name panorama-x",),
        ),
        (
            "sagemaker-user:transform-job/x",
            "execution role",
            "aws sagemaker describe-transform-job --transform-job-name x",
            ("aws sagemaker stop-transform-job --transform-job-name x",),
        ),
        (
            "sagemaker-user:auto-ml-job/x",
            "execution role",
            "aws sagemaker describe-auto-ml-job-v2 --auto-ml-job-name x",
            ("aws sagemaker stop-auto-ml-job --auto-ml-job-name x",),
        ),
        (
            "sagemaker-user:model-bias-job-definition/x",
            "execution role",
            "aws sagemaker describe-model-bias-job-definition --job-definition-name x",
            ("aws sagemaker delete-model-bias-job-definition --job-definition-name x",),
        ),
        ("sagemaker-user:model/*", "execution role", "aws sagemaker list-models", ()),
        (
            "sagemaker-user:ai-benchmark-job/x",
            "execution role",
            "aws sagemaker describe-ai-benchmark-job --ai-benchmark-job-name x",
            ("aws sagemaker delete-ai-benchmark-job --ai-benchmark-job-name x",),
        ),
        (
            "sagemaker-user:job/AgentRFT/x",
            "execution role",
            "aws sagemaker describe-job --job-category AgentRFT --job-name x",
            ("aws sagemaker delete-job --job-category AgentRFT --job-name x",),
        ),
        (
            "sagemaker-user:edge-packaging-job/x",
            "execution role",
            "aws sagemaker describe-edge-packaging-job --edge-packaging-job-name x",
            ("aws sagemaker stop-edge-packaging-job --edge-packaging-job-name x",),
        ),
        (
            "sagemaker-user:pipeline-execution/*",
            "execution role",
            "aws sagemaker list-pipelines --managed-by AWS",
            (),
        ),
        (
            "greengrass-group:a",
            "role",
            "aws greengrass get-associated-role --group-id a",
            ("aws greengrass disassociate-role-from-group --group-id a",),
        ),
        ("greengrass-group:a", "cores", "aws greengrass list-group-versions --group-id a", ()),
        ("greengrass-group:*", "role", "aws greengrass list-groups", ()),
        ("greengrass-account:service-role", "role", "aws greengrassv2 get-service-role-for-account", ()),
        ("greengrass-deployment:a", "components", "aws greengrassv2 get-deployment --deployment-id a", ()),
        (
            "cloudwatch-dashboard:panorama-x",
            "functions of custom widgets",
            "aws cloudwatch get-dashboard --dashboard-name panorama-x",
            ("aws cloudwatch delete-dashboards --dashboard-names panorama-x",),
        ),
        (
            "s3-grantor:payroll",
            "bucket policy",
            "aws s3api get-bucket-policy --bucket payroll",
            ("aws s3api delete-bucket-policy --bucket payroll",),
        ),
    ],
)
def test_what_is_only_told_is_shown_by_commands_of_its_service(
    key: str, source: str, see: str, end: tuple[str, ...]
) -> None:
    """And taken away by them, where one call does."""
    incident = elsewhere(key, source)
    assert (see_it(incident), by_hand(incident)) == (see, end)


def test_a_name_that_an_attacker_chose_is_quoted() -> None:
    """Of a filter, and of a subscription."""
    hostile = "subscription filter x; rm -rf ~"
    assert by_hand(open_on(GROUP, hostile))[0].endswith("--filter-name 'x; rm -rf ~'")


def test_where_a_resource_stands_in_the_console_is_linked() -> None:
    """With the region that its ARN names, and the name as each console wants it."""
    assert console_link(open_on(a_secret(), "resource policy")) == (
        "https://console.aws.amazon.com/secretsmanager/secret?name=panorama-camera-1&region=us-east-1"
    )
    assert console_link(open_on(GROUP, FILTER)) == (
        "https://console.aws.amazon.com/cloudwatch/home?region=us-east-1"
        "#logsV2:log-groups/log-group/$252Faws$252Fpanorama$252Fdevices$252Fgate"
    )
