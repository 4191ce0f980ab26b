"""Reads secrets of Secrets Manager: who reaches them, and how they are kept; never what they hold.

A description that is kept from the guard leaves the listing, which no policy of a secret hides.
https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html
"""

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from panorama_guard.aws.buckets import read_parts
from panorama_guard.aws.errors import DENIED, NOT_THERE, code_of, message_of
from panorama_guard.case import secret
from panorama_guard.case.resource import Part, ResourceSnapshot, canonical, in_order, resource_key
from panorama_guard.case.snapshot import Subject


class NamedSecrets:
    """The account's secrets as they are now, in the region of the client."""

    def __init__(self, secretsmanager: Any, account: str) -> None:
        """Take a client of Secrets Manager, and the account."""
        self._secretsmanager = secretsmanager
        self._account = account

    def read_resource(self, key: str) -> ResourceSnapshot | None:
        """Return the secret of this key, or None if the account has none, or only one that waits for its deletion."""
        name = key.partition(":")[2]
        try:
            return self._read(key, name)
        except ClientError as error:
            if code_of(error) in NOT_THERE:
                return None
            raise

    def behind(self, _key: str) -> tuple[str, ...]:
        """Return nothing: every call names its secret."""
        return ()

    def resource_keys(self, kind: str) -> tuple[str, ...]:
        """Return the keys of all secrets of the account."""
        pages = self._secretsmanager.get_paginator("list_secrets").paginate()
        return tuple(resource_key(kind, one["Name"]) for page in pages for one in page["SecretList"])

    def _read(self, key: str, name: str) -> ResourceSnapshot | None:
        described, why = self._described(name)
        if described.get("Name") != name or described.get("DeletedDate"):
            return None
        policy: Callable[[], str] = lambda: self._policy(name)  # noqa: E731 - read_parts asks for it
        parts, unread = read_parts(((secret.POLICY, policy),))
        hidden = (Part(secret.REPLICATION, why),) if why else ()
        return ResourceSnapshot(
            Subject(self._account, described["ARN"], key, described["ARN"]),
            secret.TYPE,
            in_order((*parts, *_settings(described))),
            in_order((*unread, *hidden)),
        )

    def _policy(self, name: str) -> str:
        return str(self._secretsmanager.get_resource_policy(SecretId=name).get("ResourcePolicy", ""))

    def _described(self, name: str) -> tuple[Mapping[str, Any], str]:
        """Return what is said of a secret, and why that is not all: of its copies a listing says nothing."""
        try:
            return self._secretsmanager.describe_secret(SecretId=name), ""
        except ClientError as error:
            if code_of(error) not in DENIED:
                raise
            listed = self._listed(name)
            if listed is None:
                raise
            return listed, f"AWS does not let the guard read it: {message_of(error)}"

    def _listed(self, name: str) -> Mapping[str, Any] | None:
        named = [{"Key": "name", "Values": [name]}]  # the beginning of names
        pages = self._secretsmanager.get_paginator("list_secrets").paginate(Filters=named)
        return next((one for page in pages for one in page["SecretList"] if one["Name"] == name), None)


def _settings(described: Mapping[str, Any]) -> tuple[Part, ...]:
    """Return the parts of which a description tells. How far a copy has come is left out: it changes by itself."""
    replicas = [
        {name: one[name] for name in ("Region", "KmsKeyId") if name in one}
        for one in described.get("ReplicationStatus", [])
    ]
    key = described.get("KmsKeyId", "")
    rotates = described.get("RotationLambdaARN", "") if described.get("RotationEnabled") else ""
    return (
        *([Part(secret.REPLICATION, canonical(sorted(replicas, key=canonical)))] if replicas else []),
        *([Part(secret.KEY, key)] if key else []),
        *([Part(secret.ROTATION, canonical({"Rotations": [{"RotationLambdaARN": rotates}]}))] if rotates else []),
    )
