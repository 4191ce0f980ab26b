"""Whose what a resource names is, as far as its ARN says so."""

from panorama_guard.case.resource import ResourceSnapshot


def owned_by(snapshot: ResourceSnapshot, *services: str) -> tuple[str, ...]:
    """Return the patterns of what the resource's own account owns in services whose ARNs have the account in them."""
    partition, account = snapshot.subject.arn.split(":")[1], snapshot.subject.account
    return tuple(f"arn:{partition}:{service}:*:{account}:*" for service in services)


def is_elsewhere(name: str, snapshot: ResourceSnapshot) -> bool:
    """Say whether a name is the ARN of something in another account; a mere id or alias is always the account's own."""
    return name.startswith("arn:") and name.split(":")[4:5] != [snapshot.subject.account]


def no_others(_: ResourceSnapshot) -> tuple[str, ...]:
    """Return by what else the account is named in a service that knows it by its number alone."""
    return ()
