"""What an operator may type about a finding in AWS IoT."""

import shlex

from panorama_guard.case import iot
from panorama_guard.case.incident import Incident
from panorama_guard.case.resource import kind_of, name_of
from panorama_guard.reporting.plain import plain

_USERS = {
    iot.ROLE_ALIAS: ("role-alias", "role-alias"),
    iot.TOPIC_RULE: ("topic-rule", "rule-name"),
    iot.TEMPLATE: ("provisioning-template", "template-name"),
    iot.SIGNER: ("job", "job-id"),
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
        return (_see_user(incident.subject.name),)
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


def _see_user(key: str) -> str:
    is_alias = key.startswith(f"{iot.ALIAS}:")
    user, name = (iot.ROLE_ALIAS, key.partition(":")[2]) if is_alias else iot.user_of(key)
    what, option = _USERS[user]
    if name == iot.UNLISTED:
        return f"aws iot list-{what}{'es' if what.endswith('s') else 's'}"
    verb = "get" if user == iot.TOPIC_RULE else "describe"
    return f"aws iot {verb}-{what} --{option} {shlex.quote(plain(name))}"
