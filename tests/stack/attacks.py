"""What an attacker does who administers the guarded roles and knows the guard's code."""

import contextlib
import json
import threading
from collections.abc import Callable, Mapping

from botocore.exceptions import ClientError

from panorama_guard.case.finding import Kind
from panorama_guard.case.incident import slot_of
from panorama_guard.case.snapshot import digest
from panorama_guard.planning.names import CONTAINMENT_PREFIX, QUARANTINE
from tests.builders import (
    ADMINISTRATOR_ARN,
    IN_PATTERN,
    PAYROLL,
    PROFILE,
    allow,
    deny,
    filler,
    policy,
    trusting,
)
from tests.stack.roles import delete_role
from tests.stack.siege import Siege

Attack = Callable[[Siege], None]
ESCAPE = "escape"
EVERYTHING = policy(allow("*"))
STRANGER = "arn:aws:iam::999999999999:root"


def put(siege: Siege, name: str, document: str) -> None:
    """Put an inline policy."""
    siege.iam.put_role_policy(RoleName=siege.role, PolicyName=name, PolicyDocument=document)


def attach(siege: Siege, arn: str) -> None:
    """Attach a managed policy."""
    siege.iam.attach_role_policy(RoleName=siege.role, PolicyArn=arn)


def create(siege: Siege, name: str, document: str, path: str = "/") -> str:
    """Create a managed policy with a name of this role's own, and return its ARN."""
    made = siege.iam.create_policy(PolicyName=f"{name}-{siege.role}", Path=path, PolicyDocument=document)
    return str(made["Policy"]["Arn"])


def containment_of(siege: Siege, source: str) -> str:
    """Return what the guard calls the containment of a permission escape: anybody can work it out."""
    return CONTAINMENT_PREFIX + digest(slot_of(siege.role_id, Kind.PERMISSION_ESCAPE, source))[:12]


# --- quicker than the guard ---


def add_again_and_again(siege: Siege) -> None:
    """Put the escape again several times a second, and take away whatever the guard puts."""
    for _ in siege.rounds(2 + 1.5 * siege.lag, 0.15):
        put(siege, ESCAPE, PAYROLL)
        siege.take_all_away()


def delete_the_deny_at_once(siege: Siege) -> None:
    """Delete the containment by its name, blindly, many times a second, while the guard may not even see it yet."""
    name = containment_of(siege, ESCAPE)
    put(siege, ESCAPE, PAYROLL)
    for _ in siege.rounds(2 + 1.5 * siege.lag, 0.03):
        siege.take_away(name)


def race_two_changes(siege: Siege) -> None:
    """Change permissions and trust at the same moment, again and again, so that two workers meet."""
    trust = json.loads(PROFILE_TRUST[siege.role])
    trust["Statement"].append(trusting({"AWS": STRANGER}))

    def let_in() -> None:
        for number in range(4):
            document = json.dumps(trust, indent=number)
            siege.iam.update_assume_role_policy(RoleName=siege.role, PolicyDocument=document)

    threads = [threading.Thread(target=let_in)]
    threads += [threading.Thread(target=put, args=(siege, f"race-{n}", PAYROLL)) for n in range(2)]
    threads += [threading.Thread(target=attach, args=(siege, ADMINISTRATOR_ARN))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


PROFILE_TRUST = {role.name: role.trust_text for role in PROFILE.roles}


def delete_stubbornly(siege: Siege) -> None:
    """Delete the role, again and again while a lagging read hides something that is on it."""
    for _ in siege.rounds(10 + 4 * siege.lag, 0.5):
        with contextlib.suppress(
            siege.iam.exceptions.NoSuchEntityException, siege.iam.exceptions.DeleteConflictException
        ):
            delete_role(siege.iam, siege.role)
            return


def delete_and_create_again(siege: Siege) -> None:
    """Make the role anew, an administrator from its first moment, twice: each time it has another id."""
    profile = PROFILE.role_named(siege.role)
    assert profile is not None
    for _ in range(2):
        delete_stubbornly(siege)
        siege.iam.create_role(
            RoleName=siege.role, Path=profile.paths[0], AssumeRolePolicyDocument=PROFILE_TRUST[siege.role]
        )
        attach(siege, ADMINISTRATOR_ARN)


# --- where the guard has no room, or sees nothing ---


def fill_the_quotas(siege: Siege) -> None:
    """Fill the inline quota, then every place for an attachment, and only then escape."""
    put(siege, "filler", filler(10_200))
    arns = [create(siege, f"harmless-{number}", IN_PATTERN) for number in range(20)]
    try:
        for arn in [ADMINISTRATOR_ARN, *arns]:
            attach(siege, arn)
    except ClientError as error:
        assert error.response["Error"]["Code"] == "LimitExceeded"  # noqa: PT017 - until nothing fits


def pad_the_call(siege: Siege) -> None:
    """Put a document of so much white space that CloudTrail leaves the parameters out: the event names no role."""
    put(siege, ESCAPE, PAYROLL + " " * 110_000)


def split_the_escape(siege: Siege) -> None:
    """Grant a part by each of several policies, under a boundary that is widened in place at last."""
    narrow = create(siege, "bounds", policy(allow("s3:*", "arn:aws:s3:::*aws-panorama*")))
    siege.iam.put_role_permissions_boundary(RoleName=siege.role, PermissionsBoundary=narrow)
    put(siege, "part-1", policy(allow("iam:Get*")))
    put(siege, "part-2", policy(allow("iam:Pass*", "arn:aws:iam::*:role/*")))
    attach(siege, create(siege, "part-3", policy(allow("ec2:Run*"))))
    siege.iam.create_policy_version(PolicyArn=narrow, PolicyDocument=EVERYTHING, SetAsDefault=True)


def wake_a_sleeping_version(siege: Siege) -> None:
    """Attach what is harmless, let a wide version sleep beside it, and make it the default later."""
    arn = create(siege, "sleeper", IN_PATTERN)
    attach(siege, arn)
    made = siege.iam.create_policy_version(PolicyArn=arn, PolicyDocument=EVERYTHING, SetAsDefault=False)
    siege.iam.set_default_policy_version(PolicyArn=arn, VersionId=made["PolicyVersion"]["VersionId"])


def make_it_doubtful(siege: Siege) -> None:
    """Put documents beside the escape that nobody understands, so that the role cannot be judged as a whole."""
    masked = {"IpAddress": {"aws:SourceIp": "10.0.0.0/255.255.0.0"}}
    put(siege, "masked", policy(deny("*", "*", Condition=masked)))
    put(siege, "twice", '{"Version": "2012-10-17", "Statement": [], "Statement": [' + json.dumps(deny("*")) + "]}")
    attach(siege, ADMINISTRATOR_ARN)


# --- names ---


def write_in_another_case(siege: Siege) -> None:
    """Write the action, and the pattern's resources, in another case: IAM ignores that of the one, not of the other."""
    put(siege, ESCAPE, policy(allow("S3:GETOBJECT", "arn:aws:s3:::*AWS-Panorama*")))


def take_our_names(siege: Siege) -> None:
    """Grant everything under the very names that the guard would use, with its Sids, and bound by its own path."""
    boundary = create(siege, "boundary-of", EVERYTHING, "/panorama-guard/")
    siege.iam.put_role_permissions_boundary(RoleName=siege.role, PermissionsBoundary=boundary)
    put(siege, QUARANTINE, policy(allow("sqs:*", Sid="PanoramaGuardContainment")))
    put(siege, containment_of(siege, ESCAPE), policy(allow("ec2:*", Sid="PanoramaGuardContainment")))
    put(siege, ESCAPE, PAYROLL)


def hide_behind_a_deny_of_his_own(siege: Siege) -> None:
    """Put a Deny under a name of the guard's that stops the escape, and take it away when nobody looks any more."""
    name = f"{CONTAINMENT_PREFIX}000000000000"
    put(siege, name, policy(deny("*", "arn:aws:s3:::payroll/*")))
    put(siege, ESCAPE, PAYROLL)
    siege.take_away(name)


# --- words ---

INJECTED = "x\r\n\r\nForged: RESOLVED\x1b[2J\x1b[31m<script>alert(1)</script>[click](http://evil.example)\u202e\u2028y"


def write_into_the_alert(siege: Siege) -> None:
    """Write what a mail, a page or a terminal would act on into every field that is the attacker's to choose."""
    siege.iam.tag_role(RoleName=siege.role, Tags=[{"Key": "team", "Value": "<b>Forged:</b> @channel"}])
    siege.iam.update_role(RoleName=siege.role, Description="Forged: <img src=x onerror=alert(1)>")
    condition = {"StringEquals": {"aws:PrincipalTag/x": INJECTED}}
    document = policy(allow("s3:*", "arn:aws:s3:::pay*", Condition=condition, Sid="Forged"))
    attach(siege, create(siege, "Forged", document, "/<script>/[click](javascript:1)/"))
    put(siege, "Forged=+,.@-", policy(allow("sqs:*", f"arn:aws:sqs:*:*:{INJECTED}")))


ATTACKS: Mapping[str, Attack] = {
    "fast re-adding": add_again_and_again,
    "our Deny deleted at once": delete_the_deny_at_once,
    "two changes at one moment": race_two_changes,
    "deleted and created again": delete_and_create_again,
    "full quotas": fill_the_quotas,
    "a padded call": pad_the_call,
    "a split escape": split_the_escape,
    "a sleeping version": wake_a_sleeping_version,
    "a document that nobody understands": make_it_doubtful,
    "another case": write_in_another_case,
    "our names": take_our_names,
    "a Deny of his own": hide_behind_a_deny_of_his_own,
    "words that act": write_into_the_alert,
}
