"""What an operator may type to see a finding on a Lambda function, and to end it by hand."""

import shlex

from panorama_guard.case import function
from panorama_guard.case.incident import Incident
from panorama_guard.case.resource import kind_of
from panorama_guard.reporting.plain import plain


def is_function(incident: Incident) -> bool:
    """Say whether an incident is about a Lambda function."""
    return kind_of(incident.subject.name) in (function.TYPE, function.RUNNER)


def see_function(incident: Incident) -> str:
    """Return the command that reads the part of a function in which a finding is."""
    part, which = incident.source, _which(incident)
    if part.startswith("policy statement"):
        return f"aws lambda get-policy {which}"
    if function.is_url(part):
        return f"aws lambda get-function-url-config {which}"
    if part == function.SOURCES:
        return f"aws lambda list-event-source-mappings {which}"
    if part == function.DESTINATIONS:
        return f"aws lambda list-function-event-invoke-configs {which}"
    return f"aws lambda get-function-configuration {which}"


def end_on_function(incident: Incident) -> tuple[str, ...]:
    """Return the command that takes a statement away, with its policy if need be, or has a URL ask for a signature."""
    which = _which(incident)
    if sid := function.statement_id(incident.source):
        return (f"aws lambda remove-permission {which} --statement-id {sid}",)
    if function.is_url(incident.source):
        return (f"aws lambda update-function-url-config {which} --auth-type AWS_IAM",)
    if function.is_statement(incident.source):
        qualifier = function.qualifier_of(incident.source)
        arn = f"{incident.subject.arn}:{qualifier}" if qualifier else incident.subject.arn
        return (f"aws lambda delete-resource-policy --resource-arn {shlex.quote(plain(arn))}",)
    return ()


def _which(incident: Incident) -> str:
    qualifier = function.qualifier_of(incident.source)
    name = shlex.quote(plain(incident.subject.name.partition(":")[2]))
    return f"--function-name {name}" + (f" --qualifier {shlex.quote(plain(qualifier))}" if qualifier else "")
