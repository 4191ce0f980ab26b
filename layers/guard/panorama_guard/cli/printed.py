"""What the AWS CLI prints about policies: the document in it, or which command or option would do."""

from collections.abc import Mapping
from typing import Any

from panorama_guard.cli.found import Found
from panorama_guard.policy import DocumentError

DETAILS = "aws iam get-account-authorization-details --filter Role LocalManagedPolicy AWSManagedPolicy"
_GOES_WITH = "a policy document goes with --policy, --ceiling or --boundary, and is no question; found"
_NO_DOCUMENT = "there is no document in it, as `aws iam get-policy-version` prints one; found"
_NO_DOCUMENTS = f"there are names only in it, `{DETAILS}` prints documents too; found"


def policy_in(value: object, where: str) -> object:
    """Return the document that `get-policy-version` or `get-role-policy` prints; any other value as it is."""
    match value:
        case {"PolicyVersion": dict() as version}:
            return Found(version, f"{where}: PolicyVersion").document("Document")
        case {"PolicyName": _, "PolicyDocument": document}:
            return Found({"PolicyDocument": document}, where).document("PolicyDocument")
        case _:
            return value


def refuse_policy(value: Mapping[str, Any], where: str) -> None:
    """Raise DocumentError with what would do, for what is neither a question nor a role."""
    for field, problem in _HINTS.items():
        if field in value:
            raise DocumentError(where, problem, field)


_HINTS: Mapping[str, str] = {
    "Statement": _GOES_WITH,
    "PolicyVersion": _GOES_WITH,
    "PolicyDocument": _GOES_WITH,
    "Policy": _NO_DOCUMENT,
    "PolicyNames": _NO_DOCUMENTS,
    "AttachedPolicies": _NO_DOCUMENTS,
    "Roles": _NO_DOCUMENTS,
}
