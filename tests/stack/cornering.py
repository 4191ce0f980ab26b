"""How an attacker leaves the guard no room for the first rungs of the ladder."""

from tests.builders import IN_PATTERN, allow, filler, policy, trusting
from tests.stack.account import Account

QUEUES_ARN = "arn:aws:iam::aws:policy/AmazonSQSFullAccess"
KEPT = allow("iot:UpdateThing", "arn:aws:iot:*:*:thing/panorama-1")  # no other policy of the small role grants it
GOOD, BAD = policy(KEPT), policy(KEPT, allow("sqs:*"))


def fill(account: Account, role: str, characters: int) -> None:
    """Let mallory fill a role's inline quota with what is inside its ceiling; nobody minds."""
    account.mallory.put_role_policy(RoleName=role, PolicyName="filler", PolicyDocument=filler(characters))
    assert account.alerts() == []


def corner(account: Account, role: str) -> None:
    """Leave room for a quarantine only: each policy that could be the guard's boundary is in use elsewhere."""
    account.iam.create_role(RoleName="Payroll", AssumeRolePolicyDocument=policy(trusting({"AWS": account.id})))
    for suffix in ("", "-2", "-3"):
        name, path = f"boundary-of-{role}{suffix}", "/panorama-guard/"
        made = account.mallory.create_policy(PolicyName=name, Path=path, PolicyDocument=IN_PATTERN)
        account.mallory.attach_role_policy(RoleName="Payroll", PolicyArn=made["Policy"]["Arn"])
    fill(account, role, 10_150)
