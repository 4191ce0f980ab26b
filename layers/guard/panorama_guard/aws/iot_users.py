"""Reads what in AWS IoT uses a role: aliases by which devices get its credentials, rules that act as it, and others.

https://docs.aws.amazon.com/iot/latest/developerguide/authorizing-direct-aws.html
"""

from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from panorama_guard.aws.errors import DENIED, NOT_THERE, code_of, message_of
from panorama_guard.aws.named_places import named_roles
from panorama_guard.case import iot
from panorama_guard.case.function import role_name
from panorama_guard.case.resource import Part, ResourceSnapshot, canonical, resource_key
from panorama_guard.case.snapshot import Subject

_ARN_NAMES = {
    iot.ROLE_ALIAS: "rolealias",
    iot.TOPIC_RULE: "rule",
    iot.TEMPLATE: "provisioningtemplate",
    iot.SIGNER: "job",
}


NOT_OVER = ("IN_PROGRESS", "SCHEDULED")  # of jobs


class IotUsers:
    """What uses roles in the account's AWS IoT as it is now, in the region of the client."""

    def __init__(
        self, iot_client: Any, account: str, guards: Callable[[str], bool], guards_role: Callable[[str], bool]
    ) -> None:
        """Take a client of AWS IoT, the account, what knows the naming patterns by keys, and guarded roles by name."""
        self._iot = iot_client
        self._account = account
        self._guards = guards
        self._guards_role = guards_role

    def read_resource(self, key: str) -> ResourceSnapshot | None:
        """Return the alias of this key, or the user if it uses a guarded role and is no alias of the pattern."""
        if key.partition(":")[0] == iot.ALIAS:
            roles = self._roles(iot.ROLE_ALIAS, key.partition(":")[2])
            return None if roles is None else self._snapshot(key, roles)
        kind, name = iot.user_of(key)
        if name == iot.UNLISTED:
            return self._unlisted(key, kind)
        if kind == iot.ROLE_ALIAS and self._guards(resource_key(iot.ALIAS, name)):
            return None
        guarded = [role for role in self._roles(kind, name) or [] if self._guards_role(role_name(role))]
        return self._snapshot(key, guarded) if guarded else None

    def behind(self, _key: str) -> tuple[str, ...]:
        """Return nothing: every call names its alias, rule, template or job."""
        return ()

    def resource_keys(self, kind: str) -> tuple[str, ...]:
        """Return the keys of all aliases; or of whatever uses a guarded role, and of what cannot be listed."""
        if kind == iot.ALIAS:
            return tuple(resource_key(kind, name) for name in self._aliases())
        return tuple(key for user in _ARN_NAMES for key in self._keys(kind, user))

    def _keys(self, kind: str, user: str) -> Iterator[str]:
        names, why = self._told(user)
        if why:
            yield resource_key(kind, f"{user}/{iot.UNLISTED}")
        for name in names:
            key = resource_key(kind, f"{user}/{name}")
            if self.read_resource(key) is not None:
                yield key

    def _unlisted(self, key: str, kind: str) -> ResourceSnapshot | None:
        """Return that a kind cannot be listed, which is a doubt, never a silence; None where it can."""
        _, why = self._told(kind)
        return self._snapshot(key, [], (Part(iot.ROLE, why),)) if why else None

    def _told(self, user: str) -> tuple[list[str], str]:
        """Return the names of a kind of user, or why AWS does not tell them."""
        try:
            return list(self._names(user)), ""
        except ClientError as error:
            if code_of(error) not in DENIED:
                raise
            return [], f"AWS does not let the guard list them: {message_of(error)}"

    def _names(self, user: str) -> Iterator[str]:
        match user:
            case iot.ROLE_ALIAS:
                yield from self._aliases()
            case iot.TOPIC_RULE:
                pages = self._iot.get_paginator("list_topic_rules").paginate()
                yield from (one["ruleName"] for page in pages for one in page["rules"])
            case iot.SIGNER:
                listing = self._iot.get_paginator("list_jobs")
                pages = (page for status in NOT_OVER for page in listing.paginate(status=status))
                yield from sorted({one["jobId"] for page in pages for one in page["jobs"]})
            case _:
                pages = self._iot.get_paginator("list_provisioning_templates").paginate()
                yield from (one["templateName"] for page in pages for one in page["templates"])

    def _aliases(self) -> list[str]:
        pages = self._iot.get_paginator("list_role_aliases").paginate()
        return [name for page in pages for name in page["roleAliases"]]

    def _roles(self, user: str, name: str) -> list[str] | None:
        """Return the ARNs of the roles that a user names, or None if there is no such user."""
        try:
            return named_roles(self._described(user, name))
        except ClientError as error:
            if code_of(error) in NOT_THERE:
                return None
            raise

    def _described(self, user: str, name: str) -> Any:
        match user:
            case iot.ROLE_ALIAS:
                return self._iot.describe_role_alias(roleAlias=name)
            case iot.TOPIC_RULE:
                return self._iot.get_topic_rule(ruleName=name)
            case iot.SIGNER:
                return self._iot.describe_job(jobId=name)
            case _:
                return self._iot.describe_provisioning_template(templateName=name)

    def _snapshot(self, key: str, roles: list[str], unread: tuple[Part, ...] = ()) -> ResourceSnapshot:
        kind, _, rest = key.partition(":")
        user, name = (iot.ROLE_ALIAS, rest) if kind == iot.ALIAS else iot.user_of(key)
        meta = self._iot.meta
        arn = f"arn:{meta.partition}:iot:{meta.region_name}:{self._account}:{_ARN_NAMES[user]}/{name}"
        parts = (Part(iot.ROLE, canonical(roles)),) if roles else ()
        return ResourceSnapshot(Subject(self._account, arn, key, arn), kind, parts, unread)
