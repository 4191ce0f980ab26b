"""What an operator may type about a finding in AWS IoT."""

import shlex

from panorama_guard.case import iot, iot_takers
from panorama_guard.case.incident import Incident
from panorama_guard.case.resource import kind_of, name_of
from panorama_guard.case.snapshot import Subject
from panorama_guard.reporting.plain import plain

# How the command goes on that shows a user, and the option that names it, if it has a name.
_USERS = {
    iot.ROLE_ALIAS: ("describe-role-alias", "--role-alias"),
    iot.TOPIC_RULE: ("get-topic-rule", "--rule-name"),
    iot.TEMPLATE: ("describe-provisioning-template", "--template-name"),
    iot.SIGNER: ("describe-job", "--job-id"),
    iot_takers.COMMAND: ("get-command", "--command-id"),
    iot_takers.JOB_TEMPLATE: ("describe-job-template", "--job-template-id"),
    iot_takers.MITIGATION: ("describe-mitigation-action", "--action-name"),
    iot_takers.SECURITY_PROFILE: ("describe-security-profile", "--security-profile-name"),
    iot_takers.STREAM: ("describe-stream", "--stream-id"),
    iot_takers.DESTINATION: ("get-topic-rule-destination", "--arn"),
    iot_takers.AUTHORITY: ("describe-ca-certificate", "--certificate-id"),
    iot_takers.REGISTRATION: ("describe-thing-registration-task", "--task-id"),
    iot_takers.LOGGING: ("get-v2-logging-options", ""),
    iot_takers.AUDIT: ("describe-account-audit-configuration", ""),
    iot_takers.ENCRYPTION: ("describe-encryption-configuration", ""),
    iot_takers.PACKAGES: ("get-package-configuration", ""),
}
_GET_POLICY = "get-policy --policy-name"
_ASKED = {  # by the type of resource and its part: what shows it
    (iot.POLICY, ""): _GET_POLICY,
    (iot.POLICY, iot.ATTACHMENTS): "list-targets-for-policy --policy-name",
    (iot.THING, ""): "list-thing-principals --thing-name",
    (iot.THING, iot.JOBS): "list-job-executions-for-thing --thing-name",
    (iot.JOB, ""): "describe-job --job-id",
}


def on_iot(incident: Incident, verb: str) -> tuple[str, ...]:
    """Return the command that shows what a finding is about, or that ends what the guard did not."""
    if verb != "get":
        return _end(incident)
    kind, rest = kind_of(incident.subject.name), name_of(incident.subject.name)
    if kind in (iot.ALIAS, iot.USER):
        return (_see_user(incident.subject),)
    asked = _ASKED.get((kind, incident.source), _ASKED[kind, ""])
    name = iot.attached_policy(incident.source) if iot.is_attached(incident.source) else rest
    return (f"aws iot {_GET_POLICY if name != rest else asked} {shlex.quote(plain(name))}",)


def _end(incident: Incident) -> tuple[str, ...]:
    source = incident.source
    if iot.is_attached(source):
        policy, target = iot.attached_policy(source), source.partition(" of ")[2]
        arn = f"{incident.subject.arn.rpartition(':')[0]}:{target}"
        return (f"aws iot detach-policy --policy-name {shlex.quote(plain(policy))} --target {shlex.quote(plain(arn))}",)
    if source == iot.DEFAULT:
        name = shlex.quote(plain(incident.subject.name.partition(":")[2]))
        return (f"aws iot list-policy-versions --policy-name {name}",)
    return ()


def _see_user(subject: Subject) -> str:
    is_alias = kind_of(subject.name) == iot.ALIAS
    user, name = (iot.ROLE_ALIAS, name_of(subject.name)) if is_alias else iot.user_of(subject.name)
    if name == iot.UNLISTED:
        return f"aws iot list-{user}{'es' if user.endswith('s') else 's'}"
    command, option = _USERS[user]
    named = subject.arn if user == iot_takers.DESTINATION else name
    return f"aws iot {command} {option} {shlex.quote(plain(named))}" if option else f"aws iot {command}"
