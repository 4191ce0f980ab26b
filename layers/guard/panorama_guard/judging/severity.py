"""Says how much an escape matters, by the worst that it lets the role do."""

import json

from panorama_guard.case.finding import Kind, Severity
from panorama_guard.case.severities import When, grade
from panorama_guard.containment import Contained, Escaped, Grant
from panorama_guard.judging.decide import Work
from panorama_guard.policy import parse_document

# Every partition by name: in `arn:aws*:iam::*` the wildcard could cross into the ARNs of another service.
PARTITIONS = ("aws", "aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "aws-iso-b")
IAM = [f"arn:{partition}:iam::*" for partition in PARTITIONS]
DIRECTORY = [f"arn:{partition}:{service}::*" for partition in PARTITIONS for service in ("sso", "identitystore")]
IDENTITY_CENTER = ("sso", "sso-directory", "identitystore")  # who is in which group, and gets which role where
READS = ("Get", "List", "Describe", "Search", "Is")
# With one of these a role can give itself, or anybody, everything else. Reading alone changes nothing.
ADMINISTRATION = parse_document(
    json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": ["iam:*", "sts:Assume*"], "Resource": IAM},  # AssumeRoot too
                {"Effect": "Allow", "Action": [f"{one}:*" for one in IDENTITY_CENTER], "Resource": DIRECTORY},
                {"Effect": "Deny", "Action": ["iam:Get*", "iam:List*", "iam:Describe*"], "Resource": "*"},
                {"Effect": "Deny", "Action": ["iam:Generate*", "iam:Simulate*"], "Resource": "*"},
                {
                    "Effect": "Deny",
                    "Action": [f"{one}:{verb}*" for one in IDENTITY_CENTER for verb in READS],
                    "Resource": "*",
                },
            ],
        }
    ),
    name="administration",
)


def grade_permission_escape(grant: Grant, ceiling: Grant, work: Work) -> Severity:
    """Return how much an escape matters: more, unless it is proved, for as much work as is left, to administer nothing.

    The whole escape is graded, not its first witness, which an attacker may choose.
    """
    administering = Grant(grant.policies, (*grant.boundaries, (ADMINISTRATION,)))
    uses = isinstance(work.decide(administering, ceiling), Contained)
    return grade(Kind.PERMISSION_ESCAPE, When.USES if uses else When.ADMINISTERS)


def grade_trust_escape(escape: Escaped) -> Severity:
    """Return how much it matters that who may become the role is decided outside the profile."""
    del escape
    return grade(Kind.TRUST_ESCAPE)
