"""How a member account stands: whether the hub can read it, since when, and when it was last swept."""

from enum import Enum

from panorama_guard.case.snapshot import digest
from panorama_guard.policy.record import record, replace

READ_ROLE = "panorama-guard/member/panorama-guard-read"  # of templates/member.yaml, with its path
REMEDIATION_ROLE = "panorama-guard/member/panorama-guard-remediate"
# Why nothing is done about an incident there: how each reason ends, by which those incidents are known.
IN_A_MEMBER = "in a member account the guard tells and changes nothing"
SWITCHED_OFF = f"RemediateMembers is no: {IN_A_MEMBER}"
NO_ROLE = f"the account's stack makes no remediation role (Remediation=no): {IN_A_MEMBER}"


def role_arn(partition: str, account: str, role: str) -> str:
    """Return the ARN of a role that the member's template makes."""
    return f"arn:{partition}:iam::{account}:role/{role}"


class MemberState(Enum):
    """Whether a member account is read."""

    READ = "read"
    IN_PART = "read in part"  # something of it cannot be listed: a sweep does not see all
    UNREACHED = "unreached"


@record
class Member:
    """What is on record of a member account; `why` is empty where it is read, `swept_at` before its first sweep."""

    account: str
    state: MemberState
    since: str
    why: str
    swept_at: str
    revision: int

    @property
    def word_id(self) -> str:
        """Return what names the word that it came into this state: the same for whoever finds so on one day."""
        return "wrd-" + digest(f"{self.account}#{self.state.value}#{self.revision}#{self.since[:10]}")[:16]


def seen(known: Member | None, account: str, state: MemberState, why: str, *, now: str) -> Member:
    """Return what is on record of an account that was seen in a state; `known` itself where that says nothing new.

    That it can be read is seen by a sweep that has come to its end.
    """
    before = known or Member(account, state, now, why, "", 0)
    since = before.since if before.state is state else now
    swept_at = before.swept_at if state is MemberState.UNREACHED else now
    changed = replace(before, state=state, since=since, why=why, swept_at=swept_at)
    return changed if changed == known else replace(changed, revision=before.revision + 1)


def is_told(known: Member | None, seen_now: Member) -> bool:
    """Say whether operators hear of it: each time that an account comes into another state than before."""
    before = known.state if known else MemberState.READ
    return seen_now.state is not before
