"""Sends the canary: a harmless change of a role that is there for nothing else, which has to come back as an event."""

from typing import Any

TAG = "panorama-guard-canary"


class IamCanary:
    """The role whose tag says when the canary was last sent."""

    def __init__(self, iam: Any, role_name: str) -> None:
        """Take an IAM client and the name of the role."""
        self._iam = iam
        self._role = role_name

    def send(self, at: str) -> None:
        """Tag the role with a time: CloudTrail tells of the call, and the event takes the way of all others."""
        self._iam.tag_role(RoleName=self._role, Tags=[{"Key": TAG, "Value": at}])
