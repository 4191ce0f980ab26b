"""What is left over of a service that has ended: what to delete, in which order, and what breaks. Nothing is deleted.

The order goes from what runs to what it runs as: who deletes a role first leaves things behind that nothing can end.
"""

import shlex
from collections.abc import Iterator, Mapping

from panorama_guard.case import (
    bucket,
    dashboard,
    function,
    greengrass,
    iot,
    log_group,
    model_work,
    role_use,
    secret,
)
from panorama_guard.case.finding import Deviation, Finding, Kind, Severity
from panorama_guard.case.resource import ResourceSnapshot
from panorama_guard.profile import ResourceProfile

_LAST = 9
# By type: when to delete it, by which command, and what breaks. What concerns others too is not among them.
_ORDER: Mapping[str, tuple[int, str, str]] = {
    iot.JOB: (1, "aws iot delete-job --job-id {name} --force", "what of it runs on devices at this moment"),
    model_work.WORK: (1, "aws sagemaker delete-{kind} --{kind}-name {of_kind}", "whatever waits for its result"),
    function.TYPE: (
        2,
        "aws lambda delete-function --function-name {name}",
        "whatever calls it, its aliases and its URL",
    ),
    greengrass.GROUP: (2, "aws greengrass delete-group --group-id {name}", "its cores; reset its deployments first"),
    greengrass.ACCOUNT: (
        3,
        "aws greengrass disassociate-service-role-from-account",
        "what Greengrass does for any group of the account, of others than Panorama too",
    ),
    iot.ALIAS: (3, "aws iot delete-role-alias --role-alias {name}", "devices that get their credentials by it"),
    iot.THING: (4, "aws iot delete-thing --thing-name {name}", "the device; detach its certificates first"),
    iot.POLICY: (5, "aws iot delete-policy --policy-name {name}", "devices that have it; detach it first"),
    secret.TYPE: (
        6,
        "aws secretsmanager delete-secret --secret-id {name}",
        "whatever reads it: cameras whose password it holds; it can be restored for 30 days",
    ),
    bucket.TYPE: (
        7,
        "aws s3 rb s3://{name} --force",
        "whatever reads its models and results; every object in it is lost, and anybody may take its name",
    ),
    dashboard.TYPE: (8, "aws cloudwatch delete-dashboards --dashboard-names {name}", "nothing that runs"),
    log_group.TYPE: (
        8,
        "aws logs delete-log-group --log-group-name {name}",
        "nothing that runs; the events in it are lost: export first what you have to keep",
    ),
    role_use.TYPE: (
        _LAST,
        "aws iam delete-role --role-name {name}",
        "whatever still runs as it; detach its policies first, of which AWS's cannot always be attached again",
    ),
}
_SERVICE_LINKED = "aws iam delete-service-linked-role --role-name {name}"


def left_over(snapshot: ResourceSnapshot) -> Iterator[Finding]:
    """Yield that a resource is left over, where it is of a type that is deleted by itself and is there."""
    if snapshot.type not in _ORDER or snapshot.text_of(role_use.EXISTENCE) is not None:
        return
    place, command, breaks = _ORDER[snapshot.type]
    if "/aws-service-role/" in snapshot.subject.arn:
        command = _SERVICE_LINKED
    reason = (
        f"the service has ended and this is left over. Delete it ({place} of {_LAST} in order): "
        f"{command.format(**_words(snapshot.name))}. What breaks: {breaks}"
    )
    yield Finding(Kind.WEAKNESS, Severity.LOW, role_use.LEFTOVER, Deviation(reason))


def _words(name: str) -> dict[str, str]:
    """Return what stands for a resource in a command: of SageMaker's work its kind comes before its name."""
    kind, _, of_kind = name.partition("/")
    return {"name": shlex.quote(name), "kind": shlex.quote(kind), "of_kind": shlex.quote(of_kind)}


def nothing_more(_: ResourceSnapshot, __: ResourceProfile) -> Iterator[Finding]:
    """Yield nothing: of most types nothing else is found in a retired service."""
    yield from ()
