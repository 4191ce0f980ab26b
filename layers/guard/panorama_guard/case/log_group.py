"""What a log group is made of, as far as it decides who reaches it and where its events go.

Resource policies and subscription policies are the account's: each may concern many log groups, and is no one's own.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
"""

from panorama_guard.case.resource import Part, ResourceSnapshot
from panorama_guard.case.snapshot import Subject

TYPE = "log-group"
EVERY = "log-account"  # the key of a call that may concern every log group

RETENTION = "retention"
KEY = "encryption key"
PROTECTION = "data protection"
EXISTENCE = "existence"  # only of one that is gone
_FILTER = "subscription filter "
_SUBSCRIPTION = "subscription policy "
_POLICY = "resource policy "

# What is unread where AWS lists none of a kind: every one of them.
FILTERS, POLICIES, SUBSCRIPTIONS = f"{_FILTER}*", f"{_POLICY}*", f"{_SUBSCRIPTION}*"
DESTINATIONS = "destinations of the account"  # a fact: where those of the account that filters name send what they get


def arn_of(partition: str, region: str, account: str, name: str) -> str:
    """Return the ARN of a log group."""
    return f"arn:{partition}:logs:{region}:{account}:log-group:{name}"


def remains(subject: Subject) -> ResourceSnapshot:
    """Return what is left of a log group that was deleted."""
    return ResourceSnapshot(subject, TYPE, (Part(EXISTENCE, "deleted"),))


def filter_part(name: str) -> str:
    """Return the name of the part that a subscription filter is."""
    return _FILTER + name


def filter_of(part: str) -> str:
    """Return the subscription filter that a part is, or an empty text."""
    return part.removeprefix(_FILTER) if part.startswith(_FILTER) else ""


def policy_part(name: str) -> str:
    """Return the name of the part that a resource policy is."""
    return _POLICY + name


def is_policy(part: str) -> bool:
    """Say whether a part is a resource policy."""
    return part.startswith(_POLICY)


def subscription_part(name: str) -> str:
    """Return the name of the part that a subscription of all log groups is."""
    return _SUBSCRIPTION + name


def subscription_of(part: str) -> str:
    """Return the subscription of all log groups that a part is, or an empty text."""
    return part.removeprefix(_SUBSCRIPTION) if part.startswith(_SUBSCRIPTION) else ""
