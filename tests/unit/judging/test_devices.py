"""What policies of AWS IoT let devices do, who is a device, what runs on it, and what uses a guarded role."""

from dataclasses import replace

import pytest

from panorama_guard.case import iot
from panorama_guard.case.finding import Deviation, Kind, Severity
from panorama_guard.case.memory import Memory
from panorama_guard.case.resource import Part, ResourceSnapshot
from panorama_guard.case.snapshot import digest
from panorama_guard.containment import Escaped
from panorama_guard.judging.resource import judge_resource
from panorama_guard.judging.subject import remember
from tests.builders import ACCOUNT
from tests.unit.devices import (
    APPLIANCE,
    ARN,
    CERTIFICATE,
    EVERYTHING,
    OWN,
    STANDARDS,
    a_policy,
    document,
    found_in_iot,
    lets,
)

IS_ATTACHED = {"Condition": {"Bool": {"iot:Connection.Thing.IsAttached": ["true"]}}}
OWN_NAME = "${iot:Connection.Thing.ThingName}"
ESCAPE = (Kind.RESOURCE_ESCAPE, Severity.HIGH, iot.DEFAULT)


def found(snapshot: ResourceSnapshot) -> list[tuple[Kind, Severity, str]]:
    """Return the findings on a resource, without their proof."""
    return [(one.kind, one.severity, one.source) for one in judge_resource(snapshot, STANDARDS[snapshot.type]).findings]


def told(snapshot: ResourceSnapshot) -> tuple[Severity, str]:
    """Return what the one finding on a resource says, which was compared and not decided by the engine."""
    (finding,) = judge_resource(snapshot, STANDARDS[snapshot.type]).findings
    assert isinstance(finding.verdict, Deviation)
    assert finding.kind is Kind.WEAKNESS
    return finding.severity, finding.verdict.reason


@pytest.mark.parametrize(
    "statement",
    [
        lets("iot:Connect", "client/panorama-gate"),
        lets("iot:Connect", f"client/{OWN_NAME}", **IS_ATTACHED),
        lets(["iot:Publish", "iot:Receive"], "topic/panorama*"),
        lets("iot:Publish", f"topic/$aws/things/{OWN_NAME}/shadow/update"),
        lets("iot:Subscribe", "topicfilter/$aws/things/panorama-gate/jobs/#"),
        lets("iot:AssumeRoleWithCertificate", "rolealias/panorama-appliance"),
        {**lets("iot:*", "*"), "Effect": "Deny"},
    ],
)
def test_a_device_may_be_itself_and_speak_on_its_own_topics(statement: dict[str, object]) -> None:
    """By its name, or by the variable that is the name of the thing to which its certificate belongs."""
    assert found(a_policy(document(statement))) == []


@pytest.mark.parametrize(
    "statement",
    [
        lets("iot:*", "*"),
        lets("iot:Connect", "client/*"),
        lets("iot:Connect", f"client/{OWN_NAME}"),  # registered, perhaps, and not by this certificate
        lets("iot:Connect", "client/${iot:ClientId}"),
        lets("iot:Publish", "topic/payroll"),
        lets("iot:Subscribe", "topicfilter/#"),
        lets("iot:Receive", "topic/Panorama/events"),
        lets("iot:UpdateThingShadow", "thing/payroll-1"),
        lets("iot:AssumeRoleWithCertificate", "rolealias/*"),
    ],
)
def test_what_else_devices_may_do_is_an_escape(statement: dict[str, object]) -> None:
    """Whatever they may do beside."""
    assert found(a_policy(document(lets("iot:Connect", "client/panorama-gate"), statement))) == [ESCAPE]


def test_an_escape_is_shown_by_what_a_device_asks_for() -> None:
    """Not by a call of the control plane, about which a policy of AWS IoT says nothing."""
    (finding,) = judge_resource(a_policy(EVERYTHING), STANDARDS[iot.POLICY]).findings
    assert isinstance(finding.verdict, Escaped)
    witness = finding.verdict.witness
    assert (witness.action.lower(), witness.resource) in {
        (f"iot:{call}", f"{ARN}{kind}/example")
        for kind, calls in {
            "client": ("connect",),
            "topic": ("publish", "receive"),
            "topicfilter": ("subscribe",),
        }.items()
        for call in calls
    }
    assert finding.verdict.statement.words == f"{iot.DEFAULT}, statement 1"


def test_what_no_device_asks_for_is_an_escape_all_the_same() -> None:
    """The list of what devices ask for may be older than AWS IoT."""
    assert found(a_policy(document(lets("iot:Teleport", "thing/payroll-1")))) == [ESCAPE]


def test_a_document_that_is_not_understood_is_a_doubt() -> None:
    """Never clean."""
    assert found(a_policy("{")) == [(Kind.UNDECIDED, Severity.MEDIUM, iot.DEFAULT)]


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ({"Target": CERTIFICATE, "Things": ["panorama-gate"]}, ""),
        ({"Target": f"{ARN}thinggroup/panorama-cameras"}, ""),
        ({"Target": CERTIFICATE, "Things": ["panorama-gate", "payroll-1"]}, "of the thing payroll-1"),
        ({"Target": CERTIFICATE, "Things": []}, "which belongs to no thing"),
        ({"Target": f"{ARN}thinggroup/payroll"}, "the thing group payroll"),
        ({"Target": "us-east-1:0a1b"}, "us-east-1:0a1b, which is no certificate"),
    ],
)
def test_who_has_a_policy_of_the_pattern_is_of_the_pattern(target: dict[str, object], words: str) -> None:
    """A certificate by its things, a group by its name."""
    policy = a_policy(targets=(target,))
    if not words:
        assert found(policy) == []
        return
    severity, reason = told(policy)
    assert (severity, words in reason) == (Severity.MEDIUM, True)


def principals(*statuses: str) -> dict[str, object]:
    """Return the certificates of a thing, by their statuses."""
    return {"Principals": [{"Principal": f"{CERTIFICATE}{n}", "Status": one} for n, one in enumerate(statuses)]}


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"certificates": principals("ACTIVE", "ACTIVE")}, "2 active certificates"),
        ({"certificates": principals("PENDING_TRANSFER")}, "is being given to another account"),
        ({"certificates": {"Principals": [{"Principal": "us-east-1:0a", "Status": ""}]}}, "which is no certificate"),
        ({"jobs": {"Jobs": ["fix", "fix-2"]}}, "the job fix and 1 more, outside the naming pattern"),
    ],
)
def test_who_else_is_the_device_and_what_of_others_runs_on_it_is_told(parts: dict[str, object], words: str) -> None:
    """Whoever holds a certificate of a thing is the thing."""
    assert words in told(found_in_iot(iot.THING, "panorama-gate", **parts))[1]


def test_a_device_with_one_certificate_in_force_is_as_it_should_be() -> None:
    """Those that are not in force are nobody."""
    thing = found_in_iot(iot.THING, "panorama-gate", certificates=principals("ACTIVE", "INACTIVE", "REVOKED"))
    assert found(thing) == []


def test_what_a_device_may_do_by_a_policy_of_another_name_is_judged_too() -> None:
    """It is told with a request that proves it, and nobody here writes it."""
    part = iot.attached_part("fleet", "cert/0f")
    inside = found_in_iot(iot.THING, "panorama-gate", **{part: OWN})
    outside = found_in_iot(iot.THING, "panorama-gate", **{part: EVERYTHING})
    assert (found(inside), found(outside)) == ([], [(Kind.RESOURCE_ESCAPE, Severity.HIGH, part)])


@pytest.mark.parametrize("arn", [APPLIANCE, APPLIANCE.replace("/service-role", "")])
def test_an_alias_of_the_pattern_may_hand_out_the_appliance_s_role(arn: str) -> None:
    """Under either path."""
    assert found(found_in_iot(iot.ALIAS, "panorama-appliance", role=[arn])) == []


@pytest.mark.parametrize(
    "arn",
    [
        APPLIANCE.replace("Appliance", "Service"),
        f"arn:aws:iam::{ACCOUNT}:role/Payroll",
        APPLIANCE.replace(ACCOUNT, "999999999999"),
    ],
)
def test_an_alias_of_the_pattern_with_another_role_is_told(arn: str) -> None:
    """Another guarded one, one of others, one of another account."""
    alias = found_in_iot(iot.ALIAS, "panorama-appliance", role=[arn])
    assert found(alias) == [(Kind.WEAKNESS, Severity.HIGH, iot.ROLE)]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("role-alias/payroll", "the role alias payroll hands out credentials of"),
        ("topic-rule/copy", "the topic rule copy acts as"),
        ("provisioning-template/fleet", "the provisioning template fleet makes things as"),
        ("job/fix", "the job fix signs URLs for devices as"),
        ("command/reboot", "the command reboot makes what it sends to devices as"),
        ("job-template/fix", "jobs of the job template fix sign URLs for devices as"),
        ("mitigation-action/quarantine", "the mitigation action quarantine acts on devices as"),
        ("security-profile/watch", "the security profile watch sends alerts or metrics as"),
        ("stream/files", "the stream files reads files for devices as"),
        ("topic-rule-destination/vpc/1", "the topic rule destination vpc/1 makes network interfaces as"),
        ("ca-certificate/0f", "who has a certificate of the CA certificate 0f is made a device as"),
        ("thing-registration-task/1", "the thing registration task 1 makes things as"),
        ("logging-options/account", "AWS IoT writes its logs as"),
        ("account-audit-configuration/account", "AWS IoT audits the account, and sends what it finds, as"),
        ("encryption-configuration/account", "AWS IoT encrypts and decrypts what it keeps as"),
        ("package-configuration/account", "AWS IoT writes down which packages devices have as"),
    ],
)
def test_whatever_else_uses_a_guarded_role_is_told(key: str, words: str) -> None:
    """With the role."""
    assert told(found_in_iot(iot.USER, key, role=[APPLIANCE])) == (Severity.HIGH, f"{words} {APPLIANCE}")


def test_what_cannot_be_listed_is_a_doubt() -> None:
    """Whether any of it uses a guarded role, nobody knows."""
    why = (Part(iot.ROLE, "AWS does not let the guard list them"),)
    assert found(replace(found_in_iot(iot.USER, "topic-rule/*"), unread=why)) == [
        (Kind.UNDECIDED, Severity.MEDIUM, iot.ROLE)
    ]


def test_a_job_of_the_pattern_runs_on_things_of_the_pattern() -> None:
    """And on nothing else."""
    own, other = f"{ARN}thing/panorama-gate", f"{ARN}thinggroup/payroll"
    assert found(found_in_iot(iot.JOB, "panorama-update", targets={"Targets": [own]})) == []
    severity, reason = told(found_in_iot(iot.JOB, "panorama-update", targets={"Targets": [own, other]}))
    assert (severity, "thinggroup/payroll" in reason) == (Severity.MEDIUM, True)


def test_the_version_that_was_judged_contained_is_remembered_and_one_that_escapes_is_not() -> None:
    """It is what the policy may be put back to without an operator's word."""
    standard = STANDARDS[iot.POLICY]
    own, wide = a_policy(OWN), a_policy(EVERYTHING, OWN)
    memory = Memory(own.subject.unique_id)
    learnt = remember(own, judge_resource(own, standard), memory, standard)
    assert learnt.contained == (digest(OWN),)
    assert remember(wide, judge_resource(wide, standard), learnt, standard) == learnt


def test_of_what_has_no_versions_nothing_is_remembered() -> None:
    """What it is put back to, the profile says."""
    thing = found_in_iot(iot.THING, "panorama-gate", certificates=principals("ACTIVE"))
    standard, memory = STANDARDS[iot.THING], Memory(thing.subject.unique_id)
    assert remember(thing, judge_resource(thing, standard), memory, standard) == memory
