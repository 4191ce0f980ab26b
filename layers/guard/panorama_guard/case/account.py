"""What of an account, beside the role itself, decides what can be done about it: quotas, and who uses a policy."""

from panorama_guard.policy.record import record


@record
class Quotas:
    """How much IAM takes, in characters without white space or in pieces; as it stands here, the least of any account.

    `spare_policies` is how many managed policies may still be made in the account.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    """

    inline: int = 10_240
    trust: int = 2_048
    policy: int = 6_144
    attached: int = 10
    versions: int = 5
    spare_policies: int = 1


LEAST = Quotas()


@record
class PolicyVersion:
    """One version of a managed policy, its document exactly as AWS returned it."""

    id: str
    text: str
    is_default: bool

    @property
    def number(self) -> int:
        """Return its place among all versions that the policy ever had."""
        digits = self.id.removeprefix("v").split(".")[0]
        return int(digits) if digits.isdecimal() else 0


@record
class PolicyUsers:
    """Whose permissions policy a managed policy is, and whose boundary: each as `role/NAME`, `user/NAME`, `group/NAME`.

    `exists` is false where there is no such policy.
    """

    arn: str
    exists: bool
    attached: tuple[str, ...] = ()
    bounded: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """Return everybody who uses the policy, each once."""
        return tuple(dict.fromkeys((*self.attached, *self.bounded)))
