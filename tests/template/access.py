"""Who may do what: no wildcard without a reason, and the writes bounded to what is enrolled."""

import re
from pathlib import Path

from tests.template.reading import (
    Properties,
    Template,
    actions,
    as_list,
    documents,
    of_type,
    role_of,
    role_statements,
    statements_of,
    text_of,
)

READS = ("Get", "List", "Describe", "Simulate", "Generate")

_DENIALS = ("NothingInTheClear", "NobodyOfAnotherAccount")
_FUNCTIONS = ("Inspect", "Remediate", "Notify", "Relay", "Sweep", "Report", "Operate")
_READERS = ("InspectRole", "OperateRole", "ReportRole")

# (owner, Sid) of each statement that may hold a `*`, with the reason. The template says it too, beside the statement.
WILDCARDS = {
    ("GuardKey", "AccountAdministersTheKey"): "a key policy must delegate to IAM; `*` is the key itself",
    ("GuardKey", "EventBridgeSendsToTheQueues"): "`*` is the key itself",
    ("GuardKey", "AlarmsPublishToTheTopic"): "`*` is the key itself; both forms of GenerateDataKey",
    ("GuardKey", "LogsEncryptTheLogGroups"): "`*` is the key itself; the actions that CloudWatch Logs asks for",
    **{("ChangesQueuePolicy", sid): "denies" for sid in _DENIALS},
    **{("ChangesDeadLetterQueuePolicy", sid): "denies" for sid in _DENIALS},
    **{("NotifyDeadLetterQueuePolicy", sid): "denies" for sid in _DENIALS},
    **{("PrivateQueuesPolicy", sid): "denies; the document stands on several queues" for sid in _DENIALS},
    ("AlertsTopicPolicy", "AlarmsOfThisAccountPublish"): "any alarm of the account, by the condition",
    **{(f"{name}Role", "SendTraces"): "off by default; the actions know no resource" for name in _FUNCTIONS},
    ("InspectRole", "ReadRoles"): "reads; a guarded role may come back under another path or case",
    ("InspectRole", "ReadManagedPolicies"): "reads; whoever attaches a policy chooses which",
    **{
        (role, "ReadMembers"): "off by default; the accounts of the organisation, by the condition"
        for role in ("InspectRole", "SweepRole", "OperateRole")
    },
    ("RemediateRole", "WriteInMembers"): "off by default; the accounts of the organisation, by the condition",
    ("SweepRole", "ListTheOrganisation"): "off by default; reads; the action knows no resource",
    ("InspectRole", "ReadQuotas"): "reads; the action knows no resource",
    ("InspectRole", "FindRolesOfPolicies"): "reads; any customer policy may be attached to a guarded role",
    ("RemediateRole", "ReadRoles"): "reads; a guarded role may come back under another path or case",
    ("RemediateRole", "ReadManagedPolicies"): "reads; whoever attaches a policy chooses which",
    ("RemediateRole", "KeepOwnBoundaries"): "the guard's own policies, under its path",
    ("RemediateRole", "RevertCustomerPolicies"): "off by default; any policy may be attached to a guarded role",
    ("RemediateRole", "ReadQuotas"): "reads; the action knows no resource",
    ("OperateRole", "ReadRoles"): "reads; a guarded role may come back under another path or case",
    ("OperateRole", "ReadManagedPolicies"): "reads; whoever attaches a policy chooses which",
    ("SweepRole", "ListTheAccount"): "reads; the action knows no resource",
    ("InspectRole", "ReadBuckets"): "reads; the buckets of the naming pattern",
    ("InspectRole", "ReadAccessPoints"): "reads; access points are not named after their bucket",
    ("InspectRole", "ListBucketsAndAccessPoints"): "reads; the actions know no resource",
    ("RemediateRole", "ReadBuckets"): "reads; the buckets of the naming pattern",
    ("RemediateRole", "ReadAccessPoints"): "reads; access points are not named after their bucket",
    ("RemediateRole", "ListBucketsAndAccessPoints"): "reads; the actions know no resource",
    ("OperateRole", "ReadBuckets"): "reads; the buckets of the naming pattern",
    ("OperateRole", "ReadAccessPoints"): "reads; access points are not named after their bucket",
    ("OperateRole", "ListWhatThereIs"): "reads; listings, and actions that know no resource",
    ("RemediateRole", "ContainTheBuckets"): "the enrolled buckets: the naming pattern, in the account",
    ("RemediateRole", "ContainAccessPoints"): "access points are not named after their bucket",
    ("SweepRole", "ListBuckets"): "reads; the action knows no resource",
    ("InspectRole", "ReadFunctions"): "reads; the functions of the naming pattern",
    ("InspectRole", "ReadRolesOfFunctions"): "reads; any function may run as a guarded role",
    ("InspectRole", "ListSourcesOfFunctions"): "reads; the action knows no resource",
    ("RemediateRole", "ReadFunctions"): "reads; the functions of the naming pattern",
    ("RemediateRole", "ReadRolesOfFunctions"): "reads; any function may run as a guarded role",
    ("RemediateRole", "ListSourcesOfFunctions"): "reads; the action knows no resource",
    ("OperateRole", "ReadFunctions"): "reads; the functions of the naming pattern",
    ("OperateRole", "ReadRolesOfFunctions"): "reads; any function may run as a guarded role",
    ("RemediateRole", "ContainTheFunctions"): "the enrolled functions: the naming pattern, in the account",
    ("RemediateRole", "CloseTheUrls"): "the enrolled functions: the naming pattern, in the account",
    ("RemediateRole", "KeepOffTheGuardItself"): "denies; the guard's own functions",
    ("SweepRole", "ListFunctions"): "reads; the action knows no resource",
    ("InspectRole", "ReadSecrets"): "reads; the secrets of the naming pattern, never what they hold",
    ("InspectRole", "ListSecrets"): "reads; the action knows no resource",
    ("RemediateRole", "ReadSecrets"): "reads; the secrets of the naming pattern, never what they hold",
    ("RemediateRole", "ListSecrets"): "reads; the action knows no resource",
    ("OperateRole", "ReadSecrets"): "reads; the secrets of the naming pattern, never what they hold",
    ("RemediateRole", "ContainTheSecrets"): "the enrolled secrets: the naming pattern, in the account",
    ("SweepRole", "ListSecrets"): "reads; the action knows no resource",
    ("InspectRole", "ReadLogGroups"): "reads; the log groups of the naming pattern",
    ("InspectRole", "ListWhatConcernsLogGroups"): "reads; listings, and actions that know no resource",
    ("RemediateRole", "ReadLogGroups"): "reads; the log groups of the naming pattern",
    ("RemediateRole", "ListWhatConcernsLogGroups"): "reads; listings, and actions that know no resource",
    ("OperateRole", "ReadLogGroups"): "reads; the log groups of the naming pattern",
    ("RemediateRole", "ContainTheLogGroups"): "the enrolled log groups: the naming pattern, in the account",
    ("SweepRole", "ListLogGroups"): "reads; a listing",
    ("InspectRole", "ReadIdentityProviders"): "reads; any provider may be named in a trust",
    ("OperateRole", "ReadIdentityProviders"): "reads; any provider may be named in a trust",
    ("InspectRole", "ReadIotPolicies"): "reads; the IoT policies of the naming pattern",
    ("InspectRole", "ReadThings"): "reads; the things of the naming pattern",
    ("InspectRole", "ReadIot"): "reads; anything may use a guarded role, or be of a device",
    ("InspectRole", "ListIot"): "reads; listings, and actions that know no resource",
    ("OperateRole", "ReadIotPolicies"): "reads; the IoT policies of the naming pattern",
    ("OperateRole", "ReadThings"): "reads; the things of the naming pattern",
    ("OperateRole", "ReadIot"): "reads; anything may use a guarded role, or be of a device",
    ("RemediateRole", "ReadIotPolicies"): "reads; the IoT policies of the naming pattern",
    ("RemediateRole", "ReadPoliciesOfDevices"): "reads; the IoT policies of the naming pattern",
    ("RemediateRole", "ListIot"): "reads; listings, and actions that know no resource",
    ("RemediateRole", "ContainTheIotPolicies"): "the enrolled IoT policies: the naming pattern, in the account",
    ("SweepRole", "ReadIot"): "reads; anything may use a guarded role",
    ("SweepRole", "ListIot"): "reads; listings, and actions that know no resource",
    ("InspectRole", "ReadModelWork"): "reads; anything may run as a guarded role",
    ("SweepRole", "ReadModelWork"): "reads; anything may run as a guarded role",
    ("OperateRole", "ReadModelWork"): "reads; anything may run as a guarded role",
    ("InspectRole", "ReadGreengrass"): "reads; ids and no names, and actions that know no resource",
    ("SweepRole", "ReadGreengrass"): "reads; ids and no names, and actions that know no resource",
    ("OperateRole", "ReadGreengrass"): "reads; ids and no names, and actions that know no resource",
    ("InspectRole", "ReadPoliciesOfBuckets"): "reads; any bucket's policy may name a guarded role",
    ("InspectRole", "ReadDashboards"): "reads; the dashboards of the naming pattern",
    ("OperateRole", "ReadPoliciesOfBuckets"): "reads; any bucket's policy may name a guarded role",
    ("OperateRole", "ReadDashboards"): "reads; the dashboards of the naming pattern",
    ("SweepRole", "ReadPoliciesOfBuckets"): "reads; any bucket's policy may name a guarded role",
    ("SweepRole", "ListDashboards"): "reads; the action knows no resource",
    ("SweepRole", "SeeWhichRulesAreEnabled"): "reads; the action knows no resource",
    ("SweepRole", "ListAnywhereProfiles"): "reads; the action knows no resource",
    **{(role, "ReadAnywhereProfiles"): "reads; ids and no names" for role in _READERS},
    ("InspectRole", "ListAnywhere"): "reads; listings",
    **{("ReportBucketPolicy", sid): "denies; the bucket and what is in it" for sid in _DENIALS},
    ("ReportRole", "ReadBuckets"): "reads; the buckets of the naming pattern",
    ("ReportRole", "ReadAccessPoints"): "reads; access points are not named after their bucket",
    ("ReportRole", "ListWhatThereIs"): "reads; listings, and actions that know no resource",
    ("ReportRole", "ReadFunctions"): "reads; the functions of the naming pattern",
    ("ReportRole", "ReadRolesOfFunctions"): "reads; any function may run as a guarded role",
    ("ReportRole", "ReadSecrets"): "reads; the secrets of the naming pattern, never what they hold",
    ("ReportRole", "ReadLogGroups"): "reads; the log groups of the naming pattern",
    ("ReportRole", "ListTheAccount"): "reads; listings, and actions that know no resource",
    ("ReportRole", "ReadRoles"): "reads; any role may be around what is guarded",
    ("ReportRole", "ReadManagedPolicies"): "reads; any policy may be attached to a guarded role",
    ("ReportRole", "ReadIdentityProviders"): "reads; any provider may be named in a trust",
    ("ReportRole", "ReadIotPolicies"): "reads; the IoT policies of the naming pattern",
    ("ReportRole", "ReadThings"): "reads; the things of the naming pattern",
    ("ReportRole", "ReadIot"): "reads; anything may use a guarded role, or be of a device",
    ("ReportRole", "ReadModelWork"): "reads; anything may run as a guarded role",
    ("ReportRole", "ReadGreengrass"): "reads; ids and no names, and actions that know no resource",
    ("ReportRole", "ReadPoliciesOfBuckets"): "reads; any bucket's policy may name a guarded role",
    ("ReportRole", "ReadDashboards"): "reads; the dashboards of the naming pattern",
    ("ReportRole", "PutTheReport"): "the report's files, by their ending",
    ("NotifyRole", "TakeIncidents"): "the table's own streams; a stream's label is the time at which it was made",
    ("RelayRole", "TakeIncidents"): "the table's own streams; a stream's label is the time at which it was made",
}


def find_wildcards(template: Template) -> list[str]:
    """Return each statement with a `*` in an action or a resource that is not on the list with its reason."""
    return [
        f"{owner}/{statement.get('Sid')} has a wildcard without a reason"
        for owner, document in documents(template)
        for statement in statements_of(document)
        if _is_wild(statement) and (owner, statement.get("Sid")) not in WILDCARDS
    ]


def find_idle_reasons(template: Template) -> list[str]:
    """Return each reason for a wildcard that no statement needs."""
    wild = {
        (owner, statement.get("Sid"))
        for owner, document in documents(template)
        for statement in statements_of(document)
        if _is_wild(statement) or statement.get("Condition", {}).get("ArnLike")
    }
    return [f"{owner}/{sid} needs no reason" for owner, sid in WILDCARDS if (owner, sid) not in wild]


def _is_wild(statement: Properties) -> bool:
    named = actions(statement) + [text_of(resource) for resource in as_list(statement.get("Resource"))]
    return any("*" in text for text in named) or bool({"NotAction", "NotResource"} & statement.keys())


def find_shared_roles(template: Template) -> list[str]:
    """Return each function that has no role of its own in the template, or one with managed policies."""
    functions = of_type(template, "AWS::Lambda::Function")
    roles = of_type(template, "AWS::IAM::Role")
    owned = [role_of(template, function) for function in functions]
    faults = [
        f"{function} has no role of its own"
        for function, role in zip(functions, owned, strict=True)
        if owned.count(role) != 1 or role not in roles
    ]
    return faults + [f"{name} has managed policies" for name, role in roles.items() if role.get("ManagedPolicyArns")]


def iam_writes(template: Template) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the resources of every IAM write that a role may do, by role and action."""
    return {
        (role, action): tuple(text_of(resource) for resource in as_list(statement["Resource"]))
        for role in of_type(template, "AWS::IAM::Role")
        for statement in role_statements(template, role)
        if statement["Effect"] == "Allow"
        for action in actions(statement)
        if re.match(r"(iam|sts|\*)", action, re.IGNORECASE) and not action.partition(":")[2].startswith(READS)
    }


def find_bare_actions(source: Path) -> list[str]:
    """Return each line of the template that grants an action without a reason on the line or the line above it."""
    lines = source.read_text(encoding="utf-8").splitlines()
    return [
        f"line {number}: {line.strip()}"
        for number, line in enumerate(lines, start=1)
        if re.match(r"\s*(-|Action:) [a-z0-9-]+:[A-Za-z*]+(\s|$)", line)
        and "sts:AssumeRole" not in line
        and "#" not in line
        and not lines[number - 2].lstrip().startswith("#")
    ]
