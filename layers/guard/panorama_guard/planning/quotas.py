"""Says which of IAM's quotas a change does not fit. White space does not count."""

from collections.abc import Iterator

from panorama_guard.case.account import Quotas
from panorama_guard.case.snapshot import RoleSnapshot


def over_quota(before: RoleSnapshot, after: RoleSnapshot, quotas: Quotas) -> str:
    """Return which quota the role would not fit after a change, or an empty text.

    An account's own quota may be higher than was read: what a role holds already is no reason to refuse.
    """
    return next(_exceeded(before, after, quotas), "")


def _exceeded(before: RoleSnapshot, after: RoleSnapshot, quotas: Quotas) -> Iterator[str]:
    inline, trust, attached = inline_size(after), size(after.trust), len(after.attached)
    if inline > max(quotas.inline, inline_size(before)):
        yield f"the role's inline policies would have {inline} characters of the {quotas.inline} that IAM allows"
    if trust > max(quotas.trust, size(before.trust)):
        yield f"the trust policy would have {trust} characters of the {quotas.trust} that IAM allows"
    if attached > max(quotas.attached, len(before.attached)):
        yield f"the role would have {attached} managed policies of the {quotas.attached} that IAM allows"
    for policy in after.boundary:
        if policy not in before.boundary and size(policy.text) > quotas.policy:
            yield f"the boundary would have {size(policy.text)} characters of the {quotas.policy} that IAM allows"


def inline_size(snapshot: RoleSnapshot) -> int:
    """Return the size of all inline policies together, as IAM counts it."""
    return sum(size(policy.text) for policy in snapshot.inline)


def size(text: str) -> int:
    """Return the size of a document, as IAM counts it."""
    return len("".join(text.split()))
