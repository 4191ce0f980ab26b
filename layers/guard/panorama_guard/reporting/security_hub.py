"""Says an incident as a finding of Security Hub, in the AWS Security Finding Format.

https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-attributes.html has the lengths.
"""

from panorama_guard.case import bucket, function, grantor, model_work, role_use, secret
from panorama_guard.case.ending import is_told_open, told_state
from panorama_guard.case.finding import Kind
from panorama_guard.case.incident import Incident
from panorama_guard.case.resource import is_resource_key, kind_of, service_of
from panorama_guard.reporting.alert import example
from panorama_guard.reporting.commands import operator_commands
from panorama_guard.reporting.headline import alert_subject, headline
from panorama_guard.reporting.plain import plain
from panorama_guard.reporting.showing import by_hand, console_link, see_it

LONGEST_TITLE, LONGEST_DESCRIPTION, LONGEST_ADVICE, LONGEST_FIELD = 256, 1_024, 512, 2_048
SCHEMA_VERSION = "2018-10-08"
PRODUCT = "panorama-guard"
_TYPE = "Software and Configuration Checks/AWS Security Best Practices"
# By the type of resource. Security Hub has none of its own for log groups, and for what AWS IoT and Greengrass hold.
# https://docs.aws.amazon.com/securityhub/latest/userguide/asff-resources.html
_RESOURCES = {
    bucket.TYPE: "AwsS3Bucket",
    grantor.TYPE: "AwsS3Bucket",
    function.TYPE: "AwsLambdaFunction",
    function.RUNNER: "AwsLambdaFunction",
    role_use.TYPE: "AwsIamRole",
    secret.TYPE: "AwsSecretsManagerSecret",
}
_ADVICE = "Read the alert of this incident, and what is on record: panorama-guard incidents"


def security_finding(incident: Incident, product_arn: str) -> dict[str, object]:
    """Return the finding; each update of an incident has the same Id, and so replaces what it was before.

    A closed incident is archived. The state of the investigation (Workflow) is the customer's from the first import
    on; what is archived and then active again, Security Hub puts back to NEW by itself.
    """
    # Of a member's incident too: with an account's own product Security Hub takes only findings of that account.
    # https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchImportFindings.html
    account = product_arn.split(":")[4]
    severity = {"Label": incident.severity.value, "Original": incident.severity.value}
    return {
        "SchemaVersion": SCHEMA_VERSION,
        "Id": f"{PRODUCT}/{incident.id}",
        "ProductArn": product_arn,
        "ProductName": PRODUCT,
        "GeneratorId": f"{PRODUCT}/{incident.kind.value}",
        "AwsAccountId": account,
        "CreatedAt": _time(incident.opened_at),
        "UpdatedAt": _time(incident.updated_at),
        "Severity": severity,
        "Types": [_TYPE],
        "FindingProviderFields": {"Severity": severity, "Types": [_TYPE]},
        "Title": _cut(alert_subject(incident).partition("] ")[2], LONGEST_TITLE),
        "Description": _cut(_description(incident), LONGEST_DESCRIPTION),
        "Remediation": {"Recommendation": {"Text": _advice(incident)}},
        "SourceUrl": console_link(incident),
        "ProductFields": _fields(incident, account),
        "Resources": [_resource(incident)],
        "Compliance": {"Status": _compliance(incident)},
        "Workflow": {"Status": "NEW" if is_told_open(incident) else "RESOLVED"},
        "RecordState": "ACTIVE" if is_told_open(incident) else "ARCHIVED",
    }


def _description(incident: Incident) -> str:
    shown = plain(example(incident))
    return " ".join([headline(incident), *([f"For example: {shown}."] if shown else []), plain(incident.reason)])


def _advice(incident: Incident) -> str:
    """Return what to type next; a command that does not fit whole is not told."""
    hands = (("By hand", command) for command in by_hand(incident))
    told = _ADVICE + f" {incident.id}"
    for name, command in [*operator_commands(incident), *hands]:
        more = f"{told}. {name}: {command}"
        told = more if len(more) <= LONGEST_ADVICE else told
    return told


def _compliance(incident: Incident) -> str:
    if not is_told_open(incident):
        return "PASSED"
    return "NOT_AVAILABLE" if incident.kind is Kind.UNDECIDED else "FAILED"


def _fields(incident: Incident, account: str) -> dict[str, str]:
    """Return what else there is to know, without what is empty: Security Hub refuses empty texts."""
    cause, evidence = incident.cause, incident.evidence
    fields = {
        "Incident": incident.id,
        "Account": incident.account if incident.account != account else "",
        "State": told_state(incident).value,
        "Source": plain(incident.source),
        "Action": plain(evidence.action),
        "Resource": plain(evidence.resource),
        "Statement": plain(evidence.statement),
        "Found": plain(evidence.reason),
        "Actor": plain(cause.actor),
        "Event": plain(f"{cause.event_source} {cause.event_name}"),
        "EventId": plain(cause.event_id),
        "EventTime": plain(cause.event_time),
        "SeeIt": plain(see_it(incident)),
    }
    return {f"{PRODUCT}/{name}": _cut(value, LONGEST_FIELD) for name, value in fields.items() if value.strip()}


def _resource(incident: Incident) -> dict[str, str]:
    arn, key = incident.subject.arn, incident.subject.name
    return {"Type": _type_of(key), "Id": arn, "Partition": arn.split(":")[1]}


def _type_of(key: str) -> str:
    """Return what Security Hub calls a subject; of SageMaker it knows notebooks alone."""
    if not is_resource_key(key):
        return "AwsIamRole"
    if service_of(key) == "sagemaker" and model_work.work_of(key)[0] == model_work.NOTEBOOK:
        return "AwsSageMakerNotebookInstance"
    return _RESOURCES.get(kind_of(key), "Other")


def _time(text: str) -> str:
    return text.replace("+00:00", "Z")


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 3]}..."
