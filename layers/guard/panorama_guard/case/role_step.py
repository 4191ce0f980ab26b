"""The writes that change a role: data."""

import json

from panorama_guard.case.snapshot import ManagedPolicy
from panorama_guard.policy.record import record


@record
class PutInline:
    """Put an inline policy on the role (iam:PutRolePolicy)."""

    name: str
    text: str


@record
class DeleteInline:
    """Delete an inline policy of the role (iam:DeleteRolePolicy)."""

    name: str


@record
class RevokeSessions:
    """Deny everything to sessions issued before a time, by an inline policy (iam:PutRolePolicy).

    It is what AWS's console does to revoke a role's sessions; a session that is issued later is not denied anything.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
    """

    name: str
    before: str

    @property
    def text(self) -> str:
        """Return the document."""
        # The key is always there for temporary credentials, and a role's session has no others.
        older = {"DateLessThan": {"aws:TokenIssueTime": self.before}}
        statement = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": older}
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, separators=(",", ":"))


@record
class DetachManaged:
    """Detach a managed policy from the role (iam:DetachRolePolicy)."""

    arn: str


@record
class AttachManaged:
    """Attach a managed policy (iam:AttachRolePolicy); only ever an inverse, and an operator's act."""

    attached: ManagedPolicy


@record
class SetDefaultVersion:
    """Make a version of a customer's managed policy the default (iam:SetDefaultPolicyVersion)."""

    arn: str
    version_id: str
    text: str


@record
class PutTrust:
    """Replace the role's trust policy (iam:UpdateAssumeRolePolicy)."""

    text: str


@record
class PutBoundary:
    """Set the role's permissions boundary (iam:PutRolePermissionsBoundary)."""

    policy: ManagedPolicy


@record
class PutOwnBoundary:
    """Set a policy of the guard's own as the role's boundary, made or renewed to say this (iam:CreatePolicy...).

    Which number IAM gives to the version is known only afterwards: `version_id` of what is planned is empty.
    """

    own: ManagedPolicy


@record
class DeleteBoundary:
    """Take the role's permissions boundary away (iam:DeleteRolePermissionsBoundary); only ever an inverse."""


InlineStep = PutInline | DeleteInline | RevokeSessions
ManagedStep = DetachManaged | AttachManaged | SetDefaultVersion
BoundaryStep = PutBoundary | PutOwnBoundary | DeleteBoundary
RoleStep = InlineStep | ManagedStep | BoundaryStep | PutTrust
