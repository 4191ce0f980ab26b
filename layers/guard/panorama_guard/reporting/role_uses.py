"""What an operator may type or open to see a finding that is around a role."""

import shlex

from panorama_guard.case import role_use
from panorama_guard.case.incident import Incident
from panorama_guard.reporting.plain import plain


def is_around_role(incident: Incident) -> bool:
    """Say whether an incident is about what is around a role, and not about the role."""
    return bool(role_use.role_of(incident.subject.name))


def see_around_role(incident: Incident) -> str:
    """Return the command that reads what a finding is about."""
    version_id, policy = role_use.version_of(incident.source)
    if policy:
        return f"aws iam get-policy-version --policy-arn {_quoted(policy)} --version-id {_quoted(version_id)}"
    provider = role_use.provider_of(incident.source)
    if ":saml-provider/" in provider:
        return f"aws iam get-saml-provider --saml-provider-arn {_quoted(provider)}"
    if provider:
        return f"aws iam get-open-id-connect-provider --open-id-connect-provider-arn {_quoted(provider)}"
    name = _quoted(role_use.role_of(incident.subject.name))
    if incident.source == role_use.PROFILES:
        return f"aws iam list-instance-profiles-for-role --role-name {name}"
    return f"aws iam get-role --role-name {name}"


def role_in_console(incident: Incident) -> str:
    """Return where the role stands in the console."""
    name = role_use.role_of(incident.subject.name) or incident.subject.name
    return f"https://console.aws.amazon.com/iam/home#/roles/details/{name}"


def _quoted(text: str) -> str:
    return shlex.quote(plain(text))
