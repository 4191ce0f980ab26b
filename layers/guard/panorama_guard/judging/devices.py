"""What is said of AWS IoT: what policies let devices do, who is a device, what runs on it, and who uses a role."""

import json
from collections.abc import Iterable, Iterator

from panorama_guard.case import iot, iot_takers
from panorama_guard.case.finding import Deviation, Finding, Kind, Severity
from panorama_guard.case.resource import ResourceSnapshot
from panorama_guard.judging.part_rule import Direction, PartRule
from panorama_guard.policy import Document, parse_document_value
from panorama_guard.policy.document import CURRENT
from panorama_guard.policy.glob import matches
from panorama_guard.profile import ResourceProfile

NO_THING, ONE = "no thing", 1

# What a device asks for; a policy of AWS IoT says nothing about any other call.
# https://docs.aws.amazon.com/iot/latest/developerguide/iot-policy-actions.html
_CALLS = {
    "client": ["iot:Connect"],
    "topic": ["iot:Publish", "iot:Receive", "iot:RetainPublish"],
    "topicfilter": ["iot:Subscribe"],
    "thing": ["iot:GetThingShadow", "iot:UpdateThingShadow", "iot:DeleteThingShadow"],
    "rolealias": ["iot:AssumeRoleWithCertificate"],
}


def _likely(snapshot: ResourceSnapshot) -> tuple[Document, ...]:
    """Return what devices of the account ask for: of a plain name first, then of any."""
    here = ":".join(snapshot.subject.arn.split(":")[:5])
    return tuple(
        parse_document_value(
            {
                "Version": CURRENT,
                "Statement": [
                    {"Effect": "Allow", "Action": calls, "Resource": f"{here}:{kind}/{name}"}
                    for kind, calls in _CALLS.items()
                ],
            },
            name="what devices ask for",
        )
        for name in ("example", "*")
    )


_DEFAULT = PartRule(Direction.FLOW, goes_back=True, likely=_likely)
_ATTACHED = PartRule(
    Direction.FLOW,
    hands_off="a policy outside the naming pattern may be attached to devices that the guard never touches",
    likely=_likely,
)
_USES = {
    iot.ROLE_ALIAS: "the role alias {name} hands out credentials of",
    iot.TOPIC_RULE: "the topic rule {name} acts as",
    iot.TEMPLATE: "the provisioning template {name} makes things as",
    iot.SIGNER: "the job {name} signs URLs for devices as",
    iot_takers.COMMAND: "the command {name} makes what it sends to devices as",
    iot_takers.JOB_TEMPLATE: "jobs of the job template {name} sign URLs for devices as",
    iot_takers.MITIGATION: "the mitigation action {name} acts on devices as",
    iot_takers.SECURITY_PROFILE: "the security profile {name} sends alerts or metrics as",
    iot_takers.STREAM: "the stream {name} reads files for devices as",
    iot_takers.DESTINATION: "the topic rule destination {name} makes network interfaces as",
    iot_takers.AUTHORITY: "who has a certificate of the CA certificate {name} is made a device as",
    iot_takers.REGISTRATION: "the thing registration task {name} makes things as",
    iot_takers.LOGGING: "AWS IoT writes its logs as",
    iot_takers.AUDIT: "AWS IoT audits the account, and sends what it finds, as",
    iot_takers.ENCRYPTION: "AWS IoT encrypts and decrypts what it keeps as",
    iot_takers.PACKAGES: "AWS IoT writes down which packages devices have as",
}


def policy_rule(part: str) -> PartRule | None:
    """Return how a part of a policy is judged by the engine, or None for one that is compared."""
    return _DEFAULT if part == iot.DEFAULT else None


def thing_rule(part: str) -> PartRule | None:
    """Return how a part of a thing is judged by the engine, or None for one that is compared."""
    return _ATTACHED if iot.is_attached(part) else None


def compare_policy(snapshot: ResourceSnapshot, profile: ResourceProfile) -> Iterator[Finding]:
    """Yield who has a policy of the naming pattern and is no thing or group of it."""
    listed = json.loads(snapshot.text_of(iot.ATTACHMENTS) or '{"Targets":[]}')["Targets"]
    strangers = [_stranger(one["Target"], one.get("Things"), profile) for one in listed]
    if found := [one for one in strangers if one]:
        yield _told(iot.ATTACHMENTS, f"it is attached to {_some(found)}", Severity.MEDIUM)


def _stranger(target: str, things: list[str] | None, profile: ResourceProfile) -> str:
    """Return a target in words where it is none of the naming pattern, or an empty text."""
    kind, _, name = iot.target_name(target).partition("/")
    if kind == "thinggroup":
        return "" if _is_named(name, profile) else f"the thing group {name}"
    if kind != "cert":
        return f"{target}, which is no certificate"
    others = [thing for thing in things or [] if not _is_named(thing, profile)]
    if not things:
        return f"the certificate {name}, which belongs to {NO_THING}"
    return f"the certificate {name} of the thing {others[0]}" if others else ""


def compare_thing(snapshot: ResourceSnapshot, _: ResourceProfile) -> Iterator[Finding]:
    """Yield what else is the device than its one certificate, and what runs on it that is not of the naming pattern."""
    listed = json.loads(snapshot.text_of(iot.CERTIFICATES) or '{"Principals":[]}')["Principals"]
    yield from _principals(listed)
    jobs = json.loads(snapshot.text_of(iot.JOBS) or '{"Jobs":[]}')["Jobs"]
    if jobs:
        reason = f"{_some([f'the job {job}' for job in jobs])}, outside the naming pattern, runs on it"
        yield _told(iot.JOBS, reason, Severity.MEDIUM)


def _principals(listed: list[dict[str, str]]) -> Iterator[Finding]:
    """Yield one finding on who is the device: a thing has one part for all its principals."""
    odd = [one for one in listed if iot.target_name(one["Principal"]).partition("/")[0] != "cert"]
    leaving = [one for one in listed if one["Status"] == "PENDING_TRANSFER"]
    active = [one for one in listed if one["Status"] == "ACTIVE"]
    if leaving:
        name = iot.end_of(leaving[0]["Principal"])
        yield _told(iot.CERTIFICATES, f"its certificate {name} is being given to another account", Severity.HIGH)
    elif odd:
        yield _told(iot.CERTIFICATES, f"it is also {odd[0]['Principal']}, which is no certificate", Severity.HIGH)
    elif len(active) > ONE:
        reason = f"it has {len(active)} active certificates: whoever holds any of them is the device"
        yield _told(iot.CERTIFICATES, reason, Severity.MEDIUM)


def compare_alias(snapshot: ResourceSnapshot, profile: ResourceProfile) -> Iterator[Finding]:
    """Yield that an alias of the naming pattern hands out credentials of another role than the appliance's."""
    for arn in _roles(snapshot):
        if not profile.may_run_as(iot.end_of(arn)) or arn.split(":")[4] != snapshot.subject.account:
            yield _told(
                iot.ROLE, f"it hands out credentials of {arn}, which is not the appliance's role", Severity.HIGH
            )


def compare_job(snapshot: ResourceSnapshot, profile: ResourceProfile) -> Iterator[Finding]:
    """Yield that a job of the naming pattern runs on what is not of it."""
    targets = json.loads(snapshot.text_of(iot.TARGETS) or '{"Targets":[]}')["Targets"]
    others = [iot.target_name(arn) for arn in targets if not _is_named(iot.end_of(arn), profile)]
    if others:
        yield _told(iot.TARGETS, f"it runs on {_some(others)}, outside the naming pattern", Severity.MEDIUM)


def compare_user(snapshot: ResourceSnapshot, _: ResourceProfile) -> Iterator[Finding]:
    """Yield that something which is no alias of the naming pattern uses a guarded role: its reader returns no other."""
    kind, name = iot.user_of(snapshot.subject.name)
    if arns := list(_roles(snapshot)):
        yield _told(iot.ROLE, f"{_USES[kind].format(name=name)} {_some(arns)}", Severity.HIGH)


def _roles(snapshot: ResourceSnapshot) -> Iterator[str]:
    yield from json.loads(snapshot.text_of(iot.ROLE) or "[]")


def _is_named(name: str, profile: ResourceProfile) -> bool:
    return any(matches(glob, name) for glob in profile.names)


def _some(found: Iterable[str]) -> str:
    """Return the first of some, and how many more there are."""
    first, *others = found
    return f"{first} and {len(others)} more" if others else first


def _told(part: str, reason: str, severity: Severity) -> Finding:
    return Finding(Kind.WEAKNESS, severity, part, Deviation(reason))
