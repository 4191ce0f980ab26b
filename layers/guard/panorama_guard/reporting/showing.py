"""What an operator may type or open to see a finding, and to end by hand what the guard did not."""

import shlex
from collections.abc import Callable, Mapping
from urllib.parse import quote

from panorama_guard.case import bucket, function, grantor, log_group, secret
from panorama_guard.case.closing import CLOSED_TRUST
from panorama_guard.case.finding import Kind
from panorama_guard.case.incident import Incident, State
from panorama_guard.case.region import region_of
from panorama_guard.case.resource import is_resource_key, kind_of, name_of, service_of
from panorama_guard.containment import Request
from panorama_guard.reporting.anywhere import on_anywhere
from panorama_guard.reporting.devices import on_iot
from panorama_guard.reporting.functions import end_on_function, see_function
from panorama_guard.reporting.greengrass import on_greengrass
from panorama_guard.reporting.model_work import on_model_work
from panorama_guard.reporting.plain import plain
from panorama_guard.reporting.role_uses import is_around_role, role_in_console, see_around_role
from panorama_guard.reporting.simulate import show_role, simulate_role

_FLAGS = "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true"
# What `aws s3api` calls the parts of a bucket, behind get-, put- and delete-; what follows belongs to put-.
_PARTS: Mapping[str, tuple[str, str]] = {
    bucket.POLICY: ("bucket-policy", ""),
    bucket.ACL: ("bucket-acl", " --acl private"),
    bucket.OWNERSHIP: ("bucket-ownership-controls", ""),
    bucket.BLOCK: ("public-access-block", f" --public-access-block-configuration {_FLAGS}"),
    bucket.REPLICATION: ("bucket-replication", ""),
    bucket.WEBSITE: ("bucket-website", ""),
    bucket.CORS: ("bucket-cors", ""),
    bucket.NOTIFICATIONS: ("bucket-notification-configuration", ""),
    bucket.LIFECYCLE: ("bucket-lifecycle-configuration", ""),
    bucket.ENCRYPTION: ("bucket-encryption", ""),
    bucket.VERSIONING: ("bucket-versioning", ""),
    bucket.LOGGING: ("bucket-logging", ""),
}


def see_it(incident: Incident) -> str:
    """Return the command that shows the finding to anyone who may read the subject."""
    role, evidence = incident.subject, incident.evidence
    if is_resource_key(role.name):
        return plain(next(iter(_commands(incident, "get")), ""))
    if incident.kind in (Kind.TRUST_ESCAPE, Kind.UNDECIDED) or not evidence.action:
        return plain(show_role(role.name))
    request = Request(evidence.action, evidence.resource, evidence.context)
    return plain(simulate_role(role.arn, request, dict(evidence.reach.context_types)))


def by_hand(incident: Incident) -> tuple[str, ...]:
    """Return what an operator may type to end an escape that the guard did not: it takes all of the policy away."""
    role, source = f"--role-name {shlex.quote(incident.subject.name)}", shlex.quote(plain(incident.source))
    is_asked = incident.state is State.NEEDS_APPROVAL and incident.remedy.needs_approval
    if not (is_asked or incident.state is State.NOT_FIXED) or incident.kind is Kind.UNDECIDED:
        return ()
    if is_resource_key(incident.subject.name):
        return _commands(incident, "put" if incident.source in (bucket.ACL, bucket.BLOCK) else "delete")
    if incident.kind is Kind.TRUST_ESCAPE:
        return (f"aws iam update-assume-role-policy {role} --policy-document {shlex.quote(CLOSED_TRUST)}",)
    if incident.kind is Kind.BOUNDARY_ESCAPE:
        return (f"aws iam put-role-permissions-boundary {role} --permissions-boundary {source}",)
    if incident.source.startswith("arn:"):
        return (f"aws iam detach-role-policy {role} --policy-arn {source}",)
    return (f"aws iam delete-role-policy {role} --policy-name {source}",)


def console_link(incident: Incident) -> str:
    """Return where the subject stands in the console."""
    kind, name = kind_of(incident.subject.name), name_of(incident.subject.name)
    if kind in (bucket.TYPE, grantor.TYPE):
        return f"https://console.aws.amazon.com/s3/buckets/{name}?tab=permissions"
    region = (*incident.subject.arn.split(":"), "", "", "", "")[3]
    if kind in (function.TYPE, function.RUNNER):
        return f"https://console.aws.amazon.com/lambda/home?region={region}#/functions/{name}?tab=configure"
    if kind == log_group.TYPE:
        group = quote(quote(name, safe=""), safe="").replace("%", "$")
        return f"https://console.aws.amazon.com/cloudwatch/home?region={region}#logsV2:log-groups/log-group/{group}"
    if kind == secret.TYPE:
        return f"https://console.aws.amazon.com/secretsmanager/secret?name={quote(name, safe='')}&region={region}"
    if is_around_role(incident) or not is_resource_key(incident.subject.name):
        return role_in_console(incident)
    return f"https://console.aws.amazon.com/{service_of(kind)}/home?region={region}"


def _commands(incident: Incident, verb: str) -> tuple[str, ...]:
    """Return the command that does something to the part of a resource in which a finding is, where the resource is."""
    region = region_of(incident.subject.name)
    return tuple(f"{command} --region {region}" if region else command for command in _at_home(incident, verb))


def _at_home(incident: Incident, verb: str) -> tuple[str, ...]:
    """Return the command that reads, puts back or deletes the part of a resource in which a finding is."""
    own = _COMMANDS.get(service_of(incident.subject.name))
    if own is not None:
        return own(incident, verb)
    subject, name = incident.subject, shlex.quote(incident.subject.name.partition(":")[2])
    if point := bucket.point_of(incident.source):
        of_point = f"--account-id {subject.account} --name {shlex.quote(plain(point))}"
        return (f"aws s3control {verb}-access-point-policy {of_point}",)
    if incident.source == bucket.EXPORTS and verb == "get":
        return (f"aws s3api list-bucket-inventory-configurations --bucket {name}",)
    if incident.source not in _PARTS:
        return ()
    part, rest = _PARTS[incident.source]
    return (f"aws s3api {verb}-{part} --bucket {name}{rest if verb == 'put' else ''}",)


def _around_role(incident: Incident, verb: str) -> tuple[str, ...]:
    """Return the command that reads what is around a role; none ends it."""
    return (see_around_role(incident),) if verb == "get" else ()


def _on_secret(incident: Incident, verb: str) -> tuple[str, ...]:
    """Return the command that reads a secret's policy or settings, or that deletes its policy."""
    name = shlex.quote(incident.subject.name.partition(":")[2])
    if incident.source == secret.POLICY:
        return (f"aws secretsmanager {verb}-resource-policy --secret-id {name}",)
    return (f"aws secretsmanager describe-secret --secret-id {name}",) if verb == "get" else ()


def _on_log_group(incident: Incident, verb: str) -> tuple[str, ...]:
    """Return the command that reads a log group's part, or that deletes the filter through which events leave."""
    name = shlex.quote(incident.subject.name.partition(":")[2])
    if wanted := log_group.filter_of(incident.source):
        of_group = f"--log-group-name {name}"
        if verb == "get":
            return (f"aws logs describe-subscription-filters {of_group}",)
        return (f"aws logs delete-subscription-filter {of_group} --filter-name {shlex.quote(plain(wanted))}",)
    if wanted := log_group.subscription_of(incident.source):
        which = f"--policy-type SUBSCRIPTION_FILTER_POLICY --policy-name {shlex.quote(plain(wanted))}"
        return (f"aws logs {'describe-account-policies' if verb == 'get' else 'delete-account-policy'} {which}",)
    if verb != "get":
        return ()
    if log_group.is_policy(incident.source):
        return ("aws logs describe-resource-policies",)
    return (f"aws logs describe-log-groups --log-group-name-prefix {name}",)


def _on_function(incident: Incident, verb: str) -> tuple[str, ...]:
    return (see_function(incident),) if verb == "get" else end_on_function(incident)


def _on_dashboard(incident: Incident, verb: str) -> tuple[str, ...]:
    name = shlex.quote(plain(incident.subject.name.partition(":")[2]))
    asked = "get-dashboard --dashboard-name" if verb == "get" else "delete-dashboards --dashboard-names"
    return (f"aws cloudwatch {asked} {name}",)


_COMMANDS: Mapping[str, Callable[[Incident, str], tuple[str, ...]]] = {
    "iam": _around_role,
    "lambda": _on_function,
    "secret": _on_secret,
    "log": _on_log_group,
    "iot": on_iot,
    "sagemaker": on_model_work,
    "greengrass": on_greengrass,
    "cloudwatch": _on_dashboard,
    "rolesanywhere": on_anywhere,
}
