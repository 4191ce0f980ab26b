"""What AWS IoT holds of Panorama, as far as it decides what devices may do, who is a device, and who uses a role.

https://docs.aws.amazon.com/iot/latest/developerguide/iot-policies.html
"""

import re

POLICY = "iot-policy"
THING = "iot-thing"
ALIAS = "iot-alias"
JOB = "iot-job"
USER = "iot-user"  # what uses a guarded role and is no alias of the naming pattern

# Keys of calls that name something else than the subject: a certificate, whose things and policies it is; a policy,
# whose things it is; and whatever may concern every thing.
CERTIFICATE = "iot-certificate"
HOLDERS = "iot-holders"
EVERY = "iot-account"

DEFAULT = "default version"  # of a policy: the document that is in force
ATTACHMENTS = "attachments"
CERTIFICATES = "certificates"
JOBS = "jobs"
TARGETS = "targets"
ROLE = "role"
_VERSION = "version "  # a fact: a document that is not in force, and could be
_ATTACHED = "attached policy "
ATTACHED = f"{_ATTACHED}*"  # what is unread where AWS lists none: every one of them

# The kinds of users, as they stand before the `/` of a user's name; and the one whose listing is not allowed.
ROLE_ALIAS, TOPIC_RULE, TEMPLATE, SIGNER = "role-alias", "topic-rule", "provisioning-template", "job"
UNLISTED = "*"

ALIAS_NAME = re.compile(r"[\w=,@-]{1,128}", re.ASCII)
POLICY_NAME = re.compile(r"[\w+=,.@-]{1,128}", re.ASCII)
THING_NAME = re.compile(r"[\w:-]{1,128}", re.ASCII)
JOB_ID = re.compile(r"[\w-]{1,64}", re.ASCII)
RULE_NAME = re.compile(r"\w{1,128}", re.ASCII)
TEMPLATE_NAME = re.compile(r"[\w-]{1,36}", re.ASCII)
CERTIFICATE_ID = re.compile(r"[0-9a-f]{64}", re.ASCII)


def version_fact(version: str) -> str:
    """Return the name of the fact that a version is which is not in force; they sort as their numbers do."""
    return f"{_VERSION}{version:0>9}"


def is_version(fact: str) -> bool:
    """Say whether a fact is a version of a policy."""
    return fact.startswith(_VERSION)


def attached_part(policy: str, target: str) -> str:
    """Return the name of the part that a policy is which a target hands on to a thing."""
    return f"{_ATTACHED}{policy} of {target}"


def is_attached(part: str) -> bool:
    """Say whether a part is a policy that a thing has by one of its certificates or groups."""
    return part.startswith(_ATTACHED)


def attached_policy(part: str) -> str:
    """Return the policy that a part is, or an empty text."""
    return part.removeprefix(_ATTACHED).partition(" of ")[0] if is_attached(part) else ""


def user_of(key: str) -> tuple[str, str]:
    """Return the kind and the name of a user, by its key."""
    kind, _, name = key.partition(":")[2].partition("/")
    return kind, name


def target_name(arn: str) -> str:
    """Return what an ARN is about, by its kind: `thing/gate`, `thinggroup/cameras`, `cert/0123`."""
    return arn.split(":", 5)[-1]


def end_of(arn: str) -> str:
    """Return the name at the end of an ARN."""
    return arn.rpartition("/")[2]
