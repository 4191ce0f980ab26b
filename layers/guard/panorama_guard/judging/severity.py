"""Says how much an escape matters, by the worst that it lets the role do."""

from panorama_guard.case.finding import Severity
from panorama_guard.containment import Escaped, Grant, Request, allows

# With any of these on any name, a role can give itself, or anybody, everything else.
ADMINISTRATIVE = (
    Request("iam:PutRolePolicy", "arn:aws:iam::123456789012:role/any"),
    Request("iam:AttachRolePolicy", "arn:aws:iam::123456789012:role/any"),
    Request("iam:UpdateAssumeRolePolicy", "arn:aws:iam::123456789012:role/any"),
    Request("iam:CreateAccessKey", "arn:aws:iam::123456789012:user/any"),
    Request("iam:CreatePolicyVersion", "arn:aws:iam::123456789012:policy/any"),
    Request("iam:PassRole", "arn:aws:iam::123456789012:role/any"),
    Request("sts:AssumeRole", "arn:aws:iam::123456789012:role/any"),
)


def grade_permission_escape(grant: Grant, escape: Escaped) -> Severity:
    """Return CRITICAL if the role can now administer permissions, else HIGH."""
    administers = escape.witness.action.lower().startswith(("iam:", "sts:"))
    if administers or any(allows(grant, request) for request in ADMINISTRATIVE):
        return Severity.CRITICAL
    return Severity.HIGH


def grade_trust_escape(escape: Escaped) -> Severity:
    """Return CRITICAL: who may become the role is decided outside the profile, whatever the role may do today."""
    del escape
    return Severity.CRITICAL
