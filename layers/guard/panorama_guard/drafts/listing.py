"""Reads roles as `aws iam get-account-authorization-details` prints them: an account that was written down.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from panorama_guard.drafts.node import Members, Node
from panorama_guard.drafts.roles import Draft, Drafted, DraftPolicy

_NOTHING = Node(Members(()), 0)


def read_account(listing: Node) -> Drafted:
    """Return the roles of a listing, each managed policy with its default version."""
    known = {one.text("Arn"): one for one in _items(listing, "Policies")}
    return Drafted(tuple(_draft(role, known) for role in _items(listing, "RoleDetailList")))


def _draft(role: Node, known: Mapping[str, Node]) -> Draft:
    boundary = (role.get("PermissionsBoundary") or _NOTHING).get("PermissionsBoundaryArn")
    return Draft(
        name=role.text("RoleName"),
        path=role.text("Path") or "/",
        arn=role.text("Arn"),
        line=role.line,
        inline=tuple(_inline(one) for one in _items(role, "RolePolicyList")),
        attached=tuple(_managed(one.get("PolicyArn"), known) for one in _items(role, "AttachedManagedPolicies")),
        boundary=(_managed(boundary, known),) if boundary else (),
        trust=tuple(_policies("trust policy", role.get("AssumeRolePolicyDocument"))),
    )


def _inline(policy: Node) -> DraftPolicy:
    found = list(_policies(policy.text("PolicyName"), policy.get("PolicyDocument")))
    return found[0] if found else DraftPolicy(policy.text("PolicyName"), (), policy.line)


def _managed(arn: Node | None, known: Mapping[str, Node]) -> DraftPolicy:
    name = str(arn.value) if arn else ""
    versions = _items(known.get(name, _NOTHING), "PolicyVersionList")
    documents = (one.get("Document") for one in versions if (one.get("IsDefaultVersion") or _NOTHING).value is True)
    found = [policy for document in documents for policy in _policies(name, document)]
    return found[0] if found else DraftPolicy(name, (), arn.line if arn else 0)


def _policies(name: str, document: Node | None) -> Iterator[DraftPolicy]:
    """Yield the policy of a document: an object, as the AWS CLI prints it, or URL-encoded text, as the API answers."""
    if document is None:
        return
    value = document.value
    is_encoded = isinstance(value, str) and not value.lstrip().startswith("{")
    text = Node(unquote(str(value)), document.line) if is_encoded else document
    yield DraftPolicy(name, (text,), document.line)


def _items(node: Node, name: str) -> tuple[Node, ...]:
    found = node.get(name)
    return found.items if found is not None else ()
