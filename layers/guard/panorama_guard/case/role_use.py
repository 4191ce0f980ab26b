"""What is around a role and no policy of it: which role of its name it is, who else holds it, what could change it.

It has a record of its own beside the role's: nothing of it is granted by the role, and nothing of it is ever written.
"""

from panorama_guard.case.resource import Part, ResourceSnapshot, resource_key
from panorama_guard.case.snapshot import Subject

TYPE = "iam-role"
POLICY = "iam-policy"  # the key of a call on a managed policy that may concern the roles that have it
PROVIDER = "iam-provider"  # the key of a call on an identity provider that may concern the roles that trust it

ROLE = "role"  # a fact: the role as it is, from which its versions that are not in force are judged
PATH = "path"  # a fact
PROFILES = "instance profiles"
LAST_USE = "last use"
MADE_AGAIN = "made again"  # only of one that is not the role that was there before
EXISTENCE = "existence"  # only of one that is gone
LEFTOVER = "leftover"
_VERSION = "version not in force "
_PROVIDER = "identity provider "


def key_of(role: str) -> str:
    """Return under which key what is around a role is on record."""
    return resource_key(TYPE, role)


def role_of(key: str) -> str:
    """Return the role of such a key, or an empty text for any other."""
    kind, _, name = key.partition(":")
    return name if kind == TYPE else ""


def policy_of(key: str) -> str:
    """Return the ARN of the managed policy of such a key, or an empty text for any other."""
    kind, _, arn = key.partition(":")
    return arn if kind == POLICY else ""


def arn_of(partition: str, region: str, account: str, name: str) -> str:
    """Return the ARN of a role that is gone, whose path nobody knows any more."""
    del region  # IAM has none
    return f"arn:{partition}:iam::{account}:role/{name}"


def remains(subject: Subject) -> ResourceSnapshot:
    """Return what is left of a role that was deleted."""
    return ResourceSnapshot(subject, TYPE, (Part(EXISTENCE, "deleted"),))


def version_part(arn: str, version_id: str) -> str:
    """Return the name of the part that a version of a managed policy is which is not in force."""
    return f"{_VERSION}{version_id} {arn}"


def version_of(part: str) -> tuple[str, str]:
    """Return the version and the policy's ARN that a part is; empty texts for any other."""
    version_id, _, arn = part.removeprefix(_VERSION).partition(" ")
    return (version_id, arn) if part.startswith(_VERSION) else ("", "")


def provider_part(arn: str) -> str:
    """Return the name of the part that an identity provider is."""
    return _PROVIDER + arn


def provider_of(part: str) -> str:
    """Return the ARN of the identity provider that a part is, or an empty text."""
    return part.removeprefix(_PROVIDER) if part.startswith(_PROVIDER) else ""


def providers_in(trust: str) -> tuple[str, ...]:
    """Return the ARNs of the identity providers that stand in a trust policy."""
    return tuple(sorted({text for text in trust.split('"') if ":oidc-provider/" in text or ":saml-provider/" in text}))
